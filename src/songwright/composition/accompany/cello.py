"""The cello of a string quartet: bass, beats, walks and answers, and its links between phrases."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from songwright.composition.accompany.bass import BassLine, grid_bass
from songwright.composition.accompany.chorale import Slot
from songwright.composition.accompany.conversation import texture_runs
from songwright.composition.accompany.inner import chorale_bass
from songwright.composition.accompany.links import linked
from songwright.composition.accompany.patterns import Pattern, pattern
from songwright.composition.accompany.quartet import answering
from songwright.composition.accompany.register import home, velocity
from songwright.composition.accompany.stage import Bar, Stage
from songwright.score import Note

_CELLO = (38, 57)
_MIDDLE_TUNE = 74


def quartet_bass(stage: Stage, own: Pattern, bars: Sequence[Bar]) -> list[Note]:
    """Play the cello over consecutive bars of one section."""
    notes: list[Note] = []
    for texture, run in texture_runs(stage, bars):
        if texture.cello == "rest":
            continue
        here = _register(stage, run)
        if texture.cello == "first":
            found = _firsts(stage, replace(own, home=here), run)
        elif texture.cello == "walk":
            found = _walk(stage, replace(own, home=here), run)
        elif texture.cello == "answer":
            held = grid_bass(stage, replace(pattern("bass", "half_notes"), home=here), run)
            found = answering(stage, run, _basses(run, held), held)
        elif texture.cello == "chorale_bass":
            found = chorale_bass(stage, replace(pattern("bass", "chorale_bass"), home=here), run)
        else:
            found = grid_bass(stage, replace(pattern("bass", texture.cello), home=here), run)
        notes += found if texture.cello == "answer" else linked(stage, run, found, here)
    return notes


def _basses(bars: Sequence[Bar], held: Sequence[Note]) -> list[tuple[Slot, int]]:
    """The bass notes as a line of slots, for a cello that answers."""
    spans = [(bar, span) for bar in bars for span in bar.spans]
    return [
        (Slot(span.start, span.end, span.chord, None, note.pitch, None), note.pitch)
        for _, span in spans
        for note in [max((n for n in held if n.onset_ticks <= span.start), default=held[0],
                         key=lambda n: n.onset_ticks)]
    ]  # fmt: skip


def _register(stage: Stage, bars: Sequence[Bar]) -> tuple[int, int]:
    """Where the cello plays: it climbs some way with a high tune and sinks with a low one."""
    sung = sorted(n.pitch for n in stage.tune.sounding(bars[0].start, bars[-1].end))
    middle = sung[len(sung) // 2] if sung else _MIDDLE_TUNE
    shift = min(11, max(-4, round(0.75 * (middle - _MIDDLE_TUNE))))
    return _CELLO[0] + shift, _CELLO[1] + shift


def _firsts(stage: Stage, own: Pattern, bars: Sequence[Bar]) -> list[Note]:
    """The bass on the first beat and where the chord changes, then silence for the others."""
    line = BassLine(*home(stage, own), stage.hand.pitch)
    pulse = stage.meter.pulses_ticks[0]
    notes = []
    for bar in bars:
        for span in bar.spans:
            pitch = line.pitch("r", span, bar, stage.chance(bar, "first"))
            level = velocity(stage, bar, 4)
            length = min(pulse, span.end - span.start)
            notes.append(Note(span.start, length, pitch, level, "staccato"))
    stage.hand.pitch = line.last
    return notes


def _walk(stage: Stage, own: Pattern, bars: Sequence[Bar]) -> list[Note]:
    """Quarters: the bass, chord notes, and a step into the next chord; some beats are silent."""
    line = BassLine(*home(stage, own), stage.hand.pitch)
    notes = []
    pulses = list(zip(stage.meter.pulse_onsets_ticks, stage.meter.pulses_ticks, strict=True))
    for bar in bars:
        draw = stage.chance(bar, "walk")
        for onset, length in pulses:
            at = bar.start + onset
            span = bar.span_at(at)
            opens = at == span.start or onset == 0
            leads = at + length >= span.end and span.changes
            if not opens and not leads and draw.random() < 0.35:
                continue
            symbol = "r" if opens else "a" if leads else draw.choice("5r3")
            pitch = line.pitch(symbol, span, bar, draw)
            level = velocity(stage, bar, stage.meter.strength(onset))
            notes.append(Note(at, max(60, round(length * 0.85)), pitch, level))
    stage.hand.pitch = line.last
    return notes
