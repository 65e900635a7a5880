"""The same music twice: fingerprints of pieces that survive transposition and change of tempo.

The same hymn is in two hymnals, the same tune in a lead sheet and an arrangement, the same loop in
two levels of a game. Pieces that share enough of their melody are linked, and the groups of linked
pieces are joined before the data is split, so that no split sees its neighbour's music.

A token is an interval with the ratio class of two successive inter-onset times, as in
N. Collins et al., Discovering Novelty in Musical Works (2016); fingerprints are hashed 8-grams.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec
import numpy as np
from numpy.typing import NDArray

from training.corpora.model import Note, Piece
from training.corpora.prepared import item_of, listed

Hashes = NDArray[np.uint64]

GRAM = 8
"""Tokens of a melodic n-gram: ten notes."""

LEAST_INTERVALS = 4
"""Kinds of interval that an n-gram needs: scales, trills and repeated notes identify nothing."""

MOST_PIECES = 16
"""N-grams found in more pieces than this are common property."""

LEAST_SHARED = 8
LEAST_SHARE = 0.12
"""Near duplicates share that many n-grams, and that share of the shorter piece's."""

LEAST_CHORDS, LEAST_KINDS = 24, 5
"""Chords, and different ones, that a chart needs before an equal chart is the same song."""

LEAST_STROKES = 16
_RATIOS = (0.3, 0.45, 0.6, 0.8, 1.25, 1.6, 2.4, 3.4)


class Fingerprint(msgspec.Struct, frozen=True):
    """Of a piece: hashes of melodic n-grams and one of the whole (0: too short to say)."""

    piece: str
    grams: tuple[int, ...]
    whole: int


def skyline(notes: Iterable[Note]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Onsets and pitches of the highest note at each onset."""
    top: dict[int, int] = {}
    for note in notes:
        if note.pitch > top.get(note.onset, -1):
            top[note.onset] = note.pitch
    onsets = np.array(sorted(top), dtype=np.int64)
    return onsets, np.array([top[int(t)] for t in onsets], dtype=np.int64)


def tokens(
    onsets: NDArray[np.int64], pitches: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Tokens (interval and ratio class as one number) and intervals; two fewer than the notes."""
    if len(onsets) < 3:
        empty = np.zeros(0, dtype=np.int64)
        return empty, empty
    intervals = np.clip(np.diff(pitches), -24, 24)[:-1]
    times = np.diff(onsets).astype(np.float64)
    classes = np.searchsorted(_RATIOS, times[1:] / times[:-1]).astype(np.int64)
    return (intervals + 24) * (len(_RATIOS) + 1) + classes, intervals


def gram_hashes(notes: Iterable[Note], gram: int = GRAM, least: int = LEAST_INTERVALS) -> Hashes:
    """Sorted distinct hashes of the melodic n-grams of a part that say something."""
    made, intervals = tokens(*skyline(notes))
    count = len(made) - gram + 1
    if count < 1:
        return np.zeros(0, dtype=np.uint64)
    windows = np.lib.stride_tricks.sliding_window_view(made, gram).astype(np.uint64)
    kinds = np.sort(np.lib.stride_tricks.sliding_window_view(intervals, gram), axis=1)
    telling = 1 + (np.diff(kinds, axis=1) != 0).sum(axis=1) >= least
    return np.unique(mixed(windows[telling]))


def mixed(windows: NDArray[np.uint64]) -> Hashes:
    """A 64-bit hash of each row (splitmix64 finaliser over a polynomial)."""
    value = np.zeros(len(windows), dtype=np.uint64)
    for column in range(windows.shape[1]):
        value = (value + windows[:, column] + np.uint64(1)) * np.uint64(0x9E3779B97F4A7C15)
        value ^= value >> np.uint64(29)
    value = (value ^ (value >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    return value ^ (value >> np.uint64(31))


def fingerprint(piece: Piece) -> Fingerprint:
    """Fingerprint of a piece.

    Melodies are looked for in leading parts and in the top line of all pitched parts. Drums and
    chord charts are only ever compared whole: grooves and progressions are common property.
    """
    pitched = [part for part in piece.parts if part.role != "drums"]
    lines = [gram_hashes(part.notes) for part in pitched if part.role in ("lead", "riff")]
    if len(pitched) > 1 or not lines:
        lines.append(gram_hashes(note for part in pitched for note in part.notes))
    grams = np.unique(np.concatenate(lines)) if lines else np.zeros(0, dtype=np.uint64)
    whole = 0
    if not pitched:
        strokes = sorted((n.onset, n.pitch) for part in piece.parts for n in part.notes)
        if len(strokes) >= LEAST_STROKES:
            whole = _hash("drums", strokes)
        elif not strokes:
            whole = _chart_hash(piece)
    return Fingerprint(piece.id, tuple(grams.tolist()), whole)


def _chart_hash(piece: Piece) -> int:
    """Hash of the progression of a chart (or, in a loop, of its few chords); sections alone: 0."""
    chords = [((c.root - piece.tonic_pc) % 12, c.quality, c.duration) for c in piece.chords]
    is_song = len(chords) >= LEAST_CHORDS and len({c[:2] for c in chords}) >= LEAST_KINDS
    if not is_song and (piece.family != "mood_loop" or not chords):
        return 0
    return _hash("chords", chords)


def _hash(kind: str, value: object) -> int:
    digest = hashlib.sha256(kind.encode() + msgspec.msgpack.encode(value)).digest()
    return int.from_bytes(digest[:8], "big")


def fingerprints(path: Path, cache: Path) -> list[Fingerprint]:
    """Fingerprints of a prepared set, read from ``cache`` when its pieces have not changed."""
    packed = bytes(listed(path).pieces)
    rules = f"{GRAM} {LEAST_INTERVALS} {_RATIOS} {LEAST_CHORDS} {LEAST_KINDS} {LEAST_STROKES}"
    key = hashlib.sha256(rules.encode() + packed).hexdigest()[:16]
    kept = cache / f"{path.stem}-{key}.fingerprints"
    if kept.exists():
        return msgspec.msgpack.decode(kept.read_bytes(), type=list[Fingerprint])
    pieces = msgspec.msgpack.decode(packed, type=list[Piece])
    found = [fingerprint(piece) for piece in pieces]
    cache.mkdir(parents=True, exist_ok=True)
    for old in cache.glob(f"{path.stem}-*.fingerprints"):
        old.unlink()
    kept.write_bytes(msgspec.msgpack.encode(found))
    return found


def linked(prints: list[Fingerprint]) -> Iterator[tuple[str, str, float]]:
    """Pairs of pieces that are the same music, with the share of n-grams they have in common.

    Pieces of one file are not compared with each other. Order does not matter.
    """
    wholes: dict[int, str] = {}
    for print_ in prints:
        if print_.whole:
            first = wholes.setdefault(print_.whole, print_.piece)
            if item_of(first) != item_of(print_.piece):
                yield first, print_.piece, 1.0
    yield from _sharing(prints)


def _sharing(prints: list[Fingerprint]) -> Iterator[tuple[str, str, float]]:
    """Pairs that share enough rare n-grams.

    Hashes are sorted with their owners beside them, so that owners of an equal hash are
    neighbours: comparing the list with itself at each distance below `MOST_PIECES` finds all pairs.
    """
    sizes = [len(print_.grams) for print_ in prints]
    hashes = np.array([g for print_ in prints for g in print_.grams], dtype=np.uint64)
    owners = np.repeat(np.arange(len(prints)), sizes)
    order = np.lexsort((owners, hashes))
    hashes, owners = hashes[order], owners[order]
    _, inverse, counts = np.unique(hashes, return_inverse=True, return_counts=True)
    is_rare = counts[inverse] <= MOST_PIECES
    hashes, owners = hashes[is_rare], owners[is_rare]
    shared: Counter[tuple[int, int]] = Counter()
    for lag in range(1, min(MOST_PIECES, len(hashes))):
        same = hashes[lag:] == hashes[:-lag]
        pairs = np.stack([owners[:-lag][same], owners[lag:][same]], axis=1)
        found, counts = np.unique(pairs, axis=0, return_counts=True)
        for (a, b), count in zip(found.tolist(), counts.tolist(), strict=True):
            shared[a, b] += count
    for (a, b), count in sorted(shared.items()):
        share = count / min(sizes[a], sizes[b])
        one, other = prints[a].piece, prints[b].piece
        if count >= LEAST_SHARED and share >= LEAST_SHARE and item_of(one) != item_of(other):
            yield one, other, share


def joined(groups: Iterable[str], pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """New name of each group: groups that pairs connect take the first of their names."""
    parent = {group: group for group in groups}

    def root(group: str) -> str:
        while parent[group] != group:
            parent[group] = parent[parent[group]]
            group = parent[group]
        return group

    for one, other in pairs:
        a, b = sorted((root(one), root(other)))
        parent[b] = a
    return {group: root(group) for group in parent}


def unique_bars(piece: Piece) -> tuple[int, ...]:
    """Bars that bring something new: the first of all bars with the same notes and chords.

    Datasets that weigh bars count these, so that a loop repeated forty times weighs once. Velocity
    and micro-timing do not make a bar new.
    """
    length = piece.bar_ticks
    content: list[list[tuple[object, ...]]] = [[] for _ in range(piece.bars)]
    for number, part in enumerate(piece.parts):
        for note in part.notes:
            bar, position = divmod(note.onset, length)
            if 0 <= bar < piece.bars:
                content[bar].append((number, position, note.pitch, note.duration))
    for chord in piece.chords:
        first = max(0, chord.onset // length)
        last = min(piece.bars, -(-(chord.onset + chord.duration) // length))
        for bar in range(first, last):
            begins = max(0, chord.onset - bar * length)
            sound = ((chord.root - piece.tonic_pc) % 12, chord.quality)
            content[bar].append((-1, begins, *sound))
    seen: set[tuple[object, ...]] = set()
    new = []
    for bar, events in enumerate(content):
        key = tuple(sorted(events, key=repr))
        if key not in seen:
            seen.add(key)
            new.append(bar)
    return tuple(new)
