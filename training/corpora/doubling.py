"""Parts that double others for a while: an orchestra's tutti is many players of few lines."""

from __future__ import annotations

from collections.abc import Sequence

from training.corpora.model import Part

DOUBLED_SHARE = 0.8
_BESIDE_LEAD = frozenset({"counter", "inner"})


def without_doubles(parts: Sequence[Part]) -> tuple[Part, ...]:
    """Parts of a piece without those that nearly always sound what another one plays.

    A part goes if `DOUBLED_SHARE` of its notes begin together with the same pitch class in kept
    parts of its own role (counters and inner voices: or in the lead). Drums are never doubles.
    Of two alike the one with more notes stays.
    """
    heard: dict[str, set[tuple[int, int]]] = {}
    kept: list[int] = []
    for i in sorted(range(len(parts)), key=lambda i: (parts[i].role != "lead",
                                                      -len(parts[i].notes), i)):  # fmt: skip
        part = parts[i]
        mine = {(n.onset, n.pitch % 12) for n in part.notes}
        known = heard.setdefault(part.role, set())
        others = known | heard.get("lead", set()) if part.role in _BESIDE_LEAD else known
        if part.role == "drums" or len(mine & others) < DOUBLED_SHARE * len(mine):
            kept.append(i)
            known |= mine
    return tuple(parts[i] for i in sorted(kept))
