"""The feedback delay network behind the algorithmic rooms, as one compiled loop.

It works in blocks shorter than every delay, on straight pieces of memory: a ring buffer whose
index wraps in the innermost loop keeps the processor from handling several samples at once. All
buffers are therefore plain arrays with a common write position; when it reaches their end, the
part that is still needed moves back to the front.
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit

from songwright.mix.sends import BLOCK as SEND_BLOCK

LINES = 8
BLOCK = 128
"""Frames handled at once; every delay is longer, so a block never feeds itself."""

DIFFUSION = 0.6
_SPAN = 8_192  # frames between two moves of the buffers; more would leave the cache
_GRAIN_SECONDS = 0.085  # of the octave shifter: long enough for lows, short enough for echoes


def grain_samples(sample_rate_hz: int) -> int:
    """Length of the grains of the octave shifter, a multiple of four."""
    return 4 * round(_GRAIN_SECONDS * sample_rate_hz / 4)


@njit(cache=True, nogil=True, fastmath=True)
def reverberate(  # type: ignore[no-untyped-def]
    source, target, gains, cuts, early_delays, early_gains, pre_delay, diffusers,
    lengths, low_gain, high_gain, pole, drift_samples, drift_angle, drift_start, out_gain,
    octave, grain,
):  # fmt: skip
    """Add the reverberation of ``source`` to ``target``, stereo samples of one length.

    ``gains`` are the send at the edges of every `SEND_BLOCK` samples, interpolated between;
    ``cuts`` the one-pole factors of a low cut and of a high cut (1: none) on what is sent.
    ``octave`` is the share of the output that comes back an octave higher, in grains of
    ``grain`` samples (0: none).
    """
    n = source.shape[1]
    half = np.float32(0.5)
    scale = np.float32(1.0 / math.sqrt(LINES))
    diffusion = np.float32(DIFFUSION)
    low_cut, high_cut = np.float32(cuts[0]), np.float32(cuts[1])
    # A constant far below hearing keeps every number in the loops out of the denormal range.
    tiny = np.float32(1e-18)

    back = pre_delay + early_delays.max()
    back = max(back, lengths.max() + 2 * int(drift_samples + 1.0) + 4)
    back = max(back, 2 * grain + 4) + BLOCK
    size = back + _SPAN + BLOCK
    waiting = np.zeros((2, size), dtype=np.float32)
    rings = np.zeros((2, diffusers.shape[1], size), dtype=np.float32)
    lines = np.zeros((LINES, size), dtype=np.float32)
    shifted = np.zeros((2, size if octave > 0.0 else 1), dtype=np.float32)

    cut_left = cut_right = damp_left = damp_right = np.float32(0.0)
    s0 = s1 = s2 = s3 = s4 = s5 = s6 = s7 = np.float32(0.0)
    entering = np.zeros((2, BLOCK), dtype=np.float32)
    first = np.zeros((2, BLOCK), dtype=np.float32)
    flow = np.zeros((LINES, BLOCK), dtype=np.float32)
    out = np.zeros((2, BLOCK), dtype=np.float32)
    ground = np.zeros((2, 2), dtype=np.float32)
    rising = np.float32(20.0 / grain)  # a low cut at about 270 Hz
    fades = np.zeros(grain if octave > 0.0 else 1, dtype=np.float32)
    for t in range(len(fades)):
        fades[t] = math.sin(math.pi * t / grain) ** 2
    at = back  # where this block is written in every buffer
    for start in range(0, n, BLOCK):
        m = min(BLOCK, n - start)
        if at + BLOCK > size:
            for c in range(2):
                waiting[c, :back] = waiting[c, at - back : at].copy()
                for d in range(diffusers.shape[1]):
                    reach = diffusers[c, d]
                    rings[c, d, back - reach : back] = rings[c, d, at - reach : at].copy()
                if octave > 0.0:
                    shifted[c, :back] = shifted[c, at - back : at].copy()
            for k in range(LINES):
                reach = lengths[k] + 2 * int(drift_samples + 1.0) + 4
                lines[k, back - reach : back] = lines[k, at - reach : at].copy()
            at = back
        # In: send, low cut, high cut.
        for begin in range(0, m, SEND_BLOCK):
            edge = (start + begin) // SEND_BLOCK
            send = gains[edge]
            slope = (gains[edge + 1] - send) / np.float32(SEND_BLOCK)
            for t in range(begin, min(begin + SEND_BLOCK, m)):
                x = source[0, start + t] * send + tiny
                cut_left += low_cut * (x - cut_left)
                damp_left += high_cut * (x - cut_left - damp_left)
                waiting[0, at + t] = damp_left
                x = source[1, start + t] * send + tiny
                cut_right += low_cut * (x - cut_right)
                damp_right += high_cut * (x - cut_right - damp_right)
                waiting[1, at + t] = damp_right
                send += slope
        # Pre-delay, early reflections, diffusion.
        for c in range(2):
            now = waiting[c, at - pre_delay : at - pre_delay + m]
            for t in range(m):
                entering[c, t] = now[t]
                first[c, t] = 0.0
        for e in range(early_gains.shape[0]):
            begin = at - pre_delay - early_delays[e]
            near = e & 1
            gain = early_gains[e]
            tap = waiting[near, begin : begin + m]
            straight, across = first[near], first[1 - near]
            for t in range(m):
                straight[t] += gain * tap[t]
            for t in range(m):
                across[t] -= half * gain * tap[t]
        if octave > 0.0:
            # Two heads read at double speed and cross-fade; each jumps back while it is silent.
            for c in range(2):
                for t in range(m):
                    phase = (start + t) % grain
                    other = (phase + grain // 2) % grain
                    fade = fades[phase]
                    one = shifted[c, at + t - BLOCK - grain + phase]
                    two = shifted[c, at + t - BLOCK - grain + other]
                    entering[c, t] += two + fade * (one - two)
        for c in range(2):
            for d in range(diffusers.shape[1]):
                begin = at - diffusers[c, d]
                late = rings[c, d, begin : begin + m]
                new = rings[c, d, at : at + m]
                row = entering[c]
                for t in range(m):
                    fed = row[t] - diffusion * late[t]
                    new[t] = fed
                    row[t] = late[t] + diffusion * fed
        # Round the lines: read …
        for k in range(LINES):
            row = flow[k]
            if drift_angle[k] == 0.0:
                begin = at - lengths[k]
                old = lines[k, begin : begin + m]
                for t in range(m):
                    row[t] = old[t]
            else:
                here = drift_samples * (1.0 + math.sin(drift_angle[k] * (start - drift_start)))
                there = drift_samples * (1.0 + math.sin(drift_angle[k] * (start + m - drift_start)))
                whole = int(min(here, there))
                f0 = np.float32(here - whole)
                slide = np.float32((there - here) / m)
                begin = at - lengths[k] - whole
                y0, y1 = lines[k, begin + 1 : begin + 1 + m], lines[k, begin : begin + m]
                y2, y3 = lines[k, begin - 1 : begin - 1 + m], lines[k, begin - 2 : begin - 2 + m]
                for t in range(m):
                    # Four-point, third-order Hermite interpolation.
                    f = f0 + slide * np.float32(t)
                    c1 = half * (y2[t] - y0[t])
                    c3 = half * (y3[t] - y0[t]) + np.float32(1.5) * (y1[t] - y2[t])
                    c2 = y0[t] - y1[t] + c1 - c3
                    row[t] = ((c3 * f + c2) * f + c1) * f + y1[t]
        # … and absorb. Eight filters side by side: one alone would wait for itself.
        for t in range(m):
            s0 += pole * (flow[0, t] - s0)
            s1 += pole * (flow[1, t] - s1)
            s2 += pole * (flow[2, t] - s2)
            s3 += pole * (flow[3, t] - s3)
            s4 += pole * (flow[4, t] - s4)
            s5 += pole * (flow[5, t] - s5)
            s6 += pole * (flow[6, t] - s6)
            s7 += pole * (flow[7, t] - s7)
            flow[0, t] = high_gain[0] * (flow[0, t] - s0) + low_gain[0] * s0
            flow[1, t] = high_gain[1] * (flow[1, t] - s1) + low_gain[1] * s1
            flow[2, t] = high_gain[2] * (flow[2, t] - s2) + low_gain[2] * s2
            flow[3, t] = high_gain[3] * (flow[3, t] - s3) + low_gain[3] * s3
            flow[4, t] = high_gain[4] * (flow[4, t] - s4) + low_gain[4] * s4
            flow[5, t] = high_gain[5] * (flow[5, t] - s5) + low_gain[5] * s5
            flow[6, t] = high_gain[6] * (flow[6, t] - s6) + low_gain[6] * s6
            flow[7, t] = high_gain[7] * (flow[7, t] - s7) + low_gain[7] * s7
        # Out: even lines to the left, odd lines to the right.
        for c in range(2):
            a, b, d, e = flow[c], flow[c + 2], flow[c + 4], flow[c + 6]
            wet, near_wall = out[c], first[c]
            for t in range(m):
                wet[t] = out_gain * (a[t] - b[t] + d[t] - e[t])
            for t in range(m):
                target[c, start + t] += wet[t] + near_wall[t]
            if octave > 0.0:
                # Two low cuts: what cannot rise by an octave any more, down to a constant, must
                # not go round.
                one_cut, two_cut = ground[c, 0], ground[c, 1]
                for t in range(m):
                    one_cut += rising * (wet[t] - one_cut)
                    cleared = wet[t] - one_cut
                    two_cut += rising * (cleared - two_cut)
                    shifted[c, at + t] = octave * (cleared - two_cut)
                ground[c, 0], ground[c, 1] = one_cut, two_cut
        # Mix with Hadamard's matrix, three rounds of sums and differences, and feed back.
        span = 1
        while span < LINES:
            for k in range(LINES):
                if k & span == 0:
                    one_row, two_row = flow[k], flow[k + span]
                    for t in range(m):
                        a0 = one_row[t]
                        b0 = two_row[t]
                        one_row[t] = a0 + b0
                        two_row[t] = a0 - b0
            span *= 2
        for k in range(LINES):
            row, fresh = flow[k], entering[k & 1]
            new = lines[k, at : at + m]
            for t in range(m):
                new[t] = scale * row[t] + half * fresh[t]
        at += m
