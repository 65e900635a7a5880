"""Is everything as it was written? Every hash is derived again, every damaged thing is named."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass

from songwright.session.store.changes import NodeMade
from songwright.session.store.keys import (
    move_id,
    node_key,
    recipe_key,
    sorted_pairs,
    variant_id,
)
from songwright.session.store.model import Move, Node, Variant
from songwright.session.store.sqlite import SqliteStore


@dataclass(frozen=True, slots=True)
class Problem:
    """One damaged thing: ``what`` (database, node, blob, variant, move, history), its name, why."""

    what: str
    name: str
    why: str


@dataclass(frozen=True, slots=True)
class Verification:
    """What was checked and found.

    ``loose_blobs`` counts contents that no node uses (left by a killed process: harmless);
    ``set_aside`` are hashes of damaged contents that were moved away, to be made again.
    """

    nodes: int
    blobs: int
    variants: int
    moves: int
    loose_blobs: int
    problems: tuple[Problem, ...]
    set_aside: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        return not self.problems


def verify(store: SqliteStore, repair: bool = False) -> Verification:
    """Derive every hash of a project again.

    Parameters
    ----------
    repair
        Move damaged contents to ``blobs/damaged``; whoever asks for such a node next makes it
        again.
    """
    problems: list[Problem] = []
    with store.reading():
        problems += _database(store)
        nodes, variants, moves = store.nodes(), store.variants(), store.moves()
        problems += _history(store, nodes)
    problems += _nodes(nodes)
    problems += _moves(variants, moves, {n.key for n in nodes})
    sizes = {n.blob: n.size for n in nodes}
    owners = {n.blob: n for n in reversed(nodes)}
    aside: list[str] = []
    for blob, size in sizes.items():
        why = store.blobs.problem(blob, size)
        if not why:
            continue
        owner = owners[blob]
        problems.append(Problem("blob", blob, f"{why}; content of {owner.kind} {owner.key[:12]}"))
        if repair and not store.read_only and store.blobs.set_aside(blob):
            aside.append(blob)
    loose = sum(1 for name in store.blobs.names() if name not in sizes)
    return Verification(
        len(nodes), len(sizes), len(variants), len(moves), loose, tuple(problems), tuple(aside)
    )


def _database(store: SqliteStore) -> Iterator[Problem]:
    try:
        found = [row[0] for row in store.connection.execute("PRAGMA integrity_check")]
        links = store.connection.execute("PRAGMA foreign_key_check").fetchall()
    except sqlite3.Error as error:
        yield Problem("database", "project.db", str(error))
        return
    for line in found:
        if line != "ok":
            yield Problem("database", "project.db", line)
    for table, row, target, _ in links:
        yield Problem("database", table, f"row {row} points to a row of {target} that is not there")


def _nodes(nodes: list[Node]) -> Iterator[Problem]:
    by_key = {node.key: node for node in nodes}
    for node in nodes:
        sources = [(role, by_key.get(key)) for role, key in node.inputs]
        blobs = sorted_pairs((role, source.blob) for role, source in sources if source)
        if len(blobs) < len(sources):
            yield Problem("node", node.key, "an input is not there")
        elif node.key != node_key(node.kind, node.version, node.params, node.inputs, node.assets):
            yield Problem("node", node.key, f"the row of this {node.kind} does not have this hash")
        elif node.recipe != recipe_key(node.kind, node.version, node.params, blobs, node.assets):
            yield Problem(
                "node", node.key, f"the recipe of this {node.kind} does not have its hash"
            )


def _moves(variants: list[Variant], moves: list[Move], keys: set[str]) -> Iterator[Problem]:
    by_id = {move.id: move for move in moves}
    firsts = {move.variant: move for move in reversed(moves) if not move.parent}
    for move in moves:
        if move.id != move_id(move.variant, move.parent, move.slots, move.locks, move.text):
            yield Problem("move", move.id, "the row of this step does not have this hash")
        if any(key not in keys for _, key in move.slots):
            yield Problem("move", move.id, "a node of this step is not there")
    for variant in variants:
        first = firsts.get(variant.id)
        if variant.move not in by_id:
            yield Problem("variant", variant.name, "its present step is not there")
        # Collection may have dropped the first step of a variant; then its name cannot be derived.
        elif first and variant.id != variant_id(
            variant.born_as, variant.parent, first.slots, first.locks, variant.text
        ):
            yield Problem("variant", variant.name, "the row of this variant does not have its hash")


def _history(store: SqliteStore, nodes: list[Node]) -> Iterator[Problem]:
    lines, damaged = store.history.read(store.history_bytes())
    for number in damaged:
        yield Problem("history", f"line {number}", "is damaged")
    listed = {line.change.key for line in lines if isinstance(line.change, NodeMade)}
    missing = sum(1 for node in nodes if node.key not in listed)
    if missing:
        yield Problem("history", "history.txt", f"does not list {missing} nodes of the database")
