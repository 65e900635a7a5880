"""A further master of a package that is there: another place, another sound, no rendering."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path

from songwright.audio import AudioSource, FileSource
from songwright.errors import FileFormatError, OutputError
from songwright.export.tagging import write_tagged
from songwright.mix import MasterReport, MixSettings
from songwright.mix.master import master_buses
from songwright.mix.mastering.reference import read_reference
from songwright.mix.mastering.tables import buses, delivery
from songwright.session.export_targets import song_tags
from songwright.session.package import FORMATS
from songwright.session.production.mastered import write_files
from songwright.session.production.record import MixRecord, read_record
from songwright.session.production.sums import BusSums
from songwright.session.song import load

_MUSIC = "music"
_REFERENCE = "reference"


@dataclass(frozen=True, slots=True)
class Mastered:
    """The written files and what mastering did."""

    files: tuple[Path, ...]
    report: MasterReport


def master_again(
    package: str | Path,
    target: str = "",
    reference: str | Path | None = None,
    formats: Sequence[str] = ("wav",),
) -> Mastered:
    """Write ``master-TARGET.*`` beside the masters of a package, from its stems.

    Parameters
    ----------
    package
        A folder with ``stems`` and ``mix.json``, or at least with ``mix.wav``.
    target
        Place of delivery (`songwright.mix.mastering.tables.deliveries`).
    reference
        A recording whose tone, width and dynamics are matched; without ``target`` its loudness,
        too. The files are then called ``master-reference.*``, or ``master-TARGET-reference.*``.
    formats
        ``wav flac mp3 ogg``.

    Raises
    ------
    OutputError
        If neither is given, a name is unknown, or a file cannot be written.
    FileFormatError
        If the package has no sound or is damaged, or the reference cannot be used.
    """
    if not target and reference is None:
        raise OutputError("say where the master goes (--target) or what it is like (--reference)")
    unknown = [name for name in formats if name not in FORMATS]
    if unknown or not formats:
        raise OutputError(f"unknown audio format; choose from {', '.join(FORMATS)}")
    place = delivery(target)
    heard = read_reference(reference) if reference is not None else None
    folder = Path(package)
    record = read_record(folder)
    settings = _settings(folder, record)
    settings = replace(settings, master=place.applied_to(settings.master))
    with ExitStack() as open_files:
        sources, rate = _sources(folder, record, open_files)
        master, report = master_buses(
            sources, settings, rate, reference=heard, match_loudness=not target,
            low_cut_hz=place.low_cut_hz, folder=folder,
        )  # fmt: skip
        try:
            name = "-".join(["master", *([_name(target)] if target else []),
                             *([_REFERENCE] if heard is not None else [])])  # fmt: skip
            paths = tuple(folder / f"{name}.{form}" for form in formats)
            write_files(master, paths, rate, place.bits, settings.seed)
        finally:
            master.close()
    _tag(folder, paths)
    return Mastered(paths, report)


def _name(target: str) -> str:
    return target.strip().lower().replace("-", "_")


def _settings(folder: Path, record: MixRecord | None) -> MixSettings:
    if record is not None:
        return replace(record.settings, master=record.master)
    try:
        return MixSettings(ending=load(folder).plan.ending)
    except FileFormatError:
        return MixSettings()  # a folder of plain audio


def _sources(
    folder: Path, record: MixRecord | None, open_files: ExitStack
) -> tuple[dict[str, AudioSource], int]:
    """The buses of a package, read from its stems; without a record the whole mix as one."""
    paths: dict[str, list[Path]] = {}
    if record is not None:
        for part, stem in record.stems.items():
            paths.setdefault(stem.bus, []).append(folder / "stems" / f"{part}.wav")
    if not paths or not all(path.exists() for group in paths.values() for path in group):
        if not (folder / "mix.wav").exists():
            raise FileFormatError(f"{folder} holds no stems and no mix.wav; compose with audio")
        mix = open_files.enter_context(FileSource(folder / "mix.wav"))
        return {_MUSIC: mix}, mix.sample_rate_hz
    with ExitStack() as stems:
        opened = {
            bus: [stems.enter_context(FileSource(path)) for path in group]
            for bus, group in paths.items()
        }
        shapes = {(s.frames, s.sample_rate_hz) for group in opened.values() for s in group}
        if len(shapes) > 1:
            raise FileFormatError(f"the stems in {folder / 'stems'} differ in length or rate")
        frames, rate = shapes.pop()
        sums = open_files.enter_context(BusSums(frames, folder, rate))
        for bus in buses():
            for source in opened.get(bus, ()):
                sums.add(bus, source)
    return sums.sources, rate


def _tag(folder: Path, paths: Sequence[Path]) -> None:
    if not (folder / "song.json").exists():
        return
    tags = song_tags(load(folder), folder)
    for path in paths:
        tagged = path.with_name(f".tagged-{path.name}")
        try:
            write_tagged(path, tagged, tags)
            tagged.replace(path)
        finally:
            tagged.unlink(missing_ok=True)
