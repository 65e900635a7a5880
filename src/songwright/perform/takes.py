"""A performance whose notes know where they were written, and one moved to another time map."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import replace

from songwright.composition.plan import Plan
from songwright.perform.chance import Chance
from songwright.perform.model import Performance, PlayedNote, PlayedPart
from songwright.perform.performer import _Ensemble, _Player
from songwright.perform.sounding import lawful_controls, lawful_notes
from songwright.score import Score, TimeMap
from songwright.styles import Style

_MARK = "\x1f"

Ticks = dict[str, tuple[int, ...]]


def perform_marked(
    score: Score, plan: Plan, style: Style, only: Collection[str] | None = None
) -> tuple[Performance, Ticks]:
    """Play a score as `songwright.perform.perform` does, and say where each note was written.

    Parameters
    ----------
    score, plan, style
        As `perform` takes them.
    only
        Ids of the parts to play; all when None. A part is played alike with or without the others.

    Returns
    -------
    performance
        The same value as that of `perform`.
    ticks
        For each part the written onsets of its played notes, in their order.
    """
    ensemble = _Ensemble.of(score, plan, style)
    wanted = [part for part in score.parts if only is None or part.id in only]
    hands = {part.staff_group for part in wanted} - {""}
    players = {
        part.id: _Player.of(part, ensemble)
        for part in score.parts if part in wanted or part.staff_group in hands
    }  # fmt: skip
    parts: list[PlayedPart] = []
    ticks: Ticks = {}
    for part in wanted:
        player = players[part.id]
        chance = Chance.of(plan.seed, "perform", part.id)
        partners = player._pedal_partners(players)
        # The mark travels in the articulation, which the laws of a performance hand on unread.
        marked = lawful_notes(
            _marked(player, chance, pedalled=bool(partners)), ensemble.end_seconds
        )
        controls = lawful_controls(player._controls(partners), ensemble.end_seconds)
        split = [note.articulation.split(_MARK) for note in marked]
        ticks[part.id] = tuple(int(mark) for mark, _ in split)
        notes = tuple(
            replace(note, articulation=how) for note, (_, how) in zip(marked, split, strict=True)
        )
        parts.append(replace(player.as_played(), notes=notes, controls=controls))
    return Performance(tuple(parts), ensemble.end_seconds, plan.ending), ticks


def _marked(player: _Player, chance: Chance, pedalled: bool) -> Iterator[PlayedNote]:
    written = (note for group in player.groups for note in group.notes)
    for note, played in zip(written, player._notes(chance, pedalled=pedalled), strict=True):
        yield replace(played, articulation=f"{note.onset_ticks}{_MARK}{played.articulation}")


def retimed(
    performance: Performance,
    ticks: Ticks,
    before: TimeMap,
    after: TimeMap,
    moves: Callable[[int], tuple[int, ...]],
    end_tick: int,
    ending: str,
) -> tuple[Performance, Ticks]:
    """A performance in another tempo or order of bars: each note keeps its place in the music.

    Parameters
    ----------
    performance, ticks
        As `perform_marked` gives them.
    before, after
        Time maps of the old and the new score.
    moves
        New ticks of an old tick: none where it was cut, several where it is repeated. It must move
        whole bars.
    end_tick, ending
        End of the new piece and how it ends.
    """
    end = after.seconds(end_tick)
    parts: list[PlayedPart] = []
    new_ticks: Ticks = {}
    for part in performance.parts:
        placed: list[tuple[PlayedNote, int]] = []
        for note, written in zip(part.notes, ticks[part.id], strict=True):
            on = before.tick(note.onset_seconds) - written
            off = before.tick(note.onset_seconds + note.duration_seconds) - written
            for tick in moves(written):
                start = max(0.0, after.seconds(max(0.0, tick + on)))
                stop = after.seconds(tick + off)
                placed.append(
                    (replace(note, onset_seconds=start, duration_seconds=stop - start,
                             articulation=f"{tick}{_MARK}{note.articulation}"), tick)
                )  # fmt: skip
        lawful = lawful_notes((note for note, _ in placed), end)
        split = [note.articulation.split(_MARK) for note in lawful]
        new_ticks[part.id] = tuple(int(mark) for mark, _ in split)
        notes = tuple(replace(n, articulation=s[1]) for n, s in zip(lawful, split, strict=True))
        points = []
        for point in part.controls:
            old = before.tick(point.seconds)
            whole = int(old)
            for tick in moves(whole):
                points.append(replace(point, seconds=after.seconds(tick + old - whole)))
        controls = lawful_controls(points, end)
        tempos = after.tempos_by_second()
        parts.append(replace(part, notes=notes, controls=controls, tempos=tempos))
    return Performance(tuple(parts), end, ending), new_ticks
