"""Sound of a refined song: only stems that changed are rendered, the others are taken over.

A stem depends on its part's playing, its channel strip, the room, the length and, if it ducks, on
the kicks. Where none of these differs from the parent, its file is the parent's, byte for byte. The
mix is the sum of the stem files as they are on disk, so it does not depend on which were new.
"""

from __future__ import annotations

import math
import os
import shutil
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import soundfile

from songwright.audio import Audio, AudioWriter, read_audio, write_audio
from songwright.mix import MixSettings, master, mix_settings, process_stem
from songwright.perform import Performance, PlayedPart
from songwright.render import render_part
from songwright.score.codec import digest
from songwright.session.produce import SAMPLE_RATE_HZ, kick_onsets
from songwright.session.refine.balance import settled
from songwright.styles import style

if TYPE_CHECKING:
    from songwright.session.package import Progress
    from songwright.session.song import Song

_TAIL_SECONDS = 4.0  # of a loop, wrapped to its start; as in `songwright.session.produce`
_WORKERS = min(2, os.cpu_count() or 1)


@dataclass(frozen=True)
class Parent:
    """A written package whose stems may be used again."""

    song: Song
    folder: Path


def settings_of(song: Song) -> MixSettings:
    """The mix of a song: what its style decides and what was changed by hand."""
    settings = mix_settings(song.plan, style(song.plan.style))
    if song.refined is None:
        return settings
    return settled(settings, song.refined.strips, song.refined.overall)


def stem_keys(song: Song, performance: Performance) -> dict[str, str]:
    """For each part a digest of everything that its stem depends on."""
    settings = settings_of(song)
    kicks = kick_onsets(performance)
    length = _length(performance)
    muted = _muted(song)
    keys = {}
    for part in performance.parts:
        strip = settings.parts.get(part.id)
        ducks = strip is not None and strip.sidechain is not None
        keys[part.id] = digest((
            song.songwright, part, strip, settings.reverb, settings.ending,
            settings.seed if strip is not None and strip.noise_dbfs is not None else 0, length,
            kicks if ducks else (), part.id in muted,
        ))  # fmt: skip
    return keys


def _length(performance: Performance) -> int:
    return max(1, round(performance.duration_seconds * SAMPLE_RATE_HZ))


def _muted(song: Song) -> frozenset[str]:
    if song.refined is None:
        return frozenset()
    return frozenset(name for name, strip in song.refined.strips.items() if strip.mute)


def reusable(song: Song, performance: Performance, parent: Parent | None) -> frozenset[str]:
    """Parts whose stem files in the parent's package are those of this song."""
    if parent is None:
        return frozenset()
    mine = stem_keys(song, performance)
    theirs = stem_keys(parent.song, parent.song.perform())
    length = _length(performance)
    return frozenset(
        name for name, key in mine.items()
        if theirs.get(name) == key and _whole(parent.folder / "stems" / f"{name}.wav", length)
    )  # fmt: skip


def _whole(path: Path, length: int) -> bool:
    try:
        facts = soundfile.info(str(path))
    except (OSError, RuntimeError):
        return False
    return bool(facts.frames == length and facts.samplerate == SAMPLE_RATE_HZ)


def produce_refined(
    song: Song,
    performance: Performance,
    folder: Path,
    formats: Sequence[str],
    progress: Progress,
    parent: Parent | None = None,
) -> frozenset[str]:
    """Write stems, mix and master of a refined song into ``folder``.

    Returns
    -------
    frozenset of str
        Parts whose stems were taken over from ``parent``.
    """
    settings = settings_of(song)
    length = _length(performance)
    stems = folder / "stems"
    stems.mkdir()
    kicks = kick_onsets(performance)
    muted = _muted(song)
    ready = reusable(song, performance, parent)
    progress("rendering", 0.08)

    def stem_of(part: PlayedPart) -> Audio:
        path = stems / f"{part.id}.wav"
        if part.id in ready:
            assert parent is not None
            shutil.copyfile(parent.folder / "stems" / path.name, path)
        elif part.id in muted:
            write_audio(path, np.zeros((2, length), np.float32), SAMPLE_RATE_HZ)
        else:
            tail = math.ceil(_TAIL_SECONDS * SAMPLE_RATE_HZ) if settings.ending == "loop" else 0
            dry = render_part(part, length + tail, SAMPLE_RATE_HZ)
            write_audio(
                path, process_stem(settings, part, dry, length, kicks, SAMPLE_RATE_HZ),
                SAMPLE_RATE_HZ,
            )  # fmt: skip
        return read_audio(path)[0]

    mixed = np.zeros((2, length), np.float32)
    # The stems that take longest begin first; the sum is made in score order all the same.
    with ThreadPoolExecutor(_WORKERS) as pool:
        order = sorted(performance.parts, key=lambda p: p.id in ready)
        waiting = {part.id: pool.submit(stem_of, part) for part in order}
        for done, part in enumerate(performance.parts):
            mixed += waiting.pop(part.id).result()
            progress(part.name[:14], 0.08 + 0.62 * (done + 1) / len(performance.parts))
    progress("mastering", 0.72)
    with ThreadPoolExecutor(1) as pool:  # mastering only reads the mix
        writing = pool.submit(write_audio, folder / "mix.wav", mixed, SAMPLE_RATE_HZ)
        mastered, _ = master(mixed, settings, SAMPLE_RATE_HZ)
        writing.result()
    for number, name in enumerate(formats):
        progress(f"writing {name}", 0.86 + 0.05 * number / len(formats))
        with AudioWriter(folder / f"master.{name}", SAMPLE_RATE_HZ) as writer:
            writer.write(mastered)
    return ready
