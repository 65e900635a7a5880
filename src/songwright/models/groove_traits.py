"""What tells a person's drums from sampled ones: the evidence of a critic.

Numbers on who strikes where, how loud and how late, and above all on how bars return: people keep
to a groove and to a touch much longer than a network that draws stroke by stroke. A trait that
does not apply is left out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from statistics import fmean, pstdev

from songwright.models.grooves import GrooveWish, Stroke
from songwright.models.line_traits import Traits, entropy_bits, mean, overlap, share

_MAIN = ("kick", "snare", "hat", "ride")
_HANDS = frozenset(("hat", "open", "ride", "pedal"))
_TOMS = frozenset(("high_tom", "mid_tom", "low_tom"))
_GHOST = 48  # a softer stroke is no accent

_Known = dict[str, float | None]


def groove_traits(strokes: Sequence[Stroke], wish: GrooveWish) -> Traits:
    """The traits of a stretch of drums; none of silence.

    Parameters
    ----------
    strokes
        In steps from the first bar, with velocity 1..127 and lateness in ticks.
    wish
        Metre and number of bars.
    """
    if not strokes:
        return {}
    found: _Known = {}
    for voice in _MAIN:
        own = [s for s in strokes if s.voice == voice]
        found[f"share of {voice}"] = len(own) / len(strokes)
        if own:
            found |= {f"{voice}: {name}": value for name, value in _voice(own, wish).items()}
    found |= _whole(strokes, wish) | _returns(strokes, wish)
    return {name: value for name, value in found.items() if value is not None}


def _voice(own: Sequence[Stroke], wish: GrooveWish) -> _Known:
    places = [s.onset % wish.bar_steps for s in own]
    levels = [float(s.velocity) for s in own]
    strong = [float(s.velocity) for s in own if s.onset % 12 == 0]
    weak = [float(s.velocity) for s in own if s.onset % 12]
    return {
        "on beats": share(p % 12 == 0 for p in places),
        "on back-beats": share(p % 24 == 12 for p in places),
        "on sixteenths": share(p % 6 == 3 for p in places),
        "on triplets": share(p % 12 in (4, 8) for p in places),
        "kinds of places": entropy_bits(places),
        "velocity": fmean(levels),
        "velocity spread": pstdev(levels),
        "velocities": float(len(set(levels))),
        "velocity steps": mean(abs(b - a) for a, b in pairwise(levels)),
        "accent": fmean(strong) - fmean(weak) if strong and weak else None,
        "ghosts": share(level < _GHOST for level in levels),
        "late": fmean(s.lateness for s in own),
        "late spread": pstdev([float(s.lateness) for s in own]),
        "late steps": mean(float(abs(b.lateness - a.lateness)) for a, b in pairwise(own)),
    }


def _whole(strokes: Sequence[Stroke], wish: GrooveWish) -> _Known:
    together = Counter(s.onset for s in strokes)
    counts = [float(sum(s.onset // wish.bar_steps == b for s in strokes)) for b in range(wish.bars)]
    hands = [s for s in strokes if s.voice in _HANDS]
    at_once = Counter(s.onset for s in hands)
    gaps = [b - a for a, b in pairwise(sorted(at_once))]
    by_onset: dict[int, list[int]] = {}
    for stroke in strokes:
        by_onset.setdefault(stroke.onset, []).append(stroke.lateness)
    flams = [float(max(late) - min(late)) for late in by_onset.values() if len(late) > 1]
    levels = [float(s.velocity) for s in strokes]
    return {
        "strokes together": fmean(together.values()),
        "strokes alone": share(count == 1 for count in together.values()),
        "spread of bar counts": pstdev(counts),
        "voices": float(len({s.voice for s in strokes})),
        "pedal": share(s.voice == "pedal" for s in strokes),
        "open": share(s.voice == "open" for s in strokes),
        "rim": share(s.voice == "rim" for s in strokes),
        "crash": share(s.voice == "crash" for s in strokes),
        "toms": share(s.voice in _TOMS for s in strokes),
        "percussion": share(s.voice == "percussion" for s in strokes),
        "two hands on time": share(count > 1 for count in at_once.values()),
        "kinds of gaps": entropy_bits(gaps),
        "velocity spread": pstdev(levels),
        "loudest": max(levels),
        "late": fmean(s.lateness for s in strokes),
        "late spread": pstdev([float(s.lateness) for s in strokes]),
        "late exact": share(s.lateness == 0 for s in strokes),
        "flams": mean(flams),
    }


def _returns(strokes: Sequence[Stroke], wish: GrooveWish) -> _Known:
    bar = wish.bar_steps
    bars: list[dict[tuple[int, str], Stroke]] = [{} for _ in range(wish.bars)]
    for s in strokes:
        bars[s.onset // bar][s.onset % bar, s.voice] = s
    found: _Known = {"kinds of bars": float(len({frozenset(own) for own in bars}))}
    for name, wanted in (("", ""), ("kick ", "kick"), ("snare ", "snare")):
        sets = [frozenset(k for k in own if not wanted or k[1] == wanted) for own in bars]
        for lag in (1, 2):
            pairs = [(a, b) for a, b in zip(sets, sets[lag:], strict=False) if a | b]
            found[f"{name}like {lag} before"] = mean(overlap(a, b) for a, b in pairs)
            found[f"{name}same as {lag} before"] = share(a == b for a, b in pairs)
    again = [(a[k], b[k]) for a, b in pairwise(bars) for k in sorted(a.keys() & b.keys())]
    found["velocity moved"] = mean(float(abs(a.velocity - b.velocity)) for a, b in again)
    found["velocity kept"] = share(a.velocity == b.velocity for a, b in again)
    found["lateness moved"] = mean(float(abs(a.lateness - b.lateness)) for a, b in again)
    found["lateness kept"] = share(a.lateness == b.lateness for a, b in again)
    return found
