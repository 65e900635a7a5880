"""Playing banks and measuring what comes out."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from songwright.perform.model import ControlPoint, PlayedNote, PlayedPart
from songwright.render.soundfonts.player import play_bank
from songwright.render.soundfonts.sf2 import SoundfontFile
from songwright.render.soundfonts.voice import Bank

RATE_HZ = 48000


def part_of(
    notes: list[tuple[float, float, int, int]],
    controls: list[tuple[float, int, int]] | None = None,
    instrument: str = "acoustic_grand_piano",
) -> PlayedPart:
    return PlayedPart(
        "p", "P", "lead", instrument, tuple(PlayedNote(*n) for n in notes),
        tuple(ControlPoint(*c) for c in controls or []),
    )  # fmt: skip


def heard(
    bank: Bank,
    notes: list[tuple[float, float, int, int]],
    seconds: float = 1.0,
    controls: list[tuple[float, int, int]] | None = None,
) -> np.ndarray:
    return play_bank(bank, part_of(notes, controls), round(seconds * RATE_HZ), RATE_HZ)


def opened(path: Path, bank: int = 0, program: int = 0) -> Bank:
    return SoundfontFile(path).require(bank, program)


def rms_db(sound: np.ndarray, start: float, end: float) -> float:
    piece = sound[..., round(start * RATE_HZ) : round(end * RATE_HZ)].astype(np.float64)
    return float(10 * np.log10(np.mean(piece**2) + 1e-30))


def hz_of(sound: np.ndarray, start: float = 0.1, end: float = 0.9) -> float:
    mono = sound[0, round(start * RATE_HZ) : round(end * RATE_HZ)]
    size = 1 << 19
    power = np.abs(np.fft.rfft(mono * np.hanning(mono.shape[0]), size))
    return float(np.argmax(power) * RATE_HZ / size)
