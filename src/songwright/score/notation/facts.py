"""Typed access to notation's data files: drum staff positions, short names, chord kinds."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import msgspec


@dataclass(frozen=True, slots=True)
class DrumSign:
    """How one percussion key is written: name, staff place, note head, hand or foot."""

    name: str
    at: str
    head: str = "normal"
    foot: bool = False

    @property
    def step(self) -> str:
        return self.at[0]

    @property
    def octave(self) -> int:
        return int(self.at[1:])


@dataclass(frozen=True, slots=True)
class ChordKind:
    """A chord quality in MusicXML: kind and ``(value, alter, type)`` degrees."""

    kind: str
    degrees: tuple[tuple[int, int, str], ...] = ()


def drum_sign(key: int) -> DrumSign:
    """How a General MIDI percussion key is written; keys outside the map sit on the top space."""
    return _drum_signs().get(key) or DrumSign(f"Percussion {key}", "E5", "x")


def chord_kind(quality: str) -> ChordKind:
    """The MusicXML kind of a chord quality (a name in `songwright.theory.QUALITIES`)."""
    return _chord_kinds()[quality]


@cache
def abbreviation(name: str) -> str:
    """Short form of a part name: ``"Violin II"`` gives ``"Vln. II"``."""
    lowered = name.lower()
    found = [
        (len(long), at, short)
        for long, short in _abbreviations().items()
        if (at := _word_at(long.lower(), lowered)) >= 0
    ]
    number = re.search(r"\s(\d+|[IVX]+)$", name)
    tail = number[0] if number else ""
    if found:
        # The longest name wins; of equals, the last one in the part's name (the noun).
        return max(found)[2] + tail
    word = name.removesuffix(tail).strip()
    return (word if len(word) <= 5 else word[:4].strip() + ".") + tail


def _word_at(word: str, text: str) -> int:
    match = re.search(rf"\b{re.escape(word)}\b", text)
    return match.start() if match else -1


@cache
def _drum_signs() -> dict[int, DrumSign]:
    table = msgspec.convert(_read("percussion.toml")["keys"], dict[str, DrumSign])
    return {int(key): sign for key, sign in table.items()}


@cache
def _chord_kinds() -> dict[str, ChordKind]:
    return msgspec.convert(_read("chords.toml"), dict[str, ChordKind])


@cache
def _abbreviations() -> dict[str, str]:
    return msgspec.convert(_read("abbreviations.toml"), dict[str, str])


def _read(name: str) -> dict[str, Any]:
    text = files("songwright.score.notation").joinpath("data", name).read_text("utf-8")
    return tomllib.loads(text)
