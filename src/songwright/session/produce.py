"""Performance to sound: stems, mix and master, part by part so that memory stays small.

Parts are rendered on two threads (the kernels release the interpreter) but added to the mix in
score order, so the sum has the same rounding, and the files the same bytes, on every machine load.
"""

from __future__ import annotations

import math
import os
from collections import deque
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from songwright.audio import Audio, AudioWriter, write_audio
from songwright.mix import MixSettings, generic_settings, master, mix_settings, process_stem
from songwright.mix.warmup import warm_up as warm_up_mix
from songwright.perform import Performance, PlayedNote, PlayedPart
from songwright.render import render_part
from songwright.styles import style

if TYPE_CHECKING:
    from songwright.session.package import Progress
    from songwright.session.song import Song

SAMPLE_RATE_HZ = 48_000
_TAIL_SECONDS = 4.0  # of a loop, wrapped to its start
_KICKS = (35, 36)
_WORKERS = min(2, os.cpu_count() or 1)


def produce(
    song: Song,
    performance: Performance,
    folder: Path,
    formats: Sequence[str],
    progress: Progress,
) -> None:
    """Write stems, mix and master of a song into ``folder``."""
    settings = mix_settings(song.plan, style(song.plan.style))
    _produce(performance, settings, folder, formats, progress)


def produce_performance(
    performance: Performance, folder: Path, formats: Sequence[str], progress: Progress
) -> None:
    """Write stems, mix and master of any performance, mixed by the roles of its parts."""
    settings = generic_settings(performance.parts, performance.ending)
    _produce(performance, settings, folder, formats, progress)


def _produce(
    performance: Performance,
    settings: MixSettings,
    folder: Path,
    formats: Sequence[str],
    progress: Progress,
) -> None:
    length = max(1, round(performance.duration_seconds * SAMPLE_RATE_HZ))
    stems = folder / "stems"
    stems.mkdir()
    mixed = np.zeros((2, length), np.float32)
    kicks = kick_onsets(performance)
    progress("rendering", 0.08)

    def stem_of(part: PlayedPart) -> Audio:
        tail = math.ceil(_TAIL_SECONDS * SAMPLE_RATE_HZ) if settings.ending == "loop" else 0
        dry = render_part(part, length + tail, SAMPLE_RATE_HZ)
        stem = process_stem(settings, part, dry, length, kicks, SAMPLE_RATE_HZ)
        write_audio(stems / f"{part.id}.wav", stem, SAMPLE_RATE_HZ)
        return stem

    with ThreadPoolExecutor(_WORKERS) as pool:
        waiting: deque[tuple[PlayedPart, Future[Audio]]] = deque()
        queue = deque(performance.parts)
        done = 0
        while queue or waiting:
            while queue and len(waiting) < _WORKERS + 1:  # no more stems in memory than needed
                part = queue.popleft()
                waiting.append((part, pool.submit(stem_of, part)))
            part, future = waiting.popleft()
            mixed += future.result()
            done += 1
            progress(f"{part.name[:14]}", 0.08 + 0.62 * done / len(performance.parts))
    write_audio(folder / "mix.wav", mixed, SAMPLE_RATE_HZ)
    progress("mastering", 0.72)
    mastered, _ = master(mixed, settings, SAMPLE_RATE_HZ)
    del mixed
    for number, name in enumerate(formats):
        progress(f"writing {name}", 0.86 + 0.05 * number / len(formats))
        with AudioWriter(folder / f"master.{name}", SAMPLE_RATE_HZ) as writer:
            writer.write(mastered)


def kick_onsets(performance: Performance) -> tuple[float, ...]:
    """Onsets in seconds of all bass drum strokes, for sidechain ducking."""
    return tuple(
        sorted(
            note.onset_seconds
            for part in performance.parts
            if part.role == "drums"
            for note in part.notes
            if note.pitch in _KICKS
        )
    )


# One instrument for each voice model, so that every kernel is compiled.
_MODELS = (
    "acoustic_grand_piano", "electric_piano_1", "electric_piano_2", "vibraphone", "drawbar_organ",
    "acoustic_guitar_steel", "distortion_guitar", "acoustic_bass", "violin", "string_ensemble_1",
    "choir_aahs", "trumpet", "tenor_sax", "flute", "lead_2_sawtooth", "pad_2_warm", "synth_bass_1",
    "sitar", "timpani", "seashore", "standard_kit", "tr808_kit", "jazz_kit",
)  # fmt: skip


def warm_up(folder: str, progress: Progress) -> None:
    """Compile every kernel of rendering, mixing and measuring; the code is cached on disk."""
    from songwright.evaluate import warm_up as warm_up_judge  # noqa: PLC0415
    from songwright.evaluate.hearing import measure_audio  # noqa: PLC0415
    from songwright.evaluate.sound.warmup import warm_up as warm_up_hearing  # noqa: PLC0415

    for number, name in enumerate(_MODELS):
        progress(name, number / (len(_MODELS) + 2))
        pitches = (36, 38, 42, 49) if name.endswith("_kit") else (48, 60)
        notes = tuple(PlayedNote(0.1 * i, 0.2, p, 90) for i, p in enumerate(pitches))
        render_part(PlayedPart("warm", "warm", "chords", name, notes), SAMPLE_RATE_HZ // 2)
    warm_up_mix()
    warm_up_hearing()
    warm_up_judge()
    tone = np.zeros((2, 4 * SAMPLE_RATE_HZ), np.float32)
    tone[:, ::480] = 0.5
    path = Path(folder) / "warm.wav"
    write_audio(path, tone, SAMPLE_RATE_HZ)
    measure_audio(path)
    progress("done", 1.0)
