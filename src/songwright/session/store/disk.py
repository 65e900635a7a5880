"""Errors of the disk and of the database as sentences that say what to do."""

from __future__ import annotations

import contextlib
import errno
import os
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from songwright.errors import OutputError, ProjectError, SongwrightError

_NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_FORBIDDEN = (errno.EACCES, errno.EPERM, errno.EROFS)


@contextlib.contextmanager
def clear_errors(place: Path) -> Iterator[None]:
    """Turn errors of files and of SQLite into `OutputError` or `ProjectError`."""
    try:
        yield
    except OSError as error:
        raise _of_files(place, error) from error
    except sqlite3.Error as error:
        raise _of_database(place, error) from error


def _of_files(place: Path, error: OSError) -> SongwrightError:
    if error.errno in _NO_ROOM:
        return OutputError(
            f"the disk that holds {place} is full; nothing was lost: free some space and go on"
        )
    if error.errno in _FORBIDDEN:
        return OutputError(f"{place} is read-only; work on a copy or ask for write permission")
    return OutputError(f"{place} cannot be used: {error.strerror or error}")


def _of_database(place: Path, error: sqlite3.Error) -> SongwrightError:
    text = str(error)
    if isinstance(error, sqlite3.ProgrammingError) and "closed" in text:
        return ProjectError(f"{place} was closed; open the project again")
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code == sqlite3.SQLITE_FULL or "disk is full" in text:
        return _of_files(place, OSError(errno.ENOSPC, text))
    if code == sqlite3.SQLITE_READONLY:
        return _of_files(place, OSError(errno.EROFS, text))
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return ProjectError(f"{place} is kept busy by another process; try again when it is done")
    if code == sqlite3.SQLITE_CANTOPEN:
        return ProjectError(f"the database of {place} cannot be opened; check its permissions")
    if code == sqlite3.SQLITE_IOERR:
        return OutputError(f"{place} cannot be written ({text}); is the disk full or gone?")
    return ProjectError(
        f"the database of {place} is damaged ({text}); "
        "Project.salvage makes it again from the history and the blobs"
    )


def sync_folder(folder: Path) -> None:
    """Make renames in a folder durable (where the system lets folders be opened)."""
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
