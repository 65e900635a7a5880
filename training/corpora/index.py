"""What of a tune is already in the training set: an index of its melodies, and people as measure.

Melodies are lines of tokens (interval and ratio class of successive onset times: key, tempo and
note values do not matter). A suffix array over all lines finds, for every note of a tune, the
longest stretch from there that some training piece has as well; matches are compared token by
token, so there are no false ones. Held-out human music, measured alike, says what is normal.
"""

from __future__ import annotations

import argparse
import json
import sys
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from training.corpora.dedupe import skyline, tokens
from training.corpora.model import Note, Piece
from training.corpora.prepared import files, item_of, read
from training.corpora.split import SPLITS, TRAIN

DEPTH = 64
"""Longest run that is told apart, in tokens."""

LEAST_KINDS = 4
"""Kinds of interval that a run needs to count: repeated notes and trills identify nothing."""

EXCERPTS = (32, 64, 128)
"""Lengths in notes of the excerpts whose runs are the human measure."""

RUNS = Path(__file__).parent.parent / "human_runs.json"

_END = 0xFFFF
_RATIO_CLASSES = 9  # of `dedupe.tokens`
_LEADING = ("lead", "riff", "counter")


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch that a tune shares with a training piece.

    ``length`` counts tokens (two fewer than its notes); ``start`` is the note of the tune at which
    it begins (in order of onset, chords by their highest note), ``bar`` the bar of the piece.
    """

    length: int
    start: int = 0
    piece: str = ""
    bar: int = 0


@dataclass(frozen=True)
class Index:
    """Melodies of the training set.

    ``text`` has the tokens of all lines, each closed by an end mark, as big-endian 16-bit numbers,
    so that bytes sort like tokens; ``suffixes`` their positions in sorted order; ``bars`` the bar
    of each token; ``lines`` the first token of each line and ``pieces`` its piece.
    """

    text: bytes
    suffixes: NDArray[np.int32]
    bars: NDArray[np.uint16]
    lines: NDArray[np.int32]
    pieces: tuple[str, ...]

    def save(self, path: Path) -> None:
        """Write to an ``.npz`` file."""
        np.savez_compressed(
            path, text=np.frombuffer(self.text, np.uint8), suffixes=self.suffixes, bars=self.bars,
            lines=self.lines, pieces=np.array(self.pieces),
        )  # fmt: skip

    def longest_run(self, notes: Iterable[Note]) -> Run:
        """The longest stretch of a tune that is in the training set; of equal ones the first.

        Parameters
        ----------
        notes
            Of one part. Of simultaneous notes the highest counts.
        """
        made, intervals = tokens(*skyline(notes))
        query = packed(made)
        best = Run(0)
        at = 0
        while at < len(made) - best.length:
            length, place = self._match(query[2 * at : 2 * (at + DEPTH)])
            if length > best.length and len(set(intervals[at : at + length])) >= LEAST_KINDS:
                line = int(np.searchsorted(self.lines, place, side="right")) - 1
                best = Run(length, at, self.pieces[line], int(self.bars[place]))
            at += 1
        return best

    def _match(self, query: bytes) -> tuple[int, int]:
        """Longest common prefix of a query with any suffix, in tokens, and where that is."""
        text = self.text
        rank = bisect_left(
            self.suffixes, query, key=lambda place: text[2 * place : 2 * (place + DEPTH)]
        )
        found = (0, 0)
        for neighbour in (rank - 1, rank):
            if 0 <= neighbour < len(self.suffixes):
                place = int(self.suffixes[neighbour])
                found = max(found, (_common(query, text[2 * place : 2 * (place + DEPTH)]), place))
        return found


def load(path: Path) -> Index:
    """Read an index that `Index.save` wrote."""
    with np.load(path) as data:
        pieces = tuple(str(name) for name in data["pieces"])
        return Index(data["text"].tobytes(), data["suffixes"], data["bars"], data["lines"], pieces)


def packed(made: NDArray[np.int64]) -> bytes:
    """Tokens as big-endian 16-bit numbers."""
    return made.astype(">u2").tobytes()


def _common(one: bytes, other: bytes) -> int:
    """Tokens that two byte strings have in common at their beginning."""
    least = min(len(one), len(other))
    a, b = np.frombuffer(one[:least], ">u2"), np.frombuffer(other[:least], ">u2")
    differ = np.flatnonzero(a != b)
    return int(differ[0]) if len(differ) else len(a)


def lines_of(piece: Piece) -> list[tuple[Note, ...]]:
    """The melodies of a piece: its leading parts, and the top line of all pitched parts."""
    pitched = [part for part in piece.parts if part.role != "drums"]
    lines = [part.notes for part in pitched if part.role in _LEADING]
    if len(pitched) > 1 or not lines:
        lines.append(tuple(note for part in pitched for note in part.notes))
    return [line for line in lines if len(line) > 2]


def build(pieces: Iterable[Piece]) -> Index:
    """Index of pieces; of lines with the same tokens the first is kept."""
    texts: list[NDArray[np.int64]] = []
    bars: list[NDArray[np.uint16]] = []
    starts, names = [], []
    seen: set[bytes] = set()
    size = 0
    for piece in pieces:
        for line in lines_of(piece):
            onsets, pitches = skyline(line)
            made, _ = tokens(onsets, pitches)
            if len(made) == 0 or packed(made) in seen:
                continue
            seen.add(packed(made))
            texts += [made, np.array([_END])]
            bars += [(onsets[: len(made)] // piece.bar_ticks).astype(np.uint16), np.zeros(1, "u2")]
            starts.append(size)
            names.append(piece.id)
            size += len(made) + 1
    text = np.concatenate(texts) if texts else np.zeros(0, np.int64)
    where = np.concatenate(bars) if bars else np.zeros(0, np.uint16)
    return Index(packed(text), suffix_array(text), where, np.array(starts, np.int32), tuple(names))


def suffix_array(text: NDArray[np.int64], depth: int = DEPTH) -> NDArray[np.int32]:
    """Positions of a text sorted by the ``depth`` tokens that follow (prefix doubling).

    Method: U. Manber, G. Myers, Suffix Arrays (1993), stopped at ``depth``.
    """
    if len(text) == 0:
        return np.zeros(0, np.int32)
    _, rank = np.unique(text, return_inverse=True)
    rank = rank.astype(np.int64) + 1
    order = np.argsort(rank, kind="stable")
    span = 1
    while span < depth:
        follows = np.zeros_like(rank)
        follows[:-span] = rank[span:]
        pair = rank * (len(text) + 1) + follows
        order = np.argsort(pair, kind="stable")
        ordered = pair[order]
        rank = np.empty_like(rank)
        rank[order] = 1 + np.r_[0, np.cumsum(ordered[1:] != ordered[:-1])]
        span *= 2
    return order.astype(np.int32)


def excerpts(piece: Piece, notes: int) -> list[list[Note]]:
    """Stretches of that many notes, one after the other, of the first leading part."""
    lines = lines_of(piece)
    if not lines:
        return []
    top: dict[int, Note] = {}
    for note in lines[0]:
        if note.onset not in top or note.pitch > top[note.onset].pitch:
            top[note.onset] = note
    line = [top[onset] for onset in sorted(top)]
    return [line[at : at + notes] for at in range(0, len(line) - notes + 1, notes)]


def human_distribution(
    index: Index, held_out: Iterable[Piece], most: int = 2000
) -> dict[str, dict[str, Any]]:
    """Longest runs that held-out human music shares with the training set.

    Returns
    -------
    dict
        By length of the excerpt in notes, then by family and ``all``: number of excerpts, and the
        5th, 50th, 95th and 99th percentile and maximum of the run in tokens. At most ``most``
        excerpts of a length and family, the first ones.
    """
    runs: dict[int, dict[str, list[int]]] = {n: defaultdict(list) for n in EXCERPTS}
    for piece in held_out:
        for notes in EXCERPTS:
            known = runs[notes][piece.family]
            for excerpt in excerpts(piece, notes):
                if len(known) < most:
                    known.append(index.longest_run(excerpt).length)
    return {
        str(notes): {
            family: _spread(lengths)
            for family, lengths in sorted([*found.items(), ("all", list(chain(*found.values())))])
            if lengths
        }
        for notes, found in runs.items()
    }


def _spread(lengths: Sequence[int]) -> dict[str, int]:
    ordered = sorted(lengths)
    last = len(ordered) - 1
    points = {f"p{p}": ordered[round(last * p / 100)] for p in (5, 50, 95, 99)}
    return {"excerpts": len(ordered), **points, "most": ordered[-1]}


def main() -> None:
    """Command line: build the index of the training split, and measure the test split."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scratch", type=Path, required=True, help="folder of prepared sets")
    scratch = parser.parse_args().scratch
    train: list[Piece] = []
    held_out: list[Piece] = []
    for path in files(scratch):
        prepared = read(path)
        split_of = {entry.id: entry.split for entry in prepared.entries}
        for piece in prepared.pieces:
            split = split_of[item_of(piece.id)]
            if split not in SPLITS:
                sys.exit(f"{piece.id} has no split: run training.corpora.split first")
            (train if split == TRAIN else held_out).append(piece)
    index = build(train)
    index.save(scratch / "melodies.npz")
    found = human_distribution(index, held_out)
    RUNS.write_text(json.dumps(found, indent=1) + "\n", "utf-8", newline="\n")
    print(f"{len(index.lines)} lines, {len(index.suffixes)} tokens -> {scratch / 'melodies.npz'}")
    for notes, families in found.items():
        for family, spread in families.items():
            print(f"{notes} notes, {family}: {spread}")


if __name__ == "__main__":
    main()
