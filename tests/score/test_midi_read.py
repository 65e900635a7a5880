"""MIDI files from outside: odd ones are read, damaged ones refused with advice."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from songwright.errors import FileFormatError
from songwright.score.midi import read_midi
from songwright.score.midi_voices import read_voices, unique_ids
from songwright.theory import Key, Meter


def smf(*tracks: bytes, kind: int = 1, division: int = 480) -> bytes:
    """A file of raw track bodies (end of track is added)."""
    header = b"MThd\0\0\0\6" + b"".join(n.to_bytes(2, "big") for n in (kind, len(tracks), division))
    chunks = [body + b"\0\xff\x2f\0" for body in tracks]
    return header + b"".join(b"MTrk" + len(c).to_bytes(4, "big") + c for c in chunks)


ONE_NOTE = bytes((0, 0x90, 60, 100, 0x83, 0x60, 0x80, 60, 0))  # 480 ticks


def test_defaults_of_the_standard() -> None:
    score = read_midi(smf(ONE_NOTE))
    assert score.tempos[0].bpm == 120.0
    assert score.meters[0].meter == Meter(4, 4)
    assert score.keys[0].key == Key("C", "major")
    assert score.bars == 1
    (part,) = score.parts
    assert (part.instrument, part.name) == ("acoustic_grand_piano", "Acoustic Grand Piano")
    (note,) = part.notes
    assert (note.onset_ticks, note.duration_ticks, note.pitch, note.velocity) == (0, 480, 60, 100)


@pytest.mark.parametrize(("division", "expected"), [(480, 480), (96, 2400), (960, 240)])
def test_ticks_are_rescaled(division: int, expected: int) -> None:
    (note,) = read_midi(smf(ONE_NOTE, division=division)).parts[0].notes
    assert note.duration_ticks == expected


def test_running_status_and_velocity_zero() -> None:
    body = bytes((0, 0x90, 60, 100, 0x60, 60, 0, 0, 62, 90, 0x60, 62, 0))
    notes = read_midi(smf(body)).parts[0].notes
    assert [(n.onset_ticks, n.duration_ticks, n.pitch) for n in notes] == [
        (0, 96, 60),
        (96, 96, 62),
    ]


def test_notes_of_no_length_become_short() -> None:
    body = bytes((0, 0x99, 36, 100, 0, 0x89, 36, 0, 0x60, 0x99, 38, 100, 0, 38, 0))
    (part,) = read_midi(smf(body)).parts
    assert part.role == "drums" and part.instrument == "standard_kit"
    assert [(n.onset_ticks, n.duration_ticks) for n in part.notes] == [(0, 60), (96, 60)]


def test_stuck_notes_are_released_at_the_end() -> None:
    body = bytes((0, 0x90, 60, 100, 0x87, 0x40, 0x90, 64, 100))
    notes = read_midi(smf(body, ONE_NOTE + b"\x8f\0\xff\x01\x01x")).parts[0].notes
    assert {n.pitch: n.end_ticks for n in notes} == {60: 480 + 1920, 64: 480 + 1920}


def test_all_notes_off_releases() -> None:
    body = bytes((0, 0x90, 60, 100, 0x60, 0xB0, 123, 0, 0x60, 0xB0, 7, 1))
    (note,) = read_midi(smf(body)).parts[0].notes
    assert note.duration_ticks == 96


def test_program_changes_split_a_track() -> None:
    violin = bytes((0, 0xC0, 40)) + ONE_NOTE
    trumpet = bytes((0, 0xC0, 56)) + ONE_NOTE
    named = b"\0\xff\x03\x04Solo"
    score = read_midi(smf(named + violin + trumpet))
    assert [(p.instrument, len(p.notes)) for p in score.parts] == [("violin", 1), ("trumpet", 1)]
    assert score.parts[1].notes[0].onset_ticks == 480
    assert [p.id for p in score.parts] == ["solo", "solo_trumpet"]


def test_a_program_set_in_another_track_counts() -> None:
    score = read_midi(smf(ONE_NOTE, bytes((0, 0xC0, 40))))
    assert score.parts[0].instrument == "violin"


def test_format_0_channels_become_parts() -> None:
    second = bytes((0, 0xC1, 32, 0, 0x91, 40, 100, 0x60, 0x81, 40, 0))
    score = read_midi(smf(ONE_NOTE + second, kind=0))
    assert [(p.instrument, p.role) for p in score.parts] == [
        ("acoustic_grand_piano", "lead"),
        ("acoustic_bass", "bass"),
    ]


def test_format_2_patterns_follow_one_another() -> None:
    score = read_midi(smf(ONE_NOTE, ONE_NOTE, kind=2))
    assert [p.notes[0].onset_ticks for p in score.parts] == [0, 480]


def test_smpte_time() -> None:
    """25 frames of 40 ticks: a tick is a millisecond, so 480 ticks are 0.48 s."""
    division = (256 - 25) << 8 | 40
    tempo = b"\0\xff\x51\x03\x0f\x42\x40"  # 60 bpm, which must not matter
    (note,) = read_midi(smf(tempo + ONE_NOTE, division=division)).parts[0].notes
    assert note.duration_ticks == round(0.48 * 2 * 480)


def test_markers_become_chords_and_sections() -> None:
    def marker(delta: bytes, text: str) -> bytes:
        return delta + b"\xff\x06" + bytes((len(text),)) + text.encode()

    body = marker(b"\0", "Verse 1") + marker(b"\0", "Dm7") + marker(b"\x8f\0", "chorus [B]")
    score = read_midi(smf(body + marker(b"\0", "G/B") + ONE_NOTE))
    assert [(c.chord.symbol, c.onset_ticks, c.duration_ticks) for c in score.chords] == [
        ("Dm7", 0, 1920),
        ("G/B", 1920, 1920),
    ]
    assert [(s.function, s.letter, s.start_bar, s.bars) for s in score.sections] == [
        ("Verse 1", "", 0, 1),
        ("chorus", "B", 1, 1),
    ]


def test_bend_range_is_converted() -> None:
    rpn = bytes((0, 0xB0, 101, 0, 0, 100, 0, 0, 6, 12))
    bend = bytes((0, 0xE0, 0x7F, 0x7F))
    (voice,) = read_voices(smf(rpn + bend + ONE_NOTE)).voices
    ((_, controller, value),) = voice.controls
    assert controller == 128
    assert value / 4096 == pytest.approx(12.0, abs=0.01)


@pytest.mark.parametrize(
    "odd",
    [
        b"\0\xff\x59\x02\x20\0",  # 32 sharps
        b"\0\xff\x58\x04\x04\x20\x18\x08",  # 4 over 2^32
        b"\0\xff\x51\x03\0\0\0",  # a tempo without end
        b"\0\xff\x03\x02\xff\xfe",  # a name that is not UTF-8
        b"\0\xff\x70\x01\x05",  # an unknown meta event
        b"\0\xf0\x03\x7e\x7f\xf7",  # system exclusive
        b"\0\xd0\x40\0\xa0\x3c\x40",  # pressure
    ],
)
def test_oddities_do_not_stop_the_music(odd: bytes) -> None:
    score = read_midi(smf(odd + ONE_NOTE))
    assert len(score.parts[0].notes) == 1
    assert score.tempos[0].bpm == 120.0


def test_wrappers_padding_and_missing_ends_are_read() -> None:
    plain = smf(ONE_NOTE)
    riff = b"RIFF\0\0\0\0RMIDdata\0\0\0\0" + plain
    body = b"MTrk" + len(ONE_NOTE).to_bytes(4, "big") + ONE_NOTE
    headless_end = plain[:14] + body
    for data in (riff, plain + b"\0" * 20, headless_end, plain + b"XTRA\0\0\0\2ab"):
        assert len(read_midi(data).parts[0].notes) == 1


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "not a MIDI file"),
        (b"RIFF....WAVEfmt ", "not a MIDI file"),
        (smf(ONE_NOTE)[:-6], "cut off"),
        (smf(), "no tracks"),
        (smf(ONE_NOTE, kind=7), "format 7"),
        (smf(ONE_NOTE, division=0), "0 ticks"),
        (smf(ONE_NOTE, division=0x9F00), "SMPTE"),
        (smf(b"\0\x3c\x40"), "without a command"),
        (smf(b"\0\x90\x3c\xf4"), "data byte"),
        (smf(b"\xff\xff\xff\xff\xff"), "number longer"),
        (smf(b"\0\xff\x01\x7fabc"), "runs past"),
        (smf(ONE_NOTE + b"\xff\xff\xff\x7f\xff\x01\0"), "bars long"),
    ],
)
def test_damage_is_explained(data: bytes, words: str) -> None:
    with pytest.raises(FileFormatError, match=words):
        read_midi(data)


@given(st.binary(max_size=200), st.integers(0, 3))
def test_noise_never_crashes(noise: bytes, kind: int) -> None:
    try:
        score = read_midi(smf(noise, ONE_NOTE, kind=kind))
    except FileFormatError:
        return
    assert all(note.duration_ticks > 0 for part in score.parts for note in part.notes)


def test_ids_are_unique() -> None:
    assert unique_ids(["Piano", "piano", "", "Ω", "piano 2"]) == [
        "piano", "piano_2", "part", "part_2", "piano_2_2",
    ]  # fmt: skip
