"""``songwright styles`` and ``songwright instruments``: what there is."""

from __future__ import annotations

import json
from dataclasses import asdict

import click

from songwright.cli.output import print_table


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
def styles(as_json: bool) -> None:
    """List the styles with tempo, metres and ensemble."""
    from songwright.styles import style, style_ids  # noqa: PLC0415

    found = [style(name) for name in style_ids()]
    if as_json:
        click.echo(json.dumps([{"id": s.id, "name": s.name, "summary": s.summary} for s in found]))
        return
    rows = [
        (s.id, f"{s.tempo.low_bpm:g}–{s.tempo.high_bpm:g}", " ".join(s.meters), s.summary)
        for s in found
    ]
    print_table(("style", "BPM", "metres", "what it is"), rows)


@click.command()
@click.option("--family", help="Only one family, such as strings.")
@click.option("--soundfont", help="List the presets of an .sf2 or .sf3 file, or of auto, instead.")
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
def instruments(family: str | None, soundfont: str | None, as_json: bool) -> None:
    """List the instruments with family, program and range."""
    if soundfont:
        _presets(soundfont, as_json)
        return
    from songwright.errors import StyleError  # noqa: PLC0415
    from songwright.score import instruments as table  # noqa: PLC0415
    from songwright.theory.pitch import pitch_name  # noqa: PLC0415

    found = [i for i in table().values() if family is None or i.family == family.lower()]
    if not found:
        families = ", ".join(dict.fromkeys(i.family for i in table().values()))
        raise StyleError(f"there is no family {family!r}; the families are: {families}")
    if as_json:
        click.echo(json.dumps([asdict(i) for i in found]))
        return
    rows = [
        (i.id, i.family, "kit" if i.is_kit else str(i.program + 1),
         "" if i.is_kit else f"{pitch_name(i.low)}–{pitch_name(i.high)}")
        for i in found
    ]  # fmt: skip
    print_table(("instrument", "family", "GM program", "range"), rows)


def _presets(asked: str, as_json: bool) -> None:
    """List the presets of a soundfont, and whose it is."""
    from songwright.errors import FileFormatError  # noqa: PLC0415
    from songwright.render.soundfonts import sources_for  # noqa: PLC0415
    from songwright.render.soundfonts.source import Soundfont  # noqa: PLC0415 (loads numba)

    (source,) = sources_for(asked)
    if not isinstance(source, Soundfont):
        raise FileFormatError(f"{asked} is one instrument; only .sf2 and .sf3 files hold presets")
    if as_json:
        rights = asdict(source.credit)
        click.echo(json.dumps({"credit": rights, "presets": [asdict(p) for p in source.presets]}))
        return
    rows = [("kit" if p.bank == 128 else str(p.bank), str(p.program + 1), p.name)
            for p in source.presets]  # fmt: skip
    print_table(("bank", "program", "preset"), rows, source.credit.name)
    click.echo(f"licence: {source.credit.licence} ({source.credit.origin})")
