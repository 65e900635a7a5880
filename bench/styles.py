"""One rendered example of every style, with its picture and the facts for ``docs/styles.md``.

    python -m bench.styles --out docs/styles [--only pop --only rock] [--keep FOLDER] [--jobs 2]

The pictures show the piano roll by part with sections, the spectrogram of the master, and its
short-term loudness. The page is written anew each time from the pieces themselves.
"""

from __future__ import annotations

import argparse
import io
import tempfile
import tomllib
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

import numpy as np

from songwright.audio import measure_loudness, read_audio, short_term_curve
from songwright.brief import Brief, Length
from songwright.score import TimeMap, instrument
from songwright.session import Song, compose_brief
from songwright.styles import style, style_ids
from songwright.theory.pitch import pitch_name

SEED = 1
SECONDS = 75
COLOURS = {
    "lead": "#e4572e", "counter": "#f3a712", "riff": "#c04cfd", "chords": "#2e86ab",
    "arp": "#3aa8a5", "pad": "#7d8ca3", "stabs": "#d1495b", "inner": "#6a994e",
    "bass": "#3d5a80", "drums": "#555b66", "percussion": "#a98467",
}  # fmt: skip


@dataclass(frozen=True)
class Example:
    """What the page says about one example."""

    style_id: str
    facts: str
    form: str
    chords: str
    tune: str
    parts: str
    sound: str


def make(style_id: str, out: str, keep: str | None) -> Example:
    """Compose, render and draw one style."""
    length = Length("seconds", SECONDS, SECONDS)
    song = compose_brief(Brief(style=style_id, length=length), SEED)
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(keep) / style_id if keep else Path(scratch) / style_id
        song.save(folder)
        audio, rate = read_audio(folder / "master.wav")
    draw(song, audio, rate, Path(out) / f"{style_id}.png")
    return describe(song, audio, rate)


def describe(song: Song, audio: np.ndarray, rate: int) -> Example:
    """Facts of a piece in words."""
    plan, score = song.plan, song.score
    loudness = measure_loudness(audio, rate)
    bar = plan.meter.bar_ticks
    hook = max(plan.sections, key=lambda s: (s.energy, -s.start_bar))
    start, end = hook.start_bar * bar, min(hook.start_bar + 8, hook.end_bar) * bar
    chords = [c.chord.symbol for c in score.chords if start <= c.onset_ticks < end]
    lead = next((p for p in score.parts if p.role == "lead"), None)
    tune = [n for n in lead.notes if start <= n.onset_ticks < start + 4 * bar] if lead else []
    flats = hook.key.fifths < 0
    return Example(
        plan.style,
        f"{plan.key}, {plan.tempo_bpm:.4g} BPM, {plan.meter}, {plan.bars} bars, "
        f"{audio.shape[1] / rate:.1f} s",
        " · ".join(f"{s.function} {s.bars}" for s in plan.sections),
        " ".join(chords),
        " ".join(f"{pitch_name(n.pitch, flats)}" for n in tune) or "–",
        ", ".join(f"{p.name} ({p.role})" for p in score.parts),
        f"{loudness.integrated_lufs:.1f} LUFS, {loudness.true_peak_dbtp:.1f} dBTP, "
        f"LRA {loudness.range_lu or 0:.1f} LU",
    )


def draw(song: Song, audio: np.ndarray, rate: int, path: Path) -> None:
    """Piano roll, spectrogram and short-term loudness above each other."""
    import matplotlib  # noqa: PLC0415

    matplotlib.use("Agg")
    from matplotlib import pyplot as plt  # noqa: PLC0415
    from PIL import Image  # noqa: PLC0415 (comes with matplotlib)

    plan, score = song.plan, song.score
    times = TimeMap.of(score)
    figure, (roll, spectrum, level) = plt.subplots(
        3, 1, figsize=(12, 8.2), height_ratios=(3.2, 2.2, 1), sharex=True, layout="constrained"
    )
    kits = [p for p in score.parts if instrument(p.instrument).is_kit]
    for part in score.parts:
        kit = kits.index(part) if part in kits else None
        keys = sorted({n.pitch for n in part.notes})
        y = [18 - 12 * kit + 9 * keys.index(n.pitch) / len(keys) if kit is not None else n.pitch
             for n in part.notes]  # fmt: skip
        x0 = [times.seconds(n.onset_ticks) for n in part.notes]
        x1 = [times.seconds(n.onset_ticks + (60 if kit is not None else n.duration_ticks))
              for n in part.notes]  # fmt: skip
        roll.hlines(y, x0, x1, COLOURS[part.role], lw=2.2 if part.role == "lead" else 1.5,
                    alpha=1.0 if part.role in ("lead", "bass") else 0.7,
                    label=f"{part.name} ({part.role})")  # fmt: skip
    bar = plan.meter.bar_ticks
    for section in plan.sections:
        at = times.seconds(section.start_bar * bar)
        roll.axvline(at, color="#0004", lw=0.8)
        roll.text(at + 0.3, 97, f"{section.function} {section.energy:.2f}", fontsize=8)
    roll.set_ylim(0, 102)
    roll.set_ylabel("pitch (kits below)")
    roll.legend(fontsize=6.5, ncols=6, loc="lower center", bbox_to_anchor=(0.5, 1.06))
    roll.set_title(f"{style(plan.style).name}: {plan.key}, {plan.tempo_bpm:.4g} BPM, {plan.meter}",
                   fontsize=10, loc="left")  # fmt: skip
    mono = audio.mean(axis=0)
    step = max(1, mono.size // (1400 * 512)) * 512
    spectrum.specgram(mono, NFFT=2048, Fs=rate, noverlap=2048 - step if step < 2048 else 0,
                      cmap="magma", vmin=-130, vmax=-40)  # fmt: skip
    spectrum.set_yscale("symlog", linthresh=200)
    spectrum.set_ylim(30, 18_000)
    spectrum.set_ylabel("Hz")
    at, short = short_term_curve(audio, rate)
    level.plot(at, short, color="#2e86ab")
    level.set_ylim(-40, -6)
    level.set_ylabel("LUFS (3 s)")
    level.set_xlabel("seconds")
    level.set_xlim(0, audio.shape[1] / rate)
    path.parent.mkdir(parents=True, exist_ok=True)
    drawn = io.BytesIO()
    figure.savefig(drawn, dpi=62)
    plt.close(figure)
    # Sixty-four colours are enough for these pictures and keep the repository small.
    Image.open(drawn).convert("RGB").quantize(64, dither=Image.Dither.NONE).save(
        path, optimize=True
    )


HEAD = """# The styles

One example of about {seconds} seconds for each of the {count} styles, seed {seed}, made by
`make styles`. Each picture shows the notes by part with the sections and their energy, the
spectrogram of the master, and its short-term loudness. *Tune* is the lead's first four bars in the
strongest section; *chords* are those of its first eight.

"""


def write_page(examples: Sequence[Example], out: Path) -> None:
    """``styles.md`` beside the folder of pictures; what was heard comes from ``notes.toml``."""
    heard = tomllib.loads((out / "notes.toml").read_text("utf-8"))
    lines = [HEAD.format(seconds=SECONDS, count=len(examples), seed=SEED)]
    for e in examples:
        facts = style(e.style_id)
        lines.append(
            f"## {facts.name} (`{e.style_id}`)\n\n{facts.summary}\n\n"
            f"![{facts.name}: piano roll, spectrogram, loudness]({out.name}/{e.style_id}.png)\n\n"
            f"- {e.facts}; {e.sound}\n- form: {e.form}\n- chords: {e.chords}\n- tune: {e.tune}\n"
            f"- parts: {e.parts}\n\n{heard.get(e.style_id, {}).get('text', '').strip()}\n"
        )
    out.with_suffix(".md").write_text("\n".join(lines), encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--out", type=Path, default=Path("docs/styles"))
    parser.add_argument("--only", action="append", default=[])
    parser.add_argument("--keep", help="keep the packages in this folder")
    parser.add_argument("--jobs", type=int, default=2)
    options = parser.parse_args()
    ids = options.only or list(style_ids())
    with ProcessPoolExecutor(options.jobs, mp_context=get_context("spawn")) as pool:
        jobs = [pool.submit(make, i, str(options.out), options.keep) for i in ids]
        examples = []
        for job in jobs:
            examples.append(job.result())
            print(
                f"{examples[-1].style_id}: {examples[-1].facts}; {examples[-1].sound}", flush=True
            )
    if not options.only:
        write_page(examples, options.out)


if __name__ == "__main__":
    main()
