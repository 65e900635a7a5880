"""``songwright show``: a piece in the terminal."""

from __future__ import annotations

from pathlib import Path

import click

from songwright.cli.output import print_table


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--part", help="Print the notes of one part, bar by bar.")
def show(folder: Path, part: str | None) -> None:
    """Show the piece in FOLDER: sections × parts, chords and themes."""
    from songwright import session  # noqa: PLC0415

    song = session.load(folder)
    if part is not None:
        click.echo(_bars(song, part))
        return
    plan, score = song.plan, song.score
    bar = plan.meter.bar_ticks
    click.echo(
        f"{plan.title}: {plan.style}, {plan.use}, {plan.key}, {plan.tempo_bpm:.4g} BPM, "
        f"{plan.meter}, {plan.bars} bars, seed {song.seed}\n"
    )
    rows = []
    for p in plan.parts:
        notes = score.part(p.id).notes
        row = [f"{p.id} ({p.role})"]
        for s in plan.sections:
            count = sum(s.start_bar * bar <= n.onset_ticks < s.end_bar * bar for n in notes)
            density = count / s.bars
            row.append("·" if not count else "▁▂▃▄▅▆▇█"[min(7, int(density / 2))] + f" {count}")
        rows.append(row)
    energy = ["energy", *(f"{s.energy:.2f}" for s in plan.sections)]
    head = ["part", *(f"{s.id} {s.bars}" for s in plan.sections)]
    print_table(head, [energy, *rows], "sections (bars) × parts (notes)")
    themed = {t.onset_ticks // bar: t for t in score.themes}
    chord_rows = []
    for s in plan.sections:
        start, end = s.start_bar * bar, s.end_bar * bar
        chords = [c.chord.symbol for c in score.chords if start <= c.onset_ticks < end]
        theme = next((t for b, t in themed.items() if s.start_bar <= b < s.end_bar), None)
        text = f"{theme.theme}, {theme.treatment}" if theme else "–"
        chord_rows.append((s.id, str(s.key), " ".join(chords), text))
    print_table(("section", "key", "chords", "theme"), chord_rows)


def _bars(song: object, part_id: str) -> str:
    """The notes of a part, one bar a line."""
    from songwright.session import Song  # noqa: PLC0415
    from songwright.theory.pitch import pitch_name  # noqa: PLC0415

    assert isinstance(song, Song)
    plan = song.plan
    bar = plan.meter.bar_ticks
    notes = song.score.part(part_id).notes
    lines = []
    for section in plan.sections:
        lines.append(f"-- {section.id} ({section.key})")
        for index in range(section.start_bar, section.end_bar):
            start, end = index * bar, (index + 1) * bar
            chords = " ".join(
                c.chord.symbol for c in song.score.chords
                if c.onset_ticks < end and c.end_ticks > start
            )  # fmt: skip
            text = " ".join(
                f"{(n.onset_ticks - start) / 480:g}:{pitch_name(n.pitch, song.plan.key.fifths < 0)}"
                f"({n.duration_ticks / 480:g})"
                for n in notes if start <= n.onset_ticks < end
            )  # fmt: skip
            lines.append(f"{index + 1:4d}  {chords:16s} {text}")
    return "\n".join(lines)
