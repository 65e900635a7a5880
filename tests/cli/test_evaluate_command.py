"""``evaluate`` and ``compare`` as a shell sees them."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result

from songwright import session
from songwright.audio import write_audio
from songwright.cli.app import group
from songwright.errors import FileFormatError


@pytest.fixture(scope="module")
def drafts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("drafts")
    for seed in (1, 2):
        session.compose("funk, 16 bars", seed).save(folder / f"draft-{seed}", audio=False)
    return folder


def run(*arguments: object) -> Result:
    return CliRunner().invoke(group, [str(a) for a in arguments])


def finite(value: object) -> bool:
    if isinstance(value, dict):
        return all(finite(v) for v in value.values())
    if isinstance(value, list):
        return all(finite(v) for v in value)
    return not isinstance(value, float) or math.isfinite(value)


def test_a_package_in_the_terminal(drafts: Path) -> None:
    done = run("evaluate", drafts / "draft-1")
    assert done.exit_code == 0, done.output
    for word in ("read against: multitrack (related)", "coherence", "minimum", "inside",
                 "not checked: too close to a reference"):  # fmt: skip
        assert word in done.output
    full = run("evaluate", drafts / "draft-1", "--all")
    assert "Key clarity" in full.output
    assert "━" in full.output


def test_json_has_everything_and_no_nan(drafts: Path) -> None:
    done = run("evaluate", drafts, "--json")
    rows = json.loads(done.stdout)
    assert [Path(r["source"]).name for r in rows] == ["draft-1", "draft-2"]
    assert finite(rows)
    assert {"groups", "findings", "metrics", "not_checked", "read_against"} <= set(rows[0])
    undefined = [m for m in rows[0]["metrics"] if m["value"] is None]
    assert all(m["reason"].startswith("not defined, because ") for m in undefined)


def test_midi_against_a_named_band(drafts: Path) -> None:
    done = run("evaluate", drafts / "draft-1" / "song.mid", "--against", "lead_sheet", "--json")
    assert json.loads(done.stdout)[0]["read_against"]["nearness"] == "named"


def test_sound_and_its_page(tmp_path: Path) -> None:
    noise = np.random.default_rng(1).normal(0, 0.1, (2, 4 * 22_050)).astype(np.float32)
    write_audio(tmp_path / "mix.wav", noise, 22_050)
    page = tmp_path / "new" / "mix.html"
    done = run("evaluate", tmp_path / "mix.wav", "--html", page)
    assert done.exit_code == 0, done.output
    assert "LUFS" in run("evaluate", tmp_path / "mix.wav", "--all").output
    assert "Spectrum" in page.read_text("utf-8")


def test_several_pages_go_into_a_folder(drafts: Path, tmp_path: Path) -> None:
    places = (drafts / "draft-1", drafts / "draft-1" / "song.mid", drafts / "draft-2" / "song.mid")
    done = run("evaluate", *places, "--html", tmp_path / "pages")
    assert done.exit_code == 0, done.output
    names = sorted(p.name for p in (tmp_path / "pages").iterdir())
    assert names == ["draft-1.html", "song-2.html", "song.html"]
    assert run("evaluate", *places, "--html", tmp_path / "one.html").exit_code == 2


def test_a_broken_file_does_not_stop_the_others(drafts: Path, tmp_path: Path) -> None:
    bad = tmp_path / "bad.mid"
    bad.write_bytes(b"MThd?")
    alone = run("evaluate", bad)
    assert isinstance(alone.exception, FileFormatError)
    both = run("evaluate", bad, drafts / "draft-1", "--json")
    assert both.exit_code == FileFormatError.exit_code
    rows = json.loads(both.stdout)
    assert "error" in rows[0]
    assert rows[1]["title"]


def test_compare_ranks_with_reasons(drafts: Path) -> None:
    done = run("compare", drafts / "draft-1", drafts / "draft-2")
    assert done.exit_code == 0, done.output
    assert "grade" in done.output
    rows = json.loads(run("compare", drafts, "--json").stdout)
    assert [r["rank"] for r in rows] == [1, 2]
    assert rows[0]["grade"] >= rows[1]["grade"]
    assert finite(rows)


def test_compare_needs_two_pieces(drafts: Path) -> None:
    assert run("compare", drafts / "draft-1").exit_code == 2


def test_compose_brings_the_evaluation_unless_told_otherwise(tmp_path: Path) -> None:
    with_it, without = tmp_path / "with", tmp_path / "without"
    done = run("compose", "funk, 8 bars", "--no-audio", "--out", with_it)
    assert done.exit_code == 0, done.output
    assert (with_it / "evaluation.html").exists()
    row = json.loads((with_it / "evaluation.json").read_text("utf-8"))
    again = json.loads(run("evaluate", with_it, "--json").stdout)[0]
    assert row | {"source": ""} == again | {"source": ""}
    done = run("compose", "funk, 8 bars", "--no-audio", "--no-evaluation", "--out", without)
    assert done.exit_code == 0, done.output
    assert not list(without.glob("evaluation.*"))
