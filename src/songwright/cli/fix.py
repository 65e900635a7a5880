"""``songwright fix``: the judge's remedies, tried one at a time."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import click

from songwright.cli.output import print_table, progress_bar


@click.command(epilog="Example:  songwright fix rain --out rain-fixed")
@click.argument("folder", type=click.Path(path_type=Path), metavar="DIR")
@click.option("--out", type=click.Path(path_type=Path),
              help="Folder for the fixed version; else the next free name beside DIR.")  # fmt: skip
@click.option("--most", type=click.IntRange(1, 30), default=8, show_default=True,
              help="Remedies to try, the gravest finding first.")  # fmt: skip
@click.option("--no-audio", is_flag=True, help="Only findings in the notes; renders nothing.")
@click.option("--dry-run", is_flag=True, help="Show what helps; write nothing.")
@click.option("--json", "as_json", is_flag=True, help="Print the trials as JSON.")
def fix(
    folder: Path, out: Path | None, most: int, no_audio: bool, dry_run: bool, as_json: bool
) -> None:
    """Apply the fixes that evaluate proposes for DIR; keep those that help."""
    from songwright.session.refine.folders import package_folder, save_refined  # noqa: PLC0415
    from songwright.session.refine.remedies import fix as fix_song  # noqa: PLC0415
    from songwright.session.refine.remedies import table  # noqa: PLC0415
    from songwright.session.song import load  # noqa: PLC0415

    parent = package_folder(folder)
    song = load(parent)
    with progress_bar(as_json) as tell:
        fixed = fix_song(song, None if no_audio else parent, tell, most)
    target = ""
    if any(t.kept for t in fixed.trials) and not dry_run:
        with progress_bar(as_json) as tell:
            package = save_refined(
                fixed.song, parent, out, False if no_audio else None, None, tell, evaluation=True
            )
        target = str(package.folder)
    if as_json:
        rows = [dataclasses.asdict(t) for t in fixed.trials]
        click.echo(json.dumps({"folder": target, "trials": rows}, ensure_ascii=False, indent=1))
        return
    if not fixed.trials:
        click.echo("the judge finds nothing that it has a remedy for")
        return
    print_table(("finding", "remedy", "severity", "grade", ""), table(fixed.trials))
    click.echo(f"{target}: the fixed version" if target else "nothing was written")
