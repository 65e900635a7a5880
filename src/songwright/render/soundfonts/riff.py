"""RIFF files: named chunks of bytes, inside one another (Microsoft/IBM 1991)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from songwright.errors import FileFormatError

Bytes = bytes | memoryview


@dataclass(frozen=True, slots=True)
class Chunk:
    """A chunk: its four-letter name and where its contents lie in the file."""

    name: str
    start: int
    end: int


def riff_form(data: Bytes, what: str) -> tuple[str, Chunk]:
    """The form of a RIFF file (``"WAVE"``, ``"sfbk"``) and the chunk that holds its chunks.

    Raises
    ------
    FileFormatError
        If it is none, or the file ends before the length that it promises.
    """
    if len(data) < 12 or bytes(data[:4]) != b"RIFF":
        raise FileFormatError(f"{what} is no RIFF file; its first bytes are {bytes(data[:4])!r}")
    promised = 8 + int.from_bytes(data[4:8], "little")
    if promised > len(data):
        raise FileFormatError(
            f"{what} is cut off: it promises {promised:,} bytes and has {len(data):,}"
        )
    return _name(data, 8), Chunk("RIFF", 12, promised)


def chunks(data: Bytes, inside: Chunk, what: str) -> Iterator[Chunk]:
    """Chunks inside a chunk, in order. A ``LIST`` is given under its own name, such as ``pdta``.

    Raises
    ------
    FileFormatError
        If one runs past the end of what holds it.
    """
    at = inside.start
    while at + 8 <= inside.end:
        name, size = _name(data, at), int.from_bytes(data[at + 4 : at + 8], "little")
        start, end = at + 8, at + 8 + size
        if end > inside.end:
            raise FileFormatError(
                f"{what}: the chunk {name!r} at byte {at:,} is said to hold {size:,} bytes, "
                f"but only {inside.end - start:,} are left; the file is damaged"
            )
        if name == "LIST" and size >= 4:
            name, start = _name(data, start), start + 4
        yield Chunk(name, start, end)
        # Chunks begin at even places, but some writers forget the byte between.
        at = end + 1 if size & 1 and bytes(data[end : end + 1]) == b"\0" else end


def _name(data: Bytes, at: int) -> str:
    return bytes(data[at : at + 4]).decode("latin-1")
