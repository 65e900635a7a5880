"""``songwright project undo``, ``redo``, ``restore``: a variant's history."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from songwright.cli.projects import folder_argument, open_project
from songwright.errors import ProjectError

if TYPE_CHECKING:
    from songwright.session.store import Project, Variant


@click.command()
@folder_argument
@click.argument("name")
def undo(folder: Path, name: str) -> None:
    """Go back one step in the history of a variant; nothing is lost."""
    with open_project(folder) as project:
        _tell(project, project.undo(name))


@click.command()
@folder_argument
@click.argument("name")
def redo(folder: Path, name: str) -> None:
    """Go forward to where the last undo came from."""
    with open_project(folder) as project:
        _tell(project, project.redo(name))


@click.command()
@folder_argument
@click.argument("name")
@click.argument("step", type=click.IntRange(1))
def restore(folder: Path, name: str, step: int) -> None:
    """Go to step STEP of a variant's history, as `songwright project show` numbers them."""
    with open_project(folder) as project:
        moves = project.moves(name)
        if step > len(moves):
            raise ProjectError(f"{name} has {len(moves)} steps; there is no step {step}")
        _tell(project, project.restore(name, moves[step - 1].id))


def _tell(project: Project, variant: Variant) -> None:
    moves = project.moves(variant)
    number = next(i for i, move in enumerate(moves, 1) if move.id == variant.move)
    text = moves[number - 1].text or "as first made"
    click.echo(f"{variant.name} is at step {number} of {len(moves)}: {text}")
