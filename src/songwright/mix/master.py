"""Mastering: from the sum of the stems to the sound that is delivered.

    drums, lead, music, each compressed → sum at reference level → low cut, tone → mono lows, width
            → three bands → glue → drive → (gain → soft clip → true-peak limiter) → ends

A loop is mastered with its own end before its start and its start after its end, so the seam
sounds as every other bar does. Everything runs block by block
(`songwright.mix.mastering`), so the length of a piece is bounded by the disk alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike

from songwright.audio import (
    Audio,
    AudioBuffer,
    AudioSource,
    Loudness,
    checked_audio,
    checked_sample_rate,
    new_buffer,
)
from songwright.audio.storage import MemoryBuffer, blocks, whole
from songwright.mix.limiter import Limiting
from songwright.mix.mastering.chain import Bus, Chain, ChainWork, make_buses
from songwright.mix.mastering.finish import finish
from songwright.mix.mastering.flow import BLOCK_FRAMES, Looped, ahead
from songwright.mix.mastering.measure import SoundFacts, Survey
from songwright.mix.mastering.profile import Profile
from songwright.mix.mastering.reference import Reference, matched, matching_bands
from songwright.mix.settings import REFERENCE_LUFS, EqBand, MasterSettings, MixSettings
from songwright.mix.stereo import mono_safe_width
from songwright.mix.tonal import deviation_db, fitted_bands, target_curve_db

LOW_CUT_HZ = 22.0
_CONTEXT_SECONDS = 2.0
_AFTER_SECONDS = 0.1
_MUSIC = "music"


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
    work
        Mean reductions of the buses and the bands.
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
    work: ChainWork | None = None


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
    buffer, report = master_buses({_MUSIC: MemoryBuffer(source)}, settings, sample_rate_hz)
    return whole(buffer), report


def master_buses(
    buses: Mapping[str, AudioSource],
    settings: MixSettings,
    sample_rate_hz: int,
    survey: Survey | None = None,
    reference: Reference | None = None,
    match_loudness: bool = False,
    low_cut_hz: float = LOW_CUT_HZ,
    folder: Path | None = None,
) -> tuple[AudioBuffer, MasterReport]:
    """Master a piece from the sums of its groups.

    Parameters
    ----------
    buses
        Sum of the stems of each group by name (`songwright.mix.mastering.tables.bus_of`), all of
        one length; their sum is the mix.
    settings
        Targets and chain, and the ending.
    sample_rate_hz
        Sample rate.
    survey
        What was measured of these buses, if somebody walked through them before.
    reference
        A recording whose tone, width and dynamics are matched; ``match_loudness`` its loudness
        too.
    low_cut_hz
        High-pass of the whole.
    folder
        Where long pieces keep their scratch files.

    Returns
    -------
    buffer, report
        The caller closes the buffer.
    """
    rate = checked_sample_rate(sample_rate_hz)
    frames = next(iter(buses.values())).frames
    surveyed = survey or _surveyed(buses, frames, rate)
    facts = surveyed.facts()
    chain = settings.master
    lufs = facts.loudness.integrated_lufs
    if lufs is None:
        return _silent(buses, frames, facts, chain, folder)
    if reference is not None:
        chain = matched(chain, facts, reference.facts, match_loudness)
        tone = matching_bands(facts, reference.facts, rate)
    else:
        target = target_curve_db(facts.centre_hz, chain.ensemble)
        off = deviation_db(facts.centre_hz, facts.level_db, target)
        tone = fitted_bands(facts.centre_hz, -chain.tonal_match * off, rate)
    bands = tone if reference is not None else (*chain.eq, *tone)
    chain = replace(chain, width=mono_safe_width(chain.width, facts.side_share))
    looped = settings.ending == "loop"
    lead_in = round(_CONTEXT_SECONDS * rate) if looped else 0
    if looped:
        after = round(_AFTER_SECONDS * rate)
        buses = {name: Looped(source, lead_in, after) for name, source in buses.items()}
    staging_db = min(chain.max_gain_db, REFERENCE_LUFS - lufs)
    made = make_buses(buses, surveyed.loud_db(), chain.buses, rate)
    line = Chain(chain, bands, facts, staging_db, low_cut_hz, rate)
    length = next(iter(buses.values())).frames
    before, out = new_buffer(length, folder), new_buffer(frames, folder)
    profile = Profile(length, rate)
    try:
        _run(made, line, before, profile)
        done = finish(
            before, out, profile, slice(lead_in, lead_in + frames), chain,
            chain.max_gain_db - staging_db, rate, looped,
        )  # fmt: skip
    except BaseException:
        out.close()
        raise
    finally:
        before.close()
    gain_db = staging_db + done.gain_db
    work = line.work(made)
    return out, MasterReport(
        facts.loudness, done.loudness, chain.target_lufs, chain.ceiling_dbtp, gain_db, bands,
        work.glue_db, done.limiting, done.passes, _note(done.loudness, chain, gain_db), work,
    )  # fmt: skip


def _surveyed(buses: Mapping[str, AudioSource], frames: int, rate: int) -> Survey:
    survey = Survey(rate)
    for start, stop in blocks(frames):
        survey.add({name: source.read(start, stop) for name, source in buses.items()})
    return survey


def _run(made: list[Bus], line: Chain, before: AudioBuffer, profile: Profile) -> None:
    """Fill ``before`` with what the chain makes of the buses."""

    def summed(start: int, stop: int) -> Audio:
        total = made[0].read(start, stop)
        for bus in made[1:]:
            total += bus.read(start, stop)
        return total

    for start, _, block in ahead(summed, blocks(before.frames, BLOCK_FRAMES)):
        line.process(block)
        profile.add(start, block)
        before.write(start, block)


def _silent(
    buses: Mapping[str, AudioSource], frames: int, facts: SoundFacts, chain: MasterSettings,
    folder: Path | None,
) -> tuple[AudioBuffer, MasterReport]:  # fmt: skip
    out = new_buffer(frames, folder)
    for start, stop in blocks(frames):
        out.write(start, sum((s.read(start, stop) for s in buses.values()),
                             np.zeros((2, stop - start), np.float32)))  # fmt: skip
    return out, MasterReport(
        facts.loudness, facts.loudness, chain.target_lufs, chain.ceiling_dbtp, 0.0, (), 0.0,
        Limiting(0.0, 0.0, 0.0), 0, "the mix is silent: its loudness is not defined",
    )  # fmt: skip


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
