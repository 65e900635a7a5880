"""Songwright: from a musical intent to a finished, editable, rights-clear piece.

>>> import songwright as sw
>>> song = sw.compose("cinematic ambient in D minor, 90 BPM, sparse percussion", seed=1)
>>> song.save("out")                                                    # doctest: +SKIP

Everything else is in the rooms: `songwright.brief`, `songwright.composition`, `songwright.perform`,
`songwright.render`, `songwright.mix`, `songwright.export`, `songwright.evaluate`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from songwright.version import VERSION

if TYPE_CHECKING:
    from songwright.brief import understand
    from songwright.session import Package, Song, compose, load, render_midi

__version__ = VERSION
__all__ = ["Package", "Song", "__version__", "compose", "load", "render_midi", "understand"]

_HOMES = {
    "Package": "songwright.session", "Song": "songwright.session", "compose": "songwright.session",
    "load": "songwright.session", "render_midi": "songwright.session",
    "understand": "songwright.brief",
}  # fmt: skip


def __getattr__(name: str) -> Any:
    """Import the public names on first use, so that ``import songwright`` costs nothing."""
    if name not in _HOMES:
        raise AttributeError(f"module 'songwright' has no attribute {name!r}")
    from importlib import import_module  # noqa: PLC0415

    return getattr(import_module(_HOMES[name]), name)
