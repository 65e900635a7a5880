"""Tonal balance: how the average spectrum lies to the slope of recordings; mud and harshness."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from songwright.audio.buffers import Samples64
from songwright.evaluate.model import Measurement, NotDefined
from songwright.evaluate.sound.listening import Listening, found, hears
from songwright.evaluate.sound.manner import PLAIN, Manner
from songwright.evaluate.sound.spans import Seconds, stretches
from songwright.mix.tonal import HIGH_HZ, LOW_HZ
from songwright.mix.tonal import deviation_db as off_curve_db

_UNOBTRUSIVE = -2.0  # -20 dB, as a power of ten
_MUD_HZ = (190.0, 520.0)
_BESIDE_MUD_HZ = ((76.0, 165.0), (600.0, 1_300.0))
_HARSH_HZ = (1_900.0, 5_200.0)


def deviation_db(
    centre_hz: Samples64, level_db: Samples64, manner: Manner = PLAIN
) -> tuple[Samples64, Samples64]:
    """Third-octave levels against the manner's curve, aligned to a mean of 0, 50 Hz to 12 kHz.

    Returns
    -------
    centre_hz, deviation_db
        Shape (bands,); bands in which nothing plays read NaN.

    Raises
    ------
    NotDefined
        If fewer than six bands sound.
    """
    inside = (centre_hz >= LOW_HZ * 0.99) & (centre_hz <= HIGH_HZ * 1.06)
    centre_hz, level_db = centre_hz[inside], level_db[inside]
    deviation = off_curve_db(centre_hz, level_db, manner.target_db(centre_hz))
    if int(np.isfinite(deviation).sum()) < 6:
        raise NotDefined("fewer than six third-octave bands sound")
    return centre_hz, deviation


def psd_slope(centre_hz: Samples64, level_db: Samples64) -> float:
    """Slope in dB per octave of the power density, from third-octave levels, 100 Hz to 4 kHz."""
    inside = (centre_hz >= 99.0) & (centre_hz <= 4_050.0)
    octaves, density = np.log2(centre_hz[inside]), level_db[inside]
    sounding = density > density.max() - 60.0
    if int(sounding.sum()) < 6:
        raise NotDefined("fewer than six third-octave bands sound from 100 Hz to 4 kHz")
    # A third-octave band widens in proportion to its frequency: 3.01 dB per octave.
    slope = float(np.polyfit(octaves[sounding], density[sounding], 1)[0])
    return slope - 10.0 * float(np.log10(2.0))


def treble_slope(centre_hz: Samples64, level_db: Samples64) -> float:
    """Slope in dB per octave of third-octave levels, 2.5 to 10 kHz: a lid on the sound is steep.

    Bands 96 dB below the strongest count as that low.
    """
    inside = (centre_hz >= 2_400.0) & (centre_hz <= 10_100.0)
    octaves = np.log2(centre_hz[inside])
    levels = np.maximum(level_db[inside], level_db.max() - 96.0)
    return float(np.polyfit(octaves, levels, 1)[0])


def _mean(centres: Samples64, deviation: Samples64, low_hz: float, high_hz: float) -> float:
    part = deviation[(centres >= low_hz) & (centres <= high_hz)]
    part = part[np.isfinite(part)]
    return float(part.mean()) if part.size else float("nan")


def mud_db(centres: Samples64, deviation: Samples64) -> float:
    """Deviation at 200 to 500 Hz over its neighbours; NaN when they do not sound.

    The neighbours are averaged, unless one of them hardly sounds (10 dB below the other): a string
    quartet is not muddy because nothing plays below it.
    """
    beside = [_mean(centres, deviation, *edges) for edges in _BESIDE_MUD_HZ]
    beside = [level for level in beside if np.isfinite(level)]
    if not beside:
        return float("nan")
    among = [level for level in beside if level > max(beside) - 10.0]
    return _mean(centres, deviation, *_MUD_HZ) - float(np.mean(among))


@hears("tonal_balance", "psd_slope", "mud", "harshness", "treble_slope")
def balance(sound: Listening) -> Iterator[Measurement]:
    centres, levels = sound.long.third_octaves(sound.long.power)
    yield found("psd_slope", psd_slope(centres, levels))
    centres, deviation = deviation_db(centres, levels, sound.manner)
    used = np.isfinite(deviation)
    off = float(np.sqrt(np.mean(deviation[used] ** 2)))
    yield found("tonal_balance", off, note=_farthest(centres, deviation))
    mud = mud_db(centres, deviation)
    yield found("mud", mud, _thickest(sound) if mud > 0.0 else (),
                "where 200 to 500 Hz weigh most" if mud > 0.0 else "")  # fmt: skip
    if sound.sample_rate_hz < 11_000:
        raise NotDefined(f"a sample rate of {sound.sample_rate_hz} Hz ends below 5 kHz")
    if sound.sample_rate_hz >= 24_000:
        yield found("treble_slope", treble_slope(*sound.long.third_octaves(sound.long.power)))
    yield found("harshness", _mean(centres, deviation, *_HARSH_HZ), _brightest(sound),
                "where 2 to 5 kHz weigh most")  # fmt: skip


def _farthest(centres: Samples64, deviation: Samples64) -> str:
    """The three third octaves that lie farthest from the curve, in words."""
    order = np.argsort(-np.abs(np.nan_to_num(deviation)))[:3]
    return "farthest from the curve: " + ", ".join(
        f"{deviation[i]:+.0f} dB at {centres[i]:,.0f} Hz" for i in sorted(order)
    )


def _thickest(sound: Listening) -> Seconds:
    bark = sound.short.bark
    # Critical bands 2 to 4 are 200 to 510 Hz; 5 to 9 are 510 to 1,270 Hz.
    return _where_highest(sound, bark[:, 2:5].sum(1) / (bark.sum(1) + 1e-12))


def _brightest(sound: Listening) -> Seconds:
    return _where_highest(sound, sound.short.band("presence") / (sound.short.power + 1e-12))


def _where_highest(sound: Listening, share: NDArray[np.floating]) -> Seconds:
    """Stretches of the top tenth of a share, smoothed over half a second, in active frames."""
    frames = max(1, round(0.5 / sound.short.hop_seconds))
    active = sound.short.active
    if int(active.sum()) <= 2 * frames:
        return ()
    smooth = np.convolve(np.where(active, share, 0.0), np.full(frames, 1.0 / frames), mode="same")
    limit = np.percentile(smooth[active], 90.0)
    return stretches(active & (smooth >= limit), sound.short.hop_seconds)


@hears("harsh_peaks")
def harsh_peaks(sound: Listening) -> Iterator[Measurement]:
    if sound.sample_rate_hz < 11_000:
        raise NotDefined(f"a sample rate of {sound.sample_rate_hz} Hz ends below 5 kHz")
    spread, where = band_peaks(sound.short.band("presence"), sound.short.power, sound.short.active)
    yield found("harsh_peaks", spread, stretches(where, sound.short.hop_seconds),
                "where 2 to 5 kHz peak" if where.any() else "")  # fmt: skip


def band_peaks(
    power: NDArray[np.floating], whole: NDArray[np.floating], active: NDArray[np.bool_]
) -> tuple[float, NDArray[np.bool_]]:
    """How far a band stands out at its peaks: 95th percentile over median of its level in dB.

    Parameters
    ----------
    power, whole
        Power of the band and of the whole sound in each frame, shape (frames,).
    active
        Frames that count.

    Returns
    -------
    spread_db
        What lies more than 20 dB below the usual level of the whole cannot stand out, however
        far it rises: levels are counted from there on.
    where
        Frames in which it peaks.
    """
    if int(active.sum()) < 20:
        raise NotDefined("it sounds for less than a quarter of a second")
    floor = max(1e-14, 10.0**_UNOBTRUSIVE * float(np.median(whole[active])))
    level = 10.0 * np.log10(np.maximum(power.astype(np.float64), floor))
    median, high = np.percentile(level[active], [50.0, 95.0])
    return float(high - median), np.asarray(active & (level >= high) & (level > median))
