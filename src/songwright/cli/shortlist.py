"""``songwright shortlist``: the variants of a project in order, with the reasons."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from songwright.cli.output import print_table
from songwright.cli.projects import folder_argument, mark_of, open_project

if TYPE_CHECKING:
    from songwright.session.variants import Ranking


@click.command(epilog="Example:  songwright shortlist my-song -n 5 --weights hook=2")
@folder_argument
@click.option("-n", "count", type=click.IntRange(1), default=10, show_default=True,
              help="How many to show.")  # fmt: skip
@click.option("--weights", default="", help='Such as "hook=2,mood=0.5"; kept in the project.')
@click.option("--plain", is_flag=True, help="By the weights alone, without the learned taste.")
@click.option("--starred", is_flag=True, help="Only the starred ones.")
@click.option("--all", "show_all", is_flag=True, help="Also the rejected ones, and all of them.")
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
def shortlist(
    folder: Path, count: int, weights: str, plain: bool, starred: bool, show_all: bool,
    as_json: bool,
) -> None:  # fmt: skip
    """Rank the variants of the project in DIR and say why each stands where it stands."""
    from songwright.session import variants as api  # noqa: PLC0415

    with open_project(folder) as project:
        if weights:
            api.keep_weights(project, api.read_weights(weights))
        ranking = api.rank_variants(project, use_taste=not plain)
    if as_json:
        click.echo(json.dumps(ranking_data(ranking), ensure_ascii=False, indent=1))
        return
    if not ranking.rows:
        click.echo(f"{folder} holds no pieces yet; songwright variants makes some")
        return
    print_ranking(ranking, None if show_all else count, starred, show_all)


def print_ranking(
    ranking: Ranking, count: int | None = None, starred: bool = False, show_rejected: bool = False
) -> None:
    """The ranking as a table, and how the marks changed it."""
    rows = [
        row for row in ranking.rows
        if (show_rejected or not row.variant.rejected) and (row.variant.starred or not starred)
    ][:count]  # fmt: skip
    weights = ", ".join(f"{name} {weight:g}" for name, weight in ranking.weights.items())
    print_table(
        ("", "", "name", "grade", *ranking.weights, "because"),
        [(str(r.rank), mark_of(r.variant), r.variant.name, f"{r.grade:.2f}",
          *(f"{r.evaluation.measures[name]:.2f}" for name in ranking.weights),
          "; ".join(r.reasons)) for r in rows],
        f"grade: mean of the measures, weights {weights}",
    )  # fmt: skip
    if ranking.says:
        click.echo(ranking.says)


def ranking_data(ranking: Ranking) -> dict[str, Any]:
    """The ranking as plain data."""
    return {
        "weights": ranking.weights,
        "taste": ranking.says,
        "variants": [
            {
                "rank": r.rank, "plain_rank": r.plain_rank, "name": r.variant.name,
                "mark": r.variant.star, "grade": r.grade, "measures": r.evaluation.measures,
                "reasons": r.reasons, "text": r.variant.text, "style": r.evaluation.style,
                "seconds": round(r.evaluation.seconds, 2),
            }
            for r in ranking.rows
        ],
    }  # fmt: skip
