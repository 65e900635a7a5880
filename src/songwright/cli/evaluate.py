"""``songwright evaluate``: what the judge says of packages, MIDI, MusicXML and audio files."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from songwright.cli.output import print_table, progress_bar
from songwright.errors import FileFormatError, OutputError

if TYPE_CHECKING:
    from songwright.evaluate.diagnosis import Finding
    from songwright.evaluate.judgement import Judged
    from songwright.session.judge import Examined

_TRACK = 21


@click.command(
    epilog="Example:  songwright evaluate rain song.mid mix.wav --html reports --against pop"
)
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path),
                metavar="FILE_OR_DIR...")  # fmt: skip
@click.option("--against", help="A kind of human music, or a style, to read the notes against.")
@click.option("--all", "show_all", is_flag=True, help="List every metric, not only those outside.")
@click.option("--json", "as_json", is_flag=True, help="Print everything as JSON.")
@click.option(
    "--html",
    "page",
    type=click.Path(path_type=Path),
    help="Write a page with pictures: a file, or a folder for several pieces.",
)
def evaluate(
    paths: tuple[Path, ...], against: str | None, show_all: bool, as_json: bool, page: Path | None
) -> None:
    """Judge Songwright packages and any MIDI, MusicXML or audio file."""
    from songwright.session.judge import examine, sources  # noqa: PLC0415

    places = [place for path in paths for place in sources(path)]
    targets = _pages(places, page)
    broken: list[str] = []
    rows: list[dict[str, object]] = []
    for place in places:
        try:
            with progress_bar(as_json) as tell:
                found = examine(place, against, tell)
        except FileFormatError as error:
            if len(places) == 1:
                raise
            line = str(error)
            broken.append(line if str(place) in line else f"{place}: {line}")
            rows.append({"source": str(place), "error": line})
            continue
        if place in targets:
            _write_page(found, targets[place])
        if as_json:
            from songwright.export.evaluation_data import evaluation_data  # noqa: PLC0415

            rows.append(evaluation_data(found.source, found.title, found.judgement))
        else:
            print_judgement(found, show_all)
            if place in targets:
                click.echo(f"open {targets[place]} to see it\n")
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False, allow_nan=False, indent=1))
    for line in broken:
        click.echo(f"songwright: {line}", err=True)
    if broken:
        raise SystemExit(FileFormatError.exit_code)


def _pages(places: list[Path], page: Path | None) -> dict[Path, Path]:
    """Where the page of each piece goes; names that occur twice are numbered."""
    if page is None:
        return {}
    if len(places) == 1 and page.suffix.lower() in (".html", ".htm"):
        return {places[0]: page}
    if page.suffix.lower() in (".html", ".htm"):
        raise click.BadParameter("several pieces need a folder, not a file", param_hint="--html")
    taken: set[str] = set()
    targets = {}
    for place in places:
        name = stem = (place.name if place.is_dir() else place.stem) or "piece"
        number = 2
        while name in taken:
            name, number = f"{stem}-{number}", number + 1
        taken.add(name)
        targets[place] = page / f"{name}.html"
    return targets


def _write_page(found: Examined, target: Path) -> None:
    from songwright.export.evaluation_page import evaluation_html  # noqa: PLC0415

    text = evaluation_html(
        found.title, found.judgement, score=found.score, plan=found.plan,
        performance=found.performance, curves=found.curves, piece=found.piece,
    )  # fmt: skip
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
    except OSError as error:
        raise OutputError(f"{target} cannot be written: {error.strerror or error}") from error


def print_judgement(found: Examined, show_all: bool) -> None:
    """Groups, findings and metrics of one piece as tables."""
    from songwright.evaluate.diagnosis import diagnose, unchecked  # noqa: PLC0415

    judgement = found.judgement
    against = f"{judgement.kind.replace('_', ' ')} ({judgement.nearness})"
    click.echo(f"{found.title or found.source}  [{found.source}]")
    click.echo(f"read against: {against if judgement.kind else 'no human band'}; {judgement.why}\n")
    if not judgement.groups:
        click.echo("nothing in it could be judged")
    names = {m.id: m.facts.name for m in judgement.metrics}
    if judgement.groups:
        print_table(
            ("group", "mean", "minimum", "of", "inside", "metrics"),
            [(g.name, f"{g.mean:.2f}", f"{g.minimum:.2f}", names[g.worst], f"{g.inside:.0%}",
              str(g.count)) for g in judgement.groups],
        )  # fmt: skip
    for finding in diagnose(judgement):
        _print_finding(finding)
    for row in unchecked():
        click.echo(f"not checked: {row.name.lower()} ({row.unchecked})")
    click.echo()
    for group in dict.fromkeys(m.facts.dimension for m in judgement.metrics):
        rows = [
            _row(m) for m in judgement.metrics
            if m.facts.dimension == group and (show_all or m.inside is False)
        ]  # fmt: skip
        if rows:
            title = group if show_all else f"{group}: metrics outside"
            print_table(("metric", "value", "0 · percentile · 100", "band", "where"), rows, title)


def _print_finding(finding: Finding) -> None:
    where = ", ".join(bars_text(span) for span in finding.bars)
    seconds = ", ".join(f"{a:.1f}–{b:.1f}" for a, b in finding.seconds)
    place = f" (bars {where})" if where else f" ({seconds} s)" if seconds else ""
    click.echo(f"\n{finding.name}: {finding.meaning}{place}")
    for reason in finding.reasons:
        click.echo(f"   because {reason}")
    click.echo(f"   do: {finding.advice}")
    click.echo(f"   songwright refine PIECE {finding.refine}")


def bars_text(span: tuple[int, int]) -> str:
    """Bars of a span as people count them: ``5`` or ``5–8``."""
    return f"{span[0] + 1}–{span[1]}" if span[1] - span[0] > 1 else str(span[0] + 1)


def _row(judged: Judged) -> tuple[str, ...]:
    evidence = judged.measurement.evidence
    bars = ", ".join(bars_text(span) for span in evidence.bars[:3])
    seconds = ", ".join(f"{a:.1f}–{b:.1f} s" for a, b in evidence.seconds[:3])
    where = "; ".join(filter(None, (f"bars {bars}" if bars else seconds, evidence.note)))
    return (judged.facts.name, judged.value_text, _track(judged), judged.band_text, where)


def _track(judged: Judged) -> str:
    """Percentile as a dot on a line whose thick part is the middle half of human music."""
    if judged.percentile is None:
        return "" if judged.inside is None else "within" if judged.inside else "outside"
    quarter = (_TRACK - 1) // 4
    line = ["━" if quarter <= i <= _TRACK - 1 - quarter else "─" for i in range(_TRACK)]
    line[round(judged.percentile / 100 * (_TRACK - 1))] = "●"
    return f"{''.join(line)} {judged.percentile:3.0f}"
