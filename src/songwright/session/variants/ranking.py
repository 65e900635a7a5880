"""The variants of a project in order, with the reasons."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from songwright.session.store import Project, Variant
from songwright.session.variants.evaluation import Evaluation
from songwright.session.variants.measures import WEIGHTS, checked_weights, weighted_mean
from songwright.session.variants.reasons import reasons
from songwright.session.variants.stages import evaluation_of, is_piece
from songwright.session.variants.taste import Taste, learn, marks_that_count

_SETTING = "weights"


@dataclass(frozen=True, slots=True)
class Row:
    """One variant in a ranking.

    ``grade`` is the weighted mean of its measures, 0..1; ``plain_rank`` its place by grade alone,
    ``rank`` its place with the taste learned from the marks.
    """

    rank: int
    plain_rank: int
    variant: Variant
    grade: float
    evaluation: Evaluation
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Ranking:
    """Rows from best to worst, the weights and the taste that made the order."""

    rows: tuple[Row, ...]
    weights: dict[str, float]
    taste: Taste | None

    @property
    def says(self) -> str:
        """How the marks changed the order, in a sentence; empty when they did not."""
        taste = self.taste
        if taste is None or not taste.marks or not self.rows:
            return ""
        first = min(self.rows, key=lambda row: row.plain_rank)
        learned = ", ".join(taste.leanings()[:4]) or "nothing clear yet"
        moved = sum(row.rank != row.plain_rank for row in self.rows)
        change = f"{moved} of {len(self.rows)} variants moved" if moved else "nothing moved"
        if first.rank != 1:
            change += f"; by the weights alone {first.variant.name} would be first"
        return (
            f"the order follows your {_counted(taste.stars, 'star')} and "
            f"{_counted(taste.rejections, 'rejection')}: {learned}; {change}"
        )


def weights_of(project: Project) -> dict[str, float]:
    """The weights that were last given in a project, or the usual ones."""
    kept = project.setting(_SETTING)
    return checked_weights(kept) if kept else dict(WEIGHTS)


def keep_weights(project: Project, weights: Mapping[str, float]) -> None:
    """Keep weights for the rankings to come."""
    project.set_setting(_SETTING, dict(checked_weights(weights)))


def rank_variants(
    project: Project,
    weights: Mapping[str, float] | None = None,
    names: Collection[str] = (),
    use_taste: bool = True,
) -> Ranking:
    """Rank the variants of a project.

    Parameters
    ----------
    weights
        Of the measures (see `songwright.session.variants.measures`); None takes those kept in
        the project. Those that are not named have their usual value.
    names
        Rank only these; empty ranks all. The taste is learned from all.
    use_taste
        False ranks by the weights alone.

    Raises
    ------
    BriefError
        If a weight is unknown or negative.
    ProjectError
        If a name is unknown.
    """
    given = weights_of(project) if weights is None else checked_weights(weights)
    wanted = [project.variant(name) for name in names]
    everything = [v for v in project.variants() if is_piece(v)]
    found = {v.id: evaluation_of(project, v) for v in everything}
    taste = None
    if use_taste:
        marked = marks_that_count(project, everything)
        taste = learn(
            list(found.values()), [found[v.id] for v in marked if v.starred],
            [found[v.id] for v in marked if v.rejected], given,
        )  # fmt: skip
    chosen = [v for v in (wanted or everything) if v.id in found]
    grade = {v.id: round(weighted_mean(found[v.id].measures, given), 4) for v in chosen}
    plain = sorted(chosen, key=lambda v: -grade[v.id])
    ordered = plain
    if taste is not None and taste.marks:
        ordered = sorted(plain, key=lambda v: -round(taste.score(found[v.id]), 6))
    place = {v.id: i for i, v in enumerate(plain, 1)}
    rows = tuple(
        Row(i, place[v.id], v, grade[v.id], found[v.id], reasons(found[v.id]))
        for i, v in enumerate(ordered, 1)
    )
    return Ranking(rows, given, taste)


def _counted(number: int, word: str) -> str:
    return f"{number} {word}{'' if number == 1 else 's'}"
