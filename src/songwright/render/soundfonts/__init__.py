"""Sounds that a user brings: SoundFont 2/3 files and SFZ instruments through one sample player.

`sources_for` turns what was written for ``--soundfont`` into sources; `Soundfont` and `Sfz` are
the sources themselves. Names are loaded when they are first used, because the player is compiled
code.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from songwright.render.soundfonts.ask import sources_for
from songwright.render.soundfonts.installed import installed_soundfonts

if TYPE_CHECKING:
    from songwright.render.soundfonts.sfz import Sfz
    from songwright.render.soundfonts.source import Soundfont

__all__ = ["Sfz", "Soundfont", "installed_soundfonts", "sources_for"]

_HOMES = {"Sfz": "sfz", "Soundfont": "source"}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
