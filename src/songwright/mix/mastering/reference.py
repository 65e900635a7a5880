"""A recording whose sound a master is to come near: spectrum, loudness, width, dynamics."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from songwright.audio.storage import FileSource, blocks
from songwright.errors import FileFormatError
from songwright.mix.mastering.measure import MixMeter, SoundFacts
from songwright.mix.settings import EqBand, MasterSettings
from songwright.mix.tonal import deviation_db, fitted_bands

SHORTEST_SECONDS = 5.0
MOST_EQ_DB = 6.0
"""How far each band follows the reference."""

_SMOOTHING = np.array([0.25, 0.5, 0.25])  # over three third octaves: the tone, not the notes
_LUFS = (-24.0, -7.0)
_WIDTHS = (0.6, 1.4)
_RATES_HZ = (22_050, 192_000)
_MOST_GLUE = 0.35
_GLUE_PER_LU = 0.06


@dataclass(frozen=True, slots=True)
class Reference:
    """A recording to be matched: its name and what was measured of it."""

    name: str
    facts: SoundFacts


def read_reference(path: str | Path) -> Reference:
    """Measure a recording.

    Parameters
    ----------
    path
        WAV, FLAC, MP3, Ogg or AIFF, mono or stereo, 22.05 to 192 kHz, at least five seconds long;
        any rate will do, since only its spectrum and its levels count.

    Raises
    ------
    FileFormatError
        If it cannot be read, is too short, silent, or of a rate that does not hold the highs.
    """
    with FileSource(path) as source:
        rate = source.sample_rate_hz
        if not _RATES_HZ[0] <= rate <= _RATES_HZ[1]:
            raise FileFormatError(
                f"{path} has a sample rate of {rate:,} Hz; a reference needs 22,050 to 192,000 Hz"
            )
        if source.frames < SHORTEST_SECONDS * rate:
            raise FileFormatError(
                f"{path} is {source.frames / rate:.1f} s long; a reference needs at least "
                f"{SHORTEST_SECONDS:.0f} s"
            )
        meter = MixMeter(rate)
        for start, stop in blocks(source.frames):
            block = source.read(start, stop)
            if not np.isfinite(block).all():
                raise FileFormatError(f"{path} holds NaN or infinite samples")
            meter.add(block)
    facts = meter.result()
    if facts.loudness.integrated_lufs is None:
        raise FileFormatError(f"{path} is silent; choose a recording that sounds")
    return Reference(Path(path).name, facts)


def matching_bands(
    mix: SoundFacts, reference: SoundFacts, sample_rate_hz: int
) -> tuple[EqBand, ...]:
    """Bands that give a mix the tone of a reference, within ±6 dB each."""
    count = min(len(mix.centre_hz), len(reference.centre_hz))
    centre_hz = mix.centre_hz[:count]
    wanted = -deviation_db(centre_hz, mix.level_db[:count], reference.level_db[:count])
    # Where the reference has nothing, there is nothing to be like.
    wanted[reference.level_db[:count] < reference.level_db.max() - 60.0] = np.nan
    return fitted_bands(centre_hz, _smoothed(wanted), sample_rate_hz, MOST_EQ_DB)


def _smoothed(wanted: np.ndarray[tuple[int], np.dtype[np.float64]]) -> (
    np.ndarray[tuple[int], np.dtype[np.float64]]
):  # fmt: skip
    known = np.isfinite(wanted)
    weight = np.convolve(known.astype(float), _SMOOTHING, mode="same")
    total = np.convolve(np.where(known, wanted, 0.0), _SMOOTHING, mode="same")
    return np.where(known, total / np.maximum(weight, 1e-9), np.nan)


def matched(
    chain: MasterSettings, mix: SoundFacts, reference: SoundFacts, with_loudness: bool
) -> MasterSettings:
    """A chain with the width and the dynamics of a reference, and its loudness if that is wanted.

    The width follows within 0.6 and 1.4; a mix that is more dynamic than the reference is held
    together more firmly, one that is less so is left alone, since no processor gives life back.
    """
    width = chain.width
    if mix.side_share > 1e-4:
        ratio = (reference.side_share / mix.side_share) ** 0.5
        width = chain.width * max(_WIDTHS[0], min(_WIDTHS[1], ratio))
    glue, multiband = chain.glue, chain.multiband
    mix_range, its_range = mix.loudness.range_lu, reference.loudness.range_lu
    if mix_range is not None and its_range is not None and mix_range > its_range + 1.0:
        more = min(_MOST_GLUE, _GLUE_PER_LU * (mix_range - its_range))
        glue, multiband = min(1.0, glue + more), min(1.0, multiband + more)
    target = chain.target_lufs
    found = reference.loudness.integrated_lufs
    if with_loudness and found is not None:
        target = round(max(_LUFS[0], min(_LUFS[1], found)), 1)
    return replace(chain, width=width, glue=glue, multiband=multiband, target_lufs=target)
