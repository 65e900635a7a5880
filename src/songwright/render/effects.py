"""The sound effects of General MIDI (programs 119 to 127), one small function each.

They are noise and sines drawn at control rate; the pitch of the note moves them up or down a
little, so a part can vary them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from songwright.render.filters import add_noise
from songwright.render.jit import BLOCK, DoubleArray, FloatArray, blocks_for
from songwright.render.modes import add_modes
from songwright.render.noise import BANK_SIZE, band_scale, noise_bank
from songwright.render.patch_model import EffectPatch


@dataclass
class _Scene:
    """A stereo buffer being filled, with its time axis and its random generator."""

    note: FloatArray
    t: DoubleArray
    rate: int
    pitch: float
    hardness: float
    random: np.random.Generator

    @property
    def transpose(self) -> float:
        """Frequency factor of the key, gentle: a quarter of the played interval."""
        return float(2.0 ** ((self.pitch - 60.0) / 48.0))

    def noise(self, levels: DoubleArray, hz: DoubleArray | float, q: float) -> None:
        """Add band-passed stereo noise with level and centre curves."""
        centres = np.clip(np.broadcast_to(hz, self.t.shape), 30.0, 0.4 * self.rate)
        scale = band_scale(float(np.median(centres)), q, self.rate)
        places = self.random.integers(0, BANK_SIZE, 2)
        add_noise(
            self.note[0], self.note[1], noise_bank(), int(places[0]), int(places[1]),
            np.ascontiguousarray(levels * scale, np.float32),
            np.ascontiguousarray(centres, np.float32), q, float(self.rate),
        )  # fmt: skip

    def sine(self, hz: DoubleArray, levels: DoubleArray, pan: float = 0.0) -> None:
        """Add a sine wave with frequency and level curves."""
        fine = np.arange(self.note.shape[1])
        grid = np.arange(self.t.shape[0]) * BLOCK
        cycles = np.cumsum(np.interp(fine, grid, hz) / self.rate)
        wave = np.sin(2.0 * np.pi * cycles) * np.interp(fine, grid, levels)
        self.note[0] += (wave * np.sqrt(1.0 - pan)).astype(np.float32)
        self.note[1] += (wave * np.sqrt(1.0 + pan)).astype(np.float32)


def _slow(scene: _Scene, rate_hz: float) -> DoubleArray:
    """Slow random movement between 0 and 1."""
    phases = scene.random.random(4)
    rates = rate_hz * np.array([0.5, 0.8, 1.3, 1.9])
    waves = np.sin(2.0 * np.pi * (rates[:, None] * scene.t + phases[:, None])).mean(axis=0)
    return np.asarray(0.5 + 0.5 * waves, np.float64)


def _reverse_cymbal(scene: _Scene) -> None:
    rise = 1.6
    swell = np.exp(np.minimum(scene.t - rise, 0.0) * 3.2) * (scene.t < rise)
    scene.noise(swell * 0.7, 7000.0 * scene.transpose, 0.5)
    scene.noise(swell * 0.5, 3500.0 * scene.transpose, 0.9)
    for hz in (421.0, 587.0, 743.0, 1013.0, 1391.0, 1877.0):
        scene.sine(np.full_like(scene.t, hz * scene.transpose), swell * 0.06)


def _fret_noise(scene: _Scene) -> None:
    length = 0.16
    shape = np.sin(np.clip(scene.t / length, 0.0, 1.0) * np.pi) ** 1.5
    slide = 1700.0 * scene.transpose * (1.0 + 0.9 * np.minimum(scene.t / length, 1.0))
    scene.noise(shape, slide, 5.0)
    scene.noise(0.5 * shape, 2.1 * slide, 4.0)
    scene.noise(0.6 * shape * np.exp(-scene.t / 0.03), 300.0, 1.0)


def _breath(scene: _Scene) -> None:
    shape = np.minimum(scene.t / 0.06, 1.0) * np.exp(-np.maximum(scene.t - 0.1, 0.0) / 0.35)
    scene.noise(shape, 1100.0 * scene.transpose, 0.6)
    scene.noise(0.6 * shape, 2900.0 * scene.transpose, 1.5)


def _seashore(scene: _Scene) -> None:
    wave = _slow(scene, 0.16) ** 2
    start = np.minimum(scene.t / 1.2, 1.0)
    scene.noise(start * (0.2 + wave), 300.0 + 900.0 * wave, 0.4)
    scene.noise(start * 0.5 * wave**1.5, 3500.0 * scene.transpose, 0.5)


def _bird(scene: _Scene) -> None:
    # phrases of quick upward or downward chirps
    hz = np.full_like(scene.t, 3000.0)
    level = np.zeros_like(scene.t)
    at = 0.0
    while at < scene.t[-1]:
        base = 2600.0 * scene.transpose * (1.0 + 0.5 * scene.random.random())
        for _ in range(int(scene.random.integers(2, 6))):
            length = 0.04 + 0.06 * scene.random.random()
            bend = scene.random.choice([-0.35, 0.5, 0.7])
            inside = (scene.t >= at) & (scene.t < at + length)
            x = (scene.t[inside] - at) / length
            hz[inside] = base * (1.0 + bend * x + 0.06 * np.sin(x * 25.0))
            level[inside] = np.sin(np.pi * x) ** 2
            at += length + 0.02 + 0.03 * scene.random.random()
        at += 0.15 + 0.5 * scene.random.random()
    scene.sine(hz, level, float(scene.random.uniform(-0.5, 0.5)))
    scene.sine(2.0 * hz, 0.12 * level)


def _telephone(scene: _Scene) -> None:
    # a clapper between two gongs: each stroke excites all modes of its gong, and they ring on
    ringing = scene.t % 3.0 < 1.8
    stroke = np.floor(scene.t * 2.0 * CLAPPER_HZ)
    struck = np.diff(stroke, prepend=-1.0) > 0.0
    for gong, (tuning, pan) in enumerate(((1.0, -0.25), (1.19, 0.25))):
        hits = struck & ringing & (stroke % 2.0 == gong)
        force = hits * (0.8 + 0.4 * scene.random.random(hits.shape[0]))
        for ratio, level, seconds in GONG_MODES:
            hz = 1150.0 * tuning * ratio * scene.transpose
            # a softer touch moves the clapper less and leaves the high modes asleep
            awake = level * scene.hardness ** (0.25 * (ratio - 1.0))
            scene.sine(np.full_like(scene.t, hz), awake * _ringing(force, seconds, scene.rate), pan)
        scene.noise(0.5 * _ringing(force, 0.012, scene.rate), 5200.0, 0.7)


CLAPPER_HZ = 12.0
GONG_MODES = (
    (1.0, 0.28, 1.1),
    (2.42, 0.34, 0.9),
    (4.18, 0.36, 0.7),
    (6.2, 0.3, 0.5),
    (8.4, 0.2, 0.3),
)
"""Frequency ratio, level and T60 in seconds of a small steel gong."""


def _ringing(force: DoubleArray, seconds: float, sample_rate_hz: int) -> DoubleArray:
    """Level of a mode that is struck again and again, on the grid of a scene's blocks.

    The level rises within a block of each stroke and falls by 60 dB in ``seconds``.
    """
    keep = np.exp(-6.9 * BLOCK / (sample_rate_hz * seconds))
    level = np.empty_like(force)
    now = 0.0
    for i, hit in enumerate(force):
        now = max(now * keep, float(hit))
        level[i] = now
    return level


def _helicopter(scene: _Scene) -> None:
    rotor = 11.0 * scene.transpose
    turn = (scene.t * rotor) % 1.0
    chop = np.exp(-turn * 5.0) * np.minimum(turn / 0.08, 1.0)
    start = np.minimum(scene.t / 0.3, 1.0)
    scene.noise(start * chop, 130.0, 0.8)
    scene.noise(start * 0.5 * chop, 700.0, 0.6)
    scene.noise(start * 0.12, 2400.0, 1.2)
    scene.sine(np.full_like(scene.t, 2.0 * 41.0 * scene.transpose), start * 0.15 * chop)


def _applause(scene: _Scene) -> None:
    # single hands near by over the roar of many
    start = np.minimum(scene.t / 0.8, 1.0)
    scene.noise(start * (0.5 + 0.3 * _slow(scene, 1.5)), 1500.0, 0.5)
    for _ in range(14):
        period = 0.19 + 0.09 * scene.random.random()
        turn = (scene.t / period + scene.random.random() + 0.05 * _slow(scene, 3.0)) % 1.0
        clap = np.exp(-turn * period / 0.006) * start
        scene.noise(0.55 * clap, 900.0 + 1400.0 * scene.random.random(), 1.6)


def _gunshot(scene: _Scene) -> None:
    scene.noise(1.6 * np.exp(-scene.t / 0.012), 3500.0, 0.4)
    scene.noise(1.2 * np.exp(-scene.t / 0.09), 700.0 * scene.transpose, 0.4)
    scene.noise(0.5 * np.exp(-scene.t / 0.45), 260.0, 0.5)
    modes = np.array([62.0, 97.0, 141.0]) * scene.transpose
    for side in range(2):
        add_modes(
            scene.note[side], modes, np.array([0.8, 0.5, 0.3]), np.array([9.0, 12.0, 16.0]),
            np.zeros(3), float(scene.rate), 1e-4,
        )  # fmt: skip


KINDS: dict[str, tuple[Callable[[_Scene], None], float]] = {
    "reverse_cymbal": (_reverse_cymbal, 1.7),
    "fret_noise": (_fret_noise, 0.3),
    "breath": (_breath, 2.5),
    "seashore": (_seashore, 60.0),
    "bird": (_bird, 60.0),
    "telephone": (_telephone, 60.0),
    "helicopter": (_helicopter, 60.0),
    "applause": (_applause, 60.0),
    "gunshot": (_gunshot, 3.0),
}
"""Function and longest duration in seconds of each effect."""


def effect_note(
    patch: EffectPatch,
    pitch: float,
    velocity: float,
    samples: int,
    sample_rate_hz: int,
    random: np.random.Generator,
) -> FloatArray:
    """One sound effect, shape (2, up to ``samples``)."""
    draw, longest = KINDS[patch.kind]
    blocks = blocks_for(max(min(samples, int(longest * sample_rate_hz)), BLOCK))
    scene = _Scene(
        note=np.zeros((2, blocks * BLOCK), np.float32),
        t=np.arange(blocks + 1, dtype=np.float64) * (BLOCK / sample_rate_hz),
        rate=sample_rate_hz,
        pitch=pitch,
        hardness=velocity / 127.0,
        random=random,
    )
    draw(scene)
    return scene.note
