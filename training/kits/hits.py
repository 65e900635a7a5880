"""Hits of a drum kit in a soundfont, one at a time, and which of them are the same recording."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import numpy as np

from songwright.perform.model import PlayedNote, PlayedPart
from songwright.render.jit import DoubleArray, FloatArray
from songwright.render.soundfonts.player import play_bank
from songwright.render.soundfonts.sf2 import SoundfontFile

RATE_HZ = 48000
SECONDS = 6.0
DIGEST_SECONDS = 0.4
GATED_KEYS = (71, 72, 73, 74, 78, 79)  # whistles, scrapes, rubbed drums
FLOOR_DB = -62.0
KITS = {"standard_kit": 0, "room_kit": 8, "power_kit": 16, "jazz_kit": 32, "brush_kit": 40,
        "orchestra_kit": 48}  # fmt: skip


@dataclass(frozen=True)
class Hit:
    """One stroke: mono float64 from its onset on, its width 0..1, and a name for its content."""

    velocity: int
    mono: DoubleArray
    width: float
    digest: str


def hit(font: SoundfontFile, kit: str, key: int, velocity: int) -> Hit:
    """Record a stroke; where it stands in the stereo field is taken out of it."""
    sound = _played(font, kit, key, velocity, SECONDS)
    return Hit(velocity, *_centred(sound), _digest(sound))


def digest(font: SoundfontFile, kit: str, key: int, velocity: int) -> str:
    """A name for the recording that a stroke plays: equal ones differ in level at most."""
    return _digest(_played(font, kit, key, velocity, DIGEST_SECONDS))


def _played(font: SoundfontFile, kit: str, key: int, velocity: int, seconds: float) -> FloatArray:
    held = 2.5 if key in GATED_KEYS else SECONDS - 0.5
    part = PlayedPart("d", "D", "drums", kit, (PlayedNote(0.0, held, key, velocity),))
    return play_bank(font.require(128, KITS[kit]), part, round(seconds * RATE_HZ), RATE_HZ)


def _centred(sound: FloatArray) -> tuple[DoubleArray, float]:
    left, right = sound.astype(np.float64)
    power = np.array([np.mean(left**2), np.mean(right**2)]) + 1e-20
    total = np.sqrt(power.mean())
    left, right = left * total / np.sqrt(power[0]), right * total / np.sqrt(power[1])
    middle, side = (left + right) / 2.0, (left - right) / 2.0
    if power.min() < 1e-4 * power.max():  # on one side only
        middle, side = (left, 0.0 * side) if power[0] > power[1] else (right, 0.0 * side)
    share = float(np.sqrt(np.mean(side**2) / (np.mean(middle**2) + np.mean(side**2) + 1e-20)))
    # The sides of a recording sound too; the middle alone would lose where they are opposed.
    middle = middle * np.sqrt((np.mean(middle**2) + np.mean(side**2)) / np.mean(middle**2))
    peak = np.abs(middle).max()
    start = max(int(np.argmax(np.abs(middle) > 0.006 * peak)) - 8, 0)
    frame = 480
    frames = middle[start : start + (middle.shape[0] - start) // frame * frame].reshape(-1, frame)
    level = np.sqrt((frames**2).mean(1))
    last = int(np.nonzero(level > level.max() * 10 ** (FLOOR_DB / 20.0))[0][-1]) + 2
    return middle[start : start + last * frame], min(share * np.sqrt(2.0), 1.0)


def _digest(sound: FloatArray) -> str:
    sound = sound[:, : round(DIGEST_SECONDS * RATE_HZ)]
    scaled = np.round(sound / max(float(np.abs(sound).max()), 1e-9) * 300.0).astype(np.int16)
    return hashlib.sha256(scaled[:, ::16].tobytes()).hexdigest()[:16]
