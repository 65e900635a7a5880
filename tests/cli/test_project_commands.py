"""Commands on projects, as a person types them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from songwright.cli.app import group
from songwright.errors import BriefError, ProjectError

PROMPT = "pop in C major, 8 bars, piano and bass"


def run(*arguments: object) -> Result:
    return CliRunner().invoke(group, [str(a) for a in arguments])


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("cli") / "song"
    result = run("variants", PROMPT, "-n", 3, "--project", place, "--jobs", 1)
    assert result.exit_code == 0, result.output
    assert "3 (Vendi score)" in result.output
    return place


def test_help_lists_everyday_commands_in_groups() -> None:
    text = run("--help").output
    assert text.index("One piece:") < text.index("Many variants:") < text.index("What there is:")
    for name in ("variants", "shortlist", "star", "reject", "finish", "project", "compose"):
        assert f"\n  {name} " in text
    assert "salvage" not in text
    assert "salvage" in run("project", "--help").output


def test_every_command_can_be_loaded() -> None:
    from songwright.cli.app import _COMMANDS
    from songwright.cli.project import COMMANDS

    for rows in _COMMANDS.values():
        for name in rows:
            assert run(name, "--help").exit_code == 0, name
    for rows in COMMANDS.values():
        for name in rows:
            assert run("project", name, "--help").exit_code == 0, name


def test_marking_and_ranking(folder: Path) -> None:
    assert run("star", folder, "v1").output == "v1 ★\n"
    assert run("reject", folder, "v2").output == "v2 ✗\n"
    data = json.loads(run("shortlist", folder, "--json").output)
    assert [row["rank"] for row in data["variants"]] == [1, 2, 3]
    assert {row["name"]: row["mark"] for row in data["variants"]} == {"v1": 1, "v2": -1, "v3": 0}
    assert "1 star and 1 rejection" in data["taste"]
    table = run("shortlist", folder).output
    assert "v2" not in table.split("grade:")[1].split("the order")[0]
    assert "v2" in run("shortlist", folder, "--all").output
    assert "learned from 1 starred" in run("project", "taste", folder).output
    assert "2 marks" in run("project", "taste", folder, "--reset").output
    assert run("unmark", folder, "v1", "v2").output == "v1 unmarked\nv2 unmarked\n"


def test_a_wrong_name_marks_nothing(folder: Path) -> None:
    result = run("star", folder, "v1", "v99")
    assert isinstance(result.exception, ProjectError)
    assert "★" not in run("project", "list", folder).output


def test_notes_tags_names_and_history(folder: Path) -> None:
    assert run("note", folder, "v3", "for the film").output == "v3: for the film\n"
    assert run("tag", folder, "v3", "slow", "dark").output == "v3: dark, slow\n"
    assert run("tag", folder, "v3", "slow", "--remove").output == "v3: dark\n"
    assert run("rename", folder, "v3", "dusk").exit_code == 0
    shown = run("project", "show", folder, "dusk").output
    assert "note: for the film" in shown
    assert "here" in shown
    assert "dusk" in run("project", "list", folder).output
    assert isinstance(run("undo", folder, "dusk").exception, ProjectError)
    assert isinstance(run("project", "restore", folder, "dusk", 7).exception, ProjectError)
    assert run("rename", folder, "dusk", "v3").exit_code == 0


def test_care_and_bundles(folder: Path, tmp_path: Path) -> None:
    assert "all is as it was written" in run("verify", folder).output
    assert "would remove 0 variants" in run("gc", folder).output
    assert run("project", "export", folder, tmp_path / "two", "v1", "v2").exit_code == 0
    result = run("project", "import", tmp_path / "new", tmp_path / "two.songwright")
    assert "new variants: v1, v2" in result.output
    assert (
        "known already: v1, v2"
        in run("project", "import", tmp_path / "new", tmp_path / "two.songwright").output
    )
    missing = run("project", "import", tmp_path / "other", tmp_path / "none.songwright")
    assert missing.exit_code == 2
    assert not (tmp_path / "other").exists()


def test_comparing_variants_writes_a_page(folder: Path, tmp_path: Path) -> None:
    page = tmp_path / "compare.html"
    result = run("compare", folder, "v1", "v3", "--html", page)
    assert result.exit_code == 0, result.output
    text = page.read_text("utf-8")
    assert text.count('class="card"') == 2
    assert "<svg" in text
    assert 'src="http' not in text
    assert run("compare", tmp_path, tmp_path, "--html", page).exit_code == 2


@pytest.mark.parametrize(
    "arguments",
    [(PROMPT, "-n", 0), ("",), ("solo violin, no violin",), (PROMPT, "--weights", "loud=1"),
     (PROMPT, "--diverse", 2)],
)  # fmt: skip
def test_bad_requests_make_no_folder(arguments: tuple[object, ...], tmp_path: Path) -> None:
    result = run("variants", *arguments, "--project", tmp_path / "p", "--jobs", 1)
    assert isinstance(result.exception, BriefError)
    assert not (tmp_path / "p").exists()


def test_a_folder_with_other_files_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "diary.txt").write_text("mine")
    result = run("variants", PROMPT, "-n", 1, "--project", tmp_path, "--jobs", 1)
    assert isinstance(result.exception, ProjectError)
    assert [p.name for p in tmp_path.iterdir()] == ["diary.txt"]
