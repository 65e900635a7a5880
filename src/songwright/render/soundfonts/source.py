"""Soundfonts and SFZ instruments as sources of sound."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path
from threading import Lock

import numpy as np

from songwright.perform.model import PlayedPart
from songwright.render.controls import Controls, apply_volume_and_pan
from songwright.render.jit import FloatArray
from songwright.render.soundfonts.loudness_match import matching_gain
from songwright.render.soundfonts.player import play_bank
from songwright.render.soundfonts.rights import soundfont_credit
from songwright.render.soundfonts.sf2 import Preset, SoundfontFile
from songwright.render.soundfonts.voice import Bank
from songwright.render.sources import Credit, Instrument
from songwright.score import instrument, instruments

KITS_BANK = 128

EVERYBODY = "all"
"""What is written before ``=FILE`` for a source that plays every part it can."""

_STRINGS = ("violin", "viola", "cello", "contrabass", "fiddle", "string_ensemble_1",
            "string_ensemble_2")  # fmt: skip
_OTHER_PROGRAMS: dict[tuple[str, str], str] = {
    **{(name, "pizzicato"): "pizzicato_strings" for name in _STRINGS},
    **{(name, "tremolo"): "tremolo_strings" for name in _STRINGS},
    ("electric_guitar_clean", "staccato"): "electric_guitar_muted",
    ("electric_guitar_clean", "ghost"): "electric_guitar_muted",
    ("overdriven_guitar", "staccato"): "electric_guitar_muted",
    ("distortion_guitar", "staccato"): "electric_guitar_muted",
}
"""Ways of playing that General MIDI has a program of its own for."""


class BankInstrument:
    """A bank as an instrument, at the loudness that the mix expects."""

    def __init__(self, bank: Bank, instrument_id: str, others: dict[str, Bank]) -> None:
        self.bank = bank
        self.instrument_id = instrument_id
        self.others = others
        self._gain: float | None = None

    def render(self, part: PlayedPart, length_samples: int, sample_rate_hz: int) -> FloatArray:
        """Audio of the part, float32, shape (2, length_samples)."""
        if self._gain is None:
            self._gain = matching_gain(partial(play_bank, self.bank), self.instrument_id)
        out = np.zeros((2, length_samples), np.float32)
        for bank, piece in self._pieces(part):
            out += play_bank(bank, piece, length_samples, sample_rate_hz, self._gain)
        apply_volume_and_pan(out, Controls(part, length_samples, sample_rate_hz))
        return out

    def _pieces(self, part: PlayedPart) -> list[tuple[Bank, PlayedPart]]:
        pieces = []
        for how in ("", *self.others):
            notes = tuple(
                note
                for note in part.notes
                if (note.articulation if note.articulation in self.others else "") == how
            )
            if notes:
                pieces.append((self.others[how] if how else self.bank, replace(part, notes=notes)))
        return pieces


class Soundfont:
    """A SoundFont 2 or 3 file as a source of sound.

    Parameters
    ----------
    path
        An ``.sf2`` or ``.sf3`` file.
    only
        Id of the one part, instrument or role that it plays; see `plays`.
    preset
        Bank and program to play instead of the part's own.

    Raises
    ------
    FileFormatError
        If the file cannot be read, is damaged, or has no such preset.
    """

    def __init__(
        self, path: str | Path, only: str = "", preset: tuple[int, int] | None = None
    ) -> None:
        self.file = SoundfontFile(path)
        self.only = only
        self.fixed = preset
        if preset is not None:
            self.file.require(*preset)
        self._made: dict[str, BankInstrument | None] = {}
        self._lock = Lock()  # parts are rendered on several threads

    @property
    def credit(self) -> Credit:
        """Name, licence and maker as the file states them."""
        return soundfont_credit(self.file.facts, self.file.path.name)

    @property
    def presets(self) -> tuple[Preset, ...]:
        """All presets in the order of bank and program."""
        return self.file.presets

    def instrument_for(self, part: PlayedPart) -> Instrument | None:
        """The preset of the part's program; None if the file has none or is not for this part."""
        if not plays(self.only, part):
            return None
        with self._lock:
            name = part.instrument
            if name not in self._made:
                self._made[name] = self._instrument(name)
            return self._made[name]

    def _instrument(self, name: str) -> BankInstrument | None:
        if self.fixed is not None:
            fixed = self.file.preset(*self.fixed)
            return None if fixed is None else BankInstrument(fixed, name, {})
        facts = instruments().get(name)
        if facts is None:
            return None
        if facts.is_kit:
            kit = self.file.preset(KITS_BANK, facts.program) or self.file.preset(KITS_BANK, 0)
            return None if kit is None else BankInstrument(kit, name, {})
        bank = self.file.preset(0, facts.program)
        if bank is None:
            return None
        others: dict[str, Bank] = {}
        for (who, how), other in _OTHER_PROGRAMS.items():
            found = self.file.preset(0, instrument(other).program) if who == name else None
            if found is not None:
                others[how] = found
        return BankInstrument(bank, name, others)


def plays(only: str, part: PlayedPart) -> bool:
    """True if a source that was asked for ``only`` plays a part.

    ``only`` is a part id, an instrument, a role, ``"all"``, or empty: everybody but the parts that
    name a sound of the palette, whose General MIDI program is no more than a likeness of it.
    """
    if not only:
        return not part.sound
    return only in (EVERYBODY, part.id, part.instrument, part.role)
