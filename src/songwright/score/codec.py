"""Frozen values to canonical JSON bytes and back.

The same value always gives the same bytes (keys in the order of the fields, no spaces), so
their SHA-256 can address a value.
"""

from __future__ import annotations

import hashlib
from typing import Any, TypeVar

import msgspec

from songwright.errors import FileFormatError

T = TypeVar("T")


def encode(value: Any, indent: int = 0) -> bytes:
    """Canonical JSON of a dataclass tree; ``indent`` spaces make it readable."""
    data = msgspec.json.encode(value)
    return msgspec.json.format(data, indent=indent) if indent else data


def decode(data: bytes, kind: type[T], what: str = "the value") -> T:
    """Read JSON back into ``kind``, checking every type.

    Raises
    ------
    FileFormatError
        If the bytes are not JSON or do not fit; the message says where.
    """
    try:
        return msgspec.json.decode(data, type=kind)
    except (msgspec.DecodeError, ValueError) as error:
        raise FileFormatError(f"{what} is damaged or from another version: {error}") from error


def digest(value: Any) -> str:
    """SHA-256 (hex) of the canonical JSON of a value."""
    return hashlib.sha256(encode(value)).hexdigest()
