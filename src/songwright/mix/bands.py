"""Equaliser bands by name: what a mixer calls them, and where they lie unless told otherwise."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from songwright.mix.settings import EqBand

NAMED_BANDS = {
    "low_shelf": EqBand("low_shelf", 110.0, 0.0, 0.707, "low_shelf"),
    "low": EqBand("peak", 80.0, 0.0, 1.0, "low"),
    "low_mid": EqBand("peak", 320.0, 0.0, 0.9, "low_mid"),
    "mid": EqBand("peak", 1_000.0, 0.0, 0.8, "mid"),
    "presence": EqBand("peak", 3_000.0, 0.0, 0.8, "presence"),
    "high": EqBand("peak", 7_000.0, 0.0, 0.8, "high"),
    "high_shelf": EqBand("high_shelf", 8_000.0, 0.0, 0.707, "high_shelf"),
}
"""Bands that every strip has, flat until they are set."""

_PEAKS_BELOW_HZ = (("low", 150.0), ("low_mid", 600.0), ("mid", 1_800.0), ("presence", 5_000.0))


def usual_name(kind: str, frequency_hz: float) -> str:
    """The name of a band from its kind and its frequency."""
    if kind != "peak":
        return kind
    return next((name for name, below in _PEAKS_BELOW_HZ if frequency_hz < below), "high")


def named(bands: Sequence[EqBand]) -> tuple[EqBand, ...]:
    """Bands that all have a name of their own: theirs, the usual one, or that with a number."""
    taken: set[str] = set()
    found = []
    for band in bands:
        base = band.name or usual_name(band.kind, band.frequency_hz)
        name, number = base, 1
        while name in taken:
            number += 1
            name = f"{base}_{number}"
        taken.add(name)
        found.append(band if band.name == name else replace(band, name=name))
    return tuple(found)


def with_band(bands: Sequence[EqBand], band: EqBand) -> tuple[EqBand, ...]:
    """Bands with one put in the place of that of its name, or after the last."""
    given = named(bands)
    if any(b.name == band.name for b in given):
        return tuple(band if b.name == band.name else b for b in given)
    return (*given, band)


def band_called(bands: Sequence[EqBand], name: str) -> EqBand | None:
    """The band of a name among those of a strip, else the flat one that every strip has."""
    return next((b for b in named(bands) if b.name == name), NAMED_BANDS.get(name))
