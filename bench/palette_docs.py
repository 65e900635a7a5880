"""Write the generated parts of ``docs/palette.md``: its table of sounds and its pictures.

Run ``python -m bench.palette_docs`` after patches were added or changed.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from songwright import palette
from songwright.render.engine import render_part
from songwright.render.synth.phrases import phrase

PAGE = Path("docs/palette.md")
PICTURES = Path("docs/sound")
BEGIN, END = "<!-- table of sounds: begin -->", "<!-- table of sounds: end -->"
SHOWN = {
    "palette-basses.png": ("bass_808_long", "reese_gritty", "bass_acid", "bass_wobble"),
    "palette-long.png": ("pad_warm_evolving", "pad_glass", "texture_wind", "pad_reverse_bloom"),
    "palette-moves.png": ("riser_noise", "riser_supersaw", "impact_deep", "sweep_filter_pass"),
}
RATE_HZ = 48000


def table() -> str:
    """All sounds as Markdown, one table for each category."""
    lines: list[str] = []
    for category in palette.CATEGORIES:
        found = [patch for patch in palette.patches().values() if patch.category == category]
        lines += [f"### {category} ({len(found)})", "", "| sound | words | what it is |",
                  "| --- | --- | --- |"]  # fmt: skip
        for patch in found:
            words = ", ".join((*patch.mood, *patch.texture))
            lines.append(f"| `{patch.id}` | {words} | {patch.summary} |")
        lines.append("")
    return "\n".join(lines)


def page() -> str:
    """The page with a fresh table."""
    text = PAGE.read_text("utf-8")
    head, rest = text.split(BEGIN)
    return f"{head}{BEGIN}\n\n{table()}\n{END}{rest.split(END)[1]}"


def draw(target: Path, names: tuple[str, ...]) -> None:
    """Spectrograms of the phrases of some sounds, side by side."""
    from matplotlib.figure import Figure  # noqa: PLC0415

    figure = Figure(figsize=(11, 2.5), dpi=64, layout="constrained")
    for place, (axes, name) in enumerate(zip(figure.subplots(1, len(names)), names, strict=True)):
        part, seconds = phrase(palette.get(name))
        mono = render_part(part, round(seconds * RATE_HZ), RATE_HZ).mean(axis=0)
        size, hop = 4096, mono.shape[0] // 220
        frames = np.lib.stride_tricks.sliding_window_view(mono, size)[::hop] * np.hanning(size)
        level = 20.0 * np.log10(np.abs(np.fft.rfft(frames, axis=1)).T + 1e-7)
        hz = np.fft.rfftfreq(size, 1.0 / RATE_HZ)
        grid = np.geomspace(30.0, 20_000.0, 160)
        image = level[np.clip(np.searchsorted(hz, grid), 0, hz.shape[0] - 1)]
        top = float(np.percentile(image, 99.9))
        times = np.linspace(0.0, seconds, image.shape[1])
        axes.pcolormesh(
            times, grid, image, vmin=top - 75.0, vmax=top, cmap="magma", shading="nearest",
            rasterized=True,
        )  # fmt: skip
        axes.set(yscale="log", xlabel="seconds", title=name)
        if place:
            axes.set_yticklabels([])
    figure.savefig(target)


def main() -> None:
    """Write page and pictures."""
    PAGE.write_text(page(), "utf-8")
    PICTURES.mkdir(exist_ok=True)
    for name, sounds in SHOWN.items():
        draw(PICTURES / name, sounds)


if __name__ == "__main__":
    main()
