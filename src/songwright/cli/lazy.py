"""A command group that knows names and help of its commands without importing what they need."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Any

import click

Table = Mapping[str, Mapping[str, tuple[str, str]]]
"""By heading: name of each command, its module and its help."""


class LazyGroup(click.Group):
    """Loads a command's module only when that command runs, so that help stays instant.

    Parameters
    ----------
    table
        Commands by heading. A command ``warm-up`` is the function ``warm_up`` of its module.
    more
        Commands that can be called but are listed elsewhere.
    """

    def __init__(self, *args: Any, table: Table, more: Table | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.table = table
        self._modules = {
            name: module
            for group in (more or {}, table)
            for rows in group.values()
            for name, (module, _) in rows.items()
        }

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        return [name for rows in self.table.values() for name in rows]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in self._modules:
            return None
        module = import_module(self._modules[cmd_name])
        command = getattr(module, f"{cmd_name.replace('-', '_')}", None)
        # A name that Python has taken (``list``, ``import``) bears an underscore.
        command = getattr(module, f"{cmd_name}_") if command is None else command
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        width = max(len(name) for name in self.list_commands(ctx)) + 2
        for heading, rows in self.table.items():
            with formatter.section(heading):
                listed = [(name.ljust(width - 2), text) for name, (_, text) in rows.items()]
                formatter.write_dl(listed)
