"""Fitted instruments against recordings of notes they were not fitted to: docs/instruments.md.

    python -m bench.instruments [IDS...] [--scratch DIR] [--card]

Pitches lie two semitones from the fitted ones, velocities between them. The built-in patch,
TimGM6mb and the other MIT soundfont play the same notes. ``--card`` writes which instruments are
preferred into ``fitted.toml``. Results are kept in DIR, one file for each version of an instrument.
"""

from __future__ import annotations

import argparse
import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from statistics import median

import numpy as np
import pretty_midi
from numpy.typing import NDArray
from training.instruments.card import write_card
from training.instruments.fit import FOLDER
from training.instruments.plan import fitted_ids, pitches_to_fit, sources
from training.instruments.record import RATE_HZ, Take, record

from bench.instrument_distance import Distance, distance
from songwright.perform.model import PlayedNote, PlayedPart
from songwright.render.builtin import BuiltIn
from songwright.render.fitted.card import fitted_card
from songwright.render.fitted.codec import read_fitted
from songwright.render.fitted.tone import synthesise
from songwright.score.instruments import Instrument, instrument
from songwright.seeds import noise_rng

FloatArray = NDArray[np.float32]
Results = dict[str, dict[str, float]]

NOTE_SECONDS = 2.2
VELOCITIES = (60, 100)
SHARES = (0.15, 0.5, 0.85)
BATCH = 32
STILL_DB = 2.5
"""A note whose level moves less than the recording's by more than this has lost something."""

TIMGM6MB = Path(pretty_midi.__file__).with_name("TimGM6mb.sf2")
PLAYERS = ("fitted", "built-in", "TimGM6mb", "other font")
DOCUMENT = Path("docs/instruments.md")


def held_out(facts: Instrument) -> list[Take]:
    """Notes of the comfortable range that lie between those that were fitted."""
    fitted = pitches_to_fit(facts)
    between = [low + 2 for low in fitted[:-1]]
    span = facts.comfort_high - facts.comfort_low
    wanted = [facts.comfort_low + share * span for share in SHARES]
    pitches = sorted({min(between, key=lambda p: (abs(p - place), p)) for place in wanted})
    return [Take(p, v, NOTE_SECONDS, NOTE_SECONDS) for p in pitches for v in VELOCITIES]


def fitted_notes(facts: Instrument, takes: Sequence[Take]) -> Iterator[FloatArray]:
    model = read_fitted((FOLDER / f"{facts.id}.swfi").read_bytes())
    samples = round(NOTE_SECONDS * RATE_HZ)
    for take in takes:
        random = noise_rng(0, "bench", facts.id, take.pitch)
        yield synthesise(model, take.pitch, take.velocity, samples, RATE_HZ, random)


def built_in_notes(facts: Instrument, takes: Sequence[Take]) -> Iterator[FloatArray]:
    for take in takes:
        note = PlayedNote(0.0, NOTE_SECONDS + 0.5, take.pitch, take.velocity, "")
        part = PlayedPart("bench", "", "lead", facts.id, (note,))
        player = BuiltIn().instrument_for(part)
        assert player is not None
        yield player.render(part, round(NOTE_SECONDS * RATE_HZ), RATE_HZ)


def means(distances: Sequence[Distance]) -> dict[str, float]:
    return {
        name: round(float(np.mean([getattr(d, name) for d in distances])), 4)
        for name in Distance.__dataclass_fields__
    }


def measured(names: Sequence[str]) -> Iterator[tuple[str, Results]]:
    """Mean errors of each player for each instrument."""
    table = sources()
    for key, font in table.fonts.items():
        other = next(f for k, f in table.fonts.items() if k != key)
        mine = [name for name in names if table.font_of(name) == key]
        for begin in range(0, len(mine), BATCH):
            few = [instrument(name) for name in mine[begin : begin + BATCH]]
            sessions = [(facts.program, held_out(facts)) for facts in few]
            recorded = record(Path(font.file), sessions)
            elsewhere = [record(path, sessions) for path in (TIMGM6MB, Path(other.file))]
            for facts, (_, takes), truth, small, big in zip(
                few, sessions, recorded, *elsewhere, strict=True
            ):
                played = {
                    "fitted": fitted_notes(facts, takes),
                    "built-in": built_in_notes(facts, takes),
                    "TimGM6mb": iter(small),
                    "other font": iter(big),
                }
                yield (
                    facts.id,
                    {
                        player: means([distance(a, b) for a, b in zip(truth, notes, strict=True)])
                        for player, notes in played.items()
                    },
                )


def preferred(name: str, results: Results) -> bool:
    """True if the fitted instrument is at least as near as the built-in patch.

    It must not stand still where the recording moves (beats, strokes, rotors) unless the patch
    does so too, and scenes are left to the patches: no spectral distance makes up for that.
    """
    ours, patch = results["fitted"], results["built-in"]
    still = -ours["movement_db"] > max(STILL_DB, 0.5 - patch["movement_db"])
    near = ours["spectral_db"] <= patch["spectral_db"]
    return near and not still and not sources().is_scene(name)


def row(name: str, results: Results) -> str:
    """A line of the table."""
    table = sources()
    touch = read_fitted((FOLDER / f"{name}.swfi").read_bytes()).velocity_timbre
    mark = "" if preferred(name, results) else " *"
    cells = [name + mark, table.font_of(name), touch]
    cells += [f"{results[player]['spectral_db']:.1f}" for player in PLAYERS]
    cells += _pairs(results, decays=not instrument(name).sustains)
    return "| " + " | ".join(cells) + " |"


def document(rows: Mapping[str, str]) -> str:
    """The table as Markdown, of lines by instrument."""
    lines = [
        "| instrument | recording | touch | " + " | ".join(PLAYERS) + " | attack, ms "
        "| decay, % | brightness, % | movement, dB |",
        "| --- | --- | --- |" + " ---: |" * (len(PLAYERS) + 4),
        *(rows[name] for name in fitted_ids() if name in rows),
    ]
    columns = zip(*(_cells(line)[3:] for line in rows.values()), strict=True)
    middle = [_middle(list(column)) for column in columns]
    return "\n".join([*lines, "| " + " | ".join(["**median**", "", "", *middle]) + " |"])


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip().strip("|").split("|")]


def _middle(cells: Sequence[str]) -> str:
    """Median of a column in the form of its cells: a number, or one and another in brackets."""
    known = [cell for cell in cells if cell != "–"]
    if not known:
        return "–"
    numbers = [[float(part) for part in cell.rstrip(")").split(" (")] for cell in known]
    signed, whole = known[0][0] in "+-", "." not in known[0]
    form = "{:+.1f}" if signed else "{:.0f}" if whole else "{:.1f}"
    parts = [form.format(median(column)) for column in zip(*numbers, strict=True)]
    return parts[0] if len(parts) == 1 else f"{parts[0]} ({parts[1]})"


def written(text: str) -> dict[str, str]:
    """The lines of a table by instrument."""
    names = set(fitted_ids())
    lines = [line for line in text.splitlines() if line.startswith("| ")]
    return {name: line for line in lines if (name := _cells(line)[0].split(" ")[0]) in names}


def _pairs(results: Results, decays: bool) -> list[str]:
    ours, patch = results["fitted"], results["built-in"]
    return [
        f"{ours['attack_ms']:.0f} ({patch['attack_ms']:.0f})",
        f"{100 * ours['decay']:.0f} ({100 * patch['decay']:.0f})" if decays else "–",
        f"{100 * ours['centroid']:.0f} ({100 * patch['centroid']:.0f})",
        f"{ours['movement_db']:+.1f} ({patch['movement_db']:+.1f})",
    ]


def _version(name: str) -> str:
    return hashlib.sha256((FOLDER / f"{name}.swfi").read_bytes()).hexdigest()[:12]


def main() -> None:
    """Measure what is not measured yet, print the table, write the document and the card."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("ids", nargs="*", metavar="ID", help="instruments (all fitted if none)")
    parser.add_argument("--scratch", type=Path, required=True, help="results are kept here")
    parser.add_argument("--card", action="store_true", help="write the preferred instruments")
    options = parser.parse_args()
    options.scratch.mkdir(parents=True, exist_ok=True)
    names = [name for name in options.ids or fitted_ids() if (FOLDER / f"{name}.swfi").exists()]
    files = {name: options.scratch / f"{name}-{_version(name)}.json" for name in names}
    for name, results in measured([name for name in names if not files[name].exists()]):
        files[name].write_text(json.dumps(results), "utf-8")
        print(name, {player: results[player]["spectral_db"] for player in PLAYERS}, flush=True)
    every: dict[str, Results] = {name: json.loads(files[name].read_text("utf-8")) for name in names}
    rows = {name: row(name, found) for name, found in every.items()}
    print(document(rows))
    chosen = {name for name, found in every.items() if preferred(name, found)}
    print(f"{len(chosen)} of {len(rows)} are preferred to the built-in patch")
    if DOCUMENT.exists():
        before, _, rest = DOCUMENT.read_text("utf-8").partition("<!-- table -->\n")
        table, _, after = rest.partition("<!-- end -->")
        text = document({**written(table), **rows})
        DOCUMENT.write_text(f"{before}<!-- table -->\n{text}\n<!-- end -->{after}", "utf-8")
    if options.card:
        # those that were not measured now stay as they were
        write_card(FOLDER, chosen | (set(fitted_card().preferred) - set(names)))


if __name__ == "__main__":
    main()
