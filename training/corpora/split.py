"""Train, validation or test: ``python -m training.corpora.split --scratch DIR``.

Groups, never pieces, are dealt out, by a hash of their name: 80 in 100 to training, 10 each to
validation and test. Groups that share music are joined first. Run it again whenever a set has
been prepared; sets that did not change cost no more than reading them.
"""

from __future__ import annotations

import argparse
import hashlib
import time
from collections import Counter
from pathlib import Path
from types import MappingProxyType

import msgspec

from training.corpora.dedupe import Fingerprint, fingerprints, joined, linked
from training.corpora.model import Entry
from training.corpora.prepared import Listed, files, item_of, listed, write

SEED = "songwright 1"
TRAIN, VALIDATION, TEST, LEFT_OUT = "train", "validation", "test", "left out"
SPLITS = (TRAIN, VALIDATION, TEST)

PINNED: MappingProxyType[str, str] = MappingProxyType(
    {
        "groove_midi:eval_session": TEST,
        "groove_midi:drummer4/session1": TEST,
        "groove_midi:drummer7/session1": TEST,
        "groove_midi:drummer9/session1": TEST,
        "groove_midi:drummer3/session2": VALIDATION,
        "groove_midi:drummer5/session2": VALIDATION,
        "groove_midi:drummer6/session3": VALIDATION,
        "groove_midi:drummer10/session1": VALIDATION,
        "bach,_johann_sebastian | b_minor_mass,_bwv.232": TRAIN,
        "brahms,_johannes | symphony_no.1,_op.68": TRAIN,
        "bruckner,_anton | symphony_no.5,_wab.105": TRAIN,
    }
)
"""Sessions of drummers chosen by hand: there are 22 of very unequal size, too few for chance.

Two drummers of the test and one of the validation are heard nowhere else. The other sessions of
the set are for training. Three long orchestral works go to training because chance had held back
half of all orchestral music.
"""


def split_of_group(group: str) -> str:
    """Split of a group by its name alone."""
    if group in PINNED:
        return PINNED[group]
    if group.startswith("groove_midi:"):
        return TRAIN
    digest = hashlib.sha256(f"{SEED}|{group}".encode()).digest()
    place = int.from_bytes(digest[:8], "big") / 2**64
    return TRAIN if place < 0.8 else VALIDATION if place < 0.9 else TEST


def assigned(entries: list[Entry], same: list[tuple[str, str]]) -> list[Entry]:
    """Entries with joined groups and their splits; what was left out stays left out.

    Parameters
    ----------
    same
        Pairs of ids of pieces that are the same music.
    """
    group_of = {entry.id: entry.group for entry in entries}
    pairs = [(group_of[item_of(a)], group_of[item_of(b)]) for a, b in same]
    names = joined(group_of.values(), pairs)
    pinned: dict[str, str] = {}
    for group in sorted(names):
        if group in PINNED:
            pinned.setdefault(names[group], group)
    done = []
    for entry in entries:
        group = pinned.get(names[entry.group], names[entry.group])
        split = LEFT_OUT if entry.split == LEFT_OUT else split_of_group(group)
        done.append(msgspec.structs.replace(entry, group=group, split=split))
    return done


def split_all(scratch: Path) -> list[Entry]:
    """Write splits into every prepared set of a folder.

    The sets keep their own groups, so that joining is free to change; the entries that are
    answered, of all sets, have the joined ones.
    """
    sets: dict[Path, Listed] = {}
    prints: list[Fingerprint] = []
    for path in files(scratch):
        started = time.perf_counter()
        try:
            sets[path] = listed(path)
            prints += fingerprints(path, scratch / "fingerprints")
        except msgspec.DecodeError as error:  # somebody is still writing it
            print(f"  {path.name}: skipped, {error}")
            sets.pop(path, None)
            continue
        print(f"  {path.stem}: read in {time.perf_counter() - started:.1f} s")
    found = list(linked(prints))
    between: Counter[str] = Counter()
    for a, b, _ in found:
        between[" + ".join(sorted((a.partition("/")[0], b.partition("/")[0])))] += 1
    for names, count in between.most_common():
        print(f"  {count} pairs of pieces are the same music in {names}")
    every = assigned([e for s in sets.values() for e in s.entries], [(a, b) for a, b, _ in found])
    by_id = {entry.id: entry for entry in every}
    for path, prepared in sets.items():
        entries = [
            msgspec.structs.replace(entry, split=by_id[entry.id].split)
            for entry in prepared.entries
        ]
        if entries != prepared.entries:
            write(path, prepared.pieces, entries)
    return every


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scratch", type=Path, required=True, help="folder of prepared sets")
    entries = split_all(parser.parse_args().scratch)
    table: dict[str, Counter[str]] = {}
    for entry in entries:
        table.setdefault(entry.source, Counter())[entry.split] += 1
    for source, counts in sorted(table.items()):
        print(f"{source}: " + ", ".join(f"{split} {n}" for split, n in sorted(counts.items())))


if __name__ == "__main__":
    main()
