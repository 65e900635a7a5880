"""One sounding sample with everything that shapes it: what both file formats come down to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from songwright.render.jit import DoubleArray, FloatArray

NO_LOOP, LOOP, LOOP_WHILE_HELD = 0, 1, 2
LOW_PASS, BAND_PASS, HIGH_PASS = 0, 1, 2

MARGIN = 8
"""Samples that the interpolation may read before the first and after the last."""


@dataclass(frozen=True, slots=True)
class Envelope:
    """Delay, attack, hold, decay, sustain, release.

    Of volume, ``decay_seconds`` and ``release_seconds`` are times of a fall by 96 dB and
    ``sustain`` is in dB below the top (0..96); the attack rises in a straight line of amplitude.
    Of modulation they are times of a fall from 1 to 0, and ``sustain`` is 0..1.
    """

    delay_seconds: float = 0.0
    attack_seconds: float = 0.0
    hold_seconds: float = 0.0
    decay_seconds: float = 0.001
    sustain: float = 0.0
    release_seconds: float = 0.02


@dataclass(frozen=True, slots=True)
class Clip:
    """Samples of one voice, laid out for the player (see `clip_of`)."""

    data: FloatArray
    rest: FloatArray
    end: int
    loop_start: int
    loop_end: int
    loop: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Voice:
    """A clip, and how it sounds for one key and velocity.

    ``rate_hz`` is the sample rate of the clip and ``cents`` how far it is transposed;
    ``gain_left`` and ``gain_right`` are amplitudes. ``wheel_cents`` is the vibrato that a full
    modulation wheel adds. Voices of one ``choke_group`` (0: none) silence those that are
    ``choked_by`` it, within ``choke_seconds`` for 96 dB. ``one_shot`` voices ignore the end of
    the key.
    """

    clip: Clip
    rate_hz: float
    cents: float
    gain_left: float
    gain_right: float
    volume: Envelope
    shape: Envelope = Envelope()
    shape_to_pitch_cents: float = 0.0
    shape_to_filter_cents: float = 0.0
    filter_hz: float = 0.0
    filter_q: float = 0.7071
    filter_kind: int = LOW_PASS
    lfo_delay_seconds: float = 0.0
    lfo_hz: float = 8.0
    lfo_to_pitch_cents: float = 0.0
    lfo_to_filter_cents: float = 0.0
    lfo_to_volume_db: float = 0.0
    vibrato_delay_seconds: float = 0.0
    vibrato_hz: float = 5.0
    vibrato_cents: float = 0.0
    wheel_cents: float = 50.0
    choke_group: int = 0
    choked_by: int = 0
    choke_seconds: float = 0.9
    one_shot: bool = False

    def numbers(self, sample_rate_hz: int) -> DoubleArray:
        """The voice as one vector for `songwright.render.soundfonts.kernels.play_voice`."""
        v, m, clip = self.volume, self.shape, self.clip
        return np.array([
            self.rate_hz / sample_rate_hz * 2.0 ** (self.cents / 1200.0),
            clip.loop_start, clip.loop_end, clip.end, clip.loop,
            self.gain_left, self.gain_right,
            v.delay_seconds, v.attack_seconds, v.hold_seconds, v.decay_seconds, v.sustain,
            v.release_seconds,
            m.delay_seconds, m.attack_seconds, m.hold_seconds, m.decay_seconds, m.sustain,
            m.release_seconds,
            self.shape_to_pitch_cents, self.shape_to_filter_cents,
            self.filter_hz, self.filter_q, self.filter_kind,
            self.lfo_delay_seconds, self.lfo_hz, self.lfo_to_pitch_cents,
            self.lfo_to_filter_cents, self.lfo_to_volume_db,
            self.vibrato_delay_seconds, self.vibrato_hz, self.vibrato_cents, self.wheel_cents,
            self.choke_seconds,
        ], np.float64)  # fmt: skip


class Bank(Protocol):
    """The voices of one instrument."""

    def voices(self, key: int, velocity: int, turn: int) -> tuple[Voice, ...]:
        """What sounds when a key is struck; ``turn`` counts the strokes of the part."""
        ...


def clip_of(
    samples: FloatArray, start: int, end: int, loop_start: int, loop_end: int, loop: int
) -> Clip:
    """Lay out ``samples[start:end]`` so that the player can read it without looking ahead.

    A looped clip is followed by the beginning of its loop; the player jumps back by one loop only
    `MARGIN` / 2 samples after the loop's end, when all that it reads lies inside. ``rest`` is
    the clip without a loop, which a clip of `LOOP_WHILE_HELD` goes on with after its key is up.

    Parameters
    ----------
    samples
        Mono, -1..1.
    start, end, loop_start, loop_end
        Indices into ``samples``; a loop that is empty or starts outside is left out.
    """
    start = min(max(start, 0), samples.shape[0])
    end = min(max(end, start), samples.shape[0])
    loop_end = min(loop_end, end)
    if loop and not start <= loop_start < loop_end:
        loop = NO_LOOP
    silence = np.zeros(MARGIN, np.float32)
    piece = samples[start:end]
    whole = np.concatenate((silence, piece, silence))
    if loop == NO_LOOP:
        return Clip(whole, whole[:0], MARGIN + piece.shape[0], 0, 0, NO_LOOP)
    first, last = loop_start - start, loop_end - start
    around = piece[first + np.arange(MARGIN) % (last - first)]
    data = np.concatenate((silence, piece[:last], around))
    rest = whole if loop == LOOP_WHILE_HELD else whole[:0]
    return Clip(data, rest, MARGIN + piece.shape[0], MARGIN + first, MARGIN + last, loop)
