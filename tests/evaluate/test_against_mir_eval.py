"""Keys and chords agree with mir_eval, the field's own scorer."""

from __future__ import annotations

import mir_eval
import numpy as np
import pytest

from songwright.evaluate import estimate_key
from songwright.theory import Key, parse_chord

# Our quality: the same chord in Harte's notation.
HARTE = {
    "": "maj", "m": "min", "dim": "dim", "aug": "aug", "sus2": "sus2", "sus4": "sus4", "6": "maj6",
    "m6": "min6", "7": "7", "maj7": "maj7", "m7": "min7", "mMaj7": "minmaj7", "dim7": "dim7",
    "m7b5": "hdim7", "5": "5", "9": "9", "maj9": "maj9", "m9": "min9",
}  # fmt: skip


@pytest.mark.parametrize("quality", HARTE)
@pytest.mark.parametrize("root", ["C", "F#", "Bb"])
def test_chords_have_the_notes_that_mir_eval_gives_them(quality: str, root: str) -> None:
    chord = parse_chord(root + quality)
    number, bitmap, _ = mir_eval.chord.encode(
        f"{root}:{HARTE[quality]}", reduce_extended_chords=False
    )
    expected = {(number + step) % 12 for step in np.flatnonzero(bitmap)}
    extended = set(chord.pcs) - expected
    # mir_eval keeps ninths apart from the bitmap of one octave.
    assert expected <= set(chord.pcs)
    assert not extended or "9" in quality


@pytest.mark.parametrize("mode", ["major", "minor"])
@pytest.mark.parametrize("tonic", ["C", "D", "Eb", "F#", "A"])
def test_a_plain_cadence_scores_full_marks(tonic: str, mode: str) -> None:
    key = Key(tonic, mode)
    third = 3 if mode == "minor" else 4
    sixth = 8 if mode == "minor" else 9
    weights = [0.0] * 12
    # Tonic, subdominant, dominant with its leading tone, tonic.
    chords = ((0, third, 7), (5, sixth, 0), (7, 11, 2), (0, third, 7), (0, third, 7))
    for step in (s for chord in chords for s in chord):
        weights[(key.tonic_pc + step) % 12] += 1.0
    found = estimate_key(weights)
    assert found is not None
    reference = f"{tonic} {mode}"
    assert mir_eval.key.weighted_score(reference, str(found)) == 1.0
    wrong = f"{Key(tonic, mode).transposed(7).tonic} {mode}"
    assert mir_eval.key.weighted_score(wrong, str(found)) < 1.0
