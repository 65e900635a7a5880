"""Chord charts as people keep them: a file or text, sections under headings, a chord a bar."""

from __future__ import annotations

import re
from pathlib import Path

from songwright.errors import BriefError

_FILE = re.compile(r"[^|\n]+\.(?:txt|md|text|chart|cho|crd)", re.IGNORECASE)
_HEADING = re.compile(r"\[ *([A-Za-z][A-Za-z -]*?) *\d* *\] *:?|([A-Za-z][A-Za-z -]*?) *\d* *:")
_LONGEST_NAME = 500


def chart_of(text: str) -> str:
    """The chart that an option holds or names, in the form that a brief reads.

    Sections may stand under headings (``[Verse]`` or ``Verse 1:`` on a line of its own); a heading
    without chords repeats the section of that name. Where no bar line is drawn anywhere, each chord
    is a bar, as in a chart on one line.

    Parameters
    ----------
    text
        The chart, or the name of a text file that holds it.

    Raises
    ------
    BriefError
        If it names a file that cannot be read.
    """
    return _in_one_form(_contents(text))


def _contents(text: str) -> str:
    """The text itself, or what a file of that name holds."""
    try:
        path = Path(text)
        if len(text) < _LONGEST_NAME and path.is_file():
            return path.read_text("utf-8")
        reason = "no such file"
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "it is no text in UTF-8"
        if not _FILE.fullmatch(text):
            return text
    if _FILE.fullmatch(text.strip()):
        raise BriefError(f"the chord chart {text} cannot be read: {reason}")
    return text


def _in_one_form(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if len(lines) < 2:
        return text
    if "|" not in text:
        lines = [line if _HEADING.match(line) else " | ".join(line.split()) for line in lines]
    if not any(_HEADING.fullmatch(line) for line in lines):
        return "\n".join(lines)
    sections: list[tuple[str, list[str]]] = []
    for line in lines:
        heading = _HEADING.fullmatch(line)
        if heading is not None:
            sections.append(((heading[1] or heading[2]).lower(), []))
        elif sections:
            sections[-1][1].append(line.strip("| "))
        else:
            return "\n".join(lines)  # chords above the first heading: said by the reader of charts
    known: dict[str, str] = {}
    rows = []
    for name, bars in sections:
        chart = " | ".join(bars) or known.get(name, "")
        known[name] = chart
        rows.append(f"{name}: {chart}")
    return "\n".join(rows)
