"""Making a preset: its steps in turn, in one folder that says what each file is for."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from songwright import __version__
from songwright.brief import understand
from songwright.session.folder import replacing
from songwright.session.presets.making import Delivered, Making
from songwright.session.presets.model import Preset, preset
from songwright.session.presets.steps import STEPS
from songwright.session.progress import Progress
from songwright.session.song import Song

ABOUT = "about.txt"
"""File in the folder that lists everything; it marks the folder as ours."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """A written folder, its piece if one was composed, the things in it, and notes on them."""

    folder: Path
    song: Song | None
    files: tuple[Delivered, ...]
    notes: tuple[str, ...] = ()


def make(
    what: str | Preset,
    prompt: str,
    out: str | Path,
    seed: int = 0,
    progress: Progress | None = None,
    **fields: object,
) -> Delivery:
    """Make everything that a preset promises.

    Parameters
    ----------
    what
        A preset, or the name of one (`preset_names`).
    prompt, seed, fields
        As for `songwright.session.compose`; they win over the preset's own fields.
    out
        Folder; an older delivery there is replaced in one step.

    Raises
    ------
    BriefError
        If there is no such preset or the request cannot be met.
    OutputError
        If the folder cannot be written or holds something else.
    """
    found = preset(what) if isinstance(what, str) else what
    given = {key: value for key, value in fields.items() if value is not None}
    wanted = {**_left_open(found.fields, prompt, given), **given}
    with replacing(Path(out), marker=ABOUT) as folder:
        making = Making(found, prompt, seed, wanted, folder, progress)
        for step in found.steps:
            options = {key: value for key, value in step.items() if key != "do"}
            STEPS[step["do"]](making, **options)
            making.done += 1
        (folder / ABOUT).write_text(_about(making), "utf-8", newline="\n")
    if progress is not None:
        progress("done", 1.0)
    return Delivery(Path(out), making.written, tuple(making.files), tuple(making.notes))


_SPOKEN_OF = {"duration": "length", "bars": "length", "chords": "chart", "mood": "moods"}
"""Attributes of the brief that fields fill, where they have another name."""


def _left_open(own: dict[str, str], prompt: str, given: dict[str, object]) -> dict[str, str]:
    """The preset's fields that neither the words nor the options of the person speak of."""
    brief = understand(prompt, dict(given))
    return {
        key: value for key, value in own.items()
        if not getattr(brief, _SPOKEN_OF.get(key, key))
    }  # fmt: skip


def _about(making: Making) -> str:
    song = making.written
    width = max((len(item.path) for item in making.files), default=0)
    title = f"{song.score.title} - " if song is not None else ""
    lines = [f"{title}{making.preset.title}", "", f"Asked for: {making.prompt}"]
    if song is not None:
        lines += [f"Style:     {song.plan.style}", f"Tempo:     {song.plan.tempo_bpm:.6g} BPM",
                  f"Key:       {song.plan.key}"]  # fmt: skip
    lines += [f"Seed:      {making.seed}", f"Software:  Songwright {__version__}", ""]
    lines += [*(f"Note:      {note}" for note in making.notes), *([""] if making.notes else [])]
    lines += [f"{item.path.ljust(width)}  {item.purpose}" for item in making.files]
    return "\n".join(lines) + "\n"
