"""The channel strip: one dry stem in, its complete place in the mix out.

    staging → filters, EQ, room for others → de-esser → compressor → transients → saturation
            → chorus, phaser → tape → width → level, pan → moving filters → ducking → noise
            → tape stop → release → echoes → reverberation → ending

The strip carries the part's own echoes, reverberation and ending, so stems are complete and their
sum in float32 *is* the mix before mastering. The caller runs parts in parallel threads; every
kernel releases the interpreter lock.

The fader is set by what is measured before anything moves: a filter that opens, or a part that
steps back under the lead, must not be lifted again by the level that it lost.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from songwright.audio import Audio, checked_audio, checked_sample_rate, integrated_lufs
from songwright.errors import AudioError
from songwright.mix.curves import Timeline, ride, sweep
from songwright.mix.decide import generic_settings
from songwright.mix.delay import add_echoes, tail_seconds
from songwright.mix.dynamics import compress, duck
from songwright.mix.ending import close, lay_out, let_go
from songwright.mix.filters import apply_filters, eq_bands, high_pass, low_pass
from songwright.mix.lofi import add_noise, wear
from songwright.mix.modulation import chorus, phase
from songwright.mix.reverb import DRY, add_reverb
from songwright.mix.saturation import saturate
from songwright.mix.sends import SendPath
from songwright.mix.settings import (
    AUTOMATED,
    MIX_ANCHOR_LUFS,
    REFERENCE_LUFS,
    MixSettings,
    PartMix,
)
from songwright.mix.staging import high_pass_hz, velocity_level_db
from songwright.mix.stereo import set_fader, widen
from songwright.mix.tape_stop import wind_down
from songwright.mix.transients import deess, make_room, shape_transients
from songwright.score import instrument

if TYPE_CHECKING:
    from songwright.perform.model import PlayedPart

MAX_STAGING_DB = 40.0
"""Most that a dry stem is lifted or lowered to the reference: wider than synthesisers differ."""

STEM_PEAK_DBFS = -8.0
"""No dry stem may peak higher in the mix, or rare loud hits would be lifted until they clip."""

_SETTLE_SECONDS = 0.5  # compressors and filters before a loop's start


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
    if strip.mute:
        return np.zeros((2, length_samples), np.float32)
    looped = settings.ending == "loop" and length_samples > 0
    lead_in = _lead_in(settings, strip, rate) if looped else 0
    loop = length_samples if looped else 0
    audio = lay_out(samples, length_samples, settings.ending, lead_in)
    loudness = integrated_lufs(audio, rate)
    if loudness is None:
        # Below -70 LUFS loudness is not defined; lifting what is there would lift only dirt.
        return audio[:, lead_in:].copy()
    audio *= np.float32(_gain(_within(REFERENCE_LUFS - loudness, MAX_STAGING_DB)))
    timeline = Timeline(audio.shape[1], rate, lead_in, loop, settings.bar_seconds)
    _shape_tone(audio, strip, high_pass_hz(strip, part), timeline)
    if strip.lofi is not None:
        wear(audio, strip.lofi, rate, lead_in, loop)
    widen(audio, strip.width, strip.spread, strip.mono_below_hz, rate)
    _move(audio, strip, _fader_gain(audio, strip, part, rate), timeline)
    if strip.sidechain is not None:
        duck(audio, kick_seconds, strip.sidechain, rate, lead_in, loop)
    if strip.noise_dbfs is not None:
        add_noise(audio, strip.noise_dbfs, settings.seed, rate, lead_in, looped)
    if strip.tape_stops:
        wind_down(audio, strip.tape_stops, timeline)
    if _is_held(settings, part):
        last = max((note.onset_seconds for note in part.notes), default=0.0)
        let_go(audio, last, _room_seconds(settings), rate)
    _send(audio, settings, strip, timeline)
    if lead_in:
        audio = audio[:, lead_in:].copy()
    close(audio, settings.ending, rate)
    return audio


def stem_inputs(settings: MixSettings, part_id: str) -> tuple[object, ...]:
    """Everything of the settings that one part's stem depends on, to tell whether it is the same.

    The kicks count too if the strip has a ``sidechain``, which is in the strip that is returned.
    """
    strip = settings.parts.get(part_id)
    if strip is None:
        return (None, settings.reverb, settings.ending, settings.tempos)
    spaces = tuple(settings.spaces.get(send.space) for send in strip.sends)
    moving = strip.tape_stops or any(c.unit == "bars" for c in strip.curves.values())
    return (
        strip,
        settings.ending,
        settings.reverb if strip.reverb_send_db is not None else None,
        spaces,
        settings.seed if strip.noise_dbfs is not None else 0,
        settings.tempos if strip.delay is not None else (),
        settings.bar_seconds if moving else (),
        _room_seconds(settings) if settings.ending == "final" else 0.0,
    )


def _is_held(settings: MixSettings, part: PlayedPart) -> bool:
    """Whether a part holds its last note at full level until the piece is over."""
    return (
        settings.ending == "final" and part.role != "drums" and instrument(part.instrument).sustains
    )


def _room_seconds(settings: MixSettings) -> float:
    """Decay time of the song's room: all players let go together, those without a send too."""
    return 0.0 if settings.reverb.kind == DRY else settings.reverb.rt60_seconds


def _lead_in(settings: MixSettings, strip: PartMix, rate: int) -> int:
    seconds = _SETTLE_SECONDS
    rooms = [settings.reverb] if strip.reverb_send_db is not None else []
    rooms += [settings.spaces[send.space] for send in strip.sends if send.space in settings.spaces]
    for room in rooms:
        if room.kind != DRY:
            # One and a half decay times leave the missing past 90 dB down.
            seconds = max(seconds, 1.5 * room.rt60_seconds)
    if strip.delay is not None:
        seconds += tail_seconds(strip.delay, min(bpm for _, bpm in settings.tempos))
    return math.ceil(seconds * rate)


def _shape_tone(audio: Audio, strip: PartMix, cutoff_hz: float, timeline: Timeline) -> None:
    rate = timeline.sample_rate_hz
    rows = []
    if cutoff_hz > 0.0:
        rows.append(high_pass(cutoff_hz, rate))
    if 0.0 < strip.low_pass_hz < 0.45 * rate:
        rows.append(low_pass(strip.low_pass_hz, rate))
    rows += eq_bands(strip.eq, rate)
    apply_filters(audio, rows)
    for dip in strip.dips:
        make_room(audio, dip, timeline)
    if strip.deesser is not None:
        deess(audio, strip.deesser, rate)
    if strip.compressor is not None:
        compress(audio, strip.compressor, rate)
    if strip.transient is not None:
        shape_transients(audio, strip.transient, rate)
    saturate(audio, strip.saturation, rate)
    if strip.chorus is not None:
        chorus(audio, strip.chorus, timeline)
    if strip.phaser is not None:
        phase(audio, strip.phaser, timeline)


def _move(audio: Audio, strip: PartMix, gain: float, timeline: Timeline) -> None:
    """Fader, pan and everything that follows a curve."""
    curves = strip.curves
    unknown = [name for name in curves if name not in AUTOMATED]
    if unknown:
        raise AudioError(
            f"curves move {', '.join(AUTOMATED)}; there is none for {', '.join(unknown)}"
        )
    if curves.keys() & {"level_db", "pan", "width"}:
        moves = (curves.get(name) for name in ("level_db", "pan", "width"))
        ride(audio, timeline, gain, strip.pan, *moves)
    else:
        set_fader(audio, gain, strip.pan)
    if "low_pass_hz" in curves:
        sweep(audio, timeline, curves["low_pass_hz"], "low_pass")
    if "high_pass_hz" in curves:
        sweep(audio, timeline, curves["high_pass_hz"], "high_pass")


def _send(audio: Audio, settings: MixSettings, strip: PartMix, timeline: Timeline) -> None:
    """Echoes, then all rooms side by side: an echo sounds in the room, but no room in another."""
    rate, lead_in, loop = timeline.sample_rate_hz, timeline.lead_in_samples, timeline.loop_samples
    if strip.delay is not None:
        curve = strip.curves.get("delay_send_db")
        path = SendPath(curve=timeline.gains(curve) if curve is not None else None)
        add_echoes(audio, strip.delay, settings.tempos, rate, path, lead_in, loop)
    rooms = []
    if strip.reverb_send_db is not None:
        rooms.append((settings.reverb, strip.reverb_send_db, "reverb_send_db"))
    for send in strip.sends:
        if send.space not in settings.spaces:
            raise AudioError(
                f"a send goes to the space {send.space!r}, but the mix has "
                f"{', '.join(settings.spaces) or 'none'}"
            )
        rooms.append((settings.spaces[send.space], send.level_db, ""))
    source = audio.copy() if len(rooms) > 1 else None
    for room, send_db, name in rooms:
        curve = strip.curves.get(name)
        path = SendPath(
            source,
            timeline.gains(curve) if curve is not None else None,
            strip.reverb_pre_delay_ms,
            strip.reverb_damp_hz,
        )
        add_reverb(audio, room, send_db, rate, lead_in, loop, path)


def _fader_gain(audio: Audio, strip: PartMix, part: PlayedPart, rate: int) -> float:
    """Gain from the strip's output to the part's level in the mix, measured and bounded."""
    loudness = integrated_lufs(audio, rate)
    if loudness is None:
        return 1.0
    gain = _gain(_within(MIX_ANCHOR_LUFS - loudness, MAX_STAGING_DB) + strip.level_db)
    gain *= _gain(velocity_level_db(part))
    peak = max(float(audio.max()), -float(audio.min()))
    return min(gain, _gain(STEM_PEAK_DBFS) / peak) if peak > 0.0 else gain


def _gain(level_db: float) -> float:
    return float(10.0 ** (level_db / 20.0))


def _within(level_db: float, bound_db: float) -> float:
    return max(-bound_db, min(bound_db, level_db))
