"""``songwright project verify``, ``gc``, ``salvage``: keeping a project sound."""

from __future__ import annotations

from pathlib import Path

import click

from songwright.cli.projects import folder_argument, open_project
from songwright.errors import ProjectError


@click.command()
@folder_argument
@click.option("--repair", is_flag=True, help="Set damaged contents aside, to be made again.")
def verify(folder: Path, repair: bool) -> None:
    """Derive every hash of the project in DIR again and name what is damaged."""
    with open_project(folder) as project:
        found = project.verify(repair)
    click.echo(
        f"{found.nodes} results, {found.blobs} contents, {found.variants} variants, "
        f"{found.moves} steps checked"
    )
    if found.loose_blobs:
        click.echo(f"{found.loose_blobs} contents belong to nothing (harmless; gc removes them)")
    for blob in found.set_aside:
        click.echo(f"set aside: {blob[:12]}")
    for problem in found.problems:
        click.echo(f"{problem.what} {problem.name[:40]}: {problem.why}", err=True)
    if not found.ok:
        raise SystemExit(ProjectError.exit_code)
    click.echo("all is as it was written")


@click.command()
@folder_argument
@click.option("--yes", is_flag=True, help="Do it; without this it is only shown.")
@click.option("--drop-history", is_flag=True, help="Also steps that undo and redo cannot reach.")
def gc(folder: Path, yes: bool, drop_history: bool) -> None:
    """Show, and with --yes remove, rejected variants and results that belong to no variant."""
    with open_project(folder) as project:
        found = project.collect_garbage(dry_run=not yes, drop_history=drop_history)
    does = "removed" if found.removed else "would remove"
    click.echo(
        f"{does} {len(found.variants)} variants, {found.moves} steps, {len(found.nodes)} results, "
        f"{found.bytes / 1e6:.1f} MB"
    )
    if found.variants:
        click.echo(f"variants: {', '.join(found.variants)}")
    if not yes and (found.variants or found.nodes or found.blobs):
        click.echo("nothing was changed; --yes does it")


@click.command()
@folder_argument
def salvage(folder: Path) -> None:
    """Make the database of a damaged project again from its history; the old one is kept."""
    from songwright.session.store import Project  # noqa: PLC0415

    found = Project.salvage(folder)
    click.echo(f"{found.applied} changes applied")
    if found.old_database:
        click.echo(f"the old database is kept as {found.old_database}")
    for line in found.skipped:
        click.echo(f"skipped: {line}", err=True)
    for blob in found.missing_blobs:
        click.echo(f"missing content: {blob[:12]}", err=True)
