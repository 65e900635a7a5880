"""``songwright project export`` and ``import``: bundles for somebody else."""

from __future__ import annotations

from pathlib import Path

import click

from songwright.cli.projects import folder_argument, open_project


@click.command("export", epilog="Example:  songwright project export my-song for-ana v3 v7")
@folder_argument
@click.argument("bundle", type=click.Path(path_type=Path))
@click.argument("names", metavar="[NAME]...", nargs=-1)
def export(folder: Path, bundle: Path, names: tuple[str, ...]) -> None:
    """Write the project in DIR, or only some variants with all they came from, as BUNDLE."""
    with open_project(folder) as project:
        written = project.export_bundle(bundle, names)
    click.echo(f"{written}: {written.stat().st_size / 1e6:.1f} MB")


@click.command("import")
@folder_argument
@click.argument("bundle", type=click.Path(path_type=Path))
def import_(folder: Path, bundle: Path) -> None:
    """Merge BUNDLE into the project in DIR, which is made if there is none.

    What is there stays as it is.
    """
    from songwright.session.store import Project  # noqa: PLC0415

    is_new = not folder.exists()
    if is_new and not bundle.exists():
        raise click.BadParameter(f"{bundle} does not exist", param_hint="BUNDLE")
    with Project.create(folder) if is_new else open_project(folder) as project:
        found = project.import_bundle(bundle)
    click.echo(f"{found.nodes} new results")
    if found.variants:
        click.echo(f"new variants: {', '.join(found.variants)}")
    if found.merged:
        click.echo(f"known already: {', '.join(found.merged)}")
