"""A project in a folder: ``project.db`` (SQLite), ``blobs/`` and ``history.txt``."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from songwright.errors import OutputError, ProjectError
from songwright.session.store import rows
from songwright.session.store.apply import apply_change
from songwright.session.store.blobs import BlobFolder
from songwright.session.store.changes import Change, NodeMade
from songwright.session.store.disk import clear_errors
from songwright.session.store.history import HistoryFile
from songwright.session.store.model import Move, Node, Variant
from songwright.session.store.protocol import Contents
from songwright.session.store.schema import connect

DATABASE = "project.db"
BLOBS = "blobs"
HISTORY = "history.txt"


def _now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


class SqliteStore:
    """Implements `Store`. Safe for several threads and several processes.

    Every change is one short write transaction: contents are on disk under their names before it
    begins, the history is appended inside it. A process that is killed at any moment leaves the
    project as it was before or after the change.

    Parameters
    ----------
    folder
        Of the project; ``project.db`` is made if it is not there.
    read_only
        Never write. Also chosen when the folder cannot be written.
    clock
        Gives the time that nodes carry for information.

    Raises
    ------
    ProjectError
        If the database is damaged, newer, or not ours.
    """

    def __init__(
        self, folder: Path, read_only: bool = False, clock: Callable[[], str] = _now
    ) -> None:
        self.folder = folder
        self.read_only = read_only or not _writable(folder)
        self.blobs = BlobFolder(folder / BLOBS)
        self.history = HistoryFile(folder / HISTORY)
        self._clock = clock
        self._lock = threading.RLock()
        with clear_errors(folder):
            self.connection = connect(folder / DATABASE, self.read_only)

    def apply(
        self, changes: Iterable[Change], contents: Contents | None = None, strict: bool = True
    ) -> None:
        """See `Store.apply`."""
        changes = list(changes)
        contents = contents or {}
        self._keep(contents)
        with self.writing() as connection:
            self._keep(contents)  # garbage collection may have come between; it waits from here on
            self.carry_out(connection, changes, strict)

    def carry_out(
        self, connection: sqlite3.Connection, changes: Sequence[Change], strict: bool = True
    ) -> None:
        """Apply changes inside a transaction of `writing`, and list them in the history."""
        time = self._clock()
        for change in changes:
            apply_change(connection, change, time, strict)
            if isinstance(change, NodeMade) and not self.blobs.has(change.blob):
                raise ProjectError(
                    f"the content of {change.kind} node {change.key[:12]} is missing; make it again"
                )
        (known,) = connection.execute("SELECT bytes FROM history").fetchone()
        length = self.history.append(changes, time, known)
        connection.execute("UPDATE history SET bytes = ?", (length,))

    @contextlib.contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """One write transaction; an error undoes all of it."""
        if self.read_only:
            raise OutputError(
                f"{self.folder} is read-only; work on a copy or ask for write permission"
            )
        with self._lock, clear_errors(self.folder):
            self.connection.execute("BEGIN IMMEDIATE")
            try:
                yield self.connection
                self.connection.execute("COMMIT")
            except BaseException:
                if self.connection.in_transaction:  # a full disk may have rolled it back already
                    self.connection.execute("ROLLBACK")
                raise

    def content(self, blob: str) -> bytes:
        """See `Store.content`."""
        return self.blobs.get(blob)

    def has_content(self, blob: str) -> bool:
        """See `Store.has_content`."""
        return self.blobs.has(blob)

    def node(self, key: str) -> Node | None:
        """See `Store.node`."""
        with self.reading() as connection:
            return rows.node_of_key(connection, key)

    def like(self, recipe: str) -> Node | None:
        """See `Store.like`."""
        with self.reading() as connection:
            return rows.node_of_recipe(connection, recipe)

    def nodes(self, kind: str = "") -> list[Node]:
        """See `Store.nodes`."""
        with self.reading() as connection:
            return rows.nodes(connection, kind)

    def lineage(self, keys: Iterable[str], down: bool = False) -> list[Node]:
        """See `Store.lineage`."""
        with self.reading() as connection:
            return rows.lineage(connection, keys, down)

    def variants(self, name: str = "") -> list[Variant]:
        """See `Store.variants`."""
        with self.reading() as connection:
            return rows.variants(connection, name)

    def moves(self, variant: str = "") -> list[Move]:
        """See `Store.moves`."""
        with self.reading() as connection:
            return rows.moves(connection, variant)

    def settings(self) -> dict[str, str]:
        """See `Store.settings`."""
        with self.reading() as connection:
            return dict(connection.execute("SELECT name, value FROM settings ORDER BY name"))

    def history_bytes(self) -> int:
        """Length of the history file at the last commit."""
        with self.reading() as connection:
            return int(connection.execute("SELECT bytes FROM history").fetchone()[0])

    def close(self) -> None:
        """See `Store.close`."""
        with self._lock, contextlib.suppress(sqlite3.Error):
            self.connection.close()

    @contextlib.contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """What is read inside is the project at one moment, whatever other processes write."""
        with self._lock, clear_errors(self.folder):
            if self.connection.in_transaction:
                yield self.connection
                return
            self.connection.execute("BEGIN")  # several queries see one moment
            try:
                yield self.connection
            finally:
                self.connection.execute("ROLLBACK")

    def _keep(self, contents: Contents) -> None:
        if self.read_only and contents:
            return  # the transaction that follows says so
        for name, (data, media_type) in contents.items():
            if not self.blobs.has(name) and self.blobs.put(data, media_type) != name:
                raise ProjectError(f"the content of blob {name[:12]} has another hash")


def _writable(folder: Path) -> bool:
    database = folder / DATABASE
    return os.access(folder, os.W_OK) and (not database.exists() or os.access(database, os.W_OK))
