"""Modes of a stroke: damped sines, by subspace below 700 Hz and by peaks above.

Heads: the signal of a low band is a sum of damped exponentials; the shift of its signal subspace
gives their poles (ESPRIT: Roy and Kailath 1989). A tone that glides, such as a kick's, comes out
as a few of them, whose phases matter. Bars and bells: peaks that stand out of the spectrum and
last, whose decay is read from the level in two windows. All amplitudes and phases are then fitted
together by least squares.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.signal import find_peaks

from songwright.render.jit import DoubleArray
from training.kits.hits import RATE_HZ

LOW_BANDS = ((25.0, 240.0, 12), (220.0, 700.0, 12))
SHORTEST_T60, LONGEST_T60 = 0.012, 8.0
MAX_MODES = 72
ROUNDS = 3
RIDGE = 1e-4
LONGEST_BAND = 260
ComplexArray = npt.NDArray[np.complex128]
LOWEST_PEAK_HZ, HIGHEST_PEAK_HZ = 300.0, 15000.0
_LN1000 = 6.907755


def find_modes(sound: DoubleArray, rounds: int = ROUNDS, low_share: float = 0.0) -> DoubleArray:
    """Modes of a mono stroke, shape (modes, 4): hz, T60, amplitude, phase of the sine.

    ``rounds`` is how often peaks are looked for in what the modes so far leave over; a low band
    with no more than ``low_share`` of the power is taken to have no modes of its own.
    """
    poles: list[tuple[float, float]] = []
    spectrum = _spectrum(sound)
    power = np.abs(spectrum) ** 2
    hz = np.linspace(0.0, RATE_HZ / 2.0, power.shape[0])
    for low, high, order in LOW_BANDS:
        if power[(hz >= low) & (hz <= high)].sum() > low_share * power.sum():
            poles += _dying(_subspace(spectrum, low, high, order), sound)
    modes = _amplitudes(sound, poles)
    for number in range(rounds):
        rest = sound - render_modes(modes, sound.shape[0])
        peaks = _peaks(rest, number, float(np.sum(sound**2)))
        more = _apart(poles, _dying(peaks, sound))
        if not more:
            break
        poles += more
        modes = _amplitudes(sound, poles)
    energy = modes[:, 2] ** 2 * modes[:, 1]
    if not energy.size:
        return modes
    strongest = np.argsort(energy)[::-1][:MAX_MODES]
    kept = [poles[i] for i in strongest if energy[i] > 10 ** (-5.2) * energy.max()]
    return _amplitudes(sound, kept)


def render_modes(modes: DoubleArray, samples: int) -> DoubleArray:
    """The sum of modes, mono."""
    seconds = np.arange(samples) / RATE_HZ
    sound = np.zeros(samples)
    for hz, t60, amplitude, phase in modes:
        count = min(samples, int(1.2 * t60 * RATE_HZ) + 1)
        t = seconds[:count]
        sound[:count] += amplitude * np.exp(-_LN1000 * t / t60) * np.sin(2 * np.pi * hz * t + phase)
    return sound


def _dying(poles: list[tuple[float, float]], sound: DoubleArray) -> list[tuple[float, float]]:
    """Poles no longer than the recording allows: at its end nothing is left but -62 dB."""
    longest = 1.3 * sound.shape[0] / RATE_HZ
    return [(hz, min(t60, longest)) for hz, t60 in poles]


def _spectrum(sound: DoubleArray) -> ComplexArray:
    """Spectrum at positive frequencies of a sound made a power of two long."""
    return np.asarray(np.fft.rfft(sound, 1 << (int(sound.shape[0]) - 1).bit_length()))


def _subspace(
    spectrum: ComplexArray, low: float, high: float, order: int
) -> list[tuple[float, float]]:
    """Poles of a band: it is moved to zero, thinned out, and its shift read from an SVD."""
    size = 2 * (spectrum.shape[0] - 1)
    first, last = int(low * size / RATE_HZ), int(high * size / RATE_HZ)
    count = last - first
    if count < 24:
        return []
    edge = max(count // 12, 1)
    window = np.ones(count)
    window[:edge] = 0.5 - 0.5 * np.cos(np.pi * np.arange(edge) / edge)
    window[-edge:] = window[:edge][::-1]
    band = np.fft.ifft(spectrum[first:last] * window)
    rate = count * RATE_HZ / size
    level = np.abs(band)
    lasting = int(np.nonzero(level > 0.003 * level.max())[0][-1]) + 1
    band = band[: min(lasting, LONGEST_BAND)]
    rows = band.shape[0] // 2
    if rows < order + 2:
        return []
    hankel = np.lib.stride_tricks.sliding_window_view(band, band.shape[0] - rows + 1)
    u, s, _ = np.linalg.svd(np.ascontiguousarray(hankel), full_matrices=False)
    order = min(order, int(np.sum(s > 10 ** (-2.4) * s[0])))
    basis = u[:, :order]
    shift = np.linalg.lstsq(basis[:-1], basis[1:], rcond=None)[0]
    found = []
    for pole in np.linalg.eigvals(shift):
        hz = low + (np.angle(pole) % (2 * np.pi)) / (2 * np.pi) * rate
        radius = abs(pole)
        t60 = -_LN1000 / (np.log(radius) * rate) if 1e-3 < radius < 1.0 else LONGEST_T60
        if low <= hz <= high and radius > 1e-3:
            found.append((float(hz), float(np.clip(t60, SHORTEST_T60, LONGEST_T60))))
    return found


def _peaks(sound: DoubleArray, number: int, whole: float) -> list[tuple[float, float]]:
    """Peaks that stand at least 15 dB out of the spectrum around them, in two window lengths.

    The poles of each are those of its own narrow band, since many are pairs that beat. In later
    rounds a peak must stand out further: what was subtracted leaves holes that make peaks.
    """
    found: list[tuple[float, float]] = []
    spectrum = _spectrum(sound)
    for length, start in ((16384, 960), (4096, 240)):
        if sound.shape[0] < start + length // 2:
            continue
        piece = np.zeros(length)
        part = sound[start : start + length]
        piece[: part.shape[0]] = part
        hz = np.fft.rfftfreq(length * 2, 1.0 / RATE_HZ)
        db = 20 * np.log10(np.abs(np.fft.rfft(piece * np.hanning(length), length * 2)) + 1e-12)
        span = 2 * int(600.0 / hz[1]) + 1
        surroundings = _median(db, span)
        places, _ = find_peaks(db, height=surroundings + 15.0 + 3.0 * number, distance=6)
        inside = (hz[places] >= LOWEST_PEAK_HZ) & (hz[places] <= HIGHEST_PEAK_HZ)
        places = places[inside & (db[places] > db.max() - 55.0)]
        places = places[np.argsort(-db[places])][:28]
        for place in places:
            a, b, c = db[place - 1 : place + 2]
            exact = hz[place] + hz[1] * 0.5 * (a - c) / (a - 2 * b + c)
            near = _subspace(spectrum, float(exact) - 45.0, float(exact) + 45.0, 3)
            if not near:
                near = [(float(exact), _decay(sound, float(exact), start))]
            # fewer periods than 30 are noise
            near = [pole for pole in near if pole[0] * pole[1] > 30.0]
            found += [pole for pole in near if _energy(sound, pole) > 1e-5 * whole]
    return found


def _energy(sound: DoubleArray, pole: tuple[float, float]) -> float:
    """Energy that a pole alone would explain."""
    hz, t60 = pole
    count = min(sound.shape[0], int(t60 * RATE_HZ) + 1)
    t = np.arange(count) / RATE_HZ
    atom = np.exp(t * (2j * np.pi * hz - _LN1000 / t60))
    return float(2.0 * abs(np.vdot(atom, sound[:count])) ** 2 / np.vdot(atom, atom).real)


def _median(values: DoubleArray, span: int) -> DoubleArray:
    """A running median on every sixteenth value, joined by lines; it costs little."""
    at = np.arange(0, values.shape[0], 16)
    half = span // 2
    known = [np.median(values[max(i - half, 0) : i + half + 1]) for i in at]
    return np.interp(np.arange(values.shape[0]), at, known)


def _decay(sound: DoubleArray, hz: float, start: int) -> float:
    """T60 of one frequency: a line through its level in dB while it is well above the floor."""
    length = int(max(1024, 24 * RATE_HZ / hz))
    hop = length // 4
    window = np.hanning(length) * np.exp(-2j * np.pi * hz * np.arange(length) / RATE_HZ)
    levels = []
    for at in range(start // 4, min(sound.shape[0] - length, 2 * RATE_HZ), hop):
        levels.append(20 * np.log10(abs(np.sum(sound[at : at + length] * window)) + 1e-12))
    if len(levels) < 3:
        return SHORTEST_T60
    curve = np.array(levels)
    top = int(np.argmax(curve))
    below = np.nonzero(curve[top:] < curve[top] - 40.0)[0]
    last = top + (int(below[0]) if below.size else curve.shape[0] - top)
    if last - top < 3:
        return float(np.clip(1.5 * hop * max(last - top, 1) / RATE_HZ, SHORTEST_T60, LONGEST_T60))
    slope = np.polyfit(np.arange(last - top) * hop / RATE_HZ, curve[top:last], 1)[0]
    return float(np.clip(-60.0 / min(slope, -1e-3), SHORTEST_T60, LONGEST_T60))


def _apart(
    known: list[tuple[float, float]], more: list[tuple[float, float]]
) -> list[tuple[float, float]]:
    """Those of some new poles that are no twins of known ones or of one another."""
    kept: list[tuple[float, float]] = []
    for hz, t60 in sorted(more, key=lambda p: -p[1]):
        limit = max(0.7, 0.5 / t60)
        if all(abs(hz - other) > limit or abs(np.log(t60 / long)) > 1.0
               for other, long in (*known, *kept)):  # fmt: skip
            kept.append((hz, t60))
    return kept


def _amplitudes(sound: DoubleArray, poles: list[tuple[float, float]]) -> DoubleArray:
    """Amplitudes and phases of all poles together, by least squares with a little ridge."""
    if not poles:
        return np.zeros((0, 4))
    count = min(sound.shape[0], round(0.8 * RATE_HZ))
    t = np.arange(count) / RATE_HZ
    columns = []
    for hz, t60 in poles:
        fall = np.exp(-_LN1000 * t / t60)
        columns += [fall * np.sin(2 * np.pi * hz * t), fall * np.cos(2 * np.pi * hz * t)]
    matrix = np.array(columns)
    gram = matrix @ matrix.T
    gram[np.diag_indices_from(gram)] *= 1.0 + RIDGE
    solved = np.linalg.solve(gram, matrix @ sound[:count]).reshape(-1, 2)
    return np.array([
        (hz, t60, float(np.hypot(a, b)), float(np.arctan2(b, a)))
        for (hz, t60), (a, b) in zip(poles, solved, strict=True)
    ])  # fmt: skip
