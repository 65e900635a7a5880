"""Put measured tables where the README and the docs show them.

    python -m bench.prompts > prompts.md; python -m bench.speed > speed.md
    python -m bench.readme --obedience prompts.md --speed speed.md

Each table stands between its marker and the next blank line that follows it.
"""

from __future__ import annotations

import argparse
import re
from pathlib import Path

PAGES = (Path("README.md"), Path("docs/benchmarks.md"))


def rows_of(text: str, first: str) -> str:
    """The first markdown table whose heading begins with ``first``."""
    lines = text.replace("\r", "\n").splitlines()
    start = next(i for i, line in enumerate(lines) if line.startswith(f"| {first}"))
    table = []
    for line in lines[start:]:
        if not line.startswith("|"):
            break
        table.append(line.rstrip())
    return "\n".join(table)


def put(page: str, marker: str, table: str) -> str:
    """The page with the table behind its marker, in place of an older one."""
    pattern = re.compile(rf"<!-- {marker} -->\n(?:\n?\|[^\n]*\n(?:\|[^\n]*\n)*)?")
    return pattern.sub(lambda _: f"<!-- {marker} -->\n\n{table}\n", page)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--obedience", type=Path)
    parser.add_argument("--unseen", type=Path)
    parser.add_argument("--speed", type=Path)
    options = parser.parse_args()
    for marker, first in (("obedience", "control"), ("unseen", "control"), ("speed", "what")):
        source = getattr(options, marker)
        if source is None:
            continue
        table = rows_of(source.read_text("utf-8"), first)
        for path in PAGES:
            path.write_text(put(path.read_text("utf-8"), marker, table), "utf-8")


if __name__ == "__main__":
    main()
