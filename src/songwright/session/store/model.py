"""What a project holds: nodes (results), variants (named heads) and moves (their history)."""

from __future__ import annotations

from typing import Any

import msgspec

from songwright.errors import ProjectError
from songwright.session.store.keys import Pairs

# "export" is a file for other programs (MIDI, MusicXML); "material" is what a person brought.
KINDS = (
    "brief", "plan", "score", "performance", "stem", "mix", "master", "report", "evaluation",
    "preview", "export", "material",
)  # fmt: skip

REJECTED, UNMARKED, STARRED = -1, 0, 1


class Node(msgspec.Struct, frozen=True):
    """One result, made once and never changed.

    Attributes
    ----------
    order
        Grows with every node of a project; says what was made before what. Not part of ``key``.
    key, recipe
        See `songwright.session.store.keys`.
    kind
        A member of `KINDS`.
    version
        Version of the stage that made it.
    params
        Its parameters as canonical JSON.
    inputs
        Pairs of role and key of the nodes that it was made from, sorted by role.
    assets
        Ids of models and material that it used, sorted.
    blob, size, media_type
        SHA-256, length in bytes and type of its content.
    metrics
        Measurements of it as JSON; may be added to later and is part of no hash.
    made_at
        UTC time as information only.
    """

    order: int
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
    made_at: str = ""

    @property
    def parameters(self) -> dict[str, Any]:
        return _object(self.params)

    @property
    def measured(self) -> dict[str, Any]:
        return _object(self.metrics)

    def input(self, role: str) -> str:
        """Key of the input with this role (``KeyError`` if there is none)."""
        return dict(self.inputs)[role]


class Move(msgspec.Struct, frozen=True):
    """One step in a variant's history: what its head held from then on.

    ``slots`` are pairs of slot name (``score``, ``stem:bass``) and node key, sorted; ``locks``
    are opaque scopes that later edits must leave alone; ``text`` says what was asked for;
    ``parent`` is the step before, empty for the first; ``following`` is where redo leads.
    """

    id: str
    variant: str
    parent: str
    slots: Pairs
    locks: tuple[str, ...]
    text: str
    following: str = ""


class Variant(msgspec.Struct, frozen=True):
    """A named head: the nodes that together are one version of the piece, and a person's marks.

    ``parent`` is the id of the variant that it refines, empty for a first draft; ``born_as`` is
    its first name; ``star`` is -1 rejected, 0, +1 starred; ``move`` is its present step.
    """

    id: str
    name: str
    born_as: str
    branch: str
    parent: str
    text: str
    star: int
    note: str
    tags: tuple[str, ...]
    move: str
    slots: dict[str, str]
    locks: tuple[str, ...]

    @property
    def starred(self) -> bool:
        return self.star == STARRED

    @property
    def rejected(self) -> bool:
        return self.star == REJECTED


class Difference(msgspec.Struct, frozen=True):
    """What two variants share, slot by slot; each slot name stands in exactly one field."""

    same: tuple[str, ...]
    changed: tuple[str, ...]  # different bytes
    remade: tuple[str, ...]  # the same bytes with another history
    only_first: tuple[str, ...]
    only_second: tuple[str, ...]


def _object(text: str) -> dict[str, Any]:
    try:
        return msgspec.json.decode(text, type=dict[str, Any])
    except msgspec.MsgspecError as error:
        raise ProjectError(f"the row of a node is damaged ({error}); verify names it") from error
