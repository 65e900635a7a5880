"""From unpacked sets to training data: ``python -m training.corpora.prepare``.

Reads every set that is there, joins the same music in different sets, deals out the splits, writes
the manifest and brings ``docs/corpora.md`` up to date.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from training.corpora import manifest, prepare_charts, prepare_notes
from training.corpora.sources import SOURCES


def main(arguments: Sequence[str] | None = None) -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--corpora", type=Path, required=True, help="folder of unpacked sets")
    parser.add_argument("--scratch", type=Path, required=True, help="folder for the results")
    args = parser.parse_args(arguments)
    there = {path.name for path in args.corpora.iterdir() if path.is_dir()}
    for name in sorted({*SOURCES, *prepare_charts.NAMES} - there):
        print(f"{name}: not in {args.corpora}, left out", file=sys.stderr)
    prepare_charts.prepare(
        args.corpora, args.scratch, [name for name in prepare_charts.NAMES if name in there]
    )
    pitched = [name for name in SOURCES if name in there]
    folders = ["--corpora", str(args.corpora), "--scratch", str(args.scratch)]
    if pitched:
        prepare_notes.main([*folders, "--only", *pitched])
    manifest.main(["--scratch", str(args.scratch)])


if __name__ == "__main__":
    main()
