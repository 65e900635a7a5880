"""The command line as a shell sees it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest


def run(*arguments: str, at: Path | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "songwright", *arguments],
        capture_output=True, text=True, check=False, timeout=300, cwd=at,
    )  # fmt: skip


def test_help_names_every_command_and_teaches() -> None:
    done = run("--help")
    assert done.returncode == 0
    for word in ("compose", "understand", "styles", "instruments", "render", "show", "Try:"):
        assert word in done.stdout


@pytest.mark.parametrize("command", ["compose", "understand", "styles", "render", "show"])
def test_every_command_has_help(command: str) -> None:
    done = run(command, "--help")
    assert done.returncode == 0
    assert "Usage:" in done.stdout


def test_help_loads_nothing_heavy() -> None:
    code = (
        "import sys; sys.argv = ['songwright', '--help']\n"
        "from songwright.cli import main\n"
        "try: main()\nexcept SystemExit: pass\n"
        "heavy = {'numpy', 'numba', 'scipy', 'soundfile', 'rich', 'msgspec'} & set(sys.modules)\n"
        "assert not heavy, heavy"
    )
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)


def test_compose_show_and_json(tmp_path: Path) -> None:
    out = str(tmp_path / "piece")
    done = run("compose", "bossa nova in F major, 12 bars", "--no-audio", "--out", out)
    assert done.returncode == 0, done.stderr
    assert "met" in done.stdout
    shown = run("show", out)
    assert "drums" in shown.stdout
    part = run("show", out, "--part", "bass")
    assert "Fmaj" in part.stdout or "F" in part.stdout
    report = run("compose", "--style", "pop", "--bars", "8", "--no-audio", "--json", "--out", out)
    assert json.loads(report.stdout)["style"] == "pop"


def test_quotes_are_not_needed(tmp_path: Path) -> None:
    out = tmp_path / "piece"
    done = run("compose", "bossa", "nova", "--out", str(out), "in", "F", "major,", "4", "bars",
               "--no-audio", "--no-evaluation", "--json")  # fmt: skip
    assert json.loads(done.stdout)["prompt"] == "bossa nova in F major, 4 bars"
    assert "waltz" in run("understand", "sad", "waltz").stdout
    changed = run("refine", str(out), "transpose", "up", "a", "tone", "--dry-run", "--no-audio")
    assert "transpose +2" in changed.stdout


def test_quiet_prints_nothing(tmp_path: Path) -> None:
    done = run("compose", "techno, 8 bars", "--no-audio", "--quiet", "--out", str(tmp_path / "q"))
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@pytest.mark.parametrize(
    ("arguments", "code", "word"),
    [
        (("compose", ""), 2, "empty"),
        (("compose", "pop", "--tempo", "5000"), 2, "tempo"),
        (("compose", "pop", "--bars", "0"), 2, "bars"),
        (("compose", "pop", "--meter", "4/7"), 2, "4/7"),
        (("compose", "pop over 40 octaves"), 2, "octaves"),
        (("compose", "pop", "--style", "polka-step"), 2, "polka-step"),
        (("compose", "pop", "--out", "/dev/null/x"), 5, "/dev/null"),
        (("compose", "pop", "--chords", "changes.txt"), 2, "no such file"),
        (("render", "missing.mid"), 4, "missing.mid"),
        (("show", "missing"), 4, "missing"),
        (("nonsense",), 2, "nonsense"),
    ],
)
def test_errors_are_one_clear_line(
    arguments: tuple[str, ...], code: int, word: str, tmp_path: Path
) -> None:
    extra = ("--no-audio", "--out", str(tmp_path / "x")) if arguments[0] == "compose" else ()
    if "--out" in arguments:
        extra = ("--no-audio",)
    done = run(*arguments, *extra)
    assert done.returncode == code, done.stderr
    assert word in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "x").exists()


def test_without_a_place_no_piece_replaces_another(tmp_path: Path) -> None:
    asked = ("compose", "waltz for music box, 8 bars", "--title", "Small Rain", "--no-audio")
    first, second = run(*asked, at=tmp_path), run(*asked, "--seed", "1", at=tmp_path)
    assert "small-rain:" in first.stdout
    assert "small-rain-2:" in second.stdout
    made = [(tmp_path / "out" / name / "song.json") for name in ("small-rain", "small-rain-2")]
    assert made[0].read_bytes() != made[1].read_bytes()


def test_a_batch_reports_its_failures(tmp_path: Path) -> None:
    file = tmp_path / "p.jsonl"
    file.write_text('{"id": "a", "prompt": "blues, 12 bars"}\n{"id": "b", "prompt": ""}\n')
    done = run("compose", "--prompts", str(file), "--out", str(tmp_path / "o"), "--no-audio")
    assert done.returncode == 3
    assert "1 of 2" in done.stdout
    assert done.stderr.startswith("b: ")


def test_catalogues_are_complete() -> None:
    assert len(json.loads(run("styles", "--json").stdout)) == 24
    assert len(json.loads(run("instruments", "--json").stdout)) == 136
    assert "violin" in run("instruments", "--family", "strings").stdout
