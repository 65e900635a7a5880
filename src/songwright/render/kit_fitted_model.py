"""Drums fitted to recordings: modes that ring and bands of noise that swell and die.

``data/fitted_kits/drums.npz`` holds the numbers, ``kits.toml`` beside it which kit plays which of
them on which key, ``card.md`` where they come from. A drum has one or more *strokes*, each
measured at one velocity; see `songwright.render.kit_fitted` for how they are played.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType

import msgspec
import numpy as np

from songwright.errors import StyleError
from songwright.render.jit import DoubleArray, FloatArray

BAND_EDGES_HZ = (
    40.0, 80.0, 160.0, 250.0, 400.0, 500.0, 630.0, 800.0, 1000.0, 1250.0, 1600.0, 2000.0, 2500.0,
    3150.0, 4000.0, 5000.0, 6300.0, 8000.0, 10000.0, 12500.0, 16000.0, 20000.0,
)  # fmt: skip
BANDS = len(BAND_EDGES_HZ) - 1

FLOOR_DB = -110.0
STEP_DB = 0.5
"""Levels of noise are kept in bytes: 0 is silence, n is ``FLOOR_DB + n * STEP_DB``."""


def frame_seconds() -> DoubleArray:
    """Times after the stroke at which the noise is described: 1 ms apart at first, then wider."""
    times = [0.0, 0.001, 0.002, 0.003, 0.004]
    while times[-1] < 6.0:
        times.append(times[-1] * 1.22)
    return np.array(times)


@dataclass(frozen=True)
class FittedStroke:
    """One stroke as measured.

    ``modes`` has shape (modes, 4): hz, T60 in seconds, amplitude, phase of its sine. ``noise`` has
    shape (frames, `BANDS`): RMS amplitude of each band at each time of `frame_seconds`.
    ``bands_db`` is the energy of the whole stroke in each band, shape (`BANDS`,).
    """

    velocity: int
    modes: DoubleArray
    noise: FloatArray
    bands_db: DoubleArray


@dataclass(frozen=True)
class FittedDrum:
    """A drum: its strokes from the softest to the hardest, and how wide it is (0..1)."""

    name: str
    strokes: tuple[FittedStroke, ...]
    width: float


@dataclass(frozen=True, slots=True)
class FittedPlace:
    """What plays a key: a fitted drum, and the gain that keeps the balance of the kit."""

    drum: str
    db: float = 0.0


@cache
def fitted_drums() -> MappingProxyType[str, FittedDrum]:
    """All fitted drums by name.

    Raises
    ------
    StyleError
        If the file is damaged.
    """
    path = files("songwright.render").joinpath("data/fitted_kits/drums.npz")
    try:
        with path.open("rb") as stream, np.load(stream, allow_pickle=False) as data:
            names = [str(name) for name in data["names"]]
            widths, rows = data["widths"], data["strokes"]
            modes, noise, bands = data["modes"], data["noise"], data["bands_db"]
    except (OSError, ValueError, KeyError) as error:
        raise StyleError(f"render/data/fitted_kits/drums.npz: {error}") from error
    made: dict[str, list[FittedStroke]] = {name: [] for name in names}
    for at, (drum, velocity, first_mode, mode_count, first_frame, frame_count) in enumerate(rows):
        packed = modes[first_mode : first_mode + mode_count].astype(np.float64)
        unpacked = np.column_stack((
            20.0 * np.exp2(packed[:, 0] / 6000.0),
            0.001 * np.exp2(packed[:, 1] / 4000.0),
            10.0 ** (packed[:, 2] / 200.0),
            packed[:, 3] / 10000.0,
        ))  # fmt: skip
        levels = noise[first_frame : first_frame + frame_count].astype(np.float32)
        heard = np.where(levels > 0, 10.0 ** ((FLOOR_DB + STEP_DB * levels) / 20.0), 0.0)
        made[names[int(drum)]].append(
            FittedStroke(
                int(velocity), unpacked, heard.astype(np.float32), bands[at].astype(np.float64)
            )
        )
    return MappingProxyType({
        name: FittedDrum(name, tuple(strokes), float(widths[at]))
        for at, (name, strokes) in enumerate(made.items())
    })  # fmt: skip


def pack_modes(modes: DoubleArray) -> np.ndarray:
    """Modes as 16-bit integers: pitch and time in small logarithmic steps, dB, radians."""
    return np.column_stack((
        np.round(6000.0 * np.log2(modes[:, 0] / 20.0)),
        np.round(4000.0 * np.log2(modes[:, 1] / 0.001)),
        np.round(200.0 * np.log10(np.maximum(modes[:, 2], 1e-8))),
        np.round(10000.0 * np.angle(np.exp(1j * modes[:, 3]))),
    )).astype(np.int32)  # fmt: skip


def pack_noise(noise: FloatArray) -> np.ndarray:
    """Amplitudes of bands as bytes."""
    db = 20.0 * np.log10(np.maximum(noise, 1e-9))
    return np.clip(np.round((db - FLOOR_DB) / STEP_DB), 0, 255).astype(np.uint8)


@cache
def fitted_keys() -> MappingProxyType[str, MappingProxyType[int, FittedPlace]]:
    """Kit id to key to the fitted drum that plays it.

    Raises
    ------
    StyleError
        If the file is wrong or names a drum that there is not.
    """
    text = files("songwright.render").joinpath("data/fitted_kits/kits.toml").read_text("utf-8")
    try:
        table = msgspec.convert(tomllib.loads(text), dict[str, dict[str, FittedPlace]])
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise StyleError(f"render/data/fitted_kits/kits.toml: {error}") from error
    named = {place.drum for row in table.values() for place in row.values()}
    if unknown := named - fitted_drums().keys():
        raise StyleError(f"render/data/fitted_kits/kits.toml names unknown drums {sorted(unknown)}")
    return MappingProxyType({
        kit: MappingProxyType({int(key): place for key, place in row.items()})
        for kit, row in table.items()
    })  # fmt: skip
