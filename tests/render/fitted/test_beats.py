"""Partials that are two a little apart: how they are kept and how they sound."""

from __future__ import annotations

import zlib
from dataclasses import replace

import msgspec
import numpy as np
import pytest

from songwright.errors import FileFormatError
from songwright.render.fitted.codec import read_fitted, write_fitted
from songwright.render.fitted.model import FittedInstrument
from songwright.render.fitted.spectrum import spectrum
from songwright.render.fitted.tone import synthesise
from songwright.seeds import noise_rng
from songwright.units import midi_to_hz

from .drawn import RATE_HZ, drawn
from .instruments import made_up

BEAT_HZ, EVEN = 4.0, 0


def beating(level_steps: int = EVEN) -> FittedInstrument:
    """Every first partial has a twin 4 Hz above it, in phase at the onset."""
    base = drawn("struck", -140.0)

    def paired(count: int) -> np.ndarray:
        beats = np.zeros((3, count), np.int8)
        beats[:, 0] = (round(BEAT_HZ / 0.1), level_steps, 0)
        return beats

    tones = tuple(replace(tone, beats=paired(tone.partials.shape[1])) for tone in base.tones)
    return replace(base, tones=tones)


def fundamental(instrument: FittedInstrument, pitch: int) -> np.ndarray:
    """Level of the fundamental in dB every 5 ms."""
    note = synthesise(instrument, pitch, 80, 2 * RATE_HZ, RATE_HZ, noise_rng(0, "beats"))[0]
    n = np.arange(note.shape[0])
    down = note * np.exp(-2j * np.pi * midi_to_hz(pitch) * n / RATE_HZ)
    low = np.convolve(down, np.hanning(1920) / 960, "same")[::240]
    return np.asarray(20.0 * np.log10(np.abs(low) + 1e-9))


@pytest.mark.parametrize("pitch", [60, 72])
def test_a_pair_falls_silent_at_its_rate(pitch: int) -> None:
    level = fundamental(beating(), pitch) - fundamental(drawn("struck", -140.0), pitch)
    nulls = np.arange(0.125, 1.8, 0.25)
    tops = np.arange(0.25, 1.8, 0.25)
    # the phases of single notes are spread a little, so a null may come 10 ms early or late
    lows = [level[round(200 * at) - 4 : round(200 * at) + 5].min() for at in nulls]
    highs = [level[round(200 * at) - 4 : round(200 * at) + 5].max() for at in tops]
    assert max(lows) < -12.0
    assert 1.5 < min(highs) <= max(highs) < 4.5  # two of equal level: 3 dB above their mean


def test_between_keys_the_interval_stays() -> None:
    ratios = spectrum(beating(), 63).ratios
    assert (ratios[-1] - 1.0) * midi_to_hz(60) == pytest.approx(BEAT_HZ, abs=0.01)


def test_a_pair_has_the_power_of_its_partial() -> None:
    plain = spectrum(drawn("struck", -140.0), 60).power_db
    heard = plain > plain.max() - 60.0
    for steps in (0, -12, -36):
        power = spectrum(beating(steps), 60).power_db
        assert power[heard] == pytest.approx(plain[heard], abs=0.05)


def test_beats_are_kept() -> None:
    instrument = beating(-7)
    again = read_fitted(write_fitted(instrument))
    for tone, other in zip(instrument.tones, again.tones, strict=True):
        assert np.array_equal(tone.beats, other.beats)


def test_a_file_without_beats_says_nothing_of_them() -> None:
    assert all(t.beats.shape == (3, 0) for t in read_fitted(write_fitted(made_up())).tones)


def test_beats_of_other_partials_are_refused() -> None:
    whole = write_fitted(beating())
    packed = msgspec.msgpack.decode(zlib.decompress(whole[5:]))
    packed["beats"][3] = packed["beats"][3][:-1]
    with pytest.raises(FileFormatError, match="damaged"):
        read_fitted(whole[:5] + zlib.compress(msgspec.msgpack.encode(packed)))
