"""Drafts: what one task of a batch makes, and which of them become variants."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from songwright.brief import Brief
from songwright.errors import BriefError, ScoreError
from songwright.evaluate.variety import likeness
from songwright.session.store import Project
from songwright.session.variants.evaluation import Evaluation
from songwright.session.variants.opening import choices_of
from songwright.session.variants.stages import Recipe, evaluated, write_variant

_LIKE_WHEN_CLOSE, _LIKE_WHEN_FAR = 0.94, 0.8


@dataclass(frozen=True, slots=True)
class Draft:
    """One piece of a batch, stored and measured.

    ``number`` counts from 0; ``slots`` are its node keys; ``choices`` what was drawn for it;
    ``was_there`` says that all of it was found in the project.
    """

    number: int
    slots: dict[str, str]
    choices: tuple[str, ...]
    evaluation: Evaluation
    was_there: bool


@dataclass(frozen=True, slots=True)
class Chosen:
    """Numbers of the drafts to keep, and of those passed over with the reason."""

    kept: tuple[int, ...]
    passed: dict[int, str]


def make_draft(folder: str, asked: str, number: int, recipe: Recipe) -> Draft | str:
    """Write, play and measure one draft in a project; a task for an executor.

    Returns the reason in words when this seed gives no piece; that belongs to the result of a
    batch, while a full disk or a lost worker does not and is raised.
    """
    with Project.open(folder) as project:
        build = project.build()
        try:
            nodes = write_variant(project, build, project.node(asked), recipe)
        except (BriefError, ScoreError) as error:
            return str(error)
        measured = evaluated(project, build, nodes)
        choices = choices_of(project.value(nodes["brief"], Brief))
        slots = {slot: node.key for slot, node in nodes.items()}
        return Draft(number, slots, choices, project.value(measured, Evaluation), not build.made)


def duplicate_limit(diverse: float) -> float:
    """Likeness above which two drafts are near-duplicates: the stricter, the more diverse."""
    return _LIKE_WHEN_CLOSE - diverse * (_LIKE_WHEN_CLOSE - _LIKE_WHEN_FAR)


def choose(drafts: Sequence[Draft], count: int, limit: float, fill: bool = False) -> Chosen:
    """Take drafts in the order of their numbers, passing over the unfit and the near-duplicates.

    What is taken does not depend on the order in which drafts were finished, and a larger
    ``count`` takes the same ones first.

    Parameters
    ----------
    limit
        Greatest likeness to a draft that was taken before.
    fill
        When too few are left, take the best of those passed over: first those that meet the
        most requests, then those least like the others.
    """
    ordered = sorted(drafts, key=lambda draft: draft.number)
    alike = likeness([draft.evaluation.profile for draft in ordered])
    kept: list[int] = []
    passed: dict[int, str] = {}
    merit: dict[int, tuple[float, float, int]] = {}
    for i, draft in enumerate(ordered):
        if len(kept) >= count:
            break
        nearest = max(kept, key=lambda j: alike[i, j], default=None)
        like = 0.0 if nearest is None else float(alike[i, nearest])
        adherence = draft.evaluation.measures["adherence"]
        if adherence < 1.0:
            missed = [name for name, met in draft.evaluation.controls if not met]
            passed[i] = f"it misses {', '.join(missed)}"
        elif nearest is not None and like > limit:
            passed[i] = f"it is {like:.0%} like draft {ordered[nearest].number + 1}"
        else:
            kept.append(i)
            continue
        merit[i] = (-adherence, round(like, 6), i)
    if fill:
        for i in sorted(merit, key=lambda j: merit[j])[: count - len(kept)]:
            kept.append(i)
            del passed[i]
    return Chosen(
        tuple(ordered[i].number for i in sorted(kept)),
        {ordered[i].number: why for i, why in passed.items()},
    )
