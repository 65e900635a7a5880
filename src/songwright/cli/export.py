"""``songwright export``: a piece for other programs."""

from __future__ import annotations

from pathlib import Path

import click

from songwright.cli.output import print_table, progress_bar


@click.command(epilog="Example:  songwright export rain --to dawproject,pdf")
@click.argument("folder", type=click.Path(path_type=Path))
@click.option(
    "--to",
    "targets",
    multiple=True,
    help="What to write, comma-separated or repeated: dawproject, reaper, stems, master, midi, "
    "musicxml, pdf, leadsheet, abc, cue, or all. Without it, they are listed.",
)
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    help="Folder for one folder a target.  [default: FOLDER/exports]",
)
@click.option(
    "--engraver",
    type=click.Choice(("verovio", "musescore")),
    help="Who draws the PDFs; otherwise what is installed.",
)
@click.option("--quiet", is_flag=True, help="Print nothing but errors.")
def export(
    folder: Path, targets: tuple[str, ...], out: Path | None, engraver: str | None, quiet: bool
) -> None:
    """Write the piece in FOLDER for workstations, notation programs, players and editors."""
    from songwright.session.export_targets import TARGETS  # noqa: PLC0415
    from songwright.session.exports import export as write  # noqa: PLC0415

    wanted = [name.strip().lower() for text in targets for name in text.split(",") if name.strip()]
    if not wanted:
        rows = [(name, target.summary) for name, target in TARGETS.items()]
        print_table(("--to", "what it is"), rows)
        return
    with progress_bar(quiet) as tell:
        done = write(folder, wanted, out, engraver or "", tell)
    if quiet:
        return
    for result in done:
        if result.files:
            count = len(result.files)
            click.echo(f"{result.folder}: {count} file{'' if count == 1 else 's'}")
        for note in result.notes:
            click.echo(f"  {result.target}: {note}")
