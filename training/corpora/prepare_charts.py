"""Read the sets of drums, chord charts and forms: ``python -m training.corpora.prepare_charts``.

Every set becomes a file ``SCRATCH/<source>.msgpack`` of its pieces and manifest entries. SALAMI,
which has no bars and so no pieces, adds ``SCRATCH/salami_forms.json``.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from types import MappingProxyType

from training.corpora import charts, grooves, progressions, structure
from training.corpora.model import Entry, Piece
from training.corpora.prepared import write

Reader = Callable[[Path], tuple[list[Piece], list[Entry]]]

READERS: MappingProxyType[str, Reader] = MappingProxyType(
    {
        grooves.SOURCE: grooves.read_all,
        charts.SOURCE: charts.read_all,
        progressions.SOURCE: progressions.read_all,
        structure.HARMONIX: structure.read_harmonix,
    }
)
"""Function that reads the unpacked folder of each set."""


NAMES = (*READERS, structure.SALAMI)


def prepare(corpora: Path, scratch: Path, names: Sequence[str] = NAMES) -> None:
    """Read sets from ``corpora/<name>`` and write ``scratch/<name>.msgpack`` for each."""
    scratch.mkdir(parents=True, exist_ok=True)
    for name in names:
        started = time.perf_counter()
        if name == structure.SALAMI:
            pieces, entries, facts = structure.read_salami(corpora / name)
            text = json.dumps(facts, indent=1)
            (scratch / "salami_forms.json").write_text(text + "\n", "utf-8")
        else:
            pieces, entries = READERS[name](corpora / name)
        size = write(scratch / f"{name}.msgpack", pieces, entries)
        left = sum(entry.split == "left out" for entry in entries)
        print(
            f"{name}: {len(pieces)} pieces of {len(entries)} items ({left} left out), "
            f"{sum(entry.notes for entry in entries)} notes, {size / 1e6:.1f} MB, "
            f"{time.perf_counter() - started:.0f} s"
        )


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--corpora", type=Path, required=True, help="folder of unpacked sets")
    parser.add_argument("--scratch", type=Path, required=True, help="folder for the results")
    parser.add_argument("--only", choices=NAMES, action="append", help="one set; may repeat")
    args = parser.parse_args()
    prepare(args.corpora, args.scratch, args.only or NAMES)


if __name__ == "__main__":
    main()
