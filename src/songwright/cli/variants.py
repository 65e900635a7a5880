"""``songwright variants``: many pieces from one brief, ranked, in a project."""

from __future__ import annotations

import contextlib
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from songwright.cli.options import field_options, sentence_argument
from songwright.cli.shortlist import print_ranking, ranking_data

if TYPE_CHECKING:
    from songwright.session.store import Project
    from songwright.session.variants import Step

_STAGES = {"draft": "writing", "preview": "rendering previews"}


@click.command(
    epilog='Example:  songwright variants "warm soul, 80 BPM, one minute" -n 24 --project soul'
)
@sentence_argument("prompt")
@click.option("-n", "count", type=int, default=24, show_default=True, help="How many to keep.")
@click.option(
    "--diverse",
    type=float,
    default=0.3,
    show_default=True,
    help="0: other seeds only; 1: as far apart as the brief allows.",
)
@click.option(
    "--project",
    "folder",
    type=click.Path(path_type=Path),
    default=Path("project"),
    show_default=True,
    help="Folder of the project; made if there is none.",
)
@click.option(
    "--seed", type=int, default=0, show_default=True, help="Another seed, other variants."
)
@click.option(
    "--jobs",
    type=click.IntRange(0, 256),
    default=0,
    help="Worker processes; the result does not depend on it.  [default: one for each core]",
)
@click.option("--cluster", default="", help='Run on a Ray cluster: "local", "auto" or HOST:PORT.')
@click.option("--preview", is_flag=True, help="Also render 30 s of each, best first.")
@click.option("--weights", default="", help='Such as "hook=2,mood=0.5"; kept in the project.')
@field_options("duration", "key", "tempo", "style", "use", "instruments", "avoid")
@click.option("--json", "as_json", is_flag=True, help="Print the ranking as JSON.")
@click.option("--quiet", is_flag=True, help="Print nothing but errors.")
def variants(prompt: str, folder: Path, **options: Any) -> None:
    """Make variants of one brief: all obey PROMPT and differ in what it leaves open.

    The same prompt, seed and project again add nothing; a larger -n adds to what is there.
    """
    from songwright.session import variants as api  # noqa: PLC0415
    from songwright.session.execution import executor_for  # noqa: PLC0415
    from songwright.session.store import Project  # noqa: PLC0415

    count, seed, diverse = options.pop("count"), options.pop("seed"), options.pop("diverse")
    jobs, cluster, preview = options.pop("jobs"), options.pop("cluster"), options.pop("preview")
    as_json, quiet = options.pop("as_json"), options.pop("quiet")
    weights = api.read_weights(options.pop("weights"))
    asked_weights = weights != api.WEIGHTS
    fields = {name: value for name, value in options.items() if value is not None}
    api.checked_request(prompt, count, seed, diverse, fields)  # before a folder is made
    is_there = folder.exists() and any(folder.iterdir())
    with Project.open(folder) if is_there else Project.create(folder) as project:
        if asked_weights:
            api.keep_weights(project, weights)
        names, passed, failed = [], [], []
        with (
            executor_for(jobs, cluster) as executor,
            _watched(
                api.make_variants(
                    project, prompt, count, seed=seed, diverse=diverse, fields=fields,
                    executor=executor, preview=preview,
                ),
                quiet or as_json,
            ) as watched,
        ):  # fmt: skip
            for step in watched:
                if step.stage == "variant":
                    names.append(step.name)
                elif step.stage == "passed":
                    passed.append(f"draft {step.number + 1} is replaced: {step.note}")
                elif step.stage == "preview" and step.note:
                    failed.append(f"{step.name} has no preview: {step.note}")
        ranking = api.rank_variants(project, names=names)
        if preview:
            _write_previews(project, names)
        if as_json:
            click.echo(json.dumps(ranking_data(ranking), ensure_ascii=False, indent=1))
        elif not quiet:
            print_ranking(ranking)
            for line in passed:
                click.echo(line)
            _say_diversity(project, names)
            click.echo(
                f"\nsongwright shortlist {folder} · star {folder} NAME · "
                f"compare {folder} NAME NAME --html compare.html · finish {folder} NAME"
            )
    for line in failed:
        click.echo(line, err=True)
    if failed:
        raise SystemExit(3)


@contextlib.contextmanager
def _watched(steps: Iterator[Step], quiet: bool) -> Iterator[Iterator[Step]]:
    """The steps as they come, under a progress bar that names the best so far."""
    if quiet or not sys.stderr.isatty():
        yield steps
        return
    from rich.console import Console  # noqa: PLC0415
    from rich.progress import (  # noqa: PLC0415
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    columns = (
        TextColumn("{task.description:<18}"), BarColumn(), MofNCompleteColumn(),
        TimeElapsedColumn(), TimeRemainingColumn(),
    )  # fmt: skip
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        rows: dict[str, Any] = {}

        def told() -> Iterator[Step]:
            for step in steps:
                if step.stage in _STAGES:
                    if step.stage not in rows:
                        rows[step.stage] = bar.add_task(_STAGES[step.stage], total=step.total)
                    bar.update(rows[step.stage], completed=step.done, total=step.total)
                if step.stage == "draft" and step.evaluation is not None:
                    measures = step.evaluation.measures
                    told_of = " ".join(f"{name} {value:.2f}" for name, value in measures.items())
                    bar.console.print(f"draft {step.number + 1:>3}  {told_of}  {step.note}",
                                      highlight=False, markup=False)  # fmt: skip
                yield step

        yield told()


def _say_diversity(project: Project, names: list[str]) -> None:
    from songwright.session.variants import diversity_of  # noqa: PLC0415

    found = diversity_of(project, names)
    if len(names) > 1 and found is not None:
        click.echo(
            f"diversity: {found:.1f} effectively different pieces of {len(names)} (Vendi score)"
        )


def _write_previews(project: Project, names: list[str]) -> None:
    """Copies of the previews beside the project's own files, to be played by any player."""
    from songwright.session.variants import preview_there, write_preview  # noqa: PLC0415

    for name in names:
        node = preview_there(project, project.variant(name))
        if node is not None:
            write_preview(project, node, project.folder / "previews" / f"{name}.flac")
