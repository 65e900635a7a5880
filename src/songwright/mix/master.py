"""Mastering: from the sum of the stems to the file that is delivered.

    reference level → low cut, tone → mono lows, width → glue → drive
            → (gain → soft clip → true-peak limiter, until the loudness is met) → ends

A loop is mastered with its own end before its start and its start after its end, so the seam
sounds as every other bar does.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from songwright.audio import (
    Audio,
    Loudness,
    checked_audio,
    checked_sample_rate,
    integrated_lufs,
    measure_loudness,
    true_peak,
)
from songwright.mix.dynamics import compress
from songwright.mix.ending import fade_out
from songwright.mix.filters import apply_filters, eq_bands, high_pass
from songwright.mix.limiter import Limiting, limit
from songwright.mix.saturation import saturate, soft_clip
from songwright.mix.settings import (
    REFERENCE_LUFS,
    Compressor,
    EqBand,
    MasterSettings,
    MixSettings,
)
from songwright.mix.stereo import mono_safe_width, widen
from songwright.mix.tonal import correction

LOW_CUT_HZ = 22.0
_TOLERANCE_LU = 0.1
_MAX_PASSES = 6
_CONTEXT_SECONDS = 2.0
_AFTER_SECONDS = 0.1
_END_FADE_SECONDS = 0.005
_GLUE_LOW_CUT_HZ = 90.0
_CHECK_FACTOR = 8


@dataclass(frozen=True, slots=True)
class MasterReport:
    """What mastering did and what came out.

    Attributes
    ----------
    before, after
        Loudness of the mix and of the master.
    target_lufs, ceiling_dbtp
        What was asked for.
    gain_db
        Gain from the mix to the limiter's input.
    eq
        Bands that were applied, the style's and the measured correction.
    glue_mean_db
        Mean reduction of the bus compressor.
    limiting
        What the limiter did.
    passes
        How often the limiter ran until the loudness was met.
    note
        Empty, or a sentence when the target was not met and why.
    """

    before: Loudness
    after: Loudness
    target_lufs: float
    ceiling_dbtp: float
    gain_db: float
    eq: tuple[EqBand, ...]
    glue_mean_db: float
    limiting: Limiting
    passes: int
    note: str


def master(
    mix: ArrayLike, settings: MixSettings, sample_rate_hz: int
) -> tuple[Audio, MasterReport]:
    """Master a stereo mix.

    Parameters
    ----------
    mix
        Float32 ``(2, n)``, the sum of the stems; not changed.
    settings
        Targets and chain (``settings.master``), and the ending.
    sample_rate_hz
        Sample rate.

    Returns
    -------
    audio : (2, n) float32
        At the target loudness (within 0.5 LU unless the report says why not) and under the
        ceiling. Silence stays silence.
    report : MasterReport

    Raises
    ------
    AudioError
        If the mix is not stereo or holds NaN.
    """
    source = checked_audio(mix, "mix", channels=2)
    rate = checked_sample_rate(sample_rate_hz)
    chain = settings.master
    before = measure_loudness(source, rate)
    if before.integrated_lufs is None:
        report = MasterReport(
            before, before, chain.target_lufs, chain.ceiling_dbtp, 0.0, (), 0.0,
            Limiting(0.0, 0.0, 0.0), 0, "the mix is silent: its loudness is not defined",
        )  # fmt: skip
        return source.copy(), report
    looped = settings.ending == "loop"
    audio, lead_in = _with_context(source, rate) if looped else (source.copy(), 0)
    staging_db = min(chain.max_gain_db, REFERENCE_LUFS - before.integrated_lufs)
    audio *= np.float32(10.0 ** (staging_db / 20.0))
    bands = (*chain.eq, *correction(source, rate, chain.tonal_match))
    apply_filters(audio, [high_pass(LOW_CUT_HZ, rate), *eq_bands(bands, rate)])
    width = mono_safe_width(audio, chain.width, rate)
    widen(audio, width, 0.0, chain.mono_below_hz, rate)
    glue_db = _glue(audio, chain, rate)
    saturate(audio, chain.saturation, rate)
    piece = slice(lead_in, lead_in + source.shape[1])
    out, gain_db, limiting, passes = _to_target(audio, piece, chain, staging_db, rate)
    result = np.ascontiguousarray(out[:, piece]) if looped else out
    if not looped:
        fade_out(result, min(round(_END_FADE_SECONDS * rate), result.shape[1]))
    _trim_peaks(result, chain.ceiling_dbtp)
    after = measure_loudness(result, rate)
    report = MasterReport(
        before, after, chain.target_lufs, chain.ceiling_dbtp, staging_db + gain_db, bands,
        glue_db, limiting, passes, _note(after, chain, staging_db + gain_db),
    )  # fmt: skip
    return result, report


def _with_context(source: Audio, rate: int) -> tuple[Audio, int]:
    n = source.shape[1]
    lead_in, after = round(_CONTEXT_SECONDS * rate), round(_AFTER_SECONDS * rate)
    positions_before = np.arange(-lead_in, 0) % n
    positions_after = np.arange(after) % n
    parts = [source[:, positions_before], source, source[:, positions_after]]
    return np.concatenate(parts, axis=1), lead_in


def _glue(audio: Audio, chain: MasterSettings, rate: int) -> float:
    if chain.glue <= 0.0:
        return 0.0
    # Slow attack: transients pass, the body is held together by one to three decibels.
    settings = Compressor(
        threshold_db=-9.0 - 7.0 * chain.glue,
        ratio=1.4 + 1.2 * chain.glue,
        attack_ms=30.0,
        release_ms=220.0,
        knee_db=8.0,
    )
    return compress(audio, settings, rate, _GLUE_LOW_CUT_HZ)[0]


def _to_target(
    audio: Audio, piece: slice, chain: MasterSettings, staging_db: float, rate: int
) -> tuple[Audio, float, Limiting, int]:
    """Find the gain into clip and limiter that gives the target loudness (secant steps)."""
    out = np.empty_like(audio)
    control: NDArray[np.float32] = np.empty(audio.shape[1], dtype=np.float32)
    most_db = chain.max_gain_db - staging_db
    loudness = integrated_lufs(audio, rate)
    gain_db = min(most_db, chain.target_lufs - (loudness if loudness is not None else -70.0))
    slope = 1.0
    earlier: tuple[float, float] | None = None
    limiting = Limiting(0.0, 0.0, 0.0)
    passes = 0
    while True:
        passes += 1
        ceiling = 10.0 ** (chain.ceiling_dbtp / 20.0)
        soft_clip(audio, 10.0 ** (gain_db / 20.0), ceiling, chain.soft_clip, out)
        limiting = limit(out, chain.ceiling_dbtp, rate, control)
        whole = piece.stop - piece.start == out.shape[1]
        reached = integrated_lufs(out if whole else np.ascontiguousarray(out[:, piece]), rate)
        if reached is None or passes == _MAX_PASSES:
            break
        missing = chain.target_lufs - reached
        if abs(missing) <= _TOLERANCE_LU:
            break
        if earlier is not None and abs(gain_db - earlier[0]) > 0.01:
            # Into heavy limiting a decibel of gain gives less than one of loudness.
            slope = min(1.0, max(0.25, (reached - earlier[1]) / (gain_db - earlier[0])))
        earlier = (gain_db, reached)
        wanted_db = min(most_db, gain_db + missing / slope)
        if abs(wanted_db - gain_db) < 0.005:
            break
        gain_db = wanted_db
    return out, gain_db, limiting, passes


def _trim_peaks(audio: Audio, ceiling_dbtp: float) -> None:
    """Turn the whole down by the hundredths of a decibel that a stricter meter still finds."""
    peak = true_peak(audio, _CHECK_FACTOR)
    ceiling = 10.0 ** (ceiling_dbtp / 20.0)
    if peak > ceiling:
        audio *= np.float32(0.9999 * ceiling / peak)


def _note(after: Loudness, chain: MasterSettings, gain_db: float) -> str:
    if after.integrated_lufs is None:
        return "the master is silent: its loudness is not defined"
    missing = chain.target_lufs - after.integrated_lufs
    if abs(missing) <= 0.5:
        return ""
    if gain_db >= chain.max_gain_db - 0.01:
        return (
            f"{missing:.1f} LU below the target: the mix is so quiet that more than "
            f"{chain.max_gain_db:.0f} dB of gain would be needed"
        )
    return f"{missing:+.1f} LU from the target: the peaks leave no room for more loudness"
