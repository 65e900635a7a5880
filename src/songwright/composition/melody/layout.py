"""The plan of a theme: which cells it is made of and where its phrases begin and end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

# Cells of a theme by how many there are. Lower case is material; the mark after it the treatment:
# ' sequence, ^ inversion, ~ rhythm varied, ! head fragmented, . cadence, - rest.
SCHEMES: dict[str, dict[int, tuple[str, ...]]] = {
    "sentence": {
        1: ("a.",),
        2: ("a c.",),
        3: ("a a' c.", "a b c."),
        4: ("a a' a! c.", "a a' b c.", "a a^ a! c."),
        8: ("a a' b b. a a' a! c.", "a a' a! b. d d' a! c.", "a b a' b. a! a! b' c."),
    },
    "period": {
        1: ("a.",),
        2: ("a c.",),
        3: ("a a' c.", "a b c."),
        4: ("a b a c.", "a b a' c.", "a b a~ c."),
        8: ("a b a' b. a b d c.", "a a' b b. a a' d c.", "a b d b. a b a! c."),
    },
    "aaba": {
        1: ("a.",),
        2: ("a a.",),
        3: ("a b a.",),
        4: ("a a' b a.", "a a~ b c."),
        8: ("a b a b. d d' a c.", "a a' b b. d d' a c."),
    },
    "aab": {
        1: ("a.",),
        2: ("a b.",),
        3: ("a a~ b.",),
        4: ("a - a~ c.", "a a' b c."),
        6: ("a - a - b c.", "a - a - b c.", "a - a~ - b c.", "a - a' - b c."),
        8: ("a - a~ - b b' a c.",),
        12: ("a a' - - a a~ - - b b' c c.",),
    },
    "loop": {
        1: ("a.",),
        2: ("a a~", "a a'"),
        4: ("a a' a a.", "a a~ a b", "a b a b."),
        8: ("a a' a b. a a' a! c.", "a b a b. a b a' c."),
    },
    "free": {
        1: ("a.",),
        2: ("a c.",),
        3: ("a a' c.", "a b c."),
        4: ("a b b' c.", "a b d c.", "a a^ b c."),
        8: ("a b b' d. e e' f c.", "a b d d. b' e a^ c."),
    },
    "solo": {
        1: ("a.",),
        2: ("a b.",),
        3: ("a b c.",),
        4: ("a a' b d.", "a b b' d.", "- a b c."),
        6: ("a a b a~ d e.", "a - a b b' c.", "a a' a! b b c."),
        8: ("a a' b d. e e' f c.", "a b - d d' e f c.", "- a b b' d e e~ c.", "a b d - e e' f c."),
    },
    "intro": {
        1: ("a",),
        2: ("a -", "a a~", "- a"),
        4: ("a - a' -", "a - a' b.", "- a - a!"),
    },
    "outro": {
        1: ("a.",),
        2: ("a c.", "a a."),
        4: ("a a' a! c.", "a - a~ c.", "a! a! - c."),
    },
}


@dataclass(frozen=True, slots=True)
class CellPlan:
    """A cell before it is written: its label, length, and whether it opens or ends a phrase."""

    label: str
    bars: int
    starts: bool
    ends: bool


def layout(phrases: Sequence[int], scheme: str, cell_bars: int, rng: Random) -> list[CellPlan]:
    """The cells of a section whose phrases have these lengths in bars."""
    sizes: list[tuple[int, bool, bool]] = []
    for bars in phrases:
        parts = [cell_bars] * (bars // cell_bars)
        if rest := bars % cell_bars:
            parts.append(rest)
        sizes += [(size, k == 0, k == len(parts) - 1) for k, size in enumerate(parts)]
    labels = _labels(scheme, len(sizes), rng)
    cells = []
    for k, (size, starts, ends) in enumerate(sizes):
        label = labels[k]
        is_last = k == len(sizes) - 1
        if is_last and scheme != "intro" and label != "-":
            label = label[0] + "."
        elif label.endswith(".") and not ends:
            label = label[0] + "~"  # a close in the middle of a phrase goes on instead
        after_rest = k > 0 and labels[k - 1] == "-"
        before_rest = k + 1 < len(sizes) and labels[k + 1] == "-"
        cells.append(CellPlan(label, size, starts or after_rest, ends or before_rest))
    return cells


def _labels(scheme: str, count: int, rng: Random) -> list[str]:
    """Labels for so many cells: the scheme's own, or its halves and their repetition."""
    table = SCHEMES[scheme]
    if count in table:
        return rng.choice(table[count]).split()
    whole = max((n for n in table if n < count), default=1)
    return _labels(scheme, whole, rng) + _labels(scheme, count - whole, rng)
