"""Which maker writes what: rules or models, by style and level; and what each style asks of them.

The facts are in ``data/learned.toml``. ``Plan.maker`` decides: ``rules`` never touches a model,
``learned`` uses models wherever a style has a family of theirs, ``mixed`` follows the table.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files

import msgspec

from songwright.composition.plan import Plan

MAKERS = ("rules", "learned", "mixed")


@dataclass(frozen=True, slots=True)
class LearnedFacts:
    """What a style asks of the models.

    ``harmony`` and ``melody`` name families of the models, nearest first (empty: the models know
    nothing like it, and rules write it always); ``rhythm`` is ``"learned"`` where the model writes
    the rhythm of tunes, too, ``"idiom"`` where it sets pitches to the style's own rhythms;
    ``mixed`` lists the levels that are learned when the maker is ``mixed``.
    """

    harmony: tuple[str, ...] = ()
    melody: tuple[str, ...] = ()
    rhythm: str = "learned"
    mixed: tuple[str, ...] = field(default=())


@cache
def _table() -> dict[str, LearnedFacts]:
    text = files("songwright.composition").joinpath("data/learned.toml").read_text("utf-8")
    return msgspec.convert(tomllib.loads(text), dict[str, LearnedFacts])


def learned_facts(style_id: str) -> LearnedFacts:
    """What a style asks of the models; a style that is not listed asks nothing."""
    return _table().get(style_id, LearnedFacts())


def is_learned(plan: Plan, level: str) -> bool:
    """Whether a model should write a level (``"harmony"`` or ``"melody"``) of a plan."""
    facts = learned_facts(plan.style)
    families = facts.harmony if level == "harmony" else facts.melody
    if plan.maker == "rules" or not families:
        return False
    return plan.maker == "learned" or level in facts.mixed
