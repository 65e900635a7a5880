"""SFZ instruments: a text file that maps audio files to keys (format versions 1 and parts of 2)."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from threading import Lock

import numpy as np
import soundfile

from songwright.errors import FileFormatError
from songwright.perform.model import PlayedPart
from songwright.render.jit import FloatArray
from songwright.render.soundfonts.riff import chunks, riff_form
from songwright.render.soundfonts.rights import UNSTATED, licences_in
from songwright.render.soundfonts.sfz_region import SfzRegion, loop_mode, region_of, voice_of
from songwright.render.soundfonts.sfz_text import read_sfz
from songwright.render.soundfonts.source import EVERYBODY, BankInstrument, plays
from songwright.render.soundfonts.voice import NO_LOOP, Clip, Voice, clip_of
from songwright.render.sources import Credit, Instrument


@dataclass(frozen=True, slots=True)
class SampleFile:
    """An audio file: shape (channels, samples), its rate, and the loop that it carries if any."""

    audio: FloatArray
    rate_hz: float
    loop: tuple[int, int] | None


class SfzBank:
    """The voices of an SFZ file; see `songwright.render.soundfonts.voice.Bank`.

    Raises
    ------
    FileFormatError
        If the text or a sample that it names is damaged or missing.
    """

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)
        text = read_sfz(self.path)
        self.comment = text.comment
        found = (region_of(region) for region in text.regions)
        self.regions: tuple[SfzRegion, ...] = tuple(r for r in found if r is not None)
        if not self.regions:
            raise FileFormatError(
                f"{self.path.name} has no region that a struck key would start and that names "
                "a sample"
            )
        self._where = {r.sample: _located(self.path.parent, r) for r in self.regions}
        self._files: dict[str, SampleFile] = {}
        self._clips: dict[tuple[int, int], Clip] = {}
        self._made: dict[tuple[int, int, int], tuple[Voice, ...]] = {}

    @cached_property
    def _cycle(self) -> int:
        """Strokes of one key after which the choice of regions begins again."""
        chances = any(r.chance != (0.0, 1.0) for r in self.regions)
        length = int(np.lcm.reduce([min(r.sequence[0], 64) for r in self.regions]))
        return min(max(length, 32 if chances else 1), 960)

    def voices(self, key: int, velocity: int, turn: int) -> tuple[Voice, ...]:
        """What sounds when a key is struck for the ``turn``-th time."""
        place = (key, velocity, turn % self._cycle)
        if place not in self._made:
            chance = _chance(key, place[2])
            self._made[place] = tuple(
                voice
                for number, region in enumerate(self.regions)
                if region.answers(key, velocity, place[2], chance)
                for voice in self._voices(number, region, key, velocity)
            )
        return self._made[place]

    def _voices(self, number: int, region: SfzRegion, key: int, velocity: int) -> list[Voice]:
        file = self._file(region)
        sides = (0,) if file.audio.shape[0] == 1 else (-1, 1)
        return [
            voice_of(region, self._clip(number, region, channel), file.rate_hz, key, velocity, side)
            for channel, side in enumerate(sides)
        ]

    def _clip(self, number: int, region: SfzRegion, channel: int) -> Clip:
        place = (number, channel)
        if place not in self._clips:
            file = self._file(region)
            loop = loop_mode(region, file.loop is not None)
            first, last = file.loop or (0, file.audio.shape[1])
            start = int(region.number("offset"))
            end = int(region.number("end", 0)) + 1
            # The end of an SFZ loop or sample is the last one played, not the one after it.
            loop_start = region.number("loop_start", region.number("loopstart", first))
            loop_end = region.number("loop_end", region.number("loopend", last - 1)) + 1
            self._clips[place] = clip_of(
                file.audio[channel], start, end if end > 1 else 1 << 40, int(loop_start),
                int(loop_end), loop if loop_end > loop_start else NO_LOOP,
            )  # fmt: skip
        return self._clips[place]

    def _file(self, region: SfzRegion) -> SampleFile:
        if region.sample not in self._files:
            self._files[region.sample] = read_sample(self._where[region.sample])
        return self._files[region.sample]


class Sfz:
    """An SFZ file as a source of sound for one part, instrument or role.

    Parameters
    ----------
    path
        An ``.sfz`` file; its samples lie where it says.
    only
        Id of the part, instrument or role that it plays; "" plays everything but drum kits.

    Raises
    ------
    FileFormatError
        If it is damaged or a sample is missing.
    """

    def __init__(self, path: str | Path, only: str = "") -> None:
        self.bank = SfzBank(path)
        self.only = only
        self._made: dict[str, BankInstrument] = {}
        self._lock = Lock()

    @property
    def credit(self) -> Credit:
        """The file's name, and the licence if its comments name one."""
        path = self.bank.path
        return Credit(path.stem, licences_in(self.bank.comment) or UNSTATED, path.name)

    def instrument_for(self, part: PlayedPart) -> Instrument | None:
        """The instrument, if the part is one that it was asked for."""
        alone = self.only not in ("", EVERYBODY)
        if not plays(self.only, part) or (not alone and part.instrument.endswith("_kit")):
            return None
        with self._lock:
            if part.instrument not in self._made:
                self._made[part.instrument] = BankInstrument(self.bank, part.instrument, {})
            return self._made[part.instrument]


def read_sample(path: Path) -> SampleFile:
    """Read an audio file of one or two channels, with the loop of a WAV's ``smpl`` chunk.

    Raises
    ------
    FileFormatError
        If it cannot be read.
    """
    try:
        audio, rate = soundfile.read(path, dtype="float32", always_2d=True)
    except (OSError, RuntimeError, ValueError, TypeError) as error:
        raise FileFormatError(f"the sample {path} cannot be read: {error}") from error
    if not np.isfinite(audio).all():
        raise FileFormatError(f"the sample {path} holds values that are no numbers")
    sides = np.ascontiguousarray(audio[:, :2].T)
    return SampleFile(
        sides, float(rate), _wave_loop(path) if path.suffix.lower() == ".wav" else None
    )


def _wave_loop(path: Path) -> tuple[int, int] | None:
    """First loop of a WAV file as (first sample, sample after the last)."""
    try:
        data = path.read_bytes()
        _, root = riff_form(data, path.name)
        for chunk in chunks(data, root, path.name):
            if chunk.name == "smpl" and chunk.end - chunk.start >= 36 + 24:
                row = np.frombuffer(data, "<u4", 15, chunk.start)
                return (int(row[11]), int(row[12]) + 1) if row[7] else None
    except FileFormatError:
        return None  # the audio was readable; only the loop is lost
    return None


def _located(root: Path, region: SfzRegion) -> Path:
    """The file of a sample. Makers on Windows mix cases and slashes, so both are forgiven."""
    name = region.sample.replace("\\", "/")
    path = root / name
    if path.is_file():
        return path
    found = root
    for piece in Path(name).parts:
        if piece == "..":
            found = found.parent
            continue
        try:
            alike = [e for e in found.iterdir() if e.name.lower() == piece.lower()]
        except OSError:
            alike = []
        if not alike:
            raise FileFormatError(
                f"{region.text.where}: the sample {region.sample!r} is missing; "
                "an SFZ needs all its audio files beside it"
            )
        found = sorted(alike)[0]
    return found


def _chance(key: int, turn: int) -> float:
    digest = hashlib.blake2b(f"{key}/{turn}".encode(), digest_size=4).digest()
    return int.from_bytes(digest, "big") / 2**32
