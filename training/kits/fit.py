"""Fit every drum of the acoustic kits and write what the package plays.

    python -m training.kits.fit --font FluidR3_GM.sf2 [--only KIT:KEY ...] [--out DIR]

A drum is fitted at `FITTED` velocities and judged at `HELD_OUT` ones, against the synthesised drum
of the package; the nearer of the two is used. Recordings that several kits or keys share are
fitted once.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np

import songwright.render
from songwright.audio.loudness import integrated_lufs
from songwright.render.jit import DoubleArray
from songwright.render.kit_fitted import FittedVoice, fitted_stroke
from songwright.render.kit_fitted_model import (
    FittedDrum,
    FittedPlace,
    FittedStroke,
    pack_modes,
    pack_noise,
)
from songwright.render.kit_model import FIRST_KEY, LAST_KEY, drums, kit
from songwright.render.kit_sounds import DrumVoice
from songwright.render.soundfonts.sf2 import SoundfontFile
from songwright.units import midi_to_hz
from training.kits.distance import centroid_hz, fall_seconds, spectral_distance_db
from training.kits.hits import KITS, RATE_HZ, Hit, digest, hit
from training.kits.modes import find_modes, render_modes
from training.kits.noise import band_energies_db, fit_noise

FITTED = (30, 64, 90, 120)
HELD_OUT = (48, 77, 105)
ONLY_RECORDING = 100
LOUDNESS_VELOCITY = 100
SPILT_SHARE = 2e-3
CLEARLY_DB = 1.0
PEAKS_WORTH, CYMBAL_PEAKS_WORTH = 0.8, 0.98
LONGER_SHARE = 1.6
"""A fitted drum may ring this many times too long or short, or as wrongly as ours does."""

OTHERWISE = {
    ("orchestra_kit", 39), ("brush_kit", 40), *((k, key) for k in KITS for key in (71, 72, 78, 79)),
}  # fmt: skip
"""Keys that stay as they are: the font claps where General MIDI 2 has castanets; a brush swirls,
a whistle blows and a rubbed drum groans as long as the note, which a recorded stroke cannot."""

DATA = Path(songwright.render.__file__).parent / "data" / "fitted_kits"


@dataclass(frozen=True)
class Row:
    """One line of the table: a drum, where it is played, and how near each sound comes."""

    name: str
    kit: str
    key: int
    recordings: int
    held_out: bool
    modes: int
    own_db: float
    fitted_db: float
    centroids_hz: tuple[float, float, float]
    falls_seconds: tuple[float, float, float]
    used: bool


def fit_stroke(recorded: Hit) -> FittedStroke:
    """Modes and noise of one recording."""
    modes, rest = _modes(recorded, 0.0)
    stroke = _stroke(recorded, modes, rest)
    # The little that a high stroke has below may be modes, or what it spills there.
    fewer, other_rest = _modes(recorded, SPILT_SHARE)
    if len(fewer) == len(modes):
        return stroke
    other = _stroke(recorded, fewer, other_rest)
    distances = [
        spectral_distance_db(recorded.mono, _mono(FittedDrum("trial", (s,), 0.0), s.velocity))
        for s in (stroke, other)
    ]
    return stroke if distances[0] <= distances[1] + CLEARLY_DB else other


def _modes(recorded: Hit, low_share: float) -> tuple[DoubleArray, DoubleArray]:
    """Modes, and what they leave over."""
    modes = find_modes(recorded.mono, 0, low_share)
    rest = recorded.mono - render_modes(modes, recorded.mono.shape[0])
    more = find_modes(recorded.mono, low_share=low_share)
    less = recorded.mono - render_modes(more, recorded.mono.shape[0])
    # Chance peaks of a short noise explain little; it is better left to the bands. In a cymbal
    # the same few percent are what makes it metal.
    worth = PEAKS_WORTH if recorded.mono.shape[0] < RATE_HZ else CYMBAL_PEAKS_WORTH
    return (more, less) if np.sum(less**2) < worth * np.sum(rest**2) else (modes, rest)


def _stroke(recorded: Hit, modes: DoubleArray, rest: DoubleArray) -> FittedStroke:
    energies = band_energies_db(recorded.mono)
    return FittedStroke(recorded.velocity, modes, fit_noise(rest), energies)


def fit_drum(font: SoundfontFile, kit_id: str, key: int, name: str) -> tuple[FittedDrum, Row]:
    """Fit one drum and judge it."""
    hits = [hit(font, kit_id, key, velocity) for velocity in FITTED]
    different = {h.digest: h for h in hits}
    if len(different) == 1:
        hits = [hit(font, kit_id, key, ONLY_RECORDING)]
    else:
        hits = list(different.values())
    strokes = tuple(fit_stroke(h) for h in hits)
    drum = FittedDrum(name, strokes, float(np.mean([h.width for h in hits])))
    placed = kit(kit_id).keys[key]
    voice = DrumVoice(placed.drum, placed.semitones, RATE_HZ)
    distances, numbers, unseen = [], [], False
    for velocity in HELD_OUT:
        recorded = hit(font, kit_id, key, velocity)
        unseen = unseen or (len(hits) > 1 and recorded.digest not in {h.digest for h in hits})
        own = voice.stroke(velocity, 0).mean(0).astype(np.float64)
        fitted = _mono(drum, velocity)
        distances.append([spectral_distance_db(recorded.mono, s) for s in (own, fitted)])
        numbers.append([[centroid_hz(s), fall_seconds(s)] for s in (recorded.mono, own, fitted)])
    own_db, fitted_db = np.mean(distances, 0)
    means = np.mean(numbers, 0)
    row = Row(
        name, kit_id, key, len(strokes), unseen, int(np.mean([len(s.modes) for s in strokes])),
        round(float(own_db), 2), round(float(fitted_db), 2),
        _three(means[:, 0], 0), _three(means[:, 1], 3), _nearer(own_db, fitted_db, means[:, 1]),
    )  # fmt: skip
    return drum, row


def _nearer(own_db: float, fitted_db: float, falls_seconds: DoubleArray) -> bool:
    """True if the fitted drum is nearer in spectrum and rings as long, or no worse than ours."""
    recorded, own, fitted = np.log(np.maximum(falls_seconds, 1e-3))
    allowed = max(float(np.log(LONGER_SHARE)), abs(float(own - recorded)))
    return bool(fitted_db < own_db and abs(fitted - recorded) <= allowed)


def balanced(drum: FittedDrum, kit_id: str, key: int) -> FittedPlace:
    """A drum with the gain that makes it as loud as the one whose place it takes.

    Loudness is that of 400 ms; at most 1.5 dB are added, so that peaks keep their room.
    """
    placed = kit(kit_id).keys[key]
    # `soften` gives a fitted stroke more body for its peak; balance must not take that back.
    voice = FittedVoice(drum, replace(drums()[placed.drum], soften=0.0), RATE_HZ)
    ours = DrumVoice(placed.drum, placed.semitones, RATE_HZ)
    levels = []
    for sound in (voice.stroke(LOUDNESS_VELOCITY, 0), ours.stroke(LOUDNESS_VELOCITY, 0)):
        window = np.zeros((2, round(0.41 * RATE_HZ)), np.float32)
        count = min(window.shape[1], sound.shape[1])
        window[:, :count] = sound[:, :count]
        levels.append(integrated_lufs(window, RATE_HZ) or -70.0)
    return FittedPlace(drum.name, round(min(max(levels[1] - levels[0], -10.0), 1.5), 1))


def tuned(drum: FittedDrum, key: int) -> FittedDrum:
    """A drum moved to the pitch of its key; the font's kettledrums are half a semitone sharp.

    Its pitch is that of the mode within 80 cents of the key's that is loudest after 0.7 s.
    """
    strokes = []
    for stroke in drum.strokes:
        hz, t60, amplitude = stroke.modes[:, 0], stroke.modes[:, 1], stroke.modes[:, 2]
        cents = 1200.0 * np.log2(hz / midi_to_hz(key))
        later = np.where(np.abs(cents) < 80.0, amplitude * 10.0 ** (-3.0 * 0.7 / t60), 0.0)
        modes = stroke.modes.copy()
        if later.any():
            modes[:, 0] *= midi_to_hz(key) / hz[np.argmax(later)]
        strokes.append(replace(stroke, modes=modes))
    return replace(drum, strokes=tuple(strokes))


def write(found: Sequence[FittedDrum], keys: dict[str, dict[int, FittedPlace]], out: Path) -> None:
    """Write ``drums.npz`` and ``kits.toml``; only drums that some key uses."""
    used = {place.drum for row in keys.values() for place in row.values()}
    kept = [drum for drum in found if drum.name in used]
    rows, modes, noise, bands = [], [], [], []
    mode_at = frame_at = 0
    for number, drum in enumerate(kept):
        for stroke in drum.strokes:
            rows.append((number, stroke.velocity, mode_at, len(stroke.modes), frame_at,
                         len(stroke.noise)))  # fmt: skip
            modes.append(pack_modes(stroke.modes))
            noise.append(pack_noise(stroke.noise))
            bands.append(stroke.bands_db)
            mode_at, frame_at = mode_at + len(stroke.modes), frame_at + len(stroke.noise)
    out.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(
        out / "drums.npz", names=np.array([d.name for d in kept]),
        widths=np.array([d.width for d in kept], np.float32), strokes=np.array(rows, np.int32),
        modes=np.concatenate(modes), noise=np.concatenate(noise),
        bands_db=np.array(bands, np.float32),
    )  # fmt: skip
    lines = ["# Which fitted drum plays each key of each kit; other keys are synthesised.",
             "# Written by training/kits/fit.py."]  # fmt: skip
    for kit_id, row in keys.items():
        lines += [
            "",
            f"[{kit_id}]",
            *(
                f'{key} = {{ drum = "{place.drum}", db = {place.db} }}'
                for key, place in sorted(row.items())
            ),
        ]
    (out / "kits.toml").write_text("\n".join(lines) + "\n", "utf-8")


def main() -> None:
    """Fit, judge, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--font", type=Path, required=True)
    parser.add_argument("--out", type=Path, default=DATA)
    parser.add_argument("--table", type=Path, help="JSON lines of every drum as it is judged")
    parser.add_argument("--only", nargs="*", default=[], help="KIT:KEY")
    options = parser.parse_args()
    font = SoundfontFile(options.font)
    known: dict[tuple[str, ...], tuple[FittedDrum, Row]] = {}
    keys: dict[str, dict[int, FittedPlace]] = {}
    rows: list[Row] = []
    for kit_id in KITS:
        for key in range(FIRST_KEY, LAST_KEY + 1):
            if options.only and f"{kit_id}:{key}" not in options.only:
                continue
            if (kit_id, key) in OTHERWISE:
                continue
            content = tuple(digest(font, kit_id, key, v) for v in (*FITTED, *HELD_OUT))
            placed = kit(kit_id).keys[key]
            known_as = (*content, placed.drum, str(placed.semitones))
            same = next((pair for c, pair in known.items() if c[: len(content)] == content), None)
            if known_as in known:
                row = known[known_as][1]
            elif same is not None:  # the same recording against another synthesised drum
                row = _judged_again(font, same[1], kit_id, key)
                known[known_as] = (same[0], row)
            else:
                drum, row = fit_drum(font, kit_id, key, f"{kit_id.removesuffix('_kit')}_{key}")
                if placed.drum == "timpani":
                    drum = tuned(drum, key)
                known[known_as] = (drum, row)
            row = replace(row, kit=kit_id, key=key)
            rows.append(row)
            if options.table:
                with options.table.open("a", encoding="utf-8") as stream:
                    stream.write(json.dumps(asdict(row)) + "\n")
            if row.used:
                drum = known[known_as][0]
                keys.setdefault(kit_id, {})[key] = balanced(drum, kit_id, key)
        fitted = {drum.name: drum for drum, _ in known.values()}
        if keys:
            write(list(fitted.values()), keys, options.out)  # what is done is not lost


def _three(values: DoubleArray, digits: int) -> tuple[float, float, float]:
    recorded, own, fitted = (round(float(value), digits) for value in values)
    return recorded, own, fitted


def _judged_again(font: SoundfontFile, row: Row, kit_id: str, key: int) -> Row:
    """The row of a drum that was fitted already, against another synthesised drum."""
    placed = kit(kit_id).keys[key]
    voice = DrumVoice(placed.drum, placed.semitones, RATE_HZ)
    own = []
    for velocity in HELD_OUT:
        sound = voice.stroke(velocity, 0).mean(0).astype(np.float64)
        own.append(spectral_distance_db(hit(font, kit_id, key, velocity).mono, sound))
    own_db = round(float(np.mean(own)), 2)
    used = _nearer(own_db, row.fitted_db, np.array(row.falls_seconds))
    return replace(row, own_db=own_db, used=used)


def _mono(drum: FittedDrum, velocity: int) -> DoubleArray:
    return np.asarray(fitted_stroke(drum, velocity, 0, RATE_HZ).mean(0), np.float64)


if __name__ == "__main__":
    main()
