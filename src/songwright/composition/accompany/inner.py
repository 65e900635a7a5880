"""Players of inner voices (choir, strings) and of the chorale bass."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby, pairwise

from songwright.composition.accompany.bass import BassLine
from songwright.composition.accompany.chorale import Slot, inner_parts, slots, solve
from songwright.composition.accompany.lines import joined, nearest_scale_pitch
from songwright.composition.accompany.patterns import Pattern
from songwright.composition.accompany.register import home, place, scale_of, up_scale, velocity
from songwright.composition.accompany.stage import Bar, Span, Stage
from songwright.score import Note
from songwright.theory.voicing import parallels, third_pc

_LEAST_ROOM = 9
"""Semitones that a voice needs to move in."""

_UNDER_TUNE = ((14, 0), (21, 5))
"""How far below the middle of the tune a second and a third string voice lie: most and least."""


def inner(stage: Stage, pattern: Pattern, bars: Sequence[Bar]) -> list[Note]:
    """Sing or bow one inner voice over consecutive bars of one section.

    All inner parts of a section work out the same four-part writing and each takes its own line,
    so that they fit whatever the order in which they are written.
    """
    notes: list[Note] = []
    for _, phrase in groupby(bars, key=lambda b: b.phrase):
        phrase_bars = list(phrase)
        number, line = voice_line(stage, phrase_bars)
        notes += _played(stage, pattern, phrase_bars, line, lower=number > 0)
    sings = "choir" in stage.instrument.id or "voice" in stage.instrument.id
    # Singers have a syllable for each note; bows and winds need not repeat themselves.
    return notes if sings or pattern.order == "quartet" else joined(notes)


def voice_line(
    stage: Stage, bars: Sequence[Bar], follows: bool = False, swapped: bool = False
) -> tuple[int, list[tuple[Slot, int]]]:
    """Which voice the part sings (0 the highest) and its pitch in each slot of some bars.

    With ``follows`` the voices go with the tune where it climbs or falls, as strings do; singers
    keep to their own register. With ``swapped`` the two highest parts change places.
    """
    players = inner_parts(stage, bars[0])
    ids = [p.id for p in players]
    number = ids.index(stage.part.id) if stage.part.id in ids else 0
    voices = [(p.low, p.high) for p in players[:2]] or [(stage.part.low, stage.part.high)]
    mine = min(number, len(voices) - 1) if number < 2 else number % len(voices)
    if swapped and len(voices) == 2:
        mine = 1 - mine
    found = slots(stage, bars)
    if follows:
        voices = _near_tune(stage, bars, voices)
    path = solve(found, voices, stage.hand.voicing)
    if path:
        stage.hand.voicing = path[-1]
    return mine, [(s, _fit(stage, pair[mine], s)) for s, pair in zip(found, path, strict=True)]


def _near_tune(
    stage: Stage, bars: Sequence[Bar], voices: Sequence[tuple[int, int]]
) -> list[tuple[int, int]]:
    """Ranges cut to where a second and a third voice lie under the tune of these bars."""
    sung = sorted(n.pitch for n in stage.tune.sounding(bars[0].start, bars[-1].end))
    if not sung:
        return list(voices)
    middle = sung[len(sung) // 2]
    cut = []
    for (low, high), (below, above) in zip(voices, _UNDER_TUNE, strict=False):
        bottom, top = max(low, middle - below), min(high, middle - above)
        cut.append((bottom, top) if top - bottom >= _LEAST_ROOM else (low, high))
    return cut


def _fit(stage: Stage, pitch: int, slot: Slot) -> int:
    if stage.part.low <= pitch <= stage.part.high:
        return pitch
    for pc in (pitch % 12, *slot.chord.pcs):
        found = place(pc, pitch, stage.part.low, stage.part.high)
        if found is not None:
            return found
    return min(max(pitch, stage.part.low), stage.part.high)


def _played(
    stage: Stage, pattern: Pattern, bars: Sequence[Bar], line: list[tuple[Slot, int]], lower: bool
) -> list[Note]:
    notes: list[Note] = []
    length = bars[0].end - bars[0].start
    figure = stage.idea(bars[0], f"quartet {lower}").choice(("repeat", "rock", "repeat"))
    for k, (slot, pitch) in enumerate(line):
        bar = bars[min(len(bars) - 1, (slot.start - bars[0].start) // length)]
        following = line[k + 1][1] if k + 1 < len(line) else None
        if pattern.order == "quartet":
            notes += _quartet(stage, bar, slot, pitch, figure, lower)
        elif pattern.order == "sustained":
            level = velocity(stage, bar, 2) - 4
            notes.append(Note(slot.start, slot.end - slot.start, pitch, level, "legato"))
        else:
            struck = with_tune(stage, bar, slot, pitch)
            if pattern.order == "moving" or stage.density >= 0.6:
                struck = passing(stage, bar, struck, following, slot)
            notes += struck
    return notes


def with_tune(stage: Stage, bar: Bar, slot: Slot, pitch: int) -> list[Note]:
    """Strike together with the soprano on the pulses: one syllable for all voices."""
    edges = [slot.start]
    for onset in stage.meter.pulse_onsets_ticks:
        at = bar.start + onset
        sung = stage.tune.at(at)
        if slot.start < at < slot.end and sung is not None and sung.onset_ticks == at:
            edges.append(at)
    edges.append(slot.end)
    level = [velocity(stage, bar, s) - 4 for s in range(5)]
    return [
        Note(a, b - a, pitch, level[stage.meter.strength(a - bar.start)], "legato")
        for a, b in pairwise(edges)
    ]


def passing(
    stage: Stage, bar: Bar, struck: list[Note], following: int | None, slot: Slot
) -> list[Note]:
    """Fill the third to the next note with an eighth on the way."""
    last = struck[-1]
    if following is None or not 3 <= abs(following - last.pitch) <= 4 or last.duration_ticks < 480:
        return struck
    scale = scale_of(slot.chord, bar.key)
    step = up_scale(last.pitch, 1 if following > last.pitch else -1, scale)
    sung = stage.tune.at(last.end_ticks - 240)
    if not stage.part.low <= step <= stage.part.high or (sung and abs(sung.pitch - step) < 3):
        return struck
    held = last.duration_ticks - 240
    return [
        *struck[:-1],
        Note(last.onset_ticks, held, last.pitch, last.velocity, "legato"),
        Note(last.onset_ticks + held, 240, step, last.velocity - 5, "legato"),
    ]


def _quartet(
    stage: Stage, bar: Bar, slot: Slot, pitch: int, figure: str, lower: bool
) -> list[Note]:
    """Held notes when calm; repeated or rocking eighths when the music moves."""
    drive = bar.energy + 0.4 * (stage.density - 0.5)
    if drive < 0.35:
        level = velocity(stage, bar, 2) - 4
        return [Note(slot.start, slot.end - slot.start, pitch, level, "legato")]
    unit = stage.meter.unit_ticks if stage.meter.is_compound else 240
    other = place(third_pc(slot.chord), pitch - 4, stage.part.low, stage.part.high)
    if other is None or other == pitch:
        other = nearest_scale_pitch(pitch - 4, tuple(slot.chord.pcs))
    if not stage.part.low <= other <= stage.part.high:
        other = pitch
    rests = lower and drive < 0.6 and bar.phrase_place % 2 == 1
    notes = []
    for k, at in enumerate(range(slot.start, slot.end, unit)):
        if rests and (at - bar.start) in stage.meter.pulse_onsets_ticks and k:
            continue  # the viola leaves the beat to the cello
        level = velocity(stage, bar, stage.meter.strength(at - bar.start)) - 8
        sounding = other if figure == "rock" and k % 2 else pitch
        length = min(unit, slot.end - at)
        articulation = "legato" if figure == "rock" else "staccato"
        gate = 1.0 if figure == "rock" else 0.7
        notes.append(Note(at, max(30, round(length * gate)), sounding, level, articulation))
    return notes


def chorale_bass(stage: Stage, pattern: Pattern, bars: Sequence[Bar]) -> list[Note]:
    """The bass of a hymn: roots and inversions on the soprano's pulses, steps in between."""
    line = BassLine(*home(stage, pattern), stage.hand.pitch)
    line.middle = line.low + 0.5 * (line.high - line.low)
    notes: list[Note] = []
    for bar in bars:
        for span in bar.spans:
            rng = stage.chance(bar, f"chorale {span.start - bar.start}")
            onsets = _bass_onsets(stage, bar, span)
            pitches = [line.pitch("r", span, bar, rng)]
            for k in range(1, len(onsets)):
                pitches.append(_bass_step(stage, line, span, bar, onsets[k:]))
            ends = [*onsets[1:], span.end]
            for at, end, pitch in zip(onsets, ends, pitches, strict=True):
                level = velocity(stage, bar, stage.meter.strength(at - bar.start))
                notes.append(Note(at, end - at, pitch, level, pattern.articulation))
    stage.hand.pitch = line.last
    return notes


def _bass_onsets(stage: Stage, bar: Bar, span: Span) -> list[int]:
    onsets = [span.start]
    pulses = [bar.start + o for o in stage.meter.pulse_onsets_ticks]
    long = sum(span.start <= at < span.end for at in pulses) >= 3
    calm = long or bar.energy + 0.5 * (stage.density - 0.5) < 0.35
    for onset in stage.meter.pulse_onsets_ticks:
        at = bar.start + onset
        if not span.start < at < span.end:
            continue
        sung = stage.tune.at(at)
        struck = sung is not None and sung.onset_ticks == at
        strong = stage.meter.strength(onset) >= 3
        if (struck and (strong or not calm)) or (strong and sung is None):
            onsets.append(at)
    return onsets


def _bass_step(stage: Stage, line: BassLine, span: Span, bar: Bar, onsets: Sequence[int]) -> int:
    """Move through the chord towards the next root; the last step may pass.

    A step from which bass and soprano would go on in parallel fifths or octaves is not taken.
    """
    left = len(onsets)
    here = line.last if line.last is not None else line.low
    target = line.place_root(span.following.bass_pc) if span.changes else here
    scale = scale_of(span.chord, bar.key)
    distance = target - here
    pitch = here
    if left == 1 and abs(distance) in (3, 4):
        pitch = up_scale(here, 1 if distance > 0 else -1, scale)
    elif abs(distance) >= 5:
        between = range(min(here, target) + 1, max(here, target))
        inside = [p for p in between if p % 12 in span.chord.pcs]
        pitch = min(inside, key=lambda p: abs(p - (here + target) / 2)) if inside else here
    elif left > 1 or not span.changes:  # the chord stays: its third, or back to the root
        wanted = third_pc(span.chord) if here % 12 == span.chord.bass_pc else span.chord.bass_pc
        pitch = place(wanted, here, max(line.low, here - 5), min(line.high, here + 5)) or here
    sung, next_sung = stage.tune.at(onsets[0]), stage.tune.at(span.end)
    if left == 1 and sung and next_sung:
        bad = parallels((pitch, sung.pitch), (target, next_sung.pitch))
        pitch = here if bad else pitch
    line.last = min(max(pitch, line.low), line.high)
    return line.last
