"""Do the macros do what they are called? Every patch is measured with each macro at its ends.

    python -m bench.palette_macros [PATCH ...]

Held notes (four in a row of a sound that dies away): brightness must move the spectral centroid,
attack the time to half the peak, width the side signal; dirt must lead away from the cleanest
spectrum, and movement from the course of the stillest. A macro is *dead* on a patch where neither
end changes its measure by a just noticeable step, and *wrong* where an end moves it the other way
by more than that.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from songwright import palette
from songwright.palette import MACROS
from songwright.perform.model import PlayedNote, PlayedPart
from songwright.render.synth.source import PatchPlayer

RATE_HZ = 48_000
PITCH = {"low": 36, "mid": 60, "high": 72}
HELD_SECONDS = 4.0
_ONSET_SECONDS = 0.05
_DIES_AWAY = 0.5
_FRAME = 2048
_HOP = 1024
_FLOOR = 1e-12

STEP = {"brightness": 0.04, "attack": 0.1, "movement": 0.5, "width": 0.5, "dirt": 0.5}
"""Least step of each measure that counts: octaves for the first two, then dB."""

Audio = NDArray[np.float32]
Rows = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Ends:
    """A macro's measure with the macro at 0, in the middle and at 1."""

    low: float
    middle: float
    high: float

    def verdict(self, step: float) -> str:
        """``ok``, ``dead`` (nothing moves) or ``wrong`` (an end goes the other way)."""
        down, up = self.middle - self.low, self.high - self.middle
        if down < -step or up < -step:
            return "wrong"
        return "dead" if max(down, up) < step else "ok"


def sound(name: str) -> Audio:
    """Four seconds of a patch at velocity 96 without calibration, shape (2, samples)."""
    patch = palette.get(name)
    count = 4 if patch.amp.sustain < _DIES_AWAY and not patch.fit else 1
    step = HELD_SECONDS / count
    notes = tuple(
        PlayedNote(_ONSET_SECONDS + i * step, 0.9 * step, PITCH[patch.register], 96)
        for i in range(count)
    )
    part = PlayedPart("macro", "", "lead", "", notes, sound=name)
    return PatchPlayer(patch, 0.0).render(part, round(RATE_HZ * (HELD_SECONDS + 0.6)), RATE_HZ)


def _frames(audio: Audio) -> Rows:
    """Power spectra of both channels together, shape (frames, bins)."""
    window = np.hanning(_FRAME)
    starts = range(0, audio.shape[1] - _FRAME, _HOP)
    rows = [
        sum(np.abs(np.fft.rfft(window * channel[at : at + _FRAME])) ** 2 for channel in audio)
        for at in starts
    ]
    return np.asarray(rows)


def _bands(frames: Rows, per_octave: int) -> Rows:
    """Levels of bands from 60 Hz to 15 kHz as power, shape (frames, bands)."""
    hz = np.fft.rfftfreq(_FRAME, 1.0 / RATE_HZ)
    edges = 60.0 * 2.0 ** (np.arange(8 * per_octave + 1) / per_octave)
    rows = [frames[:, (hz >= a) & (hz < b)].sum(axis=1) for a, b in pairwise(edges)]
    return np.stack(rows, axis=1)


def _decibels(power: Rows, floor_db: float = -60.0) -> Rows:
    """Relative to the strongest, not below a floor."""
    level = 10.0 * np.log10(power / max(float(power.max()), _FLOOR) + _FLOOR)
    return np.asarray(np.maximum(level, floor_db))


def centroid_octaves(audio: Audio) -> float:
    """Logarithm to base two of the centroid of the magnitude spectrum in hertz."""
    magnitude = np.sqrt(_frames(audio).sum(axis=0))
    hz = np.fft.rfftfreq(_FRAME, 1.0 / RATE_HZ)
    return float(np.log2(np.sum(hz * magnitude) / max(float(np.sum(magnitude)), _FLOOR)))


def snap_octaves(audio: Audio) -> float:
    """How quickly the note is there: less the logarithm of the time to half its early peak."""
    power = np.mean(np.asarray(audio, np.float64) ** 2, axis=0)
    smooth = np.convolve(power, np.ones(960) / 960.0, "valid")
    level = np.sqrt(smooth[: round(2.0 * RATE_HZ)])
    there = int(np.argmax(level >= 0.5 * level.max())) - round(_ONSET_SECONDS * RATE_HZ) + 960
    return -float(np.log2(max(there, 240) / RATE_HZ))


def course(audio: Audio) -> Rows:
    """Levels in dB of half-octave bands of both channels over time, shape (frames, bands)."""
    return np.concatenate([_decibels(_bands(_frames(side[None]), 2), -50.0) for side in audio], 1)


def unrest_db(audio: Audio, still: Audio) -> float:
    """How far a sound wanders from its stillest version: RMS over time and bands, by energy."""
    before, after = course(still), course(audio)
    away = after - before
    weights = 10.0 ** (before / 10.0)
    mean = np.sum(away * weights) / np.sum(weights)  # being louder is no movement
    return float(np.sqrt(np.sum((away - mean) ** 2 * weights) / np.sum(weights)))


def width_db(audio: Audio) -> float:
    """Side against middle above 150 Hz, in dB; -60 for mono."""
    spectra = np.fft.rfft(np.stack((audio[0] + audio[1], audio[0] - audio[1])), axis=1)
    hz = np.fft.rfftfreq(audio.shape[1], 1.0 / RATE_HZ)
    middle, side = (np.abs(spectra[:, hz >= 150.0]) ** 2).sum(axis=1)
    return max(10.0 * float(np.log10((side + _FLOOR) / (middle + _FLOOR))), -60.0)


def colour(audio: Audio) -> Rows:
    """Levels in dB of sixth-octave bands over the whole note."""
    return _decibels(_bands(_frames(audio).mean(axis=0)[None], 6)[0])


MEASURES = {
    "brightness": centroid_octaves,
    "attack": snap_octaves,
    "width": width_db,
}


def ends(name: str, macro: str, at_rest: Audio | None = None) -> Ends:
    """The measure of a macro on a patch at its ends and at rest."""
    rest = sound(name) if at_rest is None else at_rest
    low, high = sound(f"{name}@{macro}=0"), sound(f"{name}@{macro}=1")
    if macro == "dirt":  # has no one direction: how far from the cleanest, RMS over the bands
        clean = colour(low)
        steps = [float(np.sqrt(np.mean((colour(s) - clean) ** 2))) for s in (rest, high)]
        return Ends(0.0, *steps)
    if macro == "movement":
        return Ends(0.0, unrest_db(rest, low), unrest_db(high, low))
    measure = MEASURES[macro]
    return Ends(measure(low), measure(rest), measure(high))


def main() -> None:
    """Print what is not as its name says, and a summary."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("patches", nargs="*", help="only these, every row of them")
    chosen = parser.parse_args().patches
    counts = {macro: {"ok": 0, "dead": 0, "wrong": 0} for macro in MACROS}
    for patch in palette.patches().values():
        if patch.kit or (chosen and patch.id not in chosen):
            continue
        rest = sound(patch.id)
        for macro in MACROS:
            if patch.fit and macro == "attack":
                continue  # onsets that are shares of the note are not moved
            found = ends(patch.id, macro, rest)
            verdict = found.verdict(STEP[macro])
            counts[macro][verdict] += 1
            if verdict != "ok" or chosen:
                row = f"{found.low:8.2f} {found.middle:8.2f} {found.high:8.2f}"
                print(f"{patch.id:28s} {macro:11s} {row}  {verdict}", flush=True)
    for macro, found_counts in counts.items():
        print(f"{macro:11s} {found_counts}")


if __name__ == "__main__":
    main()
