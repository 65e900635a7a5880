"""Held-out human music cut into the stretches that the models are measured on.

Everything comes from the test split of the prepared corpora, and each stretch carries the name of
its work, so that comparisons can be cross-validated by work. Human stretches go through tokens and
back: what the models cannot write (odd durations, fine velocities) must not tell them apart.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from random import Random
from typing import Protocol, TypeVar

import msgspec
from training.corpora.model import Piece
from training.drum_bars import beats
from training.phrases import Stretch, stretches
from training.prepared import read, sources
from training.sections import progressions as sections_of

from songwright.models import grooves, lines, progressions
from songwright.models.grid import HIGHEST, LOWEST
from songwright.models.grooves import GrooveWish, Stroke
from songwright.models.likeness import Sound, likeness
from songwright.models.lines import Frame, Harmony, Wish
from songwright.models.progressions import HarmonyWish
from songwright.seeds import rng

LEAD = frozenset(("lead",))
ACCOMPANIMENT = frozenset(("counter", "inner", "riff", "chords", "arp", "pad", "bass"))
BARS = 4


@dataclass(frozen=True, slots=True)
class LineCase:
    """A stretch of a part by a person, and the stretch before it if there is one."""

    work: str
    frame: Frame
    wish: Wish
    line: tuple[Sound, ...]
    before: tuple[Sound, ...] = ()
    before_frame: Frame | None = None
    before_wish: Wish | None = None
    like: float | None = None


@dataclass(frozen=True, slots=True)
class GrooveCase:
    """A stretch of drums by a person or a programmer."""

    work: str
    wish: GrooveWish
    strokes: tuple[Stroke, ...]


@dataclass(frozen=True, slots=True)
class HarmonyCase:
    """The chords of a section."""

    work: str
    wish: HarmonyWish
    chords: tuple[Harmony, ...]


class _OfWork(Protocol):
    @property
    def work(self) -> str: ...


_Case = TypeVar("_Case", bound=_OfWork)


@cache
def held_out(scratch: Path, split: str = "test") -> tuple[tuple[str, Piece], ...]:
    """All pieces of a split with the name of their work or drummer."""
    found = []
    for source in sources(scratch):
        prepared = read(scratch, source)
        groups = {entry.id: entry.group for entry in prepared.entries if entry.split == split}
        for piece in prepared.pieces:
            work = groups.get(piece.id.split("#")[0])
            if work is not None:
                found.append((work, piece))
    return tuple(found)


def spread(
    pieces: Iterable[tuple[str, Piece]],
    cases_of: Callable[[str, Piece], Iterable[_Case]],
    count: int,
    seed: int,
    most_of_a_piece: int = 4,
    most_of_a_work: int = 8,
) -> list[_Case]:
    """At most ``count`` cases at random, few of each piece and work."""
    random = rng(seed, "spread")
    shuffled = list(pieces)
    random.shuffle(shuffled)
    taken: Counter[str] = Counter()
    chosen: list[_Case] = []
    for work, piece in shuffled:
        room = min(most_of_a_piece, most_of_a_work - taken[work], count - len(chosen))
        if room <= 0:
            continue
        found = list(cases_of(work, piece))
        some = random.sample(found, min(room, len(found)))
        taken[work] += len(some)
        chosen += some
    return chosen


def line_cases(
    work: str, piece: Piece, roles: frozenset[str], bars: int = BARS
) -> Iterator[LineCase]:
    """Stretches of ``bars`` bars of the parts with these roles."""
    random = rng(1, "cases", piece.id)
    parts = tuple(p for p in piece.parts if p.role in roles or p.role in ("lead", "bass"))
    for found in stretches(msgspec.structs.replace(piece, parts=parts), (bars,), random):
        if found[0].wish.role not in roles:
            continue
        for index, stretch in enumerate(found):
            if stretch.frame.bars == bars:
                yield _line_case(work, stretch, found[index - 1] if index else None, random)


def _line_case(work: str, stretch: Stretch, before: Stretch | None, random: Random) -> LineCase:
    """A case that asks for what the person did, as loosely as in training."""
    wish = stretch.wish
    wish = replace(
        wish, low=_lower(wish.low, random.randint(0, 4)),
        high=_lower(wish.high, -random.randint(0, 4)),
        goal=wish.goal if random.random() < 0.5 else None,
    )  # fmt: skip
    line = rounded_line(stretch.line, stretch.frame)
    if before is None:
        return LineCase(work, stretch.frame, wish, line)
    earlier = rounded_line(before.line, before.frame)
    like = likeness(line, earlier, stretch.frame.bar_steps)
    return LineCase(
        work, stretch.frame, wish, line, earlier, before.frame, before.wish, like
    )  # fmt: skip


def _lower(pitch: int | None, by: int) -> int | None:
    if pitch is None:
        return None
    return min(max(pitch - by, LOWEST), HIGHEST)


def rounded_line(line: Sequence[Sound], frame: Frame) -> tuple[Sound, ...]:
    """A line as the models would write it."""
    return lines.line_of(lines.tokens_of(line, frame)[0][1:], frame.bar_steps)


def groove_cases(work: str, piece: Piece, bars: int = BARS) -> Iterator[GrooveCase]:
    """Stretches of ``bars`` bars of drums."""
    for beat in beats(piece, (bars,), rng(1, "cases", piece.id)):
        if beat.wish.bars == bars:
            yield GrooveCase(work, beat.wish, rounded_groove(beat.strokes, beat.wish))


def rounded_groove(strokes: Sequence[Stroke], wish: GrooveWish) -> tuple[Stroke, ...]:
    """Drums as the model would write them."""
    return grooves.strokes_of(grooves.tokens_of(strokes, wish)[0][1:], wish.bar_steps)


def harmony_cases(work: str, piece: Piece) -> Iterator[HarmonyCase]:
    """Chords of sections of four to sixteen bars."""
    for section in sections_of(piece, rng(1, "cases", piece.id)):
        wish = section.wish
        tokens = progressions.tokens_of(section.chords, wish)[0]
        chords = progressions.chords_of(tokens[1:], wish.bar_steps)
        if wish.bars >= 4 and chords and chords[0].onset == 0:
            yield HarmonyCase(work, wish, chords)
