"""Clips of a track: every note in one of them, with the controllers in force at its start."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from songwright.export.tracks import Clip, Marker, _clips
from songwright.score import smf
from songwright.score.smf import MidiEvent

END = 9_600
NOTES = st.lists(
    st.tuples(st.integers(0, END - 1), st.sampled_from([1, 40, 59, 61, 480, 3_000]),
              st.integers(60, 66)),
    max_size=25, unique_by=lambda note: (note[0] // 3_200, note[2]),
)  # fmt: skip
CONTROLS = st.lists(
    st.tuples(st.integers(0, END - 1), st.sampled_from([1, 11, 64]), st.integers(0, 127)),
    max_size=25, unique_by=lambda control: control[:2],
)  # fmt: skip
MARKS = st.lists(st.integers(0, END - 1), max_size=8, unique=True)


def clips_of(
    notes: list[tuple[int, int, int]], controls: list[tuple[int, int, int]], marks: list[int]
) -> tuple[Clip, ...]:
    events = [MidiEvent(t, smf.CONTROL, 0, n, v) for t, n, v in controls]
    for start, length, pitch in notes:
        stop = min(start + length, (start // 3_200 + 1) * 3_200, END)
        events.append(MidiEvent(start, smf.NOTE_ON, 0, pitch, 80))
        events.append(MidiEvent(stop, smf.NOTE_OFF, 0, pitch, 64))
    events.sort(key=lambda event: (event.tick, event.kind != smf.NOTE_OFF))
    markers = tuple(Marker(mark, f"at {mark}") for mark in sorted(marks))
    return _clips(tuple(events), markers, END)


@settings(max_examples=150, deadline=None)
@given(NOTES, CONTROLS, MARKS)
def test_clips_hold_every_note_once_and_know_their_controllers(
    notes: list[tuple[int, int, int]], controls: list[tuple[int, int, int]], marks: list[int]
) -> None:
    clips = clips_of(notes, controls, marks)
    starts = [(clip.start_ticks + n.start_ticks, n.pitch) for clip in clips for n in clip.notes]
    assert sorted(starts) == sorted((start, pitch) for start, _, pitch in notes)
    for before, after in pairwise(clips):
        assert before.end_ticks <= after.start_ticks
    for clip in clips:
        length = clip.end_ticks - clip.start_ticks
        assert all(n.start_ticks >= 0 and n.start_ticks + n.duration_ticks <= length
                   for n in clip.notes)  # fmt: skip
        for tick in (0, length // 2, length - 1):
            wanted = {n: v for t, n, v in sorted(controls) if t <= clip.start_ticks + tick}
            assert {e.a: e.b for e in clip.events if e.ticks <= tick} == wanted


def test_a_note_held_over_a_mark_joins_its_sections() -> None:
    clips = clips_of([(100, 3_000, 60), (2_500, 400, 62)], [], [0, 1_000, 2_000])
    assert [(clip.name, clip.start_ticks) for clip in clips] == [("at 0 + at 1000 + at 2000", 0)]
    grazing = clips_of([(980, 900, 60)], [], [0, 1_000])
    assert [(clip.name, clip.start_ticks) for clip in grazing] == [("at 1000", 980)]
