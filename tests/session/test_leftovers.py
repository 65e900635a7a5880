"""What a killed run leaves is cleared by the next one; what is in use or not ours stays."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from songwright.session.folder import replacing
from songwright.session.leftovers import hold, let_go

pytest.importorskip("fcntl")

KILLED = """
import os, signal
from pathlib import Path
from songwright.session.folder import replacing
with replacing(Path({out!r})) as fresh:
    (fresh / "stems").mkdir()
    (fresh / "stems" / "half.wav").write_bytes(bytes(1000))
    os.kill(os.getpid(), signal.SIGKILL)
"""


def write(out: Path, text: str = "new") -> None:
    with replacing(out) as fresh:
        (fresh / "song.json").write_text(text, "utf-8")


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_the_next_run_clears_what_a_killed_one_left(tmp_path: Path) -> None:
    out = tmp_path / "piece"
    write(out, "old")
    done = subprocess.run([sys.executable, "-c", KILLED.format(out=str(out))], check=False)
    assert done.returncode != 0
    assert len(names(tmp_path)) == 2, "the killed run should have left its folder"
    assert (out / "song.json").read_text("utf-8") == "old"
    write(out)
    assert names(tmp_path) == ["piece"]
    assert (out / "song.json").read_text("utf-8") == "new"


def test_what_another_run_writes_to_stays(tmp_path: Path) -> None:
    busy = tmp_path / ".piece.abcd_123.partial"
    busy.mkdir()
    lock = hold(busy)
    assert lock is not None
    assert hold(busy) is None
    write(tmp_path / "piece")
    assert names(tmp_path) == [busy.name, "piece"]
    let_go(lock)
    write(tmp_path / "piece")
    assert names(tmp_path) == ["piece"]


def test_a_run_inside_a_run_keeps_its_own(tmp_path: Path) -> None:
    out = tmp_path / "piece"
    with replacing(out) as first:
        write(out, "second")
        assert first.is_dir()
        (first / "song.json").write_text("first", "utf-8")
    assert names(tmp_path) == ["piece"]
    assert (out / "song.json").read_text("utf-8") == "first"


@pytest.mark.parametrize(
    "name",
    [".piece.mine.partial", ".piece.abcdefgh.partial.txt", ".pieces.abcdefgh.partial",
     "piece.abcdefgh.partial", ".piece.two.abcdefgh.partial", ".piece.ABCDEFGH.old"],
)  # fmt: skip
def test_other_folders_stay(name: str, tmp_path: Path) -> None:
    (tmp_path / name).mkdir()
    write(tmp_path / "piece")
    assert name in names(tmp_path)


def test_a_run_killed_while_it_took_its_place_loses_nothing(tmp_path: Path) -> None:
    out, old = tmp_path / "piece", tmp_path / ".piece.abcdefgh.old"
    # The old had been moved away, the new was not in its place yet.
    old.mkdir()
    (old / "song.json").write_text("old", "utf-8")
    (old / "lyrics.txt").write_text("mine", "utf-8")
    (tmp_path / ".piece.abcdefgh.partial").mkdir()
    write(out)
    assert names(tmp_path) == ["piece"]
    assert names(out) == ["lyrics.txt", "song.json"]
    # The new was in its place, but what is not ours had not been moved into it.
    old.mkdir()
    (old / "song.json").write_text("old", "utf-8")
    (old / "chords.txt").write_text("mine too", "utf-8")
    write(out, "newest")
    assert names(tmp_path) == ["piece"]
    assert names(out) == ["chords.txt", "lyrics.txt", "song.json"]
    assert (out / "song.json").read_text("utf-8") == "newest"
