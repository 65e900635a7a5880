"""Compiles every kernel of the synthesiser by playing a few patches that use them all."""

from __future__ import annotations

from songwright import palette
from songwright.perform.model import PlayedNote, PlayedPart
from songwright.render.synth.source import PatchPlayer

PATCHES = ("bass_acid", "bass_808_gritty", "keys_house_piano", "keys_lofi_tines", "pad_glass")
"""Between them: wavetables, FM, loops, noise, filters, drive, folds, crushing, chorus, tone."""


def warm_up() -> None:
    """Play a moment of each; the machine code is cached on disk."""
    for name in PATCHES:
        part = PlayedPart("warm", "", "lead", "", (PlayedNote(0.0, 0.1, 48, 90),), sound=name)
        PatchPlayer(palette.get(name)).render(part, 12_000, 48_000)
