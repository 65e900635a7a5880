"""What a killed run leaves beside its target, and who still works on it.

A folder that is being written is locked; the system lifts the lock when its process ends, however
it ends. So a folder of ours that can be locked belongs to nobody. Where folders cannot be locked
(Windows, some network drives) nothing is ever cleared.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

PARTIAL, OLD = ".partial", ".old"


def hold(folder: Path) -> int | None:
    """Lock a folder for this process; None if another has it or it cannot be locked.

    Returns
    -------
    int or None
        To be given to `let_go`; the lock also ends with the process.
    """
    try:
        import fcntl  # noqa: PLC0415 (not on Windows)
    except ImportError:
        return None
    number = -1
    try:
        number = os.open(folder, os.O_RDONLY)
        fcntl.flock(number, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if os.fstat(number).st_ino == folder.stat().st_ino:  # not cleared in the meantime
            return number
    except OSError:
        pass
    let_go(number)
    return None


def let_go(number: int | None) -> None:
    """Give a lock back."""
    if number is not None and number >= 0:
        os.close(number)


def clear_leftovers(out: Path, is_ours: Callable[[str], bool]) -> None:
    """Remove what killed runs for ``out`` left beside it; what was in ``out`` before comes back.

    Parameters
    ----------
    out
        A target of `songwright.session.folder.replacing`, resolved.
    is_ours
        Whether a file of that name in ``out`` is made by us; of an older version only others are
        worth keeping beside a newer one.
    """
    for folder in _abandoned(out, OLD):
        with _locked(folder) as mine, contextlib.suppress(OSError):
            if not mine:
                continue
            if not out.exists():  # killed between moving the old away and the new in
                folder.rename(out)
                continue
            move_kept(folder, out, is_ours)
            shutil.rmtree(folder)
    for folder in _abandoned(out, PARTIAL):
        with _locked(folder) as mine:
            if mine:
                shutil.rmtree(folder, ignore_errors=True)


def move_kept(old: Path, out: Path, is_ours: Callable[[str], bool]) -> None:
    """Move what is not ours and not there yet from an older folder into the new one."""
    for entry in sorted(old.iterdir()):
        if not (out / entry.name).exists() and not is_ours(entry.name):
            shutil.move(entry, out / entry.name)


def _abandoned(out: Path, suffix: str) -> list[Path]:
    """Folders beside ``out`` that `tempfile.mkdtemp` named for it."""
    name = re.compile(rf"\.{re.escape(out.name)}\.[a-z0-9_]{{8}}{re.escape(suffix)}")
    with contextlib.suppress(OSError):
        return sorted(
            path for path in out.parent.iterdir()
            if name.fullmatch(path.name) and path.is_dir() and not path.is_symlink()
        )  # fmt: skip
    return []


@contextlib.contextmanager
def _locked(folder: Path) -> Iterator[bool]:
    number = hold(folder)
    try:
        yield number is not None
    finally:
        let_go(number)
