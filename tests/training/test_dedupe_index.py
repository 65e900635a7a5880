"""Copied stretches are found at their full length and place, and only those."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_dedupe import lead, melody, piece
from training.corpora.index import (
    DEPTH,
    build,
    excerpts,
    human_distribution,
    load,
    suffix_array,
)
from training.corpora.model import Note, Part

CORPUS = {name: melody(name, 80) for name in "abcdefgh"}


@pytest.fixture(scope="module")
def index():
    return build(piece(f"x/{name}", lead(notes)) for name, notes in CORPUS.items())


def moved(notes: list[Note], ticks: int, semitones: int, stretch: int = 1) -> list[Note]:
    return [
        Note(ticks + n.onset * stretch, n.duration * stretch, n.pitch + semitones) for n in notes
    ]


@given(st.lists(st.integers(0, 3), max_size=60))
def test_suffixes_are_sorted(text):
    order = suffix_array(np.array(text, dtype=np.int64), depth=64)
    assert sorted(order.tolist()) == list(range(len(text)))
    suffixes = [text[place:] for place in order]
    assert suffixes == sorted(suffixes)


def test_a_copied_stretch_is_found_in_another_key_and_tempo(index):
    own = melody("own", 20)
    stolen = CORPUS["c"][30:50]
    after = own[-1].onset + 480
    tune = own + moved(stolen, after - stolen[0].onset * 2, 3, 2)
    run = index.longest_run(tune)
    # 20 notes have 18 tokens of their own; those at the seams may agree by chance.
    assert 18 <= run.length <= 20
    assert run.piece == "x/c"
    assert 18 <= run.start <= 20
    assert abs(run.bar - stolen[0].onset // 1920) <= 1


def test_a_whole_piece_is_found_to_the_full_depth(index):
    assert index.longest_run(CORPUS["h"]).length == DEPTH


def test_new_music_shares_only_short_runs(index):
    assert index.longest_run(melody("new", 80)).length <= 7


def test_repeated_notes_and_silence_are_no_run(index):
    assert index.longest_run([Note(240 * i, 240, 60) for i in range(40)]).length == 0
    assert index.longest_run([]).length == 0
    assert build([]).longest_run(CORPUS["a"]).length == 0


def test_no_run_crosses_from_one_piece_to_the_next(index):
    a, b = CORPUS["a"], CORPUS["b"]
    both = a[-12:] + moved(b[:12], a[-1].onset + 480 - b[0].onset, 0)
    assert index.longest_run(both).length <= 13


def test_it_comes_back_from_its_file(index, tmp_path: Path):
    index.save(tmp_path / "melodies.npz")
    again = load(tmp_path / "melodies.npz")
    for name in "adh":
        tune = CORPUS[name][5:40]
        assert again.longest_run(tune) == index.longest_run(tune)


def test_the_tune_is_found_within_a_full_texture():
    bass = Part("bass", 32, tuple(Note(t, 480, 36) for t in range(0, 20_000, 480)))
    full = build([piece("x/1", lead(CORPUS["a"]), bass)])
    assert full.longest_run(CORPUS["a"][10:30]).length == 18


def test_excerpts_are_whole_and_do_not_overlap():
    cut = excerpts(piece("x/1", lead(CORPUS["a"])), 32)
    assert [len(notes) for notes in cut] == [32, 32]
    assert cut[0] + cut[1] == CORPUS["a"][:64]


def test_the_human_measure_counts_excerpts_by_family(index):
    held_out = [
        piece("y/1", lead(melody("new", 70))),
        piece("y/2", lead(CORPUS["b"]), family="lied"),
    ]
    table = human_distribution(index, held_out)
    assert table["32"]["all"]["excerpts"] == 4
    assert table["32"]["lied"]["p50"] == 30
    assert table["64"]["folk_dance"]["most"] <= 7
    assert "lied" not in table["128"]
