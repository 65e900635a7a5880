"""Does the mix survive elsewhere: in mono, on small loudspeakers, on headphones?"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from songwright.audio.buffers import Samples64
from songwright.evaluate.model import Measurement, NotDefined
from songwright.evaluate.sound.listening import Listening, found, hears
from songwright.evaluate.sound.long_spectra import LongSpectra
from songwright.evaluate.sound.loudness import integrated, whole_steps
from songwright.evaluate.sound.scan import COUNT, K_LL, K_LR, K_RR, LL, LR, RR, STEP_SECONDS
from songwright.evaluate.sound.spans import stretches
from songwright.evaluate.sound.stems import StemSet, loudness_of
from songwright.evaluate.sound.weights import SPEAKERS_HZ, crossfeed
from songwright.mix.tonal import HIGH_HZ, LOW_HZ

_NO_SIGNAL_LU = -40.0
"""Reported where a sound vanishes altogether: what is left is rounding."""

_HEARD = {name: i + 1 for i, name in enumerate(SPEAKERS_HZ)}
_MONO = len(SPEAKERS_HZ) + 1


@hears("mono_loss", "mono_correlation_p5")
def mono(sound: Listening) -> Iterator[Measurement]:
    sound.need_stereo()
    scan, n = sound.scan, whole_steps(sound.scan)
    counts = scan.column(COUNT)[:n]
    left, right, both = (scan.column(c)[:n] for c in (K_LL, K_RR, K_LR))
    # Both loudspeakers carry (L + R) / 2: their energies add up to |L + R|^2 / 2.
    middle = np.maximum(0.0, (left + right) / 2.0 + both)
    stereo_lufs = integrated(left + right, counts)
    if stereo_lufs is None:
        raise NotDefined("it is quieter than -70 LUFS throughout")
    mono_lufs = integrated(middle, counts)
    loss = _NO_SIGNAL_LU if mono_lufs is None else max(_NO_SIGNAL_LU, mono_lufs - stereo_lufs)
    yield found("mono_loss", loss)
    yield _correlation(sound, n)


def _correlation(sound: Listening, n: int) -> Measurement:
    box = np.ones(min(4, n))
    ll, rr, lr = (np.convolve(sound.scan.column(c)[:n], box, "valid") for c in (LL, RR, LR))
    energy = (ll + rr) / 2.0
    active = energy > max(1e-12, 1e-3 * float(energy.max()))  # below: the noise of a tail
    if not active.any():
        raise NotDefined("nothing sounds")
    # A side that is silent is not opposed to the other: 0.
    correlation = lr / np.maximum(np.sqrt(ll * rr), 1e-6 * energy + 1e-15)
    worst = float(np.percentile(correlation[active], 5.0))
    below = active & (correlation < 0.0)
    return found("mono_correlation_p5", worst, stretches(below, STEP_SECONDS, 0.4),
                 "left and right are opposed" if below.any() else "")  # fmt: skip


@hears("phone_loss", "small_speaker_loss", "radio_loss")
def small_speakers(sound: Listening) -> Iterator[Measurement]:
    short = sound.short
    plain = loudness_of(short.heard[:, 0])
    if plain is None:
        raise NotDefined("it is quieter than -70 LUFS throughout")
    names = {"phone": "phone_loss", "small": "small_speaker_loss", "radio": "radio_loss"}
    # The same frames count on every loudspeaker: those that pass the gate in full range.
    audible = short.heard[:, 0] > 10.0 ** ((plain - 10.0 + 0.691) / 10.0)
    if not audible.any():
        raise NotDefined("no frame is loud enough")
    full = float(short.heard[audible, 0].mean(dtype=np.float64))
    for speaker, metric in names.items():
        left_over = float(short.heard[audible, _HEARD[speaker]].mean(dtype=np.float64))
        loss = min(40.0, -10.0 * np.log10(max(left_over / full, 1e-9)))
        yield found(metric, loss - short.noise_loss_lu[speaker])


@hears("headphone_balance")
def headphones(sound: Listening) -> Iterator[Measurement]:
    sound.need_stereo()
    centres, change = crossfeed_change(sound.long, sound.sample_rate_hz)
    used = np.isfinite(change)
    if not used.any():
        raise NotDefined("nothing sounds from 50 Hz to 12 kHz")
    worst = int(np.nanargmax(np.abs(change)))
    yield found("headphone_balance", float(np.sqrt(np.mean(change[used] ** 2))),
                note=f"most at {centres[worst]:,.0f} Hz: {change[worst]:+.1f} dB")  # fmt: skip


def crossfeed_change(long: LongSpectra, sample_rate_hz: int) -> tuple[Samples64, Samples64]:
    """Change in dB of each third octave under crossfeed, beyond that of a centred sound.

    Returns
    -------
    centre_hz, change_db
        50 Hz to 12 kHz; NaN where nothing sounds.
    """
    direct, cross = crossfeed(long.frequency_hz, sample_rate_hz)
    own = np.abs(direct) ** 2 + np.abs(cross) ** 2
    mixed = 2.0 * (direct * np.conj(cross)).real
    before = long.power_l + long.power_r
    after = np.maximum(0.0, own * before + 2.0 * mixed * long.cross)
    centred = np.abs(direct + cross) ** 2
    centres, level = long.third_octaves(before)
    _, level_after = long.third_octaves(after)
    _, level_centred = long.third_octaves(before * centred)
    inside = (centres >= LOW_HZ * 0.99) & (centres <= HIGH_HZ * 1.06)
    sounding = inside & (level > level.max() - 60.0)
    change = np.clip(level_after - level_centred, -40.0, 40.0)
    return centres[inside], np.where(sounding, change, np.nan)[inside]


@hears("hard_panned", "hard_panned_low")
def hard_panned(sound: Listening) -> Iterator[Measurement]:
    sound.need_stereo()
    beside, whole, beside_low, low = sound.short.panned
    if whole <= 0.0:
        raise NotDefined("nothing sounds")
    yield found("hard_panned", beside / whole)
    if low <= 1e-4 * whole:
        raise NotDefined("nothing sounds below 300 Hz")
    yield found("hard_panned_low", beside_low / low)


@hears("stem_mono_loss")
def stems_in_mono(sound: Listening) -> Iterator[Measurement]:
    stems = sound.need_stems()
    losses: dict[str, float] = {}
    for name, level in stems.levels.items():
        stereo_lufs = loudness_of(level.heard[:, 0])
        if level.is_mono or stereo_lufs is None:
            continue
        mono_lufs = loudness_of(level.heard[:, _MONO])
        losses[name] = max(_NO_SIGNAL_LU, (mono_lufs or -200.0) - stereo_lufs)
    if not losses:
        raise NotDefined("no stem is stereo and sounds")
    worst = min(losses, key=lambda name: losses[name])
    yield found("stem_mono_loss", losses[worst], note=f"the stem {worst}")


@hears("small_speaker_bass", "phone_lead")
def parts_on_small_speakers(sound: Listening) -> Iterator[Measurement]:
    stems = sound.need_stems()
    bass = relative_level(stems, stems.of_role("bass"), _HEARD["small"])
    if bass is not None:
        yield found("small_speaker_bass", bass)
    leads = stems.of_role("lead")
    full, phone = (relative_level(stems, leads, column) for column in (0, _HEARD["phone"]))
    if full is not None and phone is not None:
        yield found("phone_lead", phone - full)
    missing = [role for role in ("bass", "lead") if not stems.of_role(role)]
    if missing:
        raise NotDefined(f"no stem is the {' or the '.join(missing)}")


def relative_level(stems: StemSet, names: tuple[str, ...], column: int = 0) -> float | None:
    """Level in LU of some stems against all of them together, while those stems sound.

    Parameters
    ----------
    stems
        All stems; unrelated sounds, so that their energies add up.
    names
        Ids of the stems in question.
    column
        Of `StemLevels.heard`: which loudspeaker it is heard through.

    Returns
    -------
    float or None
        0 for stems that sound alone; None when they do not sound.
    """
    if not names:
        return None
    active = np.any([stems.levels[name].active for name in names], axis=0)
    if not active.any():
        return None
    heard = {
        name: float(level.heard[active, column].sum(dtype=np.float64))
        for name, level in stems.levels.items()
    }
    own, whole = sum(heard[name] for name in names), sum(heard.values())
    if own <= 0.0:
        return _NO_SIGNAL_LU
    return max(_NO_SIGNAL_LU, 10.0 * float(np.log10(own / whole)))
