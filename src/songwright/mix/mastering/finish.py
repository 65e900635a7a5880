"""The last stage: gain, soft clip and limiter, run until the loudness is met."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from songwright.audio import Audio, AudioBuffer, Loudness, LoudnessMeter, TruePeakMeter
from songwright.audio.storage import blocks
from songwright.mix.ending import fade_gain
from songwright.mix.limiter import Limiter, Limiting
from songwright.mix.mastering.flow import BLOCK_FRAMES, ahead
from songwright.mix.mastering.profile import Profile, gain_for
from songwright.mix.saturation import soft_clip, soft_clip_edges
from songwright.mix.settings import MasterSettings

_TOLERANCE_LU = 0.1
_MOST_PASSES = 4
_END_FADE_SECONDS = 0.005
_CHECK_FACTOR = 8


@dataclass(frozen=True, slots=True)
class Finished:
    """The master's loudness, the gain in front of the limiter, what that did, passes needed."""

    loudness: Loudness
    gain_db: float
    limiting: Limiting
    passes: int


def finish(
    before: AudioBuffer,
    out: AudioBuffer,
    profile: Profile,
    piece: slice,
    chain: MasterSettings,
    most_db: float,
    rate: int,
    looped: bool,
) -> Finished:
    """Write the finished master of ``before[piece]`` to ``out``.

    Parameters
    ----------
    before
        What comes out of the chain; with more around the piece where it is a loop.
    out
        Buffer as long as the piece.
    profile
        Noted of ``before``.
    chain
        Target, ceiling and soft clip.
    most_db
        Highest gain.
    looped
        A loop has no end to be faded.
    """
    ceiling = 10.0 ** (chain.ceiling_dbtp / 20.0)
    clip = soft_clip_edges(ceiling, chain.soft_clip)
    first, frames = piece.start, piece.stop - piece.start
    fade = 0 if looped else min(round(_END_FADE_SECONDS * rate), frames)
    bias = 0.0
    passes = 0
    gain_db: float | None = None
    best: tuple[float, float] | None = None
    while True:
        wanted = gain_for(profile, chain.target_lufs - bias, ceiling, clip, first, frames, most_db)
        if gain_db is not None and abs(wanted - gain_db) < 0.005:
            break
        gain_db = wanted
        passes += 1
        loudness, limiting = _walk(before, out, piece, chain, gain_db, fade, rate)
        reached = loudness.integrated_lufs
        if reached is None or passes == _MOST_PASSES:
            break
        missing = chain.target_lufs - reached
        if abs(missing) <= _TOLERANCE_LU or (gain_db >= most_db and missing > 0.0):
            break
        gain = 10.0 ** (gain_db / 20.0)
        expected = profile.loudness_lufs(gain, ceiling, clip, first, frames)
        if expected is None or (best is not None and abs(missing) > abs(best[1]) + 0.3):
            break
        best = (gain_db, missing)
        bias = reached - expected
    return Finished(loudness, gain_db, limiting, passes)


def _walk(
    before: AudioBuffer, out: AudioBuffer, piece: slice, chain: MasterSettings, gain_db: float,
    fade: int, rate: int,
) -> tuple[Loudness, Limiting]:  # fmt: skip
    """One pass of gain, clip and limiter over everything; the piece goes to ``out``."""
    meter = LoudnessMeter(rate)
    strict = TruePeakMeter(2, _CHECK_FACTOR)
    limiter = Limiter(chain.ceiling_dbtp, rate)
    frames = piece.stop - piece.start
    with ThreadPoolExecutor(1) as pool:
        metering: Future[None] | None = None
        for at, block in _limited(before, limiter, chain, gain_db):
            begin, end = max(at, piece.start), min(at + block.shape[1], piece.stop)
            if begin >= end:
                continue
            part = np.ascontiguousarray(block[:, begin - at : end - at])
            _fade(part, begin - piece.start, frames, fade)
            out.write(begin - piece.start, part)
            if metering is not None:
                metering.result()
            metering = pool.submit(_measure, meter, strict, part)
        if metering is not None:
            metering.result()
    ceiling = 10.0 ** (chain.ceiling_dbtp / 20.0)
    peak = strict.finish()
    if peak <= ceiling:
        return meter.result(), limiter.result()
    # Turn the whole down by the hundredths of a decibel that a stricter meter still finds.
    trim = np.float32(0.9999 * ceiling / peak)
    meter = LoudnessMeter(rate)
    for start, stop in blocks(frames):
        part = out.read(start, stop) * trim
        out.write(start, part)
        meter.add(part)
    return meter.result(), limiter.result()


def _measure(meter: LoudnessMeter, strict: TruePeakMeter, block: Audio) -> None:
    meter.add(block)
    strict.add(block)


def _limited(
    before: AudioBuffer, limiter: Limiter, chain: MasterSettings, gain_db: float
) -> Iterator[tuple[int, Audio]]:
    """Blocks after clip and limiter; what a block needs is found in two threads ahead of it."""
    n = before.frames
    gain = 10.0 ** (gain_db / 20.0)
    ceiling = 10.0 ** (chain.ceiling_dbtp / 20.0)

    def prepare(start: int, stop: int) -> tuple[Audio, NDArray[np.float32]]:
        low, high = max(0, start - limiter.before), min(n, stop + limiter.after)
        wide = np.empty((2, high - low), np.float32)
        soft_clip(before.read(low, high), gain, ceiling, chain.soft_clip, wide)
        reduction = limiter.needed(wide, start - low, stop - start)
        return np.ascontiguousarray(wide[:, start - low : stop - low]), reduction

    for start, _, (block, reduction) in ahead(prepare, blocks(n, BLOCK_FRAMES), threads=2):
        limiter.apply(block, reduction)
        yield start, block


def _fade(block: Audio, at: int, frames: int, count: int) -> None:
    """Let the last ``count`` samples of a piece fall to zero; ``block`` stands at ``at``."""
    first = frames - count
    begin, end = max(at, first), at + block.shape[1]
    if count and begin < end:
        block[:, begin - at :] *= fade_gain(begin - first, end - first, count)
