"""What a line is told of itself while it grows: its sketch, its motion and its echoes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from songwright.models import motion
from songwright.models.echoes import WIDTH as ECHO_WIDTH
from songwright.models.echoes import Bar, Echoes, Ground
from songwright.models.features import Row
from songwright.models.grid import LOWEST, POSITIONS
from songwright.models.likeness import Sound
from songwright.models.lines import (
    BAR,
    DURATION,
    END,
    FIGURE,
    LINE_FEATURES,
    PITCH,
    POSITION,
    REF,
    RETURN,
    START,
    Frame,
    Wish,
    table_of,
    tokens_of,
)
from songwright.models.motion import Bounds, Motion
from songwright.models.sketches import SKETCH_FEATURES, possible, sketch_of

_MOTION = len(LINE_FEATURES.sizes) - ECHO_WIDTH - motion.WIDTH
_SKETCH = _MOTION - len(SKETCH_FEATURES)


class LineMemory:
    """Hears the tokens of a line and writes what follows from them into its rows.

    Parameters
    ----------
    frame, wish
        What the line is written into, and what is wished of it.
    table
        Their features (`table_of`).
    earlier
        The bars of its reference.
    """

    def __init__(self, frame: Frame, wish: Wish, table: Row, earlier: Sequence[Bar] = ()) -> None:
        column = LINE_FEATURES.index
        ground = Ground(table[:, column["root"]], table[:, column["quality"]], wish.minor)
        self._echoes = Echoes(ground, frame.bar_steps, earlier)
        self._motion = Motion(frame.steps, Bounds(wish.low, wish.high, wish.density), ground.root)
        self._bar_steps = frame.bar_steps
        self._sketch = [0, 0]  # of the present bar, as features

    @property
    def bars(self) -> list[Bar]:
        """The complete bars."""
        return self._echoes.bars

    @property
    def returns(self) -> list[int]:
        """Numbers of the returns that the present bar can promise."""
        return possible(self._echoes.heard)

    def hear(self, token: int) -> None:
        """A token is written; the last bar is complete with `END`."""
        echoes = self._echoes
        if token in (BAR, END):
            self._motion.complete()
            self._sketch = [0, 0]
            echoes.bar_line()
        elif POSITION <= token < PITCH:
            position = POSITIONS[token - POSITION]
            self._motion.onset(len(echoes.bars) * self._bar_steps + position)
            echoes.onset(position)
        elif PITCH <= token < DURATION:
            pitch = token - PITCH + LOWEST
            self._motion.pitch(pitch)
            echoes.pitch(pitch)
        elif DURATION <= token < RETURN:
            echoes.duration(token - DURATION)
        elif RETURN <= token < FIGURE:
            self._sketch[0] = 1 + token - RETURN
        elif token >= FIGURE:
            self._sketch[1] = 1 + token - FIGURE

    def tell(self, row: Row, position: int) -> None:
        """Write what is known at a step of the present bar into a row of the frame's table."""
        step = len(self._echoes.bars) * self._bar_steps + position
        row[_SKETCH : _SKETCH + 2] = self._sketch
        self._motion.tell(row, _MOTION, step)
        self._echoes.tell(row, position)


def read(
    line: Iterable[Sound], frame: Frame, wish: Wish, earlier: Sequence[Bar] = (), first: int = START
) -> tuple[list[int], Row, list[Bar]]:
    """A whole line as a network reads it: tokens, their features (time, features), and its bars.

    ``first`` is `REF` for a reference. The sketches are those that the line fulfils.
    """
    table = table_of(frame, wish, first == REF)
    line = list(line)
    bars = _heard(tokens_of(line, frame)[0], LineMemory(frame, wish, table, earlier))
    tokens, steps = tokens_of(line, frame, first, [sketch_of(bar) for bar in bars])
    return tokens, rows_of(tokens, steps, frame, wish, earlier), bars


def _heard(tokens: Sequence[int], memory: LineMemory) -> list[Bar]:
    for token in tokens:
        memory.hear(token)
    return memory.bars


def rows_of(
    tokens: Sequence[int],
    steps: Sequence[int],
    frame: Frame,
    wish: Wish,
    earlier: Sequence[Bar] = (),
) -> Row:
    """The features of a sequence of tokens, (time, features).

    ``steps`` says where each token stands (`songwright.models.lines.tokens_of`).
    """
    table = table_of(frame, wish, REF in tokens[:1])
    memory = LineMemory(frame, wish, table, earlier)
    rows: Row = table[list(steps)]
    for row, token, step in zip(rows, tokens, steps, strict=True):
        memory.hear(token)
        if token != END:
            memory.tell(row, step % frame.bar_steps)
    return rows
