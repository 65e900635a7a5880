"""Writing a folder so that it is either the old one or the new one, never a mixture."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from songwright.errors import OutputError
from songwright.session.leftovers import (
    OLD,
    PARTIAL,
    clear_leftovers,
    hold,
    let_go,
    move_kept,
)

MARKER = "song.json"
_TRIES = 5
_NAME_LENGTH = 60  # characters


@contextlib.contextmanager
def replacing(out: Path, marker: str = MARKER) -> Iterator[Path]:
    """A fresh folder beside ``out`` that takes its place when the block ends without an error.

    An existing ``out`` is only replaced if it is empty or holds ``marker``; files in it that the
    new version does not bring stay.

    Raises
    ------
    OutputError
        If the folder cannot be written or holds something else.
    """
    out = out.resolve()
    try:
        if out.exists() and not out.is_dir():
            raise OutputError(f"{out} is a file; give the name of a folder with --out")
        if out.is_dir() and any(out.iterdir()) and not (out / marker).exists():
            raise OutputError(
                f"{out} holds other files and is left alone; choose a new or empty folder"
            )
        out.parent.mkdir(parents=True, exist_ok=True)
        if out.is_dir() and not os.access(out, os.W_OK):
            raise OutputError(f"{out} is read-only; choose another folder with --out")
        clear_leftovers(out, _is_ours)
        fresh, lock = _fresh(out)
    except OSError as error:
        raise OutputError(_advice(out, error)) from error
    try:
        yield fresh
        fresh.chmod(0o755)
        _swap(fresh, out)
    except OSError as error:
        raise OutputError(_advice(out, error)) from error
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
        let_go(lock)


@contextlib.contextmanager
def new_folder(title: str, parent: Path = Path("out")) -> Iterator[Path]:
    """A folder of its own for a piece that nobody gave a place: ``out/night-rain``.

    Where that name is taken the next is ``out/night-rain-2``. The folder is made at once, so that
    runs side by side never choose the same, and goes again if the block ends with an error.

    Raises
    ------
    OutputError
        If no folder can be made there.
    """
    name = "-".join(re.findall(r"[^\W_]+", title.lower()))[:_NAME_LENGTH].strip("-") or "piece"
    try:
        parent.mkdir(parents=True, exist_ok=True)
        folder = _numbered(parent, name)
    except OSError as error:
        raise OutputError(_advice(parent / name, error)) from error
    try:
        yield folder
    except BaseException:
        with contextlib.suppress(OSError):
            folder.rmdir()  # refuses when something has been written into it
            parent.rmdir()
        raise


def _numbered(parent: Path, name: str) -> Path:
    number = 1
    while True:
        folder = parent / (name if number == 1 else f"{name}-{number}")
        try:
            folder.mkdir()
        except FileExistsError:
            number += 1
        else:
            return folder


def _fresh(out: Path) -> tuple[Path, int | None]:
    """A new folder beside ``out``, locked where that can be done."""
    for _ in range(_TRIES):
        fresh = Path(tempfile.mkdtemp(prefix=f".{out.name}.", suffix=PARTIAL, dir=out.parent))
        lock = hold(fresh)
        if fresh.exists():  # else another run took it for a leftover before it was locked
            return fresh, lock
    raise OutputError(f"{out} is being written by another run; wait for it to end")


def _swap(fresh: Path, out: Path) -> None:
    if not out.exists():
        fresh.rename(out)
        return
    old = fresh.with_suffix(OLD)
    lock = hold(out)
    out.rename(old)
    try:
        fresh.rename(out)
    except OSError:
        old.rename(out)  # the older result stays
        let_go(lock)
        raise
    move_kept(old, out, _is_ours)
    shutil.rmtree(old, ignore_errors=True)
    let_go(lock)


# Files of a package; those that a new version does not bring are out of date and go.
_OURS = {
    "song.json", "song.mid", "song.musicxml", "stems", "mix.wav", "master.wav", "master.flac",
    "master.mp3", "master.ogg", "mix.json", "report.json", "report.html", "exports",
    "evaluation.json", "evaluation.html",
}  # fmt: skip


def _is_ours(name: str) -> bool:
    return name in _OURS or name.startswith("master-")  # a master for a further place


def _advice(out: Path, error: OSError) -> str:
    import errno  # noqa: PLC0415

    if error.errno == errno.ENOSPC:
        return f"the disk that holds {out} is full; free some space or choose another --out"
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return f"{out} cannot be written (no permission); choose another folder with --out"
    return f"{out} cannot be written: {error.strerror or error}"
