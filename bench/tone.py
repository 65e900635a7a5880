"""What human music for acoustic ensembles sounds like on average: the curves of tonal balance.

    python -m bench.tone --corpora DIR [--scratch DIR] [--each 30] [--levels FILE]

Writes ``src/songwright/mix/data/tone.toml``, which the mix, the master and the evaluation share,
and the tables of ``docs/evaluation.md``, with how far single human excerpts lie from the curve of
their ensemble. ``--levels`` keeps what was measured of each excerpt and begins from there, since
measuring takes most of the time. Of hymns, quartets and orchestras the quarter that `bench.corpora`
holds out is not used.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bench.corpora import unpack
from bench.sound import put
from bench.tone_pieces import FONTS, RECIPES, excerpts, levels_db
from songwright.audio.spectrum import third_octave_centres
from songwright.mix.filters import eq_bands, response_db
from songwright.mix.tonal import deviation_db, fitted_bands, target_curve_db
from songwright.render.soundfonts.source import Soundfont

PAGE = Path("docs/evaluation.md")
OUT = Path(__file__).parents[1] / "src/songwright/mix/data/tone.toml"
PULL = 0.75
"""How far mastering pulls a piece towards its curve, unless its style is worn."""

_SHOWN_HZ = (63, 125, 250, 500, 1_000, 2_000, 4_000, 8_000)
_MIDDLE = slice(9, 20)  # third octaves 200 Hz to 2 kHz, which all ensembles fill
_FLOOR_DB = -100.0  # below everything that anybody would hear at -20 LUFS
_RATE_HZ = 48_000
_A_LINE = 10
_HEAD = """\
# Average third-octave spectrum of human music for acoustic ensembles. Written by bench/tone.py.
#
# Excerpts of 45 s from the middle of scores, one of each piece, played by the instruments of two
# soundfonts in turn (MuseScore General and FluidR3 GM, both under the MIT licence) in the room of a
# style, at -20 LUFS. Only these averages are shipped, nothing of scores or recordings.
#
# centre_hz, level_db, spread_db  centres, mean level and standard deviation over the excerpts
# human_db                        5th, 50th and 95th percentile of the dB RMS by which one excerpt
#                                 is off the curve of all the others
# mastered_db                     the same after the equaliser of mastering
"""

Levels = dict[str, dict[str, dict[str, list[float]]]]
"""Third octaves by ensemble, excerpt and font."""

Doubles = NDArray[np.float64]


def measure(root: Path, each: int, kept: Path | None) -> Levels:
    """Levels of up to ``each`` excerpts of every ensemble, the fonts taking turns."""
    found: Levels = json.loads(kept.read_text("utf-8")) if kept and kept.exists() else {}
    fonts = [Soundfont(path) for path in FONTS]
    for name, recipe in RECIPES.items():
        rows = found.setdefault(name, {})
        for piece, played in excerpts(recipe, root, each) if len(rows) < each else ():
            if piece not in rows:
                font = fonts[len(rows) % len(fonts)]
                rows[piece] = {font.file.path.stem: levels_db(played, font, recipe)}
            if kept:
                kept.write_text(json.dumps(found), "utf-8")
        print(f"{name}: {len(rows)} excerpts", flush=True)
    return found


def of_excerpts(rows: dict[str, dict[str, list[float]]]) -> Doubles:
    """Levels of each excerpt, the mean of its fonts; shape (excerpts, bands)."""
    return np.array([
        np.mean([np.maximum(levels, _FLOOR_DB) for levels in fonts.values()], axis=0)
        for fonts in rows.values()
    ])  # fmt: skip


def off_db(levels: Doubles, target: Doubles, centre_hz: Doubles, pull: float = 0.0) -> float:
    """What a spectrum is off a curve in dB RMS, before or after the equaliser of mastering."""
    deviation = deviation_db(centre_hz, levels, target)
    if pull:
        bands = fitted_bands(centre_hz, -pull * deviation, _RATE_HZ)
        levels = levels + response_db(eq_bands(bands, _RATE_HZ), centre_hz, _RATE_HZ)
        deviation = deviation_db(centre_hz, levels, target)
    return float(np.sqrt(np.nanmean(deviation**2)))


def off_others(levels: Doubles, centre_hz: Doubles, pull: float = 0.0) -> list[float]:
    """5th, 50th and 95th percentile of what one excerpt is off the curve of all the others."""
    count = len(levels)
    offs = [
        off_db(levels[i], levels[np.arange(count) != i].mean(axis=0), centre_hz, pull)
        for i in range(count)
    ]
    return [round(float(value), 1) for value in np.percentile(offs, (5.0, 50.0, 95.0))]


def tables(found: Levels) -> str:
    """The data file."""
    centre_hz = third_octave_centres()
    text = [_HEAD]
    for name, rows in found.items():
        levels, recipe = of_excerpts(rows), RECIPES[name]
        text += [
            f"[{name}]",
            f'corpus = "{recipe.corpus}"',
            f'licence = "{recipe.licence}"',
            f"excerpts = {len(levels)}",
            f"human_db = {off_others(levels, centre_hz)}",
            f"mastered_db = {off_others(levels, centre_hz, PULL)}",
            _row("centre_hz", centre_hz),
            _row("level_db", levels.mean(axis=0)),
            _row("spread_db", levels.std(axis=0)),
            "",
        ]
        print("\n".join(text[-9:-4]), flush=True)
    return "\n".join(text)


def pages(found: Levels) -> str:
    """The tables of the manual."""
    centre_hz = third_octave_centres()
    at = [int(np.argmin(np.abs(np.log(centre_hz / hz)))) for hz in _SHOWN_HZ]
    facts = [
        "| ensemble | scores | licence | excerpts | dB off the others | mastered |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    shape = [
        f"| ensemble | {' | '.join(f'{hz:,} Hz' for hz in _SHOWN_HZ)} |",
        "| --- |" + " --- |" * len(at),
    ]
    for name, rows in found.items():
        levels, recipe = of_excerpts(rows), RECIPES[name]
        offs = [off_others(levels, centre_hz, pull) for pull in (0.0, PULL)]
        cells = [f"{usual} ({low} to {high})" for low, usual, high in offs]
        facts.append(
            f"| {name.replace('_', ' ')} | {recipe.corpus} | {recipe.licence} | {len(levels)} | "
            f"{' | '.join(cells)} |"
        )
        against = levels.mean(axis=0) - target_curve_db(centre_hz)
        against -= against[_MIDDLE].mean()
        means = [f"{against[k]:+.0f} ± {levels.std(axis=0)[k]:.0f}" for k in at]
        shape.append(f"| {name.replace('_', ' ')} | {' | '.join(means)} |")
    return "\n".join([*facts, "", *shape])


def _row(name: str, values: Doubles) -> str:
    shown = [f"{value:.1f}" for value in values]
    lines = (", ".join(shown[i : i + _A_LINE]) for i in range(0, len(shown), _A_LINE))
    return f"{name} = [\n" + "".join(f"    {line},\n" for line in lines) + "]"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--corpora", type=Path, required=True)
    parser.add_argument("--scratch", type=Path, help="keep the unpacked files here")
    parser.add_argument("--each", type=int, default=30, help="most excerpts of each ensemble")
    parser.add_argument("--levels", type=Path, help="keep the levels of the excerpts here")
    parser.add_argument("--out", type=Path, default=OUT)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        scratch = options.scratch or Path(temporary)
        scratch.mkdir(parents=True, exist_ok=True)
        unpack(options.corpora, scratch)
        found = measure(scratch, options.each, options.levels)
    options.out.write_text(tables(found), "utf-8")
    PAGE.write_text(put(PAGE.read_text("utf-8"), "tone", pages(found)), "utf-8")
    print(f"wrote {options.out} and the tables of {PAGE}")


if __name__ == "__main__":
    main()
