"""A piece as a digital audio workstation sees it: tracks with clips of events, markers, faders.

This is what the DAWproject and the REAPER writer have in common. The events are those of the MIDI
file, so every export plays the same notes.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate, pairwise
from pathlib import Path

from songwright.export.naming import one_line, role_colour, section_names, track_name
from songwright.export.wav import WavFacts
from songwright.mix import MixSettings
from songwright.mix.ending import fade_samples
from songwright.perform import Performance
from songwright.score import MeterChange, Score, TempoChange, instrument, smf
from songwright.score.midi import write_midi
from songwright.score.timemap import TimeMap

_GRAZE_TICKS = 60
"""A note may reach so far over a section's edge before it keeps the two sections in one clip."""

_CHANNEL_EVENTS = (smf.NOTE_ON, smf.NOTE_OFF, smf.CONTROL, smf.BEND, smf.CHANNEL_PRESSURE)


@dataclass(frozen=True, slots=True)
class ClipNote:
    """A note of a clip; ``start_ticks`` counts from the start of the clip."""

    start_ticks: int
    duration_ticks: int
    pitch: int
    velocity: int


@dataclass(frozen=True, slots=True)
class ClipEvent:
    """A controller (``kind`` 0xB0) or pitch bend (0xE0) message with its two data bytes."""

    ticks: int
    kind: int
    a: int
    b: int


@dataclass(frozen=True, slots=True)
class Clip:
    """What a part plays from one section mark to another."""

    name: str
    start_ticks: int
    end_ticks: int
    notes: tuple[ClipNote, ...]
    events: tuple[ClipEvent, ...]


@dataclass(frozen=True, slots=True)
class Stem:
    """An audio file of a track: where it lies now, its name in the export, and its format."""

    source: Path
    name: str
    facts: WavFacts


@dataclass(frozen=True, slots=True)
class Track:
    """One part. ``level_db`` and ``pan`` (-1..1) are what its stem already has, for the notes."""

    part_id: str
    name: str
    colour: str
    program: int
    channel: int
    level_db: float
    pan: float
    clips: tuple[Clip, ...]
    stem: Stem | None = None


@dataclass(frozen=True, slots=True)
class Marker:
    """Start of a section."""

    ticks: int
    name: str


@dataclass(frozen=True, slots=True)
class Arrangement:
    """A whole piece for a workstation; ``fade_seconds`` is 0 unless the piece fades out."""

    title: str
    tempos: tuple[TempoChange, ...]
    meters: tuple[MeterChange, ...]
    markers: tuple[Marker, ...]
    tracks: tuple[Track, ...]
    end_ticks: int
    times: TimeMap
    fade_seconds: float = 0.0
    reference: Stem | None = None

    @property
    def seconds(self) -> float:
        return self.times.seconds(self.end_ticks)


def arrangement(
    score: Score,
    performance: Performance,
    settings: MixSettings,
    stems: dict[str, Stem] | None = None,
    reference: Stem | None = None,
) -> Arrangement:
    """Lay a piece out in tracks.

    Parameters
    ----------
    score, performance
        The piece as written and as played.
    settings
        Its mix, of which levels and places are taken. Levels are set against the loudest part, so
        that no fader goes over 0 dB.
    stems
        Rendered parts by part id; parts without one have notes only.
    reference
        The mastered piece, to compare with.
    """
    times = TimeMap.of(score)
    end = times.bar_start(score.bars)
    names = section_names(score)
    markers = tuple(
        Marker(times.bar_start(section.start_bar), name)
        for section, name in zip(score.sections, names, strict=True)
    )
    parsed = smf.parse_smf(write_midi(score, performance))
    loudest = max((strip.level_db for strip in settings.parts.values()), default=0.0)
    tracks = []
    for number, part in enumerate(score.parts, start=1):
        player = instrument(part.instrument)
        strip = settings.parts.get(part.id)
        events = parsed.tracks[number]
        channel = next((e.channel for e in events if e.kind == smf.NOTE_ON), number - 1)
        tracks.append(
            Track(
                part.id,
                track_name(number, part),
                role_colour(part.role),
                player.program,
                channel,
                strip.level_db - loudest if strip else 0.0,
                strip.pan if strip else 0.0,
                _clips(events, markers, end),
                (stems or {}).get(part.id),
            )
        )
    fade = 0.0
    if performance.ending == "fade":
        fade = fade_samples("fade", round(times.seconds(end) * 1000), 1000) / 1000
    return Arrangement(
        one_line(score.title),
        score.tempos,
        score.meters,
        markers,
        tuple(tracks),
        end,
        times,
        fade,
        reference,
    )


def _clips(
    events: tuple[smf.MidiEvent, ...], markers: tuple[Marker, ...], end: int
) -> tuple[Clip, ...]:
    """One clip a section in which the part plays.

    Workstations cut a note where its clip ends. So a clip begins a little early for a note that
    does, and sections that a note is held across stay together.
    """
    notes, controls = _events(events)
    onsets = [n.start_ticks for n in notes]
    # until when something sounds of the first n notes
    sounding = list(accumulate((n.start_ticks + n.duration_ticks for n in notes), max, initial=0))
    edges = sorted({0, end, *(m.ticks for m in markers if m.ticks < end)})
    names = {m.ticks: m.name for m in markers}
    joined: list[tuple[int, int, str]] = []
    for start, stop in pairwise(edges):
        name = names.get(start, "Start")
        held = sounding[bisect_left(onsets, start - _GRAZE_TICKS)] > start + _GRAZE_TICKS
        if held and joined:
            joined[-1] = (joined[-1][0], stop, f"{joined[-1][2]} + {name}")
        else:
            joined.append((start, stop, name))
    starts = [
        next((n.start_ticks
              for n in notes[bisect_left(onsets, start - _GRAZE_TICKS) : bisect_left(onsets, start)]
              if n.start_ticks + n.duration_ticks > start), start)
        for start, _, _ in joined
    ]  # fmt: skip
    spans = list(pairwise([*starts, end])) if joined else []
    clips = []
    for (first, last), (_, _, name), inside in zip(
        spans, joined, _cut(controls, spans), strict=True
    ):
        own = tuple(
            ClipNote(
                n.start_ticks - first,
                min(n.duration_ticks, last - n.start_ticks),
                n.pitch,
                n.velocity,
            )
            for n in notes[bisect_left(onsets, first) : bisect_left(onsets, last)]
        )
        if own:
            clips.append(Clip(name, first, last, own, inside))
    return tuple(clips)


def _cut(
    controls: list[ClipEvent], spans: list[tuple[int, int]]
) -> Iterator[tuple[ClipEvent, ...]]:
    """Messages of each clip, with the values in force at its start, so that clips can be moved."""
    at = 0
    in_force: dict[tuple[int, int], ClipEvent] = {}

    def address(event: ClipEvent) -> tuple[int, int]:
        return event.kind, event.a if event.kind == smf.CONTROL else 0

    for start, end in spans:
        inside = []
        carried = dict(in_force)
        while at < len(controls) and controls[at].ticks < end:
            event = controls[at]
            at += 1
            in_force[address(event)] = event
            if event.ticks < start:
                carried[address(event)] = event
            else:
                inside.append(ClipEvent(event.ticks - start, event.kind, event.a, event.b))
        at_start = {address(e) for e in inside if e.ticks == 0}
        yield (
            *(ClipEvent(0, e.kind, e.a, e.b) for k, e in carried.items() if k not in at_start),
            *inside,
        )


def _events(events: tuple[smf.MidiEvent, ...]) -> tuple[list[ClipNote], list[ClipEvent]]:
    """Notes and messages of a track, in order of time from the start of the piece."""
    notes: list[ClipNote] = []
    controls: list[ClipEvent] = []
    down: dict[int, tuple[int, int]] = {}
    for event in events:
        if event.kind not in _CHANNEL_EVENTS:
            continue
        if event.kind == smf.NOTE_ON and event.b:
            down[event.a] = (event.tick, event.b)
        elif event.kind in (smf.NOTE_ON, smf.NOTE_OFF):
            if event.a in down:
                start, velocity = down.pop(event.a)
                notes.append(ClipNote(start, event.tick - start, event.a, velocity))
        else:
            controls.append(ClipEvent(event.tick, event.kind, event.a, event.b))
    notes.sort(key=lambda n: (n.start_ticks, n.pitch))
    return notes, controls
