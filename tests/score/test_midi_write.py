"""Files that Songwright writes, read by readers that are not its own."""

from __future__ import annotations

import io
import warnings
from dataclasses import dataclass, replace

import mido
import pretty_midi
import pytest
import symusic

from songwright.errors import ScoreError
from songwright.score import (
    ChordSpan,
    KeyChange,
    MeterChange,
    Note,
    Part,
    Score,
    SectionMark,
    TempoChange,
    instruments,
)
from songwright.score.midi import write_midi
from songwright.theory import Key, Meter, parse_chord


@dataclass(frozen=True)
class Played:
    onset_seconds: float
    duration_seconds: float
    pitch: int
    velocity: int


@dataclass(frozen=True)
class Point:
    seconds: float
    controller: int
    value: int


@dataclass(frozen=True)
class PlayedPart:
    id: str
    notes: tuple[Played, ...]
    controls: tuple[Point, ...] = ()


@dataclass(frozen=True)
class Performance:
    parts: tuple[PlayedPart, ...]


def piece() -> Score:
    """Three bars of 3/4, then three of 4/4; the tempo drops from 90 to 60 in bar 5."""
    lead = tuple(Note(i * 480, 480, 72 + i % 5, 60 + i) for i in range(9))
    drums = tuple(Note(i * 480, 120, 36 if i % 2 else 42) for i in range(21))
    return Score(
        title="Étude für Zwei",
        bars=6,
        meters=(MeterChange(0, Meter(3, 4)), MeterChange(3 * 1440, Meter(4, 4))),
        tempos=(TempoChange(0, 90.0), TempoChange(3 * 1440 + 1920, 60.0)),
        keys=(KeyChange(0, Key("D", "minor")), KeyChange(3 * 1440, Key("Eb", "major"))),
        sections=(SectionMark("i", "intro", "A", 0, 3), SectionMark("v", "verse", "B", 3, 3)),
        chords=(
            ChordSpan(0, 1440, parse_chord("Dm7")),
            ChordSpan(1440, 2880, parse_chord("F#m7b5/E")),
        ),
        parts=(
            Part("lead", "Flöte", "lead", "flute", lead),
            Part("kit", "Drums", "drums", "jazz_kit", drums),
            Part("shaker", "Shaker", "percussion", "standard_kit", (Note(0, 60, 70),)),
        ),
    )


END_SECONDS = (3 * 3 + 4) * 60 / 90 + 8 * 1.0


def of_mido(data: bytes) -> mido.MidiFile:
    return mido.MidiFile(file=io.BytesIO(data), charset="utf-8")


def of_pretty_midi(data: bytes) -> pretty_midi.PrettyMIDI:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return pretty_midi.PrettyMIDI(io.BytesIO(data))


def test_pretty_midi_reads_the_same_music() -> None:
    midi = of_pretty_midi(write_midi(piece()))
    flute, drums, shaker = midi.instruments
    assert (flute.program, flute.is_drum, len(flute.notes)) == (73, False, 9)
    assert drums.is_drum and shaker.is_drum and len(drums.notes) == 21 and len(shaker.notes) == 1
    assert [n.velocity for n in flute.notes] == [60 + i for i in range(9)]
    assert flute.notes[3].start == pytest.approx(2.0, abs=1e-4)
    times, tempos = midi.get_tempo_changes()
    assert tempos == pytest.approx([90.0, 60.0], abs=1e-3)
    assert times == pytest.approx([0.0, 13 * 60 / 90], abs=1e-4)
    assert [(s.numerator, s.denominator) for s in midi.time_signature_changes] == [(3, 4), (4, 4)]
    keys = {
        (round(k.time, 3), pretty_midi.key_number_to_key_name(k.key_number))
        for k in midi.key_signature_changes
    }
    assert keys == {(0.0, "D minor"), (6.0, "Eb Major")}


def test_symusic_reads_the_same_music() -> None:
    score = symusic.Score.from_midi(write_midi(piece()))
    assert score.ticks_per_quarter == 480
    by_name = {track.name: track for track in score.tracks}
    assert set(by_name) == {"Flöte", "Drums", "Shaker"}
    assert [(n.time, n.duration, n.pitch) for n in by_name["Flöte"].notes] == [
        (i * 480, 480, 72 + i % 5) for i in range(9)
    ]
    markers = [(m.time, m.text) for m in score.markers]
    assert markers == [
        (0, "intro [A]"), (0, "Dm7"), (1440, "F#m7b5/E"), (3 * 1440, "verse [B]"),
    ]  # fmt: skip


def test_every_track_ends_at_the_written_end() -> None:
    midi = of_mido(write_midi(piece()))
    assert midi.type == 1
    for track in midi.tracks:
        assert sum(message.time for message in track) == 3 * 1440 + 3 * 1920
        assert track[-1].type == "end_of_track"
    assert midi.length == pytest.approx(END_SECONDS, abs=1e-4)


def test_title_names_and_programs() -> None:
    midi = of_mido(write_midi(piece()))
    assert midi.tracks[0].name == "Étude für Zwei"
    assert [track.name for track in midi.tracks[1:]] == ["Flöte", "Drums", "Shaker"]
    programs = [
        (message.channel, message.program)
        for track in midi.tracks
        for message in track
        if message.type == "program_change"
    ]
    assert programs == [(0, 73), (9, 32)]  # the second kit must not change the first one's sound


@pytest.mark.parametrize(
    ("key", "signature"),
    [
        (Key("C", "major"), "C"),
        (Key("F#", "minor"), "F#m"),
        (Key("D", "dorian"), "Am"),  # no accidentals, minor third
        (Key("G", "mixolydian"), "C"),
        (Key("Ab", "harmonic minor"), "Abm"),
    ],
)
def test_key_signatures(key: Key, signature: str) -> None:
    midi = of_mido(write_midi(replace(piece(), keys=(KeyChange(0, key),))))
    assert [m.key for m in midi.tracks[0] if m.type == "key_signature"] == [signature]


def test_pitched_tracks_repeat_the_key_and_drums_do_not() -> None:
    midi = of_mido(write_midi(piece()))
    counts = [sum(m.type == "key_signature" for m in track) for track in midi.tracks]
    assert counts == [2, 2, 0, 0]


def test_metronome_clicks_follow_the_pulse() -> None:
    midi = of_mido(write_midi(replace(piece(), meters=(MeterChange(0, Meter(6, 8)),))))
    (signature,) = [m for m in midi.tracks[0] if m.type == "time_signature"]
    assert (signature.numerator, signature.denominator) == (6, 8)
    assert signature.clocks_per_click == 36  # dotted quarters


def test_performed_seconds_come_back_from_an_independent_reader() -> None:
    onsets = [0.013, 1.987, 9.5, 14.25]
    notes = tuple(Played(at, 0.3, 60, 77) for at in onsets)
    data = write_midi(piece(), Performance((PlayedPart("lead", notes),)))
    read = of_pretty_midi(data).instruments[0].notes
    tick = 60 / 60 / 480
    assert [n.start for n in read] == pytest.approx(onsets, abs=tick)
    assert [n.end - n.start for n in read] == pytest.approx([0.3] * 4, abs=2 * tick)


def test_parts_that_were_not_performed_are_written_as_they_stand() -> None:
    data = write_midi(piece(), Performance((PlayedPart("lead", ()),)))
    counts = {track.name: len(track.notes) for track in symusic.Score.from_midi(data).tracks}
    assert counts.get("Flöte", 0) == 0 and counts["Drums"] == 21


def test_controllers_glide_in_steps_and_pedals_jump() -> None:
    points = (
        Point(0.0, 11, 20), Point(1.0, 11, 120), Point(0.5, 64, 127), Point(1.5, 64, 0),
    )  # fmt: skip
    note = Played(0.0, 2.0, 60, 80)
    data = write_midi(piece(), Performance((PlayedPart("lead", (note,), points),)))
    changes = of_pretty_midi(data).instruments[0].control_changes
    swell = [(c.time, c.value) for c in changes if c.number == 11]
    assert swell[0] == (0.0, 20) and swell[-1][1] == 120
    assert len(swell) > 25
    for time, value in swell:
        assert value == pytest.approx(20 + 100 * time, abs=2)
    pedal = [(c.time, c.value) for c in changes if c.number == 64]
    assert [value for _, value in pedal] == [127, 0]
    assert [time for time, _ in pedal] == pytest.approx([0.5, 1.5], abs=2e-3)


@pytest.mark.parametrize(("value", "semitones"), [(-4096, 2), (8191, 2), (40960, 10)])
def test_pitch_bend_sets_its_range(value: int, semitones: int) -> None:
    points = (Point(0.5, 128, 0), Point(0.5, 128, value))
    midi = of_mido(write_midi(piece(), Performance((PlayedPart("lead", (), points),))))
    messages = list(midi.tracks[1])
    controls = [(m.control, m.value) for m in messages if m.type == "control_change"]
    assert controls == [(101, 0), (100, 0), (6, semitones), (38, 0), (101, 127), (100, 127)]
    last = [m.pitch for m in messages if m.type == "pitchwheel"][-1]
    assert last / 8192 * semitones == pytest.approx(value / 4096, abs=2e-3)


def test_a_key_comes_up_before_it_is_struck_again() -> None:
    notes = (Note(0, 960, 60), Note(480, 480, 60), Note(480, 240, 60), Note(960, 480, 60))
    score = replace(piece(), parts=(Part("p", "P", "lead", "flute", notes),))
    down = False
    strokes = 0
    for message in of_mido(write_midi(score)).tracks[1]:
        if message.type == "note_on":
            assert not down
            down = True
            strokes += 1
        elif message.type == "note_off":
            assert down
            down = False
    assert strokes == 3 and not down


def test_many_parts_share_channels_by_program() -> None:
    names = [row.id for row in instruments().values() if not row.is_kit][::7]  # 19 programs
    parts = tuple(
        Part(f"p{i}", f"P{i}", "lead", name, (Note(0, 480, 72),)) for i, name in enumerate(names)
    )
    twin = Part("twin", "Twin", "lead", names[0], (Note(480, 480, 72),))
    midi = of_mido(write_midi(replace(piece(), parts=(*parts, twin))))
    channels = [next(m.channel for m in track if m.type == "note_on") for track in midi.tracks[1:]]
    assert 9 not in channels
    assert channels[:15] == [c for c in range(16) if c != 9]
    assert channels[-1] == channels[0]
    programs = [m.channel for track in midi.tracks for m in track if m.type == "program_change"]
    assert len(programs) == len(set(programs)) == 15


def test_same_score_same_bytes() -> None:
    assert write_midi(piece()) == write_midi(piece())


def test_impossible_notes_are_refused() -> None:
    bad = Part("p", "P", "lead", "flute", (Note(0, 480, 130),))
    with pytest.raises(ScoreError, match="pitch 130"):
        write_midi(replace(piece(), parts=(bad,)))
