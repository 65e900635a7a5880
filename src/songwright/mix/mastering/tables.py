"""The tables behind mastering: places of delivery and buses."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from typing import TypeVar

import msgspec

from songwright.errors import OutputError, StyleError
from songwright.mix.settings import Compressor, EqBand, MasterSettings

DEFAULT_DELIVERY = "streaming"
_MUSIC = "music"

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Delivery:
    """A place that a master goes to; ``data/delivery.toml`` says what each field means."""

    summary: str
    lufs: float
    ceiling_dbtp: float
    bits: int = 24
    soft_clip: float = 0.0
    glue: float = 0.0
    multiband: float = 0.0
    low_cut_hz: float = 22.0
    mono_below_hz: float = 0.0
    eq: tuple[tuple[str, float, float, float], ...] = ()

    def applied_to(self, chain: MasterSettings) -> MasterSettings:
        """A mastering chain as this place wants it; the tone and space of the piece stay."""
        return replace(
            chain,
            target_lufs=self.lufs,
            ceiling_dbtp=self.ceiling_dbtp,
            soft_clip=_amount(chain.soft_clip + self.soft_clip),
            glue=_amount(chain.glue + self.glue),
            multiband=_amount(chain.multiband + self.multiband),
            mono_below_hz=max(chain.mono_below_hz, self.mono_below_hz),
            eq=(*chain.eq, *(EqBand(*band) for band in self.eq)),
        )


@dataclass(frozen=True, slots=True)
class BusFacts:
    """Compression of one bus; ``data/buses.toml`` says what each field means."""

    roles: tuple[str, ...]
    threshold_db: float
    ratio: float
    attack_ms: float
    release_ms: float
    knee_db: float
    low_cut_hz: float
    parallel: float

    def compressor(self, loud_db: float, amount: float) -> Compressor:
        """The compressor for a bus whose loud moments have an RMS level of ``loud_db`` dBFS."""
        return Compressor(
            threshold_db=loud_db + self.threshold_db,
            ratio=1.0 + (self.ratio - 1.0) * amount,
            attack_ms=self.attack_ms,
            release_ms=self.release_ms,
            knee_db=self.knee_db,
        )


def _amount(value: float) -> float:
    return max(0.0, min(1.0, value))


def _read(name: str, kind: type[T]) -> dict[str, T]:
    text = files("songwright.mix").joinpath(f"data/{name}").read_text("utf-8")
    try:
        return msgspec.convert(tomllib.loads(text), dict[str, kind])  # type: ignore[valid-type]
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise StyleError(f"mix/data/{name}: {error}") from error


@cache
def deliveries() -> dict[str, Delivery]:
    """All places of delivery by name."""
    return _read("delivery.toml", Delivery)


def delivery(name: str) -> Delivery:
    """A place of delivery; the empty name is `DEFAULT_DELIVERY`.

    Raises
    ------
    OutputError
        If there is none of that name.
    """
    found = deliveries().get(name.strip().lower().replace("-", "_") or DEFAULT_DELIVERY)
    if found is None:
        raise OutputError(
            f"there is no delivery target {name!r}; choose from {', '.join(deliveries())}"
        )
    return found


@cache
def buses() -> dict[str, BusFacts]:
    """All buses by name, in the order in which they are added up."""
    return _read("buses.toml", BusFacts)


def bus_of(role: str) -> str:
    """The bus that a role plays on."""
    return next((name for name, bus in buses().items() if role in bus.roles), _MUSIC)
