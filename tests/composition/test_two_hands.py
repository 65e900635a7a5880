"""A piano's two hands: what the right adds to the tune, where the left lies and what it holds."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from statistics import median

import pytest

from songwright.brief import Brief, Length
from songwright.composition.accompany.left_hand import in_one_hand, under_the_tune
from songwright.composition.accompany.tune import Tune
from songwright.composition.melody.doubling import doubled
from songwright.composition.plan import PartPlan, Plan
from songwright.composition.planning import make_plan
from songwright.composition.writing import write_score
from songwright.score import Note, Score
from songwright.theory import Meter

SEEDS = range(8)
THIRDS, OCTAVES, CHORDS = 0.32, 0.62, 0.74


@pytest.fixture(scope="module")
def pieces() -> list[tuple[Plan, Score]]:
    brief = Brief(style="solo_piano", length=Length("seconds", 90, 90))
    plans = [make_plan(brief, seed) for seed in SEEDS]
    return [(plan, write_score(plan, brief)) for plan in plans]


def struck(notes: Iterable[Note]) -> dict[int, list[int]]:
    """Pitches by onset, upwards."""
    found: dict[int, list[int]] = {}
    for note in sorted(notes, key=lambda n: n.pitch):
        found.setdefault(note.onset_ticks, []).append(note.pitch)
    return found


def pianist(energy: float, low: int = 40, high: int = 96) -> tuple[Plan, PartPlan]:
    """A plan in which a piano has the tune and every bar the same energy."""
    plan = make_plan(Brief(style="string_quartet", length=Length("bars", 32, 32)), 1)
    lead = next(p for p in plan.parts if p.role == "lead")
    part = replace(lead, instrument="acoustic_grand_piano", staff_group="piano", low=low, high=high)
    sections = tuple(replace(s, energy=energy) for s in plan.sections)
    return replace(plan, parts=(part,), sections=sections, energy=(energy,) * plan.bars), part


def added(energy: float, tune: Note, left: tuple[Note, ...] = ()) -> list[int]:
    """Intervals that are struck below one note of a tune, in semitones."""
    plan, part = pianist(energy)
    pitches = sorted(n.pitch for n in doubled((tune,), plan, part, left))
    return [pitches[-1] - pitch for pitch in pitches[:-1]]


def chord_note(octave: int) -> int:
    """The root of the first chord, in an octave counted as in MIDI."""
    plan, _ = pianist(0.5)
    return plan.chords[0].chord.root_pc + 12 * octave


def test_the_right_hand_adds_more_the_louder_it_is() -> None:
    tune = Note(0, 960, chord_note(7), 80)
    assert added(0.2, tune) == []
    assert added(0.45, tune)[0] in range(3, 10)
    assert added(0.65, tune) == [12]
    loud = added(0.9, tune)
    assert loud[0] == 12 and len(loud) == 2 and 3 <= loud[1] <= 9


def test_short_notes_stay_single_until_the_climax() -> None:
    plan, _ = pianist(0.5)
    weak = plan.meter.bar_ticks - 240
    assert added(0.65, Note(weak, 240, 84, 80)) == []
    assert added(0.9, Note(weak, 240, 84, 80)) == [12]
    assert added(0.9, Note(0, 120, 84, 80)) == [], "an ornament is one finger"


def test_doublings_leave_the_keys_of_the_left_hand() -> None:
    tune = Note(0, 960, 84, 80)
    left = (Note(0, 1920, 73, 70),)
    assert all(84 - interval > 73 for interval in added(0.9, tune, left))
    assert 12 not in added(0.65, tune, left)


def test_a_climax_written_low_is_played_an_octave_higher() -> None:
    plan, part = pianist(0.9)
    low, high = Note(0, 960, 62, 80), Note(0, 960, 80, 80)
    assert max(n.pitch for n in doubled((low,), plan, part, ())) == 74
    assert max(n.pitch for n in doubled((high,), plan, part, ())) == 80
    calm, part = pianist(0.4)
    assert max(n.pitch for n in doubled((low,), calm, part, ())) == 62
    narrow, part = pianist(0.9, high=70)
    assert max(n.pitch for n in doubled((low,), narrow, part, ())) == 62, "no room above"


def test_one_line_stays_one_line() -> None:
    plan, part = pianist(0.9)
    tune = (Note(0, 960, 76, 80),)
    assert doubled(tune, plan, replace(part, instrument="violin"), ()) == tune
    assert doubled(tune, plan, replace(part, staff_group=""), ()) == tune


def test_a_right_hand_can_be_played(pieces: list[tuple[Plan, Score]]) -> None:
    octaves = chords = 0
    for plan, score in pieces:
        for onset, pitches in struck(score.part("right_hand").notes).items():
            level = plan.energy[onset // plan.meter.bar_ticks]
            assert len(pitches) <= 3 and pitches[-1] - pitches[0] <= 12
            assert len(set(pitches)) == len(pitches)
            least = (0.0, THIRDS, CHORDS)[len(pitches) - 1]
            assert level >= (OCTAVES if pitches[-1] - pitches[0] == 12 else least)
            octaves += pitches[-1] - pitches[0] == 12
            chords += len(pitches) == 3
    assert octaves > 0
    assert chords > 0


def test_hands_do_not_strike_the_same_key(pieces: list[tuple[Plan, Score]]) -> None:
    for _, score in pieces:
        right = struck(score.part("right_hand").notes)
        left = struck(score.part("left_hand").notes)
        for onset, pitches in left.items():
            assert not set(pitches) & set(right.get(onset, ()))


def test_a_left_hand_makes_room_where_the_tune_dips() -> None:
    tune = Tune.of([Note(0, 480, 60, 80), Note(480, 480, 55, 80)])
    chord = [Note(0, 480, pitch, 70) for pitch in (48, 57, 60, 64)]
    assert [n.pitch for n in under_the_tune(chord, tune, 36)] == [48, 57]
    assert [n.pitch for n in under_the_tune([Note(480, 240, 57, 70)], tune, 36)] == [45]
    assert under_the_tune([Note(480, 240, 57, 70)], tune, 50) == []
    held = [Note(0, 960, 55, 70)]
    assert [n.pitch for n in under_the_tune(held, tune, 36)] == [43], "the tune needs its key"


def test_a_left_hand_lies_where_human_ones_do(pieces: list[tuple[Plan, Score]]) -> None:
    """Mutopia's piano pieces: middle half 49 to 59.5, 1.2 to 2.3 notes at once."""
    notes = [n for _, score in pieces for n in score.part("left_hand").notes]
    assert 52 <= median(n.pitch for n in notes) <= 60
    at_once = [
        len(p) for _, score in pieces for p in struck(score.part("left_hand").notes).values()
    ]
    assert 1.2 <= sum(at_once) / len(at_once) <= 2.3


def test_what_one_hand_strikes_is_within_its_reach(pieces: list[tuple[Plan, Score]]) -> None:
    for _, score in pieces:
        chords = struck(score.part("left_hand").notes).values()
        assert all(pitches[-1] - pitches[0] <= 16 for pitches in chords)
        assert all(len(pitches) <= 5 for pitches in chords)


def test_the_last_chord_liesin_one_hand() -> None:
    assert in_one_hand((40, 43, 47, 52, 55, 59)) == (40, 47, 55)
    assert in_one_hand((52, 55, 59)) == (52, 55, 59)


def test_a_climax_is_louder_than_the_edges(pieces: list[tuple[Plan, Score]]) -> None:
    marks = {mark.mark for _, score in pieces for mark in score.dynamics}
    assert marks & {"pp", "p"}
    assert marks & {"f", "ff"}


def test_the_left_hand_states_the_bass_of_every_bar_that_begins_a_chord() -> None:
    """In 2/4 a grid of four beats goes on into the next bar, and with it into the next chord."""
    meter = Meter(2, 4)
    brief = Brief(style="solo_piano", meter=meter, length=Length("seconds", 40, 40))
    for seed in range(4):
        plan = make_plan(brief, seed)
        score = write_score(plan, brief)
        left = next(p for p in score.parts if p.role == "chords")
        at = struck(left.notes)
        begins = [
            c for c in plan.chords
            if c.onset_ticks % meter.bar_ticks == 0 and c.onset_ticks in at
        ]  # fmt: skip
        stated = [at[c.onset_ticks][0] % 12 == c.chord.bass_pc for c in begins]
        assert len(begins) >= 10
        assert sum(stated) >= 0.9 * len(stated)
