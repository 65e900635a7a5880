"""A metric as a dot on its human band or between its limits, as inline SVG."""

from __future__ import annotations

from songwright.evaluate.judgement import Judged

_DOT = {True: "#2a9d5c", False: "#d62839", None: "#8d99ae"}


def band_dot(judged: Judged) -> str:
    """A metric as a dot on its band (by percentile) or between its limits; empty without either."""
    if judged.value is None or (judged.band is None and judged.low is None and judged.high is None):
        return ""
    if judged.percentile is not None:
        place, shapes = judged.percentile, _bar(5, 95, 3) + _bar(25, 75, 9)
    else:
        place, shapes = _between_limits(judged)
    colour = _DOT[judged.inside]
    return (
        '<svg class="dot" viewBox="-4 0 108 16" role="img" '
        f'aria-label="{place:.0f} of 100">{shapes}'
        f'<circle cx="{place:.1f}" cy="8" r="3.6" fill="{colour}"/></svg>'
    )


def _between_limits(judged: Judged) -> tuple[float, str]:
    """Place 0..100 of a value, its limits lying at 25 and 75, an open side reaching to the edge."""
    assert judged.value is not None
    low, high = judged.low, judged.high
    if low is not None and high is not None and high > low:
        place = 25.0 + 50.0 * (judged.value - low) / (high - low)
    elif high is not None:
        place = 75.0 + 50.0 * (judged.value - high) / max(1.0, abs(high))
    else:
        assert low is not None
        place = 25.0 + 50.0 * (judged.value - low) / max(1.0, abs(low))
    left, right = (0 if low is None else 25), (100 if high is None else 75)
    if low is not None and low == high:
        left = right = 25
    return min(100.0, max(0.0, place)), _bar(0, 100, 1) + _bar(left, right, 9)


def _bar(left: float, right: float, tall: float) -> str:
    return (
        f'<rect x="{left}" y="{8 - tall / 2}" width="{max(1.0, right - left)}" height="{tall}" '
        'rx="1.5" fill="#7d8ca360"/>'
    )
