"""What every judgement returns, whether it read notes or listened to sound.

A *metric* is a number with a definition (`MetricFacts`); a *measurement* is that number for one
piece together with where it comes from. There is no NaN and no silent zero: a number that a piece
does not define is None with a reason that begins "not defined, because".
"""

from __future__ import annotations

import math
from dataclasses import dataclass

DIMENSIONS = (
    "coherence", "tonality", "rhythm", "melody", "arrangement", "timbre", "translation",
    "adherence",
)  # fmt: skip

Span = tuple[int, int]
"""First bar and the bar after the last, 0-based."""


@dataclass(frozen=True, slots=True)
class MetricFacts:
    """What one metric is (a table of ``data/metrics.toml``).

    Attributes
    ----------
    id
        Stable name; conventions that change the number are part of it (``groove_similarity_16``).
    dimension
        One of `DIMENSIONS`.
    name, unit
        For people; ``unit`` is ``""`` for a pure number and ``share`` for 0..1 of something.
    meaning
        One or two sentences: how it is computed and what low and high values sound like.
    source
        Paper, standard, or "own".
    context
        True for a number that describes the piece but judges nothing (it takes no part in
        scores of groups), such as the estimated arousal.
    """

    id: str
    dimension: str
    name: str
    unit: str
    meaning: str
    source: str
    context: bool = False


@dataclass(frozen=True, slots=True)
class Evidence:
    """Where in the piece a number comes from.

    ``bars`` are `Span` pairs of 0-based bars, ``seconds`` pairs of start and end; both may be
    empty when the whole piece is meant. ``note`` says in words what is to be seen there.
    """

    bars: tuple[Span, ...] = ()
    seconds: tuple[tuple[float, float], ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class Measurement:
    """One metric of one piece.

    Exactly one of ``value`` and ``reason`` says something: a defined number is finite and has an
    empty reason.

    Raises
    ------
    ValueError
        If the value is NaN or infinite, or is missing without a reason.
    """

    metric: str
    value: float | None
    evidence: Evidence = Evidence()
    reason: str = ""

    def __post_init__(self) -> None:
        if self.value is None:
            if not self.reason.startswith("not defined, because "):
                raise ValueError(f"{self.metric}: no value and no reason why")
        elif not math.isfinite(self.value):
            raise ValueError(f"{self.metric}: {self.value} is not a number to report")


class NotDefined(Exception):  # noqa: N818 (an answer, not an error: it never leaves evaluate)
    """Raised inside a metric when the piece does not define it.

    The message completes the sentence "not defined, because …".
    """
