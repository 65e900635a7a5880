"""Words about sounds: what they mean as tags, and toward which macros they point."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import msgspec

from songwright.palette.model import CATEGORIES

_WORD = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_SMALL = frozenset(("a", "an", "the", "and", "or", "with", "of", "for", "in", "on", "very", "some"))


@dataclass(frozen=True, slots=True)
class Lexicon:
    """``same``: a word and the tags it stands for; ``toward``: a comparative and its macros."""

    same: dict[str, tuple[str, ...]]
    toward: dict[str, dict[str, float]]


@dataclass(frozen=True, slots=True)
class Player:
    """Kinds of sound for an instrument id (see ``data/instruments.toml``)."""

    categories: tuple[str, ...]
    hints: tuple[str, ...] = ()
    only: tuple[str, ...] = ()


def _text(name: str) -> str:
    return files("songwright.palette").joinpath(f"data/{name}.toml").read_text("utf-8")


@cache
def lexicon() -> Lexicon:
    """The words of ``data/words.toml``."""
    return msgspec.convert(tomllib.loads(_text("words")), Lexicon)


@cache
def players() -> dict[str, Player]:
    """Instruments that the palette can play, by instrument id."""
    return msgspec.convert(tomllib.loads(_text("instruments")), dict[str, Player])


def words_of(text: str) -> tuple[str, ...]:
    """The words of a query, in order, without articles and the like."""
    return tuple(w for w in _WORD.findall(text.lower()) if w not in _SMALL)


def tags_of(word: str) -> tuple[str, ...]:
    """The tags that a word stands for: itself, and what the lexicon says."""
    return tuple(dict.fromkeys((word, *lexicon().same.get(word, ()))))


@cache
def category_words() -> dict[str, str]:
    """Singular and plural of each category: ``bass`` and ``basses`` mean ``basses``."""
    found = {}
    for category in CATEGORIES:
        found[category] = category
        found[category.removesuffix("es") if category == "basses" else category.rstrip("s")] = (
            category
        )
    found |= {
        "effect": "fx",
        "effects": "fx",
        "synth": "leads",
        "drone": "textures",
        "drums": "kits",
    }
    found |= {"texture": "textures", "atmosphere": "textures", "piano": "keys", "arpeggio": "arps"}
    return found
