"""``songwright diff``: what differs between two pieces, in music terms."""

from __future__ import annotations

import json
from pathlib import Path

import click

from songwright.cli.output import print_table


@click.command(epilog="Example:  songwright diff rain rain-2")
@click.argument("before", type=click.Path(path_type=Path), metavar="A")
@click.argument("after", type=click.Path(path_type=Path), metavar="B")
@click.option("--json", "as_json", is_flag=True, help="Print the differences as JSON.")
def diff(before: Path, after: Path, as_json: bool) -> None:
    """Say what changed from piece A to piece B: form, chords, notes, playing, mix."""
    from songwright.session.refine.difference import package_difference  # noqa: PLC0415

    changes = package_difference(before, after)
    if as_json:
        rows = [{"topic": c.topic, "before": c.before, "after": c.after} for c in changes]
        click.echo(json.dumps(rows, ensure_ascii=False, indent=1))
    elif changes:
        print_table(("", str(before), str(after)), [(c.topic, c.before, c.after) for c in changes])
    else:
        click.echo("nothing differs")
