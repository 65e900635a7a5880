"""The table of ``docs/instruments-kits.md`` from the lines that ``training.kits.fit`` wrote.

python -m training.kits.table ROWS.jsonl
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from songwright.render.kit_model import kit

_HEAD = (
    "| kit, key | drum it replaces | recordings | modes | ours, dB | fitted, dB | centroid, Hz "
    "| -20 dB after, ms | plays |\n| --- | --- | --- | --- | --- | --- | --- | --- | --- |"
)


def table(rows: list[dict[str, Any]]) -> str:
    """One line for each fitted drum; keys that share one are named together."""
    places: dict[tuple[Any, ...], list[dict[str, Any]]] = {}
    for row in rows:
        drum = kit(row["kit"]).keys[row["key"]].drum
        places.setdefault((row["name"], drum, row["own_db"], row["used"]), []).append(row)
    lines = [_HEAD]
    for (_, drum, own_db, used), shared in places.items():
        row = shared[0]
        kits: dict[int, list[str]] = {}
        for other in shared:
            kits.setdefault(other["key"], []).append(other["kit"].removesuffix("_kit"))
        where = "; ".join(f"{', '.join(names)} {key}" for key, names in kits.items())
        centroids = " / ".join(f"{round(v):,}" for v in row["centroids_hz"])
        falls = " / ".join(str(round(1000 * v)) for v in row["falls_seconds"])
        heard = str(row["recordings"]) + ("" if row["held_out"] else " *")
        lines.append(
            f"| {where} | {drum} | {heard} | {row['modes']} | {own_db:.1f} | {row['fitted_db']:.1f}"
            f" | {centroids} | {falls} | {'fitted' if used else 'ours'} |"
        )
    return "\n".join(lines)


def summary(rows: list[dict[str, Any]]) -> str:
    """How many keys are fitted, and the mean distances."""
    used = [row for row in rows if row["used"]]
    own = sum(row["own_db"] for row in rows) / len(rows)
    fitted = sum(row["fitted_db"] if row["used"] else row["own_db"] for row in rows) / len(rows)
    return (
        f"{len(used)} of {len(rows)} keys that were tried play a fitted drum; their mean distance "
        f"falls from {own:.1f} to {fitted:.1f} dB."
    )


if __name__ == "__main__":
    found = [json.loads(line) for line in Path(sys.argv[1]).read_text("utf-8").splitlines()]
    print(summary(found), table(found), sep="\n\n")
