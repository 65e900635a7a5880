"""``songwright warm-up``: compile the sound engine once, so that the first piece is quick."""

from __future__ import annotations

import tempfile

import click

from songwright.cli.output import progress_bar


@click.command("warm-up")
@click.option("--quiet", is_flag=True, help="Print nothing but errors.")
def warm_up(quiet: bool) -> None:
    """Compile the sound engine ahead of its first use (about a minute, once)."""
    from songwright.session.produce import warm_up as compile_all  # noqa: PLC0415

    with progress_bar(quiet) as tell, tempfile.TemporaryDirectory() as folder:
        compile_all(folder, tell)
    if not quiet:
        click.echo("the sound engine is compiled")
