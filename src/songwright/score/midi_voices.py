"""From the events of a MIDI file to lines of notes, each with one instrument.

A *voice* here is what one track plays on one channel with one program. Both importers start from
voices: `songwright.score.midi` (notation) and `songwright.perform.from_midi` (sound).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from songwright.score import smf
from songwright.score.instruments import Instrument, instrument_of_program
from songwright.units import TICKS_PER_BEAT

DRUM_CHANNEL = 9
DRUM_BANKS = frozenset({120, 127})  # bank select MSB of drum kits in GM2 and in XG
KEPT_CONTROLLERS = frozenset({1, 7, 10, 11, 64, 74})
BEND = 128  # pitch bend, stored among the controllers
DEFAULT_BPM = 120.0
BEND_PER_SEMITONE = 4096
_RESET = {1: 0, 11: 127, 64: 0, BEND: 0}  # what controller 121 sets (RP-015)


@dataclass(frozen=True, slots=True)
class VoiceNote:
    """One note; times in ticks of 1/480 beat, with fraction until they are rounded."""

    onset_ticks: float
    duration_ticks: float
    pitch: int
    velocity: int


@dataclass(slots=True)
class Voice:
    """What one track plays on one channel with one program.

    ``controls`` holds (tick, controller, value) of its channel; pitch bend is controller 128 with
    4096 steps a semitone, whatever bend range the file set.
    """

    track: int
    channel: int
    instrument: Instrument
    name: str
    notes: list[VoiceNote] = field(default_factory=list)
    controls: list[tuple[float, int, int]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class MidiMusic:
    """A MIDI file as voices and a timeline, in ticks of 1/480 beat.

    ``tempos`` (bpm), ``meters`` (numerator, denominator), ``keys`` (fifths, is_minor) and
    ``markers`` carry their tick; the first three may be empty. ``end_ticks`` is the last end of a
    track or note.
    """

    title: str
    voices: tuple[Voice, ...]
    tempos: tuple[tuple[float, float], ...]
    meters: tuple[tuple[float, int, int], ...]
    keys: tuple[tuple[float, int, bool], ...]
    markers: tuple[tuple[float, str], ...]
    end_ticks: float


@dataclass(slots=True)
class _Channel:
    """State of one channel while the file is read in order."""

    program: int = 0
    bank: int = 0
    bend_semitones: float = 2.0
    parameter: tuple[int, int] = (127, 127)
    sounding: dict[tuple[int, int], list[tuple[float, int, Voice]]] = field(default_factory=dict)
    controls: list[tuple[float, int, int]] = field(default_factory=list)


def read_voices(data: bytes) -> MidiMusic:
    """Read any Standard MIDI File.

    Raises
    ------
    FileFormatError
        If the file is damaged (see `songwright.score.smf`).
    """
    return _Reader(smf.parse_smf(data)).read()


def unique_ids(names: list[str]) -> list[str]:
    """Short lower-case ids from names; equal names are numbered."""
    ids: list[str] = []
    for name in names:
        slug = re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_") or "part"
        wanted, number = slug, 2
        while wanted in ids:
            wanted, number = f"{slug}_{number}", number + 1
        ids.append(wanted)
    return ids


class _Reader:
    """Plays the file's events in order and collects what they mean."""

    def __init__(self, file: smf.MidiFile) -> None:
        self.file = file
        # SMPTE files count seconds; at 120 bpm a second is two beats.
        self.scale = (
            TICKS_PER_BEAT / file.ticks_per_beat
            if file.ticks_per_beat
            else 2.0 * TICKS_PER_BEAT / file.ticks_per_second
        )
        self.channels: dict[tuple[int, int], _Channel] = {}
        self.voices: dict[tuple[int, int, int, str], Voice] = {}
        self.names = [""] * len(file.tracks)
        self.ports = [0] * len(file.tracks)
        self.tempos: list[tuple[float, float]] = []
        self.meters: list[tuple[float, int, int]] = []
        self.keys: list[tuple[float, int, bool]] = []
        self.markers: list[tuple[float, str]] = []

    def read(self) -> MidiMusic:
        end = 0.0
        for tick, track, event in self._in_order():
            end = max(end, tick)
            if event.kind == smf.META:
                self._meta(tick, track, event)
            else:
                self._channel_event(tick, track, event)
        for channel in self.channels.values():
            self._silence(channel, end)
        heard = [voice for voice in self.voices.values() if voice.notes]
        voices = sorted(heard, key=lambda voice: voice.track)
        for voice in voices:
            voice.notes = _apart(voice.notes)
            voice.controls = self.channels[self.ports[voice.track], voice.channel].controls
        named_tracks = {voice.track for voice in voices}
        title = self.names[0] if 0 not in named_tracks else ""
        return MidiMusic(
            title, tuple(voices), tuple(self.tempos), tuple(self.meters), tuple(self.keys),
            tuple(self.markers), end,
        )  # fmt: skip

    def _in_order(self) -> Iterator[tuple[float, int, smf.MidiEvent]]:
        """Events of all tracks by time.

        At one moment the settings come before the notes, whatever track they stand in; otherwise
        the order of the file holds.
        """
        events = [
            (event.tick, event.kind in (smf.NOTE_ON, smf.NOTE_OFF), track, i, event)
            for track, line in enumerate(self.file.tracks)
            for i, event in enumerate(line)
        ]
        events.sort()  # no two have the same track and place in it: events are never compared
        return ((tick * self.scale, track, event) for tick, _, track, _, event in events)

    def _meta(self, tick: float, track: int, event: smf.MidiEvent) -> None:
        data = event.data
        if event.a == smf.TRACK_NAME and not self.names[track]:
            self.names[track] = event.text
        elif event.a == smf.PORT and len(data) == 1:
            self.ports[track] = data[0]
        elif event.a == smf.MARKER and event.text:
            self.markers.append((tick, event.text))
        elif event.a == smf.TEMPO and len(data) == 3 and any(data) and self.file.ticks_per_beat:
            self.tempos.append((tick, 60e6 / int.from_bytes(data, "big")))
        elif event.a == smf.TIME_SIGNATURE and len(data) >= 2 and data[1] <= 5:
            if 1 <= data[0] <= 32:
                self.meters.append((tick, data[0], 2 ** data[1]))
        elif event.a == smf.KEY_SIGNATURE and len(data) == 2:
            fifths = int.from_bytes(data[:1], "big", signed=True)
            if -7 <= fifths <= 7 and data[1] <= 1:
                self.keys.append((tick, fifths, data[1] == 1))

    def _channel_event(self, tick: float, track: int, event: smf.MidiEvent) -> None:
        place = (self.ports[track], event.channel)
        channel = self.channels.get(place)
        if channel is None:
            channel = self.channels[place] = _Channel()
        if event.kind == smf.NOTE_ON and event.b > 0:
            voice = self._voice(track, event.channel, channel)
            line = channel.sounding.setdefault((track, event.a), [])
            line.append((tick, event.b, voice))
        elif event.kind in (smf.NOTE_ON, smf.NOTE_OFF):
            line = channel.sounding.get((track, event.a), [])
            if line:  # the oldest stroke of a key is released first
                _close(line.pop(0), event.a, tick)
        elif event.kind == smf.PROGRAM:
            channel.program = event.a
        elif event.kind == smf.BEND:
            raw = (event.b << 7 | event.a) - 8192
            value = round(raw * channel.bend_semitones * BEND_PER_SEMITONE / 8192)
            channel.controls.append((tick, BEND, value))
        elif event.kind == smf.CONTROL:
            self._control(tick, channel, event.a, event.b)

    def _control(self, tick: float, channel: _Channel, number: int, value: int) -> None:
        if number in KEPT_CONTROLLERS:
            channel.controls.append((tick, number, value))
        elif number == 0:
            channel.bank = value
        elif number in (100, 101):
            msb, lsb = channel.parameter
            channel.parameter = (value, lsb) if number == 101 else (msb, value)
        elif number in (98, 99):
            channel.parameter = (127, 127)  # a non-registered parameter: not ours
        elif number == 6 and channel.parameter == (0, 0):
            channel.bend_semitones = float(value)
        elif number == 38 and channel.parameter == (0, 0):
            channel.bend_semitones = int(channel.bend_semitones) + value / 100.0
        elif number == 121:
            touched = {controller for _, controller, _ in channel.controls}
            for controller in sorted(touched & _RESET.keys()):
                channel.controls.append((tick, controller, _RESET[controller]))
        elif number in (120, 123):
            self._silence(channel, tick)

    def _voice(self, track: int, number: int, channel: _Channel) -> Voice:
        is_kit = number == DRUM_CHANNEL or channel.bank in DRUM_BANKS
        player = instrument_of_program(channel.program, is_kit)
        key = (track, self.ports[track], number, player.id)
        if key not in self.voices:
            taken = any(k[0] == track for k in self.voices)
            name = self.names[track]
            # A track that plays several instruments gives each voice the instrument's name.
            title = f"{name} ({player.name})" if name and taken else name or player.name
            self.voices[key] = Voice(track, number, player, title)
        return self.voices[key]

    def _silence(self, channel: _Channel, tick: float) -> None:
        for (_, pitch), line in channel.sounding.items():
            for sounding in line:
                _close(sounding, pitch, tick)
            line.clear()


def _close(sounding: tuple[float, int, Voice], pitch: int, tick: float) -> None:
    onset, velocity, voice = sounding
    voice.notes.append(VoiceNote(onset, tick - onset, pitch, velocity))


def _apart(notes: list[VoiceNote]) -> list[VoiceNote]:
    """Notes by onset; a key that is struck again is released first, doubles are dropped.

    Notes of no length (some drum editors write them) are given a 32nd, or less if struck again.
    """
    latest: dict[int, int] = {}
    kept: list[VoiceNote] = []
    for note in sorted(notes, key=lambda n: (n.onset_ticks, n.pitch, -n.duration_ticks)):
        length = note.duration_ticks or TICKS_PER_BEAT / 8
        before = latest.get(note.pitch)
        if before is not None:
            first = kept[before]
            gap = note.onset_ticks - first.onset_ticks
            if gap <= 0:
                continue
            if first.duration_ticks > gap:
                kept[before] = VoiceNote(first.onset_ticks, gap, first.pitch, first.velocity)
        latest[note.pitch] = len(kept)
        kept.append(VoiceNote(note.onset_ticks, length, note.pitch, note.velocity))
    return kept
