"""What a musician would measure in a chord progression: the evidence for its blind test."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby, pairwise
from math import nan

from bench.models_line_features import Features, entropy, mean, share, spread
from songwright.models.chords import CHORD_TONES, QUALITIES
from songwright.models.lines import Harmony
from songwright.models.progressions import (
    HarmonyWish,
    chromatic_of,
    loop_of,
    richness_of,
)


def harmony_features(chords: Sequence[Harmony], wish: HarmonyWish) -> Features:
    """All features of the chords of a section; there must be at least one."""
    bar = wish.bar_steps
    lengths = [b.onset - a.onset for a, b in pairwise(chords)]
    lengths.append(wish.steps - chords[-1].onset)
    names = [(c.root, c.quality) for c in chords]
    found: Features = {"bars": float(wish.bars), "meter": wish.numerator / wish.denominator}
    for root in range(12):
        found[f"root_{root}"] = sum(
            n for c, n in zip(chords, lengths, strict=True) if c.root == root
        ) / wish.steps  # fmt: skip
    for quality in QUALITIES:
        found[f"quality_{quality}"] = share(c.quality == quality for c in chords)
    moves = [(b.root - a.root) % 12 for a, b in pairwise(chords) if min(a.root, b.root) >= 0]
    for move in range(12):
        found[f"move_{move}"] = share(m == move for m in moves)
    found |= _functions(chords, wish)
    found |= _pace(chords, lengths, wish)
    found |= _repeats(chords, wish)
    common = [len(_tones(a) & _tones(b)) for a, b in pairwise(chords)]
    found |= {
        "kinds": float(len(set(names))),
        "kinds_a_chord": len(set(names)) / len(names),
        "chord_entropy": entropy(names),
        "pair_entropy": entropy(pairwise(names)),
        "move_entropy": entropy(moves),
        "common_tones": mean(map(float, common)),
        "there_and_back": share(a == c for a, c in zip(names, names[2:], strict=False)),
        "richness": richness_of(chords),
        "chromatic": chromatic_of(chords, bool(wish.minor)),
        "loop": float(loop_of(chords, wish)),
        "quality_changes_only": share(
            a.root == b.root and a.quality != b.quality for a, b in pairwise(chords)
        ),
        "first_of_bars_tonic": share(c.root == 0 for c in chords if c.onset % bar == 0),
    }
    return found


def _tones(chord: Harmony) -> frozenset[int]:
    return frozenset((chord.root + t) % 12 for t in CHORD_TONES[chord.quality])


def _functions(chords: Sequence[Harmony], wish: HarmonyWish) -> Features:
    pairs = list(pairwise(chords))
    seventh = [(a, b) for a, b in pairs if a.quality in ("7", "9")]
    applied = [(a, b) for a, b in seventh if a.root != 7]
    tonic_minor = [c.quality.startswith("min") for c in chords if c.root == 0]
    return {
        "first_is_tonic": float(chords[0].root == 0),
        "last_is_tonic": float(chords[-1].root == 0),
        "last_is_dominant": float(chords[-1].root == 7),
        "ends_authentic": float(len(chords) > 1 and chords[-2].root == 7 and chords[-1].root == 0),
        "ends_plagal": float(len(chords) > 1 and chords[-2].root == 5 and chords[-1].root == 0),
        "authentic": share(a.root == 7 and b.root == 0 for a, b in pairs),
        "plagal": share(a.root == 5 and b.root == 0 for a, b in pairs),
        "dominant_back": share(a.root == 7 and b.root == 5 for a, b in pairs),
        "two_five": share(a.root == 2 and b.root == 7 for a, b in pairs),
        "deceptive": share(a.root == 7 and b.root in (8, 9) for a, b in pairs),
        "sevenths_resolve": share((b.root - a.root) % 12 == 5 for a, b in seventh),
        "applied_resolve": share((b.root - a.root) % 12 == 5 for a, b in applied),
        "diminished_resolve": share(
            (b.root - a.root) % 12 in (1, 2, 0) for a, b in pairs if "dim" in a.quality
        ),
        "dominant_minor": share(c.quality.startswith("min") for c in chords if c.root == 7),
        "tonic_is_minor": share(tonic_minor),
        "tonic_against_mode": share(m != bool(wish.minor) for m in tonic_minor),
        "silences": share(c.root < 0 for c in chords),
    }


def _pace(chords: Sequence[Harmony], lengths: Sequence[int], wish: HarmonyWish) -> Features:
    bar = wish.bar_steps
    places = [c.onset % bar for c in chords]
    counts = [sum(c.onset // bar == b for c in chords) for b in range(wish.bars)]
    half = wish.bars // 2
    late = mean(map(float, counts[half:])) - mean(map(float, counts[:half])) if half else nan
    return {
        "pace": len(chords) / wish.bars,
        "pace_spread": spread(map(float, counts)),
        "pace_most": float(max(counts)),
        "pace_empty_bars": share(c == 0 for c in counts),
        "pace_quickens": late,
        "pace_last_bar": float(counts[-1]),
        "pace_last_length": lengths[-1] / bar,
        "length_mean": mean(n / bar for n in lengths),
        "length_spread": spread(n / bar for n in lengths),
        "length_entropy": entropy(lengths),
        "length_longest": max(lengths) / bar,
        "length_shortest": min(lengths) / bar,
        "place_downbeat": share(p == 0 for p in places),
        "place_beat": share(p % 12 == 0 for p in places),
        "place_middle": share(2 * p == bar for p in places),
        "place_entropy": entropy(places),
    }


def _repeats(chords: Sequence[Harmony], wish: HarmonyWish) -> Features:
    bar = wish.bar_steps
    bars: list[tuple[object, ...]] = []
    held: Harmony = chords[0]
    for number in range(wish.bars):
        own = [c for c in chords if c.onset // bar == number]
        row = [(c.onset % bar, c.root, c.quality) for c in own]
        if not own or own[0].onset % bar:
            row.insert(0, (0, held.root, held.quality))
        bars.append(tuple(row))
        held = own[-1] if own else held
    found: Features = {}
    for lag in (1, 2, 4, 8):
        found[f"repeat_{lag}"] = share(
            bars[i] == bars[i + lag] for i in range(len(bars) - lag)
        )  # fmt: skip
    found["bar_kinds"] = len(set(bars)) / len(bars)
    found["longest_hold"] = float(max(len(list(g)) for _, g in groupby(bars))) / wish.bars
    return found
