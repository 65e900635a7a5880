"""``songwright refine``: change a piece, and nothing outside what was named."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from songwright.cli.options import sentence_argument
from songwright.cli.output import print_table, progress_bar
from songwright.errors import ProjectError


@click.command(
    epilog='Example:  songwright refine rain "make the second chorus bigger, lose the brass, '
    'keep the bass line"'
)
@click.argument("folder", type=click.Path(path_type=Path), metavar="DIR")
@sentence_argument("words")
@click.option("--out", type=click.Path(path_type=Path),
              help="Folder for the new version; else the next free name beside DIR.")  # fmt: skip
@click.option(
    "--variant", help="With a project as DIR: the variant to refine; makes a child of it."
)
@click.option("--scope", default="", help='Such as "chorus#2:bass:bars 17-24:melody".')
@click.option("--section", help="A section: an id, a function, a letter, chorus#2, chorus#-1.")
@click.option("--part", help="A part: an id, a role, an instrument.")
@click.option("--bars", help='Such as "17-24".')
@click.option("--level", help="harmony, melody, rhythm, voicing, performance, instrument or mix.")
@click.option("--vary", type=float, help="Vary by 0..1.")
@click.option(
    "--energy",
    help='"more", "less", levels: "verse 0.4, chorus 0.8", or points: '
    '"0:0.2 16:0.9" (bar and level).',
)
@click.option("--density", help='"higher", "lower", -1..1, or points.')
@click.option("--register", help='"higher", "lower", or points.')
@click.option("--tension", help='"more", "less", or points.')
@click.option("--theme", help='"new"; "strongest" with --repeat-more.')
@click.option("--hook", help='"strong": of several new themes the most striking.')
@click.option("--repeat-more", is_flag=True, help="The theme opens every section.")
@click.option("--harmony", help="clearer, reharmonise or new.")
@click.option("--chords", help='A chart: "Dm7 | G7 | C | %".')
@click.option("--insert", help='A section: "bridge after chorus#2", "4-bar build before drop".')
@click.option("--meter", help='Another metre for the whole piece, such as "3/4" or "6/8".')
@click.option("--voicing", help='close, open, drop-2, drop-3, spread, "first inversion" …')
@click.option("--ending", help="final, ring, fade, hard or loop.")
@click.option("--add", help="An instrument or a role.")
@click.option("--rhythm", help="steadier.")
@click.option("--breathe", is_flag=True, help="Phrases end held, with a rest.")
@click.option("--smoother", is_flag=True, help="Fewer leaps.")
@click.option("--fit-chords", is_flag=True, help="Notes on the beat belong to the chord.")
@click.option("--humanise", type=float, help="How far players stray; 1 is the style's own.")
@click.option("--mix", help='Words for the mix: "lead +2 dB", "less mud", "narrower".')
@click.option("--loudness", type=float, help="Loudness of the master in LUFS.")
@click.option("--keep-controls", is_flag=True, help="Write everything again from another seed.")
@click.option("--master-again", is_flag=True, help="Mix and master again.")
@click.option("--lock", help="Hold a scope fast for all later edits.")
@click.option("--unlock", help='Let a locked scope go; "everything".')
@click.option("--take", "take_file", type=click.Path(path_type=Path, dir_okay=False),
              help="A MIDI or MusicXML file as new version of --part, or of all.")  # fmt: skip
@click.option("--control", "control_file", type=click.Path(path_type=Path, dir_okay=False),
              help="A file kept exactly as --part; the rest is written around it.")  # fmt: skip
@click.option("--dry-run", is_flag=True, help="Say what would be done, and stop.")
@click.option("--no-audio", is_flag=True, help="Only the symbolic files.")
@click.option("--format", "formats", help="Formats of the master; those of DIR otherwise.")
@click.option("--evaluation", is_flag=True, help="Judge the new version as compose does.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def refine(
    folder: Path, words: str, variant: str | None, out: Path | None, scope: str, dry_run: bool,
    no_audio: bool, formats: str | None, evaluation: bool, as_json: bool, take_file: Path | None,
    control_file: Path | None, **options: Any,
) -> None:  # fmt: skip
    """Change the piece in DIR as WORDS and options say; write the result beside it.

    WORDS such as "more energy in the chorus, lose the bass", "up a minor third", "a tone lower",
    "halve the tempo", "10 bpm faster" or "20 % slower".
    """
    from songwright.session.refine.difference import difference  # noqa: PLC0415
    from songwright.session.refine.files import edit_of_file  # noqa: PLC0415
    from songwright.session.refine.folders import package_folder, save_refined  # noqa: PLC0415
    from songwright.session.refine.kinds import refine as refine_song  # noqa: PLC0415
    from songwright.session.refine.options import edits_of  # noqa: PLC0415
    from songwright.session.song import load  # noqa: PLC0415

    files = [(k, f) for k, f in (("take", take_file), ("control", control_file)) if f is not None]
    if variant:
        if dry_run or out is not None:
            raise ProjectError(
                "a variant's child stays in its project; leave out --out and --dry-run"
            )
        _variant(folder, variant, words, scope, options, files, as_json)
        return
    parent = package_folder(folder)
    song = load(parent)
    named = {k.replace("_", "-"): v for k, v in options.items() if v not in (None, False)}
    edits = list(edits_of(named, song.plan))
    for kind, file in files:
        edits.append(edit_of_file(kind, file, song, str(options.get("part") or "")))
    outcome = refine_song(song, words, *edits, scope=scope)
    changes = difference(song, outcome.song)
    if not as_json:
        for line in (*outcome.done, *outcome.measured):
            click.echo(f"  {line}")
        for word in outcome.not_understood:
            click.echo(f"not understood: {word}")
        print_table(("", "before", "after"), [(c.topic, c.before, c.after) for c in changes])
    target = ""
    if not dry_run:
        with progress_bar(as_json) as tell:
            package = save_refined(
                outcome.song, parent, out, False if no_audio else None,
                [f.strip() for f in formats.split(",")] if formats else None, tell, evaluation,
            )  # fmt: skip
        target = str(package.folder)
    if as_json:
        click.echo(json.dumps(
            {"folder": target, "done": outcome.done, "measured": outcome.measured,
             "not_understood": outcome.not_understood,
             "changes": [[c.topic, c.before, c.after] for c in changes]},
            ensure_ascii=False, indent=1,
        ))  # fmt: skip
    elif target:
        click.echo(f"{target}: the new version; {parent} is as it was")


def _variant(
    folder: Path, name: str, words: str, scope: str, options: dict[str, Any],
    files: list[tuple[str, Path]], as_json: bool,
) -> None:  # fmt: skip
    """Refine a variant of a project; the child is written symbolically, `finish` renders it."""
    from songwright.cli.projects import open_project  # noqa: PLC0415
    from songwright.session.refine.files import edit_of_file  # noqa: PLC0415
    from songwright.session.refine.options import edits_of  # noqa: PLC0415
    from songwright.session.refine.variants import refine_variant  # noqa: PLC0415
    from songwright.session.variants.stages import song_of  # noqa: PLC0415

    named = {k.replace("_", "-"): v for k, v in options.items() if v not in (None, False)}
    with open_project(folder) as project:
        song = song_of(project, project.variant(name))
        edits = list(edits_of(named, song.plan))
        edits += [edit_of_file(k, f, song, str(options.get("part") or "")) for k, f in files]
        child, outcome = refine_variant(project, name, words, *edits, scope=scope)
        child_name = child.name
    if as_json:
        click.echo(json.dumps({"variant": child_name, "parent": name, "done": outcome.done,
                               "not_understood": outcome.not_understood}))  # fmt: skip
        return
    for line in (*outcome.done, *outcome.measured):
        click.echo(f"  {line}")
    for word in outcome.not_understood:
        click.echo(f"not understood: {word}")
    click.echo(f"{child_name}: refined from {name}; `songwright finish` renders it")
