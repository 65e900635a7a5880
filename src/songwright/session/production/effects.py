"""Plug-ins of the person's own, through which dry stems go on their way to the strip."""

from __future__ import annotations

import hashlib
from pathlib import Path

from songwright.audio import Audio
from songwright.errors import FileFormatError
from songwright.mix import MixSettings
from songwright.mix.settings import Insert
from songwright.render.hosts.plugin import apply_effect, require_plugin

_BLOCK_BYTES = 1 << 20


def require_effects(settings: MixSettings) -> None:
    """Check that every plug-in of a mix could be run, before anything is made.

    Raises
    ------
    FileFormatError
        If one is not there or pedalboard is not installed; the message says how to go on without.
    """
    for part, strip in settings.parts.items():
        for insert in strip.effects:
            try:
                require_plugin(insert.path)
            except FileFormatError as error:
                raise FileFormatError(
                    f"{error}; `songwright mix DIR --effect {part}=off` goes on without"
                ) from error


def prints(settings: MixSettings, part_id: str) -> tuple[str, ...]:
    """Digests of a part's plug-ins: another version of one makes another stem."""
    strip = settings.parts.get(part_id)
    return tuple(_print(Path(insert.path)) for insert in strip.effects) if strip else ()


def through(inserts: tuple[Insert, ...], dry: Audio, sample_rate_hz: int) -> Audio:
    """A dry stem, shape (2, samples), after its plug-ins; itself where there are none."""
    for insert in inserts:
        dry = apply_effect(insert.path, dry, sample_rate_hz, insert.parameters)
    return dry


def _print(plugin: Path) -> str:
    """Digest of a plug-in: a file, or a folder with files for several systems."""
    found = hashlib.sha256()
    files = sorted(p for p in plugin.rglob("*") if p.is_file()) if plugin.is_dir() else [plugin]
    for path in files:
        found.update(str(path.relative_to(plugin)).encode())
        with path.open("rb") as stream:
            while block := stream.read(_BLOCK_BYTES):
                found.update(block)
    return found.hexdigest()
