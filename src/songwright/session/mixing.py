"""The mix of a package: what was decided and why, and how to change it by hand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from songwright.errors import FileFormatError, ProjectError
from songwright.session.refine.folders import next_folder, package_folder
from songwright.session.refine.scope import parts_called
from songwright.session.song import load

if TYPE_CHECKING:
    from songwright.mix.sheet import MixSheet
    from songwright.session.package import Package
    from songwright.session.progress import Progress
    from songwright.session.song import Song

ALL = "all"


@dataclass(frozen=True, slots=True)
class SheetRow:
    """One line of a sheet as it is shown."""

    part: str
    control: str
    value: str
    reason: str


def sheet_of(folder: str | Path, assignments: Sequence[str] = ()) -> MixSheet:
    """The sheet of a package with all that was set by hand, and further assignments laid over it.

    Of a package without sound, what its style and plan decide.

    Raises
    ------
    AudioError
        If an assignment is wrong.
    FileFormatError
        If the folder holds no song.
    """
    from songwright.mix import overridden  # noqa: PLC0415 (loads the mixer)

    sheet, before = _decided(package_folder(Path(folder)))
    return overridden(sheet, (*before, *by_id(folder, assignments)))


def by_id(folder: str | Path, assignments: Sequence[str]) -> tuple[str, ...]:
    """Assignments with other names of parts ("strings", "the guitars") spelled out as ids."""
    from songwright.mix.override import targets  # noqa: PLC0415 (loads the mixer)

    if not assignments:
        return ()
    package = package_folder(Path(folder))
    parts = _decided(package)[0].settings
    found: list[str] = []
    for text in assignments:
        name, dot, rest = text.partition(".")
        known = targets(parts, name)
        ids = () if known else _called(package, name, tuple(parts.parts))
        found += [f"{part}.{rest}" for part in ids] if dot and ids else [text]
    return tuple(found)


def _called(package: Path, name: str, ids: Sequence[str]) -> tuple[str, ...]:
    """Which of these parts a word stands for in a piece."""
    chosen = parts_called(name.strip(), load(package).plan)
    return tuple(part for part in ids if part in chosen)


def _parts_of(folder: str | Path, sheet: MixSheet, name: str) -> tuple[str, ...]:
    """Ids of the parts that a word stands for.

    Raises
    ------
    ProjectError
        If it stands for none.
    """
    from songwright.mix.override import targets  # noqa: PLC0415 (loads the mixer)

    ids = tuple(sheet.settings.parts)
    found = targets(sheet.settings, name) or _called(package_folder(Path(folder)), name, ids)
    if not found:
        raise ProjectError(f"there is no part {name!r}; there are {', '.join(ids)}")
    return found


def _decided(folder: Path) -> tuple[MixSheet, tuple[str, ...]]:
    from dataclasses import replace  # noqa: PLC0415 (with what uses it)

    from songwright.mix import mix_sheet  # noqa: PLC0415 (loads the mixer)
    from songwright.session.produce import by_hand  # noqa: PLC0415 (the same)
    from songwright.session.production.record import usable_record  # noqa: PLC0415 (the same)
    from songwright.styles import style  # noqa: PLC0415 (with what uses it)

    song = load(folder)
    record = usable_record(folder)
    if record is None:
        sheet = mix_sheet(song.plan, style(song.plan.style))
        return replace(sheet, settings=by_hand(song, sheet.settings)), ()
    return replace(record.decided, settings=by_hand(song, record.decided.settings)), (
        record.overrides
    )


def rows(
    folder: str | Path, assignments: Sequence[str] = (), part: str = ""
) -> tuple[SheetRow, ...]:
    """A sheet as lines: room, parts in the order of the mix, master; values as they now are.

    Parameters
    ----------
    folder, assignments
        See `sheet_of`.
    part
        Only this part, by id, role or name; empty for all.

    Raises
    ------
    ProjectError
        If there is no such part.
    """
    from songwright.mix.controls import shown  # noqa: PLC0415 (loads the mixer)

    sheet = sheet_of(folder, assignments)
    parts = sheet.settings.parts
    chosen = _parts_of(folder, sheet, part) if part else tuple(parts)
    found = []
    for decision in sheet.decisions:
        strip = parts.get(decision.part)
        if part and decision.part not in chosen:
            continue
        value = decision.value
        # Curves and processors say more in words than in numbers.
        plain = strip is not None and not decision.control.startswith(("curve.", "delay."))
        if plain and strip is not None:
            value = shown(strip, decision.control)
        found.append(SheetRow(decision.part, decision.control, value, decision.reason))
    order = {name: number for number, name in enumerate(parts)}
    return tuple(sorted(found, key=lambda r: order.get(r.part, -1 if r.part == "room" else 999)))


def mute_assignments(
    folder: str | Path,
    solo: Sequence[str] = (),
    mute: Sequence[str] = (),
    unmute: Sequence[str] = (),
) -> tuple[str, ...]:
    """Assignments that mute and unmute parts; ``solo`` mutes all others, ``all`` stands for all.

    Raises
    ------
    ProjectError
        If there is no such part.
    """
    sheet = sheet_of(folder)

    def ids(names: Sequence[str]) -> list[str]:
        found: list[str] = []
        for name in names:
            found += sheet.settings.parts if name == ALL else _parts_of(folder, sheet, name)
        return found

    silent = dict.fromkeys(ids(unmute), False)
    if solo:
        heard = set(ids(solo))
        silent.update({part: part not in heard for part in sheet.settings.parts})
    silent.update(dict.fromkeys(ids(mute), True))
    return tuple(f"{part}.mute={'on' if off else 'off'}" for part, off in silent.items())


def remix(
    folder: str | Path,
    assignments: Sequence[str],
    out: str | Path | None = None,
    in_place: bool = False,
    formats: Sequence[str] | None = None,
    progress: Progress | None = None,
    evaluation: bool = False,
) -> Package:
    """Write a package with another mix; stems that do not change are taken over byte for byte.

    Parameters
    ----------
    folder
        Package with sound; it stays as it is unless ``in_place``.
    assignments
        See `songwright.mix.override.overridden`; they join those that were made before.
    out
        The new folder; the next free name beside it when None.
    in_place
        Put the result in the place of the package, whole or not at all.
    formats
        Of the master; those of the package when None.
    evaluation
        Judge the result; with ``in_place`` also wherever the package had been judged.

    Raises
    ------
    FileFormatError
        If the folder holds no song.
    AudioError
        If an assignment is wrong; nothing is written.
    """
    from songwright.session.package import FORMATS, save  # noqa: PLC0415 (a circle otherwise)

    parent = package_folder(Path(folder))
    if not (parent / "stems").is_dir():
        raise FileFormatError(
            f"{parent} holds no sound; `songwright refine` or compose without --no-audio makes it"
        )
    song: Song = load(parent)
    assignments = by_id(parent, assignments)
    sheet_of(parent, assignments)  # a wrong assignment is named before anything is made
    has = tuple(f for f in FORMATS if (parent / f"master.{f}").exists())
    target = parent if in_place else Path(out) if out is not None else next_folder(parent)
    judged = evaluation or (in_place and (parent / "evaluation.json").exists())
    return save(
        song, target, True, tuple(formats or has or ("wav",)), progress, judged, parent,
        overrides=tuple(assignments),
    )  # fmt: skip
