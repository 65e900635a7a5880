"""Who wrote which file of Freedoom: its credits name levels, its files are called after them."""

from __future__ import annotations

import re

_LINE = re.compile(r"^\s*(E\dM\d|MAP\d\d|DM\d\d):\s*(.+)$")
_MADE_FROM = re.compile(r",? (?:remix of|based on|originally by|modified by) ")


def freedoom_credits(text: str) -> dict[str, str]:
    """Author of each file by its name without suffix (``d_e1m1``).

    Files whose level has no line of its own are not in the answer.
    """
    found: dict[str, str] = {}
    for line in text.splitlines():
        match = _LINE.match(line)
        if match is not None:
            made = _MADE_FROM.split(match[2])[0]
            found[f"d_{match[1].lower()}"] = made.rpartition(" by ")[2].strip()
    return found
