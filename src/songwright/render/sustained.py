"""Bowed, blown and electronic instruments: tones that last as long as the key is held.

A note is drawn in control curves (pitch, level and timbre of each of its voices, one value for
each 1.3 ms) with numpy; the kernels turn the curves into sound.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from songwright.perform.model import PlayedPart
from songwright.render.controls import Controls
from songwright.render.filters import BANDPASS, HIGHPASS, LOWPASS, add_noise, filter_stereo
from songwright.render.gates import Gate, gates
from songwright.render.jit import BLOCK, FloatArray, blocks_for
from songwright.render.noise import BANK_SIZE, add_bursts, band_scale, noise_bank
from songwright.render.oscillators import add_voices
from songwright.render.patch_model import Oscillator, SustainedPatch
from songwright.render.spectra import wavetables
from songwright.seeds import noise_rng
from songwright.units import db_to_gain, midi_to_hz

FILTER_MODES = {"lowpass": LOWPASS, "bandpass": BANDPASS, "highpass": HIGHPASS}

MODULATION_CENTS = 45.0
"""Vibrato that a full modulation wheel adds, cents each way."""

LEGATO_RISE_SECONDS = 0.03
JOINED_RELEASE_SECONDS = 0.06


@dataclass(frozen=True)
class SustainedInstrument:
    """Plays parts with one `SustainedPatch`."""

    patch: SustainedPatch

    def render(self, part: PlayedPart, length_samples: int, sample_rate_hz: int) -> FloatArray:
        """Audio of the part before bus effects and calibration, shape (2, length_samples)."""
        out = np.zeros((2, length_samples), np.float32)
        controls = Controls(part, length_samples, sample_rate_hz)
        tables: dict[int, FloatArray] = {}
        for gate in gates(part.notes, controls.pedal_spans(), self.patch.onset.legato):
            start = round(gate.note.onset_seconds * sample_rate_hz)
            if start >= length_samples or start < 0:
                continue
            pitch = gate.note.pitch
            if pitch not in tables:
                tables[pitch] = np.stack(
                    [
                        wavetables(self.patch, oscillator, pitch, sample_rate_hz)
                        for oscillator in self.patch.oscillators
                    ]
                )
            random = noise_rng(0, part.id, pitch, controls.moment(gate.note))
            note = _Note(self.patch, gate, controls, start, random)
            audio = note.audio(tables[pitch])
            end = min(start + audio.shape[1], length_samples)
            out[:, start:end] += audio[:, : end - start]
        return out


class _Note:
    """One note: control curves, then sound."""

    def __init__(
        self,
        patch: SustainedPatch,
        gate: Gate,
        controls: Controls,
        start: int,
        random: np.random.Generator,
    ) -> None:
        self.patch = patch
        self.gate = gate
        self.pitch = float(gate.note.pitch)
        self.velocity = float(gate.note.velocity)
        self.random = random
        self.rate = controls.sample_rate_hz
        held = min(gate.release_seconds, gate.restrike_seconds) - gate.note.onset_seconds
        self.held_seconds = max(held, 0.02)
        release = JOINED_RELEASE_SECONDS if gate.joined else patch.envelope.release
        self.release_seconds = max(release, 0.012)
        length = (self.held_seconds + 1.15 * self.release_seconds) * self.rate
        length = min(length, controls.length_samples - start)
        self.blocks = blocks_for(max(int(length), BLOCK))
        self.seconds = np.arange(self.blocks + 1) * (BLOCK / self.rate)
        at = start // BLOCK
        self.bend = _window(controls.bend_semitones, at, self.blocks)
        self.modulation = _window(controls.modulation, at, self.blocks)
        self.expression = _window(controls.expression, at, self.blocks)
        self.brightness = _window(controls.brightness, at, self.blocks)

    def level(self) -> FloatArray:
        """Amplitude envelope, shape (blocks + 1,)."""
        envelope = self.patch.envelope
        hardness = self.velocity / 127.0
        if self.gate.from_pitch is not None:
            attack = LEGATO_RISE_SECONDS
        else:
            attack = envelope.attack_soft + (envelope.attack_loud - envelope.attack_soft) * hardness
            attack *= 2.0 ** (-envelope.track * (self.pitch - 60.0) / 12.0)
            if self.gate.note.articulation in ("staccato", "marcato", "accent"):
                attack *= 0.5
        attack = max(attack, 0.0015)
        # the envelope stops moving when the key comes up, then only falls
        t = np.minimum(self.seconds, self.held_seconds)
        level = np.sin(np.minimum(t / attack, 1.0) * (np.pi / 2)) ** 2
        if envelope.sustain < 1.0:
            past = np.maximum(t - attack, 0.0)
            level *= envelope.sustain + (1.0 - envelope.sustain) * np.exp(-past / envelope.decay)
        after = np.maximum(self.seconds - self.held_seconds, 0.0)
        level *= np.exp(-6.9 * after / self.release_seconds)
        level *= (self.velocity / 80.0) ** envelope.velocity_exponent
        level[-1] = 0.0
        return np.asarray(level, np.float32)

    def dynamic(self) -> FloatArray:
        """Place between the soft and the loud timbre, 0..1, shape (blocks + 1,)."""
        timbre = self.patch.timbre
        place = (self.velocity - 1.0) / 126.0 * self.expression**0.7 + 0.5 * self.brightness
        if timbre.onset != 0.0:
            depth = timbre.onset if self.gate.from_pitch is None else 0.3 * timbre.onset
            place = place + depth * np.exp(-self.seconds / timbre.onset_seconds)
        return np.clip(place, 0.0, 1.0).astype(np.float32)

    def _wander(self, voices: int, rate_hz: float) -> FloatArray:
        """Slow random movement about 0 with unit size, shape (voices, blocks + 1).

        It is drawn on every sixteenth block (21 ms at 48 kHz) and joined by straight lines.
        """
        rates = rate_hz * (0.4 + 1.2 * self.random.random((voices, 3, 1)))
        phases = self.random.random((voices, 3, 1))
        coarse = np.append(self.seconds[::16], self.seconds[-1])
        waves = np.sin(2.0 * np.pi * (rates * coarse + phases)).sum(axis=1) / np.sqrt(1.5)
        return np.array([np.interp(self.seconds, coarse, wave) for wave in waves], np.float32)

    def audio(self, tables: FloatArray) -> FloatArray:
        """The note, shape (2, samples)."""
        patch = self.patch
        counts = [oscillator.voices for oscillator in patch.oscillators]
        total = sum(counts)
        level, dynamic = self.level(), self.dynamic()
        vibrato = self._vibrato(total)
        cents = self._common_cents() + vibrato * self._vibrato_cents()
        cents = cents + patch.onset.drift_cents * self._wander(total, 0.8)
        wobble_db = patch.vibrato.level_db * vibrato
        if patch.onset.flutter_db > 0.0:
            wobble_db = wobble_db + patch.onset.flutter_db * self._wander(
                total, patch.onset.flutter_hz
            )
        gains = level * 10.0 ** (wobble_db / 20.0)
        gains = self._shape_entries(np.asarray(gains, np.float32))
        timbres = np.asarray(dynamic + patch.vibrato.timbre * vibrato, np.float32)
        table_of_voice = np.repeat(np.arange(len(counts)), counts).astype(np.int64)
        ratios, voice_gains, left, right = self._layout(table_of_voice)
        shapes = np.stack([self._own_shape(oscillator) for oscillator in patch.oscillators])
        gains = gains * shapes[table_of_voice]
        hz = midi_to_hz(self.pitch) * ratios[:, None] * 2.0 ** (cents / 1200.0)
        note = np.zeros((2, self.blocks * BLOCK), np.float32)
        add_voices(
            note[0],
            note[1],
            tables,
            table_of_voice,
            self._start_phases(total),
            np.ascontiguousarray(hz / self.rate, np.float64),
            np.ascontiguousarray(gains * voice_gains[:, None], np.float32),
            np.ascontiguousarray(timbres, np.float32),
            left,
            right,
        )
        self._add_breath(note, level, dynamic)
        if self.gate.from_pitch is None:
            add_bursts(
                note[0], note[1], patch.bursts, self.pitch, self.velocity, self.rate, self.random
            )
        self._filter(note)
        fade = min(2 * BLOCK, note.shape[1])
        note[:, -fade:] *= np.linspace(1.0, 0.0, fade, dtype=np.float32)
        return note

    def _start_phases(self, voices: int) -> np.ndarray:
        """Where in its cycle each voice starts, shape (voices,).

        Drawn in any case: whoever starts in phase has the same chances afterwards.
        """
        phases = self.random.random(voices)
        return np.zeros(voices) if self.patch.onset.in_phase else phases

    def _common_cents(self) -> FloatArray:
        """Pitch that all voices share: bend, scoop, glide from the note before."""
        onset = self.patch.onset
        cents = 100.0 * self.bend
        if self.gate.from_pitch is not None:
            interval = 100.0 * (self.gate.from_pitch - self.pitch)
            cents = cents + interval * np.exp(-self.seconds / (0.4 * onset.glide_seconds))
        elif self.gate.note.articulation == "slide":
            cents = cents - 200.0 * np.exp(-self.seconds / 0.06)
        elif onset.scoop_cents != 0.0:
            cents = cents + onset.scoop_cents * np.exp(-self.seconds / onset.scoop_seconds)
        return np.asarray(cents, np.float32)

    def _vibrato(self, voices: int) -> FloatArray:
        """Unit vibrato of each voice, shape (voices, blocks + 1)."""
        vibrato = self.patch.vibrato
        # players of a section never agree; one player with several strings does
        spread = 0.12 if max(o.voices for o in self.patch.oscillators) > 1 else 0.0
        rate = vibrato.hz * (1.0 + 0.06 * (self.random.random() - 0.5))
        rates = rate * (1.0 + spread * (self.random.random((voices, 1)) - 0.5) * 2.0)
        phases = self.random.random((voices, 1)) if spread else np.zeros((voices, 1))
        wave = np.sin(2.0 * np.pi * (rates * self.seconds + phases))
        return np.asarray(wave, np.float32)

    def _vibrato_cents(self) -> FloatArray:
        vibrato = self.patch.vibrato
        delay = vibrato.delay * (0.3 if self.gate.from_pitch is not None else 1.0)
        grown = np.clip((self.seconds - delay) / max(vibrato.rise, 1e-3), 0.0, 1.0)
        cents = vibrato.cents * grown + MODULATION_CENTS * self.modulation
        return np.asarray(cents, np.float32)

    def _shape_entries(self, gains: FloatArray) -> FloatArray:
        """Stagger the entries of a section and chop the tone into bow strokes."""
        onset = self.patch.onset
        voices = gains.shape[0]
        if onset.spread_seconds > 0.0 and voices > 1 and self.gate.from_pitch is None:
            late = onset.spread_seconds * self.random.random((voices, 1))
            entries = np.clip((self.seconds - late) / 0.03, 0.0, 1.0)
            gains = np.asarray(gains * entries, np.float32)
        if onset.stroke_hz > 0.0:
            rates = onset.stroke_hz * (1.0 + 0.15 * (self.random.random((voices, 1)) - 0.5))
            phases = self.random.random((voices, 1)) * (1.0 if voices > 1 else 0.0)
            stroke = np.abs(np.sin(np.pi * (rates * self.seconds + phases)))
            chopped = gains * (1.0 - onset.stroke_depth * (1.0 - stroke))
            gains = np.asarray(chopped, np.float32)
        return gains

    def _own_shape(self, oscillator: Oscillator) -> FloatArray:
        """Rise and fall of one oscillator on top of the envelope, shape (blocks + 1,)."""
        shape = np.ones(self.blocks + 1, np.float32)
        if oscillator.rise_seconds > 0.0:
            shape *= np.clip(self.seconds / oscillator.rise_seconds, 0.0, 1.0).astype(np.float32)
        if oscillator.fall_seconds > 0.0:
            shape *= np.exp(-self.seconds / oscillator.fall_seconds).astype(np.float32)
        return shape

    def _layout(
        self, table_of_voice: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray, FloatArray, FloatArray]:
        """Frequency ratio, gain and pan of each voice."""
        ratios, gains, places = [], [], []
        for oscillator in self.patch.oscillators:
            count = oscillator.voices
            spread = np.linspace(-1.0, 1.0, count) if count > 1 else np.zeros(1)
            # uneven spacing keeps the beats of the voices from falling together
            bent = np.sign(spread) * np.abs(spread) ** 1.3
            weights = 1.0 - 0.25 * np.abs(bent)
            if count == 2:
                # two equal voices would cancel at every beat: one leads, the other colours
                bent, weights = np.array([-0.15, 1.0]), np.array([1.0, 0.5])
            ratios.append(oscillator.ratio * 2.0 ** (oscillator.detune_cents * bent / 1200.0))
            loudness = np.sqrt(np.sum(weights**2))
            gains.append(weights * (db_to_gain(oscillator.level_db) / loudness))
            sides = np.where(np.arange(count) % 2 == 0, 1.0, -1.0)
            places.append(oscillator.stereo * np.abs(spread) * sides)
        angle = (np.concatenate(places) + 1.0) * (np.pi / 4.0)
        assert table_of_voice.shape == angle.shape
        return (
            np.concatenate(ratios),
            np.concatenate(gains),
            (np.cos(angle) * np.sqrt(2.0)).astype(np.float32),
            (np.sin(angle) * np.sqrt(2.0)).astype(np.float32),
        )

    def _add_breath(self, note: FloatArray, level: FloatArray, dynamic: FloatArray) -> None:
        breath = self.patch.breath
        if breath.db <= -100.0:
            return
        centre = breath.hz or breath.ratio * midi_to_hz(self.pitch)
        centre = min(centre, 15000.0)
        place = int(self.random.integers(0, BANK_SIZE))
        other = int(self.random.integers(0, BANK_SIZE)) if breath.stereo else place
        amount = db_to_gain(breath.db) * band_scale(centre, breath.q, self.rate)
        add_noise(
            note[0],
            note[1],
            noise_bank(),
            place,
            other,
            np.asarray(level * amount, np.float32),
            np.asarray(centre * (0.8 + 0.4 * dynamic), np.float32),
            breath.q,
            float(self.rate),
        )

    def _filter(self, note: FloatArray) -> None:
        facts = self.patch.filter
        if not facts.mode:
            return
        octaves = facts.track * (self.pitch - 60.0) / 12.0
        octaves += facts.velocity_octaves * (self.velocity / 127.0 - 0.63)
        t = np.minimum(self.seconds, self.held_seconds)
        shape = np.clip(t / facts.env_attack, 0.0, 1.0)
        past = np.maximum(t - facts.env_attack, 0.0)
        shape = shape * (
            facts.env_sustain + (1.0 - facts.env_sustain) * np.exp(-past / facts.env_decay)
        )
        sweep = octaves + facts.env_octaves * shape + 2.0 * self.brightness
        if facts.lfo_hz > 0.0:
            phase = self.random.random()
            sweep = sweep + facts.lfo_octaves * np.sin(
                2.0 * np.pi * (facts.lfo_hz * self.seconds + phase)
            )
        cutoffs = np.clip(facts.hz * 2.0**sweep, 20.0, 19000.0).astype(np.float32)
        mode = FILTER_MODES[facts.mode]
        for _ in range(facts.poles // 2):
            filter_stereo(note[0], note[1], cutoffs, facts.q, mode, float(self.rate))


def _window(curve: FloatArray, start: int, blocks: int) -> FloatArray:
    """``blocks + 1`` values of a curve from ``start`` on; its last value goes on past the end."""
    piece = curve[start : start + blocks + 1]
    missing = blocks + 1 - piece.shape[0]
    return np.pad(piece, (0, missing), mode="edge") if missing > 0 else piece
