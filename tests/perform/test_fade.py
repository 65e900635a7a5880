"""Players fade where the piece does."""

from __future__ import annotations

from dataclasses import replace

from songwright.brief import Brief, Length
from songwright.composition import make_plan
from songwright.perform.dynamics import FADE_FLOOR, fade_share


def test_the_level_falls_over_the_last_bars_and_only_in_a_fade() -> None:
    plan = make_plan(Brief(style="reggae", length=Length("bars", 32, 32), ending="fade"), 1)
    bar = plan.meter.bar_ticks
    shares = [fade_share(plan, b * bar) for b in range(33)]
    assert shares[:26] == [1.0] * 26
    assert shares[26:] == sorted(shares[26:], reverse=True)
    assert shares[32] == FADE_FLOOR
    assert fade_share(replace(plan, ending="final"), 31 * bar) == 1.0
