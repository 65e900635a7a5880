"""Pictures of the sound as inline SVG: loudness over time, spectrum against its target, and all
pictures of a sound together, as reports show them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from songwright.export.evaluation_pictures import MEASURED, polyline, section_marks, svg
from songwright.export.pictures import WIDTH
from songwright.export.sound_portrait import (
    masking_picture,
    spectrogram_picture,
    stereo_picture,
)

if TYPE_CHECKING:
    from songwright.evaluate.sound import SoundCurves

_TARGET = "#8d99ae"
_ROOM = WIDTH - 64  # to the right of it stand the names of the levels


def sound_section(
    curves: SoundCurves, sections: Sequence[tuple[float, str]], names: Mapping[str, str]
) -> str:
    """Every picture of a sound with its heading and what it shows.

    ``sections`` are starts in seconds and names; ``names`` those of the parts by id.
    """
    portrait = curves.portrait
    whose = curves.style.replace("_", " ") or "recordings at large"
    rows = [
        ("Loudness", loudness_picture(curves, sections), "Short-term loudness, windows of 3 s."),
        ("Spectrum", spectrum_picture(curves),
         f"Line: third octaves of the piece. Dashed: the even balance of {whose}."),
    ]  # fmt: skip
    if portrait is not None:
        rows += [
            ("Spectrogram", spectrogram_picture(portrait), "From dark to light over 75 dB."),
            ("Stereo field", stereo_picture(portrait),
             "Left: an upright line is mono, a round cloud is wide. Right: correlation; below 0 "
             "parts of the sound cancel in mono."),
            ("Masking", masking_picture(portrait, names),
             "Share of each part that the others cover, second by second."),
        ]  # fmt: skip
    return "".join(
        f'<h3>{title}</h3>{picture}<p class="caption">{text}</p>'
        for title, picture, text in rows
        if picture
    )


def loudness_picture(
    curves: SoundCurves, sections: Sequence[tuple[float, str]] = (), height: int = 140
) -> str:
    """Short-term loudness over time, -40 to 0 LUFS; empty for files shorter than 3 s.

    ``sections`` are starts in seconds and names.
    """
    if curves.seconds.size < 2:
        return ""
    step = max(1, curves.seconds.size // WIDTH)
    seconds, lufs = curves.seconds[::step], np.clip(curves.short_term_lufs[::step], -40.0, 0.0)
    length = float(curves.seconds[-1]) + 1.5
    points = [(float(s) / length * _ROOM, _y(float(v), -40.0, 0.0, height))
              for s, v in zip(seconds, lufs, strict=True)]  # fmt: skip
    marks = _levels(range(-36, 0, 6), -40.0, 0.0, height, "LUFS")
    marks += section_marks([(s / length * _ROOM / WIDTH, n) for s, n in sections if s < length],
                           height)  # fmt: skip
    for tick in range(0, int(length) + 1, _tick_seconds(length)):
        x = tick / length * _ROOM
        marks.append(f'<text x="{x + 2:.1f}" y="{height - 3}" font-size="10">{tick} s</text>')
    return svg(height, "Short-term loudness over time", [*marks, polyline(points, MEASURED)])


def _tick_seconds(length: float) -> int:
    return next((step for step in (1, 2, 5, 10, 30, 60, 300) if length / step <= 12), 600)


def spectrum_picture(curves: SoundCurves, height: int = 180) -> str:
    """Third-octave spectrum against the target curve."""
    top = float(max(curves.level_db.max(), curves.target_db.max())) + 3.0
    low = top - 60.0
    octaves = np.log2(np.maximum(curves.centre_hz, 1.0) / 20.0) / np.log2(1000.0)
    inside = (octaves >= 0.0) & (octaves <= 1.0)

    def line(levels: np.ndarray[tuple[int], np.dtype[np.float64]], colour: str, dash: str) -> str:
        clipped = np.clip(levels[inside], low, top)
        points = [(float(o) * _ROOM, _y(float(v), low, top, height))
                  for o, v in zip(octaves[inside], clipped, strict=True)]  # fmt: skip
        return polyline(points, colour, dash)

    first = int(np.ceil(low / 12.0)) * 12
    marks = _levels(range(first, int(top), 12), low, top, height, "dB")
    for hz, text in ((50, "50 Hz"), (200, "200"), (1000, "1 kHz"), (5000, "5"), (12000, "12")):
        x = float(np.log2(hz / 20.0) / np.log2(1000.0)) * _ROOM
        marks.append(
            f'<path d="M{x:.1f} 0V{height}" stroke="#8884"/>'
            f'<text x="{x + 2:.1f}" y="{height - 3}" font-size="10">{text}</text>'
        )
    curve = (line(curves.target_db, _TARGET, "6 4"), line(curves.level_db, MEASURED, ""))
    whose = curves.style.replace("_", " ") or "recordings"
    return svg(height, f"Spectrum (line) against the target of {whose} (dashed)",
                [*marks, *curve])  # fmt: skip


def _y(value: float, low: float, high: float, height: int) -> float:
    return height - 14 - (value - low) / (high - low) * (height - 20)


def _levels(values: range, low: float, high: float, height: int, unit: str) -> list[str]:
    return [
        f'<path d="M0 {_y(v, low, high, height):.1f}H{_ROOM}" stroke="#8883"/>'
        f'<text x="{_ROOM + 6}" y="{_y(v, low, high, height) + 3:.1f}" font-size="10">'
        f"{v} {unit}</text>"
        for v in values
    ]
