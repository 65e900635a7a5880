"""Parts as MIDI for other players."""

from __future__ import annotations

import io
from itertools import pairwise

import mido

from songwright.perform.model import ControlPoint, PlayedNote, PlayedPart
from songwright.render.hosts.midi_part import midi_events, midi_file

PART = PlayedPart(
    "p", "P", "lead", "violin",
    (PlayedNote(0.5, 0.5, 60, 80), PlayedNote(1.0, 0.001, 60, 90), PlayedNote(0, 1, 200, 80)),
    (ControlPoint(0.0, 7, 50), ControlPoint(0.2, 128, 0), ControlPoint(0.7, 128, 8192),
     ControlPoint(0.4, 64, 127)),
)  # fmt: skip


def test_a_midi_reader_reads_it_back() -> None:
    file = mido.MidiFile(file=io.BytesIO(midi_file(PART, 0, 40, False)))
    now, notes, bends = 0.0, [], []
    for message in file:
        now += message.time
        if message.type in ("note_on", "note_off"):
            notes.append((round(now, 3), message.type, message.note, message.velocity))
        if message.type == "pitchwheel":
            bends.append((now, message.pitch))
        assert message.is_meta or message.channel == 0
    assert notes == [
        (0.5, "note_on", 60, 80), (1.0, "note_off", 60, 0), (1.0, "note_on", 60, 90),
        (1.005, "note_off", 60, 0),
    ]  # fmt: skip
    assert bends[0] == (0.2, 0) and bends[-1][1] == 8191 and len(bends) > 20
    assert all(b >= a for (_, a), (_, b) in pairwise(bends))


def test_kits_are_on_channel_ten_and_the_mix_controls_stay_out() -> None:
    file = mido.MidiFile(file=io.BytesIO(midi_file(PART, 0, 8, True)))
    assert {m.channel for m in file if not m.is_meta} == {9}
    assert not any(m[0] == 0xB0 and m[1] == 7 for _, m in midi_events(PART))
