"""The history file: every change as one line, from which a lost database can be made again.

A line is the first 16 digits of the SHA-256 of the rest, the UTC time, and the change as JSON.
The database knows how long the file was at its last commit: what stands behind that length was
written by a process that died before it committed, and is cut off by the next one.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from songwright.session.store.changes import AnyChange, Change, decode_change, encode_change
from songwright.session.store.keys import sha256


@dataclass(frozen=True, slots=True)
class Line:
    """One change, when it happened, and where it stands in the file (from 1)."""

    number: int
    time: str
    change: AnyChange


class HistoryFile:
    """Append-only; only the process that holds the database's write lock appends."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def append(self, changes: Iterable[Change], time: str, committed_bytes: int) -> int:
        """Add changes behind the first ``committed_bytes`` bytes; returns the new length.

        A shorter file (somebody deleted it) is continued where it ends.
        """
        text = b"".join(_line(change, time) for change in changes)
        with self.path.open("ab") as file:
            if file.tell() > committed_bytes:
                file.truncate(committed_bytes)
            file.write(text)
            file.flush()
            return os.fstat(file.fileno()).st_size

    def read(self, committed_bytes: int | None = None) -> tuple[list[Line], list[int]]:
        """All changes, and the numbers of the lines that are damaged."""
        try:
            data = self.path.read_bytes()
        except FileNotFoundError:
            return [], []
        if committed_bytes is not None:
            data = data[:committed_bytes]
        lines: list[Line] = []
        damaged: list[int] = []
        for number, row in enumerate(_rows(data), 1):
            check, _, rest = row.partition(b" ")
            time, _, change = rest.partition(b" ")
            try:
                if sha256(rest)[:16] != check.decode():
                    raise ValueError("the check does not fit")
                lines.append(Line(number, time.decode(), decode_change(change)))
            except (ValueError, msgspec.MsgspecError):
                damaged.append(number)
        return lines, damaged


def _line(change: Change, time: str) -> bytes:
    rest = time.encode() + b" " + encode_change(change)
    return sha256(rest)[:16].encode() + b" " + rest + b"\n"


def _rows(data: bytes) -> Sequence[bytes]:
    rows = data.split(b"\n")
    return rows[:-1] if rows[-1] == b"" else rows
