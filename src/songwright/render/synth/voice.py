"""One voice of a patch: a note, or a line of joined notes, from control curves to sound."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from songwright.palette.model import Fm, Lfo, Oscillator, Patch, Pluck
from songwright.render.beats import BeatClock
from songwright.render.controls import Controls
from songwright.render.filters import BANDPASS, HIGHPASS, LOWPASS, filter_stereo
from songwright.render.gates import Gate
from songwright.render.jit import BLOCK, DoubleArray, FloatArray, blocks_for
from songwright.render.noise import BANK_SIZE, noise_bank
from songwright.render.synth.banks import coloured_bank
from songwright.render.synth.curves import Adsr, glide_curve, lfo_turns, lfo_wave
from songwright.render.synth.ladder import MAX_FEEDBACK, ladder_stereo, pole_ratio
from songwright.render.synth.oscillators import add_bank, add_fm_pair, add_loop, add_noise_bank
from songwright.render.synth.shaping import WORKING_LEVEL
from songwright.render.synth.waves import wave_tables
from songwright.units import db_to_gain, midi_to_hz

CHOKE_SECONDS = 0.012
MODULATION_CENTS = 45.0
"""Vibrato that a full modulation wheel adds, cents each way."""
VIBRATO_HZ = 5.6
BRIGHTNESS_OCTAVES = 2.0
"""How far the brightness controller moves the filter each way."""
REFERENCE_VELOCITY = 80.0
MODULATION_RELEASE_SECONDS = 0.5
_NEVER_SECONDS = 1e4
_MODES = {"low": LOWPASS, "low24": LOWPASS, "high": HIGHPASS, "band": BANDPASS}
_BUTTERWORTH_4 = (0.5412, 1.3066)
"""Q of the two halves of a fourth-order Butterworth filter."""


@dataclass(frozen=True, slots=True)
class Line:
    """Notes that one voice plays: a single note, or a chain of legato notes."""

    gates: tuple[Gate, ...]
    cut_seconds: float = float("inf")

    @property
    def start_seconds(self) -> float:
        return self.gates[0].note.onset_seconds

    @property
    def held_seconds(self) -> float:
        last = self.gates[-1]
        end = min(last.release_seconds, last.restrike_seconds, self.cut_seconds)
        return max(end - self.start_seconds, 0.01)


class Voice:
    """Draws the curves of a line and renders it."""

    def __init__(
        self, patch: Patch, line: Line, controls: Controls, salt: int, random: np.random.Generator
    ) -> None:
        self.patch = patch
        self.line = line
        self.rate = controls.sample_rate_hz
        self.random = random
        self.salt = salt
        self.start = round(line.start_seconds * self.rate)
        self.held = line.held_seconds
        self.scale = self.held if patch.fit else 1.0
        amp = patch.amp
        release = amp.release
        if line.cut_seconds - line.start_seconds <= self.held + 1e-6:
            release = min(release, CHOKE_SECONDS)
        self.amp = Adsr(amp.attack * self.scale, amp.decay * self.scale, amp.sustain, release)
        length = min(
            int((self.held + 1.05 * release) * self.rate) + BLOCK,
            controls.length_samples - self.start,
        )
        self.blocks = blocks_for(max(length, BLOCK))
        self.seconds = np.arange(self.blocks + 1, dtype=np.float64) * (BLOCK / self.rate)
        at = self.start // BLOCK
        self.bend = _window(controls.bend_semitones, at, self.blocks)
        self.wheel = _window(controls.modulation, at, self.blocks)
        self.brightness = _window(controls.brightness, at, self.blocks)
        self.velocity = self._velocity()
        own = float(random.random())
        self.lfos = [
            (lfo, self._wave(lfo, own, salt + 101 * k, controls.clock))
            for k, lfo in enumerate(patch.lfo)
        ]
        mod = patch.mod
        # a riser that has arrived stays where it is
        let_go = _NEVER_SECONDS if patch.fit else MODULATION_RELEASE_SECONDS
        self.mod = Adsr(mod.attack * self.scale, mod.decay * self.scale, mod.sustain, let_go).curve(
            self.seconds, self.held
        )

    def _wave(self, lfo: Lfo, own: float, salt: int, clock: BeatClock) -> FloatArray:
        turns = lfo_turns(lfo, self.seconds, self.line.start_seconds, own, clock)
        return lfo_wave(lfo, self.seconds, turns, salt)

    def _velocity(self) -> DoubleArray:
        """Velocity 0..1 along the line; a joined note takes over within 20 ms."""
        gates = self.line.gates
        if len(gates) == 1:
            return np.full(self.seconds.shape, gates[0].note.velocity / 127.0)
        times = [g.note.onset_seconds - self.line.start_seconds for g in gates]
        places = np.repeat(times, 2) + np.tile((-0.001, 0.02), len(times))
        values = [g.note.velocity / 127.0 for g in gates]
        steps = [
            value for pair in zip([values[0], *values], values, strict=False) for value in pair
        ]
        return np.asarray(np.interp(self.seconds, np.maximum.accumulate(places), steps))

    def _moved(self, target: str) -> DoubleArray | float:
        """What the slow oscillators do to one target."""
        total: DoubleArray | float = 0.0
        for lfo, wave in self.lfos:
            depth = getattr(lfo, target)
            if depth != 0.0:
                total = total + depth * wave
        return total

    def _pitch(self) -> DoubleArray:
        """MIDI pitch curve of the line, without the transpositions of its sources."""
        gates = self.line.gates
        pitches = [float(g.note.pitch) for g in gates]
        times = [g.note.onset_seconds - self.line.start_seconds for g in gates]
        curve = glide_curve(self.seconds, times, pitches, self.patch.glide)
        curve = curve + self.bend
        if gates[0].note.articulation == "slide":
            curve = curve - 2.0 * np.exp(-self.seconds / 0.06)
        if self.patch.mod.pitch_semitones != 0.0:
            curve = curve + self.patch.mod.pitch_semitones * self.mod
        cents: Any = self._moved("pitch_cents")
        if self.wheel.any():
            swing = np.sin(2.0 * np.pi * VIBRATO_HZ * (self.seconds + self.line.start_seconds))
            cents = cents + MODULATION_CENTS * self.wheel * swing
        if self.patch.drift_cents > 0.0:
            cents = cents + self.patch.drift_cents * (2.0 * float(self.random.random()) - 1.0)
        return np.asarray(curve + np.asarray(cents) / 100.0)

    def audio(self) -> FloatArray:
        """The voice before its amplifier, shape (2, samples)."""
        note = np.zeros((2, self.blocks * BLOCK), np.float32)
        hz = 440.0 * 2.0 ** ((self._pitch() - 69.0) / 12.0)
        for oscillator in self.patch.osc:
            self._add_oscillator(note, oscillator, hz)
        for pair in self.patch.fm:
            self._add_fm(note, pair, hz)
        for pluck in self.patch.pluck:
            self._add_pluck(note, pluck, hz)
        self._add_noise(note)
        self._filter(note)
        return note

    def levels(self) -> tuple[FloatArray, FloatArray]:
        """Amplitude on each side, shape (blocks + 1,)."""
        level = self.amp.curve(self.seconds, self.held)
        level *= (self.velocity * (127.0 / REFERENCE_VELOCITY)) ** self.patch.amp.velocity
        depth = sum(lfo.level for lfo, _ in self.lfos)
        if depth > 0.0:
            level *= np.clip(1.0 - 0.5 * depth + 0.5 * self._moved("level"), 0.0, None)
        level *= WORKING_LEVEL
        level[-1] = 0.0
        pan = np.clip(self._moved("pan"), -1.0, 1.0)
        angle = (np.asarray(pan) + 1.0) * (np.pi / 4.0)
        left, right = level * np.cos(angle), level * np.sin(angle)
        root = np.sqrt(2.0)
        return np.asarray(left * root, np.float32), np.asarray(right * root, np.float32)

    def _add_oscillator(self, note: FloatArray, facts: Oscillator, hz: DoubleArray) -> None:
        tables = wave_tables(facts.wave, self.rate)
        own = hz * _ratio(facts.semitones)
        if facts.hz > 0.0:  # a pitch of its own, which still bends and drops
            own = hz * (facts.hz / midi_to_hz(self.line.gates[0].note.pitch))
        morph = facts.morph + self._moved("morph") + self.patch.mod.morph * self.mod
        ratios, gains, places = unison(facts.voices, facts.detune_cents, facts.stereo)
        phases = self.random.random(facts.voices)
        if self.patch.reset:
            phases = np.zeros(facts.voices)
        angle = (places + 1.0) * (np.pi / 4.0)
        gains = gains * db_to_gain(facts.level_db)
        add_bank(
            note[0], note[1], tables,
            np.ascontiguousarray(own / self.rate, np.float64),
            np.ascontiguousarray(np.broadcast_to(morph, hz.shape), np.float32),
            ratios, phases,
            (gains * np.cos(angle) * np.sqrt(2.0)).astype(np.float32),
            (gains * np.sin(angle) * np.sqrt(2.0)).astype(np.float32),
            float(self.rate),
        )  # fmt: skip

    def _add_fm(self, note: FloatArray, facts: Fm, hz: DoubleArray) -> None:
        t = np.minimum(self.seconds, self.held)
        fall = np.exp(-2.3 * t / (max(facts.index_decay, 1e-3) * self.scale))
        index = facts.index * (facts.index_sustain + (1.0 - facts.index_sustain) * fall)
        index = index * (1.0 - facts.index_velocity * (1.0 - self.velocity))
        index = index * 2.0 ** (self.brightness + np.asarray(self._moved("index")))
        index = index + self.patch.mod.index * self.mod
        level = np.full(hz.shape, db_to_gain(facts.level_db) * np.sqrt(2.0))
        if facts.decay > 0.0:
            # high notes die sooner, as tines and bells do
            shorter = 2.0 ** ((60.0 - self.line.gates[0].note.pitch) / 30.0)
            level = level * np.exp(-2.3 * self.seconds / (facts.decay * self.scale * shorter))
        carrier = hz * facts.ratio * 2.0 ** (facts.detune_cents / 1200.0)
        modulator = hz * facts.modulator
        if facts.fixed_hz > 0.0:
            modulator = np.full(hz.shape, facts.fixed_hz)
        phase = 0.0 if self.patch.reset else float(self.random.random())
        angle = (facts.pan + 1.0) * (np.pi / 4.0)
        root = float(np.sqrt(2.0))
        add_fm_pair(
            note[0], note[1],
            np.ascontiguousarray(carrier / self.rate, np.float64),
            np.ascontiguousarray(modulator / self.rate, np.float64),
            np.ascontiguousarray(index, np.float32), np.ascontiguousarray(level, np.float32),
            facts.feedback, phase, root * float(np.cos(angle)), root * float(np.sin(angle)),
        )  # fmt: skip

    def _add_pluck(self, note: FloatArray, facts: Pluck, hz: DoubleArray) -> None:
        own = hz * _ratio(facts.semitones + facts.detune_cents / 100.0)
        period = max(int(self.rate / own[0]), 4)
        at = int(self.random.integers(0, BANK_SIZE - period - 1))
        noise = noise_bank()[at : at + period].astype(np.float64)
        velocity = float(self.velocity[0])
        # a softer plectrum is a wider one: a moving average over part of the period
        hardness = min(max(facts.colour * (0.55 + 0.7 * velocity), 0.0), 1.0)
        reach = max(int(period * 0.25 * (1.0 - hardness) ** 2), 1)
        spectrum = np.fft.rfft(noise)
        k = np.arange(spectrum.shape[0])
        spectrum *= np.sinc(k * reach / period) * np.abs(np.sin(np.pi * k * facts.position)) ** 0.7
        spectrum *= np.maximum(k, 1) ** (0.4 * hardness - 0.95)
        spectrum[0] = 0.0
        struck = np.fft.irfft(spectrum, period)
        struck *= 2.2 / max(float(np.sqrt(np.mean(struck**2))), 1e-9)
        decay = facts.decay * 2.0 ** ((60.0 - self.line.gates[0].note.pitch) / 24.0)
        loss = 10.0 ** (-3.0 / (decay * float(own[0])))
        damping = min(max(facts.damping * (1.1 - 0.3 * velocity), 0.0), 1.0)
        add_loop(
            note[0], note[1], np.ascontiguousarray(struck, np.float32),
            np.ascontiguousarray(own / self.rate, np.float64),
            float(min(loss, 0.99999)), damping, db_to_gain(facts.level_db),
        )  # fmt: skip

    def _add_noise(self, note: FloatArray) -> None:
        for facts in self.patch.noise:
            level = np.full(self.blocks + 1, db_to_gain(facts.level_db))
            if facts.decay > 0.0:
                level = level * np.exp(-2.3 * self.seconds / (facts.decay * self.scale))
            one, two = (int(value) for value in self.random.integers(0, BANK_SIZE, 2))
            add_noise_bank(
                note[0], note[1], coloured_bank(facts.colour, self.rate), one,
                two if facts.stereo else one, np.ascontiguousarray(level, np.float32),
            )  # fmt: skip

    def _filter(self, note: FloatArray) -> None:
        facts = self.patch.filter
        if not facts.kind:
            return
        envelope = Adsr(
            facts.attack * self.scale, facts.decay * self.scale, facts.sustain,
            _NEVER_SECONDS if self.patch.fit else facts.release,
        )  # fmt: skip
        octaves = facts.track * (self._key() - 60.0) / 12.0
        octaves = octaves + facts.velocity_octaves * (self.velocity - 0.63)
        octaves = octaves + facts.env_octaves * envelope.curve(self.seconds, self.held)
        octaves = octaves + BRIGHTNESS_OCTAVES * self.brightness
        octaves = octaves + self._moved("cutoff_octaves")
        cutoffs = np.clip(facts.hz * 2.0**octaves, 16.0, 20000.0).astype(np.float32)
        rate = float(self.rate)
        if facts.kind == "ladder":
            feedback = MAX_FEEDBACK * min(max(facts.resonance, 0.0), 1.0)
            ladder_stereo(
                note[0], note[1], cutoffs, pole_ratio(feedback), feedback,
                0.3 * db_to_gain(facts.drive_db), rate,
            )  # fmt: skip
            return
        peak = 2.0 ** (4.2 * min(max(facts.resonance, 0.0), 1.0))
        mode = _MODES[facts.kind]
        if facts.kind == "low24":
            filter_stereo(note[0], note[1], cutoffs, _BUTTERWORTH_4[0], mode, rate)
            filter_stereo(note[0], note[1], cutoffs, _BUTTERWORTH_4[1] * peak, mode, rate)
        else:
            filter_stereo(note[0], note[1], cutoffs, float(np.sqrt(0.5)) * peak, mode, rate)

    def _key(self) -> DoubleArray | float:
        """Pitch that the filter follows: the played notes, without bends and vibrato."""
        gates = self.line.gates
        if len(gates) == 1:
            return float(gates[0].note.pitch)
        times = [g.note.onset_seconds - self.line.start_seconds for g in gates]
        pitches = [float(g.note.pitch) for g in gates]
        return glide_curve(self.seconds, times, pitches, self.patch.glide)


def unison(voices: int, detune_cents: float, stereo: float) -> tuple[np.ndarray, ...]:
    """Frequency ratios, gains and places -1..1 of the copies of an oscillator.

    The spacing widens outwards, so that no two pairs beat alike; the outer copies are softer; the
    sum of their powers is one.
    """
    if voices == 1:
        return np.ones(1), np.ones(1), np.zeros(1)
    spread = np.linspace(-1.0, 1.0, voices)
    bent = np.sign(spread) * np.abs(spread) ** 1.35 + 0.035 * np.cos(2.4 * np.arange(voices))
    weights = 1.0 - 0.3 * np.abs(spread)
    if voices == 2:
        # two equal voices would cancel at every beat: one leads, the other colours
        bent, weights = np.array([-0.3, 1.0]), np.array([1.0, 0.72])
    sides = np.where(np.arange(voices) % 2 == 0, 1.0, -1.0)
    places = stereo * (np.abs(spread) if voices > 2 else 0.8) * sides
    return 2.0 ** (detune_cents * bent / 1200.0), weights / np.sqrt(np.sum(weights**2)), places


def _ratio(semitones: float) -> float:
    return float(2.0 ** (semitones / 12.0))


def _window(curve: FloatArray, start: int, blocks: int) -> FloatArray:
    """``blocks + 1`` values of a curve from ``start`` on; its last value goes on past the end."""
    piece = curve[start : start + blocks + 1]
    missing = blocks + 1 - piece.shape[0]
    return np.pad(piece, (0, missing), mode="edge") if missing > 0 else piece
