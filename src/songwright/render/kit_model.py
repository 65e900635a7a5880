"""What a drum is made of: layers of tone, noise, metal and grains, and the kits that use them.

``data/kits.toml`` gives each kit its drum for every percussion key; the other ``data/kits_*.toml``
describe the drums. A drum is a sum of layers, each made at a peak of one and mixed at its ``db``;
the whole is then scaled so that a stroke of velocity 100 peaks at the drum's ``peak_db``. With
``velocity_db`` a layer grows faster (or slower) with velocity than the drum as a whole, which is
how a hard stroke is brighter than a soft one.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

import msgspec

from songwright.errors import StyleError

FIRST_KEY, LAST_KEY = 35, 81


@dataclass(frozen=True, slots=True, kw_only=True)
class Tone:
    """Decaying sines that share a pitch fall: heads, shells, bars, bells.

    ``modes`` are ``(hz, db, t60_seconds)``; ``fall`` is how many semitones above its resting
    pitch the sound starts and ``fall_seconds`` the time constant of the fall; ``snap`` and
    ``snap_seconds`` add a second, quicker fall. ``harder_fall`` 0..1 is the share of both that a
    soft stroke loses. ``harder_db`` is how much more a mode gains, for each octave that it lies
    above the first, when velocity rises by 100: a harder beater is brighter. ``drive`` > 0 bends
    the sum through a saturation. ``trill_hz``/``trill`` modulate the level (the pea in a
    whistle).
    """

    modes: tuple[tuple[float, float, float], ...]
    db: float = 0.0
    velocity_db: float = 0.0
    fall: float = 0.0
    fall_seconds: float = 0.03
    snap: float = 0.0
    snap_seconds: float = 0.005
    harder_fall: float = 0.4
    harder_db: float = 5.0
    attack_ms: float = 0.6
    drive: float = 0.0
    trill_hz: float = 0.0
    trill: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Noise:
    """Filtered noise: wires, sticks, air, claps, scrapes.

    ``mode`` is ``band``, ``high`` or ``low`` around ``hz``; ``poles`` filters in a row. The filter
    starts ``fall_octaves`` higher and falls with ``fall_seconds``. After ``hold_seconds`` (a gated
    room) the noise stops quickly. ``repeats`` bursts ``repeat_seconds`` apart, each dying with
    ``repeat_t60``, come before the last one, which dies with ``t60``. ``buzz`` 0..1 lets a
    vibration of ``buzz_hz`` chop the noise as a drum head does with the wires below it.
    """

    hz: float
    t60: float
    mode: str = "band"
    q: float = 0.7
    poles: int = 1
    db: float = 0.0
    velocity_db: float = 6.0
    attack_ms: float = 0.3
    tail_db: float = -90.0
    tail_t60: float = 1.0
    fall_octaves: float = 0.0
    fall_seconds: float = 0.02
    hold_seconds: float = 0.0
    repeats: int = 0
    repeat_seconds: float = 0.01
    repeat_t60: float = 0.012
    buzz: float = 0.0
    buzz_hz: float = 0.0
    width: float = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Metal:
    """A bank of inharmonic modes: cymbals, hats, jingles, bells of analogue drum machines.

    ``count`` modes lie at random between ``low_hz`` and ``high_hz`` (a plate has equally many in
    every hertz); ``t60`` is the decay at 1 kHz and falls with frequency to the power ``damping``;
    ``slope_db`` is the level per octave above 1 kHz. ``bloom_ms`` is how slowly the highest modes
    build up (in a crash energy creeps upwards for some ten milliseconds). With ``squares`` the
    modes are the odd harmonics of those frequencies instead, as in a TR-808.
    """

    low_hz: float
    high_hz: float
    t60: float
    count: int = 80
    squares: tuple[float, ...] = ()
    damping: float = 0.5
    slope_db: float = 0.0
    bloom_ms: float = 0.0
    db: float = 0.0
    velocity_db: float = 4.0
    width: float = 0.6


@dataclass(frozen=True, slots=True, kw_only=True)
class Grains:
    """Many small collisions: shakers, jingles, rattles (after Cook's PhISEM, 1997).

    ``rate_hz`` collisions a second, exciting a resonance at ``hz`` with quality ``q``; the energy
    swells for ``attack_ms`` and dies with ``t60``. ``even`` 1 spaces the collisions regularly
    (teeth of a rattle), 0 at random.
    """

    hz: float
    t60: float
    rate_hz: float = 2000.0
    q: float = 1.5
    even: float = 0.0
    attack_ms: float = 5.0
    db: float = 0.0
    velocity_db: float = 4.0
    width: float = 0.4


@dataclass(frozen=True, slots=True, kw_only=True)
class Drum:
    """One drum or cymbal.

    ``peak_db`` (dBFS) at velocity 100; ``pan`` -1 left … 1 right as the drummer sits; ``room`` the
    send to the kit's room; strokes of one ``group`` cut each other off; ``gated`` drums end when
    the note does; ``seconds`` bounds the length; ``dynamic`` is the exponent of velocity;
    ``reverse`` plays it backwards; ``drive`` > 0 rounds the peaks of the whole stroke, as tape
    does, so loud ones more; ``soften`` > 0 those of a fitted stroke, soft or loud, by as much.
    """

    peak_db: float
    pan: float = 0.0
    room: float = 1.0
    group: str = ""
    gated: bool = False
    seconds: float = 6.0
    dynamic: float = 1.7
    reverse: bool = False
    drive: float = 0.0
    soften: float = 0.0
    tone: tuple[Tone, ...] = ()
    noise: tuple[Noise, ...] = ()
    metal: tuple[Metal, ...] = ()
    grains: tuple[Grains, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """A drum on a key: transposed by ``semitones``, moved to ``pan`` unless that is None."""

    drum: str
    semitones: float = 0.0
    pan: float | None = None
    db: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Kit:
    """A kit: its ``keys``, the level ``room_db`` and decay ``room_seconds`` of its small room."""

    keys: dict[int, Placed]
    room_db: float = -90.0
    room_seconds: float = 0.3
    room_hz: float = 5000.0
    gain_db: float = 0.0


@cache
def drums() -> MappingProxyType[str, Drum]:
    """All drums by name.

    Raises
    ------
    StyleError
        If a file is wrong; the message names file and drum.
    """
    table: dict[str, Drum] = {}
    folder = files("songwright.render").joinpath("data")
    for entry in sorted(folder.iterdir(), key=lambda e: e.name):
        if entry.name.startswith("kits_") and entry.name.endswith(".toml"):
            for name, row in _read(entry.name).items():
                table[name] = _convert(row, Drum, f"{entry.name}: {name}")
    return MappingProxyType(table)


@cache
def kits() -> MappingProxyType[str, Kit]:
    """All kits by instrument id; a kit has what the kit named in its ``like`` has, and its own."""
    raw = _read("kits.toml")
    made: dict[str, Kit] = {}
    for name in raw:
        rows: list[dict[str, Any]] = []
        at = name
        while at:
            rows.insert(0, raw[at])
            at = raw[at].get("like", "")
        facts: dict[str, Any] = {"keys": {}}
        for row in rows:
            keys = {int(k): _placed(v) for k, v in row.get("keys", {}).items()}
            facts = {**facts, **row, "keys": {**facts["keys"], **keys}}
        facts.pop("like", None)
        made[name] = _convert(facts, Kit, f"kits.toml: {name}")
        missing = [k for k in range(FIRST_KEY, LAST_KEY + 1) if k not in made[name].keys]
        unknown = sorted({p.drum for p in made[name].keys.values()} - drums().keys())
        if missing or unknown:
            raise StyleError(
                f"kits.toml: {name} lacks keys {missing} and names unknown drums {unknown}"
            )
    return MappingProxyType(made)


def kit(kit_id: str) -> Kit:
    """One kit.

    Raises
    ------
    StyleError
        If there is no such kit; the message lists those there are.
    """
    try:
        return kits()[kit_id]
    except KeyError:
        raise StyleError(
            f"there is no drum kit {kit_id!r}; there are: {', '.join(kits())}"
        ) from None


def _placed(value: str | dict[str, Any]) -> dict[str, Any]:
    return {"drum": value} if isinstance(value, str) else value


def _read(name: str) -> dict[str, Any]:
    text = files("songwright.render").joinpath(f"data/{name}").read_text("utf-8")
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise StyleError(f"render/data/{name}: {error}") from error


def _convert(row: dict[str, Any], kind: type[Any], where: str) -> Any:
    known = set(kind.__dataclass_fields__)
    if extra := sorted(set(row) - known):
        raise StyleError(f"render/data/{where}: unknown fields {extra}")
    try:
        return msgspec.convert(row, kind)
    except msgspec.ValidationError as error:
        raise StyleError(f"render/data/{where}: {error}") from error
