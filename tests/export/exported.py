"""A small package with stems of noise for the tests of exports."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from songwright.audio import write_audio
from songwright.score.timemap import TimeMap
from songwright.session.song import Song, compose

RATE_HZ = 48_000


def small_song(prompt: str = "pop for violin and piano with drums, 8 bars", **fields) -> Song:
    return compose(prompt, 3, **fields)


def seconds_of(song: Song) -> float:
    times = TimeMap.of(song.score)
    return times.seconds(times.bar_start(song.score.bars))


def package(song: Song, folder: Path, formats: tuple[str, ...] = ("wav",)) -> Path:
    """The folder that an export reads: song.json, stems, masters; the stems are quiet noise."""
    folder.mkdir(parents=True)
    (folder / "song.json").write_bytes(song.to_json())
    (folder / "stems").mkdir()
    frames = round(seconds_of(song) * RATE_HZ)
    total = np.zeros((2, frames), np.float32)
    for number, part in enumerate(song.score.parts):
        noise = np.random.default_rng(number).uniform(-0.05, 0.05, (2, frames)).astype(np.float32)
        write_audio(folder / "stems" / f"{part.id}.wav", noise, RATE_HZ)
        total += noise
    for name in formats:
        # Encoders are slow on noise: only the WAV is whole.
        shown = total if name == "wav" else total[:, : 2 * RATE_HZ]
        write_audio(folder / f"master.{name}", shown, RATE_HZ)
    return folder
