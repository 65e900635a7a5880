"""What a user may write for ``--soundfont``, and the sources that it means."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from songwright.errors import FileFormatError

if TYPE_CHECKING:
    from songwright.render.sources import SoundSource

AUTO, EVERYBODY = "auto", "all"
FLUIDSYNTH = "fluidsynth:"

_FORM = re.compile(r"(?:(?P<only>[a-z0-9_]+)=)?(?P<file>.+?)(?:#(?P<bank>\d+):(?P<program>\d+))?$")


def sources_for(soundfont: str | Sequence[str] | None) -> tuple[SoundSource, ...]:
    """Sources of sound that were asked for, in the order in which they are tried.

    Parameters
    ----------
    soundfont
        ``None`` or ``""`` for none; ``"auto"`` for the best soundfont installed on this machine;
        ``FILE`` (``.sf2 .sf3 .sfz``, or ``.vst3`` with pedalboard installed) for every part but
        those with a sound of the palette; ``all=FILE`` for these as well; ``WHO=FILE`` for one
        instrument, role or part id; ``WHO=FILE#BANK:PROGRAM`` for one preset of a file;
        ``fluidsynth:FILE`` to have the installed FluidSynth play it. A sequence gives several;
        those for one instrument are tried before those for all.

    Raises
    ------
    FileFormatError
        If a file is missing, damaged or of another kind, or nothing is installed for ``auto``.
    """
    asked = [soundfont] if isinstance(soundfont, str) else list(soundfont or ())
    found = [_source(text.strip()) for text in asked if text.strip()]
    return tuple(source for _, source in sorted(found, key=lambda pair: pair[0] in ("", EVERYBODY)))


def _source(text: str) -> tuple[str, SoundSource]:
    # numba and soundfile take half a second to load, which `--help` need not pay
    from songwright.render.soundfonts.sfz import Sfz  # noqa: PLC0415
    from songwright.render.soundfonts.source import Soundfont  # noqa: PLC0415

    path = Path(text)
    only, preset, fluidsynth = "", None, False
    if text == AUTO:
        path = installed()
    elif not path.is_file() and (form := _FORM.match(text)):
        name, only = form["file"], form["only"] or ""
        fluidsynth = name.startswith(FLUIDSYNTH)
        path = Path(name.removeprefix(FLUIDSYNTH))
        if form["bank"] is not None:
            preset = (int(form["bank"]), int(form["program"]))
        if path.name == AUTO:
            path = installed()
    if path.suffix.lower() == ".vst3":
        from songwright.render.hosts.plugin import Vst3  # noqa: PLC0415

        return only, Vst3(path, only)
    if not path.is_file():
        raise FileFormatError(
            f"there is no soundfont {str(path)!r}; give an .sf2, .sf3 or .sfz file, "
            f"or `{AUTO}` for one that is installed"
        )
    if fluidsynth:
        from songwright.render.hosts.fluidsynth import FluidSynth  # noqa: PLC0415

        return only, FluidSynth(path, only)
    if path.suffix.lower() == ".sfz":
        return only, Sfz(path, only)
    return only, Soundfont(path, only, preset)


def installed() -> Path:
    """The best soundfont on this machine.

    Raises
    ------
    FileFormatError
        If there is none; the message says where it would be found and how to get one.
    """
    from songwright.render.soundfonts.installed import (  # noqa: PLC0415
        installed_soundfonts,
        soundfont_folders,
    )

    found = installed_soundfonts()
    if not found:
        folders = ", ".join(str(folder) for folder in soundfont_folders())
        raise FileFormatError(
            f"no soundfont is installed (looked in {folders}); on Debian "
            "`apt install musescore-general-soundfont` brings a free one"
        )
    return found[0]
