"""Inner loops of the drum kits: falling tones, swept noise, modes, grains, mixing, room."""

from __future__ import annotations

import math

import numpy as np

from songwright.render.jit import DoubleArray, FloatArray, IntArray, kernel


@kernel
def add_tone(
    out: FloatArray,
    modes: DoubleArray,
    fall: float,
    fall_seconds: float,
    snap: float,
    snap_seconds: float,
    sample_rate_hz: float,
) -> None:
    """Add decaying sines, shape (modes, 3) of hz, amplitude and T60, to a mono buffer.

    All start ``fall + snap`` semitones high and fall with two time constants.
    """
    n = out.shape[0]
    count = modes.shape[0]
    phase = np.zeros(count)
    level = modes[:, 1].copy()
    loss = np.exp(-6.907755 / (modes[:, 2] * sample_rate_hz))
    step = modes[:, 0] * (2.0 * math.pi / sample_rate_hz)
    fall_loss = math.exp(-1.0 / (max(fall_seconds, 1e-4) * sample_rate_hz))
    snap_loss = math.exp(-1.0 / (max(snap_seconds, 1e-4) * sample_rate_hz))
    ratio = 2.0 ** ((fall + snap) / 12.0)
    for i in range(n):
        if i & 7 == 0:  # the pitch is updated every 8 samples: 0.17 ms
            ratio = 2.0 ** ((fall + snap) / 12.0)
        fall *= fall_loss
        snap *= snap_loss
        y = 0.0
        for m in range(count):
            if level[m] > 1e-6:
                y += level[m] * math.sin(phase[m])
                phase[m] += step[m] * ratio
                if phase[m] > math.pi:
                    phase[m] -= 2.0 * math.pi
                level[m] *= loss[m]
        out[i] += np.float32(y)


@kernel
def sweep_filter(
    sound: FloatArray,
    hz: float,
    fall_octaves: float,
    fall_seconds: float,
    q: float,
    mode: int,
    sample_rate_hz: float,
) -> None:
    """State-variable filter in place, shape (2, samples), whose centre falls to ``hz``.

    Mode 0 low-pass, 1 band-pass with 0 dB at its centre, 2 high-pass (Zavalishin 2012, ch. 4).
    """
    damping = 1.0 / q
    top = 0.45 * sample_rate_hz
    loss = math.exp(-16.0 / (max(fall_seconds, 1e-4) * sample_rate_hz))
    for side in range(2):
        s1 = s2 = 0.0
        octaves = fall_octaves
        g = a1 = a2 = a3 = 0.0
        for i in range(sound.shape[1]):
            if i & 15 == 0 and (i == 0 or octaves > 1e-3):
                g = math.tan(math.pi * min(hz * 2.0**octaves, top) / sample_rate_hz)
                a1 = 1.0 / (1.0 + g * (g + damping))
                a2 = g * a1
                a3 = g * a2
                octaves *= loss
            x = float(sound[side, i])
            v3 = x - s2
            v1 = a1 * s1 + a2 * v3
            v2 = s2 + a2 * s1 + a3 * v3
            s1 = 2.0 * v1 - s1
            s2 = 2.0 * v2 - s2
            if mode == 0:
                sound[side, i] = v2
            elif mode == 1:
                sound[side, i] = damping * v1
            else:
                sound[side, i] = x - damping * v1 - v2


@kernel
def add_plate(
    out: FloatArray,
    hz: DoubleArray,
    left: DoubleArray,
    right: DoubleArray,
    t60: DoubleArray,
    rise_seconds: DoubleArray,
    phases: DoubleArray,
    sample_rate_hz: float,
) -> None:
    """Add a bank of decaying modes to a stereo buffer, shape (2, samples).

    Each mode is a recursive oscillator, y[n] = 2 r cos(w) y[n-1] - r^2 y[n-2], that stops 60 dB
    below its start. Four run side by side, because one alone waits for its own last value.
    """
    n = out.shape[1]
    c = np.zeros(4)
    r2 = np.zeros(4)
    y1 = np.zeros(4)
    y2 = np.zeros(4)
    gl = np.zeros(4)
    gr = np.zeros(4)
    rest = np.zeros(4)
    keep = np.zeros(4)
    for first in range(0, hz.shape[0], 4):
        last = 0
        for k in range(4):
            m = first + k
            y1[k] = y2[k] = gl[k] = gr[k] = c[k] = r2[k] = 0.0
            if m >= hz.shape[0]:
                continue
            w = 2.0 * math.pi * hz[m] / sample_rate_hz
            r = math.exp(-6.907755 / (t60[m] * sample_rate_hz))
            c[k] = 2.0 * r * math.cos(w)
            r2[k] = r * r
            y1[k] = math.sin(phases[m] - w) / r
            y2[k] = math.sin(phases[m] - 2.0 * w) / (r * r)
            gl[k] = left[m]
            gr[k] = right[m]
            rest[k] = 1.0
            keep[k] = math.exp(-1.0 / (max(rise_seconds[m], 1e-4) * sample_rate_hz))
            last = max(last, min(n, int(t60[m] * sample_rate_hz) + 1))
        c0, c1, c2, c3 = c[0], c[1], c[2], c[3]
        q0, q1, q2, q3 = r2[0], r2[1], r2[2], r2[3]
        a0, a1, a2, a3 = y1[0], y1[1], y1[2], y1[3]
        b0, b1, b2, b3 = y2[0], y2[1], y2[2], y2[3]
        e0, e1, e2, e3 = rest[0], rest[1], rest[2], rest[3]
        for i in range(last):
            z0 = c0 * a0 - q0 * b0
            z1 = c1 * a1 - q1 * b1
            z2 = c2 * a2 - q2 * b2
            z3 = c3 * a3 - q3 * b3
            b0, b1, b2, b3 = a0, a1, a2, a3
            a0, a1, a2, a3 = z0, z1, z2, z3
            e0 *= keep[0]
            e1 *= keep[1]
            e2 *= keep[2]
            e3 *= keep[3]
            z0 -= z0 * e0
            z1 -= z1 * e1
            z2 -= z2 * e2
            z3 -= z3 * e3
            out[0, i] += np.float32((gl[0] * z0 + gl[1] * z1) + (gl[2] * z2 + gl[3] * z3))
            out[1, i] += np.float32((gr[0] * z0 + gr[1] * z1) + (gr[2] * z2 + gr[3] * z3))


@kernel
def add_grains(
    out: FloatArray,
    uniform: FloatArray,
    rate_hz: float,
    even: float,
    attack_seconds: float,
    t60: float,
    width: float,
    sample_rate_hz: float,
) -> None:
    """Add collisions of random strength to a stereo buffer, shape (2, samples).

    ``uniform`` holds random numbers 0..1, three for each collision; it is read cyclically.
    """
    n = out.shape[1]
    at = 0.0
    k = 0
    count = uniform.shape[0]
    gap = sample_rate_hz / rate_hz
    while at < n:
        i = int(at)
        seconds = i / sample_rate_hz
        energy = 10.0 ** (-3.0 * max(seconds - attack_seconds, 0.0) / t60)
        if seconds < attack_seconds:
            energy *= seconds / attack_seconds
        strength = energy * (0.3 + 0.7 * uniform[k % count])
        side = width * (2.0 * uniform[(k + 1) % count] - 1.0)
        sign = 1.0 if k & 1 else -1.0
        out[0, i] += np.float32(sign * strength * (1.0 - side))
        out[1, i] += np.float32(sign * strength * (1.0 + side))
        # intervals of a Poisson process, or regular teeth with a little looseness
        wait = -math.log(1.0 - 0.999 * uniform[(k + 2) % count])
        at += max(1.0, gap * (even + (1.0 - even) * wait))
        k += 3


@kernel
def add_noise_bands(
    out: FloatArray,
    bank: FloatArray,
    places: IntArray,
    frames: IntArray,
    levels: FloatArray,
    width: float,
) -> None:
    """Add bands of noise whose levels move along straight lines to a stereo buffer.

    Parameters
    ----------
    out
        Shape (2, samples).
    bank
        Noise of each band, shape (bands, a power of two), read cyclically.
    places
        Where to begin to read it for the middle and for the sides, shape (2, bands).
    frames, levels
        Samples at which levels are known, and the levels, shapes (frames,) and (frames, bands).
    width
        Share of the sides, 0..1.
    """
    mask = bank.shape[1] - 1
    middle = np.float32(math.sqrt(1.0 - 0.5 * width * width))
    side = np.float32(width * math.sqrt(0.5))
    for band in range(bank.shape[0]):
        one, two = places[0, band], places[1, band]
        for frame in range(frames.shape[0] - 1):
            first, last = frames[frame], min(frames[frame + 1], out.shape[1])
            level, after = levels[frame, band], levels[frame + 1, band]
            if first >= last or (level == 0.0 and after == 0.0):
                continue
            step = (after - level) / np.float32(frames[frame + 1] - first)
            for i in range(first, last):
                x = middle * bank[band, (one + i) & mask]
                y = side * bank[band, (two + i) & mask]
                gain = level + step * np.float32(i - first)
                out[0, i] += gain * (x + y)
                out[1, i] += gain * (x - y)


@kernel
def block_dc(sound: FloatArray, hz: float, fade_samples: int, sample_rate_hz: float) -> None:
    """Remove what lies below ``hz`` and fade the end out, in place, shape (2, samples)."""
    a = math.exp(-2.0 * math.pi * hz / sample_rate_hz)
    n = sound.shape[1]
    for side in range(2):
        x1 = y1 = 0.0
        for i in range(n):
            x = float(sound[side, i])
            y1 = x - x1 + a * y1
            x1 = x
            fade = 1.0
            if i >= n - fade_samples:
                fade = (n - 1 - i) / fade_samples
            sound[side, i] = y1 * fade


@kernel
def mix_hit(
    out: FloatArray,
    send: FloatArray,
    start: int,
    hit: FloatArray,
    left: float,
    right: float,
    room: float,
    stop: int,
    fade_samples: int,
) -> None:
    """Add a stroke to the kit and to the mono send of its room, damped from sample ``stop`` on."""
    end = min(hit.shape[1], out.shape[1] - start, stop + fade_samples)
    for i in range(end):
        gain = 1.0
        if i >= stop:
            rest = 1.0 - (i - stop) / fade_samples
            gain = rest * rest
        x = gain * hit[0, i] * left
        y = gain * hit[1, i] * right
        out[0, start + i] += np.float32(x)
        out[1, start + i] += np.float32(y)
        send[start + i] += np.float32(0.5 * room * (x + y))


@kernel
def add_room(
    out: FloatArray,
    send: FloatArray,
    level: float,
    seconds: float,
    hz: float,
    sample_rate_hz: float,
) -> None:
    """Add a small room to a stereo buffer: eight early reflections into four damped delay loops.

    The loops are mixed by a Householder matrix (Jot 1992), so that echoes thicken quickly.
    """
    n = out.shape[1]
    size = 1
    while size < int(0.09 * sample_rate_hz):
        size *= 2
    mask = size - 1
    line = np.zeros(size)
    taps = (np.array([3.1, 5.3, 7.9, 11.3, 13.7, 17.9, 21.1, 26.3]) * sample_rate_hz / 1000).astype(
        np.int64
    )
    delays = (np.array([19.7, 23.9, 29.3, 33.7]) * sample_rate_hz / 1000).astype(np.int64)
    loops = np.zeros((4, size))
    low = np.zeros(4)
    gains = np.exp(-6.907755 * delays / (seconds * sample_rate_hz))
    damp = math.exp(-2.0 * math.pi * hz / sample_rate_hz)
    for i in range(n):
        line[i & mask] = send[i]
        early_left = early_right = 0.0
        for t in range(8):
            v = line[(i - taps[t]) & mask] * (0.75 - 0.07 * t)
            if t & 1:
                early_right += v
            else:
                early_left += v
        total = 0.0
        for d in range(4):
            v = loops[d, (i - delays[d]) & mask] * gains[d]
            low[d] = v + damp * (low[d] - v)
            total += low[d]
        for d in range(4):
            entry = early_left if d < 2 else early_right
            v = 0.35 * entry + low[d] - 0.5 * total
            # numbers that fade below the normal range would slow the processor a hundredfold
            loops[d, i & mask] = v if abs(v) > 1e-15 else 0.0
            if abs(low[d]) < 1e-15:
                low[d] = 0.0
        out[0, i] += np.float32(level * (early_left + low[0] - low[2]))
        out[1, i] += np.float32(level * (early_right + low[1] - low[3]))
