"""Groups are never divided, and the same music stays together."""

from collections import Counter
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_dedupe import lead, melody, piece
from training.corpora.manifest import MANIFEST, read_manifest, split_of
from training.corpora.model import Entry, Piece
from training.corpora.prepared import listed, read, write
from training.corpora.split import (
    PINNED,
    SPLITS,
    assigned,
    split_all,
    split_of_group,
)


def entry(id_: str, group: str, split: str = "") -> Entry:
    return Entry(id_, id_.partition("/")[0], "CC0-1.0", "", "0", group, split, pieces=1)


def prepare(scratch: Path, source: str, pieces: list[Piece], groups: list[str]) -> None:
    entries = [entry(p.id, g) for p, g in zip(pieces, groups, strict=True)]
    write(scratch / f"{source}.msgpack", pieces, entries)


def test_shares_are_eighty_ten_ten():
    counts = Counter(split_of_group(f"group {number}") for number in range(5000))
    assert counts["train"] == pytest.approx(4000, abs=120)
    assert counts["validation"] == pytest.approx(500, abs=80)
    assert counts["test"] == pytest.approx(500, abs=80)


def test_known_groups_keep_their_split():
    """A change here moves music between training and test: old weights would have heard it."""
    found = [split_of_group(f"group {number}") for number in (1, 2, 3, 4, 5, 6, 7, 8)]
    assert found == ["validation", "train", "train", "train", "train", "train", "train", "train"]
    assert split_of_group("groove_midi:drummer1/session1") == "train"
    assert all(split_of_group(group) == split for group, split in PINNED.items())


@given(
    st.lists(st.integers(0, 12), min_size=2, max_size=20),
    st.lists(st.tuples(st.integers(0, 19), st.integers(0, 19)), max_size=12),
)
def test_no_group_and_no_link_is_divided(groups, links):
    entries = [entry(f"s/{i}", f"g{group}") for i, group in enumerate(groups)]
    same = [(f"s/{a}#2", f"s/{b}") for a, b in links if max(a, b) < len(groups)]
    done = {e.id: e for e in assigned(entries, same)}
    splits: dict[str, set[str]] = {}
    for e, group in zip(entries, groups, strict=True):
        splits.setdefault(f"g{group}", set()).add(done[e.id].split)
        splits.setdefault(done[e.id].group, set()).add(done[e.id].split)
    assert all(len(found) == 1 for found in splits.values())
    for a, b in same:
        one, other = done[a.partition("#")[0]], done[b]
        assert (one.group, one.split) == (other.group, other.split)


def test_what_was_left_out_stays_out():
    (done,) = assigned([entry("s/1", "g", "left out")], [])
    assert done.split == "left out"


def test_a_pinned_session_pins_what_is_linked_to_it():
    pinned = next(group for group, split in PINNED.items() if split == "test")
    done = assigned([entry("s/1", pinned), entry("s/2", "a")], [("s/1", "s/2")])
    assert [e.split for e in done] == ["test", "test"]


def test_the_same_tune_in_two_sets_gets_one_split(tmp_path: Path):
    tunes = {name: melody(name) for name in "abcdefgh"}
    prepare(tmp_path, "x", [piece(f"x/{n}", lead(t)) for n, t in tunes.items()],
            [f"x {n}" for n in tunes])  # fmt: skip
    alone = {e.id: e.split for e in split_all(tmp_path)}
    prepare(tmp_path, "y", [piece(f"y/{n}", lead(t), tonic_pc=3) for n, t in tunes.items()],
            [f"y {n}" for n in tunes])  # fmt: skip
    both = {e.id: e for e in split_all(tmp_path)}
    for name in tunes:
        assert both[f"x/{name}"].split == both[f"y/{name}"].split == alone[f"x/{name}"]
    written = listed(tmp_path / "y.msgpack").entries
    assert [e.split for e in written] == [both[e.id].split for e in written]
    assert [e.group for e in written] == [f"y {n}" for n in tunes]
    assert len(read(tmp_path / "y.msgpack").pieces) == 8


def test_a_half_written_set_is_skipped(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    prepare(tmp_path, "x", [piece("x/1", lead(melody("a")))], ["g"])
    (tmp_path / "y.msgpack").write_bytes((tmp_path / "x.msgpack").read_bytes()[:200])
    assert [e.id for e in split_all(tmp_path)] == ["x/1"]
    assert "y.msgpack: skipped" in capsys.readouterr().out


def test_damaged_files_are_refused(tmp_path: Path):
    (tmp_path / "x.msgpack").write_bytes(b"\x82")
    with pytest.raises(msgspec.DecodeError):
        read(tmp_path / "x.msgpack")


def test_the_manifest_of_the_repository_divides_no_group():
    splits: dict[str, set[str]] = {}
    for e in read_manifest(MANIFEST):
        if e.split != "left out":
            splits.setdefault(e.group, set()).add(e.split)
    assert all(len(found) == 1 for found in splits.values())


def test_split_of_reads_the_manifest():
    known = next(e for e in read_manifest(MANIFEST) if e.split in SPLITS)
    assert split_of(f"{known.id}#2") == known.split
    with pytest.raises(KeyError):
        split_of("nowhere/1")
