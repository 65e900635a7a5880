"""``songwright understand``: the brief that a prompt becomes."""

from __future__ import annotations

import click

from songwright.cli.options import sentence_argument
from songwright.cli.output import print_table


@click.command()
@sentence_argument("prompt", required=True)
@click.option("--json", "as_json", is_flag=True, help="Print the whole brief as JSON.")
def understand(prompt: str, as_json: bool) -> None:
    """Show how PROMPT is read: each control, its words, and what was not understood."""
    from songwright.brief import describe  # noqa: PLC0415
    from songwright.brief import understand as read  # noqa: PLC0415
    from songwright.score.codec import encode  # noqa: PLC0415

    brief = read(prompt)
    if as_json:
        click.echo(encode(brief, indent=1).decode())
        return
    print_table(("control", "words", "value"), describe(brief))
    for line in brief.conflicts:
        click.echo(f"note: {line}")
    if brief.not_understood:
        click.echo(f"not understood: {', '.join(brief.not_understood)}")
