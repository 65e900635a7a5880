"""Any MIDI file as a `Score`: ticks rescaled to 480 a beat, nothing quantised."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import pairwise
from typing import TypeVar

from songwright.errors import FileFormatError
from songwright.score.midi_roles import guess_roles
from songwright.score.midi_voices import DEFAULT_BPM, MidiMusic, read_voices, unique_ids
from songwright.score.model import (
    ChordSpan,
    KeyChange,
    MeterChange,
    Note,
    Part,
    Score,
    SectionMark,
    TempoChange,
)
from songwright.score.timemap import TimeMap
from songwright.theory import Key, Meter, parse_chord

T = TypeVar("T")

# Tonics of the key signatures from seven flats to seven sharps.
MAJOR_TONICS = ("Cb", "Gb", "Db", "Ab", "Eb", "Bb", "F", "C", "G", "D", "A", "E", "B", "F#", "C#")
MINOR_TONICS = ("Ab", "Eb", "Bb", "F", "C", "G", "D", "A", "E", "B", "F#", "C#", "G#", "D#", "A#")
MOST_BARS = 100_000
_SECTION = re.compile(r"^(?P<function>.+?)(?: \[(?P<letter>\w+)\])?$")


def read_midi(data: bytes) -> Score:
    """Import a MIDI file of any format.

    Every track, channel and program becomes a part. Missing facts take the standard's defaults: 120
    bpm, 4/4; a missing key signature reads as C major. Markers that are chord symbols become
    chords, the others sections. Roles are guessed from register and texture.

    Raises
    ------
    FileFormatError
        If the file is damaged, or its last note lies absurdly far away.
    """
    music = read_voices(data)
    tempos = _from_start(
        [(tick, TempoChange(round(tick), bpm)) for tick, bpm in music.tempos],
        TempoChange(0, DEFAULT_BPM),
    )
    meters = _from_start(
        [(tick, MeterChange(round(tick), Meter(n, d))) for tick, n, d in music.meters],
        MeterChange(0, Meter(4, 4)),
    )
    times = TimeMap.build(tempos, meters)
    parts = _parts(music)
    last = max((note.end_ticks for part in parts for note in part.notes), default=0)
    end = max(last, round(music.end_ticks))
    whole, rest = times.position(end)
    bars = max(1, whole + (rest > 0))
    if bars > MOST_BARS:
        raise FileFormatError(
            f"the MIDI file is {bars} bars long; it is damaged, or a stray event lies far behind "
            "its end: delete that event and export the file again"
        )
    chords, sections = _markers(music, times, times.bar_start(bars), bars)
    return Score(music.title, bars, meters, tempos, _keys(music), sections, chords, parts)


def _parts(music: MidiMusic) -> tuple[Part, ...]:
    ids = unique_ids([voice.name for voice in music.voices])
    roles = guess_roles(music.voices)
    parts = []
    for voice, part_id, role in zip(music.voices, ids, roles, strict=True):
        notes = []
        for note in voice.notes:
            onset = round(note.onset_ticks)
            end = max(onset + 1, round(note.onset_ticks + note.duration_ticks))
            notes.append(Note(onset, end - onset, note.pitch, note.velocity))
        parts.append(Part(part_id, voice.name, role, voice.instrument.id, tuple(notes)))
    return tuple(parts)


def _from_start(changes: list[tuple[float, T]], default: T) -> tuple[T, ...]:
    """Changes by tick, the last of each tick, with the default where none stands at 0."""
    by_tick = {0: default} | {round(tick): change for tick, change in changes}
    return tuple(by_tick[tick] for tick in sorted(by_tick))


def _keys(music: MidiMusic) -> tuple[KeyChange, ...]:
    changes = [
        (tick, KeyChange(round(tick), _key(fifths, is_minor)))
        for tick, fifths, is_minor in music.keys
    ]
    first = changes[0][1].key if changes else Key("C", "major")
    return _from_start(changes, KeyChange(0, first))


def _key(fifths: int, is_minor: bool) -> Key:
    if is_minor:
        return Key(MINOR_TONICS[fifths + 7], "minor")
    return Key(MAJOR_TONICS[fifths + 7], "major")


def _markers(
    music: MidiMusic, times: TimeMap, end: int, bars: int
) -> tuple[tuple[ChordSpan, ...], tuple[SectionMark, ...]]:
    """Chords and sections; each lasts until the next of its kind."""
    chords, sections = {}, {}
    for at, text in music.markers:
        tick = round(at)
        try:
            chords[tick] = parse_chord(text)
        except ValueError:
            sections[times.position(tick)[0]] = text
    spans = tuple(
        ChordSpan(tick, until - tick, chords[tick]) for tick, until in _until_next(chords, end)
    )
    marks = []
    for number, (bar, until) in enumerate(_until_next(sections, bars)):
        match = _SECTION.match(sections[bar])
        function = match["function"] if match else sections[bar]
        letter = (match["letter"] if match else None) or ""
        section_id = f"{function.lower().replace(' ', '-')}-{number + 1}"
        marks.append(SectionMark(section_id, function, letter, bar, until - bar))
    return spans, tuple(marks)


def _until_next(starts: Iterable[int], end: int) -> list[tuple[int, int]]:
    ordered = sorted(start for start in starts if start < end)
    return list(pairwise([*ordered, end]))
