"""Who reads which pattern: makers by name."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from songwright.composition.accompany.answers import answer
from songwright.composition.accompany.bass import grid_bass
from songwright.composition.accompany.cello import quartet_bass
from songwright.composition.accompany.comping import Comper, grid_chords
from songwright.composition.accompany.echoes import echo
from songwright.composition.accompany.flows import flow
from songwright.composition.accompany.inner import chorale_bass, inner
from songwright.composition.accompany.kick import kick_bass
from songwright.composition.accompany.lines import contrapuntal, descant, guide_line, parallel
from songwright.composition.accompany.pads import pad
from songwright.composition.accompany.patterns import Pattern
from songwright.composition.accompany.quartet import quartet
from songwright.composition.accompany.register import velocity
from songwright.composition.accompany.rhythm import triplet_pulse
from songwright.composition.accompany.riffs import acid, riff
from songwright.composition.accompany.stage import Bar, Stage
from songwright.composition.accompany.walking import two_feel, walking
from songwright.score import Note

Maker = Callable[[Stage, Pattern, Sequence[Bar]], list[Note]]
"""Plays a pattern over consecutive bars of one section; all bars belong to whole phrases."""


def grid(stage: Stage, pattern: Pattern, bars: Sequence[Bar]) -> list[Note]:
    """Play a pattern that is written as a grid."""
    play = grid_bass if pattern.role == "bass" else grid_chords
    return play(stage, pattern, bars)


def tremolo(stage: Stage, pattern: Pattern, bars: Sequence[Bar]) -> list[Note]:
    """Bowed instruments hold the chord trembling; keys alternate its lower and upper notes."""
    player = Comper(stage, pattern, bars)
    bowed = stage.instrument.family.lower().startswith(("string", "ensemble", "orchestra"))
    step = stage.meter.unit_ticks // 2 if triplet_pulse(stage.meter) else 120
    notes: list[Note] = []
    for bar in bars:
        for span in bar.spans:
            voicing = player.voicing(span.chord, bar)
            level = velocity(stage, bar, 1) - 5
            if bowed:
                length = span.end - span.start
                notes += [Note(span.start, length, p, level, "tremolo") for p in voicing]
                continue
            hands = (voicing[:1], voicing[1:]) if len(voicing) > 1 else (voicing, voicing)
            for k, at in enumerate(range(span.start, span.end, step)):
                length = min(step, span.end - at)
                notes += [Note(at, length, p, level - 4 * (k % 2), "tremolo") for p in hands[k % 2]]
    stage.hand.voicing = player.last
    return notes


MAKERS: dict[str, Maker] = {
    "grid": grid,
    "jazz_comp": grid,
    "walking": walking,
    "two_feel": two_feel,
    "kick": kick_bass,
    "flow": flow,
    "tremolo": tremolo,
    "pad": pad,
    "riff": riff,
    "acid": acid,
    "answer": answer,
    "echo": echo,
    "guide_line": guide_line,
    "descant": descant,
    "parallel": parallel,
    "contrapuntal": contrapuntal,
    "inner": inner,
    "chorale_bass": chorale_bass,
    "quartet": quartet,
    "quartet_bass": quartet_bass,
}
