"""Numbers as people write them: digits, decimals, and English number words."""

from __future__ import annotations

import re

_UNITS = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
    "sixteen seventeen eighteen nineteen"
).split()
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
_VALUES = (
    {word: i for i, word in enumerate(_UNITS)}
    | {word: 20 + 10 * i for i, word in enumerate(_TENS)}
    | {"fourty": 40, "dozen": 12, "hundred": 100, "thousand": 1000}
)
_WORD = "(?:" + "|".join(sorted(_VALUES, key=len, reverse=True)) + ")"

NUMBER = (
    rf"(?:\d{{1,7}}(?:[.,]\d{{1,4}})?|"
    rf"(?:a )?{_WORD}\b(?:(?:(?<=hundred) and |[ -]){_WORD}\b){{0,4}})"
)
"""Pattern of one number, for folded text."""

TO = r"(?: ?(?:-|to|through|until|bis|and|or) ?)"
"""Pattern of what stands between the two ends of a range."""


def is_range(match: re.Match[str]) -> bool:
    """False if "and" or "or" only joins two numbers: a range with "and" begins with "between"."""
    joint = match.string[match.end("low") : match.start("high")]
    return " and " not in joint or "between " in match.group()


def read_number(text: str) -> float:
    """Value of text that matches `NUMBER`: ``"1.5"``, ``"ninety"``, ``"a hundred and twenty"``."""
    words = text.strip()
    if words[:1].isdigit():
        return float(words.replace(",", "."))
    total = 0.0
    for word in re.split(r"[ -]+", words):
        if word in ("a", "and"):
            total = max(total, 0.0)
        elif word in ("hundred", "thousand", "dozen"):
            total = max(1.0, total) * _VALUES[word]
        else:
            total += _VALUES[word]
    return total


def plain(value: float) -> str:
    """A number without needless decimals."""
    return f"{value:g}"
