"""FluidSynth as a source of sound: the program plays a soundfont outside this process."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from pathlib import Path

import numpy as np
import soundfile

from songwright.errors import AudioError, FileFormatError
from songwright.perform.model import PlayedPart
from songwright.render.hosts.hosted import Hosted
from songwright.render.hosts.midi_part import midi_file
from songwright.render.jit import FloatArray
from songwright.render.soundfonts.rights import soundfont_credit
from songwright.render.soundfonts.sf2 import SoundfontFile
from songwright.render.soundfonts.source import plays
from songwright.render.sources import Credit, Instrument
from songwright.score import instruments

PROGRAM = "fluidsynth"
LIMIT_SECONDS = 900


class FluidSynth:
    """Plays General MIDI parts of a soundfont with the `fluidsynth` program.

    Parameters
    ----------
    path
        An ``.sf2`` or ``.sf3`` file.
    only
        Id of the one part, instrument or role that it plays; "" plays all.

    Raises
    ------
    FileFormatError
        If the program is not installed or the file is damaged.
    """

    def __init__(self, path: str | Path, only: str = "") -> None:
        if shutil.which(PROGRAM) is None:
            raise FileFormatError(
                "FluidSynth is not installed (on Debian: apt install fluidsynth); "
                "without `fluidsynth:` before the file name Songwright plays it by itself"
            )
        self.file = SoundfontFile(path)  # read here so that damage is named before a child sees it
        self.only = only

    @property
    def credit(self) -> Credit:
        """The soundfont's credit; the program leaves no trace of its own in the sound."""
        font = soundfont_credit(self.file.facts, self.file.path.name)
        return Credit(font.name, font.licence, f"{font.origin}; played by FluidSynth (LGPL-2.1+)")

    def instrument_for(self, part: PlayedPart) -> Instrument | None:
        """The program of the part, if the soundfont has it."""
        facts = instruments().get(part.instrument)
        if facts is None or not plays(self.only, part):
            return None
        bank = 128 if facts.is_kit else 0
        if not any((p.bank, p.program) == (bank, facts.program) for p in self.file.presets):
            return None
        return _Program(self.file.path, part.instrument, facts.program, facts.is_kit)


class _Program(Hosted):
    def __init__(self, path: Path, instrument_id: str, program: int, is_kit: bool) -> None:
        super().__init__(instrument_id)
        self.path = path
        self.program = program
        self.is_kit = is_kit

    def _played(self, part: PlayedPart, length_samples: int, sample_rate_hz: int) -> FloatArray:
        with tempfile.TemporaryDirectory() as folder:
            midi, wave = Path(folder, "part.mid"), Path(folder, "part.wav")
            midi.write_bytes(midi_file(part, 0, self.program, self.is_kit))
            try:
                subprocess.run(
                    [PROGRAM, "-ni", "-q", "-R", "0", "-C", "0", "-g", "0.5", "-r",
                     str(sample_rate_hz), "-O", "float", "-T", "wav", "-F", str(wave),
                     str(self.path), str(midi)],
                    check=True, capture_output=True, timeout=LIMIT_SECONDS,
                )  # fmt: skip
                audio, _ = soundfile.read(wave, dtype="float32", always_2d=True)
            except (OSError, RuntimeError, subprocess.SubprocessError) as error:
                raise AudioError(
                    f"FluidSynth could not play {part.name!r} with {self.path.name}: {error}; "
                    "without `fluidsynth:` Songwright plays the file by itself"
                ) from error
        out = np.zeros((2, length_samples), np.float32)
        count = min(length_samples, audio.shape[0])
        out[:, :count] = audio[:count].T
        return out
