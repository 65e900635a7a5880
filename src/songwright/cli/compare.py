"""``songwright compare``: files, or variants of a project, side by side with a ranking."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from songwright.cli.output import print_table, progress_bar
from songwright.cli.projects import open_project
from songwright.cli.shortlist import print_ranking, ranking_data
from songwright.errors import FileFormatError

if TYPE_CHECKING:
    from songwright.evaluate.comparison import Ranked

_MOST = 9


@click.command(
    epilog="Examples:  songwright compare drafts/* --against pop;  "
    "songwright compare my-song v3 v7 v9 --html compare.html"
)
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path),
                metavar="FILE_OR_DIR FILE_OR_DIR...")  # fmt: skip
@click.option("--against", help="A kind of human music, or a style, to read all notes against.")
@click.option("--json", "as_json", is_flag=True, help="Print the ranking as JSON.")
@click.option(
    "--html",
    "page",
    type=click.Path(path_type=Path),
    help="Of variants: a page to see and hear them, with a key for each.",
)
def compare(paths: tuple[Path, ...], against: str | None, as_json: bool, page: Path | None) -> None:
    """Rank packages, MIDI, MusicXML or audio files by likeness to human music of their kind.

    Or variants: the folder of a project, then the names of variants (none takes the best nine).
    """
    if (paths[0] / "project.db").exists():
        _variants(paths[0], [str(path) for path in paths[1:]], against, as_json, page)
        return
    if page is not None:
        raise click.UsageError("--html shows variants of a project; evaluate --html shows files")
    from songwright.evaluate.comparison import rank  # noqa: PLC0415
    from songwright.evaluate.diagnosis import diagnose  # noqa: PLC0415
    from songwright.session.judge import judge, sources  # noqa: PLC0415

    places = list(dict.fromkeys(place for path in paths for place in sources(path)))
    if len(places) < 2:
        raise click.UsageError("name at least two pieces to compare")
    pieces = []
    with progress_bar(as_json) as tell:
        for number, place in enumerate(places):
            tell(place.name[:14], number / len(places))
            pieces.append((str(place), judge(place, against)))
    try:
        ranked = rank(pieces)
    except ValueError as error:
        raise FileFormatError(f"{error}; compare notes with notes and sound with sound") from error
    findings = {name: [f.name for f in diagnose(judgement)] for name, judgement in pieces}
    kinds = {judgement.kind for _, judgement in pieces}
    if as_json:
        rows = [_data(row, findings[row.name]) for row in ranked]
        click.echo(json.dumps(rows, ensure_ascii=False, allow_nan=False, indent=1))
        return
    groups = [g.name for g in ranked[0].groups]
    print_table(
        ("", "piece", "grade", *groups, "findings"),
        [(str(r.rank), r.name, f"{r.grade:.2f}", *(f"{g.mean:.2f}" for g in r.groups),
          ", ".join(findings[r.name]) or "none") for r in ranked],
        "grade: half the mean of the groups, half the worst group",
    )  # fmt: skip
    for row in ranked:
        click.echo(f"{row.rank}. {row.name}{_because(row)}")
    if len(kinds) > 1:
        listed = ", ".join(sorted(k or "none" for k in kinds))
        click.echo(
            f"note: these are read against different human music ({listed}); --against makes it one"
        )


def _variants(
    folder: Path, names: list[str], against: str | None, as_json: bool, page: Path | None
) -> None:
    from songwright.session.variants import comparison_page, rank_variants  # noqa: PLC0415

    if against is not None:
        raise click.UsageError("variants are read against their own style; leave out --against")
    with open_project(folder) as project:
        if page is None:
            ranking = rank_variants(project, names=names)
        else:
            ranking = comparison_page(project, names, page, str(folder))
    if as_json:
        click.echo(json.dumps(ranking_data(ranking), ensure_ascii=False, indent=1))
        return
    print_ranking(ranking, None if names else _MOST)
    if page is not None:
        click.echo(f"open {page} to see and hear them")


def _because(row: Ranked) -> str:
    if not row.reasons:
        return f": no group differs clearly from {row.against}"
    parts = [
        f"{'ahead' if d.ahead > 0 else 'behind'} in {d.group} ({d.mine:.2f} against {d.other:.2f}"
        + (f": {', '.join(d.metrics)}" if d.metrics else "")
        + ")"
        for d in row.reasons[:3]
    ]
    return f", against {row.against}: {'; '.join(parts)}"


def _data(row: Ranked, findings: list[str]) -> dict[str, object]:
    return {
        "rank": row.rank, "source": row.name, "grade": row.grade,
        "groups": {g.name: {"mean": g.mean, "minimum": g.minimum} for g in row.groups},
        "against": row.against,
        "reasons": [
            {"group": d.group, "mine": d.mine, "other": d.other, "metrics": d.metrics}
            for d in row.reasons
        ],
        "findings": findings,
    }  # fmt: skip
