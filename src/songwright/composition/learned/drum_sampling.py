"""Rows of drums that are sampled side by side, once for each set of rows."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from songwright.composition.learned.drum_styles import drum_model
from songwright.errors import ConstraintError, ModelError
from songwright.models.groove_grammar import GrooveGrammar, GrooveRules
from songwright.models.grooves import GROOVE_FEATURES, GrooveWish, Stroke
from songwright.models.sampling import Taste, sample
from songwright.seeds import rng


class DrumRow(NamedTuple):
    """All that decides one sampled stretch; ``names`` are those of its generator."""

    seed: int
    names: tuple[object, ...]
    wish: GrooveWish
    rules: GrooveRules
    reference: tuple[Stroke, ...] = ()
    reference_wish: GrooveWish | None = None


@lru_cache(maxsize=16)
def sampled(
    rows: tuple[DrumRow, ...], temperature: float, top_p: float
) -> tuple[tuple[Stroke, ...], ...] | None:
    """The strokes of every row; None if the model is missing or the rows cannot be met.

    A row's strokes depend on nothing but the row, so rows can be grouped in any way.
    """
    model = drum_model()
    if isinstance(model, str):
        return None
    try:
        grammars = [GrooveGrammar(r.wish, r.rules, r.reference, r.reference_wish) for r in rows]
        generators = [rng(row.seed, *row.names) for row in rows]
        sample(model, grammars, generators, GROOVE_FEATURES.offsets, Taste(temperature, top_p))
    except (ConstraintError, ModelError):
        return None
    return tuple(grammar.drums for grammar in grammars)
