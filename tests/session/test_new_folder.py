"""A piece that nobody gave a place gets a folder of its own; none is ever written over."""

from __future__ import annotations

from pathlib import Path

import pytest

from songwright.errors import OutputError
from songwright.session.folder import new_folder


def taken(title: str, parent: Path) -> str:
    with new_folder(title, parent) as folder:
        (folder / "song.json").write_text("{}", "utf-8")
    return folder.name


def test_the_name_is_the_title_and_then_numbered(tmp_path: Path) -> None:
    names = [taken("Night & Rain, No. 2", tmp_path) for _ in range(3)]
    assert names == ["night-rain-no-2", "night-rain-no-2-2", "night-rain-no-2-3"]


@pytest.mark.parametrize(
    ("title", "name"),
    [("Fête d’été", "fête-d-été"), ("../../etc", "etc"), ("?!", "piece"), ("", "piece"),
     ("夜の雨", "夜の雨"), ("a" * 300, "a" * 60)],
)  # fmt: skip
def test_any_title_gives_a_plain_name(title: str, name: str, tmp_path: Path) -> None:
    assert taken(title, tmp_path) == name


def test_runs_side_by_side_get_different_folders(tmp_path: Path) -> None:
    with new_folder("waltz", tmp_path) as one, new_folder("waltz", tmp_path) as two:
        assert one != two


def test_a_failed_run_leaves_nothing_and_takes_nothing_away(tmp_path: Path) -> None:
    parent = tmp_path / "out"
    with pytest.raises(ValueError, match="stop"), new_folder("waltz", parent):
        raise ValueError("stop")
    assert not parent.exists()
    with pytest.raises(ValueError, match="stop"), new_folder("waltz", parent) as folder:
        (folder / "song.json").write_text("{}", "utf-8")
        raise ValueError("stop")
    assert (parent / "waltz" / "song.json").exists()


def test_a_place_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("a file", "utf-8")
    with pytest.raises(OutputError, match="out"), new_folder("waltz", tmp_path / "out"):
        pass
