"""Bodies, soundboards and cabinets as short impulse responses.

A body is a smooth response curve (made minimum-phase through the cepstrum, Oppenheim & Schafer
ch. 13), a few resonances, and a diffuse tail that differs between left and right: it gives an
instrument its colour and its natural width. Facts are in ``data/bodies.toml``.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import msgspec
import numpy as np

from songwright.errors import StyleError
from songwright.render.jit import FloatArray
from songwright.seeds import noise_rng

TAPS = 4096


@dataclass(frozen=True, slots=True)
class Resonance:
    hz: float
    q: float
    db: float


@dataclass(frozen=True, slots=True)
class Body:
    """One body: response curve ``[[hz, db], ...]``, resonances and a diffuse tail.

    ``tail_db`` is the level of the tail against the direct sound, ``tail_seconds`` its T60.
    """

    response: tuple[tuple[float, float], ...] = ((20.0, 0.0), (20000.0, 0.0))
    resonances: tuple[Resonance, ...] = ()
    tail_db: float = -200.0
    tail_seconds: float = 0.05
    tail_low_hz: float = 150.0
    tail_high_hz: float = 6000.0


@cache
def bodies() -> dict[str, Body]:
    """All bodies by name."""
    text = files("songwright.render").joinpath("data/bodies.toml").read_text("utf-8")
    try:
        return msgspec.convert(tomllib.loads(text), dict[str, Body])
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise StyleError(f"render/data/bodies.toml: {error}") from error


@cache
def body_response(name: str, sample_rate_hz: int) -> FloatArray:
    """Impulse response of a body for both sides, shape (2, TAPS), about unit gain at 1 kHz.

    Raises
    ------
    StyleError
        If there is no such body.
    """
    try:
        body = bodies()[name]
    except KeyError:
        raise StyleError(f"there is no body {name!r} in render/data/bodies.toml") from None
    frequencies = np.fft.rfftfreq(2 * TAPS, 1.0 / sample_rate_hz)
    points = sorted(body.response)
    curve_db = np.interp(
        np.log2(np.maximum(frequencies, 10.0)),
        [np.log2(hz) for hz, _ in points],
        [db for _, db in points],
    )
    for resonance in body.resonances:
        distance = resonance.q * (
            np.maximum(frequencies, 1.0) / resonance.hz
            - resonance.hz / np.maximum(frequencies, 1.0)
        )
        curve_db = curve_db + resonance.db / (1.0 + distance**2)
    direct = _minimum_phase(curve_db)[:TAPS]
    direct[TAPS // 2 :] *= np.linspace(1.0, 0.0, TAPS - TAPS // 2)
    both = np.stack((direct, direct))
    if body.tail_db > -100.0:
        both += _tail(body, name, sample_rate_hz)
    return both.astype(np.float32)


def _minimum_phase(curve_db: np.ndarray) -> np.ndarray:
    """Impulse response with the given magnitude whose energy comes as early as possible."""
    log_magnitude = curve_db * (np.log(10.0) / 20.0)
    cepstrum = np.fft.irfft(log_magnitude)
    half = cepstrum.shape[0] // 2
    cepstrum[1:half] *= 2.0
    cepstrum[half + 1 :] = 0.0
    return np.asarray(np.fft.irfft(np.exp(np.fft.rfft(cepstrum))))


def _tail(body: Body, name: str, sample_rate_hz: int) -> np.ndarray:
    noise = noise_rng(0, "body", name).standard_normal((2, TAPS))
    spectrum = np.fft.rfft(noise, axis=1)
    hz = np.fft.rfftfreq(TAPS, 1.0 / sample_rate_hz)
    band = 1.0 / (1.0 + (body.tail_low_hz / np.maximum(hz, 1.0)) ** 4)
    band /= 1.0 + (hz / body.tail_high_hz) ** 4
    noise = np.fft.irfft(spectrum * band, axis=1)
    t = np.arange(TAPS) / sample_rate_hz
    noise *= np.exp(-6.9 * t / body.tail_seconds) * np.minimum(t / 0.002, 1.0)
    noise[:, TAPS // 2 :] *= np.linspace(1.0, 0.0, TAPS - TAPS // 2)
    energy = np.sqrt((noise**2).sum(axis=1, keepdims=True))
    return np.asarray(noise / energy * 10.0 ** (body.tail_db / 20.0))


def convolve_in_place(audio: FloatArray, response: FloatArray, mix: float) -> None:
    """Overlap-add convolution in blocks, so a long part needs no second copy of itself.

    Parameters
    ----------
    audio
        Shape (2, samples), replaced by ``(1 - mix) * audio + mix * convolved``.
    response
        Shape (2, taps).
    """
    taps = response.shape[1]
    size = 1 << 15
    step = size - taps
    spectrum = np.fft.rfft(response, size, axis=1).astype(np.complex64)
    carried = np.zeros((2, taps), np.float32)
    for begin in range(0, audio.shape[1], step):
        piece = audio[:, begin : begin + step]
        count = piece.shape[1]
        if not carried.any() and not piece.any():
            continue
        wet = np.fft.irfft(np.fft.rfft(piece, size, axis=1) * spectrum, size, axis=1)
        wet = wet.astype(np.float32)
        wet[:, :taps] += carried
        carried = np.zeros((2, taps), np.float32)
        rest = wet[:, count : count + taps]
        carried[:, : rest.shape[1]] = rest
        audio[:, begin : begin + count] = (1.0 - mix) * piece + mix * wet[:, :count]
