"""``songwright compose``: one piece from a prompt, or many from a file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from songwright.cli.output import print_table, progress_bar
from songwright.errors import BriefError

_FILE = click.Path(path_type=Path, dir_okay=False)


@click.command(
    epilog='Example:  songwright compose "waltz for music box, 40 seconds" --out waltz --format mp3'
)
@click.argument("prompt", required=False, default="")
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    default=Path("out"),
    show_default=True,
    help="Folder for the package.",
)
@click.option(
    "--seed",
    type=int,
    default=0,
    show_default=True,
    help="Another seed gives another piece; the same seed the same bytes.",
)
@click.option("--duration", help='Length: 90, "1:30", "31-45 seconds".')
@click.option("--bars", help='Number of bars, or a range like "16-24".')
@click.option("--key", help='Such as "D minor", "F# dorian", "Bb".')
@click.option("--tempo", help='BPM, a range like "90-100", or a word like Andante.')
@click.option("--meter", help="Such as 3/4, 6/8, 7/8.")
@click.option("--style", help="A style from `songwright styles`.")
@click.option("--use", help='Such as "film cue", "social loop", "full song", "vocal bed".')
@click.option("--mood", help='Words such as "sad, hopeful".')
@click.option("--form", help='Sections: "intro verse chorus", "intro:4 verse:8", "AABA".')
@click.option("--chords", help='A chord chart or a file with one: "Dm7 | G7 | Cmaj7 | %".')
@click.option("--instruments", help='Must sound: "piano, walking bass, brushes".')
@click.option("--avoid", help='Must not sound: "drums, brass".')
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
@click.option(
    "--format",
    "formats",
    default="wav",
    show_default=True,
    help="Formats of the master, comma-separated: wav, flac, mp3, ogg.",
)
@click.option(
    "--soundfont",
    multiple=True,
    help="An .sf2, .sf3 or .sfz for all parts but electronic ones (those with a sound of the "
    "palette), all=FILE for these too, WHO=FILE for one part, or auto; can be repeated.",
)
@click.option(
    "--target",
    "delivery",
    default="",
    help="Where the master goes: streaming, loud, club, film … (`songwright master` lists them).",
)
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
@click.option("--quiet", is_flag=True, help="Print nothing but errors.")
def compose(prompt: str, out: Path, prompts: Path | None, jobs: int, **options: Any) -> None:
    """Compose a piece from PROMPT, from options, or from both (options win)."""
    seed, quiet, as_json = options.pop("seed"), options.pop("quiet"), options.pop("as_json")
    audio, evaluation = not options.pop("no_audio"), not options.pop("no_evaluation")
    cluster = options.pop("cluster")
    formats = tuple(f.strip().lower() for f in options.pop("formats").split(",") if f.strip())
    soundfont, delivery = options.pop("soundfont"), options.pop("delivery")
    develop = options.pop("develop")
    given = {
        name.removeprefix("given_"): file for name in tuple(options)
        if name.startswith("given_") and (file := options.pop(name)) is not None
    }  # fmt: skip
    fields = {name: value for name, value in options.items() if value is not None}
    if "chords" in fields:
        fields["chords"] = _text_or_file(fields["chords"])
    if prompts is not None:
        if prompt or fields or soundfont or delivery or given or develop:
            raise BriefError("--prompts takes all from the file; leave out the other options")
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


def _text_or_file(text: str) -> str:
    """The chart itself, or the contents of a file of that name."""
    try:
        path = Path(text)
        return path.read_text("utf-8") if len(text) < 500 and path.is_file() else text
    except (OSError, ValueError):
        return text


def _one(
    prompt: str,
    out: Path,
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
        package = song.save(out, audio, formats, tell, evaluation, soundfont, delivery)
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
