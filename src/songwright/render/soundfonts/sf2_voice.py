"""A zone of a SoundFont made into a voice for one key and velocity."""

from __future__ import annotations

import math
from dataclasses import dataclass

from songwright.render.soundfonts import sf2_generators as gen
from songwright.render.soundfonts.sf2_generators import Modulator, modulation, wheel_amount
from songwright.render.soundfonts.voice import (
    LOOP,
    LOOP_WHILE_HELD,
    NO_LOOP,
    Clip,
    Envelope,
    Voice,
)
from songwright.units import db_to_gain

ATTENUATION_SHARE = 0.4
"""Fonts are made by ear on the EMU8000 chip, which attenuates by 0.4 dB for each written dB."""

CHOKE_SECONDS = 2.0 ** (-200.0 / 1200.0)
_SHORTEST_RELEASE = -7200.0  # 16 ms, against clicks
_LOOPS = {1: LOOP, 3: LOOP_WHILE_HELD}


@dataclass(frozen=True, slots=True)
class Zone:
    """One sample of a preset where it sounds, with all generators summed.

    ``first ... loop_last`` are the header's places: samples of the file's pool, or for
    ``compressed`` samples (whose places are bytes) the loop alone, counted from the start.
    """

    sample: int
    keys: tuple[int, int]
    velocities: tuple[int, int]
    amounts: tuple[float, ...]
    modulators: tuple[Modulator, ...]
    rate_hz: float
    root_key: int
    correction_cents: int
    first: int
    last: int
    loop_first: int
    loop_last: int
    compressed: bool

    def _offset(self, fine: int, coarse: int) -> int:
        return int(self.amounts[fine] + 32768 * self.amounts[coarse])

    @property
    def start(self) -> int:
        """First sample, counted from the beginning of the recording."""
        return max(self._offset(gen.START, gen.START_COARSE), 0)

    @property
    def end(self) -> int:
        """Sample after the last; at most the length of the recording."""
        moved = self._offset(gen.END, gen.END_COARSE)
        return (1 << 40) if self.compressed else self.last - self.first + min(moved, 0)

    @property
    def loop_start(self) -> int:
        """First sample of the loop."""
        place = self.loop_first - (0 if self.compressed else self.first)
        return place + self._offset(gen.LOOP_START, gen.LOOP_START_COARSE)

    @property
    def loop_end(self) -> int:
        """Sample after the loop's last."""
        place = self.loop_last - (0 if self.compressed else self.first)
        return place + self._offset(gen.LOOP_END, gen.LOOP_END_COARSE)

    @property
    def loop(self) -> int:
        """How the loop is played."""
        return _LOOPS.get(int(self.amounts[gen.MODES]) & 3, NO_LOOP)


def voice_of(zone: Zone, clip: Clip, key: int, velocity: int) -> Voice:
    """The voice of a zone for one key (0..127) and velocity (1..127)."""
    a = list(zone.amounts)
    if 0 <= a[gen.FIXED_KEY] <= 127:
        key = int(a[gen.FIXED_KEY])
    if 1 <= a[gen.FIXED_VELOCITY] <= 127:
        velocity = int(a[gen.FIXED_VELOCITY])
    a[gen.ATTENUATION] *= ATTENUATION_SHARE
    wheel = 0.0
    for modulator in zone.modulators:
        wheel += wheel_amount(modulator)
        if modulator.target < gen.COUNT:
            a[modulator.target] += modulation(modulator, key, velocity)
    for number, (low, high) in gen.LIMITS.items():
        a[number] = min(max(a[number], low), high)
    root = a[gen.ROOT_KEY] if 0 <= a[gen.ROOT_KEY] <= 127 else zone.root_key
    root = 60 if root > 127 else root
    cents = a[gen.SCALE_TUNE] * (key - root) + 100.0 * a[gen.COARSE_TUNE] + a[gen.FINE_TUNE]
    # Half of a resonance's height is taken from the level (section 8.1.3, initialFilterQ).
    q = db_to_gain(a[gen.FILTER_Q] / 10.0 - 3.01)
    gain = db_to_gain(-a[gen.ATTENUATION] / 10.0) / math.sqrt(q)
    angle = (a[gen.PAN] / 1000.0 + 0.5) * math.pi / 2.0
    open_filter = a[gen.FILTER] >= 13500.0 and a[gen.FILTER_Q] < 10.0 and not (
        a[gen.SHAPE_FILTER] < 0.0 or a[gen.LFO_FILTER] != 0.0
    )  # fmt: skip
    exclusive = int(a[gen.EXCLUSIVE_CLASS])
    return Voice(
        clip=clip,
        rate_hz=min(max(zone.rate_hz, 400.0), 384000.0),
        cents=cents + zone.correction_cents,
        gain_left=gain * math.cos(angle),
        gain_right=gain * math.sin(angle),
        volume=_envelope(a, gen.VOLUME_DELAY, key, 1.0),
        shape=_envelope(a, gen.SHAPE_DELAY, key, 0.0),
        shape_to_pitch_cents=a[gen.SHAPE_PITCH],
        shape_to_filter_cents=a[gen.SHAPE_FILTER],
        filter_hz=0.0 if open_filter else _hz(a[gen.FILTER]),
        filter_q=q,
        lfo_delay_seconds=_seconds(a[gen.LFO_DELAY]),
        lfo_hz=_hz(a[gen.LFO_HZ]),
        lfo_to_pitch_cents=a[gen.LFO_PITCH],
        lfo_to_filter_cents=a[gen.LFO_FILTER],
        lfo_to_volume_db=a[gen.LFO_VOLUME] / 10.0,
        vibrato_delay_seconds=_seconds(a[gen.VIBRATO_DELAY]),
        vibrato_hz=_hz(a[gen.VIBRATO_HZ]),
        vibrato_cents=a[gen.VIBRATO_PITCH],
        wheel_cents=wheel,
        choke_group=exclusive,
        choked_by=exclusive,
        choke_seconds=CHOKE_SECONDS,
    )


def _envelope(a: list[float], base: int, key: int, volume: float) -> Envelope:
    """Six generators from ``base`` and two for the key; ``volume`` is 1 for the volume's."""
    toward = 60 - key
    hold = a[base + 2] + a[base + 6] * toward
    decay = a[base + 3] + a[base + 7] * toward
    sustain = min(max(a[base + 4], 0.0), 1000.0)
    return Envelope(
        _seconds(a[base]),
        _seconds(a[base + 1]),
        _seconds(hold),
        _seconds(decay, -12000.0),
        0.096 * sustain if volume else 1.0 - sustain / 1000.0,
        _seconds(a[base + 5], _SHORTEST_RELEASE),
    )


def _seconds(timecents: float, least: float = -math.inf) -> float:
    """Seconds of a time in timecents; -12000 and less is no time at all."""
    timecents = min(max(timecents, least), 8000.0)
    return 0.0 if timecents < -11999.0 and least == -math.inf else math.exp2(timecents / 1200.0)


def _hz(cents: float) -> float:
    """Frequency of a pitch in cents above 8.176 Hz (MIDI key 0)."""
    return 8.175798915643707 * math.exp2(cents / 1200.0)
