"""The page on which variants of a project are compared and auditioned."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path

from songwright.composition import Plan
from songwright.errors import ProjectError
from songwright.evaluate import piece_of
from songwright.export.evaluation_pictures import energy_picture, harmony_strip
from songwright.export.pictures import piano_roll
from songwright.export.variants_page import MOST, Card, variants_html
from songwright.perform import Performance
from songwright.score import Score
from songwright.session.store import Node, Project
from songwright.session.store.disk import clear_errors
from songwright.session.variants.preview import preview_there
from songwright.session.variants.ranking import Ranking, Row, rank_variants
from songwright.session.variants.stages import nodes_of

_ROLL_HEIGHT = 230


def comparison_page(
    project: Project, names: Sequence[str], path: str | Path, shown_as: str = ""
) -> Ranking:
    """Write the page of some variants, best first, with the previews that were rendered.

    Parameters
    ----------
    names
        One to nine variants; empty takes the best that are not rejected.
    path
        The page; it needs no other file.
    shown_as
        The project's folder as the commands on the page shall name it.

    Raises
    ------
    ProjectError
        If a variant is unknown or holds no piece, or there are more than nine.
    OutputError
        If the page cannot be written.
    """
    if len(names) > MOST:
        raise ProjectError(f"a page has keys for {MOST} variants, not {len(names)}; name fewer")
    for name in names:
        nodes_of(project, project.variant(name))
    ranking = rank_variants(project, names=names)
    rows = ranking.rows if names else [r for r in ranking.rows if not r.variant.rejected][:MOST]
    if not rows:
        raise ProjectError(
            "the project holds no variants to compare; songwright variants makes some"
        )
    briefs = dict.fromkeys(row.variant.text.partition(" (draft ")[0] for row in rows)
    text = variants_html(
        shown_as or str(project.folder), " · ".join(briefs),
        [_card(project, row) for row in rows], ranking.says,
    )  # fmt: skip
    target = Path(path)
    with clear_errors(target):
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
    return ranking


def _card(project: Project, row: Row) -> Card:
    nodes = nodes_of(project, row.variant)
    plan = project.value(nodes["plan"], Plan)
    score = project.value(nodes["score"], Score)
    piece = piece_of(score, project.value(nodes["performance"], Performance), plan.energy)
    seconds = round(row.evaluation.seconds)
    facts = (
        f"{plan.style.replace('_', ' ')} · {plan.key} · {plan.tempo_bpm:.4g} BPM · {plan.meter} · "
        f"{plan.bars} bars · {seconds // 60}:{seconds % 60:02d}"
    )
    preview = preview_there(project, row.variant)
    sound, heard = (b"", "") if preview is None else _sound(project, preview)
    return Card(
        row.variant.name, plan.title, row.variant.star, row.grade, facts,
        tuple(row.evaluation.measures.items()), row.reasons,
        (piano_roll(score, plan, _ROLL_HEIGHT), energy_picture(piece, 80), harmony_strip(piece)),
        sound, "audio/mpeg", heard,
    )  # fmt: skip


def _sound(project: Project, preview: Node) -> tuple[bytes, str]:
    """A preview as MP3, a fifteenth of its size, and what it plays."""
    from songwright.audio import read_audio, write_audio  # noqa: PLC0415 (loads numba)

    with tempfile.TemporaryDirectory() as folder:
        whole, small = Path(folder) / "a.flac", Path(folder) / "a.mp3"
        whole.write_bytes(project.read(preview))
        audio, rate = read_audio(whole)
        write_audio(small, audio, rate)
        data = small.read_bytes()
    facts = preview.measured
    if "section" not in facts:
        return data, ""
    start, end = round(facts["start_seconds"]), round(facts["end_seconds"])
    times = f"{start // 60}:{start % 60:02d}–{end // 60}:{end % 60:02d}"
    return data, f"{facts['section']}, {times}; {facts['mono_loss_db']:+.1f} dB in mono"
