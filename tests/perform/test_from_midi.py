"""MIDI files from outside as performances."""

from __future__ import annotations

import io
from collections.abc import Callable

import mido
import pytest

from songwright.errors import FileFormatError
from songwright.perform import perform, performance_of_midi
from songwright.score import Part
from songwright.score.midi import write_midi


def file_of(*tracks: list[mido.Message], kind: int = 1) -> bytes:
    midi = mido.MidiFile(type=kind, ticks_per_beat=480)
    for messages in tracks:
        midi.tracks.append(mido.MidiTrack(messages))
    buffer = io.BytesIO()
    midi.save(file=buffer)
    return buffer.getvalue()


def note(pitch: int, length: int = 480, channel: int = 0, wait: int = 0) -> list[mido.Message]:
    return [
        mido.Message("note_on", note=pitch, velocity=90, channel=channel, time=wait),
        mido.Message("note_off", note=pitch, channel=channel, time=length),
    ]


def test_what_was_performed_comes_back(
    plan: Callable, score: Callable, playing: Callable, band: tuple[Part, ...]
) -> None:
    style = playing(timing_ms=9.0, velocity_spread=6.0, pedal=True, strum_ms=20.0)
    ours = perform(score(*band), plan(swing=0.6), style)
    theirs = performance_of_midi(write_midi(score(*band), ours))
    tick = 1 / 960
    for a, b in zip(ours.parts, theirs.parts, strict=True):
        assert a.instrument == b.instrument and a.name == b.name
        key = sorted((n.pitch, n.onset_seconds, n.duration_seconds, n.velocity) for n in a.notes)
        other = sorted((n.pitch, n.onset_seconds, n.duration_seconds, n.velocity) for n in b.notes)
        for (p, on, length, v), (p2, on2, length2, v2) in zip(key, other, strict=True):
            assert (p, v) == (p2, v2)
            assert on2 == pytest.approx(on, abs=0.51 * tick)
            assert length2 == pytest.approx(length, abs=1.1 * tick + 0.002)
    pedal = [c for c in theirs.parts[1].controls if c.controller == 64]
    assert {c.value for c in pedal} == {0, 127}


def test_tempo_changes_and_default_tempo() -> None:
    tempo = [mido.MetaMessage("set_tempo", tempo=1_000_000, time=960)]
    made = performance_of_midi(file_of(tempo, note(60) + note(62, wait=480)))
    onsets = [n.onset_seconds for n in made.parts[0].notes]
    assert onsets == pytest.approx([0.0, 1.0])  # one bar half of 120 bpm
    assert made.parts[0].notes[1].duration_seconds == pytest.approx(1.0)


def test_duration_leaves_room_for_the_last_release() -> None:
    made = performance_of_midi(file_of(note(60)))
    assert made.duration_seconds == pytest.approx(0.5 + 1.5)
    silence = mido.MetaMessage("end_of_track", time=9600)
    assert performance_of_midi(file_of([*note(60), silence])).duration_seconds == pytest.approx(
        10.5
    )
    assert made.ending == "ring"


def test_controllers_are_held_until_they_jump() -> None:
    changes = [
        mido.Message("control_change", control=7, value=100),
        mido.Message("control_change", control=7, value=20, time=960),
        mido.Message("control_change", control=3, value=9),
        mido.Message("pitchwheel", pitch=4096),
    ]
    (part,) = performance_of_midi(file_of(changes, note(60, 1920))).parts
    volume = [(c.seconds, c.value) for c in part.controls if c.controller == 7]
    assert volume == [(0.0, 100), (pytest.approx(0.995), 100), (1.0, 20)]
    assert [c.value for c in part.controls if c.controller == 128] == [4096]
    assert {c.controller for c in part.controls} == {7, 128}


def test_channel_ten_is_a_kit_and_program_changes_split() -> None:
    track = [
        mido.Message("program_change", program=32, channel=9),
        *note(36, channel=9),
        mido.Message("program_change", program=56),
        *note(60),
        mido.Message("program_change", program=73),
        *note(62),
    ]
    parts = performance_of_midi(file_of(track, kind=0)).parts
    assert [p.instrument for p in parts] == ["jazz_kit", "trumpet", "flute"]
    assert parts[0].role == "drums"


def test_sixty_tracks() -> None:
    tracks = [note(40 + i % 40, channel=i % 16, wait=i * 10) for i in range(60)]
    made = performance_of_midi(file_of(*tracks))
    assert len(made.parts) == 60
    assert len({p.id for p in made.parts}) == 60


def test_a_file_without_notes_says_so() -> None:
    with pytest.raises(FileFormatError, match="no notes"):
        performance_of_midi(file_of([mido.Message("program_change", program=1)]))


def test_absurd_lengths_are_refused() -> None:
    far = [*note(60), *note(60, wait=200_000_000)]
    with pytest.raises(FileFormatError, match="hours"):
        performance_of_midi(file_of(far))


def test_doubled_and_overlapping_keys_are_parted() -> None:
    track = [
        mido.Message("note_on", note=60, velocity=80),
        mido.Message("note_on", note=60, velocity=90),
        mido.Message("note_on", note=60, velocity=70, time=480),
        mido.Message("note_off", note=60, time=480),
        mido.Message("note_off", note=60),
        mido.Message("note_off", note=60),
    ]
    (part,) = performance_of_midi(file_of(track)).parts
    first, second = part.notes
    assert first.onset_seconds + first.duration_seconds < second.onset_seconds == 0.5
