"""A person's own VST3 effects on parts: one stem changes, everybody else's stays byte for byte."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from songwright.audio import read_audio
from songwright.cli.app import group
from songwright.errors import AudioError, FileFormatError
from songwright.mix import mix_sheet, overridden
from songwright.render.hosts import plugin
from songwright.session import compose
from songwright.styles import style

PROMPT = "pop in C major, 4 bars, 120 BPM, piano, bass, drums"

# Stands in for pedalboard in the child: a gate that lets only one side through.
STAND_IN = """
def load_plugin(path):
    return Gate()

class Gate:
    parameters = {"right": None, "left": None}
    right, left = 0.0, 1.0

    def __call__(self, sound, rate):
        assert isinstance(self.right, float)
        out = sound.copy()
        out[0] *= self.left
        out[1] *= self.right
        return out
"""


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("effects") / "piece"
    compose(PROMPT, seed=3).save(folder, evaluation=False)
    return folder


@pytest.fixture
def gate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "pedalboard.py").write_text(STAND_IN)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setattr(plugin, "_require_pedalboard", lambda: None)
    bundle = tmp_path / "Gate.vst3" / "Contents"
    bundle.mkdir(parents=True)
    (bundle / "gate.so").write_bytes(b"1")
    return bundle.parent


def run(*words: str) -> str:
    done = CliRunner().invoke(group, ["mix", *words])
    assert done.exit_code == 0, done.output
    return done.output


def stems(folder: Path) -> dict[str, bytes]:
    return {path.stem: path.read_bytes() for path in (folder / "stems").glob("*.wav")}


def test_one_part_goes_through_an_effect(package: Path, gate: Path, tmp_path: Path) -> None:
    out, second, third = (tmp_path / name for name in "abc")
    run(str(package), "--effect", f"keys={gate}", "--out", str(out))
    before, after = stems(package), stems(out)
    assert {name for name in before if before[name] != after[name]} == {"keys"}
    keys, _ = read_audio(out / "stems" / "keys.wav")
    sides = np.sqrt(np.mean(keys**2, axis=1))
    assert sides[1] < 0.5 * sides[0], "the right side is closed; only the room comes back"
    report = json.loads((out / "report.json").read_text("utf-8"))
    (row,) = (row for row in report["rights"] if row["what"].startswith("effect on"))
    assert (row["source"], row["origin"]) == ("Gate", "Gate.vst3")

    run(str(out), "--effect", f"keys={gate}?left=0&right=1", "--out", str(second))
    silent, _ = read_audio(second / "stems" / "keys.wav")
    assert not silent.any(), "one behind the other they let nothing through"
    run(str(second), "--effect", "keys=off", "--out", str(third))
    assert stems(third) == before


def test_another_version_of_a_plugin_makes_the_stem_anew(
    package: Path, gate: Path, tmp_path: Path
) -> None:
    run(str(package), "--effect", f"bass={gate}", "--out", str(tmp_path / "a"))
    (gate / "Contents" / "gate.so").write_bytes(b"2")
    run(str(tmp_path / "a"), "--level", "drums-=2", "--out", str(tmp_path / "b"))
    first, second = (json.loads((tmp_path / n / "mix.json").read_text("utf-8")) for n in "ab")
    assert first["stems"]["bass"]["dry"] == second["stems"]["bass"]["dry"]
    assert first["stems"]["bass"]["stem"] != second["stems"]["bass"]["stem"]
    assert first["stems"]["keys"] == second["stems"]["keys"]


@pytest.mark.parametrize(
    ("words", "message"),
    [("bass=/none/No.vst3", "no plug-in '/none/No.vst3'; `songwright mix DIR --effect bass=off`"),
     ("tuba=/none/No.vst3", "no part 'tuba'"), ("bass", "write PART=FILE.vst3")],
)  # fmt: skip
def test_what_cannot_be_done_is_told_and_nothing_is_written(
    package: Path, tmp_path: Path, words: str, message: str
) -> None:
    done = CliRunner().invoke(
        group, ["mix", str(package), "--effect", words, "--out", str(tmp_path / "new")]
    )
    assert done.exit_code != 0
    told = " ".join(f"{done.output} {done.exception}".split())
    assert message in told
    assert not (tmp_path / "new").exists()


def test_a_parameter_that_the_plugin_lacks_is_named(gate: Path) -> None:
    with pytest.raises(AudioError, match="it has no 'size'; it has right, left"):
        plugin.apply_effect(gate, np.ones((2, 10), np.float32), 48_000, [("size", "1")])


def test_assignments_of_effects() -> None:
    plan = compose(PROMPT, seed=3).plan
    sheet = mix_sheet(plan, style(plan.style))
    given = overridden(sheet, ["bass.effects=/p/A.vst3?mix=0.5", "bass.effects+=C:\\B.vst3"])
    first, second = given.settings.parts["bass"].effects
    assert (first.path, first.parameters) == ("/p/A.vst3", (("mix", "0.5"),))
    assert (second.path, second.parameters) == ("C:\\B.vst3", ())
    assert not overridden(given, ["bass.effects=off"]).settings.parts["bass"].effects
    for wrong in ("bass.effects-=/p/A.vst3", "bass.effects=", "bass.effects=/p/A.vst3?mix"):
        with pytest.raises(AudioError, match="write effects=FILE"):
            overridden(sheet, [wrong])


def test_without_pedalboard_it_says_how_to_get_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a.vst3").write_bytes(b"")
    monkeypatch.setattr(plugin.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(FileFormatError, match="pip install pedalboard"):
        plugin.require_plugin(tmp_path / "a.vst3")
