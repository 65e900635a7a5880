"""What presets are made of: each step makes some files and says what they are for."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence

from songwright.errors import OutputError, ScoreError
from songwright.session.exports import export
from songwright.session.package import save
from songwright.session.presets.cutdowns import cut_downs
from songwright.session.presets.layers import intensity_layers
from songwright.session.presets.lesson import lesson
from songwright.session.presets.making import Making
from songwright.session.presets.sketches import sketches
from songwright.session.presets.sounds import sounds
from songwright.session.refine.model import Edit, Scope

_WHAT = {
    "dawproject": "session for Bitwig Studio, Studio One and Cubase",
    "reaper": "session for REAPER", "stems": "aligned stems for any DAW",
    "midi": "MIDI: as played, as written, each part", "musicxml": "notation for any score program",
    "pdf": "score and parts to print", "leadsheet": "tune and chords on one staff",
    "abc": "the tune as ABC text", "cue": "cue sheet and section markers",
}  # fmt: skip


def piece(making: Making) -> None:
    """The whole package: notes, sound (if the preset has formats), report and evaluation."""
    formats = making.preset.formats
    making.song.save(making.piece, bool(formats), formats or ("wav",), making.tell)
    for name in formats:
        making.deliver(making.piece / f"master.{name}", "the finished piece")
    making.deliver(making.piece / "report.html", "what was asked and what is heard, with pictures")
    making.deliver(making.piece, "the whole package: open it again with `songwright refine`")


def exports(making: Making, targets: Sequence[str]) -> None:
    """Files for other programs."""
    for target in targets:
        making.tell(target)
        try:
            export(making.piece, [target], making.folder)
        except (OutputError, ScoreError) as error:
            making.notes.append(f"{target} is left out: {error}")
        else:
            making.deliver(making.folder / target, _WHAT[target])


def without(making: Making, role: str, name: str) -> None:
    """The same master without the parts of a role, ``name`` and all; the rest is untouched."""
    song = making.song
    ids = tuple(part.id for part in song.plan.parts if part.role == role)
    if not ids:
        making.notes.append(f"nothing plays the {role}, so {name} is the piece itself")
    making.tell(name)
    quiet = song.refine("", Edit("mute", Scope(parts=ids))) if ids else song
    folder = making.folder / f"{name}-package"
    save(quiet, folder, True, making.preset.formats, making.tell, False, making.piece)
    for extension in making.preset.formats:
        target = making.folder / f"{name}.{extension}"
        shutil.copyfile(folder / f"master.{extension}", target)
        making.deliver(target, f"the piece without its {role}")
    shutil.rmtree(folder)


Step = Callable[..., None]
STEPS: dict[str, Step] = {
    "piece": piece, "export": exports, "without": without, "cut-downs": cut_downs,
    "layers": intensity_layers, "lesson": lesson, "sketches": sketches, "sounds": sounds,
}  # fmt: skip
"""All steps by the name that a preset's ``do`` gives."""
