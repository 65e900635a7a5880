"""SVG path data as absolute moves, lines and curves (SVG 1.1, section 8.3, without arcs)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

Segment = tuple[str, tuple[float, ...]]
"""``("M", (x, y))``, ``("L", (x, y))``, ``("C", (x1, y1, x2, y2, x, y))`` or ``("Z", ())``."""

_TOKEN = re.compile(r"([MmLlHhVvCcSsQqTtZz])|([-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)")
_ARGUMENTS = {"M": 2, "L": 2, "H": 1, "V": 1, "C": 6, "S": 4, "Q": 4, "T": 2, "Z": 0}


@lru_cache(maxsize=2048)
def path_segments(data: str) -> tuple[Segment, ...]:
    """Absolute segments of a ``d`` attribute; quadratic curves become cubic ones.

    Raises
    ------
    ValueError
        If a command lacks numbers, or numbers stand before the first command.
    """
    segments: list[Segment] = []
    x = y = start_x = start_y = 0.0
    control = (0.0, 0.0)  # last control point, for the smooth commands
    before = ""
    for command, values in _commands(data):
        kind = command.upper()
        dx, dy = (x, y) if command.islower() else (0.0, 0.0)
        if kind == "Z":
            segments.append(("Z", ()))
            x, y = start_x, start_y
        elif kind == "H":
            x = values[0] + dx
            segments.append(("L", (x, y)))
        elif kind == "V":
            y = values[0] + dy
            segments.append(("L", (x, y)))
        elif kind in "ML":
            x, y = values[0] + dx, values[1] + dy
            if kind == "M":
                start_x, start_y = x, y
            segments.append((kind, (x, y)))
        else:
            points = [(values[i] + dx, values[i + 1] + dy) for i in range(0, len(values), 2)]
            smooth = (2 * x - control[0], 2 * y - control[1])
            if kind == "S":
                points.insert(0, smooth if before in ("C", "S") else (x, y))
            elif kind == "T":
                points.insert(0, smooth if before in ("Q", "T") else (x, y))
            control = points[-2]
            if kind in "QT":
                q, end = points
                points = [
                    (x + 2 / 3 * (q[0] - x), y + 2 / 3 * (q[1] - y)),
                    (end[0] + 2 / 3 * (q[0] - end[0]), end[1] + 2 / 3 * (q[1] - end[1])),
                    end,
                ]
            segments.append(("C", tuple(v for point in points for v in point)))
            x, y = points[-1]
        before = kind
    return tuple(segments)


def _commands(data: str) -> Iterator[tuple[str, list[float]]]:
    """Each command with its numbers; repeated numbers repeat the command."""
    command = ""
    numbers: list[float] = []
    for match in _TOKEN.finditer(data):
        if match[1]:
            if numbers:
                raise ValueError(f"path command {command!r} lacks numbers")
            command = match[1]
            if command in "Zz":
                yield command, []
            continue
        if not command:
            raise ValueError("a path begins with a number")
        numbers.append(float(match[2]))
        if len(numbers) == _ARGUMENTS[command.upper()]:
            yield command, numbers
            numbers = []
            # Further pairs after a move are lines.
            command = {"M": "L", "m": "l"}.get(command, command)
    if numbers:
        raise ValueError(f"path command {command!r} lacks numbers")
