"""Refining a song: edits as data, exact scopes, and nothing changed outside them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from songwright.session.refine.kinds import Outcome, apply, refine, replay
    from songwright.session.refine.model import Edit, Refined, Scope, StripChange
    from songwright.session.refine.scope import parse_scope

__all__ = [
    "Edit", "Outcome", "Refined", "Scope", "StripChange", "apply", "parse_scope", "refine",
    "replay",
]  # fmt: skip

_HOMES = {
    "Edit": "model", "Refined": "model", "Scope": "model", "StripChange": "model",
    "Outcome": "kinds", "apply": "kinds", "refine": "kinds", "replay": "kinds",
    "parse_scope": "scope",
}  # fmt: skip


def __getattr__(name: str) -> Any:
    """Import on first use: a song knows this room, and this room makes songs."""
    if name not in _HOMES:
        raise AttributeError(f"module 'songwright.session.refine' has no attribute {name!r}")
    from importlib import import_module  # noqa: PLC0415

    return getattr(import_module(f"songwright.session.refine.{_HOMES[name]}"), name)
