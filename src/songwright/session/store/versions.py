"""Variants and their history: add, move on, undo, redo, mark, compare."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from songwright.errors import ProjectError
from songwright.session.store.changes import Marked, Moved, Positioned, VariantAdded
from songwright.session.store.keys import Pairs, move_id, sorted_pairs, variant_id
from songwright.session.store.model import (
    REJECTED,
    STARRED,
    UNMARKED,
    Difference,
    Move,
    Node,
    Variant,
)
from songwright.session.store.names import checked_name, checked_slot
from songwright.session.store.protocol import Store

_TRIES = 20  # at a free number, when other processes add variants at the same moment


class Versions:
    """What a person decides, over any `Store`.

    Methods take a variant's name, its id, or a `Variant`. Given a `Variant`, a change is refused
    if another process has moved it on since it was read.
    """

    def __init__(self, store: Store) -> None:
        self.store = store

    def variants(self, branch: str = "") -> list[Variant]:
        """All variants (of a branch) in the order of their birth."""
        return [v for v in self.store.variants() if not branch or v.branch == branch]

    def variant(self, name: str | Variant) -> Variant:
        """The variant as it is now.

        Raises
        ------
        ProjectError
            If there is none; the message lists those there are.
        """
        wanted = name.id if isinstance(name, Variant) else name
        found = self.store.variants(wanted) if wanted else []
        if not found:
            known = ", ".join(v.name for v in self.store.variants()[:40]) or "none"
            raise ProjectError(f"there is no variant {wanted!r}; the variants are: {known}")
        return next((v for v in found if v.name == wanted), found[0])

    def add_variant(
        self,
        nodes: Mapping[str, Node | str],
        name: str = "",
        parent: str | Variant = "",
        text: str = "",
        branch: str = "",
        locks: Iterable[str] = (),
    ) -> Variant:
        """Begin a variant.

        Parameters
        ----------
        nodes
            What it holds, by slot: ``brief``, ``plan``, ``score``, ``stem:bass`` …
        name
            Empty takes the next free of v1, v2, v3 …
        parent
            The variant that it refines; its locks are taken over.
        text
            What was asked for, in words.
        branch
            Empty: that of the parent, or ``main``.

        Raises
        ------
        ProjectError
            If a name is taken or impossible, or a node is unknown.
        """
        origin = self.variant(parent) if parent else None
        scopes = tuple(sorted({*locks, *(origin.locks if origin else ())}))
        slots = _slots(nodes)
        parent_id = origin.id if origin else ""
        branch = branch or (origin.branch if origin else "main")
        checked_name(branch, "branch")
        if name:
            checked_name(name, "variant")
        for attempt in range(_TRIES):
            called = name or self._free_name(attempt)
            own = variant_id(called, parent_id, slots, scopes, text)
            first = Moved(move_id(own, "", slots, scopes, text), own, "", slots, scopes, text)
            try:
                self.store.apply(
                    [VariantAdded(own, called, called, branch, parent_id, text), first]
                )
            except ProjectError:
                if name or not self.store.variants(called):
                    raise
                continue
            return self.variant(own)
        raise ProjectError("no free name was found; give the variant a name")

    def update(
        self,
        variant: str | Variant,
        nodes: Mapping[str, Node | str | None],
        text: str = "",
        locks: Iterable[str] | None = None,
    ) -> Variant:
        """Move a variant's head on to other nodes; the step can be undone.

        Slots that are not named stay; ``None`` empties one. A change that changes nothing makes no
        step.

        Raises
        ------
        ProjectError
            If a node is unknown, or another process moved the variant on.
        """
        now = variant if isinstance(variant, Variant) else self.variant(variant)
        merged = dict(now.slots) | dict(_slots({s: n for s, n in nodes.items() if n is not None}))
        slots = sorted_pairs((s, key) for s, key in merged.items() if nodes.get(s, "") is not None)
        scopes = now.locks if locks is None else tuple(sorted(set(locks)))
        if slots == sorted_pairs(now.slots.items()) and scopes == now.locks:
            return self.variant(now)
        step = move_id(now.id, now.move, slots, scopes, text)
        self.store.apply([Moved(step, now.id, now.move, slots, scopes, text)])
        return self.variant(now.id)

    def lock(self, variant: str | Variant, *scopes: str) -> Variant:
        """Add locks (scopes that later edits leave alone); the step can be undone."""
        now = self.variant(variant)
        return self.update(now, {}, f"lock {', '.join(scopes)}", {*now.locks, *scopes})

    def unlock(self, variant: str | Variant, *scopes: str) -> Variant:
        """Take locks away."""
        now = self.variant(variant)
        missing = sorted(set(scopes) - set(now.locks))
        if missing:
            raise ProjectError(f"{now.name} has no lock {', '.join(missing)}")
        return self.update(now, {}, f"unlock {', '.join(scopes)}", set(now.locks) - set(scopes))

    def moves(self, variant: str | Variant) -> list[Move]:
        """Every step that a variant ever took, in order; nothing is dropped by undo."""
        return self.store.moves(self.variant(variant).id)

    def undo(self, variant: str | Variant) -> Variant:
        """Go back one step; `ProjectError` at the first."""
        now = self.variant(variant)
        steps = {move.id: move for move in self.store.moves(now.id)}
        if steps[now.move].parent not in steps:
            raise ProjectError(f"{now.name} has nothing to undo")
        return self.restore(now, steps[now.move].parent)

    def redo(self, variant: str | Variant) -> Variant:
        """Go forward to where the last undo came from; `ProjectError` if there is nothing."""
        now = self.variant(variant)
        steps = {move.id: move for move in self.store.moves(now.id)}
        if steps[now.move].following not in steps:
            raise ProjectError(f"{now.name} has nothing to redo")
        return self.restore(now, steps[now.move].following)

    def restore(self, variant: str | Variant, move: str) -> Variant:
        """Go to any step of a variant's history."""
        now = self.variant(variant)
        self.store.apply([Positioned(now.id, move)])
        return self.variant(now.id)

    def star(self, variant: str | Variant) -> Variant:
        """Mark as kept: garbage collection never touches it or what it came from."""
        return self._mark(variant, star=STARRED)

    def reject(self, variant: str | Variant) -> Variant:
        """Mark as not wanted; it stays until garbage is collected."""
        return self._mark(variant, star=REJECTED)

    def unmark(self, variant: str | Variant) -> Variant:
        """Neither starred nor rejected."""
        return self._mark(variant, star=UNMARKED)

    def note(self, variant: str | Variant, text: str) -> Variant:
        """Write a note on a variant in place of the old one."""
        return self._mark(variant, note=text)

    def tag(self, variant: str | Variant, *tags: str) -> Variant:
        """Add tags."""
        new = {checked_name(tag, "tag") for tag in tags}
        return self._mark(variant, tags=tuple(sorted(new.union(self.variant(variant).tags))))

    def untag(self, variant: str | Variant, *tags: str) -> Variant:
        """Take tags away."""
        return self._mark(
            variant, tags=tuple(t for t in self.variant(variant).tags if t not in tags)
        )

    def rename(self, variant: str | Variant, name: str) -> Variant:
        """Give a variant another name."""
        return self._mark(variant, name=checked_name(name, "variant"))

    def move_to_branch(self, variant: str | Variant, branch: str) -> Variant:
        """Put a variant on a named branch."""
        return self._mark(variant, branch=checked_name(branch, "branch"))

    def children(self, variant: str | Variant) -> list[Variant]:
        """The refinements of a variant."""
        own = self.variant(variant).id
        return [v for v in self.store.variants() if v.parent == own]

    def siblings(self, variant: str | Variant) -> list[Variant]:
        """The other variants of the same parent (or without one)."""
        now = self.variant(variant)
        return [v for v in self.store.variants() if v.parent == now.parent and v.id != now.id]

    def diff(self, first: str | Variant, second: str | Variant) -> Difference:
        """Which slots of two variants hold the same, other, or no nodes."""
        a, b = self.variant(first).slots, self.variant(second).slots
        both = sorted(a.keys() & b.keys())
        remade: list[str] = []
        changed: list[str] = []
        for slot in both:
            if a[slot] != b[slot]:
                one, other = self.store.node(a[slot]), self.store.node(b[slot])
                alike = one is not None and other is not None and one.blob == other.blob
                (remade if alike else changed).append(slot)
        return Difference(
            tuple(s for s in both if a[s] == b[s]), tuple(changed), tuple(remade),
            tuple(sorted(a.keys() - b.keys())), tuple(sorted(b.keys() - a.keys())),
        )  # fmt: skip

    def _mark(
        self,
        variant: str | Variant,
        name: str | None = None,
        branch: str | None = None,
        star: int | None = None,
        note: str | None = None,
        tags: tuple[str, ...] | None = None,
    ) -> Variant:
        own = self.variant(variant).id
        self.store.apply([Marked(own, name, branch, star, note, tags)])
        return self.variant(own)

    def _free_name(self, attempt: int) -> str:
        taken = {v.name for v in self.store.variants()}
        number = len(taken) + 1
        while f"v{number}" in taken:
            number += 1
        return f"v{number + attempt}"


def _slots(nodes: Mapping[str, Node | str]) -> Pairs:
    return sorted_pairs(
        (checked_slot(slot), node.key if isinstance(node, Node) else node)
        for slot, node in nodes.items()
    )
