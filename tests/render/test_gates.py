"""How long notes sound."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from songwright.perform.model import ControlPoint, PlayedNote, PlayedPart
from songwright.render.controls import Controls
from songwright.render.gates import gates


def note(onset: float, duration: float, pitch: int = 60, articulation: str = "") -> PlayedNote:
    return PlayedNote(onset, duration, pitch, 80, articulation)


def test_the_pedal_holds_until_it_comes_up() -> None:
    held = gates((note(0.0, 0.5), note(2.0, 0.5)), [(0.2, 1.5)])
    assert [gate.release_seconds for gate in held] == [1.5, 2.5]


def test_the_same_key_again_ends_the_note() -> None:
    first, other, second = gates((note(0.0, 2.0), note(0.5, 1.0, 62), note(1.0, 1.0)), [])
    assert first.restrike_seconds == 1.0
    assert other.restrike_seconds == second.restrike_seconds == float("inf")


def test_a_line_is_joined_and_a_chord_is_not() -> None:
    line = gates((note(0.0, 0.5), note(0.5, 0.5, 62), note(1.2, 0.5, 64)), [], legato=True)
    assert [gate.from_pitch for gate in line] == [None, 60, None]
    assert [gate.joined for gate in line] == [True, False, False]
    chords = (note(0.0, 0.5), note(0.0, 0.5, 64), note(0.5, 0.5, 62), note(0.5, 0.5, 65))
    assert all(gate.from_pitch is None for gate in gates(chords, [], legato=True))


def test_a_detached_note_is_not_joined() -> None:
    line = gates((note(0.0, 0.5), note(0.5, 0.5, 62, "staccato")), [], legato=True)
    assert line[1].from_pitch is None


def test_pedal_spans_from_points() -> None:
    points = [(0.5, 127), (1.0, 0), (2.0, 80), (2.5, 90)]
    controls = tuple(ControlPoint(seconds, 64, value) for seconds, value in points)
    part = PlayedPart("p", "", "chords", "acoustic_grand_piano", (), controls)
    assert Controls(part, 48000 * 4, 48000).pedal_spans() == [(0.5, 1.0), (2.0, 4.0)]


@given(
    st.lists(
        st.tuples(st.floats(0, 20), st.floats(0, 4), st.integers(40, 80)), min_size=1, max_size=30
    ),
    st.booleans(),
)
def test_no_note_is_released_before_it_starts(
    rows: list[tuple[float, float, int]], legato: bool
) -> None:
    notes = tuple(note(onset, duration, pitch) for onset, duration, pitch in sorted(rows))
    result = gates(notes, [(1.0, 2.0), (5.0, 9.0)], legato)
    assert [gate.note for gate in result] == list(notes)
    for gate in result:
        assert gate.release_seconds > gate.note.onset_seconds
        assert gate.restrike_seconds >= gate.note.onset_seconds
