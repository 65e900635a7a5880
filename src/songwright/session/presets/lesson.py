"""A teaching example: the piece with its analysis and questions to ask about it."""

from __future__ import annotations

from songwright.export.lesson_page import lesson_html
from songwright.session.presets.making import Making


def lesson(making: Making) -> None:
    """Write a page on form, harmony, theme and texture, with questions and their answers."""
    making.tell("analysis")
    path = making.folder / "analysis.html"
    song = making.song
    path.write_text(lesson_html(song.plan, song.score), "utf-8")
    making.deliver(path, "form, harmony, theme and texture of the piece, with questions")
