"""The card of the fitted instruments: where each comes from, its checksum, which are preferred."""

from __future__ import annotations

import hashlib
import tomllib
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files

import msgspec

from songwright.errors import FileFormatError, StyleError
from songwright.render.fitted.codec import read_fitted
from songwright.render.fitted.model import FittedInstrument

FOLDER = files("songwright.render").joinpath("data/fitted")


@dataclass(frozen=True, slots=True)
class Recording:
    """The recordings an instrument was fitted to."""

    title: str
    licence: str
    origin: str
    notice: str


@dataclass(frozen=True, slots=True)
class FittedFile:
    """One instrument file: key of its recording and the SHA-256 of its bytes."""

    source: str
    sha256: str


@dataclass(frozen=True, slots=True)
class FittedCard:
    """What ``fitted.toml`` says.

    ``preferred`` lists the instruments that came at least as near to recordings they were not
    fitted to as the built-in patches did.
    """

    date: str = ""
    preferred: tuple[str, ...] = ()
    sources: dict[str, Recording] = field(default_factory=dict)
    instruments: dict[str, FittedFile] = field(default_factory=dict)


@cache
def fitted_card() -> FittedCard:
    """The card of the package; an empty one if no instrument is shipped.

    Raises
    ------
    StyleError
        If the file is damaged.
    """
    path = FOLDER.joinpath("fitted.toml")
    if not path.is_file():
        return FittedCard()
    try:
        return msgspec.convert(tomllib.loads(path.read_text("utf-8")), FittedCard)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, msgspec.ValidationError) as error:
        raise StyleError(f"render/data/fitted/fitted.toml: {error}") from error


def load_fitted(instrument_id: str) -> FittedInstrument:
    """Read one fitted instrument and check it against the card.

    Raises
    ------
    FileFormatError
        If the file is missing, changed or damaged.
    """
    entry = fitted_card().instruments.get(instrument_id)
    path = FOLDER.joinpath(f"{instrument_id}.swfi")
    if entry is None or not path.is_file():
        raise FileFormatError(
            f"no fitted instrument {instrument_id!r}; reinstall songwright to restore the file"
        )
    data = path.read_bytes()
    if hashlib.sha256(data).hexdigest() != entry.sha256:
        raise FileFormatError(
            f"the fitted instrument {instrument_id!r} is not the one of the card; reinstall "
            "songwright to restore the file"
        )
    return read_fitted(data)
