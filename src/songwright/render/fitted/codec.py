"""Fitted instruments as bytes: a magic number, a version, then packed and compressed tones.

Levels are stored knot by knot as differences to the knot before, partial after partial, which
turns slow movements into small numbers that compress well.
"""

from __future__ import annotations

import zlib

import msgspec
import numpy as np

from songwright.errors import FileFormatError
from songwright.render.fitted.model import (
    BANDS,
    KNOTS,
    SWAY_HARMONICS,
    UNREST_HZ,
    ByteArray,
    FittedInstrument,
    FittedTone,
)

MAGIC = b"SWFI"
VERSION = 1
MAX_BYTES = 16_000_000
"""No instrument unpacks to more; a damaged length must not eat the memory."""


_IN_PIECES = ("tones", "release_seconds", "beats")


class _Tone(msgspec.Struct, array_like=True):
    pitch: int
    velocity: int
    level_db: float
    tuning_cents: float
    inharmonicity: float
    ratios: bytes
    partials: bytes
    noise: bytes
    pans: bytes
    phases: bytes
    pitch_cents: bytes


class _File(msgspec.Struct, omit_defaults=True):
    id: str
    kind: str
    source: str
    gain_db: float
    release_seconds: list[tuple[float, float]]
    width: float
    bandwidth_cents: float
    shimmer_db: float
    shimmer_hz: float
    vibrato_cents: float
    vibrato_hz: float
    velocity_timbre: str
    velocity_exponent: float
    velocity_tilt_db: float
    tones: list[_Tone]
    beats: list[bytes] = []
    unrest_db: tuple[tuple[float, float], ...] = ()
    sway_db: tuple[float, ...] = ()


def _packed(levels: ByteArray) -> bytes:
    # unsigned differences wrap around and come back exact
    return np.ascontiguousarray(
        np.diff(levels, axis=0, prepend=np.zeros((1, levels.shape[1]), np.uint8)).T
    ).tobytes()


def _unpacked(data: bytes, columns: int) -> ByteArray:
    steps = np.frombuffer(data, np.uint8).reshape(columns, KNOTS).T
    return np.ascontiguousarray(np.cumsum(steps, axis=0, dtype=np.uint8))


def write_fitted(instrument: FittedInstrument) -> bytes:
    """The bytes of an instrument; the same instrument always gives the same bytes."""
    tones = [
        _Tone(
            tone.pitch,
            tone.velocity,
            tone.level_db,
            tone.tuning_cents,
            tone.inharmonicity,
            tone.ratios.astype("<f4").tobytes(),
            _packed(tone.partials),
            _packed(tone.noise),
            tone.pans.tobytes(),
            tone.phases.tobytes(),
            tone.pitch_cents.tobytes(),
        )
        for tone in instrument.tones
    ]
    facts = {
        name: getattr(instrument, name)
        for name in _File.__struct_fields__
        if name not in _IN_PIECES
    }
    file = _File(tones=tones, release_seconds=list(instrument.release_seconds), **facts)
    if any(tone.beats.shape[1] for tone in instrument.tones):
        file.beats = [tone.beats.tobytes() for tone in instrument.tones]
    packed = msgspec.msgpack.encode(file)
    return MAGIC + bytes([VERSION]) + zlib.compress(packed, 9)


def read_fitted(data: bytes) -> FittedInstrument:
    """The instrument that was written to these bytes.

    Raises
    ------
    FileFormatError
        If they are damaged, or of a version this program does not know.
    """
    if data[:4] != MAGIC:
        raise FileFormatError("not a fitted instrument; reinstall songwright to restore the file")
    if data[4:5] != bytes([VERSION]):
        raise FileFormatError(
            f"fitted instrument of version {data[4:5].hex() or 'none'}, this program reads "
            f"{VERSION}; use the songwright it came with"
        )
    try:
        decoder = zlib.decompressobj()
        packed = decoder.decompress(data[5:], MAX_BYTES)
        if not decoder.eof:
            raise ValueError("cut off or too long")
        file = msgspec.msgpack.decode(packed, type=_File)
        beats = file.beats or [b""] * len(file.tones)
        tones = tuple(_tone(*pair) for pair in zip(file.tones, beats, strict=True))
        if not tones or file.kind not in ("struck", "held") or not file.release_seconds:
            raise ValueError("no tones, no release or unknown kind")
        ranges, harmonics = len(file.unrest_db), len(file.sway_db)
        if ranges not in (0, len(UNREST_HZ)) or harmonics not in (0, SWAY_HARMONICS):
            raise ValueError("unrest of the wrong shape")
    except (zlib.error, msgspec.DecodeError, ValueError) as error:
        raise FileFormatError(
            f"damaged fitted instrument ({error}); reinstall songwright to restore the file"
        ) from error
    facts = {
        name: getattr(file, name) for name in _File.__struct_fields__ if name not in _IN_PIECES
    }
    return FittedInstrument(tones=tones, release_seconds=tuple(file.release_seconds), **facts)


def _tone(tone: _Tone, beats: bytes) -> FittedTone:
    pans = np.frombuffer(tone.pans, np.int8)
    ratios = np.frombuffer(tone.ratios, "<f4").astype(np.float32)
    pitch_cents = np.frombuffer(tone.pitch_cents, np.int8)
    count = pans.shape[0]
    phases = np.frombuffer(tone.phases, np.uint8)
    if (
        ratios.shape[0] not in (0, count)
        or phases.shape[0] != count
        or pitch_cents.shape[0] != KNOTS
        or len(beats) not in (0, 3 * count)
    ):
        raise ValueError("tone of the wrong shape")
    return FittedTone(
        tone.pitch,
        tone.velocity,
        tone.level_db,
        tone.tuning_cents,
        tone.inharmonicity,
        ratios,
        _unpacked(tone.partials, count),
        _unpacked(tone.noise, BANDS),
        pans,
        phases,
        pitch_cents,
        np.frombuffer(beats, np.int8).reshape(3, -1),
    )
