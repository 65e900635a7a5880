"""Pictures as inline SVG: piano roll with sections and chords, energy, waveform.

Light and dark pages share one set of colours; every picture carries a text title for readers who
do not see it.
"""

from __future__ import annotations

from html import escape
from pathlib import Path

from songwright.composition import Plan
from songwright.score import Score, instrument

WIDTH = 1000
ROLE_COLOURS = {
    "lead": "#e4572e", "counter": "#f3a712", "riff": "#c04cfd", "chords": "#2e86ab",
    "arp": "#5bc0be", "pad": "#7d8ca3", "stabs": "#d1495b", "inner": "#6a994e",
    "bass": "#3d5a80", "drums": "#8d99ae", "percussion": "#a98467",
}  # fmt: skip
_SECTION_SHADES = ("#00000010", "#00000000")


def piano_roll(score: Score, plan: Plan, height: int = 360) -> str:
    """Piano roll of all pitched parts above a strip of drums, with sections and chords."""
    end = plan.bars * plan.meter.bar_ticks
    pitched = [p for p in score.parts if not instrument(p.instrument).is_kit]
    kits = [p for p in score.parts if instrument(p.instrument).is_kit]
    pitches = [n.pitch for p in pitched for n in p.notes]
    low, high = (min(pitches) - 1, max(pitches) + 1) if pitches else (48, 72)
    top, drum_height = 34, 46 if kits else 0
    roll = height - top - drum_height
    row = roll / (high - low + 1)
    parts = [_sections(score, plan, height)]
    for octave in range(-(-low // 12), high // 12 + 1):
        y = top + (high - 12 * octave + 0.5) * row
        parts.append(
            f'<path d="M0 {y:.1f}H{WIDTH}" stroke="#8883" stroke-width="0.7"/>'
            f'<text x="2" y="{y - 1:.1f}" font-size="8" opacity="0.55">C{octave - 1}</text>'
        )

    def x(tick: float) -> float:
        return tick / end * WIDTH

    for part in pitched:
        strokes = [
            f"M{x(n.onset_ticks):.1f} {top + (high - n.pitch + 0.5) * row:.1f}"
            f"h{max(0.8, x(n.duration_ticks) - 0.3):.1f}"
            for n in part.notes
        ]
        parts.append(_path(strokes, ROLE_COLOURS[part.role], max(1.2, row * 0.8), part.name))
    for k, part in enumerate(kits):
        keys = sorted({n.pitch for n in part.notes})
        lane = drum_height / max(1, len(kits)) - 4
        floor = height - drum_height + 4 + k * (lane + 4) + lane
        row_of = {key: floor - lane * (i + 0.5) / len(keys) for i, key in enumerate(keys)}
        strokes = [f"M{x(n.onset_ticks):.1f} {row_of[n.pitch]:.1f}h1" for n in part.notes]
        parts.append(_path(strokes, ROLE_COLOURS[part.role], 1.8, part.name))
    return _svg(height, f"Piano roll of {score.title}", parts)


def _sections(score: Score, plan: Plan, height: int) -> str:
    marks = []
    for i, section in enumerate(plan.sections):
        left = section.start_bar / plan.bars * WIDTH
        width = section.bars / plan.bars * WIDTH
        marks.append(
            f'<rect x="{left:.1f}" y="0" width="{width:.1f}" height="{height}" '
            f'fill="{_SECTION_SHADES[i % 2]}"/>'
            f'<text x="{left + 3:.1f}" y="12" font-size="11">{escape(section.function)}'
            f"<title>{escape(section.id)}: bars {section.start_bar + 1}–{section.end_bar}, "
            f"{escape(str(section.key))}</title></text>"
        )
    end = plan.bars * plan.meter.bar_ticks
    last = -100.0
    for span in score.chords:
        left = span.onset_ticks / end * WIDTH
        if left - last < 30:
            continue
        last = left
        marks.append(
            f'<text x="{left + 3:.1f}" y="27" font-size="9" opacity="0.65">'
            f"{escape(span.chord.symbol)}</text>"
        )
    return "".join(marks)


def _path(strokes: list[str], colour: str, width: float, name: str) -> str:
    return (
        f'<path d="{"".join(strokes)}" stroke="{colour}" stroke-width="{width:.1f}" fill="none">'
        f"<title>{escape(name)}</title></path>"
    )


def energy_curve(plan: Plan, score: Score, height: int = 90) -> str:
    """Planned energy of each bar (line) over the notes written in it (columns)."""
    counts = [0.0] * plan.bars
    for part in score.parts:
        for note in part.notes:
            bar = min(plan.bars - 1, note.onset_ticks // plan.meter.bar_ticks)
            counts[bar] += note.velocity / 127
    most = max(counts, default=0.0) or 1.0
    wide = WIDTH / plan.bars
    columns = "".join(
        f'<rect x="{i * wide:.1f}" y="{height - c / most * (height - 16):.1f}" '
        f'width="{max(0.5, wide - 0.6):.1f}" height="{c / most * (height - 16):.1f}" '
        f'fill="#7d8ca380"/>'
        for i, c in enumerate(counts)
    )
    points = " ".join(
        f"{(i + 0.5) * wide:.1f},{height - e * (height - 16):.1f}"
        for i, e in enumerate(plan.energy)
    )
    line = f'<polyline points="{points}" fill="none" stroke="#e4572e" stroke-width="2"/>'
    return _svg(height, "Energy planned (line) and notes written (columns)", [columns, line])


def waveform(path: Path, height: int = 110) -> str:
    """Peaks (light) and RMS (dark) of an audio file in a thousand columns."""
    import numpy as np  # noqa: PLC0415

    from songwright.evaluate.sound.sources import FileSound  # noqa: PLC0415 (numba loads with it)

    sound = FileSound(path)
    edges = np.linspace(0, sound.frames, WIDTH // 2 + 1).astype(int)
    half = height / 2
    peaks, bodies = [], []
    for i in range(WIDTH // 2):
        stop = min(sound.frames, max(edges[i] + 1, edges[i + 1]))
        column = np.abs(sound.read(int(edges[i]), int(stop))).max(axis=0)
        x = 2 * i + 1
        peak = float(column.max()) * half
        body = float(np.sqrt(np.mean(column.astype(np.float64) ** 2))) * half
        peaks.append(f"M{x} {half - peak:.1f}V{half + peak:.1f}")
        bodies.append(f"M{x} {half - body:.1f}V{half + body:.1f}")
    return _svg(
        height, "Waveform of the master",
        [_path(peaks, "#2e86ab80", 1.6, "peak"), _path(bodies, "#2e86ab", 1.6, "RMS")],
    )  # fmt: skip


def _svg(height: int, title: str, parts: list[str]) -> str:
    return (
        f'<svg viewBox="0 0 {WIDTH} {height}" role="img" aria-label="{escape(title)}" '
        f'preserveAspectRatio="none"><title>{escape(title)}</title>{"".join(parts)}</svg>'
    )
