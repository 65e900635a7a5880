"""MusicXML in: what is written comes back, and strange files are answered."""

from __future__ import annotations

import io
import zipfile

import pytest

from songwright.errors import FileFormatError
from songwright.evaluate.musicxml import read_musicxml
from songwright.score import Score
from songwright.score.notation.musicxml import write_musicxml
from songwright.theory import Meter


def sounding(score: Score) -> list[tuple[int, int, int]]:
    return sorted((n.onset_ticks, n.duration_ticks, n.pitch) for p in score.parts for n in p.notes)


def chord_changes(score: Score) -> list[tuple[int, str]]:
    """Where the chord becomes another one."""
    found: list[tuple[int, str]] = []
    for span in score.chords:
        if not found or found[-1][1] != span.chord.symbol:
            found.append((span.onset_ticks, span.chord.symbol))
    return found


def test_a_written_score_comes_back(ode: Score, hundredth: Score) -> None:
    for score in (ode, hundredth):
        again = read_musicxml(write_musicxml(score))
        assert sounding(again) == sounding(score)
        assert again.bars == score.bars
        assert again.keys[0].key == score.keys[0].key
        assert chord_changes(again) == chord_changes(score)


def test_a_compressed_file_is_unpacked(ode: Score) -> None:
    box = io.BytesIO()
    with zipfile.ZipFile(box, "w") as packed:
        packed.writestr("META-INF/container.xml", "<container/>")
        packed.writestr("score.xml", write_musicxml(ode))
    assert sounding(read_musicxml(box.getvalue())) == sounding(ode)


UPBEAT = """<score-partwise version="4.0"><part-list><score-part id="P1">
<part-name>Violin</part-name></score-part></part-list><part id="P1">
<measure number="0" implicit="yes"><attributes><divisions>2</divisions><key><fifths>-1</fifths>
</key><time><beats>3</beats><beat-type>4</beat-type></time></attributes>
<note><grace/><pitch><step>D</step><octave>5</octave></pitch></note>
<note><pitch><step>C</step><octave>5</octave></pitch><duration>2</duration></note></measure>
<measure number="1"><direction><direction-type><dynamics><ff/></dynamics></direction-type>
</direction><note><pitch><step>F</step><octave>4</octave></pitch><duration>6</duration>
<tie type="start"/></note></measure>
<measure number="2"><note><pitch><step>F</step><octave>4</octave></pitch><duration>4</duration>
<tie type="stop"/></note><note><rest/><duration>2</duration></note></measure>
<measure number="3"><note><pitch><step>B</step><alter>-1</alter><octave>4</octave></pitch>
<duration>6</duration></note><note><chord/><pitch><step>D</step><octave>4</octave></pitch>
<duration>6</duration></note></measure></part></score-partwise>"""


def test_upbeats_ties_chords_graces_and_dynamics() -> None:
    score = read_musicxml(UPBEAT.encode())
    assert score.bars == 4
    assert score.meters[0].meter == Meter(3, 4)
    assert [c.tick for c in score.meters] == [0, 480]
    notes = score.parts[0].notes
    assert [(n.onset_ticks, n.duration_ticks, n.pitch) for n in notes] == [
        (0, 480, 72), (480, 2400, 65), (3360, 1440, 62), (3360, 1440, 70),
    ]  # fmt: skip
    assert notes[0].velocity == 80
    assert notes[1].velocity == 108
    assert score.parts[0].instrument == "violin"


@pytest.mark.parametrize(
    "data", [b"", b"not xml", b"<html/>", b"PK\x03\x04broken", b"<score-timewise/>"]
)
def test_other_files_are_refused_in_words(data: bytes) -> None:
    with pytest.raises(FileFormatError):
        read_musicxml(data)


def test_a_score_without_notes_is_empty() -> None:
    score = read_musicxml(b"<score-partwise><part-list/></score-partwise>")
    assert score.parts == ()
    assert score.bars == 1


def part_xml(attributes: str, notes: str) -> bytes:
    return (
        '<score-partwise><part-list><score-part id="P1"><part-name>Clarinet</part-name>'
        '</score-part></part-list><part id="P1"><measure number="1"><attributes><divisions>1'
        f"</divisions>{attributes}</attributes>{notes}</measure></part></score-partwise>"
    ).encode()


def note_xml(step: str, octave: int, staff: int = 1) -> str:
    return (
        f"<note><pitch><step>{step}</step><octave>{octave}</octave></pitch><duration>1</duration>"
        f"<staff>{staff}</staff></note>"
    )


@pytest.mark.parametrize(
    ("transpose", "sounds"),
    [
        ("<chromatic>-2</chromatic>", 70),  # clarinet in B flat
        ("<diatonic>-4</diatonic><chromatic>-7</chromatic>", 65),  # horn in F
        ("<chromatic>0</chromatic><octave-change>-1</octave-change>", 60),  # double bass
        ("<chromatic>-2</chromatic><octave-change>-1</octave-change>", 58),  # bass clarinet
        ("<chromatic>3</chromatic>", 75),  # clarinet in E flat
    ],
)
def test_transposing_instruments_sound_where_they_sound(transpose: str, sounds: int) -> None:
    score = read_musicxml(part_xml(f"<transpose>{transpose}</transpose>", note_xml("C", 5)))
    assert [n.pitch for n in score.parts[0].notes] == [sounds]


def test_a_transposition_may_change_and_belong_to_one_staff() -> None:
    later = "<attributes><transpose><chromatic>-3</chromatic></transpose></attributes>"
    score = read_musicxml(
        part_xml(
            '<staves>2</staves><transpose number="2"><chromatic>-7</chromatic></transpose>',
            note_xml("C", 5) + note_xml("C", 5, 2) + later + note_xml("C", 5) + note_xml("C", 5, 2),
        )
    )
    assert [n.pitch for n in score.parts[0].notes] == [72, 69]
    assert [n.pitch for n in score.parts[1].notes] == [65, 65]


def test_signatures_and_chord_symbols_move_with_the_instrument() -> None:
    # D major on paper is C major for a clarinet in B flat, and its chord of A7/C# is G7/B.
    chord = (
        "<harmony><root><root-step>A</root-step></root><kind>dominant</kind><bass><bass-step>C"
        "</bass-step><bass-alter>1</bass-alter></bass></harmony>"
    )
    score = read_musicxml(
        part_xml(
            "<key><fifths>2</fifths></key><transpose><chromatic>-2</chromatic></transpose>",
            chord + note_xml("D", 5),
        )
    )
    assert str(score.keys[0].key) == "C major"
    assert score.chords[0].chord.symbol == "G7/B"


def test_an_octave_sign_moves_nothing_since_pitches_under_it_are_written_as_they_sound() -> None:
    sign = '<direction><direction-type><octave-shift type="{}" size="8"/></direction-type>'
    notes = (
        sign.format("down") + "</direction>" + note_xml("A", 5) + note_xml("C", 6)
        + sign.format("stop") + "</direction>" + note_xml("E", 4)
    )  # fmt: skip
    assert [n.pitch for n in read_musicxml(part_xml("", notes)).parts[0].notes] == [81, 84, 64]


def test_repeats_are_played_once() -> None:
    end = '<barline location="right"><repeat direction="backward"/></barline>'
    score = read_musicxml(part_xml("", note_xml("C", 5) + note_xml("D", 5) + end))
    assert [n.pitch for n in score.parts[0].notes] == [72, 74]


@pytest.mark.parametrize(
    "measure",
    [
        "<attributes><divisions>0</divisions></attributes>" + note_xml("C", 4),
        "<attributes><divisions>nan</divisions></attributes>" + note_xml("C", 4),
        note_xml("H", 4),
        note_xml("C", 4).replace("<duration>1<", "<duration>long<"),
        note_xml("C", 4).replace("<duration>1<", "<duration>1e400<"),
        note_xml("C", 4).replace("<duration>1<", "<duration>1e9<"),
    ],
)
def test_senseless_numbers_are_refused_in_words(measure: str) -> None:
    with pytest.raises(FileFormatError, match="MusicXML"):
        read_musicxml(part_xml("", measure))


def test_going_back_past_the_bar_line_stops_there() -> None:
    score = read_musicxml(
        part_xml("", "<backup><duration>99</duration></backup>" + note_xml("C", 4))
    )
    assert [n.onset_ticks for n in score.parts[0].notes] == [0]
