"""The chords among themselves: vocabulary, pace, irregularity."""

from __future__ import annotations

import numpy as np

from songwright.evaluate.chords import chords_of
from songwright.evaluate.model import NotDefined
from songwright.evaluate.piece import Piece
from songwright.evaluate.registry import Finding, Findings, measures
from songwright.evaluate.symbolic.fit import centroids
from songwright.evaluate.symbolic.structure import half_bar_edges
from songwright.evaluate.symbolic.tonality import entropy_bits, key_of


@measures(
    "progression_irregularity", "chord_vocabulary", "chord_entropy", "chord_length",
    "chord_distance",
)  # fmt: skip
def progression(piece: Piece) -> Findings:
    """Chord trigrams on half bars, distinct chords, their entropy, length and distance.

    Source: S.-L. Wu, Y.-H. Yang (ISMIR 2020) for irregularity; Y.-C. Yeh et al. (2021) for the
    others, on degrees above the tonic so that a transposed section counts as a return.
    """
    chords = chords_of(piece)
    if chords.count < 4:
        raise NotDefined(
            "there are fewer than four chords" if chords.count else "nothing but the tune sounds"
        )
    key = key_of(piece)
    tonic = key.tonic_pc if key else 0
    shape = np.array(
        [int(np.roll(row, -root) @ (1 << np.arange(12)))
         for row, root in zip(chords.member.astype(int), chords.root, strict=True)]
    )  # fmt: skip
    token = ((chords.root - tonic) % 12) * 4096 + shape
    at = chords.at(half_bar_edges(piece)[:-1])
    grid = token[at[at >= 0]]
    if grid.size >= 8:
        trigrams = np.stack([grid[:-2], grid[1:-1], grid[2:]], axis=1)
        distinct = len(np.unique(trigrams, axis=0))
        yield Finding("progression_irregularity", distinct / len(trigrams))
    length = (chords.end - chords.onset) / 480.0
    kinds, place = np.unique(token, return_inverse=True)
    yield Finding("chord_vocabulary", float(len(kinds)))
    yield Finding("chord_entropy", float(entropy_bits(np.bincount(place, length)[None, :])[0]))
    change = np.flatnonzero(np.diff(token, prepend=-1))
    spans = np.diff(np.append(chords.onset[change], chords.end[-1])) / 480.0
    yield Finding("chord_length", float(np.mean(spans)))
    centre = centroids(chords.member[change].astype(np.float64))
    if len(centre) > 1:
        moved = np.linalg.norm(np.diff(centre, axis=0), axis=1)
        yield Finding("chord_distance", float(moved.mean()))
