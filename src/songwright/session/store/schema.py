"""The database file: how it is opened, its tables, and the list of migrations.

To change the tables, append a script to `MIGRATIONS`; never edit one that was released. The
number of scripts that ran stands in ``user_version``.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import quote

from songwright.errors import ProjectError

APPLICATION_ID = 0x534F4E47  # "SONG": tells our files from other SQLite files
_BUSY_SECONDS = 30.0

_FIRST = """
CREATE TABLE nodes (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    key TEXT NOT NULL UNIQUE, recipe TEXT NOT NULL, kind TEXT NOT NULL, version TEXT NOT NULL,
    params TEXT NOT NULL, inputs TEXT NOT NULL, assets TEXT NOT NULL,
    blob TEXT NOT NULL, size INTEGER NOT NULL, media_type TEXT NOT NULL,
    metrics TEXT NOT NULL, made_at TEXT NOT NULL
);
CREATE INDEX nodes_recipe ON nodes(recipe);
CREATE INDEX nodes_kind ON nodes(kind, id);
CREATE INDEX nodes_blob ON nodes(blob);
-- The same facts as nodes.inputs, for walking both ways and so that nothing that is needed can go.
CREATE TABLE edges (
    child INTEGER NOT NULL REFERENCES nodes(id) ON DELETE CASCADE,
    role TEXT NOT NULL,
    parent INTEGER NOT NULL REFERENCES nodes(id),
    PRIMARY KEY (child, role)
) WITHOUT ROWID;
CREATE INDEX edges_parent ON edges(parent);
CREATE TABLE variants (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE, name TEXT NOT NULL UNIQUE, born_as TEXT NOT NULL,
    branch TEXT NOT NULL, parent TEXT NOT NULL, text TEXT NOT NULL,
    star INTEGER NOT NULL DEFAULT 0 CHECK (star IN (-1, 0, 1)),
    note TEXT NOT NULL DEFAULT '', tags TEXT NOT NULL DEFAULT '[]',
    move TEXT NOT NULL DEFAULT ''
);
CREATE INDEX variants_parent ON variants(parent);
CREATE TABLE moves (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    variant TEXT NOT NULL REFERENCES variants(id),
    parent TEXT NOT NULL, text TEXT NOT NULL, locks TEXT NOT NULL,
    following TEXT NOT NULL DEFAULT ''
);
CREATE INDEX moves_variant ON moves(variant, number);
CREATE TABLE slots (
    move INTEGER NOT NULL REFERENCES moves(number) ON DELETE CASCADE,
    slot TEXT NOT NULL,
    node INTEGER NOT NULL REFERENCES nodes(id),
    PRIMARY KEY (move, slot)
) WITHOUT ROWID;
CREATE INDEX slots_node ON slots(node);
CREATE TABLE settings (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE history (bytes INTEGER NOT NULL);
INSERT INTO history VALUES (0);
"""

MIGRATIONS: tuple[str, ...] = (_FIRST,)


def connect(path: Path, read_only: bool = False) -> sqlite3.Connection:
    """Open a database file and bring its tables up to date; see `migrate`."""
    if not read_only:
        connection = _open(path, "rwc")
        connection.execute("PRAGMA journal_mode = WAL")
        # A killed process loses no commit. A power cut may take the last ones, whole, and never
        # damages the file; FULL would cost 4 ms more for each node.
        connection.execute("PRAGMA synchronous = NORMAL")
        migrate(connection, path)
        return connection
    try:
        connection = _open(path, "ro")
        _refuse_strangers(connection, path, MIGRATIONS)
    except sqlite3.OperationalError:
        # A folder that cannot be written has no room for the write-ahead log's index. Without a
        # log there is nothing to miss, and the file can be read as it lies.
        log = path.with_name(path.name + "-wal")
        if log.exists() and log.stat().st_size:
            raise
        connection = _open(path, "ro&immutable=1")
        _refuse_strangers(connection, path, MIGRATIONS)
    return connection


def migrate(
    connection: sqlite3.Connection, path: Path, migrations: Sequence[str] = MIGRATIONS
) -> None:
    """Run the scripts that this database has not seen, each in its own transaction.

    Raises
    ------
    ProjectError
        If the file is of a newer version or belongs to another program.
    """
    while _refuse_strangers(connection, path, migrations) < len(migrations):
        connection.execute("BEGIN IMMEDIATE")
        try:
            version = _version(connection)  # another process may have been faster
            if version < len(migrations):
                for statement in _statements(migrations[version]):
                    connection.execute(statement)
                connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
                connection.execute(f"PRAGMA user_version = {version + 1}")
            connection.execute("COMMIT")
        except BaseException:
            connection.execute("ROLLBACK")
            raise


def _open(path: Path, mode: str) -> sqlite3.Connection:
    connection = sqlite3.connect(
        f"file:{quote(str(path.absolute()))}?mode={mode}", uri=True, timeout=_BUSY_SECONDS,
        isolation_level=None, check_same_thread=False,
    )  # fmt: skip
    connection.execute("PRAGMA foreign_keys = ON")
    return connection


def _version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def _refuse_strangers(connection: sqlite3.Connection, path: Path, migrations: Sequence[str]) -> int:
    version = _version(connection)
    owner = int(connection.execute("PRAGMA application_id").fetchone()[0])
    if version > len(migrations) and owner == APPLICATION_ID:
        raise ProjectError(
            f"{path.parent} was written by a newer Songwright (format {version}, "
            f"this one knows {len(migrations)}); update Songwright"
        )
    if owner not in (0, APPLICATION_ID) or (version and owner != APPLICATION_ID):
        raise ProjectError(f"{path} is a database of another program")
    return version


def _statements(script: str) -> list[str]:
    """The statements of a script (none of ours holds a semicolon in a text)."""
    return [part for part in (s.strip() for s in script.split(";")) if part]
