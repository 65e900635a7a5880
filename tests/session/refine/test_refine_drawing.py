"""Curves drawn by hand: read, obeyed in new and in finished pieces, and measured."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from songwright.brief.model import EnergyPoint
from songwright.errors import BriefError, ProjectError
from songwright.evaluate.curves import heard_curves, rank_correlation
from songwright.export import make_report
from songwright.score import Note
from songwright.score.codec import encode
from songwright.score.midi import write_midi
from songwright.session import Song, compose
from songwright.session.refine import Edit, Scope, apply, refine
from songwright.session.refine.options import edits_of

RISE = "0:0.1 24:1"
PROMPT = "pop song in C major, 24 bars, piano, bass, drums, strings"
LEAST = {"energy": 0.9, "density": 0.65, "register": 0.7, "tension": 0.5}


@pytest.mark.parametrize("name", list(LEAST))
def test_a_new_piece_follows_a_curve(name: str) -> None:
    points = "0:0.9 12:0.1 24:0.9"
    song = compose(PROMPT, seed=3, **{name: points})
    levels = song.plan.drawn(name)
    assert len(levels) == 24
    found = rank_correlation(levels, heard_curves(song.score)[name])
    assert found is not None
    assert found >= LEAST[name]


@pytest.mark.parametrize("name", list(LEAST))
def test_a_finished_piece_follows_a_curve(song: Song, name: str) -> None:
    outcome = refine(song, f"{name} curve {RISE}")
    assert outcome.done == (f"draw {name} {RISE}: everything",)
    assert outcome.not_understood == ()
    found = float(outcome.measured[0].split()[-1])
    assert found >= LEAST[name]
    before = rank_correlation(
        outcome.song.plan.drawn(name), heard_curves(song.score)[name]
    )  # fmt: skip
    assert before is None or found > before


def test_the_theme_keeps_its_notes_under_energy_and_tension(song: Song) -> None:
    for name in ("energy", "tension"):
        after = apply(song, Edit(f"draw {name}", value="0:0.5 24:0.9"))
        lead, was = after.score.part("lead").notes, song.score.part("lead").notes
        assert [(n.onset_ticks, n.pitch) for n in lead] == [(n.onset_ticks, n.pitch) for n in was]


def test_roots_stay_under_tension(song: Song) -> None:
    after = apply(song, Edit("draw tension", value=RISE))
    assert [c.chord.root_pc for c in after.score.chords] == [
        c.chord.root_pc for c in song.score.chords
    ]
    assert after.score.chords != song.score.chords


@pytest.mark.parametrize("name", list(LEAST))
def test_nothing_outside_the_scope_changes(song: Song, name: str) -> None:
    after = apply(song, Edit(f"draw {name}", Scope(bars=((8, 16),)), value="0:0 24:1"))
    bar = song.plan.meter.bar_ticks
    for old in song.score.parts:

        def outside(part_notes: tuple[Note, ...]) -> list[Note]:
            return [n for n in part_notes if not 8 * bar <= n.onset_ticks < 16 * bar]

        assert outside(old.notes) == outside(after.score.part(old.id).notes)
    assert after.plan.curves == ()


def test_several_curves_at_once(song: Song) -> None:
    after = song.refine(curve={"energy": RISE, "register": "0:0.9 24:0.1"})
    assert [c.name for c in after.plan.curves] == ["energy", "register"]
    heard = heard_curves(after.score)
    assert (rank_correlation(after.plan.drawn("energy"), heard["energy"]) or 0.0) > 0.8
    assert (rank_correlation(after.plan.drawn("register"), heard["register"]) or 0.0) > 0.6


def test_curves_move_with_their_bars(song: Song) -> None:
    drawn = apply(song, Edit("draw energy", value=RISE))
    after = apply(drawn, Edit("delete", Scope(("chorus",))))
    chorus = next(s for s in song.plan.sections if s.function == "chorus")
    levels = drawn.plan.drawn("energy")
    assert after.plan.drawn("energy") == (
        *levels[: chorus.start_bar], *levels[chorus.end_bar :]
    )  # fmt: skip


def test_the_report_shows_asked_and_heard(tmp_path: Path) -> None:
    song = compose(PROMPT, seed=3, energy=RISE, tension="0:0.5 24:0.5")
    (tmp_path / "song.mid").write_bytes(write_midi(song.score, song.perform()))
    report = make_report(song.brief, song.plan, song.score, tmp_path)
    rows = {r.control: r for r in report.controls}
    assert rows["energy curve"].requested == RISE
    assert rows["energy curve"].measured >= "rank correlation 0.9"
    assert rows["energy curve"].verdict == "met"
    assert rows["tension curve"].verdict == "open"


def test_a_climax_at_a_time_is_measured(tmp_path: Path) -> None:
    asked = "builds to a climax at 0:40, then drops away"
    song = compose(f"pop, 60 seconds, {asked}", seed=1)
    (tmp_path / "song.mid").write_bytes(write_midi(song.score, song.perform()))
    early = replace(song.brief, energy=(EnergyPoint(0.95, seconds=5.0), EnergyPoint(0.2, 1.0)))
    verdicts = []
    for brief in (song.brief, early):
        report = make_report(brief, song.plan, song.score, tmp_path)
        (row,) = [r for r in report.controls if r.control == "energy"]
        assert row.requested == asked
        verdicts.append(row.verdict)
    assert verdicts == ["met", "missed"]


def test_chords_that_were_asked_for_stay() -> None:
    song = compose("pop, 8 bars", seed=1, chords="C | G | Am | F", tension=RISE.replace("24", "8"))
    assert [c.chord.symbol for c in song.plan.chords][:4] == ["C", "G", "Am", "F"]
    assert any(d.control == "tension" for d in song.plan.decisions)


@pytest.mark.parametrize(
    ("points", "message"),
    [("0:0.2 99:1", "24 bars"), ("0:0.2 8:1.5", "0 to 1"), ("4:0.2 4:0.5", "once"),
     ("up and up", "no curve")],
)  # fmt: skip
def test_curves_that_cannot_be(song: Song, points: str, message: str) -> None:
    with pytest.raises(ProjectError, match=message):
        apply(song, Edit("draw energy", value=points))
    if message != "no curve":
        with pytest.raises(BriefError, match=message):
            compose(PROMPT, density=points)


def test_options_and_words(song: Song) -> None:
    edits = edits_of({"energy": RISE, "register": "higher", "tension": "0:0 1:1"}, song.plan)
    assert [e.kind for e in edits] == ["draw energy", "octave", "draw tension"]
    outcome = refine(song, "draw the density 0:0.1 24:1 in bars 9-16")
    assert outcome.done == ("draw density 0:0.1 24:1: bars 9-16",)


def test_the_same_curve_gives_the_same_bytes(song: Song) -> None:
    edit = Edit("draw density", value=RISE)
    assert encode(apply(song, edit)) == encode(apply(song, edit))
