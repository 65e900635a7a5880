"""``songwright render``: any MIDI file through the same sound path."""

from __future__ import annotations

from pathlib import Path

import click

from songwright.cli.options import formats_option, soundfont_option
from songwright.cli.output import place, progress_bar


@click.command()
@click.argument("midi", type=click.Path(path_type=Path))
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    help="Folder for stems, mix and master.  [default: a new one, out/NAME]",
)
@formats_option
@soundfont_option
@click.option("--quiet", is_flag=True, help="Print nothing but errors.")
def render(
    midi: Path,
    out: Path | None,
    formats: tuple[str, ...],
    soundfont: tuple[str, ...],
    quiet: bool,
) -> None:
    """Play the MIDI file MIDI, from anywhere, into stems, a mix and a master."""
    from songwright import session  # noqa: PLC0415

    with progress_bar(quiet) as tell, place(out, midi.stem) as folder:
        package = session.render_midi(midi, folder, formats, tell, soundfont)
    if not quiet:
        click.echo(f"{package.folder}: {', '.join(package.files)}")
