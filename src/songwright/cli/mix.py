"""``songwright mix``: show the mix with its reasons, and change it by hand."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import click

from songwright.cli.output import print_table, progress_bar
from songwright.errors import OutputError

_PAIR = "PART=DB"


@click.command(
    epilog="Examples:  songwright mix rain --show   ·   songwright mix rain --set "
    '"bass.eq.low_shelf_db=-2" --level pad-=3 --out rain-2'
)
@click.argument("folder", type=click.Path(path_type=Path), metavar="DIR")
@click.option("--set", "assignments", multiple=True, metavar="PART.CONTROL=VALUE",
              help="Set a control of a part, role, room, space.NAME or master; "
              "+= and -= change it.")  # fmt: skip
@click.option("--level", "levels", multiple=True, metavar=_PAIR,
              help="Set the fader of a part; PART+=DB and PART-=DB move it.")  # fmt: skip
@click.option("--effect", "effects", multiple=True, metavar="PART=FILE.vst3",
              help="Send a part through a VST3 effect, behind those it has; "
              "FILE.vst3?NAME=VALUE&… sets parameters; PART=off takes all away.")  # fmt: skip
@click.option("--solo", multiple=True, metavar="PART", help="Mute all others.")
@click.option("--mute", multiple=True, metavar="PART", help="Silence a part.")
@click.option("--unmute", multiple=True, metavar="PART", help='Let it sound again; "all".')
@click.option("--show", is_flag=True, help="Print the sheet; with changes, as it would be.")
@click.option("--part", default="", help="With --show: only this part or role.")
@click.option("--controls", is_flag=True, help="List every control with its range.")
@click.option("--out", type=click.Path(path_type=Path),
              help="Folder for the new version; else the next free name beside DIR.")  # fmt: skip
@click.option("--in-place", is_flag=True, help="Put the result in the place of DIR.")
@click.option("--format", "formats", help="Formats of the master; those of DIR otherwise.")
@click.option("--evaluation", is_flag=True, help="Judge the result as compose does.")
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
def mix(
    folder: Path, assignments: tuple[str, ...], levels: tuple[str, ...], effects: tuple[str, ...],
    solo: tuple[str, ...], mute: tuple[str, ...], unmute: tuple[str, ...], show: bool, part: str,
    controls: bool, out: Path | None, in_place: bool, formats: str | None, evaluation: bool,
    as_json: bool,
) -> None:  # fmt: skip
    """Show the mix of the package in DIR, or change it; only what changes is made again."""
    if controls:
        _print_controls(as_json)
        return
    if in_place and out is not None:
        raise OutputError("--in-place and --out exclude each other; choose one")
    from songwright.session.mixing import mute_assignments, remix  # noqa: PLC0415

    muted = mute_assignments(folder, solo, mute, unmute)
    faders, inserts = map(_fader, levels), map(_insert, effects)
    changes = (*assignments, *faders, *inserts, *muted)
    if show or not changes:
        _print_sheet(folder, changes, part, as_json)
        return
    with progress_bar(as_json) as tell:
        package = remix(
            folder, changes, out, in_place,
            [f.strip() for f in formats.split(",")] if formats else None, tell, evaluation,
        )  # fmt: skip
    if as_json:
        click.echo(json.dumps({"folder": str(package.folder), "set": changes}))
    elif in_place:
        click.echo(f"{package.folder}: mixed again")
    else:
        click.echo(f"{package.folder}: the new mix; {folder} is as it was")


def _fader(text: str) -> str:
    """``pad-=3`` as an assignment."""
    for sign in ("+=", "-=", "="):
        name, found, value = text.partition(sign)
        if found:
            return f"{name.strip()}.level_db{sign}{value.strip()}"
    raise OutputError(f"--level {text}: write {_PAIR}, such as pad=-8 or pad-=3")


def _insert(text: str) -> str:
    """``lead=warm.vst3?drive=0.4`` as an assignment."""
    name, found, value = text.partition("=")
    if not found or not value.strip():
        raise OutputError(f"--effect {text}: write PART=FILE.vst3, such as lead=~/Warm.vst3")
    if value.strip().lower() == "off":
        return f"{name.strip()}.effects=off"
    file, mark, parameters = value.strip().partition("?")
    return f"{name.strip()}.effects+={Path(file).expanduser().resolve()}{mark}{parameters}"


def _print_sheet(folder: Path, changes: tuple[str, ...], part: str, as_json: bool) -> None:
    from songwright.session.mixing import rows  # noqa: PLC0415 (loads the mixer)

    found = rows(folder, changes, part)
    if as_json:
        lines = [dataclasses.asdict(row) for row in found]
        click.echo(json.dumps(lines, ensure_ascii=False, indent=1))
        return
    table, before = [], ""
    for row in found:
        table.append((row.part if row.part != before else "", row.control, row.value, row.reason))
        before = row.part
    print_table(("part", "control", "value", "why"), table)


def _print_controls(as_json: bool) -> None:
    from songwright.mix.controls import controls as ranges  # noqa: PLC0415 (loads the mixer)

    found = {what: ranges(what) for what in ("strip", "room", "master")}
    if as_json:
        lines = {w: {n: dataclasses.asdict(f) for n, f in t.items()} for w, t in found.items()}
        click.echo(json.dumps(lines, ensure_ascii=False, indent=1))
        return
    prefix = {"strip": "PART.", "room": "room.", "master": "master."}
    print_table(
        ("control", "from", "to", ""),
        [
            (prefix[what] + name, f"{f.low:g}", f"{f.high:g}", f.about)
            for what, table in found.items()
            for name, f in table.items()
        ],
    )
