"""What all commands on projects share: opening one and naming its variants."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from songwright.session.store import Project, Variant

F = TypeVar("F", bound=Callable[..., Any])
MARKS = {1: "★", 0: "", -1: "✗"}


def folder_argument(command: F) -> F:
    """The first argument of a command: the folder of a project."""
    return click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))(command)


def open_project(folder: Path, read_only: bool = False) -> Project:
    """The project in a folder."""
    from songwright.session.store import Project  # noqa: PLC0415

    return Project.open(folder, read_only)


def mark_of(variant: Variant) -> str:
    """``★`` starred, ``✗`` rejected, or nothing."""
    return MARKS[variant.star]
