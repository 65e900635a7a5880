"""A choir that was asked for by its voices (SATB, SSA, TTBB): names and ranges of the singers."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files

import msgspec

from songwright.brief.model import Brief
from songwright.brief.seats import is_member
from songwright.composition.plan import PartPlan
from songwright.score import instrument

_SINGERS = "choir_aahs"
_ORDER = ("lead", "inner", "bass")
_STYLE = {"inner": ("sustained_inner", "chorale_inner"), "bass": ("chorale_bass",)}
_REVERB = 0.5
_LEAST_ROOM = 9  # semitones that a voice needs to move in


@dataclass(frozen=True, slots=True)
class Voice:
    """One voice of a choir; ``low`` and ``high`` are MIDI pitches."""

    name: str
    low: int
    high: int
    pan: float


@dataclass(frozen=True, slots=True)
class _Choir:
    words: tuple[str, ...]
    voices: tuple[Voice, ...]


@cache
def _choirs() -> tuple[_Choir, ...]:
    text = files("songwright.composition").joinpath("data/choirs.toml").read_text("utf-8")
    return msgspec.convert(tomllib.loads(text)["choir"], tuple[_Choir, ...])


def voices_of(word: str, singers: int) -> tuple[Voice, ...]:
    """The voices of the choir that a word asks for; empty if it has another number of them."""
    first = next(c for c in _choirs() if not c.words or any(w in word for w in c.words))
    return first.voices if len(first.voices) == singers else ()


def with_voices(parts: Sequence[PartPlan], brief: Brief) -> tuple[PartPlan, ...]:
    """Give the singers of a requested choir their names, and ranges inside their parts' bounds."""
    members = [r for r in brief.instruments if r.instruments == (_SINGERS,) and is_member(r)]
    singers = [p for p in parts if p.requested and p.instrument == _SINGERS and p.role in _ORDER]
    if not members or len(members) != len(singers):
        return tuple(parts)
    singers.sort(key=lambda p: _ORDER.index(p.role))
    voices = dict(
        zip((p.id for p in singers), voices_of(members[0].word, len(singers)), strict=False)
    )
    return tuple(_sung(p, voices[p.id], brief) if p.id in voices else p for p in parts)


def _sung(part: PartPlan, voice: Voice, brief: Brief) -> PartPlan:
    player = instrument(part.instrument)
    low = max(voice.low, player.low, brief.pitch_low or 0)
    high = min(voice.high, player.high, 127 if brief.pitch_high is None else brief.pitch_high)
    if high - low < _LEAST_ROOM or brief.pitch_octaves is not None:
        low, high = part.low, part.high
    patterns = part.patterns if len(part.patterns) == 1 else _STYLE.get(part.role, part.patterns)
    return replace(
        part, name=voice.name, low=low, high=high, pan=voice.pan, reverb=_REVERB, patterns=patterns
    )
