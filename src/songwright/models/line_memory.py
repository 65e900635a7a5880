"""What a line is told of itself while it grows: its echoes and its motion."""

from __future__ import annotations

from collections.abc import Sequence

from songwright.models import motion
from songwright.models.echoes import WIDTH as ECHO_WIDTH
from songwright.models.echoes import Bar, Echoes, Ground
from songwright.models.features import Row
from songwright.models.grid import LOWEST, POSITIONS
from songwright.models.lines import (
    BAR,
    DURATION,
    END,
    LINE_FEATURES,
    PITCH,
    POSITION,
    Frame,
    Wish,
    table_of,
)
from songwright.models.motion import Bounds, Motion

_FIRST = len(LINE_FEATURES.sizes) - ECHO_WIDTH - motion.WIDTH


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

    @property
    def bars(self) -> list[Bar]:
        """The complete bars."""
        return self._echoes.bars

    def hear(self, token: int) -> None:
        """A token is written; the last bar is complete with `END`."""
        echoes = self._echoes
        if token in (BAR, END):
            self._motion.complete()
            echoes.bar_line()
        elif POSITION <= token < PITCH:
            position = POSITIONS[token - POSITION]
            self._motion.onset(len(echoes.bars) * self._bar_steps + position)
            echoes.onset(position)
        elif PITCH <= token < DURATION:
            pitch = token - PITCH + LOWEST
            self._motion.pitch(pitch)
            echoes.pitch(pitch)
        elif token >= DURATION:
            echoes.duration(token - DURATION)

    def tell(self, row: Row, position: int) -> None:
        """Write what is known at a step of the present bar into a row of the frame's table."""
        step = len(self._echoes.bars) * self._bar_steps + position
        self._motion.tell(row, _FIRST, step)
        self._echoes.tell(row, position)


def rows_of(
    tokens: Sequence[int],
    steps: Sequence[int],
    frame: Frame,
    wish: Wish,
    earlier: Sequence[Bar] = (),
    is_reference: bool = False,
) -> tuple[Row, list[Bar]]:
    """The features of a whole sequence of tokens, (time, features), and the bars they write.

    ``steps`` says where each token stands (`songwright.models.lines.tokens_of`).
    """
    table = table_of(frame, wish, is_reference)
    memory = LineMemory(frame, wish, table, earlier)
    rows = table[list(steps)]
    for row, token, step in zip(rows, tokens, steps, strict=True):
        memory.hear(token)
        if token != END:
            memory.tell(row, step % frame.bar_steps)
    return rows, memory.bars
