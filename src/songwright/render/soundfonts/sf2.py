"""SoundFont 2 and 3 files: presets made of zones of samples.

A preset is read when it is first asked for, a sample when it first sounds; the file itself is
mapped into memory. SoundFont 3 is the same with each sample as an Ogg Vorbis stream.
"""

from __future__ import annotations

import io
import mmap
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import numpy as np
import soundfile

from songwright.errors import FileFormatError
from songwright.render.jit import FloatArray
from songwright.render.soundfonts import sf2_generators as gen
from songwright.render.soundfonts.sf2_generators import DEFAULT_MODULATORS, Modulator
from songwright.render.soundfonts.sf2_tables import Table, Tables, name_of, read_tables
from songwright.render.soundfonts.sf2_voice import Zone, voice_of
from songwright.render.soundfonts.voice import Clip, Voice, clip_of

MAX_ZONES = 20_000
"""Zones of one preset; the largest known fonts have some thousand."""

_VORBIS = 0x10
_ROM = 0x8000


@dataclass(frozen=True, slots=True, order=True)
class Preset:
    """A sound that a file offers. Bank 128 holds the drum kits."""

    bank: int
    program: int
    name: str


class SoundfontFile:
    """A SoundFont file.

    Parameters
    ----------
    path
        An ``.sf2`` or ``.sf3`` file.

    Raises
    ------
    FileFormatError
        If it cannot be read or is damaged; the message names the place.
    """

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)
        self._data = _mapped(self.path)
        self._tables: Tables = read_tables(self._data, self.path.name)
        self._samples: dict[int, FloatArray] = {}
        self._banks: dict[tuple[int, int], SoundfontPreset | None] = {}

    @property
    def facts(self) -> dict[str, str]:
        """What the file says of itself, by the names of its INFO chunks (``INAM``, ``ICOP``)."""
        return dict(self._tables.facts)

    @cached_property
    def presets(self) -> tuple[Preset, ...]:
        """All presets in the order of bank and program."""
        rows = self._tables.rows["phdr"][:-1]
        return tuple(
            sorted(
                Preset(int(row["bank"]), int(row["program"]), name_of(bytes(row["name"])))
                for row in rows
            )
        )

    def preset(self, bank: int, program: int) -> SoundfontPreset | None:
        """The voices of a preset, or None if the file has none of that number.

        Raises
        ------
        FileFormatError
            If its zones are damaged.
        """
        place = (bank, program)
        if place not in self._banks:
            rows = self._tables.rows["phdr"]
            found = np.flatnonzero((rows["bank"][:-1] == bank) & (rows["program"][:-1] == program))
            self._banks[place] = (
                SoundfontPreset(self, self._zones(int(found[0]))) if found.size else None
            )
        return self._banks[place]

    def require(self, bank: int, program: int) -> SoundfontPreset:
        """The voices of a preset that must be there.

        Raises
        ------
        FileFormatError
            If it is not, or is damaged.
        """
        found = self.preset(bank, program)
        if found is None:
            raise FileFormatError(
                f"{self.path.name} has no preset {bank}:{program}; "
                f"`songwright instruments --soundfont {self.path.name}` lists those that it has"
            )
        return found

    def clip(self, zone: Zone) -> Clip:
        """The samples of a zone, laid out for the player."""
        return clip_of(
            self._sample(zone.sample), zone.start, zone.end, zone.loop_start, zone.loop_end,
            zone.loop,
        )  # fmt: skip

    def _zones(self, row: int) -> tuple[Zone, ...]:
        rows = self._tables.rows
        zones: list[Zone] = []
        presets, instruments = rows["phdr"], rows["inst"]
        for outer in _bags(rows, "p", int(presets[row]["bag"]), int(presets[row + 1]["bag"])):
            number = outer.generators.get(gen.INSTRUMENT)
            if number is None:
                continue
            if not 0 <= number < instruments.shape[0] - 1:
                raise FileFormatError(
                    f"{self.path.name}: preset {name_of(bytes(presets[row]['name']))!r} asks for "
                    f"instrument {number} of {instruments.shape[0] - 1}; the file is damaged"
                )
            first, last = instruments[number]["bag"], instruments[number + 1]["bag"]
            for inner in _bags(rows, "i", int(first), int(last)):
                zone = self._zone(outer, inner)
                if zone is not None:
                    zones.append(zone)
                if len(zones) > MAX_ZONES:
                    raise FileFormatError(
                        f"{self.path.name}: preset {name_of(bytes(presets[row]['name']))!r} has "
                        f"more than {MAX_ZONES:,} zones; the file is damaged"
                    )
        return tuple(zones)

    def _zone(self, outer: _Bag, inner: _Bag) -> Zone | None:
        """A zone of an instrument inside a zone of a preset; None if no note can reach it."""
        number = inner.generators.get(gen.SAMPLE)
        headers = self._tables.rows["shdr"]
        if number is None or not 0 <= number < headers.shape[0] - 1:
            return None
        header = headers[number]
        if int(header["kind"]) & _ROM:
            return None  # samples of a sound card's own memory
        keys = _overlap(outer.range_of(gen.KEY_RANGE), inner.range_of(gen.KEY_RANGE))
        velocities = _overlap(
            outer.range_of(gen.VELOCITY_RANGE), inner.range_of(gen.VELOCITY_RANGE)
        )
        if keys is None or velocities is None:
            return None
        amounts = [float(value) for value in gen.DEFAULTS]
        for where, amount in inner.generators.items():
            amounts[where] = float(amount)
        for where, amount in outer.generators.items():
            if where not in gen.NOT_OF_PRESETS:
                amounts[where] += amount
        return Zone(
            number, keys, velocities, tuple(amounts), (*inner.modulators, *outer.modulators),
            float(header["rate"]), int(header["key"]), int(header["correction"]),
            int(header["start"]), int(header["end"]), int(header["loop_start"]),
            int(header["loop_end"]), bool(int(header["kind"]) & _VORBIS),
        )  # fmt: skip

    def _sample(self, number: int) -> FloatArray:
        if number not in self._samples:
            header = self._tables.rows["shdr"][number]
            self._samples[number] = (
                self._vorbis(header) if int(header["kind"]) & _VORBIS else self._plain(header)
            )
        return self._samples[number]

    def _plain(self, header: Table) -> FloatArray:
        chunk, low = self._tables.samples, self._tables.low
        count = (chunk.end - chunk.start) // 2
        first, last = min(int(header["start"]), count), min(int(header["end"]), count)
        last = max(first, last)
        high = np.frombuffer(self._data, "<i2", last - first, chunk.start + 2 * first)
        sound = high.astype(np.float32) * np.float32(1.0 / 32768.0)
        if low.end > low.start:
            fine = np.frombuffer(self._data, np.uint8, last - first, low.start + first)
            sound += fine.astype(np.float32) * np.float32(1.0 / 8388608.0)
        return sound

    def _vorbis(self, header: Table) -> FloatArray:
        chunk = self._tables.samples
        first, last = chunk.start + int(header["start"]), chunk.start + int(header["end"])
        what = f"{self.path.name}: sample {name_of(bytes(header['name']))!r}"
        if not chunk.start <= first < last <= chunk.end:
            raise FileFormatError(f"{what} lies outside the file; the file is damaged")
        try:
            sound, _ = soundfile.read(
                io.BytesIO(self._data[first:last]), dtype="float32", always_2d=True
            )
        except (RuntimeError, OSError, ValueError, TypeError) as error:
            raise FileFormatError(f"{what} is no readable Ogg Vorbis: {error}") from error
        return np.ascontiguousarray(np.nan_to_num(sound[:, 0]))


@dataclass
class SoundfontPreset:
    """The voices of a preset; see `songwright.render.soundfonts.voice.Bank`."""

    file: SoundfontFile
    zones: tuple[Zone, ...]
    _made: dict[tuple[int, int], tuple[Voice, ...]] = field(default_factory=dict)
    _clips: dict[int, Clip] = field(default_factory=dict)

    def voices(self, key: int, velocity: int, turn: int) -> tuple[Voice, ...]:
        """What sounds when a key is struck; a SoundFont has no turns."""
        del turn
        place = (key, velocity)
        if place not in self._made:
            self._made[place] = tuple(
                voice_of(zone, self._clip(number), key, velocity)
                for number, zone in enumerate(self.zones)
                if zone.keys[0] <= key <= zone.keys[1]
                and zone.velocities[0] <= velocity <= zone.velocities[1]
            )
        return self._made[place]

    def _clip(self, number: int) -> Clip:
        if number not in self._clips:
            self._clips[number] = self.file.clip(self.zones[number])
        return self._clips[number]


@dataclass(frozen=True, slots=True)
class _Bag:
    """Generators and modulators of one zone as written, on top of its global zone."""

    generators: dict[int, int]
    modulators: tuple[Modulator, ...]

    def range_of(self, number: int) -> tuple[int, int]:
        value = self.generators.get(number, 127 << 8) & 0xFFFF
        return value & 0xFF, value >> 8


def _bags(rows: dict[str, Table], side: str, first: int, last: int) -> Iterator[_Bag]:
    """Zones of a preset (``p``) or instrument (``i``); a first zone without target is global."""
    bags, generators, modulators = rows[f"{side}bag"], rows[f"{side}gen"], rows[f"{side}mod"]
    target = gen.INSTRUMENT if side == "p" else gen.SAMPLE
    common = _Bag({}, DEFAULT_MODULATORS if side == "i" else ())
    for row in range(first, min(last, bags.shape[0] - 1)):
        own: dict[int, int] = {}
        for at in range(int(bags[row]["generator"]), int(bags[row + 1]["generator"])):
            number = int(generators[at]["number"])
            if number < gen.COUNT:
                own[number] = int(generators[at]["amount"])
            if number == target:
                break  # what follows the target is ignored (section 8.1.2)
        mods = {modulator.identity: modulator for modulator in common.modulators}
        for at in range(int(bags[row]["modulator"]), int(bags[row + 1]["modulator"])):
            modulator = Modulator(*(int(value) for value in modulators[at]))
            mods[modulator.identity] = modulator
        bag = _Bag({**common.generators, **own}, tuple(mods.values()))
        if target in own:
            yield bag
        elif row == first:
            common = bag


def _overlap(one: tuple[int, int], two: tuple[int, int]) -> tuple[int, int] | None:
    low, high = max(one[0], two[0]), min(one[1], two[1])
    return (low, high) if low <= high else None


def _mapped(path: Path) -> memoryview:
    try:
        with path.open("rb") as file:
            return memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
    except (OSError, ValueError) as error:  # an empty file cannot be mapped: ValueError
        raise FileFormatError(f"{path} cannot be read: {error}; name an .sf2 or .sf3") from error
