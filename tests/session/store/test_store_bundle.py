"""Bundles: the same bytes for the same project, merged without loss, safe against bad ones."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.session.store.stages import blob_file, chain

from songwright.errors import FileFormatError, ProjectError, SongwrightError
from songwright.session.store import Project


def filled(project: Project) -> Project:
    project.add_variant(chain(project, 1), "first", text="calm")
    project.update("first", chain(project, 2), "calmer")
    project.add_variant(chain(project, 3), "second", parent="first")
    project.add_variant(chain(project, 4), "third")
    project.lock("second", "bass")
    project.undo("first")
    project.star("second")
    project.tag("second", "x")
    project.note("third", "hm")
    project.measure(chain(project, 1)["score"], {"hook": 1.0})
    project.set_setting("ranking", [1, 2])
    return project


def content(project: Project) -> tuple[object, ...]:
    return (
        {n.key: (project.read(n), n.metrics, n.recipe) for n in project.nodes()},
        project.variants(),
        [[(m.id, m.slots) for m in project.moves(v)] for v in project.variants()],
        project.store.settings(),
    )


def test_a_whole_project_comes_back_whole(project: Project, tmp_path: Path) -> None:
    bundle = filled(project).export_bundle(tmp_path / "out" / "song")
    assert bundle.name == "song.songwright"
    with Project.create(tmp_path / "copy") as copy:
        came = copy.import_bundle(bundle)
        assert (came.nodes, came.variants, came.merged) == (12, ("first", "second", "third"), ())
        assert content(copy) == content(project)
        assert copy.verify().ok
        assert copy.export_bundle(tmp_path / "again").read_bytes() == bundle.read_bytes()
        again = copy.import_bundle(bundle)
        assert (again.nodes, again.variants) == (0, ())
        assert content(copy) == content(project)


def test_the_same_work_gives_the_same_bytes(tmp_path: Path) -> None:
    written = []
    for name in ("a", "b"):
        with Project.create(tmp_path / name) as project:
            written.append(filled(project).export_bundle(tmp_path / name / "x").read_bytes())
    assert written[0] == written[1]


def test_one_lineage_takes_its_parents_and_nothing_else(project: Project, tmp_path: Path) -> None:
    bundle = filled(project).export_bundle(tmp_path / "one", ["second"])
    with Project.create(tmp_path / "copy") as copy:
        assert copy.import_bundle(bundle).variants == ("first", "second")
        assert copy.variant("second") == project.variant("second")
        assert len(copy.nodes()) == 9
        assert copy.store.settings() == {}
        assert copy.verify().ok
    with pytest.raises(ProjectError, match="no variant 'nobody'"):
        project.export_bundle(tmp_path / "two", ["nobody"])


def test_merging_keeps_both_sides(project: Project, tmp_path: Path) -> None:
    project.add_variant(chain(project, 1), "song")
    project.add_variant(chain(project, 2), "mine")
    bundle = project.export_bundle(tmp_path / "start")
    with Project.create(tmp_path / "theirs") as theirs:
        theirs.import_bundle(bundle)
        theirs.update("song", chain(theirs, 5), "theirs")
        theirs.note("song", "like it")
        theirs.update("mine", chain(theirs, 6), "theirs")
        theirs.add_variant(chain(theirs, 7), "new")
        back = theirs.export_bundle(tmp_path / "back")
    project.update("mine", chain(project, 8), "my own")
    project.add_variant(chain(project, 9), "new")
    mine = project.variant("mine")
    came = project.import_bundle(back)
    assert (came.variants, came.merged) == (("new-2",), ("song", "mine"))
    assert project.variant("song").slots["score"] == chain(project, 5)["score"].key  # went on
    assert project.variant("song").note == "like it"
    assert project.variant("mine") == mine  # stayed with its own
    assert len(project.moves("mine")) == 3  # and has both ways in its history
    project.undo("mine")
    assert project.redo("mine") == mine
    assert project.verify().ok


def test_a_damaged_content_is_not_passed_on(project: Project, tmp_path: Path) -> None:
    nodes = chain(project, 1)
    project.add_variant(nodes)
    blob_file(project, nodes["score"]).write_bytes(b"x")
    with pytest.raises(ProjectError, match="damaged"):
        project.export_bundle(tmp_path / "x")
    assert not list(tmp_path.glob("*.partial"))
    assert not (tmp_path / "x.songwright").exists()


Entries = dict[str, bytes]


def rewritten(bundle: Path, change: Callable[[Entries], object]) -> Path:
    with zipfile.ZipFile(bundle) as archive:
        entries = {name: archive.read(name) for name in archive.namelist()}
    change(entries)
    out = bundle.with_name("bad.songwright")
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in entries.items():
            archive.writestr(name, data)
    return out


def blob_name(entries: Entries) -> str:
    return max(name for name in entries if name.startswith("blobs/"))


def edit_lines(change: str, /, **fields: object) -> Callable[[Entries], None]:
    def edit(entries: Entries) -> None:
        lines = [json.loads(line) for line in entries["changes.jsonl"].splitlines()]
        for line in lines:
            if line["type"] == change:
                line.update(fields)
        entries["changes.jsonl"] = "\n".join(json.dumps(line) for line in lines).encode()

    return edit


BAD: dict[str, Callable[[Entries], object]] = {
    "no head": lambda e: e.pop("bundle.json"),
    "no changes": lambda e: e.pop("changes.jsonl"),
    "no content": lambda e: e.pop(blob_name(e)),
    "another content": lambda e: e.update({blob_name(e): b"other"}),
    "newer": lambda e: e.update({"bundle.json": e["bundle.json"].replace(b"1", b"9", 1)}),
    "not JSON": lambda e: e.update({"changes.jsonl": b"{"}),
    "unknown change": lambda e: e.update({"changes.jsonl": b'{"type":"format disk"}'}),
    "a changed key": edit_lines("node", key="ab" * 32),
    "a changed recipe": edit_lines("node", recipe="ab" * 32),
    "changed params": edit_lines("node", params='{"seed":99}'),
    "a path for a hash": edit_lines("node", blob="../../../../etc/passwd"),
    "an input from nowhere": edit_lines("node", inputs=[["from", "cd" * 32]]),
    "an unknown kind": edit_lines("node", kind="virus"),
    "a name that is a path": edit_lines("variant", name="../up"),
    "a changed first name": edit_lines("variant", born_as="somebody"),
    "another step": edit_lines("move", text="something else"),
    "a step of nobody": edit_lines("position", variant="ab" * 32),
    "a new name by a mark": edit_lines("mark", name="../up"),
    "metrics that are no JSON": edit_lines("node", metrics="{"),
    "a setting that is no JSON": edit_lines("setting", value="{"),
    "a branch that is a path": edit_lines("variant", branch="../up"),
    "more than a star": edit_lines("mark", star=5),
    "garbage collection": lambda e: e.update(
        {"changes.jsonl": e["changes.jsonl"] + b'{"type":"removed","nodes":["ab"]}\n'}
    ),
    "a bomb": lambda e: e.update({"blobs/aa/bomb": bytes(30_000_000)}),
}


@pytest.mark.parametrize("what", BAD)
def test_bad_bundles_change_nothing(what: str, project: Project, tmp_path: Path) -> None:
    project.add_variant(chain(project, 1), "mine")
    with Project.create(tmp_path / "theirs") as theirs:
        bundle = filled(theirs).export_bundle(tmp_path / "good")
    before = content(project)
    with pytest.raises(FileFormatError) as caught:
        project.import_bundle(rewritten(bundle, BAD[what]))
    assert "bad.songwright" in str(caught.value)
    assert content(project) == before
    assert project.verify().ok


def test_entries_that_name_paths_are_never_unpacked(project: Project, tmp_path: Path) -> None:
    with Project.create(tmp_path / "theirs") as theirs:
        bundle = filled(theirs).export_bundle(tmp_path / "good")
    sly = rewritten(bundle, lambda e: e.update({"../../evil": b"x", "/tmp/evil": b"x"}))
    project.import_bundle(sly)
    assert not list(tmp_path.rglob("evil*"))
    assert project.verify().ok


def test_what_is_too_large_or_no_bundle(project: Project, tmp_path: Path) -> None:
    bundle = filled(project).export_bundle(tmp_path / "good")
    with pytest.raises(FileFormatError, match="unpacks to more"):
        project.import_bundle(bundle, max_bytes=1000)
    data = bundle.read_bytes()
    for number, bad in enumerate((b"", b"no zip", data[: len(data) // 2], data[100:])):
        place = tmp_path / f"{number}.songwright"
        place.write_bytes(bad)
        with pytest.raises(SongwrightError):
            project.import_bundle(place)
    with pytest.raises(SongwrightError):
        project.import_bundle(tmp_path / "nowhere.songwright")


def test_flipped_bits_never_reach_a_project(project: Project, tmp_path: Path) -> None:
    with Project.create(tmp_path / "theirs") as theirs:
        data = filled(theirs).export_bundle(tmp_path / "good").read_bytes()
    place = tmp_path / "flipped.songwright"
    for position in range(10, len(data), len(data) // 60):
        flipped = bytearray(data)
        flipped[position] ^= 0x24
        place.write_bytes(bytes(flipped))
        try:
            project.import_bundle(place)
        except SongwrightError:
            continue
    assert project.verify().ok
