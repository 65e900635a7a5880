"""Pieces of a drum kit: who says "no hi-hats" wants the other drums.

A negative that names a piece silences its voices, not the drummer; and where nothing but some
pieces is wanted ("just kick and hats") all other voices are silent.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import msgspec

from songwright.brief.model import Avoid
from songwright.brief.vocabulary import normal


@dataclass(frozen=True, slots=True)
class _Piece:
    words: tuple[str, ...]
    voices: tuple[str, ...]


@cache
def _pieces() -> tuple[_Piece, ...]:
    text = files("songwright.brief").joinpath("data/kit.toml").read_text("utf-8")
    return msgspec.convert(tomllib.loads(text)["piece"], tuple[_Piece, ...])


@cache
def _by_word() -> dict[str, tuple[str, ...]]:
    return {normal(word): piece.voices for piece in _pieces() for word in piece.words}


def voices_of(word: str) -> tuple[str, ...]:
    """Drum voices of a piece of the kit; empty for any other word."""
    return _by_word().get(word) or _by_word().get(word.removesuffix("s"), ())


def all_but(words: Iterable[str]) -> Avoid | None:
    """What is silent when nothing but these drums is wanted; None if a word means the whole kit."""
    wanted = [voices_of(word) for word in words]
    if not wanted or not all(wanted):
        return None
    kept = {voice for voices in wanted for voice in voices}
    others = {voice: None for piece in _pieces() for voice in piece.voices if voice not in kept}
    return Avoid("other drums", voices=tuple(others))
