"""What variants, slots, tags and branches may be called."""

from __future__ import annotations

import re

from songwright.errors import ProjectError

_NAME = re.compile(r"\w[\w.\- ]{0,63}")
_HASH = re.compile(r"[0-9a-f]{64}")
_SLOT = re.compile(r"[a-z][a-z_]{0,31}(:[\w.\- ]{1,64})?")


def is_name(name: str) -> bool:
    """Whether a text can name a variant, a tag or a branch (and a file on every system)."""
    if _HASH.fullmatch(name):  # an id, which would be taken for another variant
        return False
    return bool(_NAME.fullmatch(name)) and name[-1] not in ". "


def is_hash(name: str) -> bool:
    """Whether a text is a SHA-256 as we write it."""
    return bool(_HASH.fullmatch(name))


def is_slot(slot: str) -> bool:
    """Whether a text can name what a variant holds: ``score``, or with a part, ``stem:bass``."""
    return bool(_SLOT.fullmatch(slot))


def checked_name(name: str, what: str) -> str:
    """The name, or a `ProjectError` that says what names look like."""
    if not is_name(name):
        raise ProjectError(
            f"{name!r} cannot be the name of a {what}; use up to 64 letters, digits, "
            "spaces, dots, - and _"
        )
    return name


def checked_slot(slot: str) -> str:
    """The slot name, or a `ProjectError` that says what slots look like."""
    if not is_slot(slot):
        raise ProjectError(f"{slot!r} is no slot; slots are called like score or stem:bass")
    return slot
