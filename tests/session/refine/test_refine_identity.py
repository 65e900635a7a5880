"""Nothing outside the scope of an edit changes by a byte: random scopes, every composing kind."""

from __future__ import annotations

import random

import pytest

from songwright.errors import ProjectError, ScoreError
from songwright.score.codec import encode
from songwright.session import Song
from songwright.session.refine import Edit, Scope, apply
from songwright.session.refine.remix import stem_keys
from songwright.session.refine.scope import resolve

KINDS = (
    ("regenerate", (0.0,), ""), ("vary", (0.3, 0.8), ""), ("energy", (-0.3, 0.3), ""),
    ("density", (-0.4, 0.4), ""), ("octave", (-1.0, 1.0), ""), ("thin", (0.4,), ""),
    ("simplify", (0.0,), "easy"), ("louder", (12.0,), ""), ("humanise", (0.5, 1.5), "again"),
    ("articulation", (0.0,), "staccato"), ("swing", (0.62,), ""),
    ("voicing", (0.0,), "open"), ("voicing", (0.0,), "first inversion"),
    ("draw energy", (0.0,), "0:0.2 1:0.9"), ("draw density", (0.0,), "0:0.9 1:0.1"),
    ("draw register", (0.0,), "0:0.1 1:0.9"),
)  # fmt: skip


def random_edit(song: Song, random_: random.Random) -> Edit:
    """An edit of one or two parts in a few bars."""
    parts = [p.id for p in song.score.parts]
    kind, amounts, value = random_.choice(KINDS)
    first = random_.randrange(song.plan.bars - 2)
    last = min(song.plan.bars, first + random_.randint(1, 8))
    scope = Scope((), tuple(random_.sample(parts, random_.randint(1, 2))), ((first, last),))
    return Edit(kind, scope, random_.choice(amounts), value)


@pytest.mark.parametrize("number", range(40))
def test_outside_stays_byte_identical(song: Song, number: int) -> None:
    edit = random_edit(song, random.Random(number))
    try:
        after = apply(song, edit)
    except (ProjectError, ScoreError):
        pytest.skip("the edit was refused; nothing changed")
    assert_only_inside(song, after, edit)


def assert_only_inside(before: Song, after: Song, edit: Edit) -> None:
    """Score, chords, form and playing outside the scope are the same bytes."""
    place = resolve(edit.scope, before.plan)
    spans = place.spans
    assert encode(before.score.chords) == encode(after.score.chords)
    assert encode(before.score.tempos) == encode(after.score.tempos)
    assert [s.id for s in before.score.sections] == [s.id for s in after.score.sections]
    seams = before_times(before, spans)
    for old, new in zip(before.score.parts, after.score.parts, strict=True):
        inner = spans if old.id in place.parts else ()
        kept = [n for n in old.notes if not _in(n.onset_ticks, inner)]
        assert encode(kept) == encode([n for n in new.notes if not _in(n.onset_ticks, inner)])
    keys = stem_keys(before, before.perform()), stem_keys(after, after.perform())
    ducked = {"drums"} & set(place.parts)
    for was, now in zip(before.perform().parts, after.perform().parts, strict=True):
        if was.id in place.parts:
            # Players may be early or late by less than this across a seam.
            def far(seconds: float) -> bool:
                return not any(a - 0.25 <= seconds < b + 0.25 for a, b in seams)

            assert [n for n in was.notes if far(n.onset_seconds)] == [
                n for n in now.notes if far(n.onset_seconds)
            ]
            assert [c for c in was.controls if far(c.seconds)] == [
                c for c in now.controls if far(c.seconds)
            ]
            continue
        assert encode(was) == encode(now)
        if not ducked:
            assert keys[0][was.id] == keys[1][was.id]


def before_times(song: Song, spans: tuple[tuple[int, int], ...]) -> list[tuple[float, float]]:
    from songwright.score import TimeMap

    times = TimeMap.of(song.score)
    return [(times.seconds(a), times.seconds(b)) for a, b in spans]


def _in(tick: int, spans: tuple[tuple[int, int], ...]) -> bool:
    return any(a <= tick < b for a, b in spans)


def test_edits_do_something(song: Song) -> None:
    """The test above would pass for edits that change nothing."""
    changed = 0
    for number in range(6):
        edit = random_edit(song, random.Random(number))
        try:
            after = apply(song, edit)
        except (ProjectError, ScoreError):
            continue
        changed += encode(after.perform()) != encode(song.perform())
    assert changed >= 3
