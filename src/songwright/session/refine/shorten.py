"""Which bars of a piece stay when it is made shorter: the hook and a real close before all."""

from __future__ import annotations

from collections.abc import Sequence

from songwright.composition import SectionPlan

_TELLING = {
    "chorus": 3.0, "drop": 3.0, "hook": 3.0, "post-chorus": 2.5, "A": 2.2, "verse": 2.0,
    "theme": 2.5, "B": 1.6, "bridge": 1.2, "solo": 1.2, "pre-chorus": 1.0, "build": 1.0,
    "breakdown": 0.6, "interlude": 0.6, "intro": 0.4, "outro": 0.3,
}  # fmt: skip
_HEARD_BEFORE = 0.5

Stretch = tuple[int, int, int]
"""Index of a section, first bar of the piece, number of bars."""


def shorter(sections: Sequence[SectionPlan], wanted: int) -> list[Stretch]:
    """Bars of a shorter version, in the order of the piece.

    The last bars stay, because they close, and the most telling section, or its beginning. Then
    whole sections are taken (a chorus before a verse, a verse before an intro, the first time
    before a return), and what is left of the length goes to the close.

    Parameters
    ----------
    sections
        The sections of the piece, in order.
    wanted
        Bars to keep: at least 1, at most as many as there are.
    """
    close = len(sections) - 1
    tail = min(sections[close].bars, max(1, min(4, wanted // 3)), wanted)
    taken = {close: tail}
    order = sorted(range(close), key=lambda i: (-_worth(sections, i), i))
    for place, i in enumerate(order):
        room = wanted - sum(taken.values())
        if room > 0 and (place == 0 or sections[i].bars <= room):
            taken[i] = min(sections[i].bars, room)
    for i in (close, *order):  # the close grows to its whole length first
        room = wanted - sum(taken.values())
        have = taken.get(i, 0)
        if room > 0 and (have or i != close):
            taken[i] = min(sections[i].bars, have + room)
    return [_stretch(sections[i], i, taken[i], i == close) for i in sorted(taken)]


def _worth(sections: Sequence[SectionPlan], i: int) -> float:
    section = sections[i]
    heard = any(other.letter == section.letter for other in sections[:i])
    return (_TELLING.get(section.function, 1.0) + section.energy) * (_HEARD_BEFORE if heard else 1)


def _stretch(section: SectionPlan, index: int, bars: int, closes: bool) -> Stretch:
    """The end of the section that closes the piece, the beginning of any other."""
    first = section.end_bar - bars if closes else section.start_bar
    return index, first, bars
