"""Slurred notes of instruments that ring by themselves: hammered on and pulled off.

A finger that stops or frees a sounding string gives it another pitch and less force than a pick
would. So a slurred note is a tone without its attack: it begins inside the tone, where what the
pick did is over, in the colour of a softer touch, and takes over from the note before within a few
milliseconds.
"""

from __future__ import annotations

import numpy as np

from songwright.render.gates import JOIN_OVERLAP_SECONDS, Gate
from songwright.render.jit import FloatArray

PICK_SECONDS = 0.12
"""The attack of a picked tone, noise and all, is over by then."""

SOFTER_VELOCITIES = 24.0
"""A slurred note has the colour of a touch softer by so much."""

END_SECONDS = 0.004
"""Against a click where a note is over."""


def touch_of(gate: Gate) -> float:
    """The velocity whose colour a note has."""
    softer = SOFTER_VELOCITIES if gate.from_pitch is not None else 0.0
    return max(gate.note.velocity - softer, 1.0)


def left_out(gate: Gate, sample_rate_hz: int) -> int:
    """Samples at the beginning of its tone that a note does without."""
    return round(PICK_SECONDS * sample_rate_hz) if gate.from_pitch is not None else 0


def without(note: FloatArray, skip: int) -> FloatArray:
    """A note of shape (2, n) from sample ``skip`` on, contiguous as kernels expect it."""
    return np.ascontiguousarray(note[:, skip:]) if skip else note


def fade_samples(gate: Gate, sample_rate_hz: int) -> int:
    """Over how long a note goes out at its very end: over the join if the next one takes over."""
    seconds = JOIN_OVERLAP_SECONDS if gate.joined else END_SECONDS
    return max(round(seconds * sample_rate_hz), 1)


def taking_over(note: FloatArray, samples: int, sample_rate_hz: int) -> FloatArray:
    """The first ``samples`` of a note, shape (2, n), rising over the join.

    The note before goes out along a line. The two are not in step, so their powers add up: a
    quarter of a sine keeps the sum even, and bends nowhere so sharply that it would be heard.
    """
    result = note[:, :samples].copy()
    join = round(JOIN_OVERLAP_SECONDS * sample_rate_hz)
    rise = np.sin(np.linspace(0.0, 0.5 * np.pi, join, endpoint=False)).astype(np.float32)
    result[:, :join] *= rise[: result.shape[1]]
    return result
