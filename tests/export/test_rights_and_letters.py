"""What files say of their rights, and how they spell what a field cannot hold."""

from __future__ import annotations

import errno
from dataclasses import replace

import pytest
from tests.export.exported import package, small_song

from songwright.errors import OutputError
from songwright.export.letters import plain_letters
from songwright.export.players import players
from songwright.export.tags import LICENCE, licence_with, sources_text
from songwright.score.notation import write_musicxml
from songwright.session import export_targets
from songwright.session.export_targets import song_tags
from songwright.session.exports import export


@pytest.fixture(scope="module")
def song():
    return small_song("solo piano, 4 bars")


def test_a_soundfont_is_named_and_its_folder_is_not():
    asked = ("piano=/home/me/fonts/Grand.sf2", "/opt/GM.sf3", "auto", "/opt/GM.sf3")
    assert sources_text(asked) == "Grand.sf2, GM.sf3, a soundfont of this system"
    assert "no third-party" not in licence_with(asked) and "Grand.sf2" in licence_with(asked)
    assert licence_with(()) == LICENCE and sources_text(()) == "synthesised"


def test_exports_of_a_piece_played_by_a_soundfont_say_so(song, tmp_path, monkeypatch):
    folder = package(song, tmp_path / "piece")
    assert song_tags(song, folder).licence == LICENCE
    monkeypatch.setattr(export_targets, "played_by", lambda package: ("/opt/Other.sf2",))
    stems, cue = export(folder, ["stems", "cue"])
    assert b"Other.sf2" in (stems.folder / stems.files[0]).read_bytes()
    sheet = next(stem for stem in cue.files if stem.endswith("sheet.txt"))
    for text in ((cue.folder / sheet), (stems.folder / "about.txt")):
        assert "Other.sf2" in text.read_text("utf-8")
        assert "no third-party" not in text.read_text("utf-8")


@pytest.mark.parametrize(
    ("text", "plain"),
    [("Été à Łódź", "Ete a Lodz"), ("Straße — Ærø", "Strasse - AEro"), ("秋", "秋"), ("A♭", "Ab"),
     ("plain", "plain")],
)  # fmt: skip
def test_letters_without_accents(text, plain):
    assert plain_letters(text) == plain


def test_a_hand_on_another_instrument_is_another_player(song):
    """A right hand given to a clarinet was printed as the piano's upper staff, under its name."""
    hands = [p for p in song.score.parts if p.staff_group]
    assert len(hands) == 2 and len(players(song.score)) == len(song.score.parts) - 1
    right = replace(hands[0], instrument="clarinet", name="Clarinet")
    parts = tuple(right if p.id == right.id else p for p in song.score.parts)
    score = replace(song.score, parts=parts)
    assert [player.name for player in players(score)][:2] == ["Clarinet", hands[1].name]
    notation = write_musicxml(score).decode()
    assert notation.count("<score-part ") == len(parts)
    assert "<transpose>" in notation


def test_everything_on_a_full_disk_is_an_error(song, tmp_path, monkeypatch):
    def full(job, folder):
        (folder / "half").write_bytes(b"half")
        raise OSError(errno.ENOSPC, "No space left on device")

    folder = package(song, tmp_path / "piece")
    out = export(folder, ["midi"])[0].folder
    before = {p.name: p.read_bytes() for p in out.rglob("*") if p.is_file()}
    targets = {name: replace(target, write=full) for name, target in export_targets.TARGETS.items()}
    monkeypatch.setattr("songwright.session.exports.TARGETS", targets)
    with pytest.raises(OutputError, match="is full; free some space"):
        export(folder, ["all"])
    assert before == {p.name: p.read_bytes() for p in out.rglob("*") if p.is_file()}
    assert [p.name for p in (folder / "exports").iterdir()] == ["midi"]
