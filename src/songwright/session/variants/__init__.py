"""Many variants of one brief: made, measured, ranked, heard, chosen and finished in a project.

- `making`: drafts in parallel, near-duplicates replaced, the rest kept by name.
- `opening`: what a brief leaves open, drawn.
- `stages`: a piece as nodes.
- `evaluation`: four measures and the facts behind them; `reasons` says them in words and numbers.
- `ranking`: the order, by weights and by the taste learned from stars and rejections.
- `preview`: half a minute of sound. `finish`: the whole production.
"""

from songwright.session.variants.evaluation import Evaluation
from songwright.session.variants.finish import finish
from songwright.session.variants.making import (
    Batch,
    Step,
    batches,
    checked_request,
    diversity_of,
    make_variants,
)
from songwright.session.variants.measures import MEASURES, WEIGHTS, read_weights
from songwright.session.variants.page import comparison_page
from songwright.session.variants.preview import preview_of, preview_there, write_preview
from songwright.session.variants.ranking import (
    Ranking,
    Row,
    keep_weights,
    rank_variants,
    weights_of,
)
from songwright.session.variants.reasons import reasons
from songwright.session.variants.stages import evaluation_of, song_of
from songwright.session.variants.taste import Taste, forget

__all__ = [
    "MEASURES",
    "WEIGHTS",
    "Batch",
    "Evaluation",
    "Ranking",
    "Row",
    "Step",
    "Taste",
    "batches",
    "checked_request",
    "comparison_page",
    "diversity_of",
    "evaluation_of",
    "finish",
    "forget",
    "keep_weights",
    "make_variants",
    "preview_of",
    "preview_there",
    "rank_variants",
    "read_weights",
    "reasons",
    "song_of",
    "weights_of",
    "write_preview",
]
