"""Refining a variant of a project: a child of it, with its own nodes; the parent stays."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import TYPE_CHECKING

from songwright import __version__
from songwright.brief.model import Brief
from songwright.errors import ProjectError
from songwright.score.codec import digest, encode
from songwright.score.midi import write_midi
from songwright.session.refine.kinds import Outcome, apply, refine
from songwright.session.refine.model import Edit
from songwright.session.refine.scope import parse_scope
from songwright.session.song import Song

if TYPE_CHECKING:
    from songwright.session.store import Project, Variant


def refine_variant(
    project: Project, name: str | Variant, words: str = "", *edits: Edit, scope: str = "",
    as_name: str = "",
) -> tuple[Variant, Outcome]:  # fmt: skip
    """Refine a variant as `songwright.session.refine.refine` refines a song.

    The locks of the variant in the project hold; those that the words set or take away, and those
    whose bars have moved, become the locks of the child.

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
    before = song_of(project, variant)
    outcome = refine(_locked(before, variant), words, *edits, scope=scope)
    song = outcome.song
    build = project.build()
    whole = build.make(
        "export", {"score": nodes["score"], "performance": nodes["performance"]},
        {"edits": digest(song.refined), "file": "song.json"}, __version__, lambda: encode(song),
    )  # fmt: skip
    source = {"song": whole}
    asked = nodes["asked"]
    if song.brief != before.brief:
        wanted = _asked_now(project.value(asked, Brief), before.brief, song.brief)
        asked = build.make("brief", source, {"asked": "again"}, __version__, lambda: encode(wanted))
    fresh = {
        "song": whole,
        "asked": asked,
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
    child = project.add_variant(fresh, as_name, parent=variant, text=text)
    held = tuple(str(lock) for lock in song.refined.locks) if song.refined is not None else ()
    if set(held) != set(child.locks):
        child = project.update(child, {}, "locks as they are now", held)
    return child, outcome


def _locked(song: Song, variant: Variant) -> Song:
    """The song with the locks of its variant in the project, and no others."""
    own = song.refined.locks if song.refined is not None else ()
    edits = [Edit("unlock", lock) for lock in own if str(lock) not in variant.locks]
    for text in variant.locks:
        if text in {str(lock) for lock in own}:
            continue
        try:
            edits.append(Edit("lock", parse_scope(text, song.plan)))
        except ProjectError as error:
            raise ProjectError(
                f"{variant.name} has the lock {text!r}, which this piece cannot keep: {error}; "
                "take it away with `unlock`, or write it as a scope"
            ) from error
    return apply(song, *edits) if edits else song


def _asked_now(asked: Brief, before: Brief, after: Brief) -> Brief:
    """What was asked for, with the controls that an edit has restated."""
    changed = {
        f.name: getattr(after, f.name) for f in fields(Brief)
        if getattr(after, f.name) != getattr(before, f.name)
        and getattr(asked, f.name) == getattr(before, f.name)
    }  # fmt: skip
    return replace(asked, **changed)
