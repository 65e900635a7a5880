"""The hard constraints that every score must keep, whoever wrote it."""

from __future__ import annotations

from songwright.composition.plan import Plan
from songwright.errors import ScoreError
from songwright.score import Score
from songwright.theory.pitch import pitch_name


def check_score(score: Score, plan: Plan) -> None:
    """Raise if a note breaks its part's range, the piece's bars, or a section's cast.

    Raises
    ------
    ScoreError
        Naming the part, the bar and what is wrong.
    """
    bar = plan.meter.bar_ticks
    end = plan.bars * bar
    if sum(section.bars for section in plan.sections) != plan.bars:
        raise ScoreError("the sections do not add up to the bars of the piece")
    for part in score.parts:
        allowed = plan.part(part.id)
        spans = [(s.start_bar * bar, s.end_bar * bar) for s in plan.sections if part.id in s.parts]
        sounding: dict[int, int] = {}
        for note in part.notes:
            where = f"{part.id}, bar {note.onset_ticks // bar + 1}"
            if note.duration_ticks <= 0 or note.onset_ticks < 0 or note.end_ticks > end:
                raise ScoreError(f"{where}: a note lies outside the piece")
            if not allowed.low <= note.pitch <= allowed.high:
                raise ScoreError(
                    f"{where}: {pitch_name(note.pitch)} is outside "
                    f"{pitch_name(allowed.low)}–{pitch_name(allowed.high)}"
                )
            if not any(a <= note.onset_ticks < b for a, b in spans):
                raise ScoreError(f"{where}: the part has no notes in this section")
            if sounding.get(note.pitch, 0) > note.onset_ticks:
                raise ScoreError(f"{where}: {pitch_name(note.pitch)} is struck while it sounds")
            sounding[note.pitch] = note.end_ticks
