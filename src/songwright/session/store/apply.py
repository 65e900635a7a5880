"""What each change does to the tables."""

from __future__ import annotations

import sqlite3

import msgspec

from songwright.errors import ProjectError
from songwright.session.store.changes import (
    Change,
    Marked,
    Measured,
    Moved,
    NodeMade,
    Positioned,
    Removed,
    SettingChanged,
    VariantAdded,
)
from songwright.session.store.keys import Pairs


def apply_change(
    connection: sqlite3.Connection, change: Change, time: str, strict: bool = True
) -> None:
    """Carry out one change inside the caller's transaction.

    ``strict`` refuses what a person should know about (a name that is taken, a variant that
    somebody else moved on); otherwise, for histories and bundles, the change is fitted in.
    Changes that already happened do nothing.

    Raises
    ------
    ProjectError
        If the change does not fit the project.
    """
    match change:
        case NodeMade():
            _add_node(connection, change, time)
        case Measured(key, metrics):
            found = connection.execute(
                "UPDATE nodes SET metrics = ? WHERE key = ?", (metrics, key)
            ).rowcount
            _expect(found, "node", key)
        case VariantAdded():
            _add_variant(connection, change, strict)
        case Moved():
            _move(connection, change, strict)
        case Positioned(variant, move):
            _position(connection, variant, move)
        case Marked():
            _mark(connection, change, strict)
        case SettingChanged(name, value):
            connection.execute("DELETE FROM settings WHERE name = ?", (name,))
            if value:
                connection.execute("INSERT INTO settings VALUES (?, ?)", (name, value))
        case Removed():
            _remove(connection, change)
        case _:
            raise ProjectError(f"{type(change).__name__} is no change of a project")


def _expect(found: int, what: str, name: str) -> None:
    if not found:
        raise ProjectError(f"the project has no {what} {name[:12]!r}; was it collected?")


def _add_node(connection: sqlite3.Connection, node: NodeMade, time: str) -> None:
    added = connection.execute(
        "INSERT OR IGNORE INTO nodes (key, recipe, kind, version, params, inputs, assets, blob,"
        " size, media_type, metrics, made_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            node.key, node.recipe, node.kind, node.version, node.params, _json(node.inputs),
            _json(node.assets), node.blob, node.size, node.media_type, node.metrics, time,
        ),
    )  # fmt: skip
    if not added.rowcount:
        return
    child = added.lastrowid
    for role, key in node.inputs:
        linked = connection.execute(
            "INSERT INTO edges SELECT ?, ?, id FROM nodes WHERE key = ?", (child, role, key)
        )
        _expect(linked.rowcount, "node", key)


def _add_variant(connection: sqlite3.Connection, variant: VariantAdded, strict: bool) -> None:
    same = connection.execute("SELECT name FROM variants WHERE id = ?", (variant.id,)).fetchone()
    if same:
        if strict:
            raise ProjectError(f"this variant is already there, as {same[0]!r}")
        return
    connection.execute(
        "INSERT INTO variants (id, name, born_as, branch, parent, text) VALUES (?, ?, ?, ?, ?, ?)",
        (
            variant.id, _free_name(connection, variant.name, strict), variant.born_as,
            variant.branch, variant.parent, variant.text,
        ),
    )  # fmt: skip


def _free_name(connection: sqlite3.Connection, name: str, strict: bool) -> str:
    wanted, number = name, 2
    while connection.execute("SELECT 1 FROM variants WHERE name = ?", (name,)).fetchone():
        if strict:
            raise ProjectError(f"there is a variant {name!r} already; choose another name")
        name, number = f"{wanted}-{number}", number + 1
    return name


def _move(connection: sqlite3.Connection, move: Moved, strict: bool) -> None:
    row = connection.execute("SELECT move FROM variants WHERE id = ?", (move.variant,)).fetchone()
    _expect(row is not None, "variant", move.variant)
    if strict and row[0] != move.parent:
        raise ProjectError(
            "this variant was changed by another process meanwhile; look at it and try again"
        )
    added = connection.execute(
        "INSERT OR IGNORE INTO moves (id, variant, parent, text, locks) VALUES (?, ?, ?, ?, ?)",
        (move.id, move.variant, move.parent, move.text, _json(move.locks)),
    )
    if added.rowcount:
        _fill_slots(connection, added.lastrowid, move.slots)
    if row[0] == move.parent:
        _position(connection, move.variant, move.id)


def _fill_slots(connection: sqlite3.Connection, move: int | None, slots: Pairs) -> None:
    for slot, key in slots:
        filled = connection.execute(
            "INSERT INTO slots SELECT ?, ?, id FROM nodes WHERE key = ?", (move, slot, key)
        )
        _expect(filled.rowcount, "node", key)


def _position(connection: sqlite3.Connection, variant: str, move: str) -> None:
    """Set the head, and let redo lead from every earlier step to it."""
    row = connection.execute(
        "SELECT parent FROM moves WHERE id = ? AND variant = ?", (move, variant)
    ).fetchone()
    _expect(row is not None, "step", move)
    connection.execute("UPDATE variants SET move = ? WHERE id = ?", (move, variant))
    while row and row[0]:
        parent = row[0]
        connection.execute("UPDATE moves SET following = ? WHERE id = ?", (move, parent))
        move = parent
        row = connection.execute("SELECT parent FROM moves WHERE id = ?", (move,)).fetchone()


def _mark(connection: sqlite3.Connection, mark: Marked, strict: bool) -> None:
    row = connection.execute("SELECT name FROM variants WHERE id = ?", (mark.variant,)).fetchone()
    _expect(row is not None, "variant", mark.variant)
    name = mark.name
    if name is not None and name != row[0]:
        name = _free_name(connection, name, strict)
    values = {
        "name": name, "branch": mark.branch, "star": mark.star, "note": mark.note,
        "tags": None if mark.tags is None else _json(mark.tags),
    }  # fmt: skip
    for column, value in values.items():
        if value is not None:
            connection.execute(
                f"UPDATE variants SET {column} = ? WHERE id = ?", (value, mark.variant)
            )


def _remove(connection: sqlite3.Connection, removed: Removed) -> None:
    connection.executemany("DELETE FROM moves WHERE id = ?", [(m,) for m in removed.moves])
    for variant in removed.variants:
        connection.execute("DELETE FROM moves WHERE variant = ?", (variant,))
        connection.execute("DELETE FROM variants WHERE id = ?", (variant,))
    connection.executemany(
        "UPDATE moves SET following = '' WHERE following = ?", [(m,) for m in removed.moves]
    )
    # Children before parents, or the foreign keys hold the parents back.
    rows = [
        connection.execute("SELECT id FROM nodes WHERE key = ?", (key,)).fetchone()
        for key in removed.nodes
    ]
    doomed = sorted((row[0] for row in rows if row), reverse=True)
    connection.executemany("DELETE FROM nodes WHERE id = ?", [(number,) for number in doomed])


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()
