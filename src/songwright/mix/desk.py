"""The mix as it will be, foretold from what was measured of the dry stems.

What a strip does to a stem is known before it is made: filters and equaliser as their response, the
fader as the loudness that it brings the stem to. That is enough to see who covers whom, without
rendering anything twice. Compression and the time structure of reverberation are left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache

import numpy as np
from numpy.typing import NDArray

from songwright.audio.buffers import Samples64
from songwright.audio.loudness import k_weighting
from songwright.mix.filters import eq_band, eq_bands, high_pass, low_pass, response_db
from songwright.mix.measure import (
    BAND_CENTRES_HZ,
    BAND_EDGES_HZ,
    BANDS,
    THIRD_CENTRES_HZ,
    StemFacts,
    sounding_steps,
)
from songwright.mix.settings import MIX_ANCHOR_LUFS, EqBand, MixSettings, PartMix
from songwright.mix.sheet import MixDecision

_RATE_HZ = 48_000  # at which responses are drawn; the bands end far below half of it
_DOWN_DB, _UP_DB = 27.0, 10.0  # how fast masking fades per Bark, as the judge has it
_MASKED_DB = -6.0
_GATE_LUFS = -70.0
_RELATIVE_GATE = 0.1
_SMALLEST = 1e-12


@cache
def _ear() -> Samples64:
    """K-weighting at the centres of the critical bands, as a power weight."""
    rows = k_weighting(_RATE_HZ).tolist()
    return np.asarray(10.0 ** (response_db(rows, np.array(BAND_CENTRES_HZ), _RATE_HZ) / 10.0))


@cache
def spreading() -> Samples64:
    """Power that one unit in a band (row) masks in another (column), shape (24, 24)."""
    distance = np.arange(BANDS)[None, :] - np.arange(BANDS)[:, None]
    fall_db = np.where(distance < 0, -distance * _DOWN_DB, distance * _UP_DB)
    return np.asarray(10.0 ** (-fall_db / 10.0))


def strip_response_db(
    strip: PartMix, facts: StemFacts, frequency_hz: Samples64, with_dips: bool = True
) -> Samples64:
    """What the filters of a strip do to a stem at some frequencies, in dB."""
    rows = []
    cut = min(strip.high_pass_hz, 0.75 * facts.low_note_hz or strip.high_pass_hz)
    if cut > 0.0:
        rows.append(high_pass(cut, _RATE_HZ))
    if strip.low_pass_hz > 0.0:
        rows.append(low_pass(strip.low_pass_hz, _RATE_HZ))
    if strip.lofi is not None:
        rows.append(low_pass(strip.lofi.high_hz, _RATE_HZ))
    rows += eq_bands(strip.eq, _RATE_HZ)
    if with_dips:
        rows += [
            eq_band(EqBand("peak", d.frequency_hz, -d.depth_db, d.q), _RATE_HZ) for d in strip.dips
        ]
    if not rows:
        return np.zeros(len(frequency_hz))
    return response_db(rows, frequency_hz, _RATE_HZ)


@dataclass
class Desk:
    """Strips while they are being decided, and what the decisions were.

    Attributes
    ----------
    settings
        The mix as it was before any sound.
    facts
        What was measured of each dry stem.
    strips
        The strips as they stand; parts without facts or without sound are left alone.
    open
        Parts whose strips may change.
    decisions
        In the order in which they were made.
    """

    settings: MixSettings
    facts: Mapping[str, StemFacts]
    strips: dict[str, PartMix]
    open: frozenset[str]
    decisions: list[MixDecision] = field(default_factory=list)
    _powers: dict[str, Samples64] = field(default_factory=dict)
    _dry: dict[str, Samples64] = field(default_factory=dict)
    _total: Samples64 | None = None

    @property
    def sounding(self) -> tuple[str, ...]:
        """Parts that are heard, in the order of the mix."""
        return tuple(
            name
            for name, strip in self.strips.items()
            if not strip.mute and name in self.facts and self.facts[name].loudness_lufs is not None
        )

    def of_role(self, *roles: str) -> tuple[str, ...]:
        """Sounding parts with one of some roles."""
        return tuple(name for name in self.sounding if self.strips[name].role in roles)

    def change(self, name: str, control: str, value: str, reason: str, strip: PartMix) -> None:
        """Put a strip in the place of a part's and say why."""
        before = self._powers.pop(name, None)
        self.strips[name] = strip
        if before is not None and self._total is not None:
            after = self.powers(name)
            self._total[: len(after)] += after - before
        decision = MixDecision(name, control, value, reason)
        same = (d for d in self.decisions if (d.part, d.control) == (name, control))
        if (earlier := next(same, None)) is not None:
            told = {_without_numbers(text) for text in earlier.reason.split("; ")}
            more = "" if _without_numbers(reason) in told else f"; {reason}"
            joined = replace(decision, reason=earlier.reason + more)
            self.decisions[self.decisions.index(earlier)] = joined
        else:
            self.decisions.append(decision)

    def add_level(self, name: str, by_db: float, reason: str) -> None:
        """Move a fader."""
        strip = self.strips[name]
        level_db = round(strip.level_db + by_db, 1)
        self.change(name, "level_db", f"{level_db:g}", reason, replace(strip, level_db=level_db))

    def powers(self, name: str) -> Samples64:
        """Foretold power of a stem in the mix, shape (steps, 24)."""
        if name not in self._powers:
            self._powers[name] = self._foretold(name)
        return self._powers[name]

    def sum_of(self, names: Iterable[str]) -> Samples64:
        """Foretold power of several stems together."""
        steps = max((len(self.powers(name)) for name in self.sounding), default=0)
        total = np.zeros((steps, BANDS))
        for name in names:
            own = self.powers(name)
            total[: len(own)] += own
        return total

    @property
    def whole(self) -> Samples64:
        """Foretold power of the mix, kept up to date: with 200 parts a sum is no small matter."""
        if self._total is None:
            self._total = self.sum_of(self.sounding)
        return self._total

    def third_powers(self, name: str) -> Samples64:
        """Foretold long-term power of a stem in third octaves."""
        facts, strip = self.facts[name], self.strips[name]
        thirds = np.array(THIRD_CENTRES_HZ)
        dry = 10.0 ** (np.array(facts.thirds_db) / 10.0)
        response = 10.0 ** (strip_response_db(strip, facts, thirds) / 10.0)
        return np.asarray(dry * response * self._gain(name))

    def active(self, name: str) -> NDArray[np.bool_]:
        """Steps in which a stem sounds."""
        return sounding_steps(self.powers(name))

    def level_lu(self, names: tuple[str, ...]) -> float:
        """Loudness of some stems against the whole mix while they sound, in LU."""
        own = self.sum_of(names)
        sounding = sounding_steps(own)
        if not sounding.any():
            return -40.0
        its, all_of_it = (p[sounding].sum(axis=0) @ _ear() for p in (own, self.whole))
        share = its / max(_SMALLEST, all_of_it)
        return float(10.0 * np.log10(max(1e-4, share)))

    def masked_share(self, names: tuple[str, ...]) -> float:
        """Share of the energy of some stems that the others mask, 0..1, as the judge counts it."""
        own = self.sum_of(names)
        rest = np.maximum(self.whole - own, 0.0)
        threshold = (rest @ spreading()) * 10.0 ** (_MASKED_DB / 10.0)
        sounding = sounding_steps(own)
        energy = own[sounding].sum()
        if energy <= 0.0:
            return 0.0
        return float(np.where(own < threshold, own, 0.0)[sounding].sum() / energy)

    def _filtered(self, name: str) -> Samples64:
        """Power of a dry stem behind the filters of its strip."""
        facts, strip = self.facts[name], self.strips[name]
        if name not in self._dry:
            self._dry[name] = facts.powers
        thirds = np.array(THIRD_CENTRES_HZ)
        levels = 10.0 ** (np.array(facts.thirds_db) / 10.0)
        response = 10.0 ** (strip_response_db(strip, facts, thirds) / 10.0)
        centre = 10.0 ** (strip_response_db(strip, facts, np.array(BAND_CENTRES_HZ)) / 10.0)
        weights = np.empty(BANDS)
        for band in range(BANDS):
            inside = (thirds >= BAND_EDGES_HZ[band]) & (thirds < BAND_EDGES_HZ[band + 1])
            power = levels[inside].sum()
            # Within a wide band the response counts where the stem has its energy.
            mean = (levels * response)[inside].sum() / power if power > 0.0 else centre[band]
            weights[band] = mean
        return self._dry[name] * weights

    def _gain(self, name: str) -> float:
        """Power gain of the fader behind the filters."""
        loudness = _gated(self._filtered(name) @ _ear())
        if loudness is None:
            return 1.0
        strip, facts = self.strips[name], self.facts[name]
        wanted = MIX_ANCHOR_LUFS + strip.level_db + facts.playing_db
        return float(10.0 ** ((wanted - loudness) / 10.0))

    def _foretold(self, name: str) -> Samples64:
        strip, room = self.strips[name], self.settings.reverb
        power = self._filtered(name) * self._gain(name)
        sends = [] if strip.reverb_send_db is None else [strip.reverb_send_db + room.level_db]
        for send in strip.sends:
            if send.space in self.settings.spaces:
                sends.append(send.level_db + self.settings.spaces[send.space].level_db)
        return np.asarray(power * (1.0 + sum(10.0 ** (db / 10.0) for db in sends)))


def _gated(heard: Samples64) -> float | None:
    """Gated loudness in LUFS of K-weighted powers every tenth of a second."""
    span = 4
    if len(heard) < span:
        blocks = heard
    else:
        blocks = np.convolve(heard, np.full(span, 1.0 / span), mode="valid")
    blocks = blocks[blocks > 10.0 ** ((_GATE_LUFS + 0.691) / 10.0)]
    if not blocks.size:
        return None
    blocks = blocks[blocks > _RELATIVE_GATE * blocks.mean()]
    return float(-0.691 + 10.0 * np.log10(blocks.mean()))


def _without_numbers(reason: str) -> str:
    """A reason as its kind: the same said of other numbers is nothing new."""
    return re.sub(r"[-+]?[\d.,]+", "", reason)
