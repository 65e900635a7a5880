"""Handing a piece on: one folder for each kind of program, made from a package.

Everything comes from ``song.json``; only stems and masters are taken from the package's files.
"""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from songwright.errors import OutputError, ScoreError
from songwright.export.naming import clock, one_line
from songwright.export.tags import SOFTWARE
from songwright.score.timemap import TimeMap
from songwright.session.export_targets import TARGETS, Job
from songwright.session.folder import replacing
from songwright.session.progress import Progress
from songwright.session.song import load
from songwright.units import TICKS_PER_BEAT

ABOUT = "about.txt"
"""File in every export folder that says what is in it; it marks the folder as ours."""

_FILES_HEAD = "Files:"


@dataclass(frozen=True, slots=True)
class Exported:
    """One written folder: its target, its files, and what a person should know about them."""

    target: str
    folder: Path
    files: tuple[str, ...]
    notes: tuple[str, ...] = ()


def export(
    package: str | Path,
    targets: Sequence[str],
    out: str | Path | None = None,
    engraver: str = "",
    progress: Progress | None = None,
) -> tuple[Exported, ...]:
    """Write a package's piece for other programs.

    Parameters
    ----------
    package
        A folder that `songwright.session.save` made.
    targets
        Names in `TARGETS`, or ``all``; with ``all``, what cannot be made is noted and left out.
    out
        Folder for one folder a target; usually ``exports`` in the package. An older export there
        is replaced in one step; files that are not ours stay.
    engraver
        ``verovio`` or ``musescore`` for the PDFs; empty takes what is there.

    Raises
    ------
    FileFormatError
        If the package is damaged or its stems do not fit together.
    OutputError
        If a target is unknown, needs audio or a program that is not there, or cannot be written.
    ScoreError
        If the piece has nothing of the kind, such as a lead sheet of drums alone.
    """
    everything = "all" in targets
    unknown = [t for t in targets if t not in TARGETS and t != "all"]
    if unknown or not targets:
        raise OutputError(
            f"unknown export {', '.join(unknown) or '(none)'}; choose from "
            f"{', '.join(TARGETS)} or all"
        )
    song = load(package)
    folder = Path(package) if Path(package).is_dir() else Path(package).parent
    target_root = Path(out) if out is not None else folder / "exports"
    chosen = list(TARGETS) if everything else list(dict.fromkeys(targets))
    done: list[Exported] = []
    for number, target in enumerate(chosen):
        if progress is not None:
            progress(target, number / len(chosen))
        job = Job(song, folder, (target_root / target).absolute(), engraver)
        try:
            done.append(_write(job, target))
        except (OutputError, ScoreError) as error:
            if not everything:
                raise
            done.append(Exported(target, job.out, (), (f"left out: {error}",)))
    if not any(one.files for one in done):
        raise OutputError(f"nothing could be written: {done[0].notes[0]}")
    if progress is not None:
        progress("done", 1.0)
    return tuple(done)


def _write(job: Job, target: str) -> Exported:
    older = _listed(job.out)
    with replacing(job.out, marker=ABOUT) as fresh:
        TARGETS[target].write(job, fresh)
        files = tuple(
            sorted(p.relative_to(fresh).as_posix() for p in fresh.rglob("*") if p.is_file())
        )
        (fresh / ABOUT).write_text(_about(job, target, files), "utf-8", newline="\n")
    for name in older:
        if name not in files:  # of an older version, such as a part that is no longer there
            with contextlib.suppress(OSError):
                (job.out / name).unlink()
    return Exported(target, job.out, files, tuple(job.notes))


def _about(job: Job, target: str, files: Sequence[str]) -> str:
    """What an engineer asks first when files arrive."""
    plan, tags = job.song.plan, job.tags
    tempos = {round(t.bpm, 3) for t in job.score.tempos}
    tempo = f"{tags.bpm:.6g} BPM" + (" (with changes)" if len(tempos) > 1 else "")
    lines = [
        f"{one_line(job.score.title)} - {TARGETS[target].summary}", "",
        f"Tempo:     {tempo}", f"Metre:     {tags.meter.meter}", f"Key:       {tags.key}",
        f"Bars:      {job.score.bars}",
        f"Length:    {clock(TimeMap.of(job.score).seconds(tags.beats * TICKS_PER_BEAT))}",
        f"Style:     {plan.style}, {plan.use}", f"Seed:      {job.song.seed}",
        f"Software:  {SOFTWARE}", f"Rights:    {tags.licence}", "",
        *(f"Note:      {note}" for note in job.notes), *([""] if job.notes else []),
        _FILES_HEAD, *(f"  {name}" for name in files),
    ]  # fmt: skip
    return "\n".join(lines) + "\n"


def _listed(folder: Path) -> list[str]:
    """Files that an older export in this folder wrote."""
    try:
        lines = (folder / ABOUT).read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        return []
    names = lines[lines.index(_FILES_HEAD) + 1 :] if _FILES_HEAD in lines else []
    paths = [Path(name[2:]) for name in names if name[:2] == "  "]
    # The file may have been edited: nothing outside this folder is ever touched.
    return [p.as_posix() for p in paths if not p.is_absolute() and ".." not in p.parts]
