"""Names that follow from content: canonical JSON and the hashes of nodes, moves and variants.

Equal inputs give equal names on every machine; nothing here knows the time or draws a number.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable
from typing import Any

import msgspec

from songwright.errors import ProjectError

Pairs = tuple[tuple[str, str], ...]


def canonical(value: Any) -> str:
    """JSON with sorted keys and no spaces: the same value always gives the same text.

    Dataclasses and msgspec structs become objects. ``1`` and ``1.0`` are different values.

    Raises
    ------
    ProjectError
        For numbers that JSON cannot hold (NaN, infinity) and values that are not data.
    """
    try:
        plain = msgspec.to_builtins(value, order="sorted")
        _check_finite(plain)
        return msgspec.json.encode(plain, order="sorted").decode()
    except (TypeError, ValueError, msgspec.MsgspecError) as error:
        raise ProjectError(f"parameters must be plain data that JSON can hold: {error}") from error


def _check_finite(value: Any) -> None:
    if isinstance(value, float) and not math.isfinite(value):
        raise ValueError(f"{value} is no number")  # msgspec would write null: two values, one name
    if isinstance(value, dict):
        for item in value.values():
            _check_finite(item)
    elif isinstance(value, list | tuple):
        for item in value:
            _check_finite(item)


def sha256(data: bytes) -> str:
    """SHA-256 in 64 hexadecimal digits."""
    return hashlib.sha256(data).hexdigest()


def sorted_pairs(pairs: Iterable[tuple[str, str]]) -> Pairs:
    """Pairs in the order of their names, which is the order that hashes see."""
    return tuple(sorted(pairs))


def node_key(kind: str, version: str, params: str, inputs: Pairs, assets: tuple[str, ...]) -> str:
    """Name of a node: how it was made, from which nodes.

    Parameters
    ----------
    kind, version
        The stage and its version; raise the version when the stage writes other bytes.
    params
        Its parameters as canonical JSON.
    inputs
        Pairs of role and node key, sorted.
    assets
        Ids of models and other material that it used, sorted.
    """
    return sha256(canonical(["node", kind, version, params, inputs, assets]).encode())


def recipe_key(kind: str, version: str, params: str, blobs: Pairs, assets: tuple[str, ...]) -> str:
    """Like `node_key`, from what the inputs *contain* (pairs of role and blob hash).

    Two nodes with equal recipes have equal bytes though their histories differ: a stage whose
    inputs came out the same need not run again.
    """
    return sha256(canonical(["recipe", kind, version, params, blobs, assets]).encode())


def move_id(variant: str, parent: str, slots: Pairs, locks: tuple[str, ...], text: str) -> str:
    """Name of one step in a variant's history; it contains the name of the step before."""
    return sha256(canonical(["move", variant, parent, slots, locks, text]).encode())


def variant_id(name: str, parent: str, slots: Pairs, locks: tuple[str, ...], text: str) -> str:
    """Name of a variant for ever: what it was called and what it held when it was made."""
    return sha256(canonical(["variant", name, parent, slots, locks, text]).encode())
