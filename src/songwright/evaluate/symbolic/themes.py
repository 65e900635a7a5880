"""The main theme found blind in the notes, how it returns, and how strong a hook it is.

The theme is the n-gram of (interval, spacing) tokens whose repetition saves most description:
its information content times its further occurrences. Nothing is read from the plan.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np

from songwright.evaluate.model import NotDefined
from songwright.evaluate.piece import Piece, once
from songwright.evaluate.registry import Finding, Findings, measures
from songwright.evaluate.symbolic.motifs import tune_tokens
from songwright.evaluate.symbolic.tonality import entropy_bits
from songwright.evaluate.tune import tune_of

_SHORTEST, _LONGEST = 4, 12
_LONGEST_BARS = 4.5
_EIGHTHS = 8

Token = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Theme:
    """Tokens of the theme and where (first note in the tune) each treatment of it begins."""

    tokens: tuple[Token, ...]
    places: dict[str, tuple[int, ...]]

    @property
    def notes(self) -> int:
        return len(self.tokens) + 1

    @property
    def all_places(self) -> tuple[int, ...]:
        return tuple(sorted(place for places in self.places.values() for place in places))


def _treatments(tokens: tuple[Token, ...]) -> dict[str, tuple[Token, ...]]:
    """Strict transformations of a theme as tokens."""
    moves = [move for move, _ in tokens]
    steps = [step for _, step in tokens]
    forms = {
        "inverted": tuple((-m, s) for m, s in tokens),
        "augmented": tuple((m, 2 * s) for m, s in tokens),
        "retrograde": tuple(zip([-m for m in reversed(moves)], reversed(steps), strict=True)),
    }
    if all(step % 2 == 0 for step in steps):
        forms["diminished"] = tuple((m, s // 2) for m, s in tokens)
    return {name: form for name, form in forms.items() if form != tokens}


@once
def theme_of(piece: Piece) -> Theme | None:
    """The main theme, None when no motif of five notes comes back."""
    tokens = tune_tokens(piece)
    best = _most_saving(tokens)
    if best is None:
        return None
    pitch = tune_of(piece)["pitch"].astype(int)
    n = len(best)
    taken = np.zeros(len(tokens), bool)
    places: dict[str, tuple[int, ...]] = {}
    same = _find(tokens, best, taken)
    heights = Counter(int(pitch[p]) for p in same)
    home = heights.most_common(1)[0][0]
    places["exact"] = tuple(p for p in same if pitch[p] == home)
    places["transposed"] = tuple(p for p in same if pitch[p] != home)
    for name, form in _treatments(best).items():
        places[name] = _find(tokens, form, taken)
    places["varied"] = _find_varied(tokens, best, taken)
    head = best[: max(3, n // 2)]
    places["fragment"] = _find(tokens, head, taken) if len(head) < n else ()
    return Theme(best, {name: found for name, found in places.items() if found})


def _most_saving(tokens: tuple[Token, ...]) -> tuple[Token, ...] | None:
    count = Counter(tokens)
    total = len(tokens)
    bits = [float(-np.log2(count[t] / total)) + 0.5 for t in tokens]
    summed = np.concatenate([[0.0], np.cumsum(bits)])
    length = np.concatenate([[0], np.cumsum([step for _, step in tokens])])
    best, best_saving = None, 0.0
    for n in range(_SHORTEST, _LONGEST + 1):
        places: dict[tuple[Token, ...], list[int]] = {}
        for i in range(total - n + 1):
            places.setdefault(tokens[i : i + n], []).append(i)
        for gram, starts in places.items():
            if len(starts) < 2 or len(set(gram)) < 2 or not any(move for move, _ in gram):
                continue
            if length[starts[0] + n] - length[starts[0]] > 16 * _LONGEST_BARS:
                continue
            apart, last = 0, -n
            for start in starts:
                if start >= last + n:
                    apart, last = apart + 1, start
            saving = (apart - 1) * (summed[starts[0] + n] - summed[starts[0]])
            if saving > best_saving:
                best, best_saving = gram, float(saving)
    return best


def _find(
    tokens: tuple[Token, ...],
    form: tuple[Token, ...],
    taken: np.ndarray[tuple[int], np.dtype[np.bool_]],
) -> tuple[int, ...]:
    """Places of a form that do not overlap what was found before; marks them."""
    n = len(form)
    found = []
    for i in range(len(tokens) - n + 1):
        if tokens[i] == form[0] and tokens[i : i + n] == form and not taken[i : i + n].any():
            taken[i : i + n] = True
            found.append(i)
    return tuple(found)


def _find_varied(
    tokens: tuple[Token, ...],
    form: tuple[Token, ...],
    taken: np.ndarray[tuple[int], np.dtype[np.bool_]],
) -> tuple[int, ...]:
    """Places with the rhythm and direction of the form, most intervals within a second of it."""
    n = len(form)
    steps = np.array([s for _, s in tokens])
    moves = np.array([m for m, _ in tokens])
    want_steps = np.array([s for _, s in form])
    want_moves = np.array([m for m, _ in form])
    found = []
    for i in range(len(tokens) - n + 1):
        if steps[i] != want_steps[0] or taken[i : i + n].any():
            continue
        if not np.array_equal(steps[i : i + n], want_steps):
            continue
        near = np.abs(moves[i : i + n] - want_moves) <= 2
        if near.mean() >= 0.75 and np.mean(np.sign(moves[i : i + n]) == np.sign(want_moves)) > 0.6:
            taken[i : i + n] = True
            found.append(i)
    return tuple(found)


def _need_theme(piece: Piece) -> Theme:
    if len(tune_tokens(piece)) < 16:
        raise NotDefined("the tune has fewer than seventeen notes")
    theme = theme_of(piece)
    if theme is None:
        raise NotDefined("no motif of five notes comes back")
    return theme


@measures("theme_coverage", "theme_spread", "theme_treatments")
def theme(piece: Piece) -> Findings:
    """Share of the tune in the theme, eighths of the piece it visits, kinds of treatment."""
    if len(tune_tokens(piece)) < 16:
        raise NotDefined("the tune has fewer than seventeen notes")
    found = theme_of(piece)
    if found is None:
        for metric in ("theme_coverage", "theme_spread", "theme_treatments"):
            yield Finding(metric, 0.0, note="no motif of five notes comes back")
        return
    tune = tune_of(piece)
    inside = np.zeros(tune.size, bool)
    for name, places in found.places.items():
        size = found.notes if name != "fragment" else max(3, found.notes // 2)
        for place in places:
            inside[place : place + size] = True
    spans = []
    for place in found.all_places:
        first = int(tune["bar"][place])
        last = int(tune["bar"][min(place + found.notes - 1, tune.size - 1)])
        spans.append((first, last + 1))
    yield Finding("theme_coverage", float(inside.mean()), spans[:16], "the main theme")
    start, end = int(tune["onset"][0]), int(tune["end"][-1])
    at = (tune["onset"][list(found.all_places)] - start) * _EIGHTHS // max(1, end - start)
    yield Finding("theme_spread", len(np.unique(at)) / _EIGHTHS)
    kinds = ", ".join(f"{len(places)} {name}" for name, places in found.places.items())
    yield Finding("theme_treatments", float(len(found.places)), note=kinds)


@measures("hook_strength", "hook_singability", "hook_distinctiveness", "hook_prominence")
def hook(piece: Piece) -> Findings:
    """Hook strength: geometric mean of recurrence, prominence, singability, distinctiveness.

    Each is 0..1; weights and formulae are this project's own and not tied to listeners' answers.
    """
    found = _need_theme(piece)
    tune = tune_of(piece)
    place = found.all_places[0]
    notes = tune[place : place + found.notes]
    pitch = notes["pitch"].astype(int)
    moves = np.abs(np.diff(pitch))
    seconds = max(1e-3, float(notes["seconds"][-1] - notes["seconds"][0]))
    pace = (notes.size - 1) / seconds
    reach = int(pitch.max() - pitch.min())
    singable = (
        float(np.clip((19 - reach) / 7.0, 0.0, 1.0))
        * float(np.clip((9.0 - pace) / 4.0, 0.0, 1.0))
        * float(np.clip(1.0 - np.mean(moves > 7) * 2.0, 0.0, 1.0))
    )
    spacing = np.diff(notes["onset"])
    variety = float(entropy_bits(np.bincount(moves)[None, :])[0])
    rhythm = float(entropy_bits(np.unique(spacing, return_counts=True)[1][None, :])[0])
    turns = np.count_nonzero(np.diff(np.sign(np.diff(pitch))))
    distinct = float(np.clip((variety + rhythm) / 3.0, 0.0, 1.0)) * (1.0 if turns else 0.6)
    begins = (int(notes["onset"][0]) - int(tune["onset"][0])) / max(1, piece.end)
    above = float(np.mean(pitch.max() >= tune["pitch"]))
    prominent = 0.5 * float(np.clip(1.2 - 1.5 * begins, 0.0, 1.0)) + 0.5 * above
    at = (tune["onset"][list(found.all_places)] * _EIGHTHS) // max(1, piece.end)
    recur = min(1.0, len(np.unique(at)) / 5.0)
    four = np.clip([recur, prominent, singable, distinct], 0.02, 1.0)
    span = (int(notes["bar"][0]), int(notes["bar"][-1]) + 1)
    yield Finding("hook_strength", float(np.exp(np.log(four).mean())), [span], "the hook")
    yield Finding("hook_singability", singable, [span])
    yield Finding("hook_distinctiveness", distinct, [span])
    yield Finding("hook_prominence", prominent, [span])
