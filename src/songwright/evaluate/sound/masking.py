"""Which stems are covered by the others, and how loud the lead stands."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from songwright.audio.buffers import Samples64
from songwright.evaluate.model import Measurement, NotDefined
from songwright.evaluate.sound.listening import Listening, found, hears
from songwright.evaluate.sound.spans import Seconds, stretches
from songwright.evaluate.sound.stems import FRAMES_PER_SECOND, StemSet
from songwright.evaluate.sound.translation import relative_level
from songwright.evaluate.sound.weights import BARKS

DOWN_DB, UP_DB = 27.0, 10.0
"""How fast masking fades per Bark, towards lower and towards higher bands."""

OFFSET_DB = -6.0
"""A sound is masked from this level on below the spread sound of the rest."""


def spreading() -> Samples64:
    """Matrix ``(24, 24)``: power that one unit in band (row) masks in band (column)."""
    bands = np.arange(BARKS)
    distance = bands[None, :] - bands[:, None]
    fall_db = np.where(distance < 0, -distance * DOWN_DB, distance * UP_DB)
    return np.asarray(10.0 ** (-fall_db / 10.0))


def masked_energy(
    stem: NDArray[np.float32], rest: NDArray[np.floating], spread: Samples64
) -> tuple[Samples64, Samples64]:
    """Masked and whole energy of a stem in each frame.

    Parameters
    ----------
    stem, rest
        Power in critical bands of the stem and of everything else, shape (frames, 24).
    spread
        See `spreading`.

    Returns
    -------
    masked, whole
        Shape (frames,).
    """
    threshold = (rest @ spread.astype(rest.dtype)) * 10.0 ** (OFFSET_DB / 10.0)
    masked = np.where(stem < threshold, stem, 0.0).sum(axis=1, dtype=np.float64)
    return masked, stem.sum(axis=1, dtype=np.float64)


def _share(stems: StemSet, names: tuple[str, ...], whole: NDArray[np.float32]) -> tuple[
    float, NDArray[np.bool_]
]:  # fmt: skip
    """Masked share of some stems together, and the seconds in which most of them is masked."""
    own = _sum(tuple(stems.levels[name].bark for name in names))
    rest = np.maximum(whole - own, 0.0)
    masked, energy = masked_energy(own, rest, spreading())
    active = np.any([stems.levels[name].active for name in names], axis=0)
    if not active.any() or energy[active].sum() <= 0.0:
        raise NotDefined("it does not sound")
    seconds = np.arange(len(energy)) // FRAMES_PER_SECOND
    by_second = np.bincount(seconds, masked) / np.maximum(np.bincount(seconds, energy), 1e-12)
    heard = np.bincount(seconds, active) > FRAMES_PER_SECOND // 4
    return float(masked[active].sum() / energy[active].sum()), heard & (by_second > 0.5)


def _sum(tables: tuple[NDArray[np.float32], ...]) -> NDArray[np.float32]:
    total = np.zeros_like(tables[0])
    for table in tables:
        total += table
    return total


def _whole(stems: StemSet) -> NDArray[np.float32]:
    if len(stems.levels) < 2:
        raise NotDefined("there is only one stem")
    return _sum(tuple(level.bark for level in stems.levels.values()))


@hears("lead_masked", "lead_level")
def lead(sound: Listening) -> Iterator[Measurement]:
    stems = sound.need_stems()
    leads = stems.of_role("lead")
    if not leads:
        raise NotDefined("no stem is the lead")
    whole = _whole(stems)
    share, buried = _share(stems, leads, whole)
    yield found("lead_masked", share, stretches(buried, 1.0),
                "more than half of the lead is masked" if buried.any() else "")  # fmt: skip
    level = relative_level(stems, leads)
    if level is not None:
        buried_seconds = _seconds_below(stems, leads, -10.0)
        note = "the lead lies 10 LU under the mix" if buried_seconds else ""
        yield found("lead_level", level, buried_seconds, note)


def _seconds_below(stems: StemSet, names: tuple[str, ...], level_lu: float) -> Seconds:
    """Seconds in which some stems sound, but far below the mix."""
    active = np.any([stems.levels[name].active for name in names], axis=0)
    seconds = np.arange(len(active)) // FRAMES_PER_SECOND
    own = np.bincount(seconds, sum(stems.levels[name].heard[:, 0] for name in names))
    whole = np.bincount(seconds, sum(level.heard[:, 0] for level in stems.levels.values()))
    heard = np.bincount(seconds, active) > FRAMES_PER_SECOND // 2
    return stretches(heard & (own < whole * 10.0 ** (level_lu / 10.0)), 1.0)


@hears("stem_masked")
def others(sound: Listening) -> Iterator[Measurement]:
    stems = sound.need_stems()
    whole = _whole(stems)
    leads = stems.of_role("lead")
    found_shares: dict[str, tuple[float, NDArray[np.bool_]]] = {}
    for name, level in stems.levels.items():
        if name not in leads and level.active.any():
            found_shares[name] = _share(stems, (name,), whole)
    if not found_shares:
        raise NotDefined("there is no stem beside the lead")
    order = sorted(found_shares, key=lambda name: -found_shares[name][0])
    share, buried = found_shares[order[0]]
    words = ", ".join(f"{name} {found_shares[name][0]:.0%}" for name in order[:4])
    yield found("stem_masked", share, stretches(buried, 1.0), f"most masked: {words}")
