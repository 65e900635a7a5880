"""Phrases of a theme as the melody model writes them: stretches of bars, and what each is like.

The same schemes that lay out the cells of written themes (sentence, period, aaba …) say how the
phrases of a sampled one are related: a letter that returns is heard against its first statement
and keeps to it as closely as its mark says.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from songwright.composition.melody.layout import CellPlan

_LIKENESS = {"": 0.95, "'": 0.8, "~": 0.75, "!": 0.6, "^": 0.5, ".": 0.5}
"""How like its first statement a cell is, by the mark of its label (see ``SCHEMES``)."""
_CONTRAST = 0.15  # likeness of new material to the phrase before it
_LONGEST = 4  # bars of a phrase that is sampled in one go

Stretch = tuple[int, int]
"""First bar and number of bars."""


@dataclass(frozen=True, slots=True)
class Phrase:
    """A stretch of a theme.

    ``source`` is the earlier stretch that it is heard against, ``likeness`` 0..1 how like that one
    it should be; ``mark`` says how it develops it (see ``SCHEMES``; None for new material).
    ``starts`` and ``ends`` say whether a sung phrase does there; ``is_last`` and ``is_climax``
    whether it ends the theme or holds its highest note.
    """

    start_bar: int
    bars: int
    source: Stretch | None
    likeness: float
    mark: str | None
    starts: bool
    ends: bool
    is_last: bool
    is_climax: bool

    @property
    def stretch(self) -> Stretch:
        return self.start_bar, self.bars


def phrases_of(cells: Sequence[CellPlan]) -> tuple[Phrase, ...]:
    """The phrases of a layout of cells; cells of rest belong to none.

    Two neighbours of new material are sampled together, so that the line flows on.
    """
    groups: list[tuple[int, list[CellPlan]]] = []
    known: dict[str, Stretch] = {}
    sources: list[Stretch | None] = []
    bar = index = 0
    while index < len(cells):
        taken = [cells[index]]
        if index + 1 < len(cells) and _flows(cells[index], cells[index + 1], known):
            taken.append(cells[index + 1])
        first = taken[0]
        if first.label != "-":
            before = (groups[-1][0], sum(c.bars for c in groups[-1][1])) if groups else None
            sources.append(known.get(first.label[0], before))
            groups.append((bar, taken))
        for cell in taken:
            if cell.label != "-":
                known.setdefault(cell.label[0], (bar, cell.bars))
            bar += cell.bars
        index += len(taken)
    climax = max(0, min(len(groups) - 2, round(0.66 * (len(groups) - 1))))
    seen = set[str]()
    phrases: list[Phrase] = []
    for number, ((start, taken), source) in enumerate(zip(groups, sources, strict=True)):
        label = taken[0].label
        mark = label[1:2] if label[0] in seen else None
        seen |= {cell.label[0] for cell in taken}
        phrases.append(
            Phrase(
                start, sum(c.bars for c in taken), source,
                _CONTRAST if mark is None else _LIKENESS[mark], mark, taken[0].starts,
                taken[-1].ends, number == len(groups) - 1, number == climax,
            )
        )  # fmt: skip
    return tuple(phrases)


def _flows(cell: CellPlan, following: CellPlan, known: dict[str, Stretch]) -> bool:
    """Whether two cells of new material belong to one phrase."""
    labels = cell.label[0], following.label[0]
    return (
        not cell.ends
        and "-" not in labels
        and labels[0] != labels[1]
        and not known.keys() & set(labels)
        and cell.bars + following.bars <= _LONGEST
    )
