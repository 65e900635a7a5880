"""The tables of a SoundFont 2 file: presets, instruments, zones and samples, as checked arrays."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from songwright.errors import FileFormatError
from songwright.render.soundfonts.riff import Bytes, Chunk, chunks, riff_form

Table = npt.NDArray[Any]

_ROWS: dict[str, npt.DTypeLike] = {
    "phdr": [("name", "S20"), ("program", "<u2"), ("bank", "<u2"), ("bag", "<u2"),
             ("library", "<u4"), ("genre", "<u4"), ("morphology", "<u4")],
    "inst": [("name", "S20"), ("bag", "<u2")],
    "pbag": [("generator", "<u2"), ("modulator", "<u2")],
    "ibag": [("generator", "<u2"), ("modulator", "<u2")],
    "pgen": [("number", "<u2"), ("amount", "<i2")],
    "igen": [("number", "<u2"), ("amount", "<i2")],
    "pmod": [("source", "<u2"), ("target", "<u2"), ("amount", "<i2"), ("amount_source", "<u2"),
             ("transform", "<u2")],
    "imod": [("source", "<u2"), ("target", "<u2"), ("amount", "<i2"), ("amount_source", "<u2"),
             ("transform", "<u2")],
    "shdr": [("name", "S20"), ("start", "<u4"), ("end", "<u4"), ("loop_start", "<u4"),
             ("loop_end", "<u4"), ("rate", "<u4"), ("key", "u1"), ("correction", "i1"),
             ("link", "<u2"), ("kind", "<u2")],
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Tables:
    """All tables of a file, and where its samples lie (``low`` is empty without 24-bit data)."""

    facts: dict[str, str]
    rows: dict[str, Table]
    samples: Chunk
    low: Chunk


def read_tables(data: Bytes, what: str) -> Tables:
    """Find and check the tables of a file.

    Raises
    ------
    FileFormatError
        If it is no SoundFont, something is missing, or a table points outside another.
    """
    form, root = riff_form(data, what)
    if form != "sfbk":
        raise FileFormatError(f"{what} is a RIFF file of the form {form!r}, not a SoundFont")
    facts: dict[str, str] = {}
    rows: dict[str, Table] = {}
    samples = low = Chunk("smpl", 0, 0)
    for part in chunks(data, root, what):
        if part.name not in ("INFO", "sdta", "pdta"):
            continue
        for chunk in chunks(data, part, what):
            if part.name == "INFO":
                facts[chunk.name] = _text(bytes(data[chunk.start : chunk.end]))
            elif chunk.name == "smpl":
                samples = chunk
            elif chunk.name == "sm24":
                low = chunk
            elif chunk.name in _ROWS:
                rows[chunk.name] = _rows(data, chunk, what)
    missing = sorted(_ROWS.keys() - rows.keys())
    if missing or samples.end == samples.start:
        raise FileFormatError(
            f"{what} lacks {', '.join(missing) or 'its samples'}; the file is incomplete"
        )
    _check(rows, what)
    if low.end - low.start < (samples.end - samples.start) // 2:
        low = Chunk("sm24", 0, 0)  # as the specification asks: ignore it when it is too short
    return Tables(facts, rows, samples, low)


def _rows(data: Bytes, chunk: Chunk, what: str) -> Table:
    kind = np.dtype(_ROWS[chunk.name])
    size = chunk.end - chunk.start
    if size % kind.itemsize or size == 0:
        raise FileFormatError(
            f"{what}: the table {chunk.name!r} has {size:,} bytes, "
            f"which is no number of rows of {kind.itemsize}; the file is damaged"
        )
    return np.frombuffer(data, kind, size // kind.itemsize, chunk.start).copy()


def _check(rows: dict[str, Table], what: str) -> None:
    """Every table ends with a row that only closes the one before (section 7.2)."""
    for table, field, other in (
        ("phdr", "bag", "pbag"), ("inst", "bag", "ibag"), ("pbag", "generator", "pgen"),
        ("pbag", "modulator", "pmod"), ("ibag", "generator", "igen"), ("ibag", "modulator", "imod"),
    ):  # fmt: skip
        places = rows[table][field].astype(np.int64)
        if np.any(np.diff(places) < 0) or int(places[-1]) > rows[other].shape[0]:
            row = int(np.argmax(np.diff(places, append=0) < 0))
            raise FileFormatError(
                f"{what}: row {row} of the table {table!r} points outside {other!r}; "
                "the file is damaged"
            )


def _text(raw: bytes) -> str:
    return raw.split(b"\0", 1)[0].decode("latin-1").strip()


def name_of(raw: bytes) -> str:
    """A name of a table as text."""
    return _text(raw)
