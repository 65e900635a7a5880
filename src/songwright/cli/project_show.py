"""``songwright project new``, ``list``, ``show``, ``taste``: what a project holds."""

from __future__ import annotations

import json
from pathlib import Path

import click

from songwright.cli.output import print_table
from songwright.cli.projects import folder_argument, mark_of, open_project


@click.command()
@folder_argument
def new(folder: Path) -> None:
    """Make an empty project in a new or empty folder."""
    from songwright.session.store import Project  # noqa: PLC0415

    Project.create(folder).close()
    click.echo(f"{folder} is a project")


@click.command("list")
@folder_argument
@click.option("--branch", default="", help="Only the variants on this branch.")
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
def list_(folder: Path, branch: str, as_json: bool) -> None:
    """List the variants of the project in DIR in the order in which they were made."""
    with open_project(folder, read_only=True) as project:
        found = project.variants(branch)
        names = {v.id: v.name for v in project.variants()}
    if as_json:
        rows = [
            {"name": v.name, "mark": v.star, "branch": v.branch, "parent": names.get(v.parent, ""),
             "text": v.text, "note": v.note, "tags": v.tags} for v in found
        ]  # fmt: skip
        click.echo(json.dumps(rows, ensure_ascii=False))
        return
    if not found:
        click.echo(f"{folder} holds no variants yet; songwright variants makes some")
        return
    print_table(
        ("", "name", "from", "branch", "what", "note and tags"),
        [(mark_of(v), v.name, names.get(v.parent, ""), v.branch, v.text,
          " ".join([v.note, *(f"#{tag}" for tag in v.tags)]).strip()) for v in found],
    )  # fmt: skip


@click.command()
@folder_argument
@click.argument("name")
def show(folder: Path, name: str) -> None:
    """Show a variant: what it holds, its marks and locks, and every step of its history."""
    with open_project(folder, read_only=True) as project:
        variant = project.variant(name)
        moves = project.moves(variant)
        slots = [(slot, project.node(key)) for slot, key in sorted(variant.slots.items())]
        children = [child.name for child in project.children(variant)]
    click.echo(f"{variant.name} {mark_of(variant)}".strip())
    click.echo(variant.text)
    for label, text in (
        ("note", variant.note), ("tags", ", ".join(variant.tags)),
        ("locks", ", ".join(variant.locks)), ("refinements", ", ".join(children)),
    ):  # fmt: skip
        if text:
            click.echo(f"{label}: {text}")
    print_table(
        ("slot", "kind", "result", "size"),
        [(slot, n.kind, n.key[:12], f"{n.size / 1000:.1f} kB") for slot, n in slots],
    )
    print_table(
        ("step", "what was done", ""),
        [(str(i), move.text or "first made", "here" if move.id == variant.move else "")
         for i, move in enumerate(moves, 1)],
    )  # fmt: skip


@click.command()
@folder_argument
@click.option("--reset", is_flag=True, help="Begin anew; the stars and rejections stay as marks.")
def taste(folder: Path, reset: bool) -> None:
    """Show what the stars and rejections in the project in DIR taught the ranking."""
    from songwright.session import variants  # noqa: PLC0415

    with open_project(folder) as project:
        if reset:
            count = variants.forget(project)
            click.echo(f"forgotten: {count} marks no longer count")
            return
        ranking = variants.rank_variants(project)
    learned = ranking.taste
    if learned is None or not learned.marks:
        click.echo("nothing is learned yet; star and reject some variants")
        return
    print_table(
        ("", "given", "learned", "change"),
        [(name, f"{learned.start[name]:+.2f}", f"{learned.learned[name]:+.2f}",
          f"{learned.learned[name] - learned.start[name]:+.2f}") for name in learned.learned],
        f"learned from {learned.stars} starred and {learned.rejections} rejected variants",
    )  # fmt: skip
    click.echo("measures count per tenth, the others per standard deviation in this project")
    click.echo(ranking.says)
