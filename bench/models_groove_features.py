"""What a drummer would measure in a groove: the evidence for its blind test."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from itertools import pairwise
from math import nan

import numpy as np

from bench.models_line_features import Features, entropy, mean, share, spread
from songwright.models.grooves import VOICES, GrooveWish, Stroke

_MAIN = ("kick", "snare", "hat", "ride")
_TOMS = frozenset(("high_tom", "mid_tom", "low_tom"))


def groove_features(strokes: Sequence[Stroke], wish: GrooveWish) -> Features:
    """All features of a stretch of drums with at least one stroke."""
    found: Features = {"meter": wish.numerator / wish.denominator}
    for voice in VOICES:
        found[f"share_{voice}"] = share(s.voice == voice for s in strokes)
    for voice in _MAIN:
        found |= _places(voice, [s for s in strokes if s.voice == voice], wish)
        found |= _touch(voice, [s for s in strokes if s.voice == voice])
    found |= _whole(strokes, wish)
    found |= _repeats(strokes, wish)
    return found


def _places(voice: str, own: Sequence[Stroke], wish: GrooveWish) -> Features:
    bar = wish.bar_steps
    places = [s.onset % bar for s in own]
    return {
        f"{voice}_a_bar": len(own) / wish.bars,
        f"{voice}_on_one": share(p == 0 for p in places),
        f"{voice}_on_beats": share(p % 12 == 0 for p in places),
        f"{voice}_on_backbeats": share(p % 24 == 12 for p in places),
        f"{voice}_on_eighths": share(p % 12 == 6 for p in places),
        f"{voice}_on_sixteenths": share(p % 6 == 3 for p in places),
        f"{voice}_on_triplets": share(p % 12 in (4, 8) for p in places),
        f"{voice}_place_entropy": entropy(places),
    }


def _touch(voice: str, own: Sequence[Stroke]) -> Features:
    louds = [float(s.velocity) for s in own]
    lates = [float(s.lateness) for s in own]
    strong = mean(v for v, s in zip(louds, own, strict=True) if s.onset % 12 == 0)
    weak = mean(v for v, s in zip(louds, own, strict=True) if s.onset % 12)
    return {
        f"{voice}_velocity": mean(louds),
        f"{voice}_velocity_spread": spread(louds),
        f"{voice}_velocity_kinds": float(len(set(louds))),
        f"{voice}_velocity_step": mean(abs(b - a) for a, b in pairwise(louds)),
        f"{voice}_accent": strong - weak,
        f"{voice}_ghosts": share(v < 48 for v in louds),
        f"{voice}_late": mean(lates),
        f"{voice}_late_spread": spread(lates),
        f"{voice}_late_step": mean(abs(b - a) for a, b in pairwise(lates)),
        f"{voice}_late_off_beat": mean(
            float(s.lateness) for s in own if s.onset % 12
        ) - mean(float(s.lateness) for s in own if s.onset % 12 == 0),
    }  # fmt: skip


def _whole(strokes: Sequence[Stroke], wish: GrooveWish) -> Features:
    bar = wish.bar_steps
    together = Counter(s.onset for s in strokes)
    bars = [[s for s in strokes if s.onset // bar == b] for b in range(wish.bars)]
    counts = [float(len(b)) for b in bars]
    louds = np.array([s.velocity for s in strokes], float)
    lates = np.array([s.lateness for s in strokes], float)
    varied = louds.std() > 0 and lates.std() > 0
    hands: defaultdict[int, list[int]] = defaultdict(list)
    for s in strokes:
        hands[s.onset].append(s.lateness)
    flams = [float(max(group) - min(group)) for group in hands.values() if len(group) > 1]
    toms = [s for s in strokes if s.voice in _TOMS]
    levels = [mean(float(s.velocity) for s in b) for b in bars if b]
    hats = [s for s in strokes if s.voice in ("hat", "open", "pedal", "ride")]
    gaps = [b - a for a, b in pairwise(sorted({s.onset for s in hats}))]
    return {
        "strokes_a_quarter": len(strokes) * 12 / wish.steps,
        "strokes_together": mean(map(float, together.values())),
        "strokes_alone": share(c == 1 for c in together.values()),
        "strokes_by_bar_spread": spread(counts),
        "voices_used": float(len({s.voice for s in strokes})),
        "velocity": float(louds.mean()), "velocity_spread": float(louds.std()),
        "velocity_loudest": float(louds.max()), "velocity_by_bar": spread(levels),
        "late": float(lates.mean()), "late_spread": float(lates.std()),
        "late_with_velocity": float(np.corrcoef(louds, lates)[0, 1]) if varied else nan,
        "late_between_hands": mean(flams),
        "late_exact": share(s.lateness == 0 for s in strokes),
        "late_jump": mean(
            float(abs(b.lateness - a.lateness)) for a, b in pairwise(strokes) if a.onset != b.onset
        ),
        "toms_in_last_bar": share(s.onset // bar == wish.bars - 1 for s in toms),
        "crash_on_one": share(s.onset % bar == 0 for s in strokes if s.voice == "crash"),
        "crash_first": float(any(s.voice == "crash" and s.onset == 0 for s in strokes)),
        "kick_with_crash": share(
            any(o.voice == "kick" and o.onset == s.onset for o in strokes)
            for s in strokes if s.voice == "crash"
        ),
        "keeper_gap_entropy": entropy(gaps), "keeper_gap": mean(map(float, gaps)),
        "two_keepers": share(
            len({s.voice for s in hats if s.onset == onset}) > 1
            for onset in {s.onset for s in hats}
        ),
        "last_at": max(s.onset for s in strokes) % bar / bar,
    }  # fmt: skip


def _repeats(strokes: Sequence[Stroke], wish: GrooveWish) -> Features:
    bar = wish.bar_steps
    found: Features = {}
    tables: list[dict[tuple[int, str], Stroke]] = [{} for _ in range(wish.bars)]
    for s in strokes:
        tables[s.onset // bar][s.onset % bar, s.voice] = s
    for name, wanted in (("all", None), ("kick", "kick"), ("snare", "snare")):
        for lag in (1, 2):
            shares = []
            for a, b in zip(tables, tables[lag:], strict=False):
                one = {k for k in a if wanted is None or k[1] == wanted}
                other = {k for k in b if wanted is None or k[1] == wanted}
                if one | other:
                    shares.append(len(one & other) / len(one | other))
            found[f"repeat_{name}_{lag}"] = mean(shares)
            found[f"repeat_{name}_exact_{lag}"] = share(s == 1 for s in shares)
    again = [(a[k], b[k]) for a, b in pairwise(tables) for k in sorted(a.keys() & b.keys())]
    found["repeat_velocity"] = mean(float(abs(a.velocity - b.velocity)) for a, b in again)
    found["repeat_velocity_same"] = share(a.velocity == b.velocity for a, b in again)
    found["repeat_late"] = mean(float(abs(a.lateness - b.lateness)) for a, b in again)
    found["repeat_late_same"] = share(a.lateness == b.lateness for a, b in again)
    found["bar_kinds"] = float(len({frozenset(t) for t in tables}))
    return found
