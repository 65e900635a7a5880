"""Pitched corpora into the normal form, one packed file a source.

``python -m training.corpora.prepare_notes --corpora DIR --scratch DIR [--only NAME ...]`` reads
``DIR/<name>/`` and writes ``SCRATCH/<name>.msgpack`` = {"pieces": [...], "entries": [...]}, where
every file of the corpus has an entry, also those left out; ``Entry.split`` is filled later.
"""

from __future__ import annotations

import argparse
import hashlib
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from songwright.errors import SongwrightError
from training.corpora.model import Entry
from training.corpora.notes import Outcome, pieces_of_score
from training.corpora.prepared import Prepared, write
from training.corpora.sources import SOURCES, Item, items_of, read_score


def pieces_of(item: Item) -> Outcome:
    """Pieces of one file, none with a reason if it is left out or damaged."""
    if item.left_out:
        return Outcome([], [item.left_out])
    try:
        return pieces_of_score(read_score(item), item.id, item.reader)
    except SongwrightError as error:
        return Outcome([], [str(error)])


def prepare(source: str, root: Path) -> Prepared:
    """All pieces and entries of a source whose unpacked folder is ``root``."""
    prepared = Prepared([], [])
    for item in items_of(source, root):
        outcome = pieces_of(item)
        prepared.pieces += outcome.pieces
        prepared.entries.append(_entry(item, outcome))
    return prepared


def _entry(item: Item, outcome: Outcome) -> Entry:
    return Entry(
        id=item.id, source=item.reader.source, licence=item.licence,
        attribution=item.attribution, sha256=hashlib.sha256(item.path.read_bytes()).hexdigest(),
        group=item.group, split="" if outcome.pieces else "left out",
        reason="; ".join(dict.fromkeys(outcome.reasons)), pieces=len(outcome.pieces),
        notes=sum(len(part.notes) for piece in outcome.pieces for part in piece.parts),
    )  # fmt: skip


def summary(prepared: Prepared) -> str:
    """Counts of files, pieces and notes by role and family, and why files were left out."""
    roles: Counter[str] = Counter()
    families: Counter[str] = Counter()
    for piece in prepared.pieces:
        families[piece.family] += 1
        for part in piece.parts:
            roles[part.role] += len(part.notes)
    out = [e for e in prepared.entries if not e.pieces]
    lines = [
        f"{len(prepared.entries)} files, {len(out)} left out, {len(prepared.pieces)} pieces, "
        f"{sum(p.bars for p in prepared.pieces)} bars, {sum(roles.values())} notes",
        "families: " + ", ".join(f"{k} {n}" for k, n in families.most_common()),
        "notes: " + ", ".join(f"{k} {n}" for k, n in roles.most_common()),
    ]
    reasons = Counter(e.reason.split("%")[-1].strip()[:60] for e in out)
    lines += [f"  left out {n}: {reason}" for reason, n in reasons.most_common(8)]
    return "\n".join(lines)


def main(arguments: Sequence[str] | None = None) -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--corpora", type=Path, required=True)
    parser.add_argument("--scratch", type=Path, required=True)
    parser.add_argument("--only", nargs="*", default=list(SOURCES), choices=list(SOURCES))
    chosen = parser.parse_args(arguments)
    chosen.scratch.mkdir(parents=True, exist_ok=True)
    for source in chosen.only:
        started = time.monotonic()
        prepared = prepare(source, chosen.corpora / source)
        path = chosen.scratch / f"{source}.msgpack"
        size = write(path, prepared.pieces, prepared.entries)
        print(f"{source}: {time.monotonic() - started:.0f} s, {size // 1024} KiB")
        print(summary(prepared), flush=True)


if __name__ == "__main__":
    main()
