"""New sections in a finished piece."""

from __future__ import annotations

import pytest

from songwright.errors import ProjectError
from songwright.score.codec import encode
from songwright.session import Song
from songwright.session.refine import Edit, Scope, apply, refine, replay
from songwright.session.refine.insertions import Insertion, read_insertion
from songwright.session.refine.words import read_words

# The fixture: verse:8 chorus:8 verse:8.


def names(song: Song) -> list[str]:
    return [s.function for s in song.plan.sections]


def old_bars(song: Song, after: Song, index: int, bars: int) -> None:
    """Every old bar holds the notes that it held, before and after the new section."""
    bar = song.plan.meter.bar_ticks
    start = after.plan.sections[index].start_bar * bar
    for old in song.score.parts:
        new = after.score.part(old.id).notes
        kept = [
            (n.onset_ticks - (bars * bar if n.onset_ticks >= start else 0), n.pitch, n.velocity)
            for n in new if not start <= n.onset_ticks < start + bars * bar
        ]  # fmt: skip
        assert kept == [(n.onset_ticks, n.pitch, n.velocity) for n in old.notes]


@pytest.mark.parametrize("function", ["bridge", "breakdown", "build", "solo", "interlude"])
def test_a_new_section_and_every_old_bar_as_it_was(song: Song, function: str) -> None:
    after = apply(song, Edit("insert", value=f"4-bar {function} before chorus#-1"))
    index = names(after).index(function)
    assert names(after)[index + 1] == "chorus"
    assert after.plan.bars == after.score.bars == song.plan.bars + 4
    assert len(after.plan.energy) == after.plan.bars
    old_bars(song, after, index, 4)
    bar = song.plan.meter.bar_ticks
    fresh = after.plan.sections[index]
    inner = (fresh.start_bar * bar, fresh.end_bar * bar)
    sounding = {p.id for p in after.score.parts
                if any(inner[0] <= n.onset_ticks < inner[1] for n in p.notes)}  # fmt: skip
    assert len(sounding) >= 2
    chords = [c for c in after.score.chords if inner[0] <= c.onset_ticks < inner[1]]
    assert chords[0].onset_ticks == inner[0]
    assert sum(c.duration_ticks for c in chords) >= 4 * bar


def test_levels_follow_the_kind_of_section(song: Song) -> None:
    quiet = apply(song, Edit("insert", value="breakdown before chorus#-1"))
    level = {s.function: s.energy for s in quiet.plan.sections}
    assert level["breakdown"] < level["chorus"] - 0.2
    rising = apply(song, Edit("insert", value="4-bar build before chorus#-1"))
    build = next(s for s in rising.plan.sections if s.function == "build")
    curve = rising.plan.energy[build.start_bar : build.end_bar]
    assert list(curve) == sorted(curve)


def test_what_is_there_comes_back(song: Song) -> None:
    after = apply(song, Edit("insert", value="chorus before chorus"))
    first, second = (s for s in after.plan.sections if s.function == "chorus")
    bar = song.plan.meter.bar_ticks
    for part in after.score.parts:
        one = [(n.onset_ticks - first.start_bar * bar, n.pitch) for n in part.notes
               if first.start_bar <= n.onset_ticks // bar < first.end_bar]  # fmt: skip
        two = [(n.onset_ticks - second.start_bar * bar, n.pitch) for n in part.notes
               if second.start_bar <= n.onset_ticks // bar < second.end_bar]  # fmt: skip
        assert one == two


def test_a_new_end_closes_and_the_old_one_goes_on(song: Song) -> None:
    after = apply(song, Edit("insert", value="4-bar bridge at the end"))
    bar = song.plan.meter.bar_ticks
    last = after.score.chords[-1].chord.root_pc
    assert last == song.score.chords[-1].chord.root_pc
    start = (song.plan.bars - 2) * bar
    for old in song.score.parts:
        before = [n for n in old.notes if n.onset_ticks < start]
        assert [n for n in after.score.part(old.id).notes if n.onset_ticks < start] == before
    slow = [t for t in after.score.tempos if t.tick < song.plan.bars * bar]
    assert all(t.bpm > 0.9 * song.plan.tempo_bpm for t in slow)


def test_locks_hold_what_there_was(song: Song) -> None:
    held = apply(song, Edit("lock", Scope(parts=("bass",))))
    after = apply(held, Edit("insert", value="4-bar bridge before chorus"))
    index = names(after).index("bridge")
    old_bars(held, after, index, 4)
    assert after.refined is not None
    assert after.refined.locks == (Scope(parts=("bass",)),)
    fresh = after.plan.sections[index]
    bar = song.plan.meter.bar_ticks
    roots = {c.chord.root_pc for c in after.score.chords
             if fresh.start_bar <= c.onset_ticks // bar < fresh.end_bar}  # fmt: skip
    downbeats = [n.pitch % 12 for n in after.score.part("bass").notes
                 if fresh.start_bar <= n.onset_ticks // bar < fresh.end_bar
                 and n.onset_ticks % bar == 0]  # fmt: skip
    assert downbeats
    assert set(downbeats) <= roots | {(r + 7) % 12 for r in roots}


def test_the_same_insertion_gives_the_same_bytes(song: Song) -> None:
    edit = Edit("insert", value="bridge before chorus#-1")
    assert encode(apply(song, edit)) == encode(replay(song, (edit,)))


def test_reading_places(song: Song) -> None:
    plan = song.plan
    functions = [s.function for s in plan.sections]
    last = len(functions) - 1 - functions[::-1].index("chorus")
    assert read_insertion("bridge after chorus#-1", plan) == Insertion("bridge", 0, last + 1)
    assert read_insertion("4-bar build before chorus", plan) == Insertion("build", 4, last)
    assert read_insertion("bridge at the end", plan).index == len(functions)


@pytest.mark.parametrize(
    ("value", "message"),
    [("coda", "bridge after chorus"), ("bridge after drop", "no section"),
     ("99-bar bridge at the end", "1 to 64"), ("40-bar bridge", "at most")],
)  # fmt: skip
def test_insertions_that_cannot_be(song: Song, value: str, message: str) -> None:
    with pytest.raises(ProjectError, match=message):
        apply(song, Edit("insert", value=value))


def test_a_second_intro_needs_a_place(song: Song) -> None:
    once = apply(song, Edit("insert", value="intro"))
    assert names(once)[0] == "intro"
    old_bars(song, once, 0, 4)
    with pytest.raises(ProjectError, match="say “new intro”"):
        apply(once, Edit("insert", value="intro"))


@pytest.mark.parametrize(
    ("words", "value"),
    [
        ("insert a bridge after the first chorus", "bridge after chorus#1"),
        ("add a breakdown before the last chorus", "breakdown before chorus#-1"),
        ("put in a 4-bar build between the verse and the chorus", "4-bar build after verse-1"),
        ("add an interlude of 6 bars after verse 1", "6-bar interlude after verse#1"),
        ("add another chorus at the end", "chorus at the end"),
        ("another chorus at the end", "chorus at the end"),
        ("one more 4-bar verse before the last chorus", "4-bar verse before chorus#-1"),
    ],
)
def test_insertions_in_words(song: Song, words: str, value: str) -> None:
    reading = read_words(words, song.plan)
    assert [(e.kind, e.value) for e in reading.edits] == [("insert", value)]
    assert reading.not_understood == ()


def test_words_that_were_not_understood_are_told(song: Song) -> None:
    outcome = refine(song, "insert a dreamy bridge before the chorus, add a cello")
    assert outcome.not_understood == ("dreamy",)
    assert outcome.done[0] == "insert bridge before chorus"
    assert any(p.instrument == "cello" for p in outcome.song.score.parts)


@pytest.mark.parametrize(
    "words", ["add a cello in the chorus", "give it a bigger chorus", "more bass in the verse"]
)
def test_what_is_no_new_section(song: Song, words: str) -> None:
    assert all(e.kind != "insert" for e in read_words(words, song.plan).edits)


def test_another_section_without_a_place_is_written_anew(song: Song) -> None:
    (edit,) = read_words("another chorus", song.plan).edits
    assert (edit.kind, edit.scope.sections) == ("regenerate", ("chorus",))
