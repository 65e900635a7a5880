"""The judge's remedies tried one at a time: those that help stay."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from songwright.errors import SongwrightError
from songwright.evaluate.comparison import rank
from songwright.evaluate.diagnosis import Finding, diagnose
from songwright.export import make_report
from songwright.score.midi import write_midi
from songwright.session.judge import controls_of, examine_song
from songwright.session.produce import produce
from songwright.session.refine.kinds import apply
from songwright.session.refine.options import edits_of, read_arguments
from songwright.session.song import Song

if TYPE_CHECKING:
    from songwright.evaluate.judgement import Judgement
    from songwright.session.progress import Progress

_WORSE = 0.02
"""Fall of the grade that a remedy may cost: measures of a piece this short waver by as much."""


@dataclass(frozen=True, slots=True)
class Trial:
    """One remedy: what it was for, what it did to the finding and to the grade.

    ``severity_after`` is 0 where the finding is gone; ``grade`` 0..1 as in `compare`; ``note`` says
    why a remedy could not be tried.
    """

    finding: str
    arguments: str
    severity_before: float
    severity_after: float
    grade_before: float
    grade_after: float
    kept: bool
    note: str = ""


@dataclass(frozen=True, slots=True)
class Fixed:
    """The song with the remedies that helped, and all trials."""

    song: Song
    trials: tuple[Trial, ...]


def fix(
    song: Song, folder: Path | None = None, progress: Progress | None = None, most: int = 8
) -> Fixed:
    """Apply the fixes that the judge proposes, one at a time, and keep those that help.

    A remedy helps when its finding becomes less severe and the grade does not fall.

    Parameters
    ----------
    song
        The song.
    folder
        Its package; with stems in it findings of the sound are tried too, by rendering what
        changes. Without, only findings of the notes.
    progress
        Told about each trial.
    most
        Trials at most, the gravest findings first.
    """
    trials: list[Trial] = []
    tried: set[str] = set()
    with tempfile.TemporaryDirectory(prefix="songwright-fix-") as scratch:
        place = Path(scratch)
        has_sound = folder is not None and (folder / "stems").is_dir()
        source = folder if has_sound else None
        current = song
        judged = _judged(current, folder if has_sound else None, place / "notes")
        while len(trials) < most:
            finding = next((f for f in diagnose(judged) if f.id not in tried), None)
            if finding is None:
                break
            tried.add(finding.id)
            if progress is not None:
                progress(finding.name, len(trials) / most)
            try:
                edits = edits_of(_fitting(finding, current), current.plan)
                after = apply(current, *edits)
                where = None
                if source is not None:
                    where = place / f"trial-{len(trials)}"
                    where.mkdir()
                    produce(after, after.perform(), where, ("wav",), _silent, parent=source)
                verdict = _judged(after, where, place / "notes")
            except SongwrightError as error:
                trials.append(_refused(finding, judged, str(error)))
                continue
            before, now = _grades(judged, verdict)
            left = _severity(verdict, finding.id)
            kept = left < finding.severity - 1e-9 and now >= before - _WORSE
            trials.append(Trial(
                finding.name, finding.refine, finding.severity, left, before, now, kept
            ))  # fmt: skip
            if kept:
                current, judged = after, verdict
                if where is not None:
                    source = where
    return Fixed(current, tuple(trials))


def _silent(stage: str, share: float) -> None:
    """Report to nobody."""


def _judged(song: Song, folder: Path | None, empty: Path) -> Judgement:
    """The judgement of a song whose sound, if there is any, lies in a folder."""
    empty.mkdir(exist_ok=True)
    place = folder or empty
    performance = song.perform()
    if not (place / "song.mid").exists() or place == empty:
        (place / "song.mid").write_bytes(write_midi(song.score, performance))
    report = make_report(song.brief, song.plan, song.score, place)
    return examine_song(song, performance, place, controls_of(report)).judgement


def _grades(before: Judgement, after: Judgement) -> tuple[float, float]:
    ranked = {row.name: row.grade for row in rank([("before", before), ("after", after)])}
    return ranked["before"], ranked["after"]


def _severity(judgement: Judgement, name: str) -> float:
    return next((f.severity for f in diagnose(judgement) if f.id == name), 0.0)


def _refused(finding: Finding, judged: Judgement, why: str) -> Trial:
    grade = _grades(judged, judged)[0]
    return Trial(
        finding.name, finding.refine, finding.severity, finding.severity, grade, grade, False, why
    )


def _fitting(finding: Finding, song: Song) -> dict[str, object]:
    """The remedy's options; a section that this form lacks becomes one where the fault shows."""
    options: dict[str, object] = read_arguments(finding.refine)
    letters = [s.letter for s in song.plan.sections]
    named = {s.function for s in song.plan.sections} | set(letters)
    if "section" in options and options["section"] not in named:
        again = [x for x in letters if letters.count(x) > 1]
        bars = [b for span in finding.bars for b in span[:1]]
        shown = [song.plan.section_at(b).id for b in bars]
        last = [s.id for s in song.plan.sections if s.letter in again and s.occurrence > 0]
        options["section"] = (last or shown or [song.plan.sections[-1].id])[0]
    return options


def table(trials: Sequence[Trial]) -> list[tuple[str, ...]]:
    """Rows for people: finding, remedy, severity and grade before and after, verdict."""
    return [
        (t.finding, t.arguments, f"{t.severity_before:.2f} → {t.severity_after:.2f}",
         f"{t.grade_before:.2f} → {t.grade_after:.2f}",
         "kept" if t.kept else t.note or "did not help")
        for t in trials
    ]  # fmt: skip
