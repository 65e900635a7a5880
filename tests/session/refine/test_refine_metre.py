"""Another metre for a finished piece, and other voicings of its chords."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from songwright.errors import ProjectError
from songwright.score import Note
from songwright.session import Song
from songwright.session.refine import Edit, Scope, apply, refine
from songwright.session.refine.metre import aligned, moved_notes
from songwright.theory import Meter

FOUR, WALTZ, JIG = Meter(4, 4), Meter(3, 4), Meter(6, 8)
METERS = (FOUR, WALTZ, JIG, Meter(12, 8), Meter(5, 4), Meter(7, 8), Meter(2, 4))


def test_beats_of_a_four_become_a_jig() -> None:
    quarters = (0, 480, 960, 1440)
    assert list(aligned(quarters, FOUR, JIG).values())[::-1] == [0, 480, 720, 1200]
    assert aligned((0, 960), FOUR, WALTZ) == {0: 0, 960: 960}
    assert aligned((0, 480, 960), WALTZ, FOUR) == {0: 0, 480: 960, 960: 1440}
    assert aligned((0, 480, 960, 1440), FOUR, Meter(12, 8)) == {0: 0, 480: 720, 960: 1440,
                                                               1440: 2160}  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(METERS),
    st.sampled_from(METERS),
    st.sets(st.integers(0, 15), min_size=1, max_size=10),
)
def test_order_and_downbeats_are_kept(old: Meter, new: Meter, sixteenths: set[int]) -> None:
    onsets = tuple(sorted(s * 120 for s in sixteenths if s * 120 < old.bar_ticks)) or (0,)
    found = aligned(onsets, old, new)
    slots = [found[o] for o in sorted(found)]
    assert all(a < b for a, b in pairwise(slots))
    assert all(0 <= s < new.bar_ticks for s in slots)
    assert len(found) == min(len(onsets), new.bar_ticks // 120)
    if 0 in onsets:
        assert found[0] == 0


def test_equal_rhythms_stay_equal() -> None:
    line = [Note(bar * 1920 + at, 240, 60 + bar) for bar in range(4) for at in (0, 240, 480, 1200)]
    moved, _ = moved_notes(line, FOUR, WALTZ)
    rhythms = {tuple(n.onset_ticks % 1440 for n in moved if n.onset_ticks // 1440 == b)
               for b in range(4)}  # fmt: skip
    assert len(rhythms) == 1
    assert [n.pitch for n in moved] == [n.pitch for n in line]


@pytest.mark.parametrize("text", ["3/4", "6/8", "7/8", "12/8"])
def test_a_piece_in_another_metre(song: Song, text: str) -> None:
    after = apply(song, Edit("metre", value=text))
    plan = after.plan
    assert str(plan.meter) == str(after.score.meters[0].meter) == text
    assert [(s.id, s.start_bar, s.bars) for s in plan.sections] == [
        (s.id, s.start_bar, s.bars) for s in song.plan.sections
    ]
    assert [c.chord for c in after.score.chords] == [c.chord for c in song.score.chords]
    old_bar, bar = song.plan.meter.bar_ticks, plan.meter.bar_ticks
    assert [c.onset_ticks // bar for c in after.score.chords] == [
        c.onset_ticks // old_bar for c in song.score.chords
    ]
    assert sum(c.duration_ticks for c in after.score.chords) == plan.bars * bar
    lead, was = after.score.part("lead").notes, song.score.part("lead").notes
    if text != "7/8":  # there are more sixteenths in 4/4 than in some bars of 7/8
        assert [n.pitch for n in lead] == [n.pitch for n in was]
    assert [n.onset_ticks // bar for n in lead] == [n.onset_ticks // old_bar for n in was][
        : len(lead)
    ]
    for part in after.score.parts:
        assert part.notes
    seconds = after.perform().duration_seconds
    ratio = 1.0 if text == "12/8" else bar / old_bar  # the beat keeps its pace in 12/8
    assert seconds == pytest.approx(ratio * song.perform().duration_seconds, rel=0.02)


def test_the_brief_says_the_new_metre(song: Song) -> None:
    from songwright.session import compose

    asked = compose("string quartet in G major, 3/4, 8 bars", seed=1)
    after = apply(asked, Edit("metre", value="4/4"))
    assert str(after.brief.meter) == "4/4"
    assert apply(song, Edit("metre", value="3/4")).brief.meter is None


@pytest.mark.parametrize(
    ("edits", "message"),
    [
        ((Edit("metre", value="4/4"),), "already"),
        ((Edit("metre", value="4/7"),), "3/4, 6/8"),
        ((Edit("metre", Scope(("chorus",)), value="3/4"),), "leave out"),
        ((Edit("lock", Scope(parts=("bass",))), Edit("metre", value="3/4")), "unlock"),
    ],
)
def test_a_metre_that_cannot_be(song: Song, edits: tuple[Edit, ...], message: str) -> None:
    with pytest.raises(ProjectError, match=message):
        apply(song, *edits)


@pytest.mark.parametrize(
    ("words", "meter"),
    [("change the metre to 3/4", "3/4"), ("turn it into a waltz", "3/4"),
     ("in 6/8 please", "6/8"), ("make it a waltz", "3/4"), ("put it in 7/8 time", "7/8"),
     ("in three", "3/4")],
)  # fmt: skip
def test_a_metre_in_words(song: Song, words: str, meter: str) -> None:
    outcome = refine(song, words)
    assert str(outcome.song.plan.meter) == meter
    assert not outcome.not_understood


def test_a_dance_of_another_style_is_only_its_metre(song: Song) -> None:
    outcome = refine(song, "turn it into a jazz waltz")
    assert str(outcome.song.plan.meter) == "3/4"
    assert outcome.not_understood == (
        "jazz waltz (only its metre; for its sound name a style, too)",
    )


def struck(song: Song, part: str) -> list[list[int]]:
    """Chords of three and more notes, low to high, in order."""
    groups: dict[int, list[int]] = {}
    for note in song.score.part(part).notes:
        groups.setdefault(note.onset_ticks, []).append(note.pitch)
    return [sorted(g) for _, g in sorted(groups.items()) if len(g) >= 3]


def test_close_and_open_keep_the_top_note(song: Song) -> None:
    wide = apply(song, Edit("voicing", Scope(parts=("keys",)), value="open"))
    for name, start in (("open", song), ("drop-2", song), ("close", wide)):
        after = apply(start, Edit("voicing", Scope(parts=("keys",)), value=name))
        widths = []
        for old, new in zip(struck(song, "keys"), struck(after, "keys"), strict=True):
            assert old[-1] == new[-1]
            assert {p % 12 for p in old} == {p % 12 for p in new}
            widths.append(new[-1] - new[0])
        share = sum(width < 12 for width in widths) / len(widths)
        assert share == 1.0 if name == "close" else share < 0.35


def test_inversions_put_the_third_below(song: Song) -> None:
    after = apply(song, Edit("voicing", Scope(parts=("keys",)), value="first inversion"))
    bar = song.plan.meter.bar_ticks
    checked = 0
    for note_bar in range(song.plan.bars):
        at = [n for n in after.score.part("keys").notes if n.onset_ticks == note_bar * bar]
        chord = next(c.chord for c in song.score.chords
                     if c.onset_ticks <= note_bar * bar < c.end_ticks)  # fmt: skip
        third = chord.pcs[1]
        if len(at) >= 3 and chord.quality in ("", "m") and third in {n.pitch % 12 for n in at}:
            assert min(n.pitch for n in at) % 12 == third
            checked += 1
    assert checked >= 5


def test_a_voicing_keeps_rhythm_and_everything_else(song: Song) -> None:
    after = apply(song, Edit("voicing", Scope(("chorus",), ("keys",)), value="open"))
    for old, new in zip(song.score.parts, after.score.parts, strict=True):
        if old.id == "keys":
            assert {n.onset_ticks for n in old.notes} == {n.onset_ticks for n in new.notes}
            assert old.notes != new.notes
        else:
            assert old == new
    assert after.score.chords == song.score.chords


def test_a_voicing_that_nobody_can_play(song: Song) -> None:
    with pytest.raises(ProjectError, match="name a part with chords"):
        apply(song, Edit("voicing", Scope(parts=("lead",)), value="open"))
    with pytest.raises(ProjectError, match="choose from close"):
        apply(song, Edit("voicing", value="drop-9"))


@pytest.mark.parametrize(
    ("words", "value", "parts"),
    [("open voicings for the keys", "open", ("keys",)), ("drop 2 keys in the chorus", "drop-2",
     ("keys",)), ("spread the chords", "spread", ()), ("keys in first inversion",
     "first inversion", ("keys",))],
)  # fmt: skip
def test_a_voicing_in_words(song: Song, words: str, value: str, parts: tuple[str, ...]) -> None:
    outcome = refine(song, words)
    refined = outcome.song.refined
    assert refined is not None
    edit = refined.edits[-1]
    assert (edit.kind, edit.value, edit.scope.parts) == ("voicing", value, parts)
    assert not outcome.not_understood
