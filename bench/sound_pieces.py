"""One short piece in every style, as packages: what `bench.sound` listens to.

    python -m bench.sound_pieces OUT [--seconds 45] [--styles pop rock]

It uses nothing but the public functions, so that an older checkout can run it, too.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import songwright as sw
from songwright.styles import style_ids

SEED = 11


def make(out: Path, seconds: int, wanted: list[str]) -> None:
    """Compose and produce the pieces; those that are there are left alone."""
    for name in sorted(wanted or list(style_ids())):
        folder = out / name
        if (folder / "master.wav").exists():
            continue
        song = sw.compose("", SEED, style=name, duration=str(seconds))
        song.save(folder, evaluation=False)
        print(name, flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("out", type=Path)
    parser.add_argument("--seconds", type=int, default=45)
    parser.add_argument("--styles", nargs="*", default=[])
    options = parser.parse_args()
    make(options.out, options.seconds, options.styles)


if __name__ == "__main__":
    main()
