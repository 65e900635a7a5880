"""Full production of a chosen variant: the package of files, and what is in it as nodes."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path

from songwright import __version__
from songwright.audio import read_audio, write_audio
from songwright.errors import OutputError
from songwright.session.package import Package, save
from songwright.session.progress import Progress
from songwright.session.store import Node, Project, Variant
from songwright.session.variants.stages import nodes_of, song_of

_SOUND_TYPES = {"wav": "audio/wav", "flac": "audio/flac", "mp3": "audio/mpeg", "ogg": "audio/ogg"}


def finish(
    project: Project,
    name: str | Variant,
    out: str | Path = "",
    formats: Sequence[str] = ("wav",),
    progress: Progress | None = None,
) -> Package:
    """Render, mix and master a variant and write its package.

    Stems (as FLAC, without loss), mix, master, report and evaluation also become nodes of the
    project, and the variant holds them from then on (a step that can be undone).

    Parameters
    ----------
    out
        Folder for the package; empty takes ``finished/NAME`` in the project.
    formats
        Of the master: ``wav flac mp3 ogg``.

    Raises
    ------
    ProjectError
        If there is no such variant or it holds no piece.
    OutputError
        If the folder cannot be written or a format is unknown.
    """
    variant = project.variant(name)
    song = song_of(project, variant)
    folder = Path(out) if str(out) else project.folder / "finished" / variant.name
    package = save(song, folder, True, tuple(formats), progress)
    project.update(variant, _kept(project, variant, package, formats), f"finish as {folder.name}")
    return package


def _kept(
    project: Project, variant: Variant, package: Package, formats: Sequence[str]
) -> dict[str, Node]:
    nodes = nodes_of(project, variant)
    build = project.build()
    inputs = {"plan": nodes["plan"], "performance": nodes["performance"]}
    kept: dict[str, Node] = {}

    def content(file: str) -> bytes:
        try:
            return (package.folder / file).read_bytes()
        except OSError as error:
            raise OutputError(f"{package.folder / file} cannot be read back: {error}") from error

    def packed(file: str) -> bytes:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "sound.flac"
            write_audio(path, *read_audio(package.folder / file))
            return path.read_bytes()

    sounds = [("mix", "mix", "mix.wav")]
    sounds += [
        (f"stem:{Path(name).stem}", "stem", name)
        for name in package.files if name.startswith("stems/")
    ]  # fmt: skip
    for slot, kind, file in sounds:
        kept[slot] = build.make(
            kind, inputs, {"file": file}, __version__,
            lambda file=file: packed(file),  # type: ignore[misc]
            media_type=_SOUND_TYPES["flac"],
        )  # fmt: skip
    for form in formats:
        kept[f"master:{form}"] = build.make(
            "master", inputs, {"format": form}, __version__,
            lambda form=form: content(f"master.{form}"),  # type: ignore[misc]
            media_type=_SOUND_TYPES[form],
        )  # fmt: skip
    heard = {**inputs, "master": kept[f"master:{formats[0]}"]}
    for slot, kind, file in (("report", "report", "report.json"),
                             ("judgement", "evaluation", "evaluation.json")):  # fmt: skip
        kept[slot] = build.make(
            kind, heard, {"file": file}, __version__,
            lambda file=file: content(file),  # type: ignore[misc]
        )  # fmt: skip
    return kept
