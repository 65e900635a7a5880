"""Finding vocabulary in text: the longest phrase wins, from left to right."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from songwright.brief.text import Reading
from songwright.brief.vocabulary import Word, vocabulary

_GAP = re.compile(r"[ \-/&'.:]{1,3}")


@dataclass(frozen=True, slots=True)
class Match:
    """A phrase of the vocabulary in the text. ``start``/``end`` are character positions."""

    start: int
    end: int
    phrase: str
    word: Word

    @property
    def span(self) -> tuple[int, int]:
        return self.start, self.end


@dataclass(frozen=True, slots=True)
class Token:
    """One free word: ``read`` is the word that it is taken for, after mending of typos."""

    start: int
    end: int
    read: str


def find_phrases(reading: Reading, mended: dict[int, str]) -> list[Match]:
    """All phrases in the text that is still free, left to right, without overlaps.

    ``mended`` gives the corrected word for the start position of a misspelt one.
    """
    table = vocabulary()
    tokens = list(_tokens(reading, mended))
    matches: list[Match] = []
    i = 0
    while i < len(tokens):
        found = None
        for n in range(min(table.longest.get(tokens[i].read, 0), len(tokens) - i), 0, -1):
            phrase = _joined(reading, tokens[i : i + n])
            if phrase is not None and phrase in table.phrases:
                found = Match(tokens[i].start, tokens[i + n - 1].end, phrase, table.phrases[phrase])
                i += n
                break
        if found is None:
            i += 1
        else:
            matches.append(found)
    return matches


def _tokens(reading: Reading, mended: dict[int, str]) -> Iterator[Token]:
    for start, end in reading.free_words():
        word = mended.get(start, reading.lower[start:end])
        yield Token(start, end, word)


def _joined(reading: Reading, tokens: list[Token]) -> str | None:
    """The words of a phrase with single spaces, or None if punctuation parts them."""
    parts = [tokens[0].read]
    for before, after in pairwise(tokens):
        gap = reading.lower[before.end : after.start]
        if _GAP.fullmatch(gap) is None:
            return None
        if "&" in gap:
            parts.append("and")
        parts.append(after.read)
    return " ".join(parts)
