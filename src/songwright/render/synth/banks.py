"""Banks of coloured noise, always the same, read by notes from random places."""

from __future__ import annotations

from functools import cache

import numpy as np

from songwright.errors import StyleError
from songwright.render.jit import FloatArray
from songwright.render.noise import BANK_SIZE, noise_bank
from songwright.seeds import noise_rng

COLOURS = ("white", "pink", "tape", "vinyl", "dust")


@cache
def coloured_bank(colour: str, sample_rate_hz: int) -> FloatArray:
    """``BANK_SIZE`` samples of noise, RMS 1, without a seam at its end.

    ``pink`` falls 3 dB per octave; ``tape`` is hiss with a little rumble; ``vinyl`` is surface
    noise with crackle; ``dust`` is crackle alone.

    Raises
    ------
    StyleError
        If there is no such colour.
    """
    if colour not in COLOURS:
        raise StyleError(f"there is no noise {colour!r}; there are: {', '.join(COLOURS)}")
    if colour == "white":
        return noise_bank()
    hz = np.fft.rfftfreq(BANK_SIZE, 1.0 / sample_rate_hz)
    hz[0] = 1.0
    white = np.fft.rfft(noise_bank().astype(np.float64))
    pink = np.fft.irfft(white * (hz / 1000.0) ** -0.5 * (hz > 25.0), BANK_SIZE)
    if colour == "pink":
        bank = pink
    elif colour == "tape":
        hiss = (hz / 3000.0) / (1.0 + (hz / 3000.0) ** 2) + 0.12
        bank = np.fft.irfft(white * hiss / (1.0 + (hz / 13000.0) ** 4) * (hz > 40.0), BANK_SIZE)
        bank += 0.08 * pink
    else:
        bank = _crackle(sample_rate_hz)
        # the largest scratches bend as a stylus does, or they alone would set the level
        bank = np.tanh(bank / (2.5 * np.std(bank)))
        if colour == "vinyl":
            soft = 1.0 / (1.0 + (hz / 2500.0) ** 2)
            surface = np.fft.irfft(np.fft.rfft(pink) * soft * (hz > 150.0), BANK_SIZE)
            bank = bank / np.std(bank) + 0.3 * surface / np.std(surface)
    unit: FloatArray = (bank / np.sqrt(np.mean(bank**2))).astype(np.float32)
    unit.flags.writeable = False
    return unit


def _crackle(sample_rate_hz: int) -> np.ndarray:
    """Scratches and dust: impulses of very different size, each ringing for a moment."""
    random = noise_rng(0, "palette", "crackle")
    clicks = np.zeros(BANK_SIZE)
    for rate_hz, size in ((14.0, 0.25), (4.0, 0.7), (0.9, 1.6)):
        count = int(rate_hz * BANK_SIZE / sample_rate_hz)
        at = random.integers(0, BANK_SIZE, count)
        clicks[at] += size * random.rayleigh(0.6, count) * random.choice((-1.0, 1.0), count)
    hz = np.fft.rfftfreq(BANK_SIZE, 1.0 / sample_rate_hz)
    shape = 1.0 / np.sqrt((1.0 + (500.0 / np.maximum(hz, 1.0)) ** 4) * (1.0 + (hz / 5200.0) ** 4))
    return np.asarray(np.fft.irfft(np.fft.rfft(clicks) * shape, BANK_SIZE))
