"""Stages whose results are kept: what was made before is found, not made again."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from songwright.errors import ProjectError
from songwright.session.store.changes import NodeMade
from songwright.session.store.keys import canonical, node_key, recipe_key, sha256, sorted_pairs
from songwright.session.store.model import KINDS, Node
from songwright.session.store.protocol import Store

JSON = "application/json"


class Build:
    """One pass over the stages of a piece, and what became of each.

    Attributes
    ----------
    made
        Nodes whose stage ran.
    found
        Nodes that were there.
    matched
        Nodes whose inputs have another history but the same bytes as some before: the content
        was taken over and the stage did not run.
    """

    def __init__(self, store: Store) -> None:
        self.store = store
        self.made: list[Node] = []
        self.found: list[Node] = []
        self.matched: list[Node] = []

    def make(
        self,
        kind: str,
        inputs: Mapping[str, Node | str],
        params: Any,
        version: str | int,
        make: Callable[[], bytes],
        *,
        assets: Iterable[str] = (),
        media_type: str = JSON,
        metrics: Mapping[str, Any] | None = None,
    ) -> Node:
        """The result of a stage: found if it was made before, else made now and kept.

        Parameters
        ----------
        kind
            A member of `KINDS`.
        inputs
            The nodes (or their keys) that the stage reads, by role.
        params
            Everything else that decides its bytes (seed, controls): plain data or dataclasses.
        version
            Version of the stage; raise it when the stage comes to write other bytes.
        make
            Runs the stage. The same inputs, params, version and assets must give the same bytes.
        assets
            Ids of the models and material that the stage uses.
        media_type
            Of the content; text is compressed.
        metrics
            Measurements to keep with it; part of no hash.

        Raises
        ------
        ProjectError
            If the kind or an input is unknown, or params are not plain data.
        OutputError
            If the result cannot be written.
        """
        if kind not in KINDS:
            raise ProjectError(f"there is no kind of node {kind!r}; the kinds are {KINDS}")
        sources = {role: self._known(node) for role, node in inputs.items()}
        keys = sorted_pairs((role, node.key) for role, node in sources.items())
        blobs = sorted_pairs((role, node.blob) for role, node in sources.items())
        text, ids = canonical(params), tuple(sorted(assets))
        key = node_key(kind, str(version), text, keys, ids)
        recipe = recipe_key(kind, str(version), text, blobs, ids)

        node = self.store.node(key)
        if node is not None:
            if self.store.has_content(node.blob):
                self.found.append(node)
            else:
                self._restore(node, make())
                self.made.append(node)
            return node
        like = self.store.like(recipe)
        if like is not None and self.store.has_content(like.blob):
            blob, size, contents = like.blob, like.size, {}
            measured, outcome = like.metrics, self.matched
        else:
            data = make()
            blob, size = sha256(data), len(data)
            contents = {blob: (data, media_type)}
            measured, outcome = canonical(metrics or {}), self.made
        change = NodeMade(
            key, recipe, kind, str(version), text, keys, ids, blob, size, media_type, measured
        )
        self.store.apply([change], contents)
        node = self._known(key)
        outcome.append(node)
        return node

    def add(
        self,
        kind: str,
        data: bytes,
        media_type: str = JSON,
        origin: Mapping[str, Any] | None = None,
    ) -> Node:
        """Keep a content that came from outside (an imported file, an edited plan).

        Its key follows from the content and from ``origin``, plain data about where it came from.
        """
        params = {"content": sha256(data), "origin": dict(origin or {})}
        return self.make(kind, {}, params, "given", lambda: data, media_type=media_type)

    def _known(self, node: Node | str) -> Node:
        found = node if isinstance(node, Node) else self.store.node(node)
        if found is None:
            raise ProjectError(f"the project has no node {str(node)[:12]!r}")
        return found

    def _restore(self, node: Node, data: bytes) -> None:
        """Bring back a content that was lost; stages are deterministic, so it is the same."""
        if sha256(data) != node.blob:
            raise ProjectError(
                f"the content of {node.kind} node {node.key[:12]} was lost, and its stage now "
                "writes other bytes under the same version; make it under a new version"
            )
        self.store.apply([], {node.blob: (data, node.media_type)})
