"""Reading a ``.songwright`` bundle from somebody else into a project: checked, merged, bounded.

Nothing is unpacked by the names in the file: contents are looked up by their hashes, and kept only
if they have them.
"""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import msgspec

from songwright.errors import FileFormatError
from songwright.session.store.bundle import CHANGES, CONTENTS, FORMAT, HEAD, BundleHead
from songwright.session.store.changes import (
    AnyChange,
    Change,
    Marked,
    Moved,
    NodeMade,
    Positioned,
    SettingChanged,
    VariantAdded,
    decode_change,
)
from songwright.session.store.disk import clear_errors
from songwright.session.store.keys import (
    move_id,
    node_key,
    recipe_key,
    sha256,
    sorted_pairs,
    variant_id,
)
from songwright.session.store.model import KINDS, Variant
from songwright.session.store.names import is_hash, is_name, is_slot
from songwright.session.store.protocol import Store

MAX_BYTES = 32 * 2**30  # of all contents
_MAX_CHANGES_BYTES = 2**28
_MAX_RATIO = 250  # JSON of notes packs to a tenth, a long run of equal bytes to a thousandth


@dataclass(frozen=True, slots=True)
class Imported:
    """What came in: new nodes, names of new variants, names of variants that had history added."""

    nodes: int
    variants: tuple[str, ...]
    merged: tuple[str, ...]


def import_bundle(store: Store, path: Path, max_bytes: int = MAX_BYTES) -> Imported:
    """Merge a bundle into a project.

    What is there already stays as it is. A variant that both have gets the other's history; its
    head goes on only if the other continued from it. A name that is taken gets a number.

    Raises
    ------
    FileFormatError
        If the file is no bundle, newer, damaged, or larger than ``max_bytes`` when unpacked.
    """
    with clear_errors(path):
        try:
            with zipfile.ZipFile(path) as archive:
                return _merge(store, archive, path, max_bytes)
        except (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError) as error:
            raise FileFormatError(f"{path} is damaged or no Songwright bundle: {error}") from error


def _merge(store: Store, archive: zipfile.ZipFile, path: Path, max_bytes: int) -> Imported:
    entries = _entries(archive, path, max_bytes)
    try:
        head = msgspec.json.decode(_content(archive, entries, HEAD, path), type=BundleHead)
        if head.format > FORMAT:
            raise FileFormatError(f"{path} is from a newer Songwright ({head.songwright}); update")
        lines = _content(archive, entries, CHANGES, path).splitlines()
        changes = [decode_change(line) for line in lines]
    except msgspec.MsgspecError as error:
        raise FileFormatError(f"{path} is damaged: {error}") from error
    nodes = _checked(changes, path)
    fresh: list[Change] = []
    for node in nodes.values():
        if store.node(node.key) is None:
            fresh.append(node)
        if store.has_content(node.blob):
            continue
        name = f"{CONTENTS}/{node.blob[:2]}/{node.blob[2:]}"
        data = _content(archive, entries, name, path)
        if sha256(data) != node.blob or len(data) != node.size:
            raise FileFormatError(f"{path}: the content {node.blob[:12]} is damaged")
        store.apply([], {node.blob: (data, node.media_type)})
    mine = {variant.id: variant for variant in store.variants()}
    store.apply([*fresh, *_adapted(store, changes, mine)], strict=False)
    theirs = [c.id for c in changes if isinstance(c, VariantAdded)]
    names = {v.id: v.name for v in store.variants()}
    return Imported(
        len(fresh), tuple(names[i] for i in theirs if i not in mine),
        tuple(names[i] for i in theirs if i in mine),
    )  # fmt: skip


def _entries(archive: zipfile.ZipFile, path: Path, max_bytes: int) -> dict[str, zipfile.ZipInfo]:
    entries: dict[str, zipfile.ZipInfo] = {}
    for entry in archive.infolist():
        if entry.filename in entries or entry.flag_bits & 0x1:
            raise FileFormatError(
                f"{path} is damaged: {entry.filename!r} stands twice or is locked"
            )
        entries[entry.filename] = entry
        if entry.file_size > 2**20 and entry.file_size > _MAX_RATIO * entry.compress_size:
            raise FileFormatError(f"{path} holds {entry.filename!r}, which unpacks to no music")
    if sum(entry.file_size for entry in entries.values()) > max_bytes:
        raise FileFormatError(f"{path} unpacks to more than {max_bytes / 2**30:.1f} GiB")
    return entries


def _content(
    archive: zipfile.ZipFile, entries: dict[str, zipfile.ZipInfo], name: str, path: Path
) -> bytes:
    entry = entries.get(name)
    if entry is None:
        raise FileFormatError(f"{path} is damaged or no Songwright bundle: {name} is missing")
    if name in (HEAD, CHANGES) and entry.file_size > _MAX_CHANGES_BYTES:
        raise FileFormatError(f"{path} lists more changes than any project has")
    with archive.open(entry) as file:
        return file.read(entry.file_size)  # never more than it declared


def _checked(changes: list[AnyChange], path: Path) -> dict[str, NodeMade]:
    """The nodes of a bundle, after every name in it was derived again."""
    nodes: dict[str, NodeMade] = {}
    added: dict[str, VariantAdded] = {}
    moves: set[str] = set()
    for change in changes:
        match change:
            case NodeMade():
                good = _is_node(change, nodes)
                nodes[change.key] = change
            case VariantAdded():
                good = (
                    is_name(change.name)
                    and is_name(change.branch)
                    and (not change.parent or change.parent in added)
                )
                added[change.id] = change
            case Moved():
                good = _is_move(change, nodes, added)
                moves.add(change.id)
            case Positioned():
                good = change.variant in added and change.move in moves
            case Marked():
                good = change.variant in added and change.name is None and change.star in (-1, 0, 1)
            case SettingChanged():
                good = _is_json(change.value)
            case _:
                good = False
        if not good:
            raise FileFormatError(f"{path} is damaged: a {type(change).__name__} does not check")
    return nodes


def _is_node(node: NodeMade, before: dict[str, NodeMade]) -> bool:
    if node.kind not in KINDS or not is_hash(node.blob) or node.size < 0:
        return False
    if not (_is_json(node.params) and _is_json(node.metrics)):
        return False
    if any(key not in before for _, key in node.inputs):
        return False
    blobs = sorted_pairs((role, before[key].blob) for role, key in node.inputs)
    return node.key == node_key(
        node.kind, node.version, node.params, node.inputs, node.assets
    ) and node.recipe == recipe_key(node.kind, node.version, node.params, blobs, node.assets)


def _is_move(move: Moved, nodes: dict[str, NodeMade], added: dict[str, VariantAdded]) -> bool:
    owner = added.get(move.variant)
    if owner is None or any(key not in nodes or not is_slot(s) for s, key in move.slots):
        return False
    if move.id != move_id(move.variant, move.parent, move.slots, move.locks, move.text):
        return False
    return bool(move.parent) or owner.id == variant_id(
        owner.born_as, owner.parent, move.slots, move.locks, owner.text
    )


def _is_json(text: str) -> bool:
    try:
        msgspec.json.decode(text)
    except msgspec.MsgspecError:
        return False
    return True


def _adapted(store: Store, changes: list[AnyChange], mine: dict[str, Variant]) -> Iterator[Change]:
    """The changes to variants, so that what this project decided is kept."""
    steps = {c.id: c.parent for c in changes if isinstance(c, Moved)}
    own_settings = store.settings()
    redo = {move.id: move.following for move in store.moves()}
    for change in changes:
        match change:
            case Positioned(variant, move) if variant in mine:
                here = mine[variant].move
                step = move
                while step and step != here:
                    step = steps.get(step, "")
                if step:
                    yield Positioned(variant, move)
                    continue
                tip = here
                while redo.get(tip):
                    tip = redo[tip]
                yield Positioned(variant, tip)  # so that redo leads where it led
                yield Positioned(variant, here)
            case Marked() if change.variant in mine:
                kept = mine[change.variant]
                yield Marked(
                    change.variant, star=kept.star or change.star, note=kept.note or change.note,
                    tags=tuple(sorted({*kept.tags, *(change.tags or ())})),
                )  # fmt: skip
            case SettingChanged(name) if name in own_settings:
                continue
            case NodeMade():
                continue
            case _:
                yield change
