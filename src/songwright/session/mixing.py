"""The mix of a package: what was decided and why, and how to change it by hand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from songwright.errors import FileFormatError, ProjectError
from songwright.session.refine.folders import next_folder, package_folder
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
    return overridden(sheet, (*before, *assignments))


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


def rows(sheet: MixSheet, part: str = "") -> tuple[SheetRow, ...]:
    """A sheet as lines: room, parts in the order of the mix, master; values as they now are.

    Parameters
    ----------
    sheet
        See `sheet_of`.
    part
        Only this part, by id or role; empty for all.

    Raises
    ------
    ProjectError
        If there is no such part.
    """
    from songwright.mix.controls import shown  # noqa: PLC0415 (loads the mixer)
    from songwright.mix.override import targets  # noqa: PLC0415 (loads the mixer)

    parts = sheet.settings.parts
    chosen = targets(sheet.settings, part) if part else tuple(parts)
    if not chosen:
        raise ProjectError(f"there is no part {part!r}; there are {', '.join(parts)}")
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
    sheet: MixSheet, solo: Sequence[str] = (), mute: Sequence[str] = (), unmute: Sequence[str] = ()
) -> tuple[str, ...]:
    """Assignments that mute and unmute parts; ``solo`` mutes all others, ``all`` stands for all.

    Raises
    ------
    ProjectError
        If there is no such part.
    """
    from songwright.mix.override import targets  # noqa: PLC0415 (loads the mixer)

    def ids(names: Sequence[str]) -> list[str]:
        found: list[str] = []
        for name in names:
            chosen = tuple(sheet.settings.parts) if name == ALL else targets(sheet.settings, name)
            if not chosen:
                raise ProjectError(
                    f"there is no part {name!r}; there are {', '.join(sheet.settings.parts)}"
                )
            found += chosen
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
    sheet_of(parent, assignments)  # a wrong assignment is named before anything is made
    has = tuple(f for f in FORMATS if (parent / f"master.{f}").exists())
    target = parent if in_place else Path(out) if out is not None else next_folder(parent)
    judged = evaluation or (in_place and (parent / "evaluation.json").exists())
    return save(
        song, target, True, tuple(formats or has or ("wav",)), progress, judged, parent,
        overrides=tuple(assignments),
    )  # fmt: skip
