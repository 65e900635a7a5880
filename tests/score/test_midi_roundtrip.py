"""Random scores through MIDI and back; nothing is lost that MIDI can hold."""

from __future__ import annotations

import io

import mido
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from songwright.score import (
    KeyChange,
    MeterChange,
    Note,
    Part,
    Score,
    TempoChange,
    TimeMap,
    instruments,
)
from songwright.score.midi import read_midi, write_midi
from songwright.theory import Key, Meter

METERS = [Meter(4, 4), Meter(3, 4), Meter(6, 8), Meter(7, 8), Meter(5, 4)]
NAMES = sorted(instruments())


@st.composite
def scores(draw: st.DrawFn) -> Score:
    """Scores of up to four parts with changes of metre and tempo and overlapping notes."""
    first, second = draw(st.sampled_from(METERS)), draw(st.sampled_from(METERS))
    change = draw(st.integers(1, 3))
    bars = change + draw(st.integers(1, 3))
    meters = (MeterChange(0, first), MeterChange(change * first.bar_ticks, second))
    tempos = (
        TempoChange(0, draw(st.floats(20, 400))),
        TempoChange(draw(st.integers(1, 2000)), draw(st.floats(20, 400))),
    )
    end = TimeMap.build(tempos, meters).bar_start(bars)
    parts = []
    for i in range(draw(st.integers(0, 4))):
        notes = draw(
            st.lists(
                st.builds(
                    lambda onset, length, pitch, velocity: Note(
                        onset, min(length, end - onset), pitch, velocity
                    ),
                    st.integers(0, end - 1),
                    st.integers(1, 3000),
                    st.integers(0, 127),
                    st.integers(1, 127),
                ),
                max_size=20,
            )
        )
        name = draw(st.sampled_from(NAMES))
        parts.append(Part(f"p{i}", f"p{i}", "lead", name, tuple(notes)))
    key = Key(
        draw(st.sampled_from(["C", "F#", "Bb", "E"])), draw(st.sampled_from(["major", "minor"]))
    )
    return Score("T", bars, meters, tempos, (KeyChange(0, key),), parts=tuple(parts))


def strokes(part: Part) -> set[tuple[int, int]]:
    return {(note.onset_ticks, note.pitch) for note in part.notes}


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(scores())
def test_what_is_written_is_read(score: Score) -> None:
    data = write_midi(score)
    assert data == write_midi(score)
    again = read_midi(data)
    assert again.bars == score.bars
    assert [c.meter for c in again.meters] == [c.meter for c in score.meters]
    assert again.keys == score.keys
    assert again.title == score.title
    for ours, theirs in zip(score.tempos, again.tempos, strict=True):
        assert ours.tick == theirs.tick and abs(ours.bpm / theirs.bpm - 1) < 1e-5
    sounding = [part for part in score.parts if part.notes]
    assert [strokes(part) for part in again.parts] == [strokes(part) for part in sounding]
    kits = {row.id for row in instruments().values() if row.is_kit}
    for ours_part, theirs_part in zip(sounding, again.parts, strict=True):
        if ours_part.instrument not in kits:  # kits share one channel and so one program
            assert theirs_part.instrument == ours_part.instrument
    # What was read is a fixed point: no key is held while it is struck again.
    assert [p.notes for p in read_midi(write_midi(again)).parts] == [p.notes for p in again.parts]


@settings(max_examples=40, deadline=None)
@given(scores())
def test_no_stuck_notes(score: Score) -> None:
    for track in mido.MidiFile(file=io.BytesIO(write_midi(score))).tracks:
        down: set[int] = set()
        for message in track:
            if message.type == "note_on" and message.velocity:
                assert message.note not in down
                down.add(message.note)
            elif message.type in ("note_off", "note_on"):
                down.remove(message.note)
        assert not down
