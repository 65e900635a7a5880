"""Refining a variant of a project: a child of it, with its own nodes; the parent stays."""

from __future__ import annotations

from typing import TYPE_CHECKING

from songwright import __version__
from songwright.score.codec import digest, encode
from songwright.score.midi import write_midi
from songwright.session.refine.kinds import Outcome, refine
from songwright.session.refine.model import Edit

if TYPE_CHECKING:
    from songwright.session.store import Project, Variant


def refine_variant(
    project: Project, name: str | Variant, words: str = "", *edits: Edit, scope: str = "",
    as_name: str = "",
) -> tuple[Variant, Outcome]:  # fmt: skip
    """Refine a variant as `songwright.session.refine.refine` refines a song.

    Parameters
    ----------
    project
        An open project.
    name
        The variant to start from.
    words, edits, scope
        What to do; see `refine`.
    as_name
        Name of the child; empty takes the next free one.

    Returns
    -------
    variant
        The child, with the slots of a piece and ``song``, which holds edits, locks and mix.
    outcome
        What was done and not understood.

    Raises
    ------
    ProjectError
        If there is no such variant, nothing was understood, or a lock forbids it.
    """
    from songwright.session.variants.stages import nodes_of, song_of  # noqa: PLC0415 (a circle)

    variant = project.variant(name)
    nodes = nodes_of(project, variant)
    outcome = refine(song_of(project, variant), words, *edits, scope=scope)
    song = outcome.song
    build = project.build()
    whole = build.make(
        "export", {"score": nodes["score"], "performance": nodes["performance"]},
        {"edits": digest(song.refined), "file": "song.json"}, __version__, lambda: encode(song),
    )  # fmt: skip
    source = {"song": whole}
    fresh = {
        "song": whole,
        "asked": nodes["asked"],
        "brief": nodes["brief"],
        "plan": build.make("plan", source, {}, __version__, lambda: encode(song.plan)),
        "score": build.make("score", source, {}, __version__, lambda: encode(song.score)),
        "performance": build.make(
            "performance", source, {}, __version__, lambda: encode(song.perform())
        ),
        "midi": build.make(
            "export", source, {"format": "midi"}, __version__,
            lambda: write_midi(song.score, song.perform()), media_type="audio/midi",
        ),
    }  # fmt: skip
    text = words or "; ".join(outcome.done)
    return project.add_variant(fresh, as_name, parent=variant, text=text), outcome
