"""A brief as rows for a table."""

from __future__ import annotations

from songwright.brief.model import Brief


def describe(brief: Brief) -> list[tuple[str, str, str]]:
    """Rows ``(control, words, value)``: what was heard, then clashes, then what was not understood.

    Words from a field or a scene say so in brackets.
    """
    rows = [
        (h.control, h.words + ("" if h.source == "prompt" else f" [{h.source}]"), h.value)
        for h in brief.heard
    ]
    rows += [("conflict", "", sentence) for sentence in brief.conflicts]
    rows += [("not understood", words, "") for words in brief.not_understood]
    return rows
