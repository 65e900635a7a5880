"""The channel strip: one dry stem in, its complete place in the mix out.

    staging → filters, EQ → compressor → saturation → tape → level → width, pan → ducking
            → noise → reverberation → ending

The strip carries the part's own reverberation and ending, so stems are complete and their sum in
float32 *is* the mix before mastering. The caller runs parts in parallel threads; every kernel
releases the interpreter lock.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from songwright.audio import Audio, checked_audio, checked_sample_rate, integrated_lufs
from songwright.errors import AudioError
from songwright.mix.decide import generic_settings
from songwright.mix.dynamics import compress, duck
from songwright.mix.ending import close, lay_out
from songwright.mix.filters import apply_filters, eq_bands, high_pass, low_pass
from songwright.mix.lofi import add_noise, wear
from songwright.mix.reverb import DRY, add_reverb
from songwright.mix.saturation import saturate
from songwright.mix.settings import MIX_ANCHOR_LUFS, REFERENCE_LUFS, MixSettings, PartMix
from songwright.mix.stereo import set_fader, widen
from songwright.units import midi_to_hz

if TYPE_CHECKING:
    from songwright.perform.model import PlayedPart

MAX_STAGING_DB = 40.0
"""Most that a dry stem is lifted or lowered to the reference: wider than synthesisers differ."""

STEM_PEAK_DBFS = -8.0
"""No dry stem may peak higher in the mix, or rare loud hits would be lifted until they clip."""

_SETTLE_SECONDS = 0.5  # compressors and filters before a loop's start
_LEVEL_VELOCITY = 80.0
_BELOW_LOWEST_NOTE = 0.75


def process_stem(
    settings: MixSettings,
    part: PlayedPart,
    dry: ArrayLike,
    length_samples: int,
    kick_seconds: Sequence[float] = (),
    sample_rate_hz: int = 48_000,
) -> Audio:
    """Turn one dry stem into its finished stem.

    Parameters
    ----------
    settings
        The mix; a part that it does not name gets the generic strip of its role.
    part
        The part as played: names the strip, and its velocities say how loud it means to be.
    dry
        Stereo float32 ``(2, n_dry)`` from the renderer, time 0 at sample 0, at any level; may be
        longer than the piece (the tail of the last notes) or shorter.
    length_samples
        Exact length of the piece.
    kick_seconds
        Onsets of the kick, for sidechain ducking.
    sample_rate_hz
        Sample rate.

    Returns
    -------
    Audio
        New array ``(2, length_samples)``. A silent stem stays silent.

    Raises
    ------
    AudioError
        If the samples are NaN or not stereo, or the length is negative.
    """
    samples = checked_audio(dry, f"stem {part.id!r}", channels=2)
    rate = checked_sample_rate(sample_rate_hz)
    if length_samples < 0:
        raise AudioError(f"stem {part.id!r}: a length of {length_samples} samples is impossible")
    strip = settings.parts.get(part.id) or generic_settings([part]).parts[part.id]
    looped = settings.ending == "loop" and length_samples > 0
    lead_in = _lead_in(settings, strip, rate) if looped else 0
    loop = length_samples if looped else 0
    audio = lay_out(samples, length_samples, settings.ending, lead_in)
    loudness = integrated_lufs(audio, rate)
    if loudness is None:
        # Below -70 LUFS loudness is not defined; lifting what is there would lift only dirt.
        return audio[:, lead_in:].copy()
    audio *= np.float32(_gain(_within(REFERENCE_LUFS - loudness, MAX_STAGING_DB)))
    _shape_tone(audio, strip, high_pass_hz(strip, part), rate)
    if strip.lofi is not None:
        wear(audio, strip.lofi, rate, lead_in, loop)
    widen(audio, strip.width, strip.spread, strip.mono_below_hz, rate)
    set_fader(audio, _fader_gain(audio, strip, part, rate), strip.pan)
    if strip.sidechain is not None:
        duck(audio, kick_seconds, strip.sidechain, rate, lead_in, loop)
    if strip.noise_dbfs is not None:
        add_noise(audio, strip.noise_dbfs, settings.seed, rate, lead_in, looped)
    if strip.reverb_send_db is not None:
        add_reverb(audio, settings.reverb, strip.reverb_send_db, rate, lead_in, loop)
    if lead_in:
        audio = audio[:, lead_in:].copy()
    close(audio, settings.ending, rate)
    return audio


def _lead_in(settings: MixSettings, strip: PartMix, rate: int) -> int:
    seconds = _SETTLE_SECONDS
    if strip.reverb_send_db is not None and settings.reverb.kind != DRY:
        # One and a half decay times leave the missing past 90 dB down.
        seconds = max(seconds, 1.5 * settings.reverb.rt60_seconds)
    return math.ceil(seconds * rate)


def high_pass_hz(strip: PartMix, part: PlayedPart) -> float:
    """Cutoff of the strip's high-pass, held below the fundamentals of the part's low notes.

    A piano's left hand or a cello in the middle of an ensemble must not lose its ground because
    its role usually lies higher. Drum keys are no pitches and do not count.
    """
    if not part.notes or part.role in ("drums", "percussion"):
        return strip.high_pass_hz
    pitches = sorted(note.pitch for note in part.notes)
    low_note_hz = midi_to_hz(pitches[len(pitches) // 20])
    return min(strip.high_pass_hz, _BELOW_LOWEST_NOTE * low_note_hz)


def _shape_tone(audio: Audio, strip: PartMix, cutoff_hz: float, rate: int) -> None:
    rows = []
    if cutoff_hz > 0.0:
        rows.append(high_pass(cutoff_hz, rate))
    if 0.0 < strip.low_pass_hz < 0.45 * rate:
        rows.append(low_pass(strip.low_pass_hz, rate))
    rows += eq_bands(strip.eq, rate)
    apply_filters(audio, rows)
    if strip.compressor is not None:
        compress(audio, strip.compressor, rate)
    saturate(audio, strip.saturation, rate)


def _fader_gain(audio: Audio, strip: PartMix, part: PlayedPart, rate: int) -> float:
    """Gain from the strip's output to the part's level in the mix, measured and bounded."""
    loudness = integrated_lufs(audio, rate)
    if loudness is None:
        return 1.0
    gain = _gain(_within(MIX_ANCHOR_LUFS - loudness, MAX_STAGING_DB) + strip.level_db)
    gain *= _gain(velocity_level_db(part))
    peak = max(float(audio.max()), -float(audio.min()))
    return min(gain, _gain(STEM_PEAK_DBFS) / peak) if peak > 0.0 else gain


def velocity_level_db(part: PlayedPart) -> float:
    """How much a part's playing moves its level: staging by loudness alone would lift a part
    played softly throughout to the level of one played loudly. Mean velocity 80 is 0 dB; within
    -4 and +3 dB.
    """
    if not part.notes:
        return 0.0
    mean = sum(note.velocity for note in part.notes) / len(part.notes)
    return max(-4.0, min(3.0, 10.0 * math.log10(max(1.0, mean) / _LEVEL_VELOCITY)))


def _gain(level_db: float) -> float:
    return float(10.0 ** (level_db / 20.0))


def _within(level_db: float, bound_db: float) -> float:
    return max(-bound_db, min(bound_db, level_db))
