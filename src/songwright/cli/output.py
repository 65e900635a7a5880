"""Tables, progress bars and places of results, alike in every command."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path


def print_table(
    head: Sequence[str], rows: Sequence[Sequence[str]], title: str = "", markers: bool = False
) -> None:
    """Print a table; ``markers`` colours cells that say met or missed."""
    from rich.console import Console  # noqa: PLC0415
    from rich.table import Table  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    table = Table(title=title or None, header_style="bold", title_justify="left")
    for name in head:
        table.add_column(name, overflow="fold")
    colours = {"met": "green", "missed": "bold red", "open": "dim"}
    for row in rows:
        table.add_row(*(Text(c, style=colours.get(c, "") if markers else "") for c in row))
    console = Console()
    if not console.is_terminal:  # a pipe or file: wide enough never to cut a cell
        console = Console(width=200)
    console.print(table)


def place(out: Path | None, title: str) -> AbstractContextManager[Path]:
    """The folder that a user named, or a new one named after the piece."""
    if out is not None:
        return nullcontext(out)
    from songwright.session.folder import new_folder  # noqa: PLC0415

    return new_folder(title)


def _silent(stage: str, share: float) -> None:
    """Show nothing."""


@contextlib.contextmanager
def progress_bar(quiet: bool) -> Iterator[Callable[[str, float], None]]:
    """A progress bar on standard error; silent when asked or when nobody watches."""
    if quiet or not sys.stderr.isatty():
        yield _silent
        return
    from rich.console import Console  # noqa: PLC0415
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn  # noqa: PLC0415

    columns = (
        TextColumn("{task.description:<14}"), BarColumn(), TextColumn("{task.percentage:>3.0f} %"),
        TimeElapsedColumn(),
    )  # fmt: skip
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("composing", total=1.0)
        yield lambda stage, share: bar.update(task, description=stage, completed=share)
