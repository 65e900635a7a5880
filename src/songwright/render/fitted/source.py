"""The fitted instruments as a source of sound."""

from __future__ import annotations

import logging
from dataclasses import replace
from functools import cache

import numpy as np

from songwright.errors import FileFormatError, StyleError
from songwright.perform.model import PlayedNote, PlayedPart
from songwright.render.builtin import PatchInstrument
from songwright.render.bus import process_bus
from songwright.render.controls import Controls, apply_volume_and_pan
from songwright.render.fitted.card import fitted_card, load_fitted
from songwright.render.fitted.held import HeldInstrument, Playing
from songwright.render.fitted.model import FittedInstrument
from songwright.render.fitted.struck import StruckInstrument
from songwright.render.jit import FloatArray
from songwright.render.patch_model import Patch, SustainedPatch, Touch
from songwright.render.patches import patch, patch_ids, variant_ids
from songwright.render.sources import Credit, Instrument
from songwright.score.instruments import instruments
from songwright.units import db_to_gain

PLAYED_BY = {
    "pizzicato": dict.fromkeys(
        ("violin", "viola", "cello", "contrabass", "fiddle", "string_ensemble_1",
         "string_ensemble_2", "tremolo_strings"),
        "pizzicato_strings",
    ),
    "tremolo": {"string_ensemble_1": "tremolo_strings", "string_ensemble_2": "tremolo_strings"},
    "staccato": {
        "electric_guitar_clean": "electric_guitar_muted",
        "electric_guitar_jazz": "electric_guitar_muted",
    },
}  # fmt: skip
"""Articulation, instrument: the instrument that was recorded playing that way."""

STAND_IN_DB = {"pizzicato": -4.0, "staccato": -6.0}
"""Short notes of instruments that are levelled by what 0.4 s of them hold would stick out of a
line by so much."""

MOVING = ("vibraphone", "drawbar_organ", "percussive_organ", "rock_organ")
"""Recorded through turning fans and speakers, which single tones cannot hold: the patch's turn."""

ELECTRONIC_FAMILIES = ("synth lead", "synth pad", "synth effects", "sound effects")
"""Synthesised here rather than copied from somebody's sampled synthesiser: filters and movement
answer the controllers, and a long sound goes on developing."""

DRIVEN = ("overdriven_guitar", "distortion_guitar")
"""The strings of a chord go through one amplifier and distort each other: their sound is not the
sum of single notes, so the built-in strings and amplifier play it."""

TREMBLING = ("tremolo_strings",)
"""Instruments that play tremolo whatever is written."""

TREMOLO_HZ = 10.5

BOWED = ("violin", "viola", "cello", "contrabass", "fiddle", "string_ensemble_1",
         "string_ensemble_2")  # fmt: skip
BOW_SECONDS = 1.4
"""After so long the bow turns at the next note of a slurred line."""

_BY_ITSELF = ("tremolo", "ghost")  # articulations that every fitted instrument plays

_log = logging.getLogger("songwright.render")


class Player:
    """A fitted instrument under the part's controllers, at the loudness of the built-in sounds."""

    def __init__(self, instrument: FittedInstrument, digest: str, facts: Patch | None) -> None:
        self.instrument, self.digest, self.facts = instrument, digest, facts

    def render(self, part: PlayedPart, length_samples: int, sample_rate_hz: int) -> FloatArray:
        """Audio of the part, float32, shape (2, length_samples)."""
        out = np.zeros((2, length_samples), np.float32)
        for stroke_hz, piece in _by_bowing(part, self.instrument):
            out += self._voices(stroke_hz).render(piece, length_samples, sample_rate_hz)
        out *= np.float32(db_to_gain(self.instrument.gain_db))
        controls = Controls(part, length_samples, sample_rate_hz)
        if self.instrument.id in MOVING and self.facts is not None:
            origin = controls.clock.origin_seconds
            process_bus(out, self.facts.bus.only_moving(), sample_rate_hz, origin)
        apply_volume_and_pan(out, controls)
        return out

    def struck(self) -> StruckInstrument | None:
        """The player of finished tones, or None for an instrument that is held."""
        if self.instrument.kind != "struck":
            return None
        touch = getattr(self.facts, "touch", Touch(release_seconds=0.2))
        return StruckInstrument(self.instrument, self.digest, touch)

    def _voices(self, stroke_hz: float) -> Instrument:
        struck = self.struck()
        if struck is not None:
            return struck
        bow = BOW_SECONDS if self.instrument.id in BOWED else 0.0
        playing = Playing(stroke_hz=stroke_hz, bow_seconds=bow)
        if isinstance(self.facts, SustainedPatch):
            playing = replace(
                playing,
                vibrato=self.facts.vibrato,
                onset=self.facts.onset,
                velocity_exponent=self.facts.envelope.velocity_exponent,
            )
        return HeldInstrument(self.instrument, playing)


class Fitted:
    """The source that plays what was measured nearer to recordings than the built-in patches."""

    credit = Credit(
        "Instruments fitted to MuseScore General recordings",
        "MIT",
        "parameters measured from fluid-soundfont-gm and musescore-general-soundfont",
    )

    def instrument_for(self, part: PlayedPart) -> Instrument | None:
        """The fitted instrument of the part, if it is preferred and its file is sound."""
        name = part.instrument
        if name not in preferred() or player(name) is None:
            return None
        return Articulated(name)


class Articulated:
    """A fitted instrument with others for some of its articulations."""

    def __init__(self, instrument_id: str) -> None:
        self.instrument_id = instrument_id

    def render(self, part: PlayedPart, length_samples: int, sample_rate_hz: int) -> FloatArray:
        """Audio of the part, float32, shape (2, length_samples)."""
        groups: dict[str, list[PlayedNote]] = {}
        for note in part.notes:
            groups.setdefault(self._player_of(note.articulation), []).append(note)
        out = np.zeros((2, length_samples), np.float32)
        for name in sorted(groups):
            piece = replace(part, notes=tuple(groups[name]))
            instrument = PatchInstrument(name) if ":" in name else player(name)
            assert instrument is not None
            audio = instrument.render(piece, length_samples, sample_rate_hz)
            if name != self.instrument_id and ":" not in name:
                articulation = piece.notes[0].articulation
                audio *= np.float32(db_to_gain(STAND_IN_DB.get(articulation, 0.0)))
            out += audio
        return out

    def _player_of(self, articulation: str) -> str:
        """Id of the fitted instrument or, with a colon, of the patch for an articulation."""
        own = self.instrument_id
        other = PLAYED_BY.get(articulation, {}).get(own)
        if other is not None and other in preferred() and player(other) is not None:
            return other
        special = f"{own}:{articulation}"
        natural = articulation in _BY_ITSELF
        if articulation and not natural and special in variant_ids():
            return special
        return own


@cache
def player(instrument_id: str) -> Player | None:
    """The fitted instrument ready to play, or None (with a warning) if its file is damaged."""
    try:
        instrument = load_fitted(instrument_id)
    except FileFormatError as error:
        _log.warning("%s; the built-in sound is used instead", error)
        return None
    digest = fitted_card().instruments[instrument_id].sha256
    facts = patch(instrument_id) if instrument_id in patch_ids() else None
    return Player(instrument, digest, facts)


@cache
def preferred() -> frozenset[str]:
    """Ids of the acoustic and electric instruments whose fit came nearest to recordings.

    None if the card is damaged (with a warning).
    """
    try:
        names = fitted_card().preferred
    except StyleError as error:
        _log.warning("%s; the built-in sounds are used instead", error)
        return frozenset()
    return frozenset(name for name in names if name not in DRIVEN and not _is_electronic(name))


def _is_electronic(instrument_id: str) -> bool:
    known = instruments().get(instrument_id)
    if known is None or instrument_id.startswith("synth_"):
        return True
    return known.family in ELECTRONIC_FAMILIES


def _by_bowing(part: PlayedPart, instrument: FittedInstrument) -> list[tuple[float, PlayedPart]]:
    """The part in pieces of one kind of bowing: strokes a second (0: long), and its notes."""
    if instrument.id in TREMBLING:
        return [(TREMOLO_HZ, part)]
    held = instrument.kind == "held"
    trembling = [note for note in part.notes if held and note.articulation == "tremolo"]
    if not trembling:
        return [(0.0, part)]
    rest = tuple(note for note in part.notes if note.articulation != "tremolo")
    pieces = [(TREMOLO_HZ, replace(part, notes=tuple(trembling)))]
    return [(0.0, replace(part, notes=rest)), *pieces] if rest else pieces
