"""Misspelt words of the vocabulary, mended with care.

A wrong mend is worse than an unknown word, which is at least listed. So a mend needs the same first
letter and few changes for the length, and common English words are never touched.
"""

from __future__ import annotations

from collections import Counter
from functools import cache

from songwright.brief.scenes import anchors
from songwright.brief.text import Reading
from songwright.brief.vocabulary import english, vocabulary

_SHORTEST = 5
_MOST_WORDS = 200
"""No more unknown words than this are looked at in one text; more is not a request for music."""


def mend(reading: Reading) -> dict[int, str]:
    """Corrected words by the start position of the misspelt ones."""
    known = _known()
    scenes = anchors()
    mended: dict[int, str] = {}
    looked_at = 0
    for start, end in reading.free_words():
        word = reading.lower[start:end]
        if len(word) < _SHORTEST or word in known or not word.isalpha():
            continue
        if scenes.knows(word) or looked_at >= _MOST_WORDS:
            continue
        looked_at += 1
        candidate = _with_s(word) or _nearest(word)
        if candidate is not None:
            mended[start] = candidate
    return mended


def _with_s(word: str) -> str | None:
    """ "Drumz", "beatz": a plural in the spelling of its scene."""
    plural = word[:-1] + "s"
    return plural if word.endswith("z") and plural in vocabulary().singles else None


@cache
def _known() -> frozenset[str]:
    return vocabulary().singles | english().stopwords | english().guarded


def distance(first: str, second: str, limit: int) -> int:
    """Optimal string alignment distance, or ``limit + 1`` if it is larger.

    Counts insertions, deletions, substitutions and swaps of neighbours (Damerau 1964).
    """
    if abs(len(first) - len(second)) > limit:
        return limit + 1
    before: list[int] = []
    row = list(range(len(second) + 1))
    for i, a in enumerate(first, start=1):
        older, before = before, row
        row = [i]
        for j, b in enumerate(second, start=1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (a != b))
            if i > 1 and j > 1 and a == second[j - 2] and b == first[i - 2]:
                cost = min(cost, older[j - 2] + 1)
            row.append(cost)
        if min(row) > limit:
            return limit + 1
    return row[-1]


@cache
def _nearest(word: str) -> str | None:
    """The vocabulary word that was surely meant, or None."""
    limit = 1 if len(word) < 8 else 2
    best: tuple[int, int, str] | None = None
    for candidate, uses in _by_initial().get(word[0], ()):
        if len(candidate) < 4 or (limit == 2 and len(candidate) < 7):
            continue
        steps = distance(word, candidate, limit)
        if steps > limit or not _plausible(word, candidate):
            continue
        if best is None or (steps, -uses, candidate) < best:
            best = (steps, -uses, candidate)
    return best[2] if best is not None else None


def _plausible(word: str, candidate: str) -> bool:
    """For short words only a swap, or a letter doubled or left out inside, is a slip."""
    if len(word) >= 7:
        return True
    if len(word) == len(candidate):
        return sorted(word) == sorted(candidate) and word[-1] == candidate[-1]
    longer, shorter = sorted((word, candidate), key=len, reverse=True)
    extra = next((i for i, c in enumerate(shorter) if longer[i] != c), len(shorter))
    doubled = extra > 0 and longer[extra] == longer[extra - 1]
    inside = 0 < extra < len(longer) - 1 and len(longer) >= 6
    return doubled or inside


@cache
def _by_initial() -> dict[str, list[tuple[str, int]]]:
    uses = Counter(part for phrase in vocabulary().phrases for part in phrase.split(" "))
    table: dict[str, list[tuple[str, int]]] = {}
    for word, n in sorted(uses.items()):
        if word.isalpha():
            table.setdefault(word[0], []).append((word, n))
    return table
