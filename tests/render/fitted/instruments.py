"""A small made-up instrument for tests."""

from __future__ import annotations

import numpy as np

from songwright.render.fitted.model import BANDS, KNOTS, SILENT, FittedInstrument, FittedTone


def tone(pitch: int = 60, velocity: int = 80, count: int = 3, free: bool = False) -> FittedTone:
    levels = np.add.outer(np.arange(KNOTS), 12 * np.arange(count)).astype(np.uint8)
    levels[-1] = SILENT
    ratios = np.array([0.5, *range(1, count)], np.float32) if free else np.zeros(0, np.float32)
    return FittedTone(
        pitch=pitch,
        velocity=velocity,
        level_db=-12.5,
        tuning_cents=-3.25,
        inharmonicity=0.0 if free else 4e-4,
        ratios=ratios,
        partials=levels,
        noise=np.full((KNOTS, BANDS), 90, np.uint8),
        pans=np.arange(-1, count - 1).astype(np.int8),
        phases=(np.arange(count) * 70 % 256).astype(np.uint8),
        pitch_cents=np.arange(KNOTS, dtype=np.int8) - 12,
    )


def made_up(free: bool = False) -> FittedInstrument:
    return FittedInstrument(
        id="acoustic_grand_piano",
        kind="struck",
        source="nothing",
        gain_db=3.0,
        tones=tuple(tone(p, v, free=free) for p in (48, 60) for v in (40, 80, 115)),
        release_seconds=((48.0, 0.4), (60.0, 0.25)),
        width=0.5,
    )
