"""Making a lost or damaged database again from the history file and the blobs."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from songwright.errors import ProjectError, SongwrightError
from songwright.session.store.apply import apply_change
from songwright.session.store.blobs import BlobFolder
from songwright.session.store.disk import clear_errors
from songwright.session.store.history import HistoryFile
from songwright.session.store.schema import connect
from songwright.session.store.sqlite import BLOBS, DATABASE, HISTORY, SqliteStore

_PARTS = ("", "-wal", "-shm")


@dataclass(frozen=True, slots=True)
class Salvage:
    """What was saved: changes applied, lines skipped, contents missing, the old file's name."""

    applied: int
    skipped: tuple[str, ...]
    missing_blobs: tuple[str, ...]
    old_database: str


def salvage(folder: Path) -> Salvage:
    """Build the database of a project anew from its history; the old one is kept beside it.

    No other process may have the project open.

    Raises
    ------
    ProjectError
        If there is no history to build from.
    """
    history = HistoryFile(folder / HISTORY)
    lines, damaged = history.read()
    blobs = BlobFolder(folder / BLOBS)
    if not lines and (not history.path.exists() or next(blobs.names(), "")):
        raise ProjectError(f"{folder} has no history to make a database from")
    fresh = folder / f"{DATABASE}.new"
    skipped = [f"line {number} is damaged" for number in damaged]
    with clear_errors(folder):
        for part in _PARTS:
            (folder / (fresh.name + part)).unlink(missing_ok=True)
        connection = connect(fresh)
        connection.execute("BEGIN")
        for line in lines:
            connection.execute("SAVEPOINT line")
            try:
                apply_change(connection, line.change, line.time, strict=False)
            except SongwrightError as error:  # it needs something that a damaged line held
                connection.execute("ROLLBACK TO line")
                skipped.append(f"line {line.number}: {error}")
            connection.execute("RELEASE line")
        connection.execute("UPDATE history SET bytes = ?", (history.path.stat().st_size,))
        connection.execute("COMMIT")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.close()
        old = _put_aside(folder)
        fresh.rename(folder / DATABASE)
    store = SqliteStore(folder)
    missing = sorted({node.blob for node in store.nodes() if not blobs.has(node.blob)})
    store.close()
    return Salvage(len(lines) - len(skipped) + len(damaged), tuple(skipped), tuple(missing), old)


def _put_aside(folder: Path) -> str:
    number = 1
    while (folder / f"{DATABASE}.damaged-{number}").exists():
        number += 1
    name = f"{DATABASE}.damaged-{number}"
    for part in _PARTS:
        old = folder / (DATABASE + part)
        if old.exists():
            old.rename(folder / (name + part))
    return name if (folder / name).exists() else ""
