"""``songwright mix`` from a package to the next: only what was changed is made again."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import soundfile
from click.testing import CliRunner, Result

from songwright.cli.mix import mix
from songwright.errors import AudioError, FileFormatError, OutputError, ProjectError
from songwright.session.refine.difference import package_difference
from songwright.session.song import compose


def run(*words: str) -> Result:
    return CliRunner().invoke(mix, list(words), catch_exceptions=False)


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    song = compose("techno, instrumental", seed=4, bars=4)
    return song.save(tmp_path_factory.mktemp("mix") / "loud", evaluation=False).folder


def stems(folder: Path) -> dict[str, bytes]:
    return {p.stem: p.read_bytes() for p in (folder / "stems").glob("*.wav")}


def test_the_sheet_names_parts_values_and_reasons(package: Path) -> None:
    rows = json.loads(run(str(package), "--json").output)
    assert {"room", "bass"} & {row["part"] for row in rows}
    assert all(row["control"] and row["value"] and row["reason"] for row in rows)
    printed = run(str(package), "--show").output
    assert "level_db" in printed
    assert "why" in printed
    changed = json.loads(run(str(package), "--json", "--show", "--set", "bass.level_db=-9").output)
    assert {"-9"} == {r["value"] for r in changed if r["reason"] == "set by hand"}


def test_one_part_changed_one_stem_changed_and_stems_still_sum(
    package: Path, tmp_path: Path
) -> None:
    before = stems(package)
    name = next(n for n in before if n not in ("drums", "bass"))
    out = tmp_path / "next"
    run(str(package), "--level", f"{name}-=6", "--out", str(out))
    (told,) = package_difference(package, out)
    assert (told.topic, told.before, told.after) == ("mix by hand", "–", f"{name}.level_db-=6")
    assert package_difference(package, package / "song.json") == ()
    after = stems(out)
    assert {n for n in before if before[n] != after[n]} == {name}
    assert stems(package) == before
    total = sum(soundfile.read(p, dtype="float32")[0] for p in sorted((out / "stems").iterdir()))
    mixed = soundfile.read(out / "mix.wav", dtype="float32")[0]
    assert 20 * np.log10(np.abs(total - mixed).max() + 1e-12) < -90.0


def test_solo_in_place_and_back_again(package: Path, tmp_path: Path) -> None:
    before = stems(package)
    out = tmp_path / "solo"
    run(str(package), "--solo", "bass", "--out", str(out))
    heard = {n for n, _ in stems(out).items() if np.any(soundfile.read(out / f"stems/{n}.wav")[0])}
    assert len(heard) == 1
    run(str(out), "--unmute", "all", "--in-place")
    assert stems(out) == before


@pytest.mark.parametrize(
    ("words", "error"),
    [
        (("--set", "harp.level_db=1"), AudioError),
        (("--level", "bass"), OutputError),
        (("--solo", "harp"), ProjectError),
        (("--in-place", "--out", "x", "--mute", "bass"), OutputError),
    ],
)
def test_mistakes_are_named_and_write_nothing(
    package: Path, words: tuple[str, ...], error: type[Exception]
) -> None:
    neighbours = sorted(package.parent.iterdir())
    with pytest.raises(error):
        run(str(package), *words)
    assert sorted(package.parent.iterdir()) == neighbours


def test_packages_without_sound_show_what_the_plan_decides(tmp_path: Path) -> None:
    folder = compose("house", seed=2, bars=8).save(tmp_path / "mute", audio=False).folder
    rows = json.loads(run(str(folder), "--json").output)
    assert any(row["control"] == "level_db" for row in rows)
    with pytest.raises(FileFormatError, match="no sound"):
        run(str(folder), "--mute", "bass")


def test_controls_are_listed() -> None:
    assert "compressor.ratio" in run("anywhere", "--controls").output


def test_parts_are_known_by_instrument_and_by_the_words_of_prompts(package: Path) -> None:
    parts = json.loads((package / "song.json").read_text("utf-8"))["score"]["parts"]
    part = next(p for p in parts if p["id"] != p["instrument"] and p["role"] != "drums")
    rows = json.loads(run(str(package), "--json", "--show", "--part", part["name"]).output)
    alike = {p["id"] for p in parts if p["name"] == part["name"]}
    assert rows and {row["part"] for row in rows} <= alike
    rows = json.loads(
        run(str(package), "--json", "--show", "--level", f"{part['instrument']}=-11").output
    )
    assert {r["part"] for r in rows if r["reason"] == "set by hand"} == {
        p["id"] for p in parts if p["instrument"] == part["instrument"]
    }
    with pytest.raises(AudioError, match="no part 'bagpipes'"):
        run(str(package), "--show", "--level", "bagpipes=-3")
    with pytest.raises(ProjectError, match="no part 'bagpipes'"):
        run(str(package), "--mute", "bagpipes", "--show")
