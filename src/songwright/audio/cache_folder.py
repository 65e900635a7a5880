"""Where on this machine results are kept that can be made again at any time.

The folder belongs to the user and may always be deleted. Every kind of result has a folder of its
own in it.
"""

from __future__ import annotations

import contextlib
import os
import sys
from pathlib import Path

FOLDER_VARIABLE = "SONGWRIGHT_CACHE"
"""Environment variable: the folder to use; ``off`` keeps nothing on disk."""


def cache_folder(kind: str) -> Path | None:
    """Folder for one kind of result (``tones``), or None if nothing is to be written.

    ``SONGWRIGHT_CACHE``, else the platform's place: ``XDG_CACHE_HOME`` or ``~/.cache`` (XDG base
    directory specification), ``~/Library/Caches`` on macOS, ``%LOCALAPPDATA%`` on Windows.
    """
    wish = os.environ.get(FOLDER_VARIABLE, "")
    if wish:
        return None if wish == "off" else Path(wish) / kind
    if sys.platform == "win32":
        root = os.environ.get("LOCALAPPDATA", "")
    elif sys.platform == "darwin":
        root = "~/Library/Caches"
    else:
        root = os.environ.get("XDG_CACHE_HOME", "") or "~/.cache"
    with contextlib.suppress(RuntimeError):  # no home directory
        path = Path(root).expanduser() if root else None
        if path is not None and path.is_absolute():
            return path / "songwright" / kind
    return None
