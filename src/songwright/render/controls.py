"""Controller points as smooth curves at control rate.

A curve has one value for each `BLOCK` of samples from the start of the piece, so a 30-minute part
needs 5 MB for it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from songwright.perform.model import PlayedNote, PlayedPart
from songwright.render.beats import BeatClock
from songwright.render.jit import BLOCK, FloatArray, blocks_for

MODULATION, VOLUME, PAN, EXPRESSION, SUSTAIN_PEDAL, BRIGHTNESS, PITCH_BEND = (
    1,
    7,
    10,
    11,
    64,
    74,
    128,
)

BEND_RANGE_SEMITONES = 2.0

_REST = {MODULATION: 0.0, VOLUME: 100.0, PAN: 64.0, EXPRESSION: 127.0, BRIGHTNESS: 64.0,
         PITCH_BEND: 0.0}  # fmt: skip


@dataclass(frozen=True)
class Controls:
    """The controllers of one part over ``length_samples`` at ``sample_rate_hz``."""

    part: PlayedPart
    length_samples: int
    sample_rate_hz: int

    @cached_property
    def clock(self) -> BeatClock:
        """The beats of the part."""
        return BeatClock(self.part.tempos)

    def moment(self, note: PlayedNote) -> int:
        """Where a note lies in the piece, in tenths of a millisecond: it names its chances.

        The same whether the part is played whole or in stretches.
        """
        return round(round(self.clock.origin_seconds + note.onset_seconds, 6) * 1e4)

    def _points(self, controller: int) -> tuple[list[float], list[float]]:
        points = [point for point in self.part.controls if point.controller == controller]
        points.sort(key=lambda point: point.seconds)
        return [point.seconds for point in points], [float(point.value) for point in points]

    def moves(self, controller: int) -> bool:
        """True if the controller ever leaves its resting value."""
        _, values = self._points(controller)
        return any(value != _REST[controller] for value in values)

    def curve(self, controller: int) -> FloatArray:
        """Value at the start of each block, shape (blocks + 1,), straight lines between points."""
        blocks = blocks_for(self.length_samples)
        times, values = self._points(controller)
        if not times:
            return np.full(blocks + 1, _REST[controller], np.float32)
        if times[0] > 0.0:  # at rest until it is first moved
            times, values = [times[0] - 1e-3, *times], [_REST[controller], *values]
        at = np.arange(blocks + 1) * (BLOCK / self.sample_rate_hz)
        return np.asarray(np.interp(at, times, values), np.float32)

    @cached_property
    def bend_semitones(self) -> FloatArray:
        return self.curve(PITCH_BEND) * np.float32(BEND_RANGE_SEMITONES / 8192.0)

    @cached_property
    def modulation(self) -> FloatArray:
        """0..1."""
        return self.curve(MODULATION) / np.float32(127.0)

    @cached_property
    def expression(self) -> FloatArray:
        """0..1."""
        return self.curve(EXPRESSION) / np.float32(127.0)

    @cached_property
    def brightness(self) -> FloatArray:
        """-1..1, 0 at rest."""
        return (self.curve(BRIGHTNESS) - np.float32(64.0)) / np.float32(63.5)

    def pedal_spans(self) -> list[tuple[float, float]]:
        """Times (seconds) between which the sustain pedal is down."""
        spans: list[tuple[float, float]] = []
        down = None
        for seconds, value in zip(*self._points(SUSTAIN_PEDAL), strict=True):
            if value >= 64 and down is None:
                down = seconds
            elif value < 64 and down is not None:
                spans.append((down, seconds))
                down = None
        if down is not None:
            spans.append((down, self.length_samples / self.sample_rate_hz))
        return spans


def apply_volume_and_pan(audio: FloatArray, controls: Controls) -> None:
    """Volume (CC7), expression (CC11) and pan (CC10) on a finished part, in place.

    Levels follow General MIDI, ``40 log10(value / 127)`` dB, with volume 100 taken as 0 dB. Pan
    is an equal-power balance, 0 dB for both sides in the centre.
    """
    blocks = blocks_for(controls.length_samples)
    if not any(controls.moves(number) for number in (VOLUME, EXPRESSION, PAN)):
        return
    gain = (controls.curve(VOLUME) / 100.0) ** 2 * controls.expression**2
    angle = np.clip(controls.curve(PAN) / 127.0, 0.0, 1.0)
    # 64 is the centre although it is not the middle of 0..127
    angle = np.where(angle > 64 / 127, 0.5 + (angle - 64 / 127) * (0.5 / (63 / 127)),
                     angle * (0.5 / (64 / 127))) * (np.pi / 2)  # fmt: skip
    sides = (gain * np.cos(angle) * np.sqrt(2.0), gain * np.sin(angle) * np.sqrt(2.0))
    at = np.arange(blocks + 1) * BLOCK
    step = 1 << 16
    for side, levels in enumerate(sides):
        for begin in range(0, audio.shape[1], step):
            end = min(begin + step, audio.shape[1])
            audio[side, begin:end] *= np.interp(np.arange(begin, end), at, levels).astype(
                np.float32
            )
