"""Pictures of the form as inline SVG (and one PNG): themes, harmony, energy, self-similarity.

They share width and colours with `songwright.export.pictures` and carry text titles as those do.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import numpy as np

from songwright.composition import Plan, SectionPlan
from songwright.evaluate.chords import chords_of, chroma_of
from songwright.evaluate.keyfinding import estimate_key
from songwright.evaluate.model import Span
from songwright.evaluate.piece import Piece
from songwright.evaluate.symbolic.arrangement import bar_energy_db
from songwright.evaluate.symbolic.fitness import smoothed_likeness
from songwright.evaluate.symbolic.structure import half_bar_chroma
from songwright.export.pictures import WIDTH
from songwright.export.png import inline_image, png
from songwright.score import Score, TimeMap

_MOST_BARS = 240
_KEY_BARS = 8
_ROOTS = ("C", "D♭", "D", "E♭", "E", "F", "F♯", "G", "A♭", "A", "B♭", "B")
PLANNED, MEASURED = "#e4572e", "#2e86ab"
_MATRIX_ROOM = 480


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
    Bars are numbered on top, sections named on the left. Empty without pitched notes. At most the
    first 240 bars.
    """
    chroma = half_bar_chroma(piece)[: 2 * _MOST_BARS]
    if not chroma.size or float(chroma.sum()) <= 0.0:
        return ""
    norm = np.linalg.norm(chroma, axis=1, keepdims=True)
    likeness = smoothed_likeness(chroma / np.where(norm > 0, norm, 1.0), min(4, len(chroma)))
    scaled = np.clip((likeness - 0.4) / 0.6, 0.0, 1.0) ** 2
    shades = (255 - 235 * scaled).astype(np.uint8)
    bars = -(-len(chroma) // 2)
    title = f"Self-similarity of half bars, bars 1 to {bars}"
    left, top, room = 70, 16, _MATRIX_ROOM
    step = tick_bars(bars, 12)
    marks = [
        f'<text x="{left + bar / bars * room:.1f}" y="12" font-size="10">{bar + 1}</text>'
        for bar in range(0, bars, step)
    ]
    for first, _, name in sections_of(piece):
        y = top + first / bars * room
        if first < bars:
            marks.append(
                f'<path d="M0 {y:.1f}H{left + room}" stroke="{PLANNED}" stroke-width="0.6"/>'
                f'<text x="0" y="{y + 11:.1f}" font-size="10">{escape(name[:11])}</text>'
            )
    image = inline_image(png(shades), left, top, room, room, smooth=False)
    return (
        f'<svg class="matrix" viewBox="0 0 {left + room} {top + room}" role="img" '
        f'aria-label="{title}"><title>{title}</title>{image}{"".join(marks)}</svg>'
    )


def sections_of(piece: Piece) -> list[tuple[int, int, str]]:
    """First bar, bar after the last, and function of each marked section inside the piece."""
    return [(s.start_bar, min(s.end_bar, piece.bars), s.function) for s in piece.sections
            if s.start_bar < piece.bars]  # fmt: skip


def tick_bars(bars: int, most: int) -> int:
    """Distance in bars of at most ``most`` marks over a number of bars."""
    return next((step for step in (1, 2, 4, 8, 16, 32, 64) if bars / step <= most), 128)


def bar_ruler(piece: Piece, height: int = 16) -> str:
    """Numbers of bars, to be read with the pictures below it."""
    end = max(1, piece.end)
    marks = []
    for bar in range(0, piece.bars, tick_bars(piece.bars, 20)):
        x = int(piece.bar_starts[bar]) / end * WIDTH
        marks.append(
            f'<path d="M{x:.1f} 0V{height}" stroke="#8888"/>'
            f'<text x="{x + 3:.1f}" y="12" font-size="10">{bar + 1}</text>'
        )
    return svg(height, "Bars", marks)


def section_marks(bounds: Sequence[tuple[float, str]], height: int) -> list[str]:
    """Upright lines with names at places 0..1 of the width."""
    return [
        f'<path d="M{x * WIDTH:.1f} 0V{height}" stroke="#8886" stroke-dasharray="3 3"/>'
        f'<text x="{x * WIDTH + 3:.1f}" y="10" font-size="10" opacity="0.7">{escape(name)}</text>'
        for x, name in bounds
    ]


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
            f'width="{max(0.5, wide - 0.6):.1f}" height="{tall:.1f}" fill="{MEASURED}80">'
            f"<title>bar {bar + 1}: {db:.1f} dB</title></rect>"
        )
    if piece.plan_energy is not None:
        points = [((i + 0.5) * wide, height - float(e) * room)
                  for i, e in enumerate(piece.plan_energy[: piece.bars])]  # fmt: skip
        marks.append(polyline(points, PLANNED))
    marks += section_marks([(a / piece.bars, n) for a, _, n in sections_of(piece)], height)
    title = "Energy of each bar: measured (columns)"
    return svg(height, title + (", planned (line)" if piece.plan_energy is not None else ""), marks)


def harmony_strip(piece: Piece, height: int = 52) -> str:
    """Chords as heard (colour by root along the circle of fifths) above the key of each window.

    Keys are found in windows of eight bars. Empty without pitched notes.
    """
    if not piece.notes.size:
        return ""
    end = max(1, piece.end)
    chords = chords_of(piece)
    marks = []
    for onset, stop, root, member in zip(
        chords.onset, chords.end, chords.root, chords.member, strict=True
    ):
        x, wide = int(onset) / end * WIDTH, (int(stop) - int(onset)) / end * WIDTH
        name = chord_name(int(root), member)
        hue = 30 * (int(root) * 7 % 12)
        text = (
            f'<text x="{x + 2:.1f}" y="18" font-size="10">{name}</text>'
            if wide > 7 * len(name)
            else ""
        )
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
    return svg(height, "Roots of the chords as heard, and the key of every eight bars", marks)


def chord_name(root: int, member: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> str:
    """Root, third, fifth and seventh of a chord that was heard: ``Am7``, ``B♭``, ``F♯dim``."""
    third, minor = bool(member[(root + 4) % 12]), bool(member[(root + 3) % 12])
    fifth = bool(member[(root + 7) % 12])
    if minor and not third:
        text = "m" if fifth or not member[(root + 6) % 12] else "dim"
    elif not third and fifth:
        text = "sus4" if member[(root + 5) % 12] else "5"
    else:
        text = "+" if third and not fifth and member[(root + 8) % 12] else ""
    seventh = "maj7" if member[(root + 11) % 12] else "7" if member[(root + 10) % 12] else ""
    return _ROOTS[root] + text + seventh


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
        f'height="{height - 8}" fill="{PLANNED}60"><title>{escape(text)}</title></rect>'
        + (
            f'<text x="{x * WIDTH + 3:.1f}" y="{height - 13}" font-size="10">'
            f"{escape(text[:18])}</text>"
            if w * WIDTH > 50
            else ""
        )
        for x, w, text in marks
    ]
    return svg(height, "Where themes sound", shapes)


def polyline(points: Sequence[tuple[float, float]], colour: str, dash: str = "") -> str:
    """A line through points of the picture."""
    listed = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    dashes = f' stroke-dasharray="{dash}"' if dash else ""
    return f'<polyline points="{listed}" fill="none" stroke="{colour}" stroke-width="2"{dashes}/>'


def svg(height: int, title: str, parts: Sequence[str]) -> str:
    """A picture as wide as the page, with a title for those who do not see it."""
    return (
        f'<svg viewBox="0 0 {WIDTH} {height}" role="img" aria-label="{escape(title)}">'
        f"<title>{escape(title)}</title>{''.join(parts)}</svg>"
    )
