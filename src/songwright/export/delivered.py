"""What a package's master was made for, from its ``mix.json``."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import msgspec


@dataclass(frozen=True, slots=True)
class Delivered:
    """Loudness and ceiling that a master was aimed at; the usual ones where nothing says."""

    target_lufs: float = -14.0
    ceiling_dbtp: float = -1.0


@dataclass(frozen=True, slots=True)
class _Settings:
    master: Delivered = field(default_factory=Delivered)


@dataclass(frozen=True, slots=True)
class _Record:
    settings: _Settings = field(default_factory=_Settings)


def delivered(folder: Path) -> Delivered:
    """Targets of the master in a package; the usual ones without a readable ``mix.json``."""
    try:
        data = (folder / "mix.json").read_bytes()
        return msgspec.json.decode(data, type=_Record).settings.master
    except (OSError, msgspec.DecodeError):
        return Delivered()
