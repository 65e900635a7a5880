"""Playing notes that ring by themselves: each different note is made once and placed many times.

Notes of the same pitch, touch and variant share one rendering, so a busy piano part costs little
more than its distinct notes. They are made group by group; only one is held at a time.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from songwright.perform.model import PlayedNote, PlayedPart
from songwright.render.controls import Controls
from songwright.render.gates import Gate, gates
from songwright.render.jit import BLOCK, FloatArray, blocks_for
from songwright.render.patch_model import Touch
from songwright.render.playback import mix_note, resample_note
from songwright.render.slurs import fade_samples, left_out, taking_over, touch_of, without
from songwright.render.sustained import MODULATION_CENTS
from songwright.seeds import noise_rng

NoteMaker = Callable[[float, float, int, int, np.random.Generator], FloatArray]
"""``(pitch, velocity, samples, sample_rate_hz, random) -> (2, up to samples)``"""

LAYERS = 14
"""Steps of touch that are rendered apart; between them only the level changes."""

VARIANTS = 3
"""Different renderings of the same key and touch, taken in turn (no machine-gun effect)."""

RESTRIKE_SECONDS = 0.18
TAIL = 1.35
"""A released note is followed for this many of its T60 (to -81 dB)."""


@dataclass(frozen=True, slots=True)
class _Use:
    gate: Gate
    start: int
    damp_after: int
    release_seconds: float
    samples: int
    skip: int


@dataclass(frozen=True)
class Sampler:
    """Plays parts with notes from a maker. ``longest_seconds`` bounds one note."""

    name: str
    make: NoteMaker
    touch: Touch
    longest_seconds: float = 24.0

    def render(self, part: PlayedPart, length_samples: int, sample_rate_hz: int) -> FloatArray:
        """Audio of the part before bus effects and calibration, shape (2, length_samples)."""
        out = np.zeros((2, length_samples), np.float32)
        controls = Controls(part, length_samples, sample_rate_hz)
        spans = controls.pedal_spans() if self.touch.pedal else []
        groups: dict[tuple[int, int, int], list[_Use]] = {}
        turns: dict[int, int] = {}
        for gate in gates(part.notes, spans):
            use = self._use(gate, length_samples, sample_rate_hz)
            if use is None:
                continue
            note = gate.note
            layer = round((touch_of(gate) - 1) / 126 * (LAYERS - 1))
            at = min(use.start // BLOCK, controls.brightness.shape[0] - 1)
            layer += round(float(controls.brightness[at]) * LAYERS / 2)
            turns[note.pitch] = turns.get(note.pitch, -1) + 1
            key = (note.pitch, min(max(layer, 0), LAYERS - 1), turns[note.pitch] % VARIANTS)
            groups.setdefault(key, []).append(use)
        moving = bool(controls.bend_semitones.any() or controls.modulation.any())
        for key in sorted(groups):
            pitch, layer, variant = key
            uses = groups[key]
            random = noise_rng(0, self.name, pitch, layer, variant)
            velocity = 1.0 + layer / (LAYERS - 1) * 126.0
            longest = max(use.skip + use.samples for use in uses)
            if moving:
                longest = int(longest * 1.15)
            note_audio = self.make(float(pitch), velocity, longest, sample_rate_hz, random)
            for use in uses:
                self._place(out, note_audio, use, controls, moving)
        return out

    def _use(self, gate: Gate, length_samples: int, sample_rate_hz: int) -> _Use | None:
        start = round(gate.note.onset_seconds * sample_rate_hz)
        if start < 0 or start >= length_samples:
            return None
        touch, pitch = self.touch, gate.note.pitch
        release = touch.release_seconds * 2.0 ** ((60 - pitch) / 24.0)
        damped = release > 0.0 and pitch < touch.undamped_from
        end = gate.release_seconds if damped or gate.joined else float("inf")
        if gate.restrike_seconds < end:
            end, release = gate.restrike_seconds, RESTRIKE_SECONDS if damped else 0.6
        stopped = gate.restrike_seconds - touch.pick_seconds
        if touch.pick_seconds > 0.0 and stopped < end + release:
            end, release = min(end, stopped), touch.pick_seconds
        seconds = self.longest_seconds
        damp_after = length_samples
        if end != float("inf"):
            damp_after = round((end - gate.note.onset_seconds) * sample_rate_hz)
            tail = 0.0 if gate.joined else TAIL * release
            seconds = min(seconds, end - gate.note.onset_seconds + tail)
        samples = min(round(seconds * sample_rate_hz), length_samples - start)
        skip = left_out(gate, sample_rate_hz)
        return _Use(gate, start, damp_after, release, max(samples, BLOCK), skip)

    def _place(
        self,
        out: FloatArray,
        note_audio: FloatArray,
        use: _Use,
        controls: Controls,
        moving: bool,
    ) -> None:
        rate = controls.sample_rate_hz
        note = use.gate.note
        note_audio = without(note_audio, use.skip)
        if moving or note.articulation == "slide":
            note_audio = bent(note_audio, note, use.start, use.samples, controls)
        if use.gate.from_pitch is not None:
            note_audio = taking_over(note_audio, use.samples, rate)
        place = np.clip((note.pitch - 60) / 36.0, -1.0, 1.0) * self.touch.width
        angle = (place + 1.0) * np.pi / 4.0
        release = use.release_seconds if use.release_seconds > 0.0 else 1.0
        mix_note(
            out,
            use.start,
            note_audio,
            use.samples,
            (note.velocity / 80.0) ** self.touch.velocity_exponent,
            float(np.cos(angle) * np.sqrt(2.0)),
            float(np.sin(angle) * np.sqrt(2.0)),
            use.damp_after,
            6.907755 / (release * rate),
            fade_samples(use.gate, rate),
        )


def glide(note_audio: FloatArray, semitones: FloatArray) -> FloatArray:
    """Read a note along a pitch curve (one value a block), shape (2, samples)."""
    blocks = semitones.shape[0] - 1
    out = np.zeros((2, blocks * BLOCK), np.float32)
    written = resample_note(note_audio, 2.0 ** (semitones.astype(np.float64) / 12.0), out)
    return out[:, :written]


def bent(
    note_audio: FloatArray, note: PlayedNote, start: int, samples: int, controls: Controls
) -> FloatArray:
    """The first ``samples`` of a note under pitch bend, modulation and slides.

    ``start`` is the sample of the part at which it begins.
    """
    blocks = blocks_for(samples)
    at = np.minimum(np.arange(blocks + 1) + start // BLOCK, controls.modulation.shape[0] - 1)
    seconds = np.arange(blocks + 1) * (BLOCK / controls.sample_rate_hz)
    semitones = controls.bend_semitones[at].copy()
    semitones += (
        (MODULATION_CENTS / 100.0)
        * controls.modulation[at]
        * np.sin(2.0 * np.pi * 5.6 * seconds).astype(np.float32)
    )
    if note.articulation == "slide":
        semitones -= 2.0 * np.exp(-seconds / 0.05).astype(np.float32)
    return glide(note_audio, semitones)
