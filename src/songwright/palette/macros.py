"""The five macros of a patch, and sound ids that carry their settings.

``"reese_dark@brightness=0.3,dirt=0.8"`` is the patch ``reese_dark`` with two macros moved;
``"reese_dark@vary=0.4,seed=7"`` is a relative of it. Such an id is all that a score stores.
"""

from __future__ import annotations

import math
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from random import Random
from typing import Any

import msgspec

from songwright.errors import StyleError
from songwright.palette.model import Lfo, Patch
from songwright.seeds import rng

MACROS = ("brightness", "attack", "movement", "width", "dirt")
AS_DESIGNED = 0.5
SETTINGS = (*MACROS, "vary", "seed")

UNREST = Lfo(
    shape="drift", hz=0.5, pitch_cents=5.0, cutoff_octaves=0.7, morph=0.12, index=0.6, level=0.15,
    pan=0.25,
)  # fmt: skip
"""What movement beyond the middle adds: most patches have little of their own to enlarge."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """How far a macro moves one parameter at its end (see ``data/macros.toml``).

    ``whole`` octaves leave note values note values.
    """

    octaves: float = 0.0
    whole: bool = False
    add: float = 0.0
    low: float = -math.inf
    high: float = math.inf

    def moved(self, value: float, share: float) -> float:
        """``value`` with the macro ``share`` -1..1 of the way from the middle to its end."""
        octaves = self.octaves * share
        moved = value * math.exp2(round(octaves) if self.whole else octaves) + self.add * share
        # a designer may have gone beyond a bound on purpose; a macro must not go further
        return min(max(moved, min(self.low, value)), max(self.high, value))


@cache
def macro_table() -> dict[str, dict[str, Reach]]:
    """For each macro the parameters that it moves, as dotted places in the patch."""
    text = files("songwright.palette").joinpath("data/macros.toml").read_text("utf-8")
    return msgspec.convert(tomllib.loads(text), dict[str, dict[str, Reach]])


def split_id(sound: str) -> tuple[str, dict[str, float]]:
    """Name and settings of a sound id.

    Raises
    ------
    StyleError
        If a setting has no number or is not known.
    """
    name, _, rest = sound.partition("@")
    settings: dict[str, float] = {}
    for item in filter(None, rest.split(",")):
        key, _, value = item.partition("=")
        try:
            settings[key] = float(value)
        except ValueError:
            raise StyleError(
                f"sound {sound!r}: {item!r} is not a setting such as dirt=0.7"
            ) from None
        bound = math.inf if key == "seed" else 1.0
        if key not in SETTINGS or not 0.0 <= settings[key] <= bound:
            raise StyleError(
                f"sound {sound!r}: {item!r}; settings are {', '.join(MACROS)}, vary (0..1) and seed"
            )
    return name, settings


def join_id(name: str, settings: Mapping[str, float]) -> str:
    """The sound id of a patch with settings; those at rest are left out."""
    kept = {k: v for k, v in settings.items() if not (k in MACROS and abs(v - AS_DESIGNED) < 5e-3)}
    if not kept.get("vary"):
        kept.pop("vary", None)
        kept.pop("seed", None)
    items = [f"{key}={kept[key]:.2f}".rstrip("0").rstrip(".") for key in SETTINGS if key in kept]
    return f"{name}@{','.join(items)}" if items else name


def with_settings(patch: Patch, settings: Mapping[str, float]) -> Patch:
    """A patch with its macros moved and, with ``vary``, every reachable parameter shifted.

    The result bears the sound id that names it.
    """
    if not settings or patch.kit:
        return patch
    table = msgspec.to_builtins(patch)
    amount = settings.get("vary", 0.0)
    random = rng(int(settings.get("seed", 0.0)), "palette", "vary", patch.id)
    # where times are shares of the note, an onset cannot be longer than it
    moving = [macro for macro in MACROS if not (patch.fit and macro == "attack")]
    for macro in moving:
        share = 2.0 * (settings.get(macro, AS_DESIGNED) - AS_DESIGNED)
        for place, reach in macro_table()[macro].items():
            _move(table, place, reach, share)
        if macro == "movement" and share > 0.0:
            table["lfo"] = (*table["lfo"], _shallower(UNREST, share))
    if amount > 0.0:
        for macro in moving:
            for place, reach in macro_table()[macro].items():
                _move(table, place, reach, 0.45 * amount * _chance(random))
        _vary_sources(table, amount, random)
    table["id"] = join_id(patch.id, settings)
    return msgspec.convert(table, Patch)


def _shallower(lfo: Lfo, share: float) -> dict[str, Any]:
    """The table of a slow oscillator with all its depths scaled."""
    row: dict[str, Any] = msgspec.to_builtins(lfo)
    for depth in ("pitch_cents", "cutoff_octaves", "morph", "index", "level", "pan"):
        row[depth] *= share
    return row


def _move(table: dict[str, Any], place: str, reach: Reach, share: float) -> None:
    """Move one parameter, in every member where the place is a list."""
    head, _, last = place.rpartition(".")
    holder = table[head] if head else table
    for row in [holder] if isinstance(holder, dict) else holder:
        row[last] = reach.moved(row[last], share)


def _chance(random: Random) -> float:
    """A normal deviate of at most two: no draw may undo what the macros were set to."""
    return min(max(random.gauss(0.0, 1.0), -2.0), 2.0)


def _vary_sources(table: dict[str, Any], amount: float, random: Random) -> None:
    """Shift what no macro holds: balance of the sources, places in wavetables, decay times."""
    for kind in ("osc", "fm", "pluck"):
        for row in table[kind][1:]:
            row["level_db"] += 4.0 * amount * _chance(random)
    for row in table["osc"]:
        row["morph"] = min(max(row["morph"] + 0.4 * amount * _chance(random), 0.0), 1.0)
    for kind in ("amp", "filter", "mod"):
        table[kind]["decay"] *= 2.0 ** (amount * _chance(random))
    table["amp"]["release"] *= 2.0 ** (0.6 * amount * _chance(random))
    resonance = table["filter"]["resonance"] + 0.2 * amount * _chance(random)
    table["filter"]["resonance"] = min(max(resonance, 0.0), max(0.85, table["filter"]["resonance"]))
