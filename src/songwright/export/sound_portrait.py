"""Pictures of a sound as inline SVG with small PNGs: spectrogram, stereo field, masking."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import TYPE_CHECKING

import numpy as np

from songwright.export.evaluation_pictures import MEASURED, polyline, svg
from songwright.export.pictures import WIDTH
from songwright.export.png import inline_image, png, ramp

if TYPE_CHECKING:
    from songwright.evaluate.sound.portrait import SoundPortrait

_ROOM = WIDTH - 64  # to the right of it stand the names
_RANGE_DB = 75.0
_HEAT = ramp((
    (0.0, (12, 12, 28)), (0.25, (43, 30, 92)), (0.5, (122, 36, 110)), (0.75, (224, 92, 74)),
    (0.92, (250, 190, 90)), (1.0, (255, 246, 214)),
))  # fmt: skip
_COVERED = ramp(((0.0, (46, 134, 171)), (0.35, (143, 190, 170)), (0.6, (243, 167, 18)),
                 (1.0, (214, 40, 57))), 63)  # fmt: skip
_SILENT = (120, 120, 128)
_LANE = 16


def spectrogram_picture(portrait: SoundPortrait, height: int = 240) -> str:
    """Level over time and frequency, 75 dB from dark to light."""
    from songwright.evaluate.sound.portrait import HIGH_HZ, LOW_HZ  # noqa: PLC0415 (loads numba)

    levels = portrait.spectrogram_db[::-1]
    top = float(levels.max())
    shades = np.clip((levels - top + _RANGE_DB) / _RANGE_DB, 0.0, 1.0) * (len(_HEAT) - 1)
    marks = [inline_image(png(shades.astype(np.uint8), _HEAT), 0, 0, _ROOM, height - 16)]
    octaves = np.log2(HIGH_HZ / LOW_HZ)
    for hz, text in ((50, "50 Hz"), (200, "200"), (1_000, "1 kHz"), (5_000, "5"), (12_000, "12")):
        y = (1.0 - np.log2(hz / LOW_HZ) / octaves) * (height - 16)
        marks.append(
            f'<path d="M{_ROOM} {y:.1f}h5" stroke="currentColor"/>'
            f'<text x="{_ROOM + 8}" y="{y + 3:.1f}" font-size="10">{text}</text>'
        )
    marks += _seconds(portrait.seconds, height)
    return svg(height, "Spectrogram", marks)


def stereo_picture(portrait: SoundPortrait, height: int = 220) -> str:
    """Goniometer (up: both sides alike) and correlation over time; empty for mono."""
    if portrait.goniometer is None:
        return ""
    size = height - 16
    shades = (portrait.goniometer * (len(_HEAT) - 1)).astype(np.uint8)
    marks = [
        inline_image(png(shades, _HEAT), 0, 0, size, size),
        f'<text x="4" y="{height - 3}" font-size="10">left</text>',
        f'<text x="{size - 26}" y="{height - 3}" font-size="10">right</text>',
    ]
    left, room = size + 30, _ROOM - size - 30
    for value in (1.0, 0.5, 0.0, -0.5):
        y = _correlation_y(value, size)
        marks.append(
            f'<path d="M{left} {y:.1f}H{_ROOM}" stroke="#8884"/>'
            f'<text x="{_ROOM + 6}" y="{y + 3:.1f}" font-size="10">{value:+g}</text>'
        )
    count = max(1, len(portrait.correlation))
    points = [(left + (i + 0.5) / count * room, _correlation_y(float(c), size))
              for i, c in enumerate(portrait.correlation) if np.isfinite(c)]  # fmt: skip
    if len(points) > 1:
        marks.append(polyline(points, MEASURED))
    title = "Stereo field (left), correlation of left and right over time (right)"
    return svg(height, title, marks)


def _correlation_y(value: float, size: float) -> float:
    return (1.0 - value) / 1.75 * (size - 16) + 8


def masking_picture(portrait: SoundPortrait, names: Mapping[str, str]) -> str:
    """Which part is covered by the others when: blue is clear, red covered, grey silent.

    ``names`` are those of the parts by id; empty without stems.
    """
    if not portrait.masked:
        return ""
    rows, marks = [], []
    for i, (part, share) in enumerate(portrait.masked.items()):
        shades = np.where(np.isfinite(share), 1 + np.nan_to_num(share) * (len(_COVERED) - 1), 0)
        rows.append(shades.astype(np.uint8))
        marks.append(f'<text x="4" y="{i * _LANE + 12}" font-size="11">'
                     f"{escape(names.get(part, part)[:18])}</text>")  # fmt: skip
    height = len(rows) * _LANE + 16
    table = np.stack([row[: min(map(len, rows))] for row in rows])
    left = 120
    image = inline_image(png(table, (_SILENT, *_COVERED)), left, 0, WIDTH - left, height - 16,
                         smooth=False)  # fmt: skip
    ticks = _seconds(portrait.seconds, height, left, WIDTH - left)
    title = "Masking of each part: blue is clear, red is covered by the others, grey is silent"
    return svg(height, title, [image, *marks, *ticks])


def _seconds(length: float, height: int, left: float = 0.0, room: float = _ROOM) -> list[str]:
    step = next((s for s in (1, 2, 5, 10, 30, 60, 300) if length / s <= 12), 600)
    return [
        f'<text x="{left + tick / max(length, 1e-6) * room + 2:.1f}" y="{height - 3}" '
        f'font-size="10">{tick} s</text>'
        for tick in range(0, int(length) + 1, step)
    ]
