"""PDF: the path reader against known curves, and whole pages through Verovio when it is here."""

from __future__ import annotations

import base64
import re
import xml.etree.ElementTree as ET
import zlib

import pytest
from tests.export.exported import small_song
from tests.musescore import needs_musescore

from songwright.errors import OutputError
from songwright.export import engraving
from songwright.export.engraving import engrave, gather_rests
from songwright.export.players import players
from songwright.export.svgpaths import path_segments
from songwright.score.notation import write_musicxml
from songwright.session.exports import export
from songwright.session.song import compose


def test_paths_become_absolute():
    assert path_segments("M1 2l3-1h2v.5z") == (
        ("M", (1, 2)), ("L", (4, 1)), ("L", (6, 1)), ("L", (6, 1.5)), ("Z", ()),
    )  # fmt: skip
    assert path_segments("m1 1 2 0c1 0 1 1 2 1s1 1 2 0") == (
        ("M", (1, 1)), ("L", (3, 1)), ("C", (4, 1, 4, 2, 5, 2)), ("C", (6, 2, 6, 3, 7, 2)),
    )  # fmt: skip
    # A quadratic curve keeps its middle: B(1/2) = (P0 + 2 Q + P1) / 4.
    (_, (_, cubic)) = path_segments("M0 0Q2 4 4 0")
    x1, y1, x2, y2, x3, y3 = cubic
    assert ((3 * x1 + 3 * x2 + x3) / 8, (3 * y1 + 3 * y2 + y3) / 8) == pytest.approx((2, 2))
    # After z, relative moves start from where the shape began.
    assert path_segments("M5 5h1zm1 1h1")[-1] == ("L", (7, 6))


@pytest.mark.parametrize("data", ["M1", "1 2", "M1 2 C1 2 3", "M0 0L1 2 3"])
def test_broken_paths_are_refused(data):
    with pytest.raises(ValueError):
        path_segments(data)


def measure(number: int, content: str) -> str:
    return f'<measure number="{number}">{content}</measure>'


REST = '<note><rest measure="yes"/><duration>4</duration></note>'
NOTE = "<note><pitch><step>C</step></pitch></note>"


def test_long_rests_are_gathered_between_marks():
    mark, double = "<direction/>", "<barline/>"
    bars = [mark + REST, REST, REST, REST + double, REST, NOTE, REST, NOTE, REST, REST]
    part = ET.fromstring("<part>" + "".join(map(measure, range(1, 11), bars)) + "</part>")
    gather_rests(part)
    found = {
        m.get("number"): m.findtext("attributes/measure-style/multiple-rest")
        for m in part.findall("measure")
        if m.find("attributes") is not None
    }
    assert found == {"2": "3", "9": "2"}


def test_players_keep_the_staves_of_a_keyboard_together():
    song = compose("solo piano nocturne, 8 bars", 1)
    assert [len(p.score.parts) for p in players(song.score)] == [len(song.score.parts)]
    band = small_song()
    assert len(players(band.score)) == len({p.staff_group or p.id for p in band.score.parts})
    kept = {p.score.parts[0].role for p in players(band.score) if p.score.chords}
    assert kept <= {"chords", "bass", "arp"} and kept


def text_of(pdf: bytes) -> str:
    """Text drawn on the pages, from the content streams."""
    words = []
    for match in re.finditer(rb"stream\r?\n(.*?)endstream", pdf, re.S):
        data = match[1].strip()
        if data.endswith(b"~>"):
            data = zlib.decompress(base64.a85decode(data, adobe=True))
        words += [w.decode("latin-1") for w in re.findall(rb"\(((?:[^()\\]|\\.)*)\) Tj", data)]
    return "\n".join(words)


@pytest.fixture(scope="module")
def verovio():
    pytest.importorskip("verovio")
    pytest.importorskip("reportlab")


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_verovio_engraves_score_and_parts(verovio, tmp_path):
    song = small_song(title="Café")
    folder = tmp_path / "piece"
    folder.mkdir()
    (folder / "song.json").write_bytes(song.to_json())
    first = export(folder, ["pdf"], tmp_path / "a", engraver="verovio")[0]
    second = export(folder, ["pdf"], tmp_path / "b", engraver="verovio")[0]
    assert len(first.files) == 1 + len(players(song.score))
    for name in first.files:
        data = (first.folder / name).read_bytes()
        assert data.startswith(b"%PDF-") and data == (second.folder / name).read_bytes()
        assert b"/MediaBox [ 0 0 595.276 841.89 ]" in data
    text = text_of((first.folder / next(f for f in first.files if "Full score" in f)).read_bytes())
    assert "Full score" in text and "Caf" in text
    for part in song.score.parts:
        assert part.name.split()[0] in text
    assert re.search(r"=\s+\d+", text), "the metronome mark is text; its note is an outline"


@needs_musescore
def test_musescore_engraves_when_it_is_alone(monkeypatch):
    monkeypatch.setattr(engraving.importlib.util, "find_spec", lambda name: None)
    assert engraving.engravers() == ("musescore",)
    song = small_song("solo flute tune, 4 bars")
    pdf = engrave(write_musicxml(song.score), song.score.title)
    assert pdf.startswith(b"%PDF-") and b"D:20000101000000" in pdf


def test_without_an_engraver_the_error_helps(monkeypatch):
    monkeypatch.setattr(engraving.importlib.util, "find_spec", lambda name: None)
    monkeypatch.setattr(engraving.shutil, "which", lambda name: None)
    with pytest.raises(OutputError, match=r"songwright\[notation\]"):
        engrave(b"<score-partwise/>", "x")
