"""Every General MIDI family and the kits as pictures, beside a soundfont: look, then mend.

    python -m bench.families OUT [IDS...] [--font FILE] [--rows N]

Each instrument plays the phrase of `bench.families_phrase` through what Songwright would really
use, and through the soundfont. One picture a family (or one for each N instruments of it) goes to
OUT, and ``OUT/life.md`` tells in numbers what the phrases do. The font is the best one installed.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import fields
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bench.families_measure import RATE_HZ, Life, life
from bench.families_phrase import PHRASE_SECONDS, middle_pitch, phrase
from bench.families_picture import Row, draw_family
from songwright.render.builtin import BuiltIn
from songwright.render.engine import SOURCES
from songwright.render.fitted.source import Fitted
from songwright.render.soundfonts.installed import installed_soundfonts
from songwright.render.soundfonts.source import Soundfont
from songwright.render.sources import SoundSource, source_of
from songwright.score.instruments import Instrument, instrument, instruments

FloatArray = NDArray[np.float32]

ROWS = 8

FAMILIES = (
    "piano", "chromatic percussion", "organ", "guitar", "bass", "strings", "ensemble", "brass",
    "reed", "pipe", "synth lead", "synth pad", "synth effects", "ethnic", "percussive",
    "sound effects",
)  # fmt: skip
"""The families of General MIDI level 1, eight programs each."""


def played(facts: Instrument, sources: Sequence[SoundSource]) -> tuple[str, FloatArray]:
    """What plays the instrument, and its phrase, float32, shape (2, samples)."""
    part = phrase(facts)
    source, player = source_of(part, sources)
    samples = round(PHRASE_SECONDS * RATE_HZ)
    return _name(source, facts), player.render(part, samples, RATE_HZ)


def _name(source: SoundSource, facts: Instrument) -> str:
    if isinstance(source, Fitted):
        return "fitted"
    if isinstance(source, BuiltIn):
        return "kit" if facts.is_kit else "built-in"
    return "palette" if not isinstance(source, Soundfont) else source.credit.name


def families(names: Sequence[str]) -> dict[str, list[Instrument]]:
    """Instruments by family in the order of General MIDI; the kits are one."""
    found: dict[str, list[Instrument]] = {}
    for name in names:
        facts = instrument(name)
        family = "kits" if facts.is_kit else FAMILIES[facts.program // 8]
        found.setdefault(family, []).append(facts)
    return found


def line(facts: Instrument, who: str, numbers: Life) -> str:
    """A row of the table."""
    cells = [facts.id, who, *(f"{getattr(numbers, f.name):g}" for f in fields(Life))]
    return "| " + " | ".join(cells) + " |"


def main() -> None:
    """Render, draw, measure."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("out", type=Path, metavar="OUT")
    parser.add_argument("ids", nargs="*", metavar="ID", help="instruments (all if none)")
    parser.add_argument("--font", type=Path, help="soundfont to compare with")
    parser.add_argument("--rows", type=int, default=ROWS, help="instruments in a picture")
    options = parser.parse_args()
    fonts = [options.font] if options.font else list(installed_soundfonts()[:1])
    if not fonts:
        parser.error("no soundfont is installed; name one with --font FILE")
    font = Soundfont(fonts[0])
    options.out.mkdir(parents=True, exist_ok=True)
    names = [field.name for field in fields(Life)]
    table = ["| instrument | player | " + " | ".join(names) + " |",
             "| --- | --- |" + " ---: |" * len(names)]  # fmt: skip
    for family, members in families(options.ids or list(instruments())).items():
        rows = []
        for facts in members:
            ours, theirs = played(facts, SOURCES), played(facts, [font, *SOURCES])
            rows.append(Row(facts.id, ours[0], ours[1], theirs[1]))
            for who, audio in (ours, ("font", theirs[1])):
                if not facts.is_kit:
                    table.append(line(facts, who, life(audio, middle_pitch(facts))))
        for begin in range(0, len(rows), options.rows):
            end = "" if len(rows) <= options.rows else f"-{begin // options.rows + 1}"
            path = options.out / f"{family.replace(' ', '_')}{end}.png"
            draw_family(path, family, rows[begin : begin + options.rows], RATE_HZ)
            print(path, flush=True)
        (options.out / "life.md").write_text("\n".join(table) + "\n", "utf-8")


if __name__ == "__main__":
    main()
