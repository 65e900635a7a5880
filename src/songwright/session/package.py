"""The output package of a piece: one folder with everything, written beside and then renamed."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from songwright.errors import FileFormatError, OutputError
from songwright.export import Report, make_report, report_html
from songwright.perform import performance_of_midi
from songwright.score.codec import encode
from songwright.score.midi import write_midi
from songwright.score.notation import write_musicxml
from songwright.session.collection import collection_paused
from songwright.session.folder import replacing
from songwright.session.progress import Progress
from songwright.session.song import Song

if TYPE_CHECKING:
    from songwright.perform import Performance
    from songwright.session.judge import Examined

FORMATS = ("wav", "flac", "mp3", "ogg")


@dataclass(frozen=True, slots=True)
class Package:
    """A written package: its folder, its files and its report."""

    folder: Path
    files: tuple[str, ...]
    report: Report | None


def _silent(stage: str, share: float) -> None:
    """Report to nobody."""


def save(
    song: Song,
    out: str | Path,
    audio: bool = True,
    formats: Sequence[str] = ("wav",),
    progress: Progress | None = None,
    evaluation: bool = True,
    parent: Path | None = None,
    soundfont: str | Sequence[str] | None = None,
    target: str = "",
    overrides: Sequence[str] = (),
) -> Package:
    """Write ``song.json song.mid song.musicxml report.json report.html`` and, with ``audio``,
    ``stems/*.wav mix.wav mix.json master.*``; with ``evaluation`` also what the judge says of
    them, ``evaluation.json evaluation.html``. ``parent`` is the package that a song was made from:
    what was decided of its mix stays, and stems that have not changed are taken from it.
    ``soundfont`` is what was asked to play instead of our own instruments (see
    `songwright.render.soundfonts.sources_for`), ``target`` the place of delivery ("film"),
    ``overrides`` assignments to the mix by hand ("bass.level_db-=2").

    Raises
    ------
    OutputError
        If the folder cannot be written or a format is unknown; an older result stays as it was.
    """
    unknown = [f for f in formats if f not in FORMATS]
    if unknown or not formats:
        raise OutputError(
            f"unknown audio format {', '.join(unknown) or '(none)'}; "
            f"choose from {', '.join(FORMATS)}"
        )
    check_target(target)
    tell = progress or _silent
    with replacing(Path(out)) as folder:
        performance = _write_notes(song, folder, tell)
        if audio:
            _sound(song, performance, folder, formats, tell, parent, soundfont, target, overrides)
            _tag_masters(song, folder)
        tell("measuring", 0.92)
        with collection_paused():
            report = make_report(song.brief, song.plan, song.score, folder)
        (folder / "report.json").write_bytes(encode(report, indent=1))
        found = None
        if evaluation:
            tell("judging", 0.95)
            found = _evaluate(song, performance, report, folder)
        judgement, curves = (found.judgement, found.curves) if found else (None, None)
        (folder / "report.html").write_text(
            report_html(report, song.plan, song.score, folder, judgement, curves),
            encoding="utf-8",
        )
        files = tuple(
            sorted(str(p.relative_to(folder).as_posix()) for p in folder.rglob("*") if p.is_file())
        )
    tell("done", 1.0)
    return Package(Path(out), files, report)


@collection_paused()
def _write_notes(song: Song, folder: Path, tell: Progress) -> Performance:
    """``song.json song.mid song.musicxml``; returns the piece as played."""
    tell("performing", 0.02)
    performance = song.perform()
    (folder / "song.json").write_bytes(song.to_json())
    (folder / "song.mid").write_bytes(write_midi(song.score, performance))
    tell("engraving", 0.05)
    swung = song.plan.swing > 0.55
    (folder / "song.musicxml").write_bytes(write_musicxml(song.score, swing=swung))
    return performance


def _sound(
    song: Song,
    performance: Performance,
    folder: Path,
    formats: Sequence[str],
    tell: Progress,
    parent: Path | None,
    soundfont: str | Sequence[str] | None,
    target: str,
    overrides: Sequence[str],
) -> None:
    """Stems, mix and master; only what differs from the parent's is made."""
    from songwright.render.soundfonts import sources_for  # noqa: PLC0415 (numba is slow to load)
    from songwright.session.produce import produce  # noqa: PLC0415 (the same)
    from songwright.session.production.record import usable_record  # noqa: PLC0415 (the same)

    record = usable_record(parent)
    asked = (soundfont,) if isinstance(soundfont, str) else tuple(soundfont or ())
    if not asked and record is not None:
        asked = record.soundfont  # a refined song is played by whoever played it before
    produce(
        song, performance, folder, formats, tell, sources_for(asked), soundfont=asked,
        target=target, overrides=overrides, parent=parent,
    )  # fmt: skip


def check_target(name: str) -> None:
    """Refuse an unknown place of delivery before anything is made.

    Raises
    ------
    OutputError
        If there is none of that name.
    """
    if name:
        from songwright.mix.mastering.tables import delivery  # noqa: PLC0415 (loads the mixer)

        delivery(name)


def _tag_masters(song: Song, folder: Path) -> None:
    """Let the finished files say what they are."""
    from songwright.export.tagging import write_tagged  # noqa: PLC0415 (only with audio)
    from songwright.session.export_targets import song_tags  # noqa: PLC0415 (only with audio)

    for master in sorted(folder.glob("master.*")):
        tagged = master.with_name(f"tagged-{master.name}")
        write_tagged(master, tagged, song_tags(song, folder))
        tagged.replace(master)


def _evaluate(song: Song, performance: Performance, report: Report, folder: Path) -> Examined:
    """Write the two files of the evaluation beside what they judge."""
    from songwright.export.evaluation_data import evaluation_data  # noqa: PLC0415
    from songwright.export.evaluation_page import evaluation_html  # noqa: PLC0415
    from songwright.session.judge import controls_of, examine_song  # noqa: PLC0415 (NumPy, Numba)

    found = examine_song(song, performance, folder, controls_of(report))
    data = evaluation_data(found.source, found.title, found.judgement)
    text = json.dumps(data, ensure_ascii=False, allow_nan=False, indent=1)
    (folder / "evaluation.json").write_text(text + "\n", encoding="utf-8")
    page = evaluation_html(
        found.title, found.judgement, score=found.score, plan=found.plan,
        performance=performance, curves=found.curves, piece=found.piece,
    )  # fmt: skip
    (folder / "evaluation.html").write_text(page, encoding="utf-8")
    return found


def render_midi(
    midi: str | Path,
    out: str | Path,
    formats: Sequence[str] = ("wav",),
    progress: Progress | None = None,
    soundfont: str | Sequence[str] | None = None,
    target: str = "",
) -> Package:
    """Play any MIDI file through the same instruments, mix and mastering.

    Writes ``stems/*.wav mix.wav mix.json master.*`` into folder ``out``. ``soundfont`` and
    ``target`` are as in `save`.

    Raises
    ------
    FileFormatError
        If the file cannot be read as MIDI.
    """
    from songwright.render.soundfonts import sources_for  # noqa: PLC0415 (numba is slow to load)
    from songwright.session.produce import produce_performance  # noqa: PLC0415

    try:
        data = Path(midi).read_bytes()
    except OSError as error:
        raise FileFormatError(f"{midi} cannot be read: {error.strerror}") from error
    check_target(target)
    sources = sources_for(soundfont)
    asked = (soundfont,) if isinstance(soundfont, str) else tuple(soundfont or ())
    performance = performance_of_midi(data)
    if not any(part.notes for part in performance.parts):
        raise FileFormatError(f"{midi} holds no notes; there is nothing to play")
    with replacing(Path(out), marker="mix.wav") as folder:
        produce_performance(
            performance, folder, formats, progress or _silent, sources, soundfont=asked,
            target=target,
        )  # fmt: skip
        files = tuple(sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*.*")))
    return Package(Path(out), files, None)
