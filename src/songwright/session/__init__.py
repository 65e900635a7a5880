"""What every interface talks to: compose, save, load, batch, render, variants, projects.

The CLI and Python users reach the stages only through here. Names are loaded when they are first
used, so that a command pays only for what it needs.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from songwright.session.batch import BatchItem, BatchResult, compose_batch, read_prompts
    from songwright.session.given import compose_given
    from songwright.session.package import Package, render_midi, save
    from songwright.session.song import Song, compose, compose_brief, load
    from songwright.session.store import Project, Variant
    from songwright.session.variants import make_variants, rank_variants

__all__ = [
    "BatchItem",
    "BatchResult",
    "Package",
    "Project",
    "Song",
    "Variant",
    "compose",
    "compose_batch",
    "compose_brief",
    "compose_given",
    "load",
    "make_variants",
    "rank_variants",
    "read_prompts",
    "render_midi",
    "save",
]

_HOMES = {
    "batch": ("BatchItem", "BatchResult", "compose_batch", "read_prompts"),
    "given": ("compose_given",),
    "package": ("Package", "render_midi", "save"),
    "song": ("Song", "compose", "compose_brief", "load"),
    "store": ("Project", "Variant"),
    "variants": ("make_variants", "rank_variants"),
}
_MODULES = {name: f"{__name__}.{home}" for home, names in _HOMES.items() for name in names}


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(_MODULES[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
