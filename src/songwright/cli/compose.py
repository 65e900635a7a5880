"""``songwright compose``: one piece from a prompt, or many from a file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from songwright.cli.options import (
    field_options,
    formats_option,
    sentence_argument,
    soundfont_option,
)
from songwright.cli.output import place, print_table, progress_bar
from songwright.errors import BriefError

_FILE = click.Path(path_type=Path, dir_okay=False)


@click.command(
    epilog='Example:  songwright compose "waltz for music box, 40 seconds" --out waltz --format mp3'
)
@sentence_argument("prompt")
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    help="Folder for the package; a piece that it holds is replaced.  [default: a new one, "
    "out/TITLE]",
)
@click.option(
    "--seed",
    type=int,
    default=0,
    show_default=True,
    help="Another seed gives another piece; the same seed the same bytes.",
)
@field_options("duration", "bars", "key", "tempo", "meter", "style", "use", "mood", "form")
@click.option("--chords", help='A chord chart or a file with one: "Dm7 | G7 | Cmaj7 | %".')
@field_options("instruments", "avoid")
@click.option("--energy", help='low … high, a shape, or points of bar and level: "0:0.2 16:0.9".')
@click.option("--density", help='sparse, medium, dense, or points such as "0:0.2 16:0.9".')
@click.option("--register", help='low, middle, high, or points such as "0:0.2 16:0.9".')
@click.option("--tension", help='Points of bar and level, such as "0:0.2 16:0.9 24:0.5".')
@click.option(
    "--melody", "given_melody", type=_FILE, help="A MIDI or MusicXML tune, kept to the note."
)
@click.option("--bassline", "given_bass", type=_FILE, help="A bass line that is kept to the note.")
@click.option("--drum-track", "given_drums", type=_FILE, help="Drums that are kept to the note.")
@click.option("--chord-track", "given_chords", type=_FILE, help="Chords as symbols or as notes.")
@click.option("--develop", type=_FILE, help="A tune whose opening becomes the theme of the piece.")
@click.option("--title", help="Title of the piece.")
@click.option(
    "--maker",
    type=click.Choice(("rules", "learned", "mixed")),
    help="Who writes; mixed (the default) takes the models where they read better.",
)
@click.option(
    "--prompts",
    type=click.Path(path_type=Path, dir_okay=False),
    help='A JSONL file, one {"id": …, "prompt": …} a line; one folder an id.',
)
@click.option(
    "--jobs",
    type=click.IntRange(1, 256),
    default=1,
    show_default=True,
    help="Worker processes for --prompts; the bytes do not depend on it.",
)
@click.option(
    "--cluster", default="", help='Run --prompts on a Ray cluster: "local", "auto" or HOST:PORT.'
)
@click.option("--no-audio", is_flag=True, help="Only the symbolic files; takes a second.")
@click.option("--no-evaluation", is_flag=True, help="Leave out evaluation.html and .json.")
@formats_option
@soundfont_option
@click.option(
    "--target",
    "delivery",
    default="",
    help="Where the master goes: streaming, loud, club, film … (`songwright master` lists them).",
)
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
@click.option("--quiet", is_flag=True, help="Print nothing but errors.")
def compose(prompt: str, out: Path | None, prompts: Path | None, jobs: int, **options: Any) -> None:
    """Compose a piece from PROMPT, from options, or from both (options win)."""
    seed, quiet, as_json = options.pop("seed"), options.pop("quiet"), options.pop("as_json")
    audio, evaluation = not options.pop("no_audio"), not options.pop("no_evaluation")
    cluster = options.pop("cluster")
    formats = options.pop("formats")
    soundfont, delivery = options.pop("soundfont"), options.pop("delivery")
    develop = options.pop("develop")
    given = {
        name.removeprefix("given_"): file for name in tuple(options)
        if name.startswith("given_") and (file := options.pop(name)) is not None
    }  # fmt: skip
    fields = {name: value for name, value in options.items() if value is not None}
    if "chords" in fields:
        from songwright.session.charts import chart_of  # noqa: PLC0415

        fields["chords"] = chart_of(fields["chords"])
    if prompts is not None:
        if prompt or fields or soundfont or delivery or given or develop:
            raise BriefError("--prompts takes all from the file; leave out the other options")
        out = out or Path("out")
        _batch(prompts, out, jobs, cluster, audio, formats, evaluation, seed, quiet, as_json)
        return
    _one(
        prompt,
        out,
        seed,
        fields,
        audio,
        formats,
        evaluation,
        soundfont,
        delivery,
        quiet,
        as_json,
        given,
        develop,
    )


def _one(
    prompt: str,
    out: Path | None,
    seed: int,
    fields: dict[str, Any],
    audio: bool,
    formats: tuple[str, ...],
    evaluation: bool,
    soundfont: tuple[str, ...],
    delivery: str,
    quiet: bool,
    as_json: bool,
    given: dict[str, Path],
    develop: Path | None,
) -> None:
    from songwright import session  # noqa: PLC0415
    from songwright.session.given import compose_given  # noqa: PLC0415

    with progress_bar(quiet or as_json) as tell:
        if given or develop:
            song = compose_given(prompt, seed, controls=given, develop=develop, **fields)
        else:
            song = session.compose(prompt, seed, **fields)
        with place(out, song.score.title) as folder:
            package = song.save(folder, audio, formats, tell, evaluation, soundfont, delivery)
    if as_json:
        click.echo((package.folder / "report.json").read_text("utf-8"))
        return
    if quiet or package.report is None:
        return
    report = package.report
    rows = [(r.control, r.requested or "–", r.planned, r.measured, r.verdict)
            for r in report.controls]  # fmt: skip
    print_table(("control", "requested", "planned", "measured", ""), rows, report.title, True)
    for line in report.conflicts:
        click.echo(f"note: {line}")
    if report.not_understood:
        click.echo(f"not understood: {', '.join(report.not_understood)}")
    click.echo(f"\n{package.folder}: {', '.join(f for f in package.files if '/' not in f)}")
    click.echo(f"open {package.folder / 'report.html'} to see and hear it")


def _batch(
    prompts: Path,
    out: Path,
    jobs: int,
    cluster: str,
    audio: bool,
    formats: tuple[str, ...],
    evaluation: bool,
    seed: int,
    quiet: bool,
    as_json: bool,
) -> None:
    from songwright import session  # noqa: PLC0415
    from songwright.session.execution import executor_for  # noqa: PLC0415

    items = session.read_prompts(prompts, seed)
    count = 0
    with progress_bar(quiet or as_json) as tell:

        def done(result: session.BatchResult) -> None:
            nonlocal count
            count += 1
            tell(result.id[:14], count / len(items))

        with executor_for(0 if cluster and jobs == 1 else jobs, cluster) as workers:
            results = session.compose_batch(
                items, out, jobs, audio, formats, done, evaluation, workers
            )
    failed = [r for r in results if r.error]
    if as_json:
        rows = [{"id": r.id, "folder": r.folder, "error": r.error} for r in results]
        click.echo(json.dumps(rows))
    else:
        for result in failed:
            click.echo(f"{result.id}: {result.error}", err=True)
        if not quiet:
            click.echo(f"{len(results) - len(failed)} of {len(results)} pieces written to {out}")
    if failed:
        raise SystemExit(3)
