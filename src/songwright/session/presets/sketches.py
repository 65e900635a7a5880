"""Several tunes to choose from, each with its notes, its sheet and thirty seconds to hear."""

from __future__ import annotations

from songwright.errors import OutputError, ScoreError
from songwright.session.exports import export
from songwright.session.presets.making import Making
from songwright.session.store import Project
from songwright.session.variants import (
    make_variants,
    preview_there,
    rank_variants,
    song_of,
    write_preview,
)


def sketches(making: Making, count: int = 6) -> None:
    """Write the best ``count`` drafts of the brief, ranked, in a project and as single files."""
    folder = making.folder / "project"
    with Project.create(folder) as project:
        for step in make_variants(
            project, making.prompt, count, seed=making.seed, fields=making.fields, preview=True,
            diverse=0.6,
        ):  # fmt: skip
            making.tell(step.stage, step.done / max(1, step.total))
        for place, ranked in enumerate(rank_variants(project).rows, start=1):
            variant = ranked.variant
            target = making.folder / f"sketch {place}"
            song_of(project, variant).save(target, audio=False)
            node = preview_there(project, variant)
            if node is not None:
                write_preview(project, node, target / "preview.flac")
            try:
                export(target, ["leadsheet"], target)
            except (OutputError, ScoreError) as error:
                making.notes.append(f"sketch {place} has no lead sheet: {error}")
            making.deliver(target, "; ".join(ranked.reasons[:2]) or "a sketch")
    making.deliver(folder, "all of them as a project: star, reject, refine, finish")
