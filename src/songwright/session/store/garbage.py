"""Collecting what nobody needs: only on request, and never what a star leads to.

Kept is

- every variant that is not rejected, and a rejected one as long as a kept one descends from it;
- every node in the history of a kept variant, with all that it was made from;
- reports, evaluations, previews and exports made from kept nodes only.

The rest goes: rejected variants, and nodes that were made but belong to no variant. What was made
a short while ago stays, because another process may be about to put it into a variant.
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from songwright.session.store.changes import Removed
from songwright.session.store.model import Move, Node, Variant
from songwright.session.store.sqlite import SqliteStore

GRACE_SECONDS = 3600.0
_ATTACHED = ("report", "evaluation", "preview", "export")


@dataclass(frozen=True, slots=True)
class Garbage:
    """What was collected, or would be.

    ``moves`` counts steps of history; ``blobs`` are contents that nothing else uses, and ``bytes``
    their size on disk; ``removed`` tells whether it was done.
    """

    variants: tuple[str, ...]
    moves: int
    nodes: tuple[Node, ...]
    blobs: tuple[str, ...]
    bytes: int
    removed: bool


def collect_garbage(
    store: SqliteStore,
    dry_run: bool = True,
    drop_history: bool = False,
    grace_seconds: float = GRACE_SECONDS,
) -> Garbage:
    """Find, and unless ``dry_run`` remove, what nobody needs.

    Parameters
    ----------
    drop_history
        Also give up the steps of unstarred variants that neither are the present one nor lead to
        it by undo or redo: the branches that were left.
    grace_seconds
        Unattached nodes and blobs younger than this stay.
    """
    if dry_run:
        found, _ = _survey(store, drop_history, grace_seconds)
        return found
    with store.writing() as connection:
        found, change = _survey(store, drop_history, grace_seconds)
        store.carry_out(connection, [change])
    # Blobs go in a second transaction, when the rows are surely gone: a process that dies between
    # leaves a blob too many, never one too few. Writers wait, so no new node can need one.
    with store.writing():
        now = time.time()
        for blob in _loose_blobs(store, store.nodes(), now, grace_seconds):
            store.blobs.remove(blob)
        store.blobs.sweep(now, grace_seconds)
    return Garbage(found.variants, found.moves, found.nodes, found.blobs, found.bytes, True)


def _survey(
    store: SqliteStore, drop_history: bool, grace_seconds: float
) -> tuple[Garbage, Removed]:
    variants, moves, nodes = store.variants(), store.moves(), store.nodes()
    doomed = _doomed_variants(variants)
    left = _left_moves(variants, moves) if drop_history else set()
    gone = {move.id for move in moves if move.variant in doomed or move.id in left}
    heads = {key for move in moves if move.id not in gone for _, key in move.slots}
    now = time.time()
    young = _iso(now - grace_seconds)
    heads |= {node.key for node in nodes if node.made_at > young}
    kept = {node.key for node in store.lineage(heads)}
    for node in nodes:  # in order: what a node was made from is decided before it
        if node.kind in _ATTACHED and node.inputs and all(key in kept for _, key in node.inputs):
            kept.add(node.key)
    loose = tuple(node for node in nodes if node.key not in kept)
    blobs = _loose_blobs(store, [n for n in nodes if n.key in kept], now, grace_seconds)
    garbage = Garbage(
        tuple(v.name for v in variants if v.id in doomed), len(gone), loose, blobs,
        sum(store.blobs.stored_bytes(blob) for blob in blobs), False,
    )  # fmt: skip
    return garbage, Removed(
        tuple(n.key for n in loose), tuple(m.id for m in moves if m.id in gone),
        tuple(v.id for v in variants if v.id in doomed),
    )  # fmt: skip


def _doomed_variants(variants: Iterable[Variant]) -> set[str]:
    """Rejected variants from which nothing that is kept descends."""
    doomed: set[str] = set()
    needed: set[str] = set()
    for variant in reversed(list(variants)):  # children were born after their parents
        if variant.rejected and variant.id not in needed:
            doomed.add(variant.id)
        else:
            needed.add(variant.parent)
    return doomed


def _left_moves(variants: Iterable[Variant], moves: list[Move]) -> set[str]:
    by_id = {move.id: move for move in moves}
    reachable: set[str] = set()
    free = {variant.id for variant in variants if not variant.starred}
    for variant in variants:
        step = by_id.get(variant.move)
        while step:
            reachable.add(step.id)
            step = by_id.get(step.parent)
        step = by_id.get(variant.move)
        while step:
            reachable.add(step.id)
            step = by_id.get(step.following)
    return {move.id for move in moves if move.variant in free and move.id not in reachable}


def _loose_blobs(
    store: SqliteStore, nodes: Iterable[Node], now: float, grace_seconds: float
) -> tuple[str, ...]:
    used = {node.blob for node in nodes}
    return tuple(
        name for name in store.blobs.names()
        if name not in used and store.blobs.age_seconds(name, now) >= grace_seconds
    )  # fmt: skip


def _iso(seconds: float) -> str:
    try:
        moment = datetime.fromtimestamp(max(0.0, seconds), UTC)
    except (OverflowError, ValueError):
        moment = datetime.fromtimestamp(0, UTC)
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
