"""Fit instruments to recorded notes and write them into the package.

    python -m training.instruments.fit [IDS...] [--again]

Instruments whose file exists are left as they are unless ``--again`` is given, so a run that was
stopped goes on where it was. The same soundfonts always give the same bytes.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

import songwright.render
from songwright.render.fitted.codec import write_fitted
from songwright.render.fitted.model import (
    KNOTS_MS,
    LEVEL_STEP_DB,
    MF_VELOCITY,
    SILENT,
    FittedInstrument,
    FloatArray,
    steps_to_gain,
)
from songwright.score.instruments import Instrument, instrument
from training.instruments.calibrate import calibrated
from training.instruments.card import write_card
from training.instruments.plan import VELOCITIES, fitted_ids, pitches_to_fit, sources, takes
from training.instruments.record import RATE_HZ, Take, record
from training.instruments.release import release_seconds
from training.instruments.settle import settled
from training.instruments.spectrum import band_power, frames
from training.instruments.tone import Measured, measure, places_of, trim

FOLDER = Path(next(iter(songwright.render.__path__))) / "data" / "fitted"
BATCH = 4
"""Instruments recorded in one run of fluidsynth."""

SILENCE = 1e-4
CHECK_KNOT = 14
SAME_TIMBRE_DB = 1.0
"""Velocities whose spectra differ by less than this on average differ only in level."""


def main() -> None:
    """Fit what is asked for, print a line for each instrument."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("ids", nargs="*", metavar="ID", help="instruments (all 128 if none)")
    parser.add_argument("--again", action="store_true", help="fit also what is there already")
    options = parser.parse_args()
    FOLDER.mkdir(parents=True, exist_ok=True)
    wanted = [
        name
        for name in options.ids or fitted_ids()
        if options.again or not (FOLDER / f"{name}.swfi").exists()
    ]
    for done, (name, recorded) in enumerate(_recordings(wanted), start=1):
        start = time.perf_counter()
        model = calibrated(fit(instrument(name), recorded))
        data = write_fitted(model)
        (FOLDER / f"{name}.swfi").write_bytes(data)
        seconds = time.perf_counter() - start
        print(
            f"{done}/{len(wanted)} {name}: {len(data) / 1000:.0f} kB, {seconds:.1f} s, "
            f"noise {noise_share_db(model):.0f} dB",
            flush=True,
        )
        write_card(FOLDER)
    write_card(FOLDER)


def _recordings(names: Sequence[str]) -> Iterator[tuple[str, list[FloatArray]]]:
    """Each instrument with its takes; few starts of fluidsynth, few gigabytes at a time."""
    table = sources()
    for key in table.fonts:
        mine = [name for name in names if table.font_of(name) == key]
        for begin in range(0, len(mine), BATCH):
            few = [instrument(name) for name in mine[begin : begin + BATCH]]
            sessions = [(facts.program, takes(facts)) for facts in few]
            recorded = record(Path(table.fonts[key].file), sessions)
            for facts, slots in zip(few, recorded, strict=True):
                yield facts.id, slots


def fit(facts: Instrument, recorded: Sequence[FloatArray]) -> FittedInstrument:
    """The instrument measured from its takes, which come in the order of `takes`."""
    table = sources()
    asked = takes(facts)
    notes = {(take.pitch, take.velocity): audio
             for take, audio in zip(asked, recorded, strict=True)
             if facts.sustains or take.held_seconds > 1.0}  # fmt: skip
    held_seconds = asked[0].held_seconds
    cut = {key: trim(audio[:, : int(held_seconds * RATE_HZ)]) for key, audio in notes.items()}
    # soundfonts leave out keys at the ends of the range
    silent = {pitch for (pitch, _), audio in cut.items() if np.abs(audio).max() < SILENCE}
    pitches = [pitch for pitch in pitches_to_fit(facts) if pitch not in silent]
    measured_timbre = _timbre_follows_touch(cut, pitches)
    velocities = VELOCITIES if measured_timbre else (MF_VELOCITY,)
    series = table.series_of(facts.id)
    results = []
    for pitch in pitches:
        # all touches of a key have the partials of the hardest, which excites the most
        places = places_of(cut[pitch, velocities[-1]], pitch) if series == "free" else None
        results += [
            measure(
                cut[pitch, velocity], pitch, velocity, series, facts.sustains, places,
                table.beats_in(facts.id),
            )
            for velocity in velocities
        ]  # fmt: skip
    if facts.id in table.decay_seconds:
        results = [_dying(result, table.decay_seconds[facts.id]) for result in results]
    mezzo = [result for result in results if result.tone.velocity == MF_VELOCITY]
    model = FittedInstrument(
        id=facts.id,
        kind="held" if facts.sustains else "struck",
        source=table.font_of(facts.id),
        gain_db=0.0,
        tones=tuple(result.tone for result in results),
        release_seconds=_releases(facts, asked, recorded, table.release_seconds.get(facts.id)),
        width=_middle(results, "width"),
        bandwidth_cents=_middle(mezzo, "bandwidth_cents"),
        shimmer_db=_middle(mezzo, "shimmer_db"),
        shimmer_hz=_middle(mezzo, "shimmer_hz"),
        vibrato_cents=_middle(mezzo, "vibrato_cents"),
        vibrato_hz=_middle(mezzo, "vibrato_hz") or 5.5,
        velocity_timbre="measured" if measured_timbre else "law",
        velocity_exponent=_exponent(cut, pitches),
        velocity_tilt_db=0.0 if measured_timbre else table.tilt_of(facts),
        unrest_db=_unrest(mezzo) if facts.sustains else (),
        sway_db=_sway(mezzo) if facts.sustains else (),
    )
    return settled(model, cut)


def _dying(measured: Measured, t60_seconds: float) -> Measured:
    """The same tone falling by 60 dB in so many seconds on top of what it does."""
    tone = measured.tone
    below = np.array(KNOTS_MS)[:, None] * (60.0 / 1000.0 / t60_seconds / LEVEL_STEP_DB)
    steps = np.rint(tone.partials + below)
    quiet = (tone.partials == SILENT) | (steps >= SILENT)
    partials = np.where(quiet, SILENT, steps).astype(np.uint8)
    return replace(measured, tone=replace(tone, partials=partials))


def noise_share_db(model: FittedInstrument) -> float:
    """Power of the noise against that of everything, 280 ms after the onset, median of tones."""
    shares = []
    for tone in model.tones:
        sines = 0.5 * float((steps_to_gain(tone.partials[CHECK_KNOT], 0.0) ** 2).sum())
        noise = float((steps_to_gain(tone.noise[CHECK_KNOT], 0.0) ** 2).sum())
        shares.append(10.0 * np.log10((noise + 1e-12) / (sines + noise + 1e-12)))
    return float(np.median(shares))


def _middle(results: Sequence[Measured], name: str) -> float:
    return round(float(np.median([getattr(result, name) for result in results])), 3)


def _unrest(results: Sequence[Measured]) -> tuple[tuple[float, float], ...]:
    """Median over the keys of the unrest in each range, together and apart."""
    middle = np.median([result.unrest_db for result in results], axis=0)
    return tuple((round(float(row[0]), 2), round(float(row[1]), 2)) for row in middle)


def _sway(results: Sequence[Measured]) -> tuple[float, ...]:
    """Median over the keys that were shaken; nothing if few were."""
    shaken = [result.sway_db for result in results if result.sway_db.any()]
    if 2 * len(shaken) < len(results):
        return ()
    return tuple(round(float(level), 2) for level in np.median(shaken, axis=0))


def _timbre_follows_touch(cut: dict[tuple[int, int], FloatArray], pitches: Sequence[int]) -> bool:
    """True if soft and loud notes differ in more than level."""
    differences = []
    for pitch in pitches[:: max(len(pitches) // 5, 1)]:
        soft, loud = (
            _bands_db(cut[pitch, velocity]) for velocity in (VELOCITIES[0], VELOCITIES[-1])
        )
        heard = np.maximum(soft, loud) > -45.0
        apart = (loud - soft)[heard]
        differences.append(float(np.abs(apart - np.median(apart)).mean()))
    return float(np.median(differences)) > SAME_TIMBRE_DB


def _bands_db(audio: FloatArray) -> np.ndarray:
    powers = band_power(frames(audio, np.arange(1, 7) * 4096, 8192))
    level = 10.0 * np.log10(powers + 1e-14)
    return np.asarray(level - level.max())


def _exponent(cut: dict[tuple[int, int], FloatArray], pitches: Sequence[int]) -> float:
    """Amplitude against velocity as a power."""
    steps = [
        np.log(np.abs(cut[pitch, VELOCITIES[-1]]).max() / np.abs(cut[pitch, VELOCITIES[0]]).max())
        for pitch in pitches
    ]
    return round(float(np.median(steps) / np.log(VELOCITIES[-1] / VELOCITIES[0])), 3)


def _releases(
    facts: Instrument,
    asked: Sequence[Take],
    recorded: Sequence[FloatArray],
    known: float | None,
) -> tuple[tuple[float, float], ...]:
    found: dict[int, float] = {}
    for take, audio in zip(asked, recorded, strict=True):
        if take.velocity != MF_VELOCITY or np.abs(audio).max() < SILENCE:
            continue
        if take.held_seconds < take.seconds:
            measured = release_seconds(audio, take.held_seconds, facts.sustains)
            found[take.pitch] = measured if known is None else known
    return tuple((float(pitch), seconds) for pitch, seconds in sorted(found.items()))


if __name__ == "__main__":
    main()
