"""Counter-melodies that go with a tune: guide tones, descant, parallels, two-part counterpoint."""

from __future__ import annotations

from collections.abc import Sequence

from songwright.composition.accompany.patterns import Pattern
from songwright.composition.accompany.register import home, place, scale_of, up_scale, velocity
from songwright.composition.accompany.stage import Bar, Span, Stage
from songwright.score import Note
from songwright.theory.voicing import guide_pcs

_CONSONANT = {3: 0.0, 4: 0.0, 8: 0.2, 9: 0.2, 7: 1.2, 5: 2.0, 0: 2.5, 10: 3.0, 2: 4.0}
"""Price of an interval (semitones, octaves removed) between two lines on a beat."""

_STUCK = 3.5
"""Price of staying on a note that the harmony gives no new meaning: a third is nearer."""


def guide_line(stage: Stage, pattern: Pattern, bars: Sequence[Bar]) -> list[Note]:
    """Long notes through thirds and sevenths, contrary to the tune, with suspensions."""
    low, high = home(stage, pattern)
    notes: list[Note] = []
    for bar in bars:
        for span in bar.spans:
            previous = stage.hand.pitch
            pitch = _guide_tone(stage, span, low, high, previous)
            rng = stage.chance(bar, f"guide {span.start - bar.start}")
            level = velocity(stage, bar, 2)
            notes += _long(stage, bar, span, pitch, previous, level, rng.random())
            stage.hand.pitch = notes[-1].pitch
    return notes


def _guide_tone(stage: Stage, span: Span, low: int, high: int, previous: int | None) -> int:
    guides = guide_pcs(span.chord)
    tune = stage.tune.sounding(span.start, span.end)
    ceiling = min((n.pitch for n in tune), default=high + 1)
    rising = tune[-1].pitch - tune[0].pitch if tune else 0
    around = (low + high) / 2 - 2 if previous is None else previous
    best, best_price = low, float("inf")
    for pitch in range(low, high + 1):
        if pitch % 12 not in span.chord.pcs:
            continue
        price = 1.0 * abs(pitch - around) + (0.0 if pitch % 12 in guides else 2.5)
        price += 0.15 * abs(pitch - (low + high) / 2)
        price += 6.0 if pitch >= ceiling else 0.0
        price += 2.0 if tune and (tune[0].pitch - pitch) % 12 == 0 else 0.0
        price += _STUCK if pitch == previous and not span.begins else 0.0
        if previous is not None and rising * (pitch - previous) > 0:
            price += 1.5
        if price < best_price:
            best, best_price = pitch, price
    return best


def _long(
    stage: Stage, bar: Bar, span: Span, pitch: int, previous: int | None, level: int, luck: float
) -> list[Note]:
    """One held note, or two: a suspension that resolves, or a step on in the second half."""
    length = span.end - span.start
    half = length // 2 // 120 * 120
    whole = [Note(span.start, length, pitch, level, "legato")]
    if length < 960 or half == 0:
        return whole
    if previous is not None and 1 <= previous - pitch <= 2 and luck < 0.35:
        return [
            Note(span.start, half, previous, level, "legato"),
            Note(span.start + half, length - half, pitch, level - 4, "legato"),
        ]
    if luck > 0.95 - 0.5 * bar.energy * stage.density - 0.2 * bar.phrase_ends:
        scale = scale_of(span.chord, bar.key)
        step = up_scale(pitch, 1 if luck * 100 % 1 < 0.5 else -1, scale)
        if stage.part.low <= step <= stage.part.high:
            return [
                Note(span.start, length - 480, pitch, level, "legato"),
                Note(span.end - 480, 480, step, level - 4, "legato"),
            ]
    return whole


def descant(stage: Stage, pattern: Pattern, bars: Sequence[Bar]) -> list[Note]:
    """Long notes above the tune, as near to it as consonance allows."""
    low, high = home(stage, pattern)
    notes: list[Note] = []
    for bar in bars:
        for span in bar.spans:
            top = stage.tune.highest(span.start, span.end)
            floor = low if top is None else min(max(low, top + 1), high - 5)
            previous = stage.hand.pitch
            around = floor + 4 if previous is None else 0.7 * previous + 0.3 * (floor + 4)
            options = (
                [p for p in range(max(low, floor), high + 1) if p % 12 in span.chord.pcs]
                or [p for p in range(low, high + 1) if p % 12 in span.chord.pcs]
                or [low]
            )
            sung = stage.tune.at(span.start)
            pitch = min(
                options,
                key=lambda p: (
                    abs(p - around) + (2.0 if sung and (p - sung.pitch) % 12 == 0 else 0.0)
                    + _STUCK * (p == previous), p,
                ),
            )  # fmt: skip
            level = velocity(stage, bar, 2)
            luck = stage.chance(bar, f"descant {span.start - bar.start}").random()
            notes += _long(stage, bar, span, pitch, previous, level, luck)
            stage.hand.pitch = notes[-1].pitch
    return notes


def parallel(stage: Stage, pattern: Pattern, bars: Sequence[Bar]) -> list[Note]:
    """The tune in thirds below, in sixths or fourths where the chord wants it."""
    if not stage.tune.notes:
        return guide_line(stage, pattern, bars)
    low, high = stage.part.low, stage.part.high
    notes: list[Note] = []
    for bar in bars:
        for sung in stage.tune.between(bar.start, bar.end):
            span = bar.span_at(sung.onset_ticks)
            pitch = shadow(stage, bar, span, sung, low, high)
            if pitch is None:
                continue
            length = min(sung.duration_ticks, bar.section.end_bar * stage.meter.bar_ticks
                         - sung.onset_ticks)  # fmt: skip
            level = max(30, min(118, sung.velocity - 8))
            notes.append(Note(sung.onset_ticks, length, pitch, level, sung.articulation))
    return notes


def shadow(stage: Stage, bar: Bar, span: Span, sung: Note, low: int, high: int) -> int | None:
    """A third or sixth below a note of the tune, bent to the chord; None where none fits."""
    scale = scale_of(span.chord, bar.key)
    pcs = span.chord.pcs
    weighty = sung.duration_ticks >= 480 or stage.meter.strength(sung.onset_ticks - bar.start) >= 2
    under = [up_scale(sung.pitch, -k, scale) for k in (2, 3, 5, 4)]
    if sung.pitch % 12 not in scale:
        under = [sung.pitch - 3, sung.pitch - 4, sung.pitch - 8, sung.pitch - 9]
    options = [p for p in under if p % 12 in pcs] if weighty and sung.pitch % 12 in pcs else under
    for pitch in (*options, *under, *(p - 12 for p in under), *(p + 12 for p in under)):
        if low <= pitch <= high and pitch != sung.pitch:
            return pitch
    return None


def contrapuntal(stage: Stage, pattern: Pattern, bars: Sequence[Bar]) -> list[Note]:
    """A second voice that moves where the tune rests and rests where it moves."""
    low, high = home(stage, pattern)
    notes: list[Note] = []
    heading = 0  # direction of the last step: a line that has set out goes on
    for bar in bars:
        onsets = [bar.start + o for o in stage.meter.pulse_onsets_ticks]
        ends = [*onsets[1:], bar.end]
        for k, (start, end) in enumerate(zip(onsets, ends, strict=True)):
            attacks = stage.tune.between(start, end)
            span = bar.span_at(start)
            busy = len(attacks) >= 2
            fresh = span.begins and span.start == start
            if busy and notes and not fresh and k and notes[-1].end_ticks == start:
                notes[-1] = _stretched(notes[-1], end)
                continue
            previous = stage.hand.pitch
            pitch = _counterpoint(stage, span, start, low, high, heading)
            if previous is not None:
                heading = (pitch > previous) - (pitch < previous) or heading
            level = velocity(stage, bar, stage.meter.strength(start - bar.start)) - 4
            moving = not attacks and end - start >= 480 and bar.energy + stage.density >= 0.8
            stage.hand.pitch = pitch
            if moving:
                ahead = bar.span_at(end) if end < bar.end else span
                passing = _passing(stage, bar, ahead, pitch, end, (low, high), heading)
                middle = (start + end) // 2
                notes.append(Note(start, middle - start, pitch, level, "legato"))
                notes.append(Note(middle, end - middle, passing, level - 6, "legato"))
                heading = (passing > pitch) - (passing < pitch)
                stage.hand.pitch = passing
            else:
                notes.append(Note(start, end - start, pitch, level, "legato"))
    return joined(notes)


def _counterpoint(stage: Stage, span: Span, tick: int, low: int, high: int, heading: int) -> int:
    """Chord note that sounds well against the tune and moves against it by a small step."""
    sung, before = stage.tune.at(tick), stage.tune.at(tick - 1)
    motion = sung.pitch - before.pitch if sung and before else 0
    previous = stage.hand.pitch
    around = (low + high) / 2 if previous is None else previous
    best, best_price = low, float("inf")
    for pitch in range(low, high + 1):
        if pitch % 12 not in span.chord.pcs:
            continue
        price = 0.8 * abs(pitch - around) + 0.1 * abs(pitch - (low + high) / 2)
        if sung is not None:
            price += _CONSONANT.get(abs(sung.pitch - pitch) % 12, 5.0)
            price += 14.0 if sung.pitch - pitch < 3 else 0.0
        if previous is not None:
            price += 1.5 if motion * (pitch - previous) > 0 else 0.0
            price += 2.0 if pitch == previous else 0.0
            price += 2.6 if heading * (pitch - previous) < 0 else 0.0
        if price < best_price:
            best, best_price = pitch, price
    return best


def _passing(
    stage: Stage, bar: Bar, ahead: Span, pitch: int, end: int, register: tuple[int, int],
    heading: int,
) -> int:  # fmt: skip
    """An eighth on the way to what will come: a scale step towards the next chord note."""
    low, high = register
    scale = scale_of(bar.span_at(end - 1).chord, bar.key)
    previous, stage.hand.pitch = stage.hand.pitch, pitch
    goal = _counterpoint(stage, ahead, end, low, high, heading)
    stage.hand.pitch = previous
    step = up_scale(pitch, 1 if goal >= pitch else -1, scale)
    sung = stage.tune.at(end - 1)
    clear = sung is None or sung.pitch - step >= 2
    return step if low <= step <= high and clear else pitch


def joined(notes: list[Note]) -> list[Note]:
    """Repeated notes within two beats become one: a voice, not a typewriter."""
    result: list[Note] = []
    for note in notes:
        if (
            result and result[-1].pitch == note.pitch and result[-1].end_ticks == note.onset_ticks
            and result[-1].duration_ticks + note.duration_ticks <= 960
        ):  # fmt: skip
            result[-1] = _stretched(result[-1], note.end_ticks)
        else:
            result.append(note)
    return result


def _stretched(note: Note, end: int) -> Note:
    return Note(note.onset_ticks, end - note.onset_ticks, note.pitch, note.velocity,
                note.articulation)  # fmt: skip


def nearest_scale_pitch(pitch: int, scale: tuple[int, ...]) -> int:
    """``pitch`` itself or the scale note next to it (below on a tie)."""
    if pitch % 12 in scale:
        return pitch
    found = place(scale[0], pitch, pitch - 12, pitch + 12) or pitch
    for pc in scale:
        other = place(pc, pitch, pitch - 12, pitch + 12)
        if other is not None and abs(other - pitch) < abs(found - pitch):
            found = other
    return found
