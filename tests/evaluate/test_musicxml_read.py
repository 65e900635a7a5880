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
