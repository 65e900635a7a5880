"""A score, as written or as played, as a Standard MIDI File of format 1.

Track 0 conducts: title, tempo, metre, key, and markers for sections and chords. Each part has one
track (pitched ones repeat the key). The file is the same bytes for the same values.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from math import ceil
from typing import Protocol

from songwright.errors import ScoreError
from songwright.score import smf, smf_write
from songwright.score.instruments import Instrument, instrument
from songwright.score.model import Part, Score
from songwright.score.smf_write import TimedBytes
from songwright.score.timemap import TimeMap
from songwright.units import TICKS_PER_BEAT

DRUM_CHANNEL = 9
PITCHED_CHANNELS = tuple(channel for channel in range(16) if channel != DRUM_CHANNEL)
BEND = 128
BEND_PER_SEMITONE = 4096
SWITCHES = range(64, 70)  # pedals: values jump; all other controllers glide
CONTROL_STEP_SECONDS = 0.03
BEND_STEP_SECONDS = 0.012
RELEASE_VELOCITY = 64
_SLOWEST_TEMPO = 0xFFFFFF  # microseconds a beat that fit into the three bytes of a tempo event


class PlayedNote(Protocol):
    """What is read of a played note (see `songwright.perform`)."""

    @property
    def onset_seconds(self) -> float: ...
    @property
    def duration_seconds(self) -> float: ...
    @property
    def pitch(self) -> int: ...
    @property
    def velocity(self) -> int: ...


class ControlPoint(Protocol):
    """What is read of a controller point."""

    @property
    def seconds(self) -> float: ...
    @property
    def controller(self) -> int: ...
    @property
    def value(self) -> int: ...


class PlayedPart(Protocol):
    """What is read of a played part."""

    @property
    def id(self) -> str: ...
    @property
    def notes(self) -> Sequence[PlayedNote]: ...
    @property
    def controls(self) -> Sequence[ControlPoint]: ...


class Played(Protocol):
    """A `songwright.perform.Performance`, seen from below it."""

    @property
    def parts(self) -> Sequence[PlayedPart]: ...


@dataclass(frozen=True, slots=True)
class _Stroke:
    on: int
    off: int
    pitch: int
    velocity: int


@dataclass(frozen=True, slots=True)
class _Seat:
    """Where a part sits: its channel, and whether it sets the channel's program and controls."""

    channel: int
    program: int
    leads: bool


def write_midi(score: Score, performance: Played | None = None) -> bytes:
    """MIDI file of a score.

    Parameters
    ----------
    score
        The piece. Part names, tempo, metre, keys, sections and chords come from here.
    performance
        The same piece as played, matched by part id: gives onsets, velocities and controllers.
        Without it notes stand exactly as written.

    Returns
    -------
    bytes
        SMF 1 at 480 ticks a quarter. Every track ends at the written end of the piece. Kits are on
        channel 10. Up to 15 pitched parts have a channel of their own; beyond that, parts share
        with an earlier part of the same program, else of the same family, else with the last
        channel, and the earlier part's program and controllers hold.

    Raises
    ------
    ScoreError
        If a pitch or velocity does not fit into MIDI.
    """
    times = TimeMap.of(score)
    end = times.bar_start(score.bars)
    played = {part.id: part for part in performance.parts} if performance else {}
    seats = _seats([instrument(part.instrument) for part in score.parts])
    tracks = [smf_write.track(_conductor(score, times), end)]
    for part, seat in zip(score.parts, seats, strict=True):
        own = played.get(part.id)
        controls: Iterable[TimedBytes] = ()
        if own is None:
            strokes = _apart(_written(part), end)
        else:
            strokes = _apart(_performed(own.notes, times), end)
            if seat.leads:
                controls = _controls(own.controls, times, seat.channel)
        # MuseScore takes a staff's key only from the staff's own track, so they all have it.
        keys = _key_signatures(score) if seat.channel != DRUM_CHANNEL else ()
        events = [*keys, *_part_events(part, seat, strokes), *controls]
        tracks.append(smf_write.track(events, end))
    return smf_write.file(tracks)


def _conductor(score: Score, times: TimeMap) -> Iterator[TimedBytes]:
    yield 0, 0, smf_write.text(smf.TRACK_NAME, score.title)
    for tempo in score.tempos:
        microseconds = max(1, min(_SLOWEST_TEMPO, round(60e6 / tempo.bpm)))
        yield tempo.tick, 1, smf_write.meta(smf.TEMPO, microseconds.to_bytes(3, "big"))
    for change in score.meters:
        meter = change.meter
        clocks = min(255, 24 * meter.pulses_ticks[0] // TICKS_PER_BEAT)  # of the metronome
        data = bytes((meter.numerator, meter.denominator.bit_length() - 1, clocks, 8))
        yield change.tick, 2, smf_write.meta(smf.TIME_SIGNATURE, data)
    yield from _key_signatures(score)
    for section in score.sections:
        letter = f" [{section.letter}]" if section.letter else ""
        name = smf_write.text(smf.MARKER, section.function + letter)
        yield times.bar_start(section.start_bar), 4, name
    for span in score.chords:
        yield span.onset_ticks, 5, smf_write.text(smf.MARKER, span.chord.symbol)


def _key_signatures(score: Score) -> Iterator[TimedBytes]:
    """The mode's accidentals; minor where its third is minor."""
    for change in score.keys:
        key = change.key
        data = key.fifths.to_bytes(1, "big", signed=True) + bytes((key.is_minor,))
        yield change.tick, 3, smf_write.meta(smf.KEY_SIGNATURE, data)


def _seats(players: Sequence[Instrument]) -> list[_Seat]:
    """A channel for each part; see `write_midi` for the rule."""
    seats: list[_Seat] = []
    first: list[Instrument | None] = [None] * 16
    for player in players:
        if player.is_kit:
            leads = first[DRUM_CHANNEL] is None
            first[DRUM_CHANNEL] = first[DRUM_CHANNEL] or player
            seats.append(_Seat(DRUM_CHANNEL, player.program, leads))
            continue
        free = [channel for channel in PITCHED_CHANNELS if first[channel] is None]
        if free:
            first[free[0]] = player
            seats.append(_Seat(free[0], player.program, leads=True))
            continue
        same = [c for c in PITCHED_CHANNELS if (p := first[c]) and p.program == player.program]
        near = [c for c in PITCHED_CHANNELS if (p := first[c]) and p.family == player.family]
        channel = (same or near or [PITCHED_CHANNELS[-1]])[0]
        seats.append(_Seat(channel, player.program, leads=False))
    return seats


def _part_events(part: Part, seat: _Seat, strokes: list[_Stroke]) -> Iterator[TimedBytes]:
    yield 0, 0, smf_write.text(smf.TRACK_NAME, part.name)
    yield 0, 1, smf_write.text(smf.INSTRUMENT_NAME, instrument(part.instrument).name)
    if seat.leads:
        yield 0, 2, smf_write.channel(smf.PROGRAM, seat.channel, seat.program)
    for stroke in strokes:
        on = smf_write.channel(smf.NOTE_ON, seat.channel, stroke.pitch, stroke.velocity)
        off = smf_write.channel(smf.NOTE_OFF, seat.channel, stroke.pitch, RELEASE_VELOCITY)
        yield stroke.on, 6, on
        yield stroke.off, 5, off


def _written(part: Part) -> list[_Stroke]:
    return [_Stroke(n.onset_ticks, n.end_ticks, n.pitch, n.velocity) for n in part.notes]


def _performed(notes: Iterable[PlayedNote], times: TimeMap) -> list[_Stroke]:
    strokes = []
    for note in notes:
        on = max(0, round(times.tick(note.onset_seconds)))
        off = round(times.tick(note.onset_seconds + note.duration_seconds))
        strokes.append(_Stroke(on, max(on + 1, off), note.pitch, note.velocity))
    return strokes


def _apart(strokes: list[_Stroke], end: int) -> list[_Stroke]:
    """Strokes by time; a key comes up before it goes down again, and by the end of the piece."""
    for stroke in strokes:
        if not (0 <= stroke.pitch <= 127 and 1 <= stroke.velocity <= 127):
            raise ScoreError(
                f"a note has pitch {stroke.pitch} and velocity {stroke.velocity}; MIDI holds "
                "pitches 0 to 127 and velocities 1 to 127"
            )
    ordered = sorted(strokes, key=lambda s: (s.on, s.pitch, -s.off, -s.velocity))
    next_on: dict[int, int] = {}
    kept: list[_Stroke] = []
    for stroke in reversed(ordered):
        limit = min(next_on.get(stroke.pitch, end), end)
        off = min(stroke.off, limit)
        if stroke.on < off:
            kept.append(_Stroke(stroke.on, off, stroke.pitch, stroke.velocity))
            next_on[stroke.pitch] = stroke.on
    kept.reverse()
    return kept


def _controls(points: Iterable[ControlPoint], times: TimeMap, channel: int) -> Iterator[TimedBytes]:
    """Controller messages; glides between points become small steps."""
    lines: dict[int, list[ControlPoint]] = {}
    for point in points:
        lines.setdefault(point.controller, []).append(point)
    bends = lines.pop(BEND, [])
    for controller, line in sorted(lines.items()):
        for seconds, value in _steps(line, CONTROL_STEP_SECONDS, controller not in SWITCHES):
            event = smf_write.channel(smf.CONTROL, channel, controller, value)
            yield max(0, round(times.tick(seconds))), 4, event
    if not bends:
        return
    furthest = max(abs(point.value) for point in bends)
    semitones = min(24, max(2, ceil(furthest / BEND_PER_SEMITONE)))
    # Registered parameter 0 sets the bend range; 127/127 closes it against stray data.
    for number, value in ((101, 0), (100, 0), (6, semitones), (38, 0), (101, 127), (100, 127)):
        yield 0, 3, smf_write.channel(smf.CONTROL, channel, number, value)
    for seconds, value in _steps(bends, BEND_STEP_SECONDS, glides=True):
        bend = max(-8192, min(8191, round(value * 2 / semitones)))
        yield max(0, round(times.tick(seconds))), 4, smf_write.bend(channel, bend)


def _steps(
    line: list[ControlPoint], step_seconds: float, glides: bool
) -> Iterator[tuple[float, int]]:
    """Times and values of one controller, each value once; glides are cut into whole steps."""
    sent: int | None = None
    for i, point in enumerate(line):
        following = line[i + 1] if glides and i + 1 < len(line) else point
        gap, rise = following.seconds - point.seconds, following.value - point.value
        count = max(1, min(abs(rise), ceil(gap / step_seconds)))
        for k in range(count):
            value = point.value + round(rise * k / count)
            if value != sent:
                sent = value
                yield point.seconds + gap * k / count, value
