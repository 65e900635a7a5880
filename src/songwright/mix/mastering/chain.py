"""The mastering chain up to the limiter, block by block.

    buses, each compressed → sum → low cut, tone → mono lows, width → bands → glue → drive

Every stage carries its state from block to block, so the length of the blocks does not change the
sound, and a piece of any length needs the memory of one block.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from songwright.audio import Audio, AudioSource
from songwright.audio.buffers import Samples64
from songwright.mix.dynamics import compress, compressor_state
from songwright.mix.filters import apply_filters, eq_bands, high_pass, response_db
from songwright.mix.mastering.measure import SoundFacts
from songwright.mix.mastering.multiband import Multiband, usual_levels_db
from songwright.mix.mastering.tables import BusFacts, buses
from songwright.mix.saturation import saturate
from songwright.mix.settings import Compressor, EqBand, MasterSettings
from songwright.mix.stereo import widen

_GLUE_LOW_CUT_HZ = 90.0


class Bus:
    """One bus: where its sound comes from, and its compressor, if any."""

    def __init__(
        self, source: AudioSource, facts: BusFacts, settings: Compressor | None, rate: int
    ) -> None:
        self._source = source
        self._facts = facts
        self._settings = settings
        self._rate = rate
        self._state = compressor_state()
        self.mean_db = 0.0

    def read(self, start: int, stop: int) -> Audio:
        """The next samples, compressed; a new array."""
        block = self._source.read(start, stop).copy()
        if self._settings is not None:
            self.mean_db = compress(
                block, self._settings, self._rate, self._facts.low_cut_hz, self._state,
                self._facts.parallel,
            )[0]  # fmt: skip
        return block


def make_buses(
    sources: Mapping[str, AudioSource], loud_db: Mapping[str, float], amount: float, rate: int
) -> list[Bus]:
    """The buses of a piece in the order of their table.

    A single bus is the whole mix, which the glue holds together: it has no compressor of its own.
    """
    table = buses()
    made = []
    for name, facts in table.items():
        if name not in sources:
            continue
        settings = None
        if len(sources) > 1 and amount > 0.0 and name in loud_db:
            settings = facts.compressor(loud_db[name], amount)
        made.append(Bus(sources[name], facts, settings, rate))
    return made


@dataclass(frozen=True, slots=True)
class ChainWork:
    """What the chain did: mean reductions in dB of the buses, the bands and the glue."""

    buses_db: tuple[float, ...]
    bands_db: tuple[float, ...]
    glue_db: float


class Chain:
    """Everything between the sum of the buses and the limiter.

    Parameters
    ----------
    chain
        Settings; ``chain.width`` is used as it is.
    bands
        Equaliser bands, those of the settings and the measured ones.
    facts
        Of the mix before the gain.
    gain_db
        Gain that brings the mix to its reference level.
    low_cut_hz, sample_rate_hz
        Cutoff of the first filter; sample rate.
    """

    def __init__(
        self, chain: MasterSettings, bands: Sequence[EqBand], facts: SoundFacts, gain_db: float,
        low_cut_hz: float, sample_rate_hz: int,
    ) -> None:  # fmt: skip
        rate = sample_rate_hz
        self._chain = chain
        self._rate = rate
        self._gain = np.float32(10.0 ** (gain_db / 20.0))
        rows = [high_pass(low_cut_hz, rate), *eq_bands(bands, rate)]
        self._rows = rows
        self._filters = np.zeros((len(rows), 4))
        self._sides = np.zeros(2)
        self._drive = np.zeros((2, 2))
        self._bands: Multiband | None = None
        if chain.multiband > 0.0:
            response = tone_db(bands, facts.centre_hz, rate) + gain_db
            usual = usual_levels_db(facts.centre_hz, facts.level_db, response)
            self._bands = Multiband(usual, chain.multiband, rate)
        self._glue = _glue(chain)
        self._glue_state = compressor_state()
        self._glue_db = 0.0

    def process(self, block: Audio) -> None:
        """The next samples ``(2, n)``, in place."""
        block *= self._gain
        apply_filters(block, self._rows, self._filters)
        chain = self._chain
        widen(block, chain.width, 0.0, chain.mono_below_hz, self._rate, self._sides)
        if self._bands is not None:
            self._bands.process(block)
        if self._glue is not None:
            self._glue_db = compress(
                block, self._glue, self._rate, _GLUE_LOW_CUT_HZ, self._glue_state
            )[0]
        saturate(block, chain.saturation, self._rate, self._drive)

    def work(self, made: Sequence[Bus]) -> ChainWork:
        """What was done, with the buses in front."""
        bands = self._bands.mean_db if self._bands is not None else ()
        return ChainWork(tuple(bus.mean_db for bus in made), bands, self._glue_db)


def tone_db(bands: Sequence[EqBand], frequency_hz: Samples64, rate: int) -> Samples64:
    """Response of equaliser bands at some frequencies."""
    return response_db(eq_bands(bands, rate), frequency_hz, rate)


def _glue(chain: MasterSettings) -> Compressor | None:
    if chain.glue <= 0.0:
        return None
    # Slow attack: transients pass, the body is held together by one to three decibels.
    return Compressor(
        threshold_db=-9.0 - 7.0 * chain.glue,
        ratio=1.4 + 1.2 * chain.glue,
        attack_ms=30.0,
        release_ms=220.0,
        knee_db=8.0,
    )
