"""Applying edits: one after the other, by name, and again from the parent."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from songwright.brief.curves import CURVES
from songwright.errors import ProjectError, ScoreError
from songwright.session.refine import (
    balance,
    clock,
    drawing,
    forms,
    harmony,
    insertions,
    lines,
    metre,
    order,
    pitches,
    takeover,
    voicings,
    writing,
)
from songwright.session.refine.model import Edit, Scope
from songwright.session.refine.restated import restated
from songwright.session.refine.scope import parse_scope, resolve
from songwright.session.refine.state import Piece
from songwright.session.song import Song

Maker = Callable[[Piece, Edit, int], Piece]


def _plain(change: Callable[[Piece, Edit], Piece]) -> Maker:
    return lambda piece, edit, _: change(piece, edit)


def _lock(piece: Piece, edit: Edit) -> Piece:
    """Hold a scope fast: no later edit changes its notes or playing."""
    resolve(edit.scope, piece.plan)
    return piece if edit.scope in piece.locks else replace(piece, locks=(*piece.locks, edit.scope))


def _unlock(piece: Piece, edit: Edit) -> Piece:
    """Let a locked scope go; without a scope, all."""
    if edit.scope == Scope():
        return replace(piece, locks=())
    bare = replace(edit.scope, levels=())
    left = tuple(lock for lock in piece.locks if replace(lock, levels=()) != bare)
    if len(left) == len(piece.locks):
        held = "; ".join(str(lock) for lock in piece.locks) or "nothing"
        raise ProjectError(f"{edit.scope} is not locked as a scope of its own; locked is: {held}")
    return replace(piece, locks=left)


def _regenerate(piece: Piece, edit: Edit, number: int) -> Piece:
    """Make the scope again at its level: the playing, the harmony, or the notes."""
    levels = set(edit.scope.levels)
    if levels == {"performance"}:
        return clock.humanise(piece, replace(edit, amount=1.0, value="again"), number)
    if levels == {"harmony"}:
        return harmony.progression(piece, edit, number)
    if levels and levels <= {"mix", "instrument"}:
        raise ProjectError(
            f"the level {', '.join(sorted(levels))} is not written, so it cannot be regenerated; "
            "say what it shall become, such as “strings on a cello” or “louder bass”"
        )
    return writing.regenerate(piece, edit, number)


def _remaster(piece: Piece, edit: Edit) -> Piece:
    """Nothing but the sound is made again."""
    del edit
    return piece


def _keep(piece: Piece, edit: Edit) -> Piece:
    """Hold a scope fast for the rest of one request; ``value`` "done" ends that."""
    if edit.value == "done":
        return replace(piece, keeps=())
    resolve(edit.scope, piece.plan)
    return replace(piece, keeps=(*piece.keeps, edit.scope))


def _density(piece: Piece, edit: Edit, number: int) -> Piece:
    """More notes: accompaniments are written busier, lines divided. Fewer: thinned out."""
    if edit.amount < 0:
        return pitches.thinner(piece, replace(edit, amount=min(0.7, -edit.amount)), number)
    place = resolve(edit.scope, piece.plan)
    line_ids = [p for p in place.parts if piece.plan.part(p).role in ("lead", "counter")]
    rest = tuple(p for p in place.parts if p not in line_ids)
    after = piece
    if rest:
        parts = tuple(
            replace(p, density=min(1.0, p.density + 0.6 * edit.amount),
                    patterns=p.patterns[min(len(p.patterns) - 1, 1):] or p.patterns)
            if p.id in rest else p for p in piece.plan.parts
        )  # fmt: skip
        acting = replace(piece.plan, parts=parts)
        from songwright.session.refine.state import free  # noqa: PLC0415 (only here)

        where = free(piece, replace(place, parts=rest), "density")
        after = writing.compose_again(piece, where, acting)
    if line_ids:
        scope = replace(edit.scope, parts=tuple(line_ids))
        divided = Edit("divide", scope, min(0.8, 0.5 * edit.amount))
        after = lines.lined(after, divided, number)
    return after


def _complexity(piece: Piece, edit: Edit, number: int) -> Piece:
    """Density and syncopation together, each by half."""
    after = _density(piece, replace(edit, amount=0.5 * edit.amount), number)
    try:
        return lines.lined(after, Edit("syncopation", edit.scope, 0.5 * edit.amount), number)
    except ProjectError:
        return after  # nothing there that can be syncopated


KINDS: dict[str, Maker] = {
    **dict.fromkeys(
        ("level", "pan", "mute", "unmute", "solo", "brighter", "wider", "closer", "less mud",
         "softer", "duck", "drive", "loudness"), _plain(balance.balanced)),
    "octave": _plain(pitches.octave), "transpose": _plain(pitches.transpose),
    "key": _plain(pitches.transpose), "instrument": _plain(pitches.player),
    "articulation": _plain(pitches.articulation), "louder": _plain(pitches.louder),
    "thin": pitches.thinner, "simplify": _plain(pitches.simplify),
    "tempo": _plain(clock.tempo), "swing": _plain(clock.swing), "humanise": clock.humanise,
    **dict.fromkeys(("swap", "delete", "repeat", "move", "order", "length"), _plain(order.arrange)),
    "half time": _plain(pitches.half_time),
    "regenerate": _regenerate, "vary": writing.vary, "energy": _plain(writing.energy),
    "curve": _plain(writing.curve), "remove": _plain(writing.remove),
    **dict.fromkeys((f"draw {name}" for name in CURVES), _plain(drawing.draw)),
    "density": _density, "complexity": _complexity,
    **dict.fromkeys(("breathe", "smoother", "fit", "syncopation", "steadier", "divide"),
                    lines.lined),
    "chords": harmony.chords, "progression": harmony.progression, "clearer": harmony.clearer,
    "reharmonise": harmony.reharmonise, "tension": harmony.tension,
    "theme": forms.theme, "returns": forms.more_returns, "ending": forms.ending,
    "intro": forms.intro, "transition": forms.transition, "add": forms.add,
    "style": forms.restyle, "insert": insertions.insert,
    "metre": metre.metre, "voicing": _plain(voicings.voicing),
    "lock": _plain(_lock), "unlock": _plain(_unlock), "keep": _plain(_keep),
    "take": _plain(takeover.take), "control": _plain(takeover.control),
    "remaster": _plain(_remaster),
}  # fmt: skip
"""Every kind of edit and what makes it."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a request.

    Attributes
    ----------
    song
        The refined song.
    done
        The edits that were made, in words.
    not_understood
        Words of the request that nobody understood.
    measured
        How alike a curve that was drawn and what is heard are, in words.
    """

    song: Song
    done: tuple[str, ...] = ()
    not_understood: tuple[str, ...] = ()
    measured: tuple[str, ...] = ()


def apply_edit(piece: Piece, edit: Edit) -> Piece:
    """One edit, recorded in the piece's history.

    Raises
    ------
    ProjectError
        If the edit is unknown, lies outside the piece or meets a lock.
    ScoreError
        If the result would break a hard constraint; nothing is changed then.
    """
    maker = KINDS.get(edit.kind)
    if maker is None:
        raise ProjectError(f"there is no edit {edit.kind!r}; known are {', '.join(sorted(KINDS))}")
    try:
        after = maker(piece, edit, len(piece.edits))
    except ScoreError as error:
        raise ScoreError(f"{edit.kind} of {edit.scope}: {error}") from error
    return replace(restated(after, edit.kind), edits=(*piece.edits, edit))


def apply(song: Song, *edits: Edit) -> Song:
    """A new song with the edits made one after the other; the old one stays."""
    piece = Piece.of(song)
    for edit in edits:
        piece = apply_edit(piece, edit)
    return piece.to_song()


def replay(root: Song, edits: Sequence[Edit]) -> Song:
    """The same edits on the unrefined parent again; gives the same bytes.

    Raises
    ------
    ProjectError
        If ``root`` is refined already.
    """
    if root.refined is not None:
        raise ProjectError("edits are replayed on the song that they began with")
    return apply(root, *edits)


def refine(song: Song, words: str = "", *edits: Edit, scope: str = "") -> Outcome:
    """Refine a song in words, by typed edits, or both (words first).

    Parameters
    ----------
    song
        The song to start from; it is not changed.
    words
        Free text, such as ``"make the second chorus bigger, lose the brass, keep the bass line"``.
    edits
        Edits as data.
    scope
        Limits everything: ``"chorus#2:bass:bars 17-24:melody"``.

    Raises
    ------
    ProjectError
        If nothing was understood, the scope is not of this piece, or a lock forbids it.
    """
    from songwright.session.refine.words import read_words, shown  # noqa: PLC0415 (vocabulary)

    piece = Piece.of(song)
    limit = parse_scope(scope, piece.plan) if scope else Scope()
    understood: tuple[str, ...] = ()
    wanted: list[Edit] = []
    kept: tuple[Scope, ...] = ()
    if words.strip():
        reading = read_words(words, piece.plan)
        understood, wanted, kept = reading.not_understood, list(reading.edits), reading.keep
    wanted += edits
    if not wanted:
        raise ProjectError(
            "nothing to do was understood"
            + (f" ({', '.join(understood)})" if understood else "")
            + "; say for example “make the second chorus bigger, lose the brass”"
        )
    for keep in kept:
        piece = apply_edit(piece, Edit("keep", keep))
    done = []
    drawn = []
    for edit in wanted:
        within = replace(edit, scope=_limited(edit.scope, limit))
        piece = apply_edit(piece, within)
        done.append(shown(within))
        if edit.kind.startswith("draw "):
            drawn.append(within)
    if kept:
        piece = apply_edit(piece, Edit("keep", value="done"))
        done += [f"kept: {k}" for k in kept]
    after = piece.to_song()
    return Outcome(after, tuple(done), understood, tuple(_measured(after, e) for e in drawn))


def _measured(song: Song, edit: Edit) -> str:
    found = drawing.likeness(song, edit)
    name = edit.kind.removeprefix("draw ")
    if found is None:
        return f"{name} curve: not measured, it is flat"
    return f"{name} curve: rank correlation of drawn and heard {found:.2f}"


def _limited(scope: Scope, limit: Scope) -> Scope:
    """A scope inside a limit: what the words leave open is taken from the limit."""
    return Scope(
        scope.sections or limit.sections, scope.parts or limit.parts, scope.bars or limit.bars,
        scope.levels or limit.levels,
    )  # fmt: skip
