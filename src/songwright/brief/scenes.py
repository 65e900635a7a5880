"""Scenes: words outside the vocabulary, matched to authored anchors.

`match_scene` is the only door. Behind it stands a `SceneMatcher`; the one here compares weighted
words and character trigrams. An embedding model can take its place by implementing one method.
"""

from __future__ import annotations

import math
import re
import tomllib
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Protocol

import msgspec

from songwright.brief.vocabulary import english
from songwright.errors import StyleError

THRESHOLD = 0.2
"""Least likeness (0..1) at which a scene counts as recognised."""

STYLE_THRESHOLD = 0.42
"""Least likeness at which the scene's style and tempo are taken over as hints, too."""

_NEIGHBOURS = 3
_WORD = re.compile(r"[a-z]+(?:'[a-z]+)?")
_SUFFIXES = ("ingly", "ings", "ing", "edly", "ies", "ied", "ed", "ly", "es", "s", "y", "e")


@dataclass(frozen=True, slots=True)
class Scene:
    """One authored anchor."""

    text: str
    affect: tuple[float, float, float, float, float]
    style: str = ""
    bpm: tuple[float, float] | None = None
    production: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SceneMatch:
    """What a phrase was recognised as.

    ``affect`` blends the nearest anchors; style, tempo and production are those of the nearest
    one and empty when it is not near enough. ``words`` are the words of the phrase that were
    recognised; ``likeness`` is 0..1.
    """

    text: str
    affect: tuple[float, float, float, float, float]
    words: frozenset[str]
    likeness: float
    style: str = ""
    bpm: tuple[float, float] | None = None
    production: tuple[str, ...] = ()


class SceneMatcher(Protocol):
    """Finds the scene that a phrase describes."""

    def match(self, text: str) -> SceneMatch | None:
        """The nearest scene, or None if nothing is near enough."""
        ...


def match_scene(text: str, matcher: SceneMatcher | None = None) -> SceneMatch | None:
    """The scene that a phrase describes, or None.

    Parameters
    ----------
    text
        Folded text, any length.
    matcher
        What compares; the authored anchors when None.
    """
    return (matcher or anchors()).match(text)


class AnchorMatcher:
    """Compares stemmed words, weighted by rarity, and the trigrams of words that are near misses.

    The likeness to an anchor is the harmonic mean of how much of the phrase and how much of the
    anchor is shared, each weighted by inverse document frequency.
    """

    def __init__(self, scenes: Iterable[Scene]) -> None:
        self.scenes = tuple(scenes)
        self._stems = [frozenset(stem(w) for w in content_words(s.text)) for s in self.scenes]
        count = Counter(s for stems in self._stems for s in stems)
        total = len(self.scenes)
        self._weight = {s: math.log((total + 1) / n) for s, n in count.items()}
        self._rarest = math.log(total + 1)
        self._having: dict[str, list[int]] = {}
        for i, stems in enumerate(self._stems):
            for s in sorted(stems):
                self._having.setdefault(s, []).append(i)
        self._trigrams = {s: _trigrams(s) for s in self._having}
        self._with_trigram: dict[str, list[str]] = {}
        for s, grams in self._trigrams.items():
            for gram in sorted(grams):
                self._with_trigram.setdefault(gram, []).append(s)

    def knows(self, word: str) -> bool:
        """True if the word's stem occurs in an anchor."""
        return stem(word) in self._having

    def match(self, text: str) -> SceneMatch | None:
        """See `SceneMatcher.match`."""
        words = content_words(text)[:60]
        known: dict[str, tuple[str, float]] = {}  # word: (stem of an anchor, closeness)
        for word in words:
            found = self._nearest_stem(stem(word))
            if found is not None:
                known[word] = found
        if not known:
            return None
        stems: dict[str, float] = {}
        for s, closeness in known.values():
            stems[s] = max(closeness, stems.get(s, 0.0))
        asked = sum(self._weight.get(s, 0.0) for s in stems)
        asked += 0.5 * self._rarest * sum(word not in known for word in set(words))
        ranked = self._ranked(stems, asked)
        if not ranked or ranked[0][0] < THRESHOLD:
            return None
        return self._blend(ranked[:_NEIGHBOURS], known)

    def _ranked(self, stems: dict[str, float], asked: float) -> list[tuple[float, int]]:
        shared: dict[int, float] = {}
        for s, closeness in sorted(stems.items()):
            for i in self._having[s]:
                shared[i] = shared.get(i, 0.0) + closeness * self._weight[s]
        scores = []
        lone = len(stems) == 1
        for i, weight in shared.items():
            if lone and len(self._stems[i]) > 2:
                continue  # one word of many is no likeness
            whole = sum(self._weight[s] for s in self._stems[i])
            scores.append((2 * weight / (asked + whole), i))
        return sorted(scores, key=lambda pair: (-pair[0], pair[1]))

    def _blend(
        self, ranked: list[tuple[float, int]], known: dict[str, tuple[str, float]]
    ) -> SceneMatch:
        best, first = ranked[0]
        near = [(score, i) for score, i in ranked if score >= 0.6 * best]
        weights = [score * score for score, _ in near]
        affect = [
            sum(w * self.scenes[i].affect[k] for w, (_, i) in zip(weights, near, strict=True))
            / sum(weights)
            for k in range(5)
        ]
        scene = self.scenes[first]
        # One shared word is a colour, not a scene.
        sure = best >= STYLE_THRESHOLD and (len(known) > 1 or len(self._stems[first]) == 1)
        stems = set().union(*(self._stems[i] for _, i in near))
        words = frozenset(word for word, (s, _) in known.items() if s in stems)
        return SceneMatch(
            scene.text, (affect[0], affect[1], affect[2], affect[3], affect[4]), words, best,
            scene.style if sure else "", scene.bpm if sure else None,
            scene.production if sure else (),
        )  # fmt: skip

    def _nearest_stem(self, s: str) -> tuple[str, float] | None:
        if s in self._having:
            return s, 1.0
        if len(s) < 5:
            return None
        grams = _trigrams(s)
        shared = Counter(o for g in sorted(grams) for o in self._with_trigram.get(g, ()))
        best, closeness = "", 0.0
        for other, n in shared.items():
            dice = 2 * n / (len(grams) + len(self._trigrams[other]))
            if len(other) >= 5 and (dice, other) > (closeness, best):
                best, closeness = other, dice
        return (best, closeness) if closeness >= 0.72 else None


@cache
def anchors() -> AnchorMatcher:
    """The matcher over ``data/scenes.toml``."""
    text = files("songwright.brief").joinpath("data/scenes.toml").read_text("utf-8")
    try:
        rows = msgspec.convert(tomllib.loads(text)["scenes"], list[Scene])
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise StyleError(f"brief/data/scenes.toml: {error}") from error
    return AnchorMatcher(rows)


def content_words(text: str) -> list[str]:
    """The words of a text that are not stopwords."""
    stop = english().stopwords
    return [w for w in _WORD.findall(text) if w not in stop and len(w) > 1]


def stem(word: str) -> str:
    """A crude English stem: "falling", "falls" and "fall" are one word."""
    word = word.removesuffix("'s")
    for suffix in _SUFFIXES:
        if word.endswith(suffix) and len(word) - len(suffix) >= 3:
            word = word[: -len(suffix)]
            break
    # "running" and "run"
    return word[:-1] if len(word) > 3 and word[-1] == word[-2] and word[-1] not in "lsz" else word


def _trigrams(word: str) -> frozenset[str]:
    padded = f" {word} "
    return frozenset(padded[i : i + 3] for i in range(len(padded) - 2))
