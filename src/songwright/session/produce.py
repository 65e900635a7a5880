"""Performance to sound: what songs, refined songs and MIDI files ask of the production.

The work itself is done in `songwright.session.production`.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from songwright.audio import write_audio
from songwright.audio.pcm import add_wav_bytes, put_on_grid
from songwright.mix import MixSettings, MixSheet, generic_settings, mix_sheet
from songwright.mix.warmup import warm_up as warm_up_mix
from songwright.perform import Performance
from songwright.render import SoundSource
from songwright.render.warmup import warm_up as warm_up_render
from songwright.session.production.job import Job
from songwright.session.production.keys import SAMPLE_RATE_HZ, kick_onsets
from songwright.session.production.making import make_sound
from songwright.session.production.record import usable_record
from songwright.styles import style

if TYPE_CHECKING:
    from songwright.session.production.record import MixRecord
    from songwright.session.progress import Progress
    from songwright.session.song import Song

__all__ = ["SAMPLE_RATE_HZ", "kick_onsets", "produce", "produce_performance", "warm_up"]


def produce(
    song: Song,
    performance: Performance,
    folder: Path,
    formats: Sequence[str],
    progress: Progress,
    sources: Sequence[SoundSource] = (),
    *,
    soundfont: Sequence[str] = (),
    target: str = "",
    overrides: Sequence[str] = (),
    parent: Path | None = None,
) -> frozenset[str]:
    """Write ``stems/*.wav mix.wav master.* mix.json`` of a song into ``folder``.

    Parameters
    ----------
    sources
        Asked for instruments before our own; ``soundfont`` is what they were made from.
    target
        Place of delivery (`songwright.mix.mastering.tables.deliveries`); empty for that of the
        parent, or the usual one.
    overrides
        Assignments by hand (``"bass.level_db-=2"``), after those of the parent.
    parent
        Package that the song was made from: what was decided of its mix stays decided, and stems
        that do not change are taken over byte for byte.

    Returns
    -------
    frozenset of str
        Parts whose stems were taken over.
    """
    record = usable_record(parent)
    before = record.overrides if record is not None else ()
    parts = {part.id for part in performance.parts}
    job = Job(
        performance,
        mix_sheet(song.plan, style(song.plan.style)),
        lambda settings: by_hand(song, settings),
        (*_still_there(before, parts, record), *overrides),
        target,
        sources,
        tuple(soundfont),
        parent,
        record,
    )
    return make_sound(job, folder, formats, progress)


def by_hand(song: Song, settings: MixSettings) -> MixSettings:
    """Settings with the balance that a refined song carries."""
    from songwright.session.refine.balance import settled  # noqa: PLC0415 (a circle otherwise)

    if song.refined is None:
        return settings
    return settled(settings, song.refined.strips, song.refined.overall)


def _still_there(
    overrides: Sequence[str], parts: set[str], record: MixRecord | None
) -> tuple[str, ...]:
    """Assignments of a parent without those to parts that the song has lost."""
    known = set(record.stems) if record is not None else set()
    lost = known - parts
    return tuple(text for text in overrides if text.split(".", 1)[0].strip() not in lost)


def produce_performance(
    performance: Performance,
    folder: Path,
    formats: Sequence[str],
    progress: Progress,
    sources: Sequence[SoundSource] = (),
    *,
    soundfont: Sequence[str] = (),
    target: str = "",
) -> None:
    """Write stems, mix and master of any performance, mixed by the roles of its parts."""
    settings = generic_settings(performance.parts, performance.ending)
    job = Job(
        performance, MixSheet(settings), target=target, sources=sources, soundfont=tuple(soundfont)
    )
    make_sound(job, folder, formats, progress)


def warm_up(folder: str, progress: Progress) -> None:
    """Compile every kernel of rendering, mixing and measuring; the code is cached on disk."""
    from songwright.evaluate import warm_up as warm_up_judge  # noqa: PLC0415
    from songwright.evaluate.hearing import measure_audio  # noqa: PLC0415
    from songwright.evaluate.sound.warmup import warm_up as warm_up_hearing  # noqa: PLC0415

    warm_up_render(lambda name, share: progress(name, 0.7 * share))
    progress("mixing and measuring", 0.7)
    warm_up_mix()
    warm_up_hearing()
    warm_up_judge()
    tone = np.zeros((2, 4 * SAMPLE_RATE_HZ), np.float32)
    tone[:, ::480] = 0.5
    put_on_grid(tone)
    add_wav_bytes(bytes(6 * tone.shape[1]), tone)
    path = Path(folder) / "warm.wav"
    write_audio(path, tone, SAMPLE_RATE_HZ)
    measure_audio(path)
    progress("done", 1.0)
