"""Chord charts as files: headings, missing bar lines, names that are no file."""

from __future__ import annotations

from pathlib import Path

import pytest

from songwright.brief import understand
from songwright.errors import BriefError
from songwright.session.charts import chart_of


def heard(text: str) -> list[tuple[str, list[str]]]:
    """Sections and the chords of their bars, as a brief reads the chart."""
    brief = understand("pop", {"chords": chart_of(text)})
    if brief.chart:
        return [("", [" ".join(bar.chords) for bar in brief.chart])]
    return [(s.function, [" ".join(bar.chords) for bar in s.chart]) for s in brief.form]


VERSE, CHORUS = ["Dm7", "G7", "Cmaj7", "Cmaj7"], ["F#m7b5 B7", "Em7 A7"]


@pytest.mark.parametrize(
    "text",
    [
        "verse: Dm7 | G7 | Cmaj7 | %\nchorus: F#m7b5 B7 | Em7 A7",
        "[Verse]\nDm7 | G7 |\nCmaj7 | %\n\n[Chorus 1]\n| F#m7b5 B7 | Em7 A7 |\n",
        "Verse 1:\nDm7 | G7 | Cmaj7 | %\nChorus:\nF#m7b5 B7 | Em7 A7",
    ],
)
def test_sections_may_stand_under_headings(text: str) -> None:
    assert heard(text) == [("verse", VERSE), ("chorus", CHORUS)]


def test_a_heading_alone_repeats_its_section() -> None:
    text = "[Verse]\nC | G\n[Chorus]\nF | G\n[Verse 2]\n[Chorus]"
    assert heard(text) == [("verse", ["C", "G"]), ("chorus", ["F", "G"])] * 2


def test_without_bar_lines_a_chord_is_a_bar_on_one_line_and_on_many() -> None:
    assert heard("C Am F G") == heard("C Am\nF  G") == [("", ["C", "Am", "F", "G"])]


def test_a_file_is_read_and_a_missing_one_is_named(tmp_path: Path) -> None:
    (tmp_path / "changes.txt").write_text("[Verse]\nC | G\n", "utf-8")
    assert heard(str(tmp_path / "changes.txt")) == [("verse", ["C", "G"])]
    with pytest.raises(BriefError, match=r"nothing\.txt cannot be read: no such file"):
        chart_of("nothing.txt")
    (tmp_path / "scan.txt").write_bytes(b"\xff\xfe\x00C")
    with pytest.raises(BriefError, match=r"scan\.txt cannot be read"):
        chart_of(str(tmp_path / "scan.txt"))


def test_lyrics_are_named_as_no_chords() -> None:
    with pytest.raises(BriefError, match="Hello"):
        heard("[Verse]\nC G\nHello my darling")
