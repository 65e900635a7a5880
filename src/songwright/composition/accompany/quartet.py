"""Upper players of a string quartet under the first violin: each task of a texture in notes.

The pitches of the inner voices come from the same part-writing as a choir's
(`songwright.composition.accompany.chorale`); a task breaks, repeats, ornaments or leaves them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from songwright.composition.accompany.answers import gaps
from songwright.composition.accompany.chorale import Slot
from songwright.composition.accompany.conversation import texture_runs
from songwright.composition.accompany.inner import passing, voice_line, with_tune
from songwright.composition.accompany.lines import joined, nearest_scale_pitch, shadow
from songwright.composition.accompany.patterns import Pattern
from songwright.composition.accompany.register import place_any, scale_of, up_scale, velocity
from songwright.composition.accompany.stage import Bar, Stage
from songwright.score import Note

_Line = Sequence[tuple[Slot, int]]
_LEAST_GAP = 480
_MOST_ANSWERED = 8


def quartet(stage: Stage, _pattern: Pattern, bars: Sequence[Bar]) -> list[Note]:
    """Play second violin or viola (or any inner part) over consecutive bars of one section."""
    notes: list[Note] = []
    for texture, run in texture_runs(stage, bars):
        number, line = voice_line(stage, run, follows=True, swapped=texture.swapped)
        task = texture.upper[number if not texture.swapped else 1 - number]
        last = [bar for bar in run if bar.last]
        found = _TASKS[task](stage, run, line)
        if last:  # the last chord is everybody's
            found = [n for n in found if n.onset_ticks < last[0].start]
            closing = [row for row in line if row[0].start >= last[0].start]
            notes += [_until(n, last[0].start) for n in found]
            notes += _sing(stage, last, closing)
        else:
            notes += found
    return notes


def _until(note: Note, end: int) -> Note:
    if note.end_ticks <= end:
        return note
    return replace(note, duration_ticks=end - note.onset_ticks)


def _bar_of(stage: Stage, bars: Sequence[Bar], tick: int) -> Bar:
    return bars[min(len(bars) - 1, (tick - bars[0].start) // stage.meter.bar_ticks)]


# ---------------------------------------------------------------- the upper voices


def _rest(stage: Stage, bars: Sequence[Bar], line: _Line) -> list[Note]:
    """Silence, but for bars that the tune leaves empty: no player is left alone."""
    empty = [b for b in bars if stage.tune.notes and not stage.tune.sounding(b.start, b.end)]
    inside = [row for row in line if any(b.start <= row[0].start < b.end for b in empty)]
    return _hold(stage, bars, inside)


def _hold(stage: Stage, bars: Sequence[Bar], line: _Line) -> list[Note]:
    """Long notes; a suspension where the voice falls by step to a chord on a strong beat."""
    notes: list[Note] = []
    for k, (slot, pitch) in enumerate(line):
        bar = _bar_of(stage, bars, slot.start)
        level = velocity(stage, bar, 2) - 6
        length = slot.end - slot.start
        before = line[k - 1][1] if k else pitch
        strong = stage.meter.strength(slot.start - bar.start) >= 3
        if strong and 1 <= before - pitch <= 2 and length >= 960 and notes:
            wait = 480 if length < 1440 else 960
            notes.append(Note(slot.start, wait, before, level + 4, "legato"))
            notes.append(Note(slot.start + wait, length - wait, pitch, level - 4, "legato"))
        else:
            notes.append(Note(slot.start, length, pitch, level, "legato"))
    return _tied_over(notes, 2 * stage.meter.bar_ticks)


def _tied_over(notes: list[Note], longest: int) -> list[Note]:
    result: list[Note] = []
    for note in notes:
        last = result[-1] if result else None
        if (
            last is not None and last.pitch == note.pitch and last.end_ticks == note.onset_ticks
            and last.duration_ticks + note.duration_ticks <= longest
        ):  # fmt: skip
            result[-1] = replace(last, duration_ticks=last.duration_ticks + note.duration_ticks)
        else:
            result.append(note)
    return result


def _sing(stage: Stage, bars: Sequence[Bar], line: _Line) -> list[Note]:
    """Move with the tune on the pulses."""
    notes: list[Note] = []
    for slot, pitch in line:
        notes += with_tune(stage, _bar_of(stage, bars, slot.start), slot, pitch)
    return joined(notes)


def _weave(stage: Stage, bars: Sequence[Bar], line: _Line) -> list[Note]:
    """A line of its own in beats: it wanders through its chord towards the next one, with eighths
    on the way."""
    notes: list[Note] = []
    for k, (slot, pitch) in enumerate(line):
        bar = _bar_of(stage, bars, slot.start)
        scale = scale_of(slot.chord, bar.key)
        draw = stage.chance(bar, f"weave {slot.start - bar.start}")
        following = line[k + 1][1] if k + 1 < len(line) else pitch
        beat = stage.meter.pulses_ticks[0] if len(stage.meter.pulses_ticks) > 1 else 480
        level = velocity(stage, bar, 2) - 5
        onsets = list(range(slot.start, slot.end, beat))
        tones = _neighbours(stage, pitch, slot)
        path = [pitch]
        for left in range(len(onsets) - 1, 0, -1):
            near = [p for p in tones if 0 < abs(p - path[-1]) <= 5] or [pitch]
            # The last beat before a change lies next to what comes.
            path.append(min(near, key=lambda p: (abs(p - following), p)) if left == 1 else (
                draw.choice(near)))  # fmt: skip
        found = [
            Note(at, min(beat, slot.end - at), here, level - 3 * (at > slot.start), "legato")
            for at, here in zip(onsets, path, strict=True)
        ]
        found = joined(found)
        goals = [n.pitch for n in found[1:]] + [following]
        for note, goal in zip(found, goals, strict=True):
            notes += passing(stage, bar, [note], goal, slot) if scale else [note]
    return notes


def _neighbours(stage: Stage, pitch: int, slot: Slot) -> list[int]:
    """The voice's own note and the chord notes next to it, in range and under the tune."""
    low, high = stage.part.low, min(stage.part.high, max(slot.ceiling, pitch))
    floor = low if slot.bass is None else max(low, min(slot.bass, pitch))
    around = [p for p in range(pitch - 7, pitch + 8) if p % 12 in slot.chord.pcs]
    return [p for p in around if floor <= p <= high] or [pitch]


def _pulse(stage: Stage, bars: Sequence[Bar], line: _Line) -> list[Note]:
    """Repeated eighths, the beat a little stronger."""
    unit = stage.meter.unit_ticks if stage.meter.is_compound else 240
    return _figure(stage, bars, line, unit, 0.7, "staccato", _repeated)


def _rock(stage: Stage, bars: Sequence[Bar], line: _Line) -> list[Note]:
    """Broken chords in eighths: low, own, middle, own (an Alberti figure)."""
    unit = stage.meter.unit_ticks if stage.meter.is_compound else 240
    return _figure(stage, bars, line, unit, 1.0, "legato", _broken)


def _run(stage: Stage, bars: Sequence[Bar], line: _Line) -> list[Note]:
    """The same twice as fast."""
    unit = stage.meter.unit_ticks // 2 if stage.meter.is_compound else 120
    return _figure(stage, bars, line, unit, 0.95, "", _broken)


def _repeated(_tones: Sequence[int], pitch: int, _k: int) -> int:
    return pitch


def _broken(tones: Sequence[int], pitch: int, k: int) -> int:
    under = [p for p in tones if p < pitch][-2:] or [pitch]
    # Where the tune leaves no note above, the middle one swings.
    over = [p for p in tones if p > pitch][-1:] or under[-1:]
    return (under[0], pitch, over[0], pitch)[k % 4]


def _figure(
    stage: Stage, bars: Sequence[Bar], line: _Line, unit: int, gate: float, articulation: str,
    tone: Callable[[Sequence[int], int, int], int],
) -> list[Note]:  # fmt: skip
    notes: list[Note] = []
    for number, (slot, pitch) in enumerate(line):
        bar = _bar_of(stage, bars, slot.start)
        tones = _neighbours(stage, pitch, slot)
        steps = range(slot.start, slot.end, unit)
        row = [tone(tones, pitch, k) for k in range(len(steps))]
        if number + 1 < len(line) and len(set(row)) > 1:  # the figure leads into the next chord
            following, after = line[number + 1]
            goal = tone(_neighbours(stage, after, following), after, 0)
            row[-1] = min(tones, key=lambda p: (p == row[-2], abs(p - goal), p))
        for k, at in enumerate(steps):
            strength = stage.meter.strength((at - bar.start) % stage.meter.bar_ticks)
            level = velocity(stage, bar, strength) - 9
            length = max(30, round(min(unit, slot.end - at) * gate))
            notes.append(Note(at, length, row[k], level, articulation))
    return notes


def _after(stage: Stage, bars: Sequence[Bar], line: _Line) -> list[Note]:
    """The chord after the beat: on the weak beats, or in the second half of each."""
    meter = stage.meter
    pulses = meter.pulse_onsets_ticks
    notes: list[Note] = []
    for slot, pitch in line:
        bar = _bar_of(stage, bars, slot.start)
        for start, length in zip(pulses, meter.pulses_ticks, strict=True):
            at = bar.start + start
            if meter.is_compound:
                third = length // 3
                places = [(at + third, third), (at + 2 * third, third)]
            elif len(pulses) == 2 or bar.energy > 0.55:
                places = [(at + length // 2, length // 2)]
            else:
                places = [(at, length)] if meter.strength(start) < 3 else []
            for onset, room in places:
                if slot.start <= onset < slot.end:
                    level = velocity(stage, bar, 1) - 8
                    notes.append(Note(onset, max(60, round(room * 0.6)), pitch, level, "staccato"))
    return notes


def _syncope(stage: Stage, bars: Sequence[Bar], line: _Line) -> list[Note]:
    """Notes as long as a beat, each between two beats: the voice pulls against the others."""
    meter = stage.meter
    if meter.is_compound:
        return _after(stage, bars, line)
    notes: list[Note] = []
    beat = 480
    for slot, pitch in line:
        bar = _bar_of(stage, bars, slot.start)
        notes.append(Note(slot.start, beat // 2, pitch, velocity(stage, bar, 2) - 8, "staccato"))
        for at in range(slot.start + beat // 2, slot.end, beat):
            level = velocity(stage, bar, 2) - 5
            length = min(beat, slot.end - at)
            notes.append(Note(at, round(0.9 * length), pitch, level))
    return notes


def _shadow(stage: Stage, bars: Sequence[Bar], line: _Line) -> list[Note]:
    """The tune in thirds and sixths below; the voice's own notes where the tune rests."""
    low, high = stage.part.low, stage.part.high
    notes: list[Note] = []
    for bar in bars:
        for sung in stage.tune.between(bar.start, bar.end):
            pitch = shadow(stage, bar, bar.span_at(sung.onset_ticks), sung, low, high)
            if pitch is not None:
                length = min(sung.duration_ticks, bars[-1].end - sung.onset_ticks)
                notes.append(Note(sung.onset_ticks, length, pitch, max(30, sung.velocity - 8)))
    return notes or _hold(stage, bars, line)


def _above(stage: Stage, bars: Sequence[Bar], line: _Line) -> list[Note]:
    """The tune in thirds and sixths above: for a while the second player is the first."""
    low, high = stage.part.low, stage.part.high
    notes: list[Note] = []
    for bar in bars:
        for sung in stage.tune.between(bar.start, bar.end):
            span = bar.span_at(sung.onset_ticks)
            scale = scale_of(span.chord, bar.key)
            steps = (2, 5) if sung.pitch % 12 in scale else ()
            options = [p for k in steps if low <= (p := up_scale(sung.pitch, k, scale)) <= high]
            if stage.meter.strength(sung.onset_ticks - bar.start) >= 2:
                options = [p for p in options if p % 12 in span.chord.pcs]
            if not options:  # a chord note over the tune, not a fall below it
                options = [
                    p for p in range(sung.pitch + 3, min(high, sung.pitch + 10))
                    if p >= low and p % 12 in span.chord.pcs
                ]  # fmt: skip
            pitch = shadow(stage, bar, span, sung, low, high)
            if options:  # the nearest to the note before; a third where all are as near
                before = notes[-1].pitch if notes else sung.pitch
                pitch = min(options, key=lambda p: (abs(p - before), p))
            if pitch is not None:
                length = min(sung.duration_ticks, bars[-1].end - sung.onset_ticks)
                notes.append(Note(sung.onset_ticks, length, pitch, max(30, sung.velocity - 8)))
    return notes or _hold(stage, bars, line)


def _answer(stage: Stage, bars: Sequence[Bar], line: _Line) -> list[Note]:
    """Hold, and take up the head of the phrase wherever the tune rests or stands still."""
    return answering(stage, bars, line, _hold(stage, bars, line))


def answering(stage: Stage, bars: Sequence[Bar], line: _Line, held: list[Note]) -> list[Note]:
    """``held`` with the head of the phrase in the gaps of the tune."""
    head = stage.tune.between(bars[0].start, bars[0].start + stage.meter.bar_ticks)
    for start, end in gaps(stage, bars, _LEAST_GAP):
        reply = _imitated(stage, bars, line, head, start, end)
        if len(reply) < 2:
            continue
        stop = reply[-1].end_ticks
        held = [piece for note in held for piece in _without(note, start, stop)] + reply
    return sorted(held, key=lambda n: n.onset_ticks)


def _imitated(
    stage: Stage, bars: Sequence[Bar], line: _Line, head: Sequence[Note], start: int, end: int
) -> list[Note]:
    """The first notes of the phrase from ``start`` on, moved to the chord that sounds there."""
    kept = [n for n in head if n.onset_ticks - head[0].onset_ticks < end - start][:_MOST_ANSWERED]
    if len(kept) < 2:
        return []
    own = next((pitch for slot, pitch in line if slot.start <= start < slot.end), line[-1][1])
    first = _bar_of(stage, bars, start)
    low, high = stage.part.low, stage.part.high
    # At its own height, or where the tune was: then the players cross.
    around = own + 3 if stage.chance(first, "answer").random() < 0.3 else kept[0].pitch
    begins = place_any(first.span_at(start).chord.pcs, around, low, high)
    shift = begins - kept[0].pitch
    notes = []
    for k, sung in enumerate(kept):
        at = start + sung.onset_ticks - kept[0].onset_ticks
        bar = _bar_of(stage, bars, at)
        chord = bar.span_at(at).chord
        final = k == len(kept) - 1
        pitch = nearest_scale_pitch(sung.pitch + shift, scale_of(chord, bar.key))
        if final or stage.meter.strength(at - bar.start) >= 3:
            near = sorted(chord.pcs, key=lambda pc: abs((pc - pitch + 6) % 12 - 6))
            pitch = place_any(tuple(near), pitch, low, high)
        stop = end if final else start + kept[k + 1].onset_ticks - kept[0].onset_ticks
        length = max(60, min(sung.duration_ticks, stop - at))
        if low <= pitch <= high:
            notes.append(Note(at, length, pitch, max(30, sung.velocity - 4), sung.articulation))
    return notes


def _without(note: Note, start: int, end: int) -> list[Note]:
    """What is left of a note outside ``start..end``."""
    left = []
    if note.onset_ticks < start:
        left.append(_until(note, start))
    if note.end_ticks > end:
        onset = max(note.onset_ticks, end)
        left.append(replace(note, onset_ticks=onset, duration_ticks=note.end_ticks - onset))
    return [n for n in left if n.duration_ticks >= 120]


_TASKS: dict[str, Callable[[Stage, Sequence[Bar], _Line], list[Note]]] = {
    "rest": _rest,
    "hold": _hold,
    "sing": _sing,
    "weave": _weave,
    "pulse": _pulse,
    "rock": _rock,
    "run": _run,
    "after": _after,
    "syncope": _syncope,
    "shadow": _shadow,
    "above": _above,
    "answer": _answer,
}
