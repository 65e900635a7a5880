"""The shipped models: where their files lie, and that they are what their cards say.

Each model is ``data/NAME.onnx`` with a card ``data/NAME.toml``: what it is, on what it was trained,
what was measured, and the SHA-256 of the file. A file that does not match its card is refused.
"""

from __future__ import annotations

import hashlib
import tomllib
from functools import cache
from pathlib import Path

import msgspec

from songwright.errors import ModelError

FOLDER = Path(__file__).with_name("data")
FORMAT = 3
"""Version of tokens and features; a file of another version cannot be read."""


class NetworkCard(msgspec.Struct, frozen=True):
    """What the runtime must know of a network."""

    format: int
    sha256: str
    parameters: int
    vocabulary: int
    features: int
    layers: int
    kv_heads: int
    head_width: int
    context: int


class Card(msgspec.Struct, frozen=True):
    """A model's card; ``data``, ``training`` and ``measured`` are for people."""

    name: str
    title: str
    licence: str
    date: str
    network: NetworkCard
    data: dict[str, object]
    training: dict[str, object]
    measured: dict[str, object]


def names() -> tuple[str, ...]:
    """Models that are there, by name."""
    return tuple(sorted(path.stem for path in FOLDER.glob("*.toml")))


@cache
def card(name: str, folder: Path = FOLDER) -> Card:
    """The card of a model.

    Raises
    ------
    ModelError
        If there is no such model or its card cannot be read.
    """
    path = folder / f"{name}.toml"
    try:
        found = msgspec.convert(tomllib.loads(path.read_text("utf-8")), Card)
    except FileNotFoundError as error:
        raise ModelError(
            f"the model {name!r} is not installed ({path.name} is missing); "
            "install Songwright again, or compose with --maker rules"
        ) from error
    except (OSError, ValueError, msgspec.ValidationError) as error:
        raise ModelError(f"the card of the model {name!r} cannot be read: {error}") from error
    if found.network.format != FORMAT:
        raise ModelError(
            f"the model {name!r} is of format {found.network.format}, this program reads {FORMAT}; "
            "install Songwright again, or compose with --maker rules"
        )
    return found


def weights(name: str, folder: Path = FOLDER) -> bytes:
    """The ONNX file of a model, checked against its card.

    Raises
    ------
    ModelError
        If the file is missing, cut short or altered.
    """
    expected = card(name, folder).network.sha256
    path = folder / f"{name}.onnx"
    try:
        data = path.read_bytes()
    except OSError as error:
        raise ModelError(
            f"the weights of the model {name!r} cannot be read ({error.strerror}); "
            "install Songwright again, or compose with --maker rules"
        ) from error
    if hashlib.sha256(data).hexdigest() != expected:
        raise ModelError(
            f"the weights of the model {name!r} are damaged or not the ones of its card; "
            "install Songwright again, or compose with --maker rules"
        )
    return data
