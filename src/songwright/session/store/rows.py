"""Reading the tables."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from songwright.session.store.keys import Pairs
from songwright.session.store.model import Move, Node, Variant

_NODE = (
    "SELECT n.id, n.key, n.recipe, n.kind, n.version, n.params, n.inputs, n.assets, n.blob,"
    " n.size, n.media_type, n.metrics, n.made_at FROM nodes n "
)
_pair_list = msgspec.json.Decoder(Pairs)
_text_list = msgspec.json.Decoder(tuple[str, ...])


def _pairs(text: str) -> Pairs:
    """Pairs from JSON; a damaged row reads as empty, so that the others still open."""
    try:
        return () if text == "[]" else _pair_list.decode(text)
    except msgspec.MsgspecError:
        return ()


def _texts(text: str) -> tuple[str, ...]:
    try:
        return () if text == "[]" else _text_list.decode(text)
    except msgspec.MsgspecError:
        return ()


def _node(row: tuple[Any, ...]) -> Node:
    order, key, recipe, kind, version, params, inputs, assets, blob, size, media, metrics, at = row
    return Node(
        order, key, recipe, kind, version, params, _pairs(inputs), _texts(assets), blob, size,
        media, metrics, at,
    )  # fmt: skip


def node_of_key(connection: sqlite3.Connection, key: str) -> Node | None:
    row = connection.execute(_NODE + "WHERE n.key = ?", (key,)).fetchone()
    return _node(row) if row else None


def node_of_recipe(connection: sqlite3.Connection, recipe: str) -> Node | None:
    """The first node with this recipe."""
    row = connection.execute(_NODE + "WHERE n.recipe = ? ORDER BY n.id LIMIT 1", (recipe,))
    found = row.fetchone()
    return _node(found) if found else None


def nodes(connection: sqlite3.Connection, kind: str = "") -> list[Node]:
    """All nodes (of a kind) in the order in which they were made."""
    if kind:
        rows = connection.execute(_NODE + "WHERE n.kind = ? ORDER BY n.id", (kind,))
    else:
        rows = connection.execute(_NODE + "ORDER BY n.id")
    return [_node(row) for row in rows]


def lineage(connection: sqlite3.Connection, keys: Iterable[str], down: bool) -> list[Node]:
    """These nodes with all they were made from (``down``: all that was made from them)."""
    start, end = ("parent", "child") if down else ("child", "parent")
    rows = connection.execute(
        "WITH RECURSIVE found(id) AS ("
        " SELECT id FROM nodes WHERE key IN (SELECT value FROM json_each(?))"
        f" UNION SELECT e.{end} FROM edges e JOIN found f ON e.{start} = f.id) "
        + _NODE + "JOIN found f ON f.id = n.id ORDER BY n.id",
        (msgspec.json.encode(list(keys)).decode(),),
    )  # fmt: skip
    return [_node(row) for row in rows]


_VARIANT = (
    "SELECT v.id, v.name, v.born_as, v.branch, v.parent, v.text, v.star, v.note, v.tags, v.move,"
    " coalesce(m.number, 0), coalesce(m.locks, '[]') FROM variants v"
    " LEFT JOIN moves m ON m.id = v.move "
)


def variants(connection: sqlite3.Connection, name: str = "") -> list[Variant]:
    """All variants (or those with this name or id) in the order of their birth."""
    if name:
        rows = connection.execute(_VARIANT + "WHERE v.name = ? OR v.id = ?", (name, name))
    else:
        rows = connection.execute(_VARIANT + "ORDER BY v.number")
    found = rows.fetchall()
    slots = _slots(connection, [row[10] for row in found])
    return [
        Variant(
            id_, called, born_as, branch, parent, text, star, note, _texts(tags), move,
            dict(slots.get(number, ())), _texts(locks),
        )
        for (
            id_, called, born_as, branch, parent, text, star, note, tags, move, number, locks
        ) in found
    ]  # fmt: skip


def moves(connection: sqlite3.Connection, variant: str = "") -> list[Move]:
    """The steps of a variant (of all variants) in the order in which they were made."""
    query = "SELECT number, id, variant, parent, locks, text, following FROM moves "
    if variant:
        rows = connection.execute(query + "WHERE variant = ? ORDER BY number", (variant,))
    else:
        rows = connection.execute(query + "ORDER BY number")
    found = rows.fetchall()
    slots = _slots(connection, [row[0] for row in found])
    return [
        Move(id_, owner, parent, slots.get(number, ()), _texts(locks), text, following)
        for number, id_, owner, parent, locks, text, following in found
    ]


def _slots(connection: sqlite3.Connection, numbers: Sequence[int]) -> dict[int, Pairs]:
    found: dict[int, list[tuple[str, str]]] = {}
    rows = connection.execute(
        "SELECT s.move, s.slot, n.key FROM slots s JOIN nodes n ON n.id = s.node"
        " WHERE s.move IN (SELECT value FROM json_each(?)) ORDER BY s.move, s.slot",
        (msgspec.json.encode(list(numbers)).decode(),),
    )
    for move, slot, key in rows:
        found.setdefault(move, []).append((slot, key))
    return {move: tuple(pairs) for move, pairs in found.items()}
