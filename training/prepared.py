"""Prepared corpora: reading pieces of a split from the scratch folder."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec

from training.corpora.model import Entry, Piece


class Prepared(msgspec.Struct):
    """What one source became."""

    pieces: list[Piece]
    entries: list[Entry]


def sources(scratch: Path) -> list[str]:
    """Names of all prepared sources, in order."""
    return sorted(path.stem for path in scratch.glob("*.msgpack"))


def read(scratch: Path, source: str) -> Prepared:
    """Everything of one source."""
    return msgspec.msgpack.decode((scratch / f"{source}.msgpack").read_bytes(), type=Prepared)


def pieces(scratch: Path, split: str, wanted: frozenset[str] | None = None) -> Iterator[Piece]:
    """All pieces of a split, of the wanted sources."""
    for source in sources(scratch):
        if wanted is not None and source not in wanted:
            continue
        prepared = read(scratch, source)
        of_split = {entry.id for entry in prepared.entries if entry.split == split}
        for piece in prepared.pieces:
            if piece.id.split("#")[0] in of_split:
                yield piece
