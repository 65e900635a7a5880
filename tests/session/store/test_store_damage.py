"""Damage is found and named, the rest opens, and a lost database is made again."""

from __future__ import annotations

import errno
import os
import signal
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.session.store.stages import blob_file, chain

from songwright.errors import OutputError, ProjectError, SongwrightError
from songwright.session.store import Project
from songwright.session.store.schema import MIGRATIONS, connect, migrate

Damage = Callable[[Path], object]


def described(project: Project) -> tuple[object, ...]:
    """Everything that a person would miss."""
    return (
        [(n.key, n.order, n.metrics, n.made_at, project.read(n)) for n in project.nodes()],
        project.variants(),
        [project.moves(v.name) for v in project.variants()],
        project.store.settings(),
    )


def flip(file: Path) -> None:
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 0x10
    file.write_bytes(data)


@pytest.mark.parametrize("damage", [flip, lambda f: f.write_bytes(b""), Path.unlink])
def test_a_damaged_content_is_named_and_the_rest_opens(project: Project, damage: Damage) -> None:
    nodes = chain(project, 1)
    project.add_variant(nodes)
    damage(blob_file(project, nodes["plan"]))
    with pytest.raises(ProjectError, match="plan node"):
        project.read(nodes["plan"])
    assert project.read(nodes["score"])
    (problem,) = project.verify().problems
    assert (problem.what, problem.name) == ("blob", nodes["plan"].blob)
    assert nodes["plan"].key[:12] in problem.why
    project.verify(repair=True)
    chain(project, 1)
    assert project.verify().ok


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ("UPDATE nodes SET params = '{\"n\":7}' WHERE kind = 'plan'", "node"),
        ("UPDATE nodes SET inputs = 'x' WHERE kind = 'plan'", "node"),
        ("UPDATE nodes SET recipe = key WHERE kind = 'plan'", "node"),
        ("UPDATE nodes SET size = 1 WHERE kind = 'plan'", "blob"),
        ("UPDATE moves SET text = 'something else'", "move"),
        ("UPDATE variants SET born_as = 'somebody'", "variant"),
        ("UPDATE variants SET move = 'nowhere'", "variant"),
        ("DELETE FROM slots", "move"),
    ],
)
def test_a_changed_row_is_named(project: Project, change: str, what: str) -> None:
    project.add_variant(chain(project, 1))
    project.files.connection.execute(change)
    assert what in {problem.what for problem in project.verify().problems}
    project.files.connection.execute("UPDATE nodes SET metrics = 'x'")
    with pytest.raises(ProjectError, match="damaged"):
        _ = project.nodes()[0].measured
    assert len(project.nodes()) == 3  # it still opens
    assert len(project.variants()) == 1


def test_a_damaged_history_is_named(project: Project) -> None:
    project.add_variant(chain(project, 1))
    file = project.folder / "history.txt"
    lines = file.read_bytes().splitlines(keepends=True)
    lines[1] = lines[1].replace(b"plan", b"plot")
    file.write_bytes(b"".join(lines))
    problems = project.verify().problems
    assert [p.name for p in problems] == ["line 2", "history.txt"]
    file.unlink()
    assert [p.name for p in project.verify().problems] == ["history.txt"]
    project.star("v1")  # work goes on


def ruin_head(file: Path) -> None:
    file.write_bytes(b"no database at all" * 100)


def ruin_pages(file: Path) -> None:
    data = bytearray(file.read_bytes())
    data[4096:] = bytes(len(data) - 4096)
    file.write_bytes(data)


@pytest.mark.parametrize("damage", [ruin_head, ruin_pages, Path.unlink])
def test_a_lost_database_is_made_again(tmp_path: Path, damage: Damage) -> None:
    folder = tmp_path / "song"
    with Project.create(folder) as project:
        nodes = chain(project, 1)
        project.add_variant(nodes)
        project.update("v1", chain(project, 2), "again")
        project.undo("v1")
        project.add_variant(chain(project, 3), "two", parent="v1")
        project.tag("two", "x")
        project.measure(nodes["score"], {"a": 1})
        project.set_setting("k", [1])
        project.add_variant(chain(project, 4), "three")
        project.reject("three")
        project.collect_garbage(dry_run=False, grace_seconds=0.0)
        before = described(project)
    damage(folder / "project.db")
    with pytest.raises(ProjectError, match=r"salvage"), Project.open(folder) as broken:
        broken.nodes()
    saved = Project.salvage(folder)
    assert (saved.skipped, saved.missing_blobs) == ((), ())
    with Project.open(folder) as project:
        assert described(project) == before
        assert project.verify().ok
        project.redo("v1")


def test_salvage_goes_around_damaged_lines(tmp_path: Path) -> None:
    folder = tmp_path / "song"
    with Project.create(folder) as project:
        project.add_variant(chain(project, 1))
        project.add_variant(lost := chain(project, 2))
    file = folder / "history.txt"
    lines = file.read_bytes().splitlines(keepends=True)
    number = next(i for i, line in enumerate(lines) if lost["plan"].key.encode() in line)
    lines[number] = b"garbage\n"
    file.write_bytes(b"".join(lines))
    saved = Project.salvage(folder)
    assert saved.skipped[0] == f"line {number + 1} is damaged"
    assert saved.old_database == "project.db.damaged-1"
    with Project.open(folder) as project:
        assert len(project.nodes()) == 4  # the score of the lost plan has lost its lineage
        assert project.variant("v1").slots
        assert project.read(project.variant("v1").slots["score"])


def test_what_a_dead_process_did_not_commit_leaves_the_history(project: Project) -> None:
    project.add_variant(chain(project, 1))
    with (project.folder / "history.txt").open("ab") as file:
        file.write(b"half a li")
    assert project.verify().ok
    project.star("v1")
    project.close()
    (project.folder / "project.db").unlink()
    assert Project.salvage(project.folder).skipped == ()


def test_a_project_of_a_newer_version_is_refused(project: Project) -> None:
    project.files.connection.execute(f"PRAGMA user_version = {len(MIGRATIONS) + 1}")
    project.close()
    with pytest.raises(ProjectError, match="newer Songwright"):
        Project.open(project.folder)


def test_databases_of_other_programs_are_refused(tmp_path: Path) -> None:
    other = sqlite3.connect(tmp_path / "project.db")
    other.execute("PRAGMA user_version = 1")
    other.execute("CREATE TABLE cats (name TEXT)")
    other.commit()
    other.close()
    with pytest.raises(ProjectError, match="another program"):
        Project.open(tmp_path)


def test_migrations_run_in_order_once_and_whole(tmp_path: Path) -> None:
    path = tmp_path / "project.db"
    connection = connect(path)
    more = (*MIGRATIONS, "ALTER TABLE nodes ADD COLUMN mood TEXT; CREATE INDEX m ON nodes(mood)")
    broken = (*more, "CREATE TABLE half (x); SELECT nonsense")
    with pytest.raises(sqlite3.OperationalError):
        migrate(connection, path, broken)
    migrate(connection, path, more)
    assert connection.execute("PRAGMA user_version").fetchone() == (len(more),)
    assert connection.execute("SELECT mood FROM nodes").fetchall() == []
    with pytest.raises(sqlite3.OperationalError, match="no such table"):
        connection.execute("SELECT * FROM half")
    connection.close()


def test_folders_that_are_no_project(tmp_path: Path, project: Project) -> None:
    with pytest.raises(ProjectError, match="is no project"):
        Project.open(tmp_path)
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(OutputError, match="other files"):
        Project.create(tmp_path)
    with pytest.raises(OutputError, match="already"):
        Project.create(project.folder)
    with pytest.raises(OutputError):
        Project.create(tmp_path / "notes.txt" / "x")
    project.close()
    with pytest.raises(ProjectError, match="closed"):
        project.nodes()


def in_child(action: Callable[[], None], as_nobody: bool = False) -> None:
    """Run in a child, without special rights if wanted; what fails there fails here."""
    child = os.fork()
    if child == 0:
        try:
            if as_nobody and os.geteuid() == 0:
                os.setuid(65534)
            action()
            os._exit(0)
        except BaseException as error:
            print(repr(error))
            os._exit(1)
    _, status = os.waitpid(child, 0)
    assert os.waitstatus_to_exitcode(status) == 0


@pytest.mark.skipif(os.name != "posix", reason="permissions")
@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
def test_a_read_only_project_opens_and_refuses_changes_clearly(project: Project) -> None:
    nodes = chain(project, 1)
    project.add_variant(nodes)
    project.close()
    home = project.folder
    for place in (home, *home.rglob("*")):
        place.chmod(0o555 if place.is_dir() else 0o444)
    for place in home.parents:
        if place.stat().st_uid == os.geteuid() and place != Path("/"):
            place.chmod(place.stat().st_mode | 0o055)

    def visit() -> None:
        with Project.open(home) as visitor:
            assert visitor.read(visitor.variant("v1").slots["score"])
            assert visitor.make("plan", {"from": nodes["brief"]}, {"n": 1}, 1, bytes)
            assert visitor.verify().ok
            for change in (lambda: visitor.star("v1"), lambda: chain(visitor, 2)):
                with pytest.raises(OutputError, match="read-only"):
                    change()

    try:
        in_child(visit, as_nobody=True)
    finally:
        for place in (home, *home.rglob("*")):
            place.chmod(0o755)


def test_read_only_on_request(project: Project) -> None:
    project.add_variant(chain(project, 1))
    with Project.open(project.folder, read_only=True) as visitor:
        assert visitor.variants() == project.variants()
        with pytest.raises(OutputError, match="read-only"):
            visitor.collect_garbage(dry_run=False)


def test_a_full_disk_is_said_and_loses_nothing(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    project.add_variant(chain(project, 1))
    before = described(project)

    def full(handle: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OutputError, match="is full; nothing was lost"):
        chain(project, 2)
    monkeypatch.undo()
    assert described(project) == before
    assert project.verify().loose_blobs == 0
    chain(project, 2)


@pytest.mark.skipif(os.name != "posix", reason="limits")
@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
@pytest.mark.parametrize("room", [0, 1_000, 40_000, 100_000])
def test_files_that_may_not_grow(project: Project, room: int) -> None:
    """The system's own refusal, at every place where a file grows."""
    resource = pytest.importorskip("resource")
    project.add_variant(chain(project, 1))
    before = described(project)
    project.close()
    size = max(f.stat().st_size for f in project.folder.rglob("*"))

    def crowd() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (size + room, size + room))
        try:
            with Project.open(project.folder) as crowded:
                for number in range(400):
                    noise = os.urandom(30_000)
                    crowded.make("stem", {}, {"n": number}, 1, lambda noise=noise: noise * 9)
        except SongwrightError as error:
            assert "full" in str(error), error
        else:
            raise AssertionError("the limit was not met")

    in_child(crowd)
    with Project.open(project.folder) as after:
        found = after.verify()
        assert found.ok, found.problems
        kept = described(after)
        assert kept[1:] == before[1:]
        assert set(before[0]) <= set(kept[0])
