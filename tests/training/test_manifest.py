"""The manifest is sorted, whole, stable and says nothing that it must not."""

import json
import re
from pathlib import Path

import msgspec
import pytest
from training.corpora import manifest, prepare
from training.corpora.manifest import (
    COLUMNS,
    DOCUMENT,
    MANIFEST,
    cards,
    line_of,
    read_manifest,
    update_document,
    write_manifest,
)
from training.corpora.model import Entry

from songwright.errors import FileFormatError

ONE = Entry("s/1", "s", "CC0-1.0", "Somebody", "ab", "g", "train", pieces=1, notes=9)


def test_it_is_sorted_and_comes_back(tmp_path: Path):
    path = tmp_path / "manifest.tsv"
    entries = [msgspec.structs.replace(ONE, id=f"s/{n}", reason="a\tb") for n in (3, 1, 2)]
    size = write_manifest(path, entries)
    again = read_manifest(path)
    assert [e.id for e in again] == ["s/1", "s/2", "s/3"]
    assert again[0].reason == "a b"
    assert size == path.stat().st_size
    first = path.read_bytes()
    write_manifest(path, reversed(entries))
    assert path.read_bytes() == first


def test_an_item_is_listed_once(tmp_path: Path):
    with pytest.raises(ValueError, match="twice: s/1"):
        write_manifest(tmp_path / "m.tsv", [ONE, ONE])


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("Project; Jane Doe <jane@doe.org>: Duet", "Project; Jane Doe: Duet"),
        ("Project; jane@cs.doe.org: Duet", "Project; jane: Duet"),
        ("A  tab\there", "A tab here"),
    ],
)
def test_addresses_are_not_passed_on(given, kept):
    cells = line_of(msgspec.structs.replace(ONE, attribution=given)).split("\t")
    assert cells[COLUMNS.index("attribution")] == kept


def test_the_credit_of_a_set_is_told_once(tmp_path: Path):
    mutopia = msgspec.structs.replace(ONE, id="mutopia_midi/1", source="mutopia_midi",
                                      attribution="Mutopia Project; Jane: Duet")  # fmt: skip
    path = tmp_path / "m.tsv"
    write_manifest(path, [mutopia])
    assert "\tJane: Duet\t" in path.read_text("utf-8")
    assert read_manifest(path)[0].attribution == "Mutopia Project; Jane: Duet"


def test_a_damaged_manifest_is_refused(tmp_path: Path):
    path = tmp_path / "m.tsv"
    path.write_text("id\tsource\n", "utf-8")
    with pytest.raises(FileFormatError, match="not a manifest"):
        read_manifest(path)
    write_manifest(path, [ONE])
    path.write_text(path.read_text("utf-8") + "s/2\ts\n", "utf-8")
    with pytest.raises(FileFormatError, match="line 3 has 2 cells"):
        read_manifest(path)


def test_tables_are_put_between_their_marks(tmp_path: Path):
    path = tmp_path / "d.md"
    path.write_text("a\n<!-- one -->\nold\n<!-- end -->\nb\n<!-- two -->\n<!-- end -->\n", "utf-8")
    update_document(path, {"one": "new\n", "two": "| t |\n"})
    text = "a\n<!-- one -->\nnew\n<!-- end -->\nb\n<!-- two -->\n| t |\n<!-- end -->\n"
    assert path.read_text("utf-8") == text


def test_from_unpacked_sets_to_manifest_and_card(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    loops = {"prog_maj": [{"chords": ["I", "V", "vi", "IV"], "tags": ["Hopeful"]}] * 2,
             "prog_min": [{"chords": ["i", "VI"], "tags": []}], "prog_modal": []}  # fmt: skip
    folder = tmp_path / "corpora" / "free_midi_chords"
    folder.mkdir(parents=True)
    (folder / "progressions.json").write_text(json.dumps(loops))
    document = tmp_path / "corpora.md"
    document.write_text(
        "<!-- sources -->\n<!-- end -->\n<!-- families -->\n<!-- end -->\n", "utf-8"
    )
    monkeypatch.setattr(manifest, "MANIFEST", tmp_path / "manifest.tsv")
    monkeypatch.setattr(manifest, "DOCUMENT", document)
    arguments = ["--corpora", str(folder.parent), "--scratch", str(tmp_path / "scratch")]
    prepare.main(arguments)
    first, second, third = read_manifest(tmp_path / "manifest.tsv")
    assert (first.group, first.split) == (second.group, second.split)  # the same loop twice
    assert third.group != first.group
    assert {first.id, second.id, third.id} == {
        f"free_midi_chords/prog_{name}" for name in ("maj/001", "maj/002", "min/001")
    }
    assert "free-midi-chords" in document.read_text("utf-8")
    assert "| mood_loop | 3 | 10 |" in document.read_text("utf-8")
    before = (tmp_path / "manifest.tsv").read_bytes()
    prepare.main(arguments)
    assert (tmp_path / "manifest.tsv").read_bytes() == before


def test_the_committed_manifest():
    entries = read_manifest(MANIFEST)
    assert MANIFEST.stat().st_size < 2_500_000
    assert [e.id for e in entries] == sorted(e.id for e in entries)
    known = cards()
    for e in entries:
        assert e.source in known, e.id
        assert e.id.startswith(f"{e.source}/")
        assert re.fullmatch("[0-9a-f]{64}", e.sha256), e.id
        assert e.licence
        assert e.attribution
        assert e.group
        assert "@" not in e.attribution
        assert e.split in ("train", "validation", "test", "left out"), e.id
        assert (e.split == "left out") == bool(e.reason) or e.split != "left out", e.id
        assert (e.pieces > 0) == (e.split != "left out"), e.id


def test_share_alike_music_is_left_out_and_titles_in_copyright_are_not_listed():
    for e in read_manifest(MANIFEST):
        if re.search("SA|sa", e.licence):
            assert e.split == "left out", e.id
        if e.source in ("billboard_chords", "harmonix_structure", "salami_structure"):
            assert re.fullmatch(r"\w+/\d+", e.id)
            assert re.fullmatch("song:[0-9a-f]{12}", e.group)


def test_the_card_tells_every_set_and_what_its_licence_asks_for():
    text = DOCUMENT.read_text("utf-8")
    used = {e.source for e in read_manifest(MANIFEST)}
    for name in used:
        card = cards()[name]
        assert card.title in text
        assert card.notice in text
        if re.search("BY|MIT|BSD|Artistic", card.licence):
            assert card.notice, name
