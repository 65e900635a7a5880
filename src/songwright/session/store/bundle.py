"""Writing a ``.songwright`` bundle: a zip file with a project, or with some of its variants.

    bundle.json       format, version of Songwright, counts
    changes.jsonl     nodes, variants, moves and marks, one change a line
    blobs/ab/cdef…    contents as they are: JSON, MIDI, FLAC

The same project gives the same bytes: entries are sorted and carry no time.
"""

from __future__ import annotations

import os
import tempfile
import zipfile
from collections.abc import Iterable
from pathlib import Path

import msgspec

from songwright import __version__
from songwright.errors import ProjectError
from songwright.session.store.blobs import is_textual
from songwright.session.store.changes import (
    Change,
    Marked,
    Moved,
    NodeMade,
    Positioned,
    SettingChanged,
    VariantAdded,
    encode_change,
)
from songwright.session.store.disk import clear_errors
from songwright.session.store.model import Node, Variant
from songwright.session.store.protocol import Store

FORMAT = 1
HEAD, CHANGES, CONTENTS = "bundle.json", "changes.jsonl", "blobs"
SUFFIX = ".songwright"


class BundleHead(msgspec.Struct, frozen=True):
    """What a bundle says about itself."""

    format: int
    songwright: str
    nodes: int
    variants: int


def export_bundle(store: Store, path: Path, variants: Iterable[str] = ()) -> Path:
    """Write a bundle; it appears complete or not at all.

    Parameters
    ----------
    variants
        Names of the variants to take along, with those they refine, their history and all that
        they were made from. Empty: everything, and the settings of the project.

    Raises
    ------
    ProjectError
        If a variant is unknown or a content is damaged.
    OutputError
        If the file cannot be written.
    """
    names = list(variants)
    chosen = _with_parents(store, names) if names else store.variants()
    changes, nodes = _changes(store, chosen, whole=not names)
    head = BundleHead(FORMAT, __version__, len(nodes), len(chosen))
    media = {node.blob: node.media_type for node in nodes}
    with clear_errors(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, partial = tempfile.mkstemp(dir=path.parent, suffix=".partial")
        try:
            with os.fdopen(handle, "wb") as file, zipfile.ZipFile(file, "w") as archive:
                _write(archive, HEAD, msgspec.json.encode(head), True)
                _write(archive, CHANGES, b"".join(encode_change(c) + b"\n" for c in changes), True)
                for blob in sorted(media):
                    name = f"{CONTENTS}/{blob[:2]}/{blob[2:]}"
                    _write(archive, name, store.content(blob), is_textual(media[blob]))
            os.replace(partial, path)  # noqa: PTH105 (a name, not a Path)
        except BaseException:
            Path(partial).unlink(missing_ok=True)
            raise
    return path


def _write(archive: zipfile.ZipFile, name: str, data: bytes, pack: bool) -> None:
    entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
    entry.create_system = 3  # the same on every system
    entry.external_attr = 0o644 << 16
    entry.compress_type = zipfile.ZIP_DEFLATED if pack else zipfile.ZIP_STORED
    archive.writestr(entry, data)


def _with_parents(store: Store, names: Iterable[str]) -> list[Variant]:
    everything = store.variants()
    by_id = {variant.id: variant for variant in everything}
    wanted: set[str] = set()
    for name in names:
        found: Variant | None = next((v for v in everything if name in (v.name, v.id)), None)
        if found is None:
            known = ", ".join(v.name for v in everything) or "none"
            raise ProjectError(f"there is no variant {name!r}; the variants are: {known}")
        while found:
            wanted.add(found.id)
            found = by_id.get(found.parent)
    return [variant for variant in everything if variant.id in wanted]


def _changes(store: Store, variants: list[Variant], whole: bool) -> tuple[list[Change], list[Node]]:
    ids = {variant.id for variant in variants}
    moves = [move for move in store.moves() if move.variant in ids]
    heads = {key for move in moves for _, key in move.slots}
    nodes = store.nodes() if whole else store.lineage(sorted(heads))
    changes: list[Change] = [
        NodeMade(
            n.key, n.recipe, n.kind, n.version, n.params, n.inputs, n.assets, n.blob, n.size,
            n.media_type, n.metrics,
        )
        for n in nodes
    ]  # fmt: skip
    for v in variants:
        changes.append(VariantAdded(v.id, v.name, v.born_as, v.branch, v.parent, v.text))
        own = [move for move in moves if move.variant == v.id]
        changes += [Moved(m.id, m.variant, m.parent, m.slots, m.locks, m.text) for m in own]
        changes.append(Positioned(v.id, v.move))
        changes.append(Marked(v.id, star=v.star, note=v.note, tags=v.tags))
    if whole:
        changes += [SettingChanged(name, value) for name, value in store.settings().items()]
    return changes, nodes
