"""Titles: 'called "Nightfall"', 'title: Nightfall'."""

from __future__ import annotations

import re

from songwright.brief.offers import NAMED
from songwright.brief.text import Reading

LONGEST_TITLE = 120

_QUOTED = re.compile(
    r"(?:,? ?\b(?:called|titled|entitled|named|title(?:d)?(?: is)? ?:?|with the title|"
    r"under the title) ?)"
    r"(?:\"(?P<double>[^\"]{1,120})\"|'(?P<single>[^']{1,120})'(?![a-z]))",
    re.IGNORECASE,
)
_HEADING = re.compile(r"^\"(?P<double>[^\"]{1,120})\"(?P<single>) ?(?:[:,-]|is\b|$)")
_LABELLED = re.compile(r"\btitle ?[:=] ?(?P<title>[^,;.|]{1,120})", re.IGNORECASE)


def read_title(reading: Reading) -> None:
    """Claim a title, so that its words are not taken for moods."""
    for pattern in (_QUOTED, _HEADING):
        for match in reading.find(pattern, cased=True):
            title = (match["double"] or match["single"]).strip()
            if title:
                reading.offer("title", title, title, match.span(), NAMED)
    for match in reading.find(_LABELLED, cased=True):
        title = match["title"].strip()
        if title:
            reading.offer("title", title, title, match.span(), NAMED)
