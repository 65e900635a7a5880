"""A store that keeps nothing when it goes: for tests, for trying things out, and as an example.

It has the tables of `SqliteStore` in memory and the contents in a dictionary.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from pathlib import Path

from songwright.errors import ProjectError
from songwright.session.store import rows
from songwright.session.store.apply import apply_change
from songwright.session.store.changes import Change
from songwright.session.store.keys import sha256
from songwright.session.store.model import Move, Node, Variant
from songwright.session.store.protocol import Contents
from songwright.session.store.schema import migrate


class MemoryStore:
    """Implements `Store` for one thread."""

    def __init__(self) -> None:
        self.connection = sqlite3.connect(":memory:", isolation_level=None)
        self.connection.execute("PRAGMA foreign_keys = ON")
        migrate(self.connection, Path("memory"))
        self.contents: dict[str, bytes] = {}

    def apply(
        self, changes: Iterable[Change], contents: Contents | None = None, strict: bool = True
    ) -> None:
        """See `Store.apply`."""
        self.contents |= {sha256(data): data for data, _ in (contents or {}).values()}
        self.connection.execute("BEGIN")
        try:
            for change in changes:
                apply_change(self.connection, change, "", strict)
            self.connection.execute("COMMIT")
        except BaseException:
            self.connection.execute("ROLLBACK")
            raise

    def content(self, blob: str) -> bytes:
        """See `Store.content`."""
        if blob not in self.contents:
            raise ProjectError(f"the blob {blob[:12]} is missing")
        return self.contents[blob]

    def has_content(self, blob: str) -> bool:
        """See `Store.has_content`."""
        return blob in self.contents

    def node(self, key: str) -> Node | None:
        """See `Store.node`."""
        return rows.node_of_key(self.connection, key)

    def like(self, recipe: str) -> Node | None:
        """See `Store.like`."""
        return rows.node_of_recipe(self.connection, recipe)

    def nodes(self, kind: str = "") -> list[Node]:
        """See `Store.nodes`."""
        return rows.nodes(self.connection, kind)

    def lineage(self, keys: Iterable[str], down: bool = False) -> list[Node]:
        """See `Store.lineage`."""
        return rows.lineage(self.connection, keys, down)

    def variants(self, name: str = "") -> list[Variant]:
        """See `Store.variants`."""
        return rows.variants(self.connection, name)

    def moves(self, variant: str = "") -> list[Move]:
        """See `Store.moves`."""
        return rows.moves(self.connection, variant)

    def settings(self) -> dict[str, str]:
        """See `Store.settings`."""
        return dict(self.connection.execute("SELECT name, value FROM settings ORDER BY name"))

    def close(self) -> None:
        """See `Store.close`."""
        self.connection.close()
