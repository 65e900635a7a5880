"""The built-in sounds: a patch for each General MIDI program, and the drum kits.

A patch feeds one of the voice models of this package (`sampler`, `sustained`) and a bus; notes
whose articulation has a patch of its own (pizzicato, palm mute) are played by that one.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import numpy as np

from songwright.perform.model import PlayedPart
from songwright.render.bus import process_bus
from songwright.render.controls import Controls, apply_volume_and_pan
from songwright.render.effects import effect_note
from songwright.render.fm import fm_note
from songwright.render.jit import BLOCK, FloatArray
from songwright.render.kit_fitted_model import fitted_keys
from songwright.render.kits import kit_instrument
from songwright.render.modal import modal_note
from songwright.render.patch_model import EffectPatch, FmPatch, ModalPatch, Patch, Touch
from songwright.render.patches import patch, patch_gain_db, patch_ids, variant_ids
from songwright.render.sampler import NoteMaker, Sampler, glide
from songwright.render.sources import Credit, Instrument
from songwright.render.sustained import SustainedInstrument
from songwright.seeds import noise_rng
from songwright.units import db_to_gain


class PatchInstrument:
    """An instrument made of one patch: voice model, bus, calibration, controllers."""

    def __init__(self, patch_id: str) -> None:
        self.patch_id = patch_id
        self.patch: Patch = patch(patch_id)

    def render(self, part: PlayedPart, length_samples: int, sample_rate_hz: int) -> FloatArray:
        """Audio of the part, float32, shape (2, length_samples)."""
        voices = _voices(self.patch_id, self.patch, part.id)
        audio = voices.render(part, length_samples, sample_rate_hz)
        controls = Controls(part, length_samples, sample_rate_hz)
        process_bus(audio, self.patch.bus, sample_rate_hz, controls.clock.origin_seconds)
        audio *= np.float32(db_to_gain(patch_gain_db(self.patch_id)))
        apply_volume_and_pan(audio, controls)
        return audio


def _voices(patch_id: str, facts: Patch, part_id: str) -> Instrument:
    if isinstance(facts, ModalPatch):
        maker: NoteMaker = partial(modal_note, facts)
        if facts.touch.own_cents > 0.0:
            # one recording panned to both sides would fold into the middle
            tuning = noise_rng(0, "tuning", part_id).uniform(-1.0, 1.0)
            maker = _tuned(maker, facts.touch.own_cents * float(tuning))
            patch_id = f"{patch_id}/{part_id}"
        return Sampler(patch_id, _dropping(maker, facts.touch), facts.touch)
    if isinstance(facts, FmPatch):
        return Sampler(patch_id, partial(fm_note, facts), facts.touch)
    if isinstance(facts, EffectPatch):
        return Sampler(patch_id, partial(effect_note, facts), facts.touch)
    return SustainedInstrument(facts)


def _tuned(maker: NoteMaker, cents: float) -> NoteMaker:
    """Wrap a maker so that its strings are off by some cents."""

    def make(
        pitch: float,
        velocity: float,
        samples: int,
        sample_rate_hz: int,
        random: np.random.Generator,
    ) -> FloatArray:
        return maker(pitch + cents / 100.0, velocity, samples, sample_rate_hz, random)

    return make


def _dropping(maker: NoteMaker, touch: Touch) -> NoteMaker:
    """Wrap a maker so that each note starts sharp and falls to its pitch (drums, toms)."""
    if touch.drop_cents == 0.0:
        return maker

    def make(
        pitch: float,
        velocity: float,
        samples: int,
        sample_rate_hz: int,
        random: np.random.Generator,
    ) -> FloatArray:
        note = maker(pitch, velocity, int(samples * 1.5), sample_rate_hz, random)
        seconds = np.arange(note.shape[1] // BLOCK + 1) * (BLOCK / sample_rate_hz)
        depth = touch.drop_cents / 100.0 * (0.4 + 0.6 * velocity / 127.0)
        return glide(note, (depth * np.exp(-seconds / touch.drop_seconds)).astype(np.float32))

    return make


class FittedKits:
    """The source of kits whose strokes were measured from recordings, where they were.

    The credit is that of ``data/fitted_kits/card.md``.
    """

    credit = Credit(
        "Drums fitted to FluidR3 recordings", "MIT", "parameters measured from fluid-soundfont-gm"
    )

    def instrument_for(self, part: PlayedPart) -> Instrument | None:
        """The kit of the part, if any of its strokes was measured."""
        return kit_instrument(part.instrument) if part.instrument in fitted_keys() else None


class BuiltIn:
    """The source that always has a sound: patches and kits of this package."""

    credit = Credit("Songwright's own synthesis", "Apache-2.0", "the songwright package")

    def instrument_for(self, part: PlayedPart) -> Instrument | None:
        """The patch or kit of the part's instrument."""
        name = part.instrument
        if name.endswith("_kit"):
            return kit_instrument(name)
        return Articulated(name) if name in patch_ids() else None


class Articulated:
    """An instrument with a patch of its own for some articulations."""

    def __init__(self, instrument_id: str) -> None:
        self.instrument_id = instrument_id

    def render(self, part: PlayedPart, length_samples: int, sample_rate_hz: int) -> FloatArray:
        """Audio of the part, float32, shape (2, length_samples)."""
        out = np.zeros((2, length_samples), np.float32)
        for patch_id, piece in self._pieces(part):
            out += PatchInstrument(patch_id).render(piece, length_samples, sample_rate_hz)
        return out

    def _pieces(self, part: PlayedPart) -> list[tuple[str, PlayedPart]]:
        found = {note.articulation for note in part.notes if note.articulation}
        name = self.instrument_id
        special = {how for how in found if f"{name}:{how}" in variant_ids()}
        if not special:
            return [(name, part)]
        pieces = []
        for how in ("", *sorted(special)):
            notes = tuple(
                note
                for note in part.notes
                if (note.articulation if note.articulation in special else "") == how
            )
            if notes:
                pieces.append((f"{name}:{how}" if how else name, replace(part, notes=notes)))
        return pieces
