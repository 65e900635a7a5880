"""The door between the drum makers: which of them writes a part, without loading a model."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

from songwright.composition.drum_voices import is_kit
from songwright.composition.learned.drum_bars import LearnedDrums, Steady
from songwright.composition.learned.drum_styles import DrummerFacts, drum_model, drummers
from songwright.composition.plan import Decision, PartPlan, Plan
from songwright.styles import style

MACHINES = frozenset(("electronic_kit", "tr808_kit", "orchestra_kit"))
"""Kits without a drummer: machines, and the many players of an orchestra."""

_OWN_FEELS = frozenset(("half-time", "double-time"))  # the model was not told of them
_OWN_WORDS = frozenset(("sparse", "simple"))


def learned_drums(part: PartPlan, plan: Plan, steady: Steady) -> LearnedDrums:
    """The bars of a part that the model writes; empty where the rules do.

    Parameters
    ----------
    part, plan
        The part and its piece.
    steady
        The rules' own groove, which says the model how busy and on which drums to play.
    """
    facts = drummer_of(part, plan)
    if facts is None or "learned" not in (facts.groove, facts.fills):
        return LearnedDrums()
    from songwright.composition.learned.drums import write_drums  # noqa: PLC0415 - loads numpy

    return write_drums(part, plan, facts, steady) or LearnedDrums()


def drummer_of(part: PartPlan, plan: Plan) -> DrummerFacts | None:
    """What the model does in a part under the plan's ``maker``; None if it has no say."""
    facts = drummers().get(plan.style)
    if facts is None or plan.maker == "rules" or part.role != "drums" or not is_kit(part):
        return None
    if part.instrument in MACHINES or plan.feel in _OWN_FEELS or _OWN_WORDS & set(part.adjectives):
        return None
    if not set(part.patterns) <= _patterns(plan.style):
        return replace(facts, groove="rules", fills="rules")  # a groove from elsewhere is meant
    if plan.maker == "learned":
        return replace(facts, groove="learned", fills="learned")
    if str(plan.meter) not in facts.meters:
        return replace(facts, groove="rules", fills="rules")
    return facts


@cache
def _patterns(style_id: str) -> frozenset[str]:
    """The grooves that belong to a style."""
    parts = style(style_id).parts
    return frozenset(name for part in parts if part.role == "drums" for name in part.patterns)


def drum_decisions(plan: Plan) -> tuple[Decision, ...]:
    """Who writes and who humanises the drums of a plan, and why."""
    kits = [p for p in plan.parts if p.role == "drums" and is_kit(p)]
    if not kits:
        return ()
    if plan.maker == "rules":
        return _all_rules("rules were asked for")
    facts = drummers().get(plan.style)
    if facts is None or all(part.instrument in MACHINES for part in kits):
        return _all_rules("a machine plays them")
    model = drum_model()
    if isinstance(model, str):
        return _all_rules(model)
    found = [own for part in kits if (own := drummer_of(part, plan)) is not None]
    learned = [w for w in ("groove", "fills") if any(getattr(f, w) == "learned" for f in found)]
    made = Decision(
        "drums",
        "learned" if len(learned) == 2 else "mixed" if learned else "rules",
        f"{' and '.join(learned)} by the model, where they read well" if learned
        else "the rules' grooves read better here",
    )  # fmt: skip
    return made, Decision("drum touch", "learned", f"velocity and timing of {facts.family}")


def _all_rules(reason: str) -> tuple[Decision, ...]:
    return Decision("drums", "rules", reason), Decision("drum touch", "rules", reason)
