"""One played part to audio: picks the instrument, renders, levels.

An `Instrument` is anything with the one method ``render``; the built-in ones are the voice models
of this package (`sampler`, `sustained`) fed with a patch, and the drum kits.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Protocol

import numpy as np

from songwright.errors import AudioError, StyleError
from songwright.perform.model import PlayedPart
from songwright.render.bus import process_bus
from songwright.render.controls import Controls, apply_volume_and_pan
from songwright.render.effects import effect_note
from songwright.render.fm import fm_note
from songwright.render.jit import BLOCK, FloatArray
from songwright.render.modal import modal_note
from songwright.render.patch_model import EffectPatch, FmPatch, ModalPatch, Patch, Touch
from songwright.render.patches import patch, patch_gain_db, variant_ids
from songwright.render.sampler import NoteMaker, Sampler, glide
from songwright.render.sustained import SustainedInstrument
from songwright.units import db_to_gain


class Instrument(Protocol):
    """Something that turns a played part into sound."""

    def render(self, part: PlayedPart, length_samples: int, sample_rate_hz: int) -> FloatArray:
        """Audio of the part, float32, shape (2, length_samples)."""
        ...


class PatchInstrument:
    """An instrument made of one patch: voice model, bus, calibration, controllers."""

    def __init__(self, patch_id: str) -> None:
        self.patch_id = patch_id
        self.patch: Patch = patch(patch_id)

    def render(self, part: PlayedPart, length_samples: int, sample_rate_hz: int) -> FloatArray:
        """Audio of the part, float32, shape (2, length_samples)."""
        audio = _voices(self.patch_id, self.patch).render(part, length_samples, sample_rate_hz)
        process_bus(audio, self.patch.bus, sample_rate_hz)
        audio *= np.float32(db_to_gain(patch_gain_db(self.patch_id)))
        apply_volume_and_pan(audio, Controls(part, length_samples, sample_rate_hz))
        return audio


def _voices(patch_id: str, facts: Patch) -> Instrument:
    if isinstance(facts, ModalPatch):
        maker: NoteMaker = partial(modal_note, facts)
        return Sampler(patch_id, _dropping(maker, facts.touch), facts.touch)
    if isinstance(facts, FmPatch):
        return Sampler(patch_id, partial(fm_note, facts), facts.touch)
    if isinstance(facts, EffectPatch):
        return Sampler(patch_id, partial(effect_note, facts), facts.touch)
    return SustainedInstrument(facts)


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


def _instrument_for(instrument_id: str) -> Instrument:
    if instrument_id.endswith("_kit"):
        try:
            from songwright.render.kits import kit_instrument  # noqa: PLC0415
        except ImportError as error:
            raise StyleError(f"no sound for the drum kit {instrument_id!r}: {error}") from error
        kit: Instrument = kit_instrument(instrument_id)
        return kit
    return PatchInstrument(instrument_id)


def render_part(part: PlayedPart, length_samples: int, sample_rate_hz: int = 48000) -> FloatArray:
    """Render one part.

    Parameters
    ----------
    part
        The part as played; ``part.instrument`` is an id of the instrument table.
    length_samples
        Length of the result; notes that start later are dropped, tails are cut there.
    sample_rate_hz
        22050..192000.

    Returns
    -------
    numpy.ndarray
        float32, shape (2, length_samples). A mezzo-forte note in the middle of the range has a
        momentary loudness of about -24 LUFS with any instrument. The same part always gives the
        same samples, whatever else is rendered.

    Raises
    ------
    StyleError
        If there is no sound for the instrument.
    AudioError
        If length or sample rate make no sense.
    """
    if length_samples < 0 or not 8000 <= sample_rate_hz <= 192000:
        raise AudioError(
            f"cannot render {length_samples} samples at {sample_rate_hz} Hz; "
            "use a length of at least 0 and a rate of 8000..192000 Hz"
        )
    if not part.notes or length_samples == 0:
        return np.zeros((2, length_samples), np.float32)
    result: FloatArray | None = None
    for instrument_id, piece in _by_articulation(part):
        audio = _instrument_for(instrument_id).render(piece, length_samples, sample_rate_hz)
        if result is None:
            result = audio
        else:
            result += audio
    assert result is not None
    return result


def _by_articulation(part: PlayedPart) -> list[tuple[str, PlayedPart]]:
    """Split off the notes whose articulation has a patch of its own (pizzicato, palm mute)."""
    found = {note.articulation for note in part.notes if note.articulation}
    special = {name for name in found if f"{part.instrument}:{name}" in variant_ids()}
    if not special:
        return [(part.instrument, part)]
    pieces = []
    for articulation in ("", *sorted(special)):
        notes = tuple(
            note
            for note in part.notes
            if (note.articulation if note.articulation in special else "") == articulation
        )
        if notes:
            patch_id = f"{part.instrument}:{articulation}" if articulation else part.instrument
            pieces.append((patch_id, replace(part, notes=notes)))
    return pieces
