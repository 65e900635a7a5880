"""Strokes of one drum: the layers of its data sheet made into audio.

Layers of noise, metal and grains do not depend on velocity except in level; they are made once for
each variant and mixed anew for each velocity. Tones are made for each velocity, because a harder
stroke bends its pitch further.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from songwright.render.jit import FloatArray
from songwright.render.kit_kernels import add_grains, add_plate, add_tone, block_dc, sweep_filter
from songwright.render.kit_model import Drum, Grains, Metal, Noise, Tone, drums
from songwright.render.noise import BANK_SIZE, noise_bank
from songwright.seeds import noise_rng
from songwright.units import db_to_gain

REFERENCE_VELOCITY = 100
AIR_HZ = 12500.0
_FLOOR_T60 = 1.15  # a layer is followed for this many T60, to -69 dB
_MODES = {"low": 0, "band": 1, "high": 2}


class DrumVoice:
    """Makes the strokes of one drum at one pitch and sample rate."""

    def __init__(self, name: str, semitones: float, sample_rate_hz: int) -> None:
        self.name = name
        self.drum: Drum = drums()[name]
        self.ratio = 2.0 ** (semitones / 12.0)
        self.rate = sample_rate_hz
        self._steady: dict[int, list[tuple[float, float, FloatArray]]] = {}

    def stroke(self, velocity: int, variant: int) -> FloatArray:
        """One stroke, float32, shape (2, samples).

        Velocity 100 peaks at the drum's ``peak_db``; variants 0.. are different strokes of the
        same force.
        """
        sound = self._raw(velocity, variant) * np.float32(_scale(self.name, self.ratio, self.rate))
        if self.drum.drive > 0.0:
            peak, slope = np.float32(db_to_gain(self.drum.peak_db)), np.float32(1 + self.drum.drive)
            sound = np.tanh(sound * (slope / peak)) * (peak / np.tanh(slope))
        fade = min(sound.shape[1], round(0.006 * self.rate))
        block_dc(sound, 18.0, fade, float(self.rate))
        return sound

    def _raw(self, velocity: int, variant: int) -> FloatArray:
        drum = self.drum
        random = noise_rng(0, "kit", self.name, "tone", variant)
        layers = [
            (t.db + _jitter(random, 0.5), t.velocity_db, self._tone(t, velocity, random))
            for t in drum.tone
        ]
        layers += self._steady_layers(variant)
        length = max(sound.shape[1] for *_, sound in layers)
        total = np.zeros((2, length), np.float32)
        above = (velocity - REFERENCE_VELOCITY) / 100.0
        for db, velocity_db, sound in layers:
            total[:, : sound.shape[1]] += sound * np.float32(db_to_gain(db + velocity_db * above))
        total *= np.float32((velocity / REFERENCE_VELOCITY) ** drum.dynamic)
        if drum.reverse:
            total = np.ascontiguousarray(total[:, ::-1])
        return total

    def _steady_layers(self, variant: int) -> list[tuple[float, float, FloatArray]]:
        if variant not in self._steady:
            random = noise_rng(0, "kit", self.name, "steady", variant)
            # modes belong to the instrument, not to the stroke: the same in every variant
            body = noise_rng(0, "kit", self.name, "modes")
            drum = self.drum
            made: list[tuple[Noise | Metal | Grains, FloatArray]] = []
            made += [(n, self._noise(n, random)) for n in drum.noise]
            made += [(m, self._metal(m, body, random)) for m in drum.metal]
            made += [(g, self._grains(g, random)) for g in drum.grains]
            self._steady[variant] = [
                (layer.db + _jitter(random, 0.8), layer.velocity_db, sound) for layer, sound in made
            ]
        return self._steady[variant]

    def _samples(self, seconds: float) -> int:
        return max(64, round(min(seconds, self.drum.seconds) * self.rate))

    def _tone(self, tone: Tone, velocity: int, random: np.random.Generator) -> FloatArray:
        modes = np.array(tone.modes, np.float64)
        modes[:, 0] *= self.ratio * (1.0 + 0.002 * random.uniform(-1.0, 1.0))
        modes[:, 1] = 10.0 ** (modes[:, 1] / 20.0)
        modes = np.ascontiguousarray(modes[modes[:, 0] < 0.42 * self.rate])
        octaves = np.log2(modes[:, 0] / modes[0, 0])
        above = (velocity - REFERENCE_VELOCITY) / 100.0
        modes[:, 1] *= 10.0 ** (tone.harder_db * above * octaves / 20.0)
        longest = float(np.max(tone.modes, axis=0)[2])
        sound = np.zeros(self._samples(_FLOOR_T60 * longest), np.float32)
        hardness = 1.0 - tone.harder_fall * (1.0 - velocity / 127.0)
        add_tone(
            sound, modes, tone.fall * hardness, tone.fall_seconds, tone.snap * hardness,
            tone.snap_seconds, float(self.rate),
        )  # fmt: skip
        seconds = np.arange(sound.shape[0]) / self.rate
        if tone.trill > 0.0:
            wave = 0.5 + 0.5 * np.sin(2.0 * np.pi * tone.trill_hz * seconds)
            sound *= (1.0 - tone.trill * wave).astype(np.float32)
        if tone.drive > 0.0:
            peak = float(np.max(np.abs(sound))) or 1.0
            sound = np.tanh(sound * np.float32((1.0 + tone.drive) / peak))
        sound = _rise(sound[None, :], tone.attack_ms, self.rate)
        return np.repeat(_unit(sound), 2, axis=0)

    def _noise(self, noise: Noise, random: np.random.Generator) -> FloatArray:
        start = noise.repeats * noise.repeat_seconds
        tail = noise.tail_t60 if noise.tail_db > -60.0 else 0.0
        length = start + noise.attack_ms * 0.001 + _FLOOR_T60 * max(noise.t60, tail)
        if noise.hold_seconds > 0.0:
            length = min(length, start + noise.hold_seconds + 0.08)
        count = self._samples(length)
        seconds = np.arange(count) / self.rate
        after = np.maximum(seconds - start, 0.0)
        level = 10.0 ** (-3.0 * np.maximum(after - noise.attack_ms * 0.001, 0.0) / noise.t60)
        if tail > 0.0:
            level += db_to_gain(noise.tail_db) * 10.0 ** (-3.0 * after / tail)
        if noise.hold_seconds > 0.0:
            level *= 10.0 ** (-3.0 * np.maximum(after - noise.hold_seconds, 0.0) / 0.06)
        if noise.attack_ms > 1.0:
            level *= np.minimum(after / (noise.attack_ms * 0.001), 1.0)
        level[seconds < start] = 0.0
        for k in range(noise.repeats):
            # hands and teeth are never quite even
            at = max(0.0, (k + 0.18 * random.uniform(-1.0, 1.0)) * noise.repeat_seconds)
            since = seconds - at
            burst = 10.0 ** (-3.0 * since / noise.repeat_t60) * random.uniform(0.7, 1.0)
            level += np.where((since >= 0.0) & (since < 4 * noise.repeat_t60), burst, 0.0)
        if noise.buzz > 0.0:
            head = np.abs(np.sin(np.pi * noise.buzz_hz * self.ratio * seconds))
            level *= 1.0 - noise.buzz * head * np.exp(-seconds / 0.12)
        bank = noise_bank()
        places = random.integers(0, BANK_SIZE, 2)
        one, two = (bank[(np.arange(count) + int(p)) % BANK_SIZE] for p in places)
        share = np.float32(noise.width)
        middle = np.sqrt(np.float32(1.0) - share * share)
        sound = np.stack((middle * one + share * two, middle * one - share * two))
        sound *= level.astype(np.float32)
        for _ in range(noise.poles):
            sweep_filter(
                sound, min(noise.hz, 0.42 * self.rate), noise.fall_octaves, noise.fall_seconds,
                noise.q, _MODES[noise.mode], float(self.rate),
            )  # fmt: skip
        # air and microphones: nothing struck is flat up to the end of hearing
        sweep_filter(sound, min(AIR_HZ, 0.42 * self.rate), 0.0, 0.01, 0.6, 0, float(self.rate))
        return _unit(_rise(sound, min(noise.attack_ms, 0.3), self.rate))

    def _metal(
        self, metal: Metal, body: np.random.Generator, random: np.random.Generator
    ) -> FloatArray:
        if metal.squares:
            pairs = [
                (f * k, 1.0 / k) for f in metal.squares for k in range(1, 199, 2)
                if metal.low_hz <= f * k <= metal.high_hz
            ]  # fmt: skip
            hz, levels = np.array([p[0] for p in pairs]), np.array([p[1] for p in pairs])
            levels /= levels.max()
        else:
            # one mode in each of `count` equal bands, somewhere in it: dense but never periodic
            step = (metal.high_hz - metal.low_hz) / metal.count
            hz = metal.low_hz + (np.arange(metal.count) + body.random(metal.count)) * step
            levels = 0.25 + body.rayleigh(0.6, metal.count)
        hz = hz * self.ratio
        keep = hz < 0.42 * self.rate
        hz, levels = hz[keep], levels[keep]
        octaves = np.log2(hz / 1000.0)
        levels = levels * 10.0 ** (metal.slope_db * octaves / 20.0)
        levels *= 10.0 ** (random.uniform(-1.5, 1.5, hz.shape[0]) / 20.0)
        t60 = np.clip(metal.t60 * (hz / 1000.0) ** -metal.damping, 0.01, 20.0)
        high = np.clip((octaves - 1.0) / 3.0, 0.0, 1.0)
        rise = 0.0002 + metal.bloom_ms * 0.001 * high
        angle = np.pi / 4 * (1.0 + metal.width * body.uniform(-1.0, 1.0, hz.shape[0]))
        phases = random.uniform(0.0, 2.0 * np.pi, hz.shape[0])
        count = self._samples(_FLOOR_T60 * float(t60.max()))
        sound = np.zeros((2, count), np.float32)
        add_plate(
            sound, hz, levels * np.cos(angle), levels * np.sin(angle), t60, rise, phases,
            float(self.rate),
        )  # fmt: skip
        return _unit(sound)

    def _grains(self, grains: Grains, random: np.random.Generator) -> FloatArray:
        count = self._samples(grains.attack_ms * 0.001 + _FLOOR_T60 * grains.t60)
        sound = np.zeros((2, count), np.float32)
        uniform = random.random(3 * 4096, dtype=np.float32)
        add_grains(
            sound, uniform, grains.rate_hz, grains.even, grains.attack_ms * 0.001, grains.t60,
            grains.width, float(self.rate),
        )  # fmt: skip
        hz = min(grains.hz * self.ratio, 0.42 * self.rate)
        sweep_filter(sound, hz, 0.0, 0.01, grains.q, 1, float(self.rate))
        sweep_filter(sound, hz * 0.7, 0.0, 0.01, 0.7, 2, float(self.rate))
        return _unit(sound)


@lru_cache(maxsize=512)
def _scale(name: str, ratio: float, sample_rate_hz: int) -> float:
    """Factor that brings a stroke of velocity 100 to the drum's peak level."""
    voice = DrumVoice(name, 12.0 * float(np.log2(ratio)), sample_rate_hz)
    peak = float(np.max(np.abs(voice._raw(REFERENCE_VELOCITY, 0))))
    return db_to_gain(voice.drum.peak_db) / max(peak, 1e-9)


def _jitter(random: np.random.Generator, db: float) -> float:
    return float(random.uniform(-db, db))


def _unit(sound: FloatArray) -> FloatArray:
    """Scaled to a peak of one."""
    peak = float(np.max(np.abs(sound)))
    return sound / np.float32(peak) if peak > 0.0 else sound


def _rise(sound: FloatArray, attack_ms: float, sample_rate_hz: int) -> FloatArray:
    """A raised-cosine start of a fraction of a millisecond, so that nothing clicks digitally."""
    count = min(sound.shape[1], max(2, round(attack_ms * 0.001 * sample_rate_hz)))
    ramp = 0.5 - 0.5 * np.cos(np.linspace(0.0, np.pi, count, endpoint=False))
    sound[:, :count] *= ramp.astype(np.float32)
    return sound
