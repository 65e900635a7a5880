"""Refined packages on disk: a new folder beside the old one, which stays."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from songwright.errors import FileFormatError

if TYPE_CHECKING:
    from songwright.session.package import Package
    from songwright.session.progress import Progress
    from songwright.session.song import Song

_NUMBERED = re.compile(r"^(.*)-(\d+)$")


def next_folder(folder: Path) -> Path:
    """``song`` → ``song-2`` → ``song-3``: the first that does not exist."""
    folder = folder.resolve()
    found = _NUMBERED.match(folder.name)
    base, number = (found[1], int(found[2])) if found else (folder.name, 1)
    while True:
        number += 1
        candidate = folder.with_name(f"{base}-{number}")
        if not candidate.exists():
            return candidate


def package_folder(path: Path) -> Path:
    """The folder of a package, from itself or its ``song.json``.

    Raises
    ------
    FileFormatError
        If there is no song.
    """
    folder = path.parent if path.name == "song.json" else path
    if not (folder / "song.json").exists():
        raise FileFormatError(f"{path} holds no song.json; name a folder that compose has written")
    return folder


def save_refined(
    song: Song,
    parent: Path,
    out: Path | None = None,
    audio: bool | None = None,
    formats: Sequence[str] | None = None,
    progress: Progress | None = None,
    evaluation: bool = False,
) -> Package:
    """Write a refined song; stems that did not change come from its parent's package.

    Parameters
    ----------
    song, parent
        The refined song and the folder of the package that it was made from.
    out
        The new folder; the next free name beside the parent when None.
    audio, formats
        With None as the parent has them.
    """
    from songwright.session.package import FORMATS, save  # noqa: PLC0415 (a circle otherwise)

    has = tuple(f for f in FORMATS if (parent / f"master.{f}").exists())
    wanted = bool(has) if audio is None else audio
    return save(
        song, out or next_folder(parent), wanted, tuple(formats or has or ("wav",)), progress,
        evaluation, parent if (parent / "stems").is_dir() else None,
    )  # fmt: skip
