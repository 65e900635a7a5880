"""``songwright star``, ``reject`` and other marks on the variants of a project."""

from __future__ import annotations

from pathlib import Path

import click

from songwright.cli.projects import folder_argument, mark_of, open_project

_NAMES = click.argument("names", metavar="NAME...", nargs=-1, required=True)
_NAME = click.argument("name")


@click.command(epilog="Example:  songwright star my-song v3 v7")
@folder_argument
@_NAMES
def star(folder: Path, names: tuple[str, ...]) -> None:
    """Mark variants of the project in DIR as kept: nothing they came from is ever collected."""
    _mark(folder, names, "star")


@click.command(epilog="Example:  songwright reject my-song v2 v5")
@folder_argument
@_NAMES
def reject(folder: Path, names: tuple[str, ...]) -> None:
    """Mark variants of the project in DIR as not wanted; they stay until garbage is collected."""
    _mark(folder, names, "reject")


@click.command()
@folder_argument
@_NAMES
def unmark(folder: Path, names: tuple[str, ...]) -> None:
    """Make variants neither starred nor rejected."""
    _mark(folder, names, "unmark")


def _mark(folder: Path, names: tuple[str, ...], verb: str) -> None:
    with open_project(folder) as project:
        found = [project.variant(name) for name in names]  # a wrong name marks none of them
        for variant in found:
            now = getattr(project, verb)(variant.id)
            click.echo(f"{now.name} {mark_of(now) or 'unmarked'}")


@click.command()
@folder_argument
@_NAME
@click.argument("text")
def note(folder: Path, name: str, text: str) -> None:
    """Write TEXT as the note of a variant, in place of the old one; "" removes it."""
    with open_project(folder) as project:
        now = project.note(name, text)
        click.echo(f"{now.name}: {now.note or 'no note'}")


@click.command()
@folder_argument
@_NAME
@click.argument("tags", nargs=-1, required=True)
@click.option("--remove", is_flag=True, help="Take these tags away.")
def tag(folder: Path, name: str, tags: tuple[str, ...], remove: bool) -> None:
    """Add TAGS to a variant."""
    with open_project(folder) as project:
        now = project.untag(name, *tags) if remove else project.tag(name, *tags)
        click.echo(f"{now.name}: {', '.join(now.tags) or 'no tags'}")


@click.command()
@folder_argument
@_NAME
@click.argument("new_name")
def rename(folder: Path, name: str, new_name: str) -> None:
    """Give a variant another name."""
    with open_project(folder) as project:
        click.echo(f"{name} is now {project.rename(name, new_name).name}")
