"""What a musician would measure in a phrase: the evidence for the blind test of lines.

About a hundred and fifty numbers on intervals, scale, rhythm, metre, chords, repetition and
voicing. Chords count by their highest note for everything melodic. A number that does not apply is
NaN. The judge reads notes for itself: it shares no code with the critic that chooses among samples.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import combinations, groupby, pairwise
from math import log2, nan

import numpy as np

from songwright.models.chords import CHORD_TONES, SCALES
from songwright.models.likeness import Sound
from songwright.models.lines import Frame

Features = dict[str, float]

_DURATIONS = (3, 4, 6, 8, 9, 12, 18, 24, 36)


def line_features(line: Sequence[Sound], frame: Frame, minor: bool) -> Features:
    """All features of a phrase. The line must have at least one note."""
    top = skyline(line)
    found: Features = {"meter": frame.numerator / frame.denominator, "minor": float(minor)}
    found |= _intervals(top)
    found |= _scale(top, minor)
    found |= _shape(top, frame)
    found |= _rhythm(top, frame)
    found |= _meter(top, frame)
    found |= _chords(top, frame)
    found |= _repetition(top, frame)
    found |= _voicing(line)
    found |= _others(line, frame)
    return found


def onsets(line: Sequence[Sound]) -> list[list[Sound]]:
    """Notes by onset, in order of time and pitch."""
    found: dict[int, list[Sound]] = {}
    for sound in sorted(line):
        found.setdefault(sound.onset, []).append(sound)
    return list(found.values())


def skyline(line: Sequence[Sound]) -> list[Sound]:
    """The highest note of each onset."""
    return [max(group, key=lambda s: s.pitch) for group in onsets(line)]


def by_bar(top: Sequence[Sound], frame: Frame) -> list[list[Sound]]:
    """Notes by the bar in which they begin."""
    numbers = [s.onset // frame.bar_steps for s in top]
    return [[s for s, n in zip(top, numbers, strict=True) if n == b] for b in range(frame.bars)]


def overlap(one: frozenset[object], other: frozenset[object]) -> float:
    """Jaccard index; 1 for two empty sets."""
    return len(one & other) / len(one | other) if one | other else 1.0


def chord_relation(sound: Sound, frame: Frame) -> tuple[bool | None, int]:
    """Whether a note is of its chord, and its semitones above the root; (None, -1) without one."""
    begun = [chord for chord in frame.harmony if chord.onset <= sound.onset]
    if not begun or begun[-1].root < 0:
        return None, -1
    above = (sound.pitch - begun[-1].root) % 12
    return above in CHORD_TONES[begun[-1].quality], above


def share(hits: Iterable[bool]) -> float:
    """Share of true values; NaN of none."""
    values = list(hits)
    return sum(values) / len(values) if values else nan


def mean(values: Iterable[float]) -> float:
    """Mean; NaN of none."""
    found = list(values)
    return sum(found) / len(found) if found else nan


def spread(values: Iterable[float]) -> float:
    """Standard deviation; NaN of none."""
    found = list(values)
    return float(np.std(found)) if found else nan


def entropy(items: Iterable[object]) -> float:
    """Entropy in bits of what occurs how often; NaN of nothing."""
    counts = Counter(items)
    total = sum(counts.values())
    if not total:
        return nan
    return -sum(c / total * log2(c / total) for c in counts.values())


def _intervals(top: Sequence[Sound]) -> Features:
    moves = [b.pitch - a.pitch for a, b in pairwise(top)]
    sizes = [abs(m) for m in moves]
    found = {f"interval_{size}": share(s == size for s in sizes) for size in range(8)}
    found["interval_8_9"] = share(s in (8, 9) for s in sizes)
    found["interval_10_11"] = share(s in (10, 11) for s in sizes)
    found["interval_12"] = share(s == 12 for s in sizes)
    found["interval_over_12"] = share(s > 12 for s in sizes)
    real = [m for m in moves if m]
    turns = [(a > 0) != (b > 0) for a, b in pairwise(real)]
    runs = [len(list(g)) for _, g in groupby(real, key=lambda m: m > 0)]
    after_leap = [
        (b != 0 and (a > 0) != (b > 0) and abs(b) <= 4) for a, b in pairwise(moves) if abs(a) >= 5
    ]
    same_way = [(a > 0) == (b > 0) for a, b in pairwise(moves) if abs(a) >= 3 and abs(b) >= 3]
    return found | {
        "interval_up": share(m > 0 for m in real),
        "interval_mean": mean(map(float, sizes)),
        "interval_spread": spread(map(float, moves)),
        "interval_widest": float(max(sizes, default=0)),
        "interval_entropy": entropy(moves),
        "interval_pair_entropy": entropy(pairwise(moves)),
        "interval_turns": share(turns),
        "interval_longest_run": float(max(runs, default=0)),
        "interval_leap_recovered": share(after_leap),
        "interval_leap_on_leap": share(same_way),
        "interval_step_share": share(1 <= s <= 2 for s in sizes),
    }


def _scale(top: Sequence[Sound], minor: bool) -> Features:
    classes = [s.pitch % 12 for s in top]
    weights = np.zeros(12)
    for sound in top:
        weights[sound.pitch % 12] += sound.duration
    weights /= weights.sum()
    third = 3 if minor else 4
    found = {
        f"degree_{name}": float(weights[pc])
        for name, pc in (("1", 0), ("2", 2), ("3", third), ("4", 5), ("5", 7), ("6", 9), ("7", 11))
    }
    outside = [pc not in SCALES[minor] for pc in classes]
    resolved = [
        abs(b.pitch - a.pitch) in (1, 2) for a, b in pairwise(top)
        if a.pitch % 12 not in SCALES[minor]
    ]  # fmt: skip
    return found | {
        "degree_outside": share(outside),
        "degree_outside_resolved": share(resolved),
        "degree_entropy": entropy(classes),
        "degree_kinds": float(len(set(classes))),
        "degree_first": float(classes[0]),
        "degree_last": float(classes[-1]),
        "degree_last_is_tonic": float(classes[-1] == 0),
        "degree_leading_resolved": share(
            b.pitch - a.pitch == 1 for a, b in pairwise(top) if a.pitch % 12 == 11
        ),
    }


def _shape(top: Sequence[Sound], frame: Frame) -> Features:
    pitches = np.array([s.pitch for s in top], float)
    times = np.array([s.onset for s in top], float) / frame.steps
    highest, lowest = int(pitches.argmax()), int(pitches.argmin())
    curve = np.polyfit(times, pitches, 2) if len(set(times)) > 2 else np.array([nan] * 3)
    bars = by_bar(top, frame)
    means = [mean(float(s.pitch) for s in bar) for bar in bars if bar]
    return {
        "shape_range": float(pitches.max() - pitches.min()),
        "shape_mean": float(pitches.mean()),
        "shape_spread": float(pitches.std()),
        "shape_end_minus_start": float(pitches[-1] - pitches[0]),
        "shape_curvature": float(curve[0]),
        "shape_highest_at": float(times[highest]),
        "shape_lowest_at": float(times[lowest]),
        "shape_highest_times": float((pitches == pitches.max()).sum()),
        "shape_bar_means": spread(means),
        "shape_last_above_lowest": float(pitches[-1] - pitches.min()),
    }


def _rhythm(top: Sequence[Sound], frame: Frame) -> Features:
    durations = [s.duration for s in top]
    gaps = [b.onset - a.onset for a, b in pairwise(top)]
    found = {f"rhythm_gap_{d}": share(g == d for g in gaps) for d in _DURATIONS}
    found["rhythm_gap_longer"] = share(g > 36 for g in gaps)
    held = [min(s.duration, g) / g for s, g in zip(top, gaps, strict=False)]
    rests = [g - s.duration for s, g in zip(top, gaps, strict=False) if g > s.duration]
    neighbours = [abs(a - b) / (a + b) for a, b in pairwise(gaps)]
    counts = [len(own) for own in by_bar(top, frame)]
    return found | {
        "rhythm_onsets_a_quarter": len(top) * 12 / frame.steps,
        "rhythm_gap_entropy": entropy(gaps),
        "rhythm_gap_pair_entropy": entropy(pairwise(gaps)),
        "rhythm_gap_kinds": float(len(set(gaps))),
        "rhythm_unevenness": 200 * mean(neighbours),
        "rhythm_duration_mean": mean(map(float, durations)),
        "rhythm_duration_spread": spread(map(float, durations)),
        "rhythm_duration_kinds": float(len(set(durations))),
        "rhythm_held": mean(held),
        "rhythm_held_fully": share(h == 1 for h in held),
        "rhythm_rests": float(len(rests)),
        "rhythm_longest_rest": float(max(rests, default=0)),
        "rhythm_last_duration": float(durations[-1]),
        "rhythm_last_ratio": durations[-1] / float(np.median(durations)),
        "rhythm_ends_at": (top[-1].onset + durations[-1]) / frame.steps,
        "rhythm_crosses_bar": share(
            s.onset // frame.bar_steps != (s.onset + s.duration - 1) // frame.bar_steps for s in top
        ),
        "rhythm_bar_counts_spread": spread(map(float, counts)),
        "rhythm_empty_bars": float(sum(count == 0 for count in counts)),
        "rhythm_fullest_bar": float(max(counts)),
        "rhythm_last_bar_count": float(counts[-1]),
    }


def _meter(top: Sequence[Sound], frame: Frame) -> Features:
    bar = frame.bar_steps
    beat = 18 if frame.denominator == 8 and frame.numerator % 3 == 0 else 12
    places = [s.onset % bar for s in top]
    strong = [float(s.duration) for s, p in zip(top, places, strict=True) if p % beat == 0]
    weak = [float(s.duration) for s, p in zip(top, places, strict=True) if p % beat]
    ties = [
        p % beat != 0 and s.onset // beat != (s.onset + s.duration - 1) // beat
        for s, p in zip(top, places, strict=True)
    ]
    downbeats = {s.onset // bar for s in top if s.onset % bar == 0}
    on_beat = [float(s.pitch) for s, p in zip(top, places, strict=True) if p % beat == 0]
    off_beat = [float(s.pitch) for s, p in zip(top, places, strict=True) if p % beat]
    return {
        "meter_downbeats": len(downbeats) / frame.bars,
        "meter_on_downbeat": share(p == 0 for p in places),
        "meter_on_beat": share(p % beat == 0 for p in places),
        "meter_on_half": share(p % 6 == 0 for p in places),
        "meter_on_sixteenth": share(p % 6 == 3 for p in places),
        "meter_on_triplet": share(p % 12 in (4, 8) for p in places),
        "meter_syncopated": share(ties),
        "meter_strong_longer": mean(strong) - mean(weak),
        "meter_strong_higher": mean(on_beat) - mean(off_beat),
        "meter_place_entropy": entropy(places),
        "meter_place_kinds": float(len(set(places))),
        "meter_first_at": float(top[0].onset),
        "meter_last_at": float(places[-1]),
        "meter_lone_sixteenths": share(
            s.onset % 6 == 3 and s.onset - 3 not in {t.onset for t in top} for s in top
        ),
    }


def _chords(top: Sequence[Sound], frame: Frame) -> Features:
    beat = 12
    told = [(s, *chord_relation(s, frame)) for s in top]
    known = [(s, inside, place) for s, inside, place in told if inside is not None]
    changes = {h.onset for h in frame.harmony}
    neighbours = [
        (1 <= abs(b.pitch - a.pitch) <= 2, 1 <= abs(c.pitch - b.pitch) <= 2)
        for a, b, c in zip(top, top[1:], top[2:], strict=False)
        if chord_relation(b, frame)[0] is False
    ]
    return {
        "chord_tones": share(bool(i) for _, i, _ in known),
        "chord_tones_on_beats": share(bool(i) for s, i, _ in known if s.onset % beat == 0),
        "chord_tones_off_beats": share(bool(i) for s, i, _ in known if s.onset % beat),
        "chord_tones_at_changes": share(bool(i) for s, i, _ in known if s.onset in changes),
        "chord_tones_long": share(bool(i) for s, i, _ in known if s.duration >= 12),
        "chord_roots": share(p == 0 for _, _, p in known),
        "chord_thirds": share(p in (3, 4) for _, _, p in known),
        "chord_fifths": share(p == 7 for _, _, p in known),
        "chord_semitone_above": share(p == 1 for _, _, p in known),
        "chord_foreign_from_step": share(a for a, _ in neighbours),
        "chord_foreign_to_step": share(b for _, b in neighbours),
        "chord_last_is_tone": float(known[-1][1]) if known and known[-1][1] is not None else nan,
        "chord_first_is_tone": float(known[0][1]) if known and known[0][1] is not None else nan,
        "chord_place_entropy": entropy(p for _, _, p in known),
    }


def _repetition(top: Sequence[Sound], frame: Frame) -> Features:
    bar = frame.bar_steps
    bars = by_bar(top, frame)
    places = [frozenset(s.onset % bar for s in b) for b in bars]
    tunes = [tuple((s.onset % bar, s.pitch) for s in b) for b in bars]
    moves = [tuple(b.pitch - a.pitch for a, b in pairwise(own)) for own in bars]
    shapes = [tuple(np.sign(move).tolist()) if move else () for move in moves]
    found: Features = {}
    for lag in (1, 2, 3):
        pairs = [(i, i + lag) for i in range(frame.bars - lag)]
        found[f"repeat_rhythm_{lag}"] = mean(overlap(places[i], places[j]) for i, j in pairs)
        found[f"repeat_rhythm_same_{lag}"] = share(places[i] == places[j] for i, j in pairs)
        found[f"repeat_tune_{lag}"] = mean(
            overlap(frozenset(tunes[i]), frozenset(tunes[j])) for i, j in pairs
        )
        found[f"repeat_moves_{lag}"] = share(
            moves[i] == moves[j] and len(moves[i]) > 1 for i, j in pairs
        )
        found[f"repeat_shape_{lag}"] = share(
            shapes[i] == shapes[j] and len(shapes[i]) > 1 for i, j in pairs
        )
    pitches, gaps = [s.pitch for s in top], [b.onset - a.onset for a, b in pairwise(top)]
    steps = [b - a for a, b in pairwise(pitches)]
    held = [len(list(g)) for _, g in groupby(pitches)]
    return found | {
        "repeat_intervals_3": _repeated(steps, 3),
        "repeat_gaps_3": _repeated(gaps, 3),
        "repeat_both_3": _repeated(list(zip(steps, gaps, strict=True)), 3),
        "repeat_there_and_back": share(a == c for a, c in zip(pitches, pitches[2:], strict=False)),
        "repeat_longest_note_run": float(max(held)),
        "repeat_pitch_kinds": len(set(pitches)) / len(pitches),
        "repeat_bar_rhythm_kinds": float(len(set(places))),
        "repeat_sequences": float(sum(
            moves[i] == moves[i + 1] and len(moves[i]) > 1 and tunes[i] != tunes[i + 1]
            for i in range(frame.bars - 1)
        )),
    }  # fmt: skip


def _repeated(items: Sequence[object], gram: int) -> float:
    """Share of n-grams that came before in the phrase."""
    grams = list(zip(*(items[i:] for i in range(gram)), strict=False))
    return 1 - len(set(grams)) / len(grams) if grams else nan


def _voicing(line: Sequence[Sound]) -> Features:
    groups = onsets(line)
    sizes = [len(g) for g in groups]
    chords = [sorted(s.pitch for s in g) for g in groups if len(g) > 1]
    gaps = [b - a for chord in chords for a, b in pairwise(chord)]
    kinds = [(b - a) % 12 for chord in chords for a, b in combinations(chord, 2)]
    lowest = [min(s.pitch for s in g) for g in groups]
    uneven = [len({s.duration for s in g}) > 1 for g in groups if len(g) > 1]
    return {
        "voices_mean": mean(map(float, sizes)),
        "voices_most": float(max(sizes)),
        "voices_spread": spread(map(float, sizes)),
        "voices_chord_share": share(s > 1 for s in sizes),
        "voices_span": mean(float(c[-1] - c[0]) for c in chords),
        "voices_gap_mean": mean(map(float, gaps)),
        "voices_seconds": share(k in (1, 2) for k in kinds),
        "voices_thirds": share(k in (3, 4) for k in kinds),
        "voices_fifths": share(k == 7 for k in kinds),
        "voices_octaves": share(k == 0 for k in kinds),
        "voices_low_move": mean(float(abs(b - a)) for a, b in pairwise(lowest)),
        "voices_same_chord": share(a == b for a, b in pairwise(chords)),
        "voices_uneven": share(uneven),
    }


def _others(line: Sequence[Sound], frame: Frame) -> Features:
    """How the line goes with the tune and the bass."""
    tune = {s.onset: s.pitch for s in frame.tune}
    low = {s.onset: s.pitch for s in frame.bass}
    own = {g[0].onset: g for g in onsets(line)}
    met = [(s.pitch, tune[o]) for o, g in own.items() if o in tune for s in g]
    based = [(min(s.pitch for s in g), low[o]) for o, g in own.items() if o in low]
    return {
        "tune_together": share(o in tune for o in own) if tune else nan,
        "tune_doubled": share((a - b) % 12 == 0 for a, b in met),
        "tune_clash": share((a - b) % 12 in (1, 11) for a, b in met),
        "tune_below": mean(float(b - a) for a, b in met),
        "tune_fills_gaps": share(o not in own for o in tune) if tune else nan,
        "bass_together": share(o in low for o in own) if low else nan,
        "bass_doubled": share((a - b) % 12 == 0 for a, b in based),
        "bass_above": mean(float(a - b) for a, b in based),
    }
