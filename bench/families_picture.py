"""Spectrograms and envelopes of two players side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray

FloatArray = NDArray[np.float32]

LENGTH, HOP = 2048, 480
LINES, LOW_HZ, HIGH_HZ = 200, 40.0, 18000.0
RANGE_DB = 80.0
_ENVELOPE_DB = 60.0


@dataclass(frozen=True, slots=True)
class Row:
    """One instrument: our phrase, by what it was played, and the same through a soundfont."""

    name: str
    player: str
    ours: FloatArray
    theirs: FloatArray


def spectrogram_db(audio: FloatArray, rate_hz: int) -> NDArray[np.float64]:
    """Levels on a logarithmic axis of frequency, shape (LINES, frames), loudest at 0 dB."""
    mono = audio.mean(axis=0)
    padded = np.pad(mono, LENGTH // 2)
    view = np.lib.stride_tricks.sliding_window_view(padded, LENGTH)[::HOP]
    power = np.abs(np.fft.rfft(view * np.blackman(LENGTH), axis=1)) ** 2
    hz = np.geomspace(LOW_HZ, HIGH_HZ, LINES + 1)
    edges = hz / rate_hz * LENGTH
    # between bins in the bass, the highest of several in the treble
    rows = []
    for low, high in pairwise(edges):
        a, b = int(np.ceil(low)), int(np.floor(high))
        if b >= a:
            rows.append(power[:, a : b + 1].max(axis=1))
        else:
            share = 0.5 * (low + high) - int(low)
            rows.append((1 - share) * power[:, int(low)] + share * power[:, int(low) + 1])
    level = 10.0 * np.log10(np.stack(rows) + 1e-14)
    return np.asarray(level - level.max())


def envelope_db(audio: FloatArray) -> NDArray[np.float64]:
    """Peak level of 5 ms pieces, loudest at 0 dB."""
    count = audio.shape[1] // 240
    peaks = np.abs(audio[:, : count * 240]).reshape(2, count, 240).max(axis=(0, 2))
    level = 20.0 * np.log10(peaks + 1e-6)
    return np.asarray(level - level.max())


def draw_family(path: Path, title: str, rows: Sequence[Row], rate_hz: int) -> None:
    """Write a picture: a row for each instrument, ours on the left, the soundfont on the right."""
    heights = [4.0, 1.2] * len(rows)
    figure = Figure(figsize=(16, 2.6 * len(rows)))
    axes = figure.subplots(2 * len(rows), 2, height_ratios=heights, squeeze=False)
    for i, row in enumerate(rows):
        for j, (who, audio) in enumerate(((row.player, row.ours), ("soundfont", row.theirs))):
            above, below = axes[2 * i][j], axes[2 * i + 1][j]
            seconds = audio.shape[1] / rate_hz
            above.imshow(
                spectrogram_db(audio, rate_hz), origin="lower", aspect="auto", cmap="magma",
                vmin=-RANGE_DB, vmax=0.0, extent=(0.0, seconds, 0.0, float(LINES)),
            )  # fmt: skip
            marks = [100, 300, 1000, 3000, 10000]
            octaves = np.log(HIGH_HZ / LOW_HZ)
            above.set_yticks([LINES * np.log(hz / LOW_HZ) / octaves for hz in marks])
            above.set_yticklabels(["100", "300", "1k", "3k", "10k"], fontsize=6)
            above.set_xticks([])
            above.set_title(f"{row.name}: {who}", fontsize=8, pad=2)
            level = envelope_db(audio)
            below.fill_between(np.arange(level.shape[0]) / 200.0, -_ENVELOPE_DB, level, lw=0)
            below.set_xlim(0.0, seconds)
            below.set_ylim(-_ENVELOPE_DB, 0.0)
            below.tick_params(labelsize=6)
    figure.suptitle(title, fontsize=9)
    figure.tight_layout(pad=0.4, h_pad=0.2)
    figure.savefig(path, dpi=70)
