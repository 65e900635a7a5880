"""The seam: what a store must be able to do, and no more.

`SqliteStore` keeps a project in a folder. A store for a team (PostgreSQL with an object store)
implements these methods; nothing above it changes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Protocol

from songwright.session.store.changes import Change
from songwright.session.store.model import Move, Node, Variant

Contents = Mapping[str, tuple[bytes, str]]  # hash → content and media type


class Store(Protocol):
    """Nodes, variants, moves and settings, and the contents of the nodes."""

    def apply(
        self, changes: Iterable[Change], contents: Contents | None = None, strict: bool = True
    ) -> None:
        """Carry out changes, all or none, and make them durable.

        ``contents`` are kept first, so that no node is ever without its content. Changes that
        already happened do nothing. Without ``strict``, names that are taken are varied and moves
        that do not continue a head are only filed.

        Raises
        ------
        ProjectError
            If a change does not fit, or another process holds the store too long.
        OutputError
            If the store cannot be written.
        """

    def content(self, blob: str) -> bytes:
        """The content with this hash, checked; `ProjectError` if missing or damaged."""

    def has_content(self, blob: str) -> bool:
        """Whether a content is there (it may be damaged)."""

    def node(self, key: str) -> Node | None:
        """The node with this key."""

    def like(self, recipe: str) -> Node | None:
        """The first node with this recipe."""

    def nodes(self, kind: str = "") -> list[Node]:
        """All nodes (of a kind) in order."""

    def lineage(self, keys: Iterable[str], down: bool = False) -> list[Node]:
        """These nodes and all they were made from (``down``: made from them), in order."""

    def variants(self, name: str = "") -> list[Variant]:
        """All variants, or those with this name or id."""

    def moves(self, variant: str = "") -> list[Move]:
        """The history of a variant, or of all."""

    def settings(self) -> dict[str, str]:
        """Values for the whole project, as JSON."""

    def close(self) -> None:
        """Let go of files and connections."""
