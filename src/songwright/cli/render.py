"""``songwright render``: any MIDI file through the same sound path."""

from __future__ import annotations

from pathlib import Path

import click

from songwright.cli.output import progress_bar


@click.command()
@click.argument("midi", type=click.Path(path_type=Path))
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    default=Path("out"),
    show_default=True,
    help="Folder for stems, mix and master.",
)
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
@click.option("--quiet", is_flag=True, help="Print nothing but errors.")
def render(midi: Path, out: Path, formats: str, soundfont: tuple[str, ...], quiet: bool) -> None:
    """Play the MIDI file MIDI, from anywhere, into stems, a mix and a master."""
    from songwright import session  # noqa: PLC0415

    wanted = tuple(f.strip().lower() for f in formats.split(",") if f.strip())
    with progress_bar(quiet) as tell:
        package = session.render_midi(midi, out, wanted, tell, soundfont)
    if not quiet:
        click.echo(f"{package.folder}: {', '.join(package.files)}")
