"""What variants of one brief may differ in, and how much they do.

A brief fixes key, style and players for all of its variants, so that histograms of pitches and note
lengths are alike whatever is written (see `songwright.evaluate.diversity` for those). Here a piece
is described by what it leaves open: theme, progression, groove, texture and form. Theme and
progression know no key: a transposed copy is a copy.

Likeness is the mean of the cosines of the five descriptions (own); diversity of several pieces is
the Vendi score of that likeness.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from songwright.evaluate.chords import chords_of
from songwright.evaluate.diversity import vendi_score
from songwright.evaluate.notes import Floats
from songwright.evaluate.piece import Piece
from songwright.evaluate.symbolic.arrangement import activity, bar_density
from songwright.evaluate.symbolic.motifs import tune_tokens
from songwright.evaluate.tune import tune_of

Profile = dict[str, dict[str, float]]
"""Five descriptions of a piece, each a sparse vector: a name and a weight for every feature."""

_COURSE_POINTS = 16


def profile_of(piece: Piece) -> Profile:
    """Describe a piece.

    Returns
    -------
    dict
        ``theme``: two moves of the tune in turn, and two spacings in turn, with their counts;
        ``progression``: two chords in turn as root motion and kinds; ``groove``: onsets of each
        drum key and of the tune by sixteenth of the bar; ``texture``: share of the bars in which
        each instrument sounds; ``form``: the course of the density against its mean.
    """
    return {
        "theme": _theme(piece),
        "progression": _progression(piece),
        "groove": _groove(piece),
        "texture": _texture(piece),
        "form": _form(piece),
    }


def likeness(profiles: Sequence[Profile]) -> Floats:
    """Mean cosine of every pair of pieces, shape (n, n), ones on the diagonal.

    Two pieces that both lack a description (no tune, no chords) are alike in it. A mean of Gram
    matrices of unit vectors is positive semidefinite.
    """
    size = len(profiles)
    total = np.zeros((size, size))
    kinds = list(profiles[0]) if profiles else []
    for kind in kinds:
        rows = [profile[kind] or {"none": 1.0} for profile in profiles]
        column = {name: i for i, name in enumerate(sorted({name for row in rows for name in row}))}
        table = np.zeros((size, len(column)))
        for i, row in enumerate(rows):
            for name, weight in row.items():
                table[i, column[name]] = weight
        unit = table / np.linalg.norm(table, axis=1, keepdims=True)
        total += unit @ unit.T
    mean: Floats = total / max(1, len(kinds))
    return mean


def diversity(profiles: Sequence[Profile]) -> float:
    """Vendi score: the effective number of different pieces, 1 to n."""
    return vendi_score(likeness(profiles))


def _theme(piece: Piece) -> dict[str, float]:
    tokens = tune_tokens(piece)
    counts: Counter[str] = Counter()
    for (move, step), (next_move, next_step) in pairwise(tokens):
        counts[f"moves {move:+d} {next_move:+d}"] += 1
        counts[f"steps {step} {next_step}"] += 1
    return {name: float(count) for name, count in counts.items()}


def _progression(piece: Piece) -> dict[str, float]:
    chords = chords_of(piece)
    roots = chords.root.tolist()
    kinds = [
        "minor" if member[(root + 3) % 12] and not member[(root + 4) % 12] else "major"
        for root, member in zip(roots, chords.member, strict=True)
    ]
    named = list(zip(roots, kinds, strict=True))
    changes = Counter(f"{a} {(s - r) % 12} {b}" for (r, a), (s, b) in pairwise(named))
    return {change: float(count) for change, count in changes.items()}


def _groove(piece: Piece) -> dict[str, float]:
    counts: Counter[str] = Counter()
    drums, tune = piece.drums, tune_of(piece)
    for pitch, slot in zip(
        drums["pitch"].tolist(), piece.slots_in_bar(drums).tolist(), strict=True
    ):
        counts[f"drum {pitch} at {slot}"] += 1
    for slot in piece.slots_in_bar(tune).tolist():
        counts[f"tune at {slot}"] += 1
    return {name: float(np.sqrt(count)) for name, count in counts.items()}  # hats drown the rest


def _texture(piece: Piece) -> dict[str, float]:
    playing = activity(piece)
    shares: dict[str, float] = {}
    for part, bars in zip(piece.parts, playing, strict=False):
        name = f"{part.role} {part.instrument}"
        shares[name] = shares.get(name, 0.0) + float(bars.mean())
    return {name: round(share, 6) for name, share in shares.items() if share > 0.0}


def _form(piece: Piece) -> dict[str, float]:
    density = bar_density(piece)
    course = np.interp(
        np.linspace(0, piece.bars - 1, _COURSE_POINTS), np.arange(piece.bars), density
    )
    spread = float(course.std())
    if spread <= 0.0:
        return {}
    return {
        f"{i}": round(float(value), 6) for i, value in enumerate((course - course.mean()) / spread)
    }
