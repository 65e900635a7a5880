"""A project: the results, variants and history of one piece of work, in one folder."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, Self, TypeVar

import msgspec

from songwright.closing import Closing
from songwright.errors import OutputError, ProjectError
from songwright.score.codec import decode
from songwright.session.store.build import JSON, Build
from songwright.session.store.bundle import SUFFIX, export_bundle
from songwright.session.store.changes import Measured, SettingChanged
from songwright.session.store.check import Verification, verify
from songwright.session.store.disk import clear_errors
from songwright.session.store.garbage import GRACE_SECONDS, Garbage, collect_garbage
from songwright.session.store.keys import canonical
from songwright.session.store.model import Node
from songwright.session.store.salvage import Salvage, salvage
from songwright.session.store.sqlite import BLOBS, DATABASE, HISTORY, SqliteStore
from songwright.session.store.unbundle import MAX_BYTES, Imported, import_bundle
from songwright.session.store.versions import Versions

T = TypeVar("T")


class Project(Versions, Closing):
    """A folder with every result that was made and every decision that was taken.

    Open one per process (or share one between threads); any number may be open at once. Use it as
    a context manager, or call `close`.

    >>> with Project.create("my-song") as project:                         # doctest: +SKIP
    ...     brief = project.make("brief", {}, {"prompt": "calm"}, 1, make_brief)
    ...     project.add_variant({"brief": brief})
    """

    def __init__(self, store: SqliteStore) -> None:
        super().__init__(store)
        self.files = store

    @classmethod
    def create(cls, path: str | Path) -> Self:
        """Make a project in a new or empty folder.

        Raises
        ------
        OutputError
            If the folder holds something, or cannot be written.
        """
        folder = Path(path)
        with clear_errors(folder):
            if (folder / DATABASE).exists():
                raise OutputError(f"{folder} is a project already; open it")
            if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
                raise OutputError(f"{folder} holds other files; choose a new or empty folder")
            folder.mkdir(parents=True, exist_ok=True)
            (folder / BLOBS).mkdir()
            (folder / HISTORY).touch()
        return cls(SqliteStore(folder))

    @classmethod
    def open(cls, path: str | Path, read_only: bool = False) -> Self:
        """Open a project that exists.

        Raises
        ------
        ProjectError
            If there is none, or it is damaged or of a newer version.
        """
        folder = Path(path)
        if not (folder / DATABASE).exists():
            if (folder / HISTORY).exists():
                raise ProjectError(
                    f"{folder} has lost its database; `songwright project salvage` makes it again"
                )
            raise ProjectError(f"{folder} is no project; `songwright variants --project` makes one")
        return cls(SqliteStore(folder, read_only))

    def close(self) -> None:
        """Let go of the files."""
        self.store.close()

    @property
    def folder(self) -> Path:
        return self.files.folder

    # Results ----------------------------------------------------------------------------------

    def build(self) -> Build:
        """A `Build`, which remembers what it made and what it found."""
        return Build(self.store)

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
        """The result of a stage, found or made now; see `Build.make`."""
        return self.build().make(
            kind, inputs, params, version, make,
            assets=assets, media_type=media_type, metrics=metrics,
        )  # fmt: skip

    def add(
        self,
        kind: str,
        data: bytes,
        media_type: str = JSON,
        origin: Mapping[str, Any] | None = None,
    ) -> Node:
        """Keep a content from outside; see `Build.add`."""
        return self.build().add(kind, data, media_type, origin)

    def node(self, key: str) -> Node:
        """The node with this key; `ProjectError` if there is none."""
        found = self.store.node(key)
        if found is None:
            raise ProjectError(f"the project has no node {key[:12]!r}")
        return found

    def nodes(self, kind: str = "") -> list[Node]:
        """All nodes (of a kind), in the order in which they were made."""
        return self.store.nodes(kind)

    def lineage(self, *nodes: Node | str) -> list[Node]:
        """These nodes and everything they were made from, in order."""
        return self.store.lineage([n.key if isinstance(n, Node) else n for n in nodes])

    def descendants(self, *nodes: Node | str) -> list[Node]:
        """These nodes and everything that was made from them, in order."""
        return self.store.lineage([n.key if isinstance(n, Node) else n for n in nodes], down=True)

    def read(self, node: Node | str) -> bytes:
        """The content of a node, checked against its hash.

        Raises
        ------
        ProjectError
            If it is missing or damaged; everything else still opens.
        """
        found = node if isinstance(node, Node) else self.node(node)
        try:
            return self.store.content(found.blob)
        except ProjectError as error:
            raise ProjectError(f"{found.kind} node {found.key[:12]}: {error}") from error

    def value(self, node: Node | str, kind: type[T]) -> T:
        """The content of a node as a value (`Score`, `Plan` …)."""
        return decode(self.read(node), kind, what="the node")

    def measure(self, node: Node, metrics: Mapping[str, Any]) -> Node:
        """Keep measurements of a node (added to those it has); its key stays the same."""
        merged = self.node(node.key).measured | dict(metrics)
        self.store.apply([Measured(node.key, canonical(merged))])
        return self.node(node.key)

    # The whole project ------------------------------------------------------------------------

    def setting(self, name: str, default: Any = None) -> Any:
        """A value that was kept for the whole project."""
        text = self.store.settings().get(name)
        return default if text is None else msgspec.json.decode(text)

    def set_setting(self, name: str, value: Any) -> None:
        """Keep a plain value for the whole project; ``None`` forgets it."""
        self.store.apply([SettingChanged(name, "" if value is None else canonical(value))])

    def verify(self, repair: bool = False) -> Verification:
        """Derive every hash again and name what is damaged; see `store.check.verify`."""
        return verify(self.files, repair)

    def collect_garbage(
        self,
        dry_run: bool = True,
        drop_history: bool = False,
        grace_seconds: float = GRACE_SECONDS,
    ) -> Garbage:
        """Find, and with ``dry_run=False`` remove, what nobody needs; see `store.garbage`."""
        return collect_garbage(self.files, dry_run, drop_history, grace_seconds)

    def export_bundle(self, path: str | Path, variants: Iterable[str] = ()) -> Path:
        """Write the project, or some variants with all they came from, as one file."""
        path = Path(path)
        return export_bundle(
            self.store, path if path.suffix else path.with_suffix(SUFFIX), variants
        )

    def import_bundle(self, path: str | Path, max_bytes: int = MAX_BYTES) -> Imported:
        """Merge somebody's bundle into this project; see `store.unbundle.import_bundle`."""
        return import_bundle(self.store, Path(path), max_bytes)

    @staticmethod
    def salvage(path: str | Path) -> Salvage:
        """Make a damaged or lost database again from the history; see `store.salvage`."""
        return salvage(Path(path))
