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


@dataclass(frozen=True, slots=True)
class _Mix:
    """A package's song, its sheet as it was decided, and what was set by hand since."""

    song: Song
    decided: MixSheet
    overrides: tuple[str, ...] = ()

    def sheet(self, assignments: Sequence[str] = ()) -> MixSheet:
        """All that was set by hand laid over the sheet, then these assignments."""
        from songwright.mix import overridden  # noqa: PLC0415 (loads the mixer)

        return overridden(self.decided, (*self.overrides, *self.by_id(assignments)))

    def called(self, name: str) -> tuple[str, ...]:
        """Ids of the parts that a word stands for: an id, a role, "strings", "the guitars"."""
        from songwright.mix.override import targets  # noqa: PLC0415 (loads the mixer)

        found = targets(self.decided.settings, name)
        if found:
            return found
        chosen = parts_called(name.strip(), self.song.plan)
        return tuple(part for part in self.decided.settings.parts if part in chosen)

    def parts(self, name: str) -> tuple[str, ...]:
        """As `called`.

        Raises
        ------
        ProjectError
            If the word stands for no part.
        """
        found = self.called(name)
        if not found:
            there = ", ".join(self.decided.settings.parts)
            raise ProjectError(f"there is no part {name!r}; there are {there}")
        return found

    def by_id(self, assignments: Sequence[str]) -> tuple[str, ...]:
        """Assignments with words for parts that the mixer does not know spelled out as ids."""
        from songwright.mix.override import targets  # noqa: PLC0415 (loads the mixer)

        found: list[str] = []
        for text in assignments:
            name, dot, rest = text.partition(".")
            known = targets(self.decided.settings, name)
            ids = self.called(name) if dot and not known else ()
            found += [f"{part}.{rest}" for part in ids] or [text]
        return tuple(found)


def _mix_of(folder: str | Path) -> _Mix:
    from dataclasses import replace  # noqa: PLC0415 (with what uses it)

    from songwright.mix import mix_sheet  # noqa: PLC0415 (loads the mixer)
    from songwright.session.produce import by_hand  # noqa: PLC0415 (the same)
    from songwright.session.production.record import usable_record  # noqa: PLC0415 (the same)
    from songwright.styles import style  # noqa: PLC0415 (with what uses it)

    package = package_folder(Path(folder))
    song = load(package)
    record = usable_record(package)
    if record is None:
        sheet = mix_sheet(song.plan, style(song.plan.style))
        return _Mix(song, replace(sheet, settings=by_hand(song, sheet.settings)))
    decided = replace(record.decided, settings=by_hand(song, record.decided.settings))
    return _Mix(song, decided, record.overrides)


def rows(
    folder: str | Path, assignments: Sequence[str] = (), part: str = ""
) -> tuple[SheetRow, ...]:
    """A sheet as lines: room, parts in the order of the mix, master; values as they now are.

    Parameters
    ----------
    folder
        A package; of one without sound, what its style and plan decide.
    assignments
        Laid over all that was set by hand before.
    part
        Only this part, by id, role or name; empty for all.

    Raises
    ------
    AudioError
        If an assignment is wrong.
    FileFormatError
        If the folder holds no song.
    ProjectError
        If there is no such part.
    """
    from songwright.mix.controls import shown  # noqa: PLC0415 (loads the mixer)

    mix = _mix_of(folder)
    sheet = mix.sheet(assignments)
    parts = sheet.settings.parts
    chosen = mix.parts(part) if part else tuple(parts)
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
    mix = _mix_of(folder)
    everybody = tuple(mix.decided.settings.parts)

    def ids(names: Sequence[str]) -> list[str]:
        found: list[str] = []
        for name in names:
            found += everybody if name == ALL else mix.parts(name)
        return found

    silent = dict.fromkeys(ids(unmute), False)
    if solo:
        heard = set(ids(solo))
        silent.update({part: part not in heard for part in everybody})
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
    mix = _mix_of(parent)
    assignments = mix.by_id(assignments)
    mix.sheet(assignments)  # a wrong assignment is named before anything is made
    has = tuple(f for f in FORMATS if (parent / f"master.{f}").exists())
    target = parent if in_place else Path(out) if out is not None else next_folder(parent)
    judged = evaluation or (in_place and (parent / "evaluation.json").exists())
    return save(
        mix.song, target, True, tuple(formats or has or ("wav",)), progress, judged, parent,
        overrides=tuple(assignments),
    )  # fmt: skip
