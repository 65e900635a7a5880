"""``songwright master``: further masters of a piece, for other places or after a recording."""

from __future__ import annotations

import json
from pathlib import Path

import click

from songwright.cli.options import formats_option
from songwright.cli.output import print_table


@click.command(
    epilog="Example:  songwright master rain --target film; "
    "songwright master rain --reference album-track.wav"
)
@click.argument("folder", type=click.Path(path_type=Path), metavar="DIR", required=False)
@click.option("--target", default="", help="Where it goes; without DIR, the places are listed.")
@click.option(
    "--reference",
    type=click.Path(path_type=Path, dir_okay=False),
    help="A recording whose tone, width and dynamics (and loudness, without --target) to match.",
)
@formats_option
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
@click.option("--quiet", is_flag=True, help="Print nothing but errors.")
def master(
    folder: Path | None, target: str, reference: Path | None, formats: tuple[str, ...],
    as_json: bool, quiet: bool,
) -> None:  # fmt: skip
    """Write another master of the piece in DIR beside the ones that are there."""
    if folder is None:
        from songwright.mix.mastering.tables import deliveries  # noqa: PLC0415 (loads the mixer)

        rows = [(name, place.summary) for name, place in deliveries().items()]
        print_table(("--target", "where it goes"), rows)
        return
    from songwright.session.production.again import master_again  # noqa: PLC0415

    done = master_again(folder, target, reference, formats)
    after = done.report.after
    if as_json:
        click.echo(json.dumps({
            "files": [path.as_posix() for path in done.files],
            "loudness_lufs": after.integrated_lufs, "true_peak_dbtp": after.true_peak_dbtp,
            "target_lufs": done.report.target_lufs, "note": done.report.note,
        }))  # fmt: skip
        return
    if quiet:
        return
    level = "silent" if after.integrated_lufs is None else f"{after.integrated_lufs:.1f} LUFS"
    peak = "" if after.true_peak_dbtp is None else f", {after.true_peak_dbtp:.1f} dBTP"
    for path in done.files:
        click.echo(f"{path}: {level}{peak}")
    if done.report.note:
        click.echo(f"note: {done.report.note}")
