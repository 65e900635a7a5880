"""A song file that was damaged or written by hand is refused with what is wrong in it.

The types of its fields are checked when it is decoded; here is what no type says: notes inside the
piece, values that MIDI has, part ids that can name the files of stems.
"""

from __future__ import annotations

import math
import re

from songwright.errors import FileFormatError
from songwright.score import Note, Part, Score
from songwright.score.timemap import TimeMap

_FILE_NAME = re.compile(r"[^/\\:\x00-\x1f\x7f]{1,120}")


def check_score(score: Score, what: str) -> None:
    """Refuse a score that cannot be played, printed or stored; ``what`` names the file.

    Raises
    ------
    FileFormatError
        With the first thing that is wrong.
    """
    wrong = _wrong_clock(score) or _wrong_ids([part.id for part in score.parts])
    if not wrong:
        end = TimeMap.of(score).bar_start(score.bars)
        wrong = next((found for part in score.parts if (found := _wrong_note(part, end))), "")
    if wrong:
        raise FileFormatError(f"{what} is damaged: {wrong}")


def _wrong_clock(score: Score) -> str:
    for name, changes in (("tempo", score.tempos), ("metre", score.meters)):
        ticks = [change.tick for change in changes]
        if not ticks or ticks[0] != 0 or ticks != sorted(ticks):
            return f"its {name} changes do not run from tick 0 on"
    if not all(math.isfinite(change.bpm) and change.bpm > 0.0 for change in score.tempos):
        return "a tempo is not above 0"
    return "" if score.bars > 0 else "it has no bar"


def _wrong_ids(ids: list[str]) -> str:
    if len(set(ids)) < len(ids):
        return "two parts have the same id"
    bad = [name for name in ids if not _FILE_NAME.fullmatch(name) or name.strip(". ") == ""]
    return f"the part id {bad[0]!r} cannot be the name of a file" if bad else ""


def _wrong_note(part: Part, end_ticks: int) -> str:
    for note in part.notes:
        if not _possible(note, end_ticks):
            return (
                f"part {part.id!r} has a note of pitch {note.pitch} and velocity {note.velocity} "
                f"at tick {note.onset_ticks} that lasts {note.duration_ticks} ticks, in a piece "
                f"of {end_ticks} ticks"
            )
    return ""


def _possible(note: Note, end_ticks: int) -> bool:
    return (
        0 <= note.pitch <= 127
        and 1 <= note.velocity <= 127
        and 0 <= note.onset_ticks < end_ticks
        and note.duration_ticks > 0
    )
