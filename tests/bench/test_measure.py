"""The measures give known answers on small MIDI files written by another library."""

from collections.abc import Sequence
from pathlib import Path

import mido
import numpy as np
import pytest
from bench.measure import Piece, cross_check, find_key, read_piece

BEAT = 480
NoteRow = tuple[float, float, int]  # onset and length in beats, pitch


def write(
    path: Path,
    parts: dict[int | str, Sequence[NoteRow]],
    beats: int = 16,
    tempos: Sequence[tuple[int, float]] = ((0, 120.0),),
    meter: tuple[int, int] = (4, 4),
    markers: Sequence[tuple[int, str]] = (),
    controls: Sequence[tuple[int, int, int]] = (),
    velocity: int = 80,
) -> Piece:
    """Write parts (program or ``"drums"`` → notes) with mido and read them back."""
    file = mido.MidiFile(type=1, ticks_per_beat=BEAT)
    conductor: list[tuple[int, mido.MetaMessage | mido.Message]] = [
        (0, mido.MetaMessage("time_signature", numerator=meter[0], denominator=meter[1])),
        *((b * BEAT, mido.MetaMessage("set_tempo", tempo=mido.bpm2tempo(t))) for b, t in tempos),
        *((b * BEAT, mido.MetaMessage("marker", text=text)) for b, text in markers),
    ]
    file.tracks.append(_track(conductor, beats * BEAT))
    for channel, (program, notes) in enumerate(parts.items()):
        seat = 9 if program == "drums" else channel
        number = 25 if program == "drums" else program
        events: list[tuple[int, mido.MetaMessage | mido.Message]] = [
            (0, mido.Message("program_change", channel=seat, program=number))
        ]
        for beat, controller, value in controls:
            message = mido.Message("control_change", channel=seat, control=controller, value=value)
            events.append((beat * BEAT, message))
        for onset, length, pitch in notes:
            start, stop = round(onset * BEAT), round((onset + length) * BEAT)
            on = mido.Message("note_on", channel=seat, note=pitch, velocity=velocity)
            off = mido.Message("note_off", channel=seat, note=pitch)
            events += [(start, on), (stop, off)]
        file.tracks.append(_track(events, beats * BEAT))
    file.save(path)
    piece = read_piece(path)
    assert cross_check(path, piece) == []
    return piece


def _track(events: list[tuple[int, mido.Message]], end: int) -> mido.MidiTrack:
    track = mido.MidiTrack()
    now = 0
    for tick, message in sorted(events, key=lambda e: (e[0], e[1].type != "note_off")):
        track.append(message.copy(time=tick - now))
        now = tick
    track.append(mido.MetaMessage("end_of_track", time=end - now))
    return track


QUARTERS = [(float(i), 1.0, 60) for i in range(16)]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "song.mid"


def test_time(path: Path) -> None:
    piece = write(path, {0: QUARTERS})
    assert (piece.bars, piece.meter) == (4, "4/4")
    assert piece.tempo_bpm == pytest.approx(120, abs=0.01)
    assert piece.seconds == pytest.approx(8.0)


def test_tempo_is_the_one_that_lasts_longest(path: Path) -> None:
    piece = write(path, {0: QUARTERS}, tempos=((0, 100.0), (2, 90.0), (14, 60.0)))
    assert piece.tempo_bpm == pytest.approx(90, abs=0.01)
    assert piece.first_tempo_bpm == pytest.approx(100, abs=0.01)
    assert piece.seconds == pytest.approx(60 * (2 / 100 + 12 / 90 + 2 / 60), abs=1e-3)


def test_bars_of_odd_metres(path: Path) -> None:
    piece = write(path, {0: QUARTERS[:14]}, beats=14, meter=(7, 8))
    assert (piece.bars, piece.meter) == (4, "7/8")


def test_length_ends_with_the_track_not_with_the_last_note(path: Path) -> None:
    assert write(path, {0: QUARTERS[:4]}).bars == 4


def test_who_sounds_and_in_how_many_bars(path: Path) -> None:
    piece = write(path, {0: QUARTERS, 40: [(4, 1, 60)], 41: [], "drums": [(0, 0.25, 36)]})
    assert piece.sounds() == {0: 1.0, 40: 0.25, "drums": 0.25, "kit:25": 0.25}


def test_a_held_note_sounds_in_every_bar_it_covers(path: Path) -> None:
    assert write(path, {40: [(0, 12, 60)]}).sounds() == {40: 0.75}


def test_drums_have_no_pitch(path: Path) -> None:
    piece = write(path, {0: [(0, 1, 48), (1, 1, 79)], "drums": [(0, 1, 36), (2, 1, 90)]})
    assert piece.pitch_bounds() == (48, 79)


@pytest.mark.parametrize(("step", "expected"), [(1.0, "sparse"), (0.5, "medium"), (0.25, "dense")])
def test_density_counts_moments_not_notes(path: Path, step: float, expected: str) -> None:
    notes = [(i * step, step, 60) for i in range(round(16 / step))]
    chords = [(onset, length, 64) for onset, length, _ in notes]
    piece = write(path, {0: notes, 1: chords})
    assert piece.density() == expected
    assert piece.onsets_per_beat() == pytest.approx(1 / step)


def test_markers_are_sections_or_chords(path: Path) -> None:
    piece = write(
        path, {0: QUARTERS},
        markers=((0, "A [A]"), (0, "A"), (4, "Dm7"), (8, "chorus [B]"), (8, "G/B")),
    )  # fmt: skip
    assert piece.sections == ((0, "A"), (2, "chorus"))
    assert [symbol for _, symbol in piece.chords] == ["A", "Dm7", "G/B"]


def test_expression_scales_the_level(path: Path) -> None:
    piece = write(path, {0: QUARTERS}, controls=((0, 11, 127), (8, 11, 32)))
    levels = piece.bar_levels()
    assert levels[3] / levels[0] == pytest.approx((32 / 127) ** 2)


@pytest.mark.parametrize("tonic", range(12))
@pytest.mark.parametrize("minor", [False, True])
def test_key_of_a_cadence(tonic: int, minor: bool) -> None:
    third = 3 if minor else 4
    beats = np.zeros(12)
    for root, shape, length in (
        (0, (0, third, 7), 6), (5, (0, third, 7), 2), (7, (0, 4, 7), 2), (0, (0, third, 7), 4),
    ):  # fmt: skip
        for step in shape:
            beats[(tonic + root + step) % 12] += length
    assert find_key(beats) == (tonic, minor)


def test_no_notes_no_key() -> None:
    with pytest.raises(ValueError, match="no pitched note"):
        find_key([0.0] * 12)


def test_other_reader_is_heard_when_it_disagrees(path: Path, tmp_path: Path) -> None:
    piece = write(path, {0: QUARTERS})
    write(tmp_path / "other.mid", {0: QUARTERS[:8], 7: [(0, 1, 60)]}, tempos=((0, 99.0),))
    assert len(cross_check(tmp_path / "other.mid", piece)) >= 3
