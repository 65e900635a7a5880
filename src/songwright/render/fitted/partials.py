"""Sums of sine waves that move in pitch, level and timbre: the tonal half of a fitted note.

Between two edges of a time grid a partial is ``(a + b n) sin(2 pi (p + d n + e n^2))``: level and
frequency are straight lines, phase is continuous. The sine is a polynomial in single precision so
that the innermost loop has no branch and no call and the compiler can do 8 or 16 samples at once.
"""

from __future__ import annotations

import math

import numpy as np

from songwright.render.jit import DoubleArray, FloatArray, IntArray, kernel

LONGEST_SEGMENT = 256
SILENT_NEPERS = -13.0
"""Partials below this level (-113 dB) are not drawn."""

_RAMP = np.arange(LONGEST_SEGMENT + 1, dtype=np.float32)


@kernel
def _add_segment(
    out: FloatArray,
    ramp: FloatArray,
    phase: np.float32,
    step: np.float32,
    bend: np.float32,
    level: np.float32,
    rise: np.float32,
) -> None:
    """Add one straight piece of one partial; ``phase`` and its steps are in cycles.

    ``sin(2 pi x) = x (1/4 - x^2) q(x^2)`` on -1/2..1/2; the third-degree ``q`` (Lawson's iterated
    least squares) is within -103 dB of the sine.
    """
    nearest = np.float32(12582912.0)  # adding 1.5 * 2^23 rounds a float to a whole number
    quarter = np.float32(0.25)
    c0, c1 = np.float32(25.132169112153722), np.float32(-64.79273855377309)
    c2, c3 = np.float32(66.2388759332574), np.float32(-32.60916782950001)
    for n in range(out.shape[0]):
        at = ramp[n]
        x = phase + at * (step + at * bend)
        x = x - ((x + nearest) - nearest)
        y = x * x
        sine = x * (quarter - y) * (c0 + y * (c1 + y * (c2 + y * c3)))
        out[n] += (level + at * rise) * sine


@kernel
def add_partials(
    out: FloatArray,
    edges: IntArray,
    cycles: DoubleArray,
    speeds: DoubleArray,
    knots: FloatArray,
    layers: FloatArray,
    gains: FloatArray,
    levels: FloatArray,
    ratios: DoubleArray,
    phases: DoubleArray,
    weights: FloatArray,
    wander: FloatArray,
    uneven: FloatArray,
    places: IntArray,
    steps: DoubleArray,
    paces: DoubleArray,
    jitter: FloatArray,
    ripple: FloatArray,
    grown: FloatArray,
    sway: FloatArray,
    ramp: FloatArray,
) -> None:
    """Add the partials of a note to one channel.

    Parameters
    ----------
    out
        Shape (samples,).
    edges
        Shape (edges,): rising sample positions, at most `LONGEST_SEGMENT` apart; the first is
        where ``out`` begins, the last within it. The other curves have one value for each.
    cycles, speeds
        Periods of the fundamental since its beginning, and their change per sample.
    knots, layers
        Place in time and in dynamics in ``levels``, in steps of its axes; straight lines between.
    gains
        Amplitude factor.
    levels
        Shape (layers, knots, partials): nepers.
    ratios, phases, weights
        For each partial: frequency in units of the fundamental, starting phase in cycles,
        amplitude factor of this channel.
    wander, uneven, places
        Unit noise that fluctuations of phase and of level are read from (length a power of two),
        and where each partial reads.
    steps, paces
        How far reading has come at each edge: for the phase, shape (edges,), and for each range
        of the unrest of the level, shape (ranges, edges).
    jitter, ripple
        Depth of the fluctuations: cycles of phase of each partial, nepers of each range.
    grown
        Share of the ripple at each edge.
    sway
        Nepers by which each partial follows a vibrato, shape (edges, partials), or (0, 0).
    ramp
        0, 1, 2, ... (single precision).
    """
    mask = wander.shape[0] - 1
    last_layer, last_knot = levels.shape[0] - 2, levels.shape[1] - 2
    restless, sways = ripple.max() > 0.0, sway.shape[0] > 0
    for k in range(ratios.shape[0]):
        before = np.float32(0.0)
        phase_before = 0.0
        speed_before = 0.0
        ratio = ratios[k]
        swings = jitter[k] != 0.0
        for edge in range(edges.shape[0]):
            layer = min(int(layers[edge]), last_layer)
            knot = min(int(knots[edge]), last_knot)
            up, on = layers[edge] - layer, knots[edge] - knot
            low = levels[layer, knot, k]
            low += on * (levels[layer, knot + 1, k] - low)
            high = levels[layer + 1, knot, k]
            high += on * (levels[layer + 1, knot + 1, k] - high)
            level = low + up * (high - low)
            if sways:
                level += sway[edge, k]
            phase = phases[k] + ratio * cycles[edge]
            speed = ratio * speeds[edge]
            if swings:
                whole = int(steps[edge])
                share = steps[edge] - whole
                bow = share * share * (3.0 - 2.0 * share)
                place = places[k] + whole
                first = wander[place & mask]
                move = wander[(place + 1) & mask] - first
                phase += jitter[k] * (first + bow * move)
                if edge > 0:
                    rate = (steps[edge] - steps[edge - 1]) / (edges[edge] - edges[edge - 1])
                    speed += jitter[k] * move * 6.0 * share * (1.0 - share) * rate
            if restless:
                for n in range(ripple.shape[0]):
                    whole = int(paces[n, edge])
                    share = paces[n, edge] - whole
                    bow = share * share * (3.0 - 2.0 * share)
                    place = places[k] + whole
                    first = uneven[place & mask]
                    move = uneven[(place + 1) & mask] - first
                    level += grown[edge] * ripple[n] * (first + bow * move)
            amount = np.float32(0.0)
            if level > SILENT_NEPERS and speed < 0.46:
                amount = np.float32(math.exp(level)) * gains[edge] * weights[k]
            if edge > 0 and (before != 0.0 or amount != 0.0):
                begin, end = edges[edge - 1], edges[edge]
                count = end - begin
                # the phase at both edges is exact; the frequency bends to meet it
                bend = (phase - phase_before - speed_before * count) / (count * count)
                _add_segment(
                    out[begin - edges[0] : end - edges[0]],
                    ramp,
                    np.float32(phase_before - math.floor(phase_before)),
                    np.float32(speed_before),
                    np.float32(bend),
                    before,
                    np.float32((amount - before) / count),
                )
            before, phase_before, speed_before = amount, phase, speed


def ramp() -> FloatArray:
    """0, 1, 2, ... up to the longest segment."""
    return _RAMP
