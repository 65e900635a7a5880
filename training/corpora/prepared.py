"""The files between reading and training: ``SCRATCH/<source>.msgpack``, pieces and entries."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec

from training.corpora.model import Entry, Piece


class Prepared(msgspec.Struct):
    """One set, read."""

    pieces: list[Piece]
    entries: list[Entry]


class Listed(msgspec.Struct):
    """One set whose pieces stay packed: to look at entries and to change them."""

    pieces: msgspec.Raw
    entries: list[Entry]


def files(scratch: Path) -> list[Path]:
    """Prepared sets in a folder, by name."""
    return sorted(scratch.glob("*.msgpack"))


def read(path: Path) -> Prepared:
    """Pieces and entries of a set.

    Raises
    ------
    msgspec.DecodeError
        If the file is damaged or half written.
    """
    return msgspec.msgpack.decode(path.read_bytes(), type=Prepared)


def listed(path: Path) -> Listed:
    """Entries of a set, its pieces still packed (fast); errors as `read`."""
    return msgspec.msgpack.decode(path.read_bytes(), type=Listed)


def write(path: Path, pieces: Sequence[Piece] | msgspec.Raw, entries: Sequence[Entry]) -> int:
    """Write a set in one stroke, so that nobody reads half a file; answers its size in bytes."""
    data: dict[str, Any] = {"pieces": pieces, "entries": entries}
    packed = msgspec.msgpack.encode(data)
    part = path.with_suffix(".part")
    part.write_bytes(packed)
    part.replace(path)
    return len(packed)


def item_of(piece_id: str) -> str:
    """Id of the manifest entry to which a piece belongs: ``name#2`` is of ``name``."""
    return piece_id.partition("#")[0]
