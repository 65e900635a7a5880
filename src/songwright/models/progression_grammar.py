"""What may come next in harmony: which chords, how often, and where it must lead."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from songwright.errors import ConstraintError
from songwright.models.lines import Harmony
from songwright.models.progressions import (
    BAR,
    BEAT,
    BEAT_STEPS,
    BEATS,
    CHORD,
    END,
    REF,
    SILENCE,
    START,
    VOCABULARY,
    HarmonyWish,
    chord_token,
    chords_of,
    harmony_table,
    tokens_of,
)


@dataclass(frozen=True, slots=True)
class HarmonyRules:
    """Hard constraints of a section's chords; empty or None leaves one open.

    ``chords`` are those that may be used, as (root, quality); ``beats`` the half quarters of a bar
    on which a chord may begin; ``most_in_bar`` bounds the chords of a bar; ``given`` chords stand
    where they are; ``first`` and ``last`` are the chords of the beginning and the end.
    """

    chords: frozenset[tuple[int, str]] | None = None
    beats: frozenset[int] | None = None
    most_in_bar: int = 4
    given: tuple[Harmony, ...] = ()
    first: frozenset[tuple[int, str]] | None = None
    last: frozenset[tuple[int, str]] | None = None


@dataclass
class HarmonyGrammar:
    """A `Grammar` of chord progressions.

    A last chord that is asked for begins with the last bar at the latest.

    Raises
    ------
    ConstraintError
        If no chord may be used, or a given chord lies off the grid.
    """

    wish: HarmonyWish
    rules: HarmonyRules = field(default_factory=HarmonyRules)
    reference: tuple[Harmony, ...] = ()
    reference_wish: HarmonyWish | None = None

    def __post_init__(self) -> None:
        self.table = harmony_table(self.wish)
        self.tokens: list[int] = [START]
        self.bar = self.in_bar = 0
        self.beat = -1
        self.needs_chord = False
        self.sounding = -1
        self.done = False
        rules = self.rules
        self._any = self._mask(rules.chords)
        self._first = self._mask(rules.first) if rules.first is not None else self._any
        self._last = self._mask(rules.last) if rules.last is not None else None
        for mask in (self._any, self._first, self._last):
            if mask is not None and not mask.any():
                raise ConstraintError("no chord is left that may be used")
        self._given = {c.onset: chord_token(c.root, c.quality) for c in rules.given}
        for onset in self._given:
            if not 0 <= onset < self.wish.steps or onset % self.wish.bar_steps % BEAT_STEPS:
                raise ConstraintError(f"the given chord at step {onset} is not on the grid")

    @staticmethod
    def _mask(chords: frozenset[tuple[int, str]] | None) -> NDArray[np.bool_]:
        mask = np.zeros(VOCABULARY, bool)
        if chords is None:
            mask[CHORD:SILENCE] = True
        else:
            mask[[chord_token(root, quality) for root, quality in sorted(chords)]] = True
        return mask

    @property
    def beginning(self) -> tuple[Sequence[int], NDArray[np.uint8]]:
        first = self.table[:1]
        if not self.reference:
            return [START], first
        wish = self.reference_wish or self.wish
        tokens, steps = tokens_of(self.reference, wish, REF)
        return [*tokens, START], np.concatenate([harmony_table(wish, True)[steps], first])

    @property
    def most_tokens(self) -> int:
        return self.wish.bars * (1 + 2 * max(self.rules.most_in_bar, 2)) + 2 * len(self._given) + 1

    @property
    def chords(self) -> tuple[Harmony, ...]:
        """The chords written so far."""
        return chords_of(self.tokens[1:], self.wish.bar_steps)

    def allowed(self) -> NDArray[np.bool_]:
        mask = np.zeros(VOCABULARY, bool)
        if self.needs_chord:
            return self._chords()
        bar = self.wish.bar_steps
        beats = [b for b in range(BEATS) if b * BEAT_STEPS < bar and b > self.beat]
        given = [b for b in beats if self.bar * bar + b * BEAT_STEPS in self._given]
        if given:  # nothing may pass a given chord
            beats = [b for b in beats if b <= given[0]]
        is_first = self.sounding < 0
        if is_first or (self._must_close() and self.beat < 0):
            mask[BEAT] = True  # a section begins with a chord; so does the bar of its close
            return mask
        if self.in_bar < self.rules.most_in_bar:
            for beat in beats:
                mask[BEAT + beat] = self.rules.beats is None or beat in self.rules.beats
        for beat in given:
            mask[BEAT + beat] = True
        if not given:
            mask[END if self.bar == self.wish.bars - 1 else BAR] = True
        return mask

    def accept(self, token: int) -> NDArray[np.uint8]:
        self.tokens.append(token)
        if token == END:
            self.done = True
            return self._told(-1)
        if token == BAR:
            self.bar, self.beat, self.in_bar = self.bar + 1, -1, 0
        elif BEAT <= token < CHORD:
            self.beat, self.needs_chord = token - BEAT, True
        else:
            self.sounding, self.needs_chord = token, False
            self.in_bar += 1
        return self._told(self.bar * self.wish.bar_steps + max(0, self.beat) * BEAT_STEPS)

    def _told(self, step: int) -> NDArray[np.uint8]:
        row: NDArray[np.uint8] = self.table[step]
        return row

    def _must_close(self) -> bool:
        """Whether this is the last bar and its chord does not yet close."""
        return (
            self._last is not None
            and self.bar == self.wish.bars - 1
            and not self._last[max(0, self.sounding)]
        )

    def _chords(self) -> NDArray[np.bool_]:
        step = self.bar * self.wish.bar_steps + self.beat * BEAT_STEPS
        mask = np.zeros(VOCABULARY, bool)
        if step in self._given:
            mask[self._given[step]] = True
            return mask
        if self._last is not None and self.bar == self.wish.bars - 1:
            return self._last.copy()
        mask = (self._first if self.sounding < 0 else self._any).copy()
        if self.sounding >= 0:
            mask[self.sounding] &= mask.sum() == 1  # a chord that goes on is not written again
        return mask
