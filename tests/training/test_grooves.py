"""Played strokes come onto the grid with their timing, and swing is told from straight playing."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from training.corpora.grooves import (
    Stroke,
    grid_fit,
    quantised,
    read_all,
    read_strokes,
    triplet_quarters,
)

RIDE, SNARE, KICK = 51, 38, 36


def midi_file(strokes: list[tuple[int, int, int]]) -> bytes:
    """A MIDI file of format 0, 480 ticks a quarter, with note-on events on channel 10."""
    events = b""
    now = 0
    for tick, key, velocity in sorted(strokes):
        events += variable(tick - now) + bytes([0x99, key, velocity])
        now = tick
    events += b"\x00\xff\x2f\x00"
    head = b"MThd" + (6).to_bytes(4, "big") + bytes([0, 0, 0, 1]) + (480).to_bytes(2, "big")
    return head + b"MTrk" + len(events).to_bytes(4, "big") + events


def variable(number: int) -> bytes:
    """A variable-length quantity."""
    groups = [number & 127]
    while number := number >> 7:
        groups.append(number & 127 | 128)
    return bytes(reversed(groups))


def strokes(*ticks: int, key: int = RIDE, velocity: int = 80) -> list[Stroke]:
    return [Stroke(tick, key, velocity) for tick in ticks]


def test_a_straight_bar_keeps_its_sixteenths_and_offsets():
    notes, merged = quantised(strokes(5, 111, 250, 368, 470))
    assert [note.onset for note in notes] == [0, 120, 240, 360, 480]
    assert [note.offset for note in notes] == [5, -9, 10, 8, -10]
    assert merged == 0


def test_swung_eighths_are_written_as_triplets():
    swung = strokes(0, 480, 790, 960, 1440, 1755)
    notes, _ = quantised(swung)
    assert [note.onset for note in notes] == [0, 480, 800, 960, 1440, 1760]
    assert triplet_quarters(swung) >= {1, 3}


def test_a_light_swing_is_straight_unless_the_style_swings():
    light = strokes(0, 270, 480, 750, 960, 1230)
    assert [n.onset % 480 for n in quantised(light)[0]] == [0, 240] * 3
    assert [n.onset % 480 for n in quantised(light, swung_style=True)[0]] == [0, 320] * 3


def test_hard_swing_is_a_triplet_too_where_no_stroke_is_early():
    ride = strokes(0, 480, 823, 960, 1440, 1783)
    assert [n.onset % 480 for n in quantised(ride, swung_style=True)[0]] == [0, 0, 320] * 2
    assert [n.onset % 480 for n in quantised(ride)[0]] == [0, 0, 360] * 2


def test_straight_sixteenths_stay_straight_in_a_style_that_swings():
    fill = strokes(*range(0, 1920, 120))
    assert [n.onset for n in quantised(fill, swung_style=True)[0]] == list(range(0, 1920, 120))


def test_a_metre_in_threes_never_swings():
    assert [n.onset for n in quantised(strokes(0, 160, 320), may_swing=False)[0]] == [0, 120, 360]


def test_a_flam_becomes_its_louder_stroke():
    notes, merged = quantised([Stroke(460, SNARE, 30), Stroke(482, SNARE, 100)])
    assert [(n.onset, n.velocity, n.offset) for n in notes] == [(480, 100, 2)]
    assert merged == 1


@given(
    st.lists(
        st.builds(
            Stroke, st.integers(0, 20_000), st.sampled_from([36, 38, 42]), st.integers(1, 127)
        ),
        max_size=40,
    ).map(sorted)
)
def test_played_time_is_grid_plus_offset(played):
    notes, merged = quantised(played)
    assert len(notes) + merged == len(played)
    assert all(note.onset % 480 in (0, 120, 160, 240, 320, 360) for note in notes)
    assert {(n.onset + n.offset, n.pitch, n.velocity) for n in notes} <= set(played)
    assert all(abs(note.offset) <= 80 for note in notes)


def test_grid_fit_forgives_a_constant_lag_and_not_chance():
    late = quantised(strokes(*(t + 25 for t in range(0, 9600, 120))))[0]
    assert grid_fit(late) == pytest.approx(1.0)
    nowhere = quantised(strokes(*(t for t in range(0, 9600, 97))))[0]
    assert grid_fit(nowhere) < 0.3
    assert grid_fit(()) == 0.0


def test_edges_of_pads_are_folded_to_plain_keys(tmp_path: Path):
    path = tmp_path / "groove.mid"
    path.write_bytes(midi_file([(0, 22, 90), (0, 40, 91), (240, 26, 92), (480, 58, 93)]))
    assert read_strokes(path) == [
        Stroke(0, 38, 91), Stroke(0, 42, 90), Stroke(240, 46, 92), Stroke(480, 43, 93),
    ]  # fmt: skip


def test_a_folder_becomes_pieces_with_family_tags_and_group(tmp_path: Path):
    beat = [(t, KICK if t % 960 == 0 else RIDE, 80) for t in range(0, 1920 * 2, 240)]
    (tmp_path / "a.mid").write_bytes(midi_file(beat))
    (tmp_path / "b.mid").write_bytes(midi_file([(t, KICK, 80) for t in range(0, 4000, 139)]))
    (tmp_path / "info.csv").write_text(
        "drummer,session,id,style,bpm,beat_type,time_signature,midi_filename\n"
        "drummer1,drummer1/session1,drummer1/session1/1,latin/brazilian-samba,110,beat,4-4,a.mid\n"
        "drummer2,drummer2/eval_session,drummer2/eval_session/1,rock,110,fill,4-4,b.mid\n"
    )
    (piece,), entries = read_all(tmp_path)
    assert (piece.family, piece.bars, piece.tempo_bpm) == ("drums_latin", 2, 110.0)
    assert piece.tags == ("latin", "brazilian", "samba", "beat", "drummer1")
    assert [entry.group for entry in entries] == [
        "groove_midi:drummer1/session1",
        "groove_midi:eval_session",
    ]
    assert [entry.split for entry in entries] == ["", "left out"]
    assert entries[1].reason == "plays on neither grid"
