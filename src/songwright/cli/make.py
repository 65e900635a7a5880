"""``songwright make``: presets of the workflow, from a few words to the files somebody needs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from songwright.cli.options import field_options, sentence_argument
from songwright.cli.output import place, print_table, progress_bar


@click.command(epilog='Example:  songwright make ad "bright confident pop for a product launch"')
@click.argument("preset", required=False)
@sentence_argument("prompt")
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    help="Folder; a delivery that it holds is replaced.  [default: a new one, out/PRESET]",
)
@click.option("--seed", type=int, default=0, show_default=True, help="Another seed, another piece.")
@field_options("duration", "key", "tempo", "style", "instruments", "avoid")
@click.option("--quiet", is_flag=True, help="Print nothing but errors.")
def make(preset: str | None, prompt: str, out: Path | None, **options: Any) -> None:
    """Make everything that one kind of work needs. Without PRESET, list what there is."""
    from songwright.session import presets  # noqa: PLC0415

    if preset is None:
        listed = [(name, p.title, p.person) for name, p in presets.presets().items()]
        print_table(("preset", "makes", "for"), listed)
        click.echo('\nsongwright make PRESET "a few words" --out DIR')
        return
    found = presets.preset(preset)
    seed, quiet = options.pop("seed"), options.pop("quiet")
    if not prompt and not any(options.values()):
        raise click.UsageError(f'say what it should be like: songwright make {preset} '
                               f'"{found.example}"')  # fmt: skip
    with progress_bar(quiet) as tell, place(out, preset) as folder:
        delivery = presets.make(preset, prompt, folder, seed, tell, **options)
    if quiet:
        return
    rows = [(item.path, item.purpose) for item in delivery.files]
    print_table(("file", "for"), rows, delivery.song.score.title if delivery.song else found.title)
    for note in delivery.notes:
        click.echo(f"note: {note}")
    click.echo(f"\n{delivery.folder}")
