"""Everything that can happen to a project, one type each.

A project is the sum of its changes: the database applies them, the history file lists them (so
that a lost database can be made again), and a bundle carries them to somebody else.
"""

from __future__ import annotations

import msgspec

from songwright.session.store.keys import Pairs


class Change(msgspec.Struct, frozen=True, omit_defaults=True):
    """Base of all changes."""


class NodeMade(Change, frozen=True, tag="node"):
    """A result is there. Fields as in `Node`."""

    key: str
    recipe: str
    kind: str
    version: str
    params: str
    inputs: Pairs
    assets: tuple[str, ...]
    blob: str
    size: int
    media_type: str
    metrics: str = "{}"


class Measured(Change, frozen=True, tag="measured"):
    """A node's measurements are now these (JSON)."""

    key: str
    metrics: str


class VariantAdded(Change, frozen=True, tag="variant"):
    """A variant begins; a `Moved` with an empty ``parent`` follows and fills it."""

    id: str
    name: str
    born_as: str
    branch: str = "main"
    parent: str = ""
    text: str = ""


class Moved(Change, frozen=True, tag="move"):
    """A variant's head goes on to these nodes."""

    id: str
    variant: str
    parent: str
    slots: Pairs
    locks: tuple[str, ...] = ()
    text: str = ""


class Positioned(Change, frozen=True, tag="position"):
    """A variant's head stands at this move: undo, redo or a jump."""

    variant: str
    move: str


class Marked(Change, frozen=True, tag="mark"):
    """A person's marks; ``None`` leaves one as it is."""

    variant: str
    name: str | None = None
    branch: str | None = None
    star: int | None = None
    note: str | None = None
    tags: tuple[str, ...] | None = None


class SettingChanged(Change, frozen=True, tag="setting"):
    """A value for the whole project (JSON); an empty text removes it."""

    name: str
    value: str


class Removed(Change, frozen=True, tag="removed"):
    """Garbage that was collected on request."""

    nodes: tuple[str, ...] = ()
    moves: tuple[str, ...] = ()
    variants: tuple[str, ...] = ()


AnyChange = (
    NodeMade | Measured | VariantAdded | Moved | Positioned | Marked | SettingChanged | Removed
)

_decoder = msgspec.json.Decoder(AnyChange)


def encode_change(change: Change) -> bytes:
    """One line of JSON."""
    return msgspec.json.encode(change)


def decode_change(line: bytes) -> AnyChange:
    """Read a line back; raises ``msgspec.MsgspecError`` if it is none."""
    change: AnyChange = _decoder.decode(line)
    return change
