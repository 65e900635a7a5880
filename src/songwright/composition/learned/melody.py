"""Themes from the melody model, phrase by phrase, several candidates for each.

All themes of a piece grow side by side: the first phrases of all of them are sampled in one batch,
the best of each is kept, then come the second phrases, which hear the kept ones as their reference.
What is hard (compass, places, density, chord notes on strong beats, the close, locked notes) is
masked while sampling; what is a matter of taste is scored (`line_score`, and the critic that knows
people's phrases from the model's own), and a judge may be asked.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from random import Random

from songwright.composition.learned.drafts import Draft, Judge, Request
from songwright.composition.melody.theme import Theme
from songwright.models.critic import load_critic
from songwright.models.decoder import load
from songwright.models.line_grammar import LineGrammar
from songwright.models.lines import LINE_FEATURES
from songwright.models.sampling import Taste, sample
from songwright.seeds import rng

CANDIDATES = 8
"""Lines sampled for each phrase; fewer if it has many notes."""
_MANY = 20

_TASTE = Taste(0.9, 0.93)  # a phrase wants the expected, with the unlikely tail cut off


def learned_theme(request: Request, families: Sequence[str], tempo_bpm: float, seed: int) -> Theme:
    """One theme; see `learned_themes`."""
    return learned_themes([request], families, tempo_bpm, seed)[request.name]


def learned_themes(
    requests: Sequence[Request],
    families: Sequence[str],
    tempo_bpm: float,
    seed: int,
    judge: Judge | None = None,
) -> dict[str, Theme]:
    """Themes by name, sampled side by side.

    Parameters
    ----------
    requests
        What is asked for; names differ.
    families
        Families of the model that the candidates take turns with.
    tempo_bpm
        Quarter notes a minute.
    seed
        Each candidate draws from a generator of its own, named after theme, phrase and number.
    judge
        Asked about the best few candidates of each phrase, if given.

    Raises
    ------
    ModelError
        If the model's files are missing or damaged.
    ConstraintError
        If the metre is unknown to the model, or locks and range contradict each other.
    """
    model, critic = load("melody"), load_critic("melody")
    drafts = {r.name: Draft(r, tempo_bpm, seed) for r in requests}
    for step in range(max((d.last_step for d in drafts.values()), default=-1) + 1):
        rows = [
            row for draft in drafts.values()
            for row in _rows(draft, step, drafts.get(draft.request.quotes), families)
        ]  # fmt: skip
        sample(model, [r.grammar for r in rows], [r.stream for r in rows],
               LINE_FEATURES.offsets, _TASTE)  # fmt: skip
        for name, group in groupby(rows, key=lambda row: row.draft.request.name):
            own = list(group)
            drafts[name].choose(own[0].number, [r.grammar for r in own], judge, critic)
    return {name: draft.theme() for name, draft in drafts.items()}


def _rows(draft: Draft, step: int, quoted: Draft | None, families: Sequence[str]) -> list[_Row]:
    """The candidates of the phrase that a theme gets in a step; none if it is copied or over."""
    number = draft.number_at(step)
    if number is None or draft.copies(number):
        return []
    opening = quoted.opening if quoted is not None and number == 0 else None
    rows: list[_Row] = []
    # Time is spent by the note; what is sampled for one theme must not depend on the others.
    notes = draft.ground.onsets(draft.phrases[number])
    for k in range(CANDIDATES if notes <= _MANY else CANDIDATES * 5 // 8):
        stream = rng(draft.seed, "learned theme", draft.request.name, number, k)
        grammar = draft.grammar(number, k, families[k % len(families)], opening, stream)
        rows.append(_Row(draft, number, grammar, stream))
    return rows


@dataclass(frozen=True)
class _Row:
    draft: Draft
    number: int
    grammar: LineGrammar
    stream: Random
