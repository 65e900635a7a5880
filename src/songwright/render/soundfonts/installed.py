"""Soundfonts that are already on the machine: the folders where each platform keeps them."""

from __future__ import annotations

import os
import sys
from pathlib import Path

SUFFIXES = (".sf2", ".sf3")

_PREFERRED = (
    "MuseScore_General_Full.sf3", "MuseScore_General_HQ.sf3", "MuseScore_General.sf3",
    "MuseScore_General_Lite.sf3", "FluidR3_GM.sf2", "FluidR3Mono_GM.sf3", "GeneralUser",
    "default-GM",
)  # fmt: skip
"""Best first; a name counts if it begins so. Others follow by size, the largest first."""


def soundfont_folders() -> tuple[Path, ...]:
    """Where soundfonts are looked for, by platform.

    ``SOUNDFONTS`` in the environment, a list of folders, comes first.
    """
    home = Path.home()
    own = [Path(f) for f in os.environ.get("SOUNDFONTS", "").split(os.pathsep) if f]
    if sys.platform == "win32":
        programs = [Path(os.environ[k]) for k in ("ProgramFiles", "ProgramData") if k in os.environ]
        usual = [p / sub for p in programs for sub in ("SoundFonts", "MuseScore 4/sound")]
        usual += [home / "Documents" / "SoundFonts", Path("C:/soundfonts")]
    elif sys.platform == "darwin":
        usual = [
            home / "Library/Audio/Sounds/Banks", Path("/Library/Audio/Sounds/Banks"),
            Path("/opt/homebrew/share/soundfonts"), Path("/usr/local/share/soundfonts"),
            Path("/Applications/MuseScore 4.app/Contents/Resources/sound"),
        ]  # fmt: skip
    else:
        data = Path(os.environ.get("XDG_DATA_HOME") or home / ".local/share")
        usual = [
            data / "soundfonts", data / "sounds/sf3", data / "sounds/sf2", home / ".soundfonts",
            Path("/usr/share/sounds/sf3"), Path("/usr/share/sounds/sf2"),
            Path("/usr/share/soundfonts"), Path("/usr/local/share/soundfonts"),
        ]  # fmt: skip
    return tuple(own + usual)


def installed_soundfonts() -> tuple[Path, ...]:
    """Soundfont files on this machine, the best for General MIDI first; links are followed once."""
    found: dict[Path, None] = {}
    for folder in soundfont_folders():
        try:
            entries = sorted(folder.iterdir())
        except OSError:
            continue
        for entry in entries:
            if entry.suffix.lower() in SUFFIXES and entry.is_file():
                found[entry.resolve()] = None
    return tuple(sorted(found, key=_rank))


def _rank(path: Path) -> tuple[int, int, str]:
    place = next((i for i, name in enumerate(_PREFERRED) if path.name.startswith(name)), 99)
    return place, -path.stat().st_size, path.name
