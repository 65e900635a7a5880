"""Keys and chords of known music."""

import itertools

import numpy as np
import pytest
from training.corpora.harmony import CHORD_STEPS, implied_chords, inferred_chords
from training.corpora.home_key import key_of, settled_keys
from training.corpora.model import QUALITIES, Note, Part

from songwright.theory import Meter

FOUR = Meter(4, 4)
SCALE = np.array([3, 0, 1, 0, 2, 1, 0, 2, 0, 1, 0, 1], float)
TRIADS = {"I": (60, 64, 67), "IV": (65, 69, 72), "V7": (67, 71, 74, 77), "vi": (69, 72, 76)}


def chordal(names, transposed=0):
    return Part("chords", 0, tuple(
        Note(bar * 1920, 1920, p + transposed)
        for bar, name in enumerate(names) for p in sorted(TRIADS[name])
    ))  # fmt: skip


@pytest.mark.parametrize("tonic", range(12))
def test_keys_move_with_the_music(tonic):
    assert key_of(np.roll(SCALE, tonic)) == (tonic, False)


def test_a_signature_and_the_last_bass_settle_a_doubt():
    doubtful = np.array([1, 0, 1, 0, 1, 1, 0, 1, 0, 1, 0, 1], float)
    assert key_of(doubtful, 0, 9) == (9, True)
    assert key_of(doubtful, 0, 0) == (0, False)


def test_a_key_that_settles_divides_and_a_passing_one_does_not():
    away = np.roll(SCALE, 6)
    settled = np.array([SCALE] * 16 + [away] * 12 + [SCALE] * 16)
    spans = settled_keys(settled, [None] * 44)
    assert [(s[2], s[3]) for s in spans] == [(0, False), (6, False), (0, False)]
    assert abs(spans[1][0] - 16) <= 2
    passing = np.array([SCALE] * 16 + [away] * 4 + [SCALE] * 16)
    assert len(settled_keys(passing, [None] * 36)) == 1


def test_spans_cover_all_bars():
    random = np.random.default_rng(3).random((50, 12))
    spans = settled_keys(random, [2] * 50)
    assert spans[0][0] == 0
    assert spans[-1][1] == 50
    assert all(a[1] == b[0] for a, b in itertools.pairwise(spans))
    assert all(s[1] - s[0] >= 8 for s in spans)


@pytest.mark.parametrize("up", [0, 5, 11])
def test_block_chords_are_found_in_any_key(up):
    names = ["I", "vi", "IV", "V7", "I"]
    found = inferred_chords([chordal(names, up)], FOUR, 5, up % 12, False)
    assert [(c.onset // 1920, (c.root - up) % 12, c.quality) for c in found] == [
        (0, 0, "maj"), (1, 9, "min"), (2, 5, "maj"), (3, 7, "7"), (4, 0, "maj"),
    ]  # fmt: skip
    assert sum(c.duration for c in found) == 5 * 1920


def test_an_inversion_names_its_bass():
    part = Part("chords", 0, tuple(Note(0, 1920, p) for p in (52, 60, 67)))
    (chord,) = inferred_chords([part], FOUR, 1, 0, False)
    assert (chord.root, chord.quality, chord.bass) == (0, "maj", 4)


def test_silence_and_drums_have_no_chords():
    drums = Part("drums", 0, (Note(0, 120, 36),))
    assert inferred_chords([drums], FOUR, 4, 0, False) == ()
    assert implied_chords([], FOUR, 4, 0, False) == ()


def test_a_tune_of_broken_triads_implies_them():
    bars = [(60, 64, 67, 64), (65, 69, 72, 69), (67, 71, 74, 71), (60, 64, 67, 60)]
    tune = [Note(b * 1920 + i * 480, 480, p) for b, row in enumerate(bars)
            for i, p in enumerate(row)]  # fmt: skip
    chords = implied_chords(tune, FOUR, 4, 0, False)
    assert [(c.onset // 1920, c.root) for c in chords] == [(0, 0), (1, 5), (2, 7), (3, 0)]


def test_every_quality_has_its_steps():
    assert set(CHORD_STEPS) == set(QUALITIES)
