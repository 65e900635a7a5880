"""``songwright finish``: full production of chosen variants."""

from __future__ import annotations

from pathlib import Path

import click

from songwright.cli.options import formats_option
from songwright.cli.output import progress_bar
from songwright.cli.projects import folder_argument, open_project
from songwright.errors import OutputError


@click.command(epilog="Example:  songwright finish my-song v3 --format wav,mp3")
@folder_argument
@click.argument("names", metavar="NAME...", nargs=-1, required=True)
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    help="Folder for the package, of one variant.  [default: DIR/finished/NAME]",
)
@formats_option
@click.option("--quiet", is_flag=True, help="Print nothing but errors.")
def finish(
    folder: Path, names: tuple[str, ...], out: Path | None, formats: tuple[str, ...], quiet: bool
) -> None:
    """Render, mix and master variants of the project in DIR into packages."""
    from songwright.session.variants import finish as produce  # noqa: PLC0415

    if out is not None and len(names) > 1:
        raise OutputError("--out takes one variant; without it each gets a folder of its own")
    with open_project(folder) as project:
        found = [project.variant(name) for name in names]
        for variant in found:
            with progress_bar(quiet) as tell:
                package = produce(project, variant, out or "", formats, tell)
            if not quiet:
                files = ", ".join(f for f in package.files if "/" not in f)
                click.echo(f"{variant.name} → {package.folder}: {files}")
