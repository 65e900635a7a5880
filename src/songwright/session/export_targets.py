"""The writers of all exports: each makes its files in an empty folder."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from songwright.errors import OutputError
from songwright.export.naming import file_name, track_name
from songwright.export.tags import Tags, licence_with, sources_text, tags_of
from songwright.perform import Performance
from songwright.score import Score
from songwright.score.midi import write_midi
from songwright.score.notation import write_musicxml
from songwright.score.timemap import TimeMap
from songwright.session.song import Song
from songwright.units import TICKS_PER_BEAT

if TYPE_CHECKING:
    from songwright.export.tracks import Arrangement

MASTERS = ("master.wav", "master.flac", "master.mp3", "master.ogg")
"""Names of a package's finished file, the best format first."""

_SWUNG = 0.55


@dataclass
class Job:
    """What the writers of all targets need.

    ``notes`` collects what a person should know about the result.
    """

    song: Song
    package: Path
    out: Path
    engraver: str
    notes: list[str] = field(default_factory=list)

    @cached_property
    def performance(self) -> Performance:
        return self.song.perform()

    @property
    def score(self) -> Score:
        return self.song.score

    @property
    def name(self) -> str:
        return file_name(self.score.title)

    @property
    def swing(self) -> bool:
        return self.song.plan.swing > _SWUNG

    @cached_property
    def tags(self) -> Tags:
        return song_tags(self.song, self.package)

    def no_audio(self) -> str:
        return (
            f"{self.package} has no stems; compose with audio first: songwright compose … "
            f"--seed {self.song.seed} --out {self.package} (without --no-audio)"
        )


def song_tags(song: Song, package: Path | None = None) -> Tags:
    """What the files of a song say about themselves; ``package`` knows who played it."""
    from songwright.styles import style  # noqa: PLC0415 (reads the styles)

    score = song.score
    end = TimeMap.of(score).bar_start(score.bars)
    return tags_of(
        score.title, song.plan.tempo_bpm, score.keys, score.meters, style(song.plan.style).name,
        end / TICKS_PER_BEAT, song.plan.ending == "loop", licence_with(played_by(package)),
    )  # fmt: skip


def played_by(package: Path | None) -> tuple[str, ...]:
    """The soundfonts that were asked to play a package; none without a readable record."""
    from songwright.session.production.record import usable_record  # noqa: PLC0415 (the mixer)

    record = usable_record(package)
    return record.soundfont if record is not None else ()


def _dawproject(job: Job, folder: Path) -> None:
    from songwright.export.dawproject import write_dawproject  # noqa: PLC0415 (loads the mixer)

    piece = _arrangement(job)
    write_dawproject(piece, job.tags, folder / f"{job.name}.dawproject", folder)


def _reaper(job: Job, folder: Path) -> None:
    from songwright.export.reaper import MEDIA, reaper_project  # noqa: PLC0415
    from songwright.export.wav import write_tagged_wav  # noqa: PLC0415

    piece = _arrangement(job)
    stems = [(job.tags.of_part(t.name), t.stem) for t in piece.tracks]
    stems.append((job.tags, piece.reference))
    for tags, stem in stems:
        if stem is not None:
            (folder / MEDIA).mkdir(exist_ok=True)
            write_tagged_wav(stem.source, folder / MEDIA / stem.name, tags)
    # REAPER reads CR LF and LF alike; bytes must not depend on the system.
    text = reaper_project(piece).encode("utf-8")
    (folder / f"{job.name}.rpp").write_bytes(text)


def _arrangement(job: Job) -> Arrangement:
    from songwright.export.stems import find_reference, find_stems  # noqa: PLC0415
    from songwright.export.tracks import arrangement  # noqa: PLC0415
    from songwright.mix import mix_settings  # noqa: PLC0415
    from songwright.session.production.record import usable_record  # noqa: PLC0415
    from songwright.styles import style  # noqa: PLC0415

    stems = find_stems(job.score, job.package)
    if not stems:
        job.notes.append(f"notes only: {job.no_audio()}")
    record = usable_record(job.package)  # the mix as it was made, with what was set by hand
    planned = mix_settings(job.song.plan, style(job.song.plan.style))
    settings = record.settings if record is not None else planned
    reference = find_reference(job.package) if stems else None
    return arrangement(job.score, job.performance, settings, stems, reference)


def _stems(job: Job, folder: Path) -> None:
    from songwright.export.stems import find_stems, write_stems  # noqa: PLC0415

    stems = find_stems(job.score, job.package)
    if not stems:
        raise OutputError(job.no_audio())
    write_stems(job.score, stems, job.tags, folder)


def _master(job: Job, folder: Path) -> None:
    from songwright.export.tagging import write_tagged  # noqa: PLC0415

    found = [job.package / name for name in MASTERS if (job.package / name).exists()]
    if not found:
        raise OutputError(job.no_audio().replace("stems", "master"))
    for source in found:
        write_tagged(source, folder / f"{job.name}{source.suffix}", job.tags)


def _midi(job: Job, folder: Path) -> None:
    (folder / f"{job.name}.mid").write_bytes(write_midi(job.score, job.performance))
    (folder / f"{job.name} (as written).mid").write_bytes(write_midi(job.score))
    (folder / "Parts").mkdir()
    for number, part in enumerate(job.score.parts, start=1):
        name = file_name(track_name(number, part))
        alone = replace(job.score, parts=(part,))
        (folder / "Parts" / f"{name}.mid").write_bytes(write_midi(alone, job.performance))


def _musicxml(job: Job, folder: Path) -> None:
    (folder / f"{job.name}.musicxml").write_bytes(write_musicxml(job.score, swing=job.swing))


def _pdf(job: Job, folder: Path) -> None:
    from songwright.export.engraving import engrave  # noqa: PLC0415
    from songwright.export.players import players  # noqa: PLC0415

    title = job.score.title
    printed = players(job.score)
    whole = write_musicxml(job.score, swing=job.swing)
    subject = "Full score" if len(printed) > 1 else printed[0].name
    (folder / f"{job.name} - {file_name(subject)}.pdf").write_bytes(
        engrave(whole, title, subject, job.engraver)
    )
    if len(printed) == 1:
        return
    for number, player in enumerate(printed, start=1):
        notation = write_musicxml(player.score, swing=job.swing)
        data = engrave(notation, title, player.name, job.engraver)
        (folder / f"{job.name} - {number:02d} {file_name(player.name)}.pdf").write_bytes(data)


def _abc(job: Job, folder: Path) -> None:
    from songwright.export.abc import write_abc  # noqa: PLC0415
    from songwright.export.leadsheet import lead_sheet  # noqa: PLC0415

    tags = job.tags
    (folder / f"{job.name}.abc").write_text(write_abc(job.score, tags), "utf-8", newline="\n")
    sheet = write_abc(lead_sheet(job.score), tags)
    (folder / f"{job.name} (lead sheet).abc").write_text(sheet, "utf-8", newline="\n")


def _leadsheet(job: Job, folder: Path) -> None:
    from songwright.export.abc import write_abc  # noqa: PLC0415
    from songwright.export.engraving import engrave, engravers  # noqa: PLC0415
    from songwright.export.leadsheet import lead_sheet  # noqa: PLC0415

    sheet = lead_sheet(job.score)
    notation = write_musicxml(sheet, swing=job.swing)
    name = f"{job.name} - Lead sheet"
    (folder / f"{name}.musicxml").write_bytes(notation)
    (folder / f"{name}.abc").write_text(write_abc(sheet, job.tags), "utf-8", newline="\n")
    if engravers():
        pdf = engrave(notation, job.score.title, "Lead sheet", job.engraver)
        (folder / f"{name}.pdf").write_bytes(pdf)
    else:
        job.notes.append('no PDF: install the engraver with `pip install "songwright[notation]"`')


def _cue(job: Job, folder: Path) -> None:
    from songwright.export.cue import (  # noqa: PLC0415
        audacity_labels,
        cue_file,
        cue_sheet,
        markers_csv,
    )

    master = next((job.package / n for n in MASTERS if (job.package / n).exists()), None)
    if master is None:
        job.notes.append("the .cue file names master.wav, which this package does not have")
    audio = master or job.package / "master.wav"
    try:
        seen = Path(os.path.relpath(audio.absolute(), job.out)).as_posix()
    except ValueError:  # another drive
        seen = audio.absolute().as_posix()
    sources = sources_text(played_by(job.package))
    texts = {
        f"{job.name} - Cue sheet.txt": cue_sheet(job.score, job.tags, sources),
        f"{job.name} - Markers.csv": markers_csv(job.score),
        f"{job.name} - Labels.txt": audacity_labels(job.score),
        f"{job.name}.cue": cue_file(job.score, job.tags, seen),
    }
    for name, text in texts.items():
        (folder / name).write_text(text, "utf-8", newline="\n")


@dataclass(frozen=True, slots=True)
class Target:
    """One kind of export: its writer and what it is in a few words."""

    write: Callable[[Job, Path], None]
    summary: str


TARGETS: dict[str, Target] = {
    "dawproject": Target(_dawproject, "session for Bitwig Studio, Studio One, Cubase, n-Track"),
    "reaper": Target(_reaper, "REAPER project with its media"),
    "stems": Target(_stems, "aligned 24-bit stems, named and tagged"),
    "master": Target(_master, "the finished file, tagged"),
    "midi": Target(_midi, "MIDI: as played, as written, and each part"),
    "musicxml": Target(_musicxml, "notation for MuseScore, Dorico, Sibelius, Finale"),
    "pdf": Target(_pdf, "printed score and parts"),
    "leadsheet": Target(_leadsheet, "tune and chord symbols on one staff"),
    "abc": Target(_abc, "ABC notation: full and lead sheet"),
    "cue": Target(_cue, "cue sheet, CUE file, markers and labels of the sections"),
}
"""All exports by name."""
