"""Pictures of a judgement as inline SVG (and one PNG): form, energy, sound, dots on bands.

They share width and colours with `songwright.export.pictures` and carry text titles as those do.
"""

from __future__ import annotations

import base64
import struct
import zlib
from collections.abc import Sequence
from html import escape
from typing import TYPE_CHECKING

import numpy as np

from songwright.composition import Plan, SectionPlan
from songwright.evaluate.chords import chords_of, chroma_of
from songwright.evaluate.judgement import Judged
from songwright.evaluate.keyfinding import estimate_key
from songwright.evaluate.model import Span
from songwright.evaluate.piece import Piece
from songwright.evaluate.symbolic.arrangement import bar_energy_db
from songwright.evaluate.symbolic.fitness import smoothed_likeness
from songwright.evaluate.symbolic.structure import half_bar_chroma
from songwright.export.pictures import WIDTH
from songwright.score import Score, TimeMap

if TYPE_CHECKING:
    from songwright.evaluate.sound import SoundCurves

_MOST_BARS = 240
_KEY_BARS = 8
_ROOTS = ("C", "D♭", "D", "E♭", "E", "F", "F♯", "G", "A♭", "A", "B♭", "B")
_PLANNED, _MEASURED, _TARGET = "#e4572e", "#2e86ab", "#8d99ae"
_DOT = {True: "#2a9d5c", False: "#d62839", None: "#8d99ae"}


def outline_of(score: Score) -> Plan:
    """What the piano roll needs of a plan, from a score that has none.

    Bars are counted in the first metre, so in pieces that change metre the section marks may stand
    up to a bar beside their place.
    """
    meter, key = score.meters[0].meter, score.keys[0].key
    times = TimeMap.of(score)
    last = max((n.end_ticks for p in score.parts for n in p.notes), default=0)
    end = max(times.bar_start(score.bars), last, meter.bar_ticks)
    bars = -(-end // meter.bar_ticks)
    sections = []
    for mark in score.sections:
        start = round(times.bar_start(mark.start_bar) / meter.bar_ticks)
        stop = round(times.bar_start(mark.end_bar) / meter.bar_ticks)
        if stop > start:
            sections.append(
                SectionPlan(mark.id, mark.function, mark.letter, 0, start, stop - start,
                            (stop - start,), 0.0, key)
            )  # fmt: skip
    return Plan(
        score.title, 0, "", "", key, score.tempos[0].bpm, meter, "straight", 0.5, 240, bars,
        tuple(sections), (), (), score.tempos, "final",
    )  # fmt: skip


def similarity_picture(piece: Piece) -> str:
    """Self-similarity of half bars (harmony and tune, best of twelve transpositions).

    Dark is alike: blocks are stretches of one material, lines beside the diagonal are returns.
    Empty without pitched notes. At most the first 240 bars.
    """
    chroma = half_bar_chroma(piece)[: 2 * _MOST_BARS]
    if not chroma.size or float(chroma.sum()) <= 0.0:
        return ""
    norm = np.linalg.norm(chroma, axis=1, keepdims=True)
    likeness = smoothed_likeness(chroma / np.where(norm > 0, norm, 1.0), min(4, len(chroma)))
    scaled = np.clip((likeness - 0.4) / 0.6, 0.0, 1.0) ** 2
    shades = (255 - 235 * scaled).astype(np.uint8)
    title = f"Self-similarity of half bars, bars 1 to {-(-len(chroma) // 2)}"
    return (
        f'<img class="matrix" alt="{title}" title="{title}" '
        f'src="data:image/png;base64,{base64.b64encode(grey_png(shades)).decode()}">'
    )


def grey_png(shades: np.ndarray[tuple[int, int], np.dtype[np.uint8]]) -> bytes:
    """An 8-bit greyscale PNG of an array ``(rows, columns)``."""
    rows, columns = shades.shape

    def chunk(kind: bytes, data: bytes) -> bytes:
        body = kind + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))

    lines = b"".join(b"\x00" + row.tobytes() for row in shades)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", struct.pack(">IIBBBBB", columns, rows, 8, 0, 0, 0, 0))
        + chunk(b"IDAT", zlib.compress(lines, 9))
        + chunk(b"IEND", b"")
    )


def energy_picture(piece: Piece, height: int = 110) -> str:
    """Measured energy of each bar (columns, dB) and, where there is a plan, the planned curve."""
    energy = bar_energy_db(piece)
    low, high = float(np.percentile(energy, 5)) - 3.0, float(energy.max())
    reach = max(high - low, 6.0)
    room = height - 16
    wide = WIDTH / piece.bars
    marks = []
    for bar, db in enumerate(energy):
        tall = max(0.0, (float(db) - low) / reach) * room
        marks.append(
            f'<rect x="{bar * wide:.1f}" y="{height - tall:.1f}" '
            f'width="{max(0.5, wide - 0.6):.1f}" height="{tall:.1f}" fill="{_MEASURED}80">'
            f"<title>bar {bar + 1}: {db:.1f} dB</title></rect>"
        )
    if piece.plan_energy is not None:
        points = [((i + 0.5) * wide, height - float(e) * room)
                  for i, e in enumerate(piece.plan_energy[: piece.bars])]  # fmt: skip
        marks.append(_polyline(points, _PLANNED))
    title = "Energy of each bar: measured (columns)"
    return _svg(
        height, title + (", planned (line)" if piece.plan_energy is not None else ""), marks
    )


def harmony_strip(piece: Piece, height: int = 52) -> str:
    """Chords as heard (colour by root along the circle of fifths) above the key of each window.

    Keys are found in windows of eight bars. Empty without pitched notes.
    """
    if not piece.notes.size:
        return ""
    end = max(1, piece.end)
    chords = chords_of(piece)
    marks = []
    for onset, stop, root in zip(chords.onset, chords.end, chords.root, strict=True):
        x, wide = int(onset) / end * WIDTH, (int(stop) - int(onset)) / end * WIDTH
        name = _ROOTS[int(root)]
        hue = 30 * (int(root) * 7 % 12)
        text = f'<text x="{x + 2:.1f}" y="18" font-size="10">{name}</text>' if wide > 16 else ""
        marks.append(
            f'<rect x="{x:.1f}" y="4" width="{max(0.5, wide - 0.6):.1f}" height="20" '
            f'fill="hsl({hue} 60% 55% / 0.45)"><title>chord on {name}</title></rect>{text}'
        )
    edges = piece.bar_starts[[*range(0, piece.bars, _KEY_BARS), piece.bars]]
    for weights, start, stop in zip(
        chroma_of(piece.notes, edges), edges[:-1], edges[1:], strict=True
    ):
        key = estimate_key([float(w) for w in weights])
        x, wide = int(start) / end * WIDTH, (int(stop) - int(start)) / end * WIDTH
        text = str(key) if key is not None else "–"
        marks.append(
            f'<rect x="{x:.1f}" y="28" width="{max(0.5, wide - 0.6):.1f}" height="20" '
            f'fill="#7d8ca340"><title>{text}</title></rect>'
            + (f'<text x="{x + 3:.1f}" y="42" font-size="10">{text}</text>' if wide > 50 else "")
        )
    return _svg(height, "Roots of the chords as heard, and the key of every eight bars", marks)


def theme_strip(score: Score, found: Sequence[Span], bars: int, height: int = 34) -> str:
    """Where themes sound: as marked in the score, else the bars found blind; empty without any."""
    marks = []
    end = max(1, TimeMap.of(score).bar_start(bars))
    for use in score.themes:
        marks.append((use.onset_ticks / end, use.duration_ticks / end,
                      f"{use.theme} {use.treatment}"))  # fmt: skip
    if not marks:
        marks = [(a / bars, (b - a) / bars, f"theme, bars {a + 1}–{b}") for a, b in found]
    if not marks:
        return ""
    shapes = [
        f'<rect x="{x * WIDTH:.1f}" y="4" width="{max(2.0, w * WIDTH - 1):.1f}" '
        f'height="{height - 8}" fill="{_PLANNED}60"><title>{escape(text)}</title></rect>'
        + (
            f'<text x="{x * WIDTH + 3:.1f}" y="{height - 13}" font-size="10">'
            f"{escape(text[:18])}</text>"
            if w * WIDTH > 50
            else ""
        )
        for x, w, text in marks
    ]
    return _svg(height, "Where themes sound", shapes)


def loudness_picture(curves: SoundCurves, height: int = 140) -> str:
    """Short-term loudness over time, -40 to 0 LUFS; empty for files shorter than 3 s."""
    if curves.seconds.size < 2:
        return ""
    step = max(1, curves.seconds.size // WIDTH)
    seconds, lufs = curves.seconds[::step], np.clip(curves.short_term_lufs[::step], -40.0, 0.0)
    length = float(curves.seconds[-1]) + 1.5
    points = [(float(s) / length * WIDTH, _y(float(v), -40.0, 0.0, height))
              for s, v in zip(seconds, lufs, strict=True)]  # fmt: skip
    marks = _levels(range(-36, 0, 6), -40.0, 0.0, height, "LUFS")
    for tick in range(0, int(length) + 1, _tick_seconds(length)):
        x = tick / length * WIDTH
        marks.append(f'<text x="{x + 2:.1f}" y="{height - 3}" font-size="10">{tick} s</text>')
    return _svg(height, "Short-term loudness over time", [*marks, _polyline(points, _MEASURED)])


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
        points = [(float(o) * WIDTH, _y(float(v), low, top, height))
                  for o, v in zip(octaves[inside], clipped, strict=True)]  # fmt: skip
        return _polyline(points, colour, dash)

    first = int(np.ceil(low / 12.0)) * 12
    marks = _levels(range(first, int(top), 12), low, top, height, "dB")
    for hz, text in ((50, "50 Hz"), (200, "200"), (1000, "1 kHz"), (5000, "5"), (12000, "12")):
        x = float(np.log2(hz / 20.0) / np.log2(1000.0)) * WIDTH
        marks.append(
            f'<path d="M{x:.1f} 0V{height}" stroke="#8884"/>'
            f'<text x="{x + 2:.1f}" y="{height - 3}" font-size="10">{text}</text>'
        )
    curve = (line(curves.target_db, _TARGET, "6 4"), line(curves.level_db, _MEASURED, ""))
    return _svg(height, "Spectrum (line) against the target of recordings (dashed)",
                [*marks, *curve])  # fmt: skip


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


def _y(value: float, low: float, high: float, height: int) -> float:
    return height - 14 - (value - low) / (high - low) * (height - 20)


def _levels(values: range, low: float, high: float, height: int, unit: str) -> list[str]:
    return [
        f'<path d="M0 {_y(v, low, high, height):.1f}H{WIDTH}" stroke="#8883"/>'
        f'<text x="{WIDTH - 60}" y="{_y(v, low, high, height) - 2:.1f}" font-size="10">'
        f"{v} {unit}</text>"
        for v in values
    ]


def _polyline(points: Sequence[tuple[float, float]], colour: str, dash: str = "") -> str:
    listed = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    dashes = f' stroke-dasharray="{dash}"' if dash else ""
    return f'<polyline points="{listed}" fill="none" stroke="{colour}" stroke-width="2"{dashes}/>'


def _svg(height: int, title: str, parts: Sequence[str]) -> str:
    return (
        f'<svg viewBox="0 0 {WIDTH} {height}" role="img" aria-label="{escape(title)}">'
        f"<title>{escape(title)}</title>{''.join(parts)}</svg>"
    )
