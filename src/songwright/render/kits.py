"""Drum kits: played strokes to audio.

Every stroke is synthesised, from a model fitted to recordings where there is one
(`songwright.render.kit_fitted`), else from layers written by hand (`songwright.render.kit_sounds`).
Strokes of the same drum in the same velocity layer take turns between a few variants, so that a
roll does not sound like a machine gun; each is made once in a call and mixed in wherever it is
played.
"""

from __future__ import annotations

import numpy as np

from songwright.perform.model import PlayedNote, PlayedPart
from songwright.render.controls import Controls, apply_volume_and_pan
from songwright.render.jit import FloatArray
from songwright.render.kit_fitted import FittedVoice
from songwright.render.kit_fitted_model import fitted_drums, fitted_keys
from songwright.render.kit_kernels import add_room, mix_hit
from songwright.render.kit_model import FIRST_KEY, LAST_KEY, Drum, Kit, Placed, drums, kit
from songwright.render.kit_sounds import DrumVoice
from songwright.units import db_to_gain

VELOCITY_LAYERS = 12
VARIANTS = 4
LONG_VARIANTS = 2
"""Cymbals ring on under the next stroke, which hides how many variants there are."""

LONG_SECONDS = 2.0
CHOKE_SECONDS = 0.025
GATE_SECONDS = 0.07


class KitInstrument:
    """A drum kit as an instrument (see `songwright.render.sources.Instrument`)."""

    def __init__(self, kit_id: str) -> None:
        self.kit_id = kit_id
        self.kit: Kit = kit(kit_id)

    def render(self, part: PlayedPart, length_samples: int, sample_rate_hz: int) -> FloatArray:
        """Audio of the part, float32, shape (2, length_samples).

        A kick or snare of velocity 100 peaks at about -6 dBFS. Keys outside 35..81 are silent;
        the ends of notes are ignored except by whistles, scrapes and brush swirls.
        """
        out = np.zeros((2, length_samples), np.float32)
        send = np.zeros(length_samples, np.float32)
        notes = sorted(
            (n for n in part.notes if FIRST_KEY <= n.pitch <= LAST_KEY and n.velocity > 0),
            key=lambda n: (n.onset_seconds, n.pitch),
        )
        stops = self._stops(notes, length_samples, sample_rate_hz)
        voices: dict[int, DrumVoice | FittedVoice] = {}
        strokes: dict[tuple[int, int, int], FloatArray] = {}
        turns: dict[int, int] = {}
        for note, stop in zip(notes, stops, strict=True):
            start = round(note.onset_seconds * sample_rate_hz)
            if not 0 <= start < length_samples:
                continue
            placed = self.kit.keys[note.pitch]
            if note.pitch not in voices:
                voices[note.pitch] = self._voice(note.pitch, sample_rate_hz)
            voice = voices[note.pitch]
            turns[note.pitch] = turns.get(note.pitch, -1) + 1
            layer = min((note.velocity - 1) * VELOCITY_LAYERS // 127, VELOCITY_LAYERS - 1)
            key = (note.pitch, layer, _variant(turns[note.pitch], voice.drum))
            middle = round((layer + 0.5) * 127 / VELOCITY_LAYERS)
            if key not in strokes:
                strokes[key] = voice.stroke(middle, key[2])
            level = (note.velocity / middle) ** voice.drum.dynamic
            level *= db_to_gain(placed.db + self.kit.gain_db)
            left, right = _sides(placed)
            fade = GATE_SECONDS if voice.drum.gated else CHOKE_SECONDS
            mix_hit(
                out, send, start, strokes[key], level * left, level * right, voice.drum.room,
                max(stop - start, 0), round(fade * sample_rate_hz),
            )  # fmt: skip
        if self.kit.room_db > -60.0:
            add_room(
                out, send, db_to_gain(self.kit.room_db), self.kit.room_seconds, self.kit.room_hz,
                float(sample_rate_hz),
            )  # fmt: skip
        apply_volume_and_pan(out, Controls(part, length_samples, sample_rate_hz))
        return out

    def _voice(self, key: int, sample_rate_hz: int) -> DrumVoice | FittedVoice:
        placed = self.kit.keys[key]
        fitted = fitted_keys().get(self.kit_id)
        if fitted is not None and key in fitted:
            played, drum = fitted_drums()[fitted[key].drum], drums()[placed.drum]
            return FittedVoice(played, drum, sample_rate_hz, fitted[key].db)
        return DrumVoice(placed.drum, placed.semitones, sample_rate_hz)

    def _stops(
        self, notes: list[PlayedNote], length_samples: int, sample_rate_hz: int
    ) -> list[int]:
        """Sample from which each stroke is damped: by its group (a closing hat) or its own end."""
        stops = [length_samples] * len(notes)
        ringing: dict[str, int] = {}
        for i, note in enumerate(notes):
            drum = drums()[self.kit.keys[note.pitch].drum]
            onset = round(note.onset_seconds * sample_rate_hz)
            if drum.group:
                if drum.group in ringing:
                    before = ringing[drum.group]
                    if notes[before].onset_seconds < note.onset_seconds:
                        stops[before] = min(stops[before], onset)
                ringing[drum.group] = i
            if drum.gated:
                end = note.onset_seconds + max(note.duration_seconds, 0.12)
                stops[i] = min(stops[i], round(end * sample_rate_hz))
        return stops


def kit_instrument(kit_id: str) -> KitInstrument:
    """The kit of an instrument id such as ``"standard_kit"``.

    Raises
    ------
    StyleError
        If there is no such kit.
    """
    return KitInstrument(kit_id)


def _variant(turn: int, drum: Drum) -> int:
    """Variants in an order whose period is longer than a bar of equal strokes."""
    count = LONG_VARIANTS if drum.metal and drum.seconds >= LONG_SECONDS else VARIANTS
    return (turn + turn // count + turn // 7) % count


def _sides(placed: Placed) -> tuple[float, float]:
    pan = drums()[placed.drum].pan if placed.pan is None else placed.pan
    angle = (min(max(pan, -1.0), 1.0) + 1.0) * np.pi / 4.0
    return float(np.cos(angle) * np.sqrt(2.0)), float(np.sin(angle) * np.sqrt(2.0))
