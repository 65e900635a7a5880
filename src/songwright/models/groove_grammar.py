"""What may come next in drums: voices, places, numbers; or only the feel of a given pattern."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from songwright.errors import ConstraintError
from songwright.models.grid import POSITION_INDEX, POSITIONS
from songwright.models.groove_echoes import Bar, GrooveEchoes
from songwright.models.grooves import (
    BAR,
    END,
    FEEL,
    POSITION,
    REF,
    START,
    VOCABULARY,
    VOICE,
    VOICES,
    GrooveWish,
    Stroke,
    groove_table,
    hear,
    rows_of,
    strokes_of,
    tokens_of,
)


@dataclass(frozen=True, slots=True)
class GrooveRules:
    """Hard constraints of drums.

    ``pattern`` fixes onsets and voices, so that only velocity and timing are drawn; ``voices`` are
    those that the kit has; ``positions`` the steps of a bar that may be struck; ``most_strokes``
    and ``least_strokes`` bound their number; ``together`` is how many hands and feet there are.
    """

    pattern: tuple[Stroke, ...] | None = None
    voices: frozenset[str] = frozenset(VOICES)
    positions: frozenset[int] | None = None
    least_strokes: int = 0
    most_strokes: int | None = None
    together: int = 4


@dataclass
class GrooveGrammar:
    """A `Grammar` of drums.

    Raises
    ------
    ConstraintError
        If a given pattern lies off the grid or nothing may be struck.
    """

    wish: GrooveWish
    rules: GrooveRules = field(default_factory=GrooveRules)
    reference: tuple[Stroke, ...] = ()
    reference_wish: GrooveWish | None = None

    def __post_init__(self) -> None:
        self.table = groove_table(self.wish)
        self._read, self._told_before, earlier = self._read_reference()
        self.echoes = GrooveEchoes(earlier)
        self.tokens: list[int] = [START]
        self.bar = self.strokes = 0
        self.position = self.voice = -1
        self.at_once = 0
        self.needs_feel = False
        self.done = False
        self._forced = self._given()
        if not self.rules.voices:
            raise ConstraintError("no voice of the kit may be struck")
        bar = self.wish.bar_steps
        positions = self.rules.positions
        self._places = [p for p in POSITIONS if p < bar and (positions is None or p in positions)]
        room = len(self._places) * self.wish.bars * min(self.rules.together, len(self.rules.voices))
        if self.rules.pattern is None and self.rules.least_strokes > room:
            raise ConstraintError(
                f"{self.rules.least_strokes} strokes are asked for, but there is room for {room}"
            )

    def _given(self) -> list[int] | None:
        if self.rules.pattern is None:
            return None
        bar = self.wish.bar_steps
        for stroke in self.rules.pattern:
            if not 0 <= stroke.onset < self.wish.steps or stroke.onset % bar not in POSITION_INDEX:
                raise ConstraintError(f"the stroke at step {stroke.onset} is not on the grid")
        return tokens_of(self.rules.pattern, self.wish)[0]

    @property
    def beginning(self) -> tuple[Sequence[int], NDArray[np.uint8]]:
        first = self.table[:1].copy()
        self.echoes.tell(first[0])
        return [*self._read, START], np.concatenate([self._told_before, first])

    def _read_reference(self) -> tuple[list[int], NDArray[np.uint8], list[Bar]]:
        """Tokens of the reference, what goes with them, and its bars."""
        if not self.reference:
            return [], self.table[:0], []
        wish = self.reference_wish or self.wish
        tokens, steps = tokens_of(self.reference, wish, REF)
        return tokens, *rows_of(tokens, steps, groove_table(wish, True), ())

    @property
    def most_tokens(self) -> int:
        if self._forced is not None:
            return len(self._forced)
        places = len(self._places) * self.wish.bars
        strokes = places * self.rules.together
        if self.rules.most_strokes is not None:
            strokes = min(strokes, self.rules.most_strokes)
        return min(places, strokes) + 2 * strokes + self.wish.bars + 1

    @property
    def drums(self) -> tuple[Stroke, ...]:
        """The strokes written so far."""
        return strokes_of(self.tokens[1:], self.wish.bar_steps)

    def allowed(self) -> NDArray[np.bool_]:
        mask = np.zeros(VOCABULARY, bool)
        if self.needs_feel:
            mask[FEEL:] = True
        elif self._forced is not None:
            mask[self._forced[len(self.tokens)]] = True
        else:
            self._allow_free(mask)
        return mask

    def accept(self, token: int) -> NDArray[np.uint8]:
        self.tokens.append(token)
        hear(self.echoes, token)
        self.needs_feel = False
        if token == END:
            self.done = True
            row: NDArray[np.uint8] = self.table[-1]
            return row
        if token == BAR:
            self.bar, self.position, self.voice, self.at_once = self.bar + 1, -1, -1, 0
        elif POSITION <= token < VOICE:
            self.position, self.voice, self.at_once = POSITIONS[token - POSITION], -1, 0
        elif VOICE <= token < FEEL:
            self.voice, self.needs_feel = token - VOICE, True
            self.strokes, self.at_once = self.strokes + 1, self.at_once + 1
        step = self.bar * self.wish.bar_steps + max(0, self.position)
        told: NDArray[np.uint8] = self.table[step].copy()
        self.echoes.tell(told)
        return told

    def _allow_free(self, mask: NDArray[np.bool_]) -> None:
        rules = self.rules
        may_strike = rules.most_strokes is None or self.strokes < rules.most_strokes
        if may_strike and self.position >= 0 and self.at_once < rules.together:
            self._allow_voices(mask)
        if self.position >= 0 and self.at_once == 0:
            return  # a position is struck at least once
        needed = rules.least_strokes - self.strokes
        if may_strike:
            for place in self._places:
                if place > self.position and self._room(place) >= needed:
                    mask[POSITION + POSITION_INDEX[place]] = True
        if self._room(self.wish.bar_steps) >= needed:
            mask[END if self.bar == self.wish.bars - 1 else BAR] = True

    def _allow_voices(self, mask: NDArray[np.bool_]) -> None:
        """Voices after the last one, as long as the strokes still needed find room after them."""
        rules = self.rules
        hands = rules.together - self.at_once
        numbers = [n for n in range(self.voice + 1, len(VOICES)) if VOICES[n] in rules.voices]
        later = self._room(self.position + 1)
        for rank, number in enumerate(numbers):
            here = min(hands, len(numbers) - rank)
            mask[VOICE + number] = self.strokes + here + later >= rules.least_strokes

    def _room(self, position: int) -> int:
        """Most strokes that fit from a position of this bar to the end."""
        each = min(self.rules.together, len(self.rules.voices))
        here = sum(place >= position for place in self._places)
        return each * (here + len(self._places) * (self.wish.bars - 1 - self.bar))
