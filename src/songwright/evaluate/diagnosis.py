"""What is wrong, in plain words: a catalogue of common limitations read against a judgement.

The catalogue is ``data/diagnosis.toml``: how each limitation is told from the metrics, what a
person would do, and the change that will do it in Songwright.
"""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from statistics import fmean
from typing import TypeVar

import msgspec

from songwright.evaluate.judgement import CONTROLS_MET, Judged, Judgement, figure, limit_score
from songwright.evaluate.model import Span

T = TypeVar("T", int, float)

SIDES = ("below", "above")
REFINE_EXISTS = True
"""``songwright refine`` does what a finding proposes; ``songwright fix`` tries all of them."""

_MOST_PLACES = 6


@dataclass(frozen=True, slots=True)
class Sign:
    """A metric on one side of its band or limit, or of ``value`` where that is given."""

    metric: str
    side: str
    value: float | None = None

    def shows(self, judged: Judged | None) -> bool:
        """Whether a judged metric is on this side; False where it is not defined or not judged."""
        if judged is None or judged.value is None:
            return False
        edge = self.edge(judged)
        if edge is None or (self.value is None and judged.score is None):
            return False
        return judged.value < edge if self.side == "below" else judged.value > edge

    def edge(self, judged: Judged) -> float | None:
        """The bound that the value is held against; None when there is none."""
        if self.value is not None:
            return self.value
        return judged.low if self.side == "below" else judged.high

    def badness(self, judged: Judged) -> float:
        """0.5 just beyond the edge, 1 far beyond it."""
        if self.value is None:
            return 1.0 - (judged.score if judged.score is not None else 0.5)
        assert judged.value is not None
        low, high = (self.value, None) if self.side == "below" else (None, self.value)
        return 1.0 - limit_score(judged.value, low, high)


@dataclass(frozen=True, slots=True)
class Limitation:
    """One table of the catalogue. ``unchecked`` says why it cannot be told from the metrics."""

    name: str
    meaning: str
    advice: str
    refine: str
    needs: int = 1
    signs: tuple[Sign, ...] = ()
    not_for: tuple[str, ...] = ()
    unchecked: str = ""
    id: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """A limitation that shows in a piece.

    Attributes
    ----------
    severity
        0..1: mean distance of its signs beyond their edges, 0.5 just beyond.
    reasons
        Each sign in words: metric, value, edge.
    bars, seconds
        Where its metrics were worst: 0-based bars (first, one past the last); empty for the whole.
    advice, refine
        What a person would do, and the arguments of ``songwright refine``.
    """

    id: str
    name: str
    meaning: str
    severity: float
    metrics: tuple[str, ...]
    reasons: tuple[str, ...]
    bars: tuple[Span, ...]
    seconds: tuple[tuple[float, float], ...]
    advice: str
    refine: str


@cache
def catalogue() -> dict[str, Limitation]:
    """All limitations by id, in the order of the data file."""
    text = files("songwright.evaluate").joinpath("data/diagnosis.toml").read_text("utf-8")
    rows = [{"id": key, **row} for key, row in tomllib.loads(text).items()]
    found = msgspec.convert(rows, list[Limitation], strict=True)
    for row in found:
        if any(sign.side not in SIDES for sign in row.signs):
            raise ValueError(f"diagnosis.toml: {row.id}: a side is below or above")
        if bool(row.unchecked) == bool(row.signs) or row.needs > max(1, len(row.signs)):
            raise ValueError(f"diagnosis.toml: {row.id}: signs, or a reason why there are none")
    return {row.id: row for row in found}


def diagnose(judgement: Judgement) -> tuple[Finding, ...]:
    """Limitations that show in a piece, the gravest first."""
    judged = {m.id: m for m in judgement.metrics}
    found = []
    for row in catalogue().values():
        if judgement.style in row.not_for:
            continue
        shown: dict[str, Sign] = {}
        for sign in row.signs:
            if sign.shows(judged.get(sign.metric)):
                shown.setdefault(sign.metric, sign)
        if row.signs and len(shown) >= row.needs:
            found.append(_finding(row, [(s, judged[m]) for m, s in shown.items()]))
    return tuple(sorted(found, key=lambda f: -f.severity))


def unchecked() -> tuple[Limitation, ...]:
    """Limitations that no metric tells yet; a report must name them."""
    return tuple(row for row in catalogue().values() if row.unchecked)


def _finding(row: Limitation, signs: list[tuple[Sign, Judged]]) -> Finding:
    places = [j.measurement.evidence for _, j in signs]
    return Finding(
        row.id, row.name, row.meaning, round(fmean(s.badness(j) for s, j in signs), 3),
        tuple(j.id for _, j in signs), tuple(_reason(s, j) for s, j in signs),
        _narrowed([span for p in places for span in p.bars]),
        _narrowed([span for p in places for span in p.seconds]),
        row.advice, row.refine,
    )  # fmt: skip


def _narrowed(spans: Sequence[tuple[T, T]]) -> tuple[tuple[T, T], ...]:
    """Spans in order without those that hold another one, neighbours joined, the first six."""
    fine = [
        (a, b) for a, b in set(spans)
        if not any((c, d) != (a, b) and a <= c and d <= b for c, d in spans)
    ]  # fmt: skip
    joined: list[tuple[T, T]] = []
    for a, b in sorted(fine):
        if joined and a <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(b, joined[-1][1]))
        else:
            joined.append((a, b))
    return tuple(joined[:_MOST_PLACES])


def _reason(sign: Sign, judged: Judged) -> str:
    if judged.id == CONTROLS_MET.id:
        return judged.measurement.evidence.note
    edge = sign.edge(judged)
    assert edge is not None  # the sign shows
    against = "the limit" if sign.value is not None or judged.band is None else (
        f"the {'95' if sign.side == 'above' else '5'}th percentile of human music ({judged.kind})"
    )  # fmt: skip
    note = judged.measurement.evidence.note
    tail = f" ({note})" if note else ""
    return f"{judged.facts.name} {judged.value_text} is {sign.side} {figure(edge)}, {against}{tail}"
