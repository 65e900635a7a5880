"""Plug-ins run apart: what they do, and that a crash costs nothing."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from songwright.errors import AudioError, FileFormatError
from songwright.render.hosts import plugin
from songwright.render.soundfonts import sources_for
from tests.render.soundfonts.listening import hz_of, part_of

RATE_HZ = 48000

# Stands in for pedalboard in the child: a sine for each job, or what the plug-in's name says.
STAND_IN = """
import atexit, os, sys, time
import numpy as np

def load_plugin(path):
    name = os.path.basename(path)
    if name == "crash.vst3":
        os.abort()
    if name == "broken.vst3":
        atexit.register(print, "said at the end", file=sys.stderr)
        raise ImportError("unsupported\\n plugin format")
    if name == "hang.vst3":
        time.sleep(60)
    def process(sound, rate=None, duration=None, sample_rate=None, num_channels=None):
        if isinstance(sound, list):
            ons = [s for m, s in sound if m[0] == 0x90]
            n = np.arange(round(duration * sample_rate)) / sample_rate
            return np.stack((0.1 * np.sin(2 * np.pi * 480 * n) * (n >= min(ons)),) * 2)
        return 0.5 * sound
    return process
"""


@pytest.fixture
def plugins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "pedalboard.py").write_text(STAND_IN)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setattr(plugin, "_require_pedalboard", lambda: None)
    for name in ("synth", "crash", "broken", "hang"):
        (tmp_path / f"{name}.vst3").write_bytes(b"")
    return tmp_path


def test_an_instrument_plays_a_part(plugins: Path) -> None:
    (source,) = sources_for(f"violin={plugins / 'synth.vst3'}")
    assert source.instrument_for(part_of([(0, 1, 60, 80)], instrument="cello")) is None
    instrument = source.instrument_for(part_of([(0, 1, 60, 80)], instrument="violin"))
    assert instrument is not None
    sound = instrument.render(part_of([(0.25, 0.5, 60, 80)], instrument="violin"), RATE_HZ, RATE_HZ)
    assert sound.shape == (2, RATE_HZ) and not sound[:, : RATE_HZ // 4].any()
    assert abs(hz_of(sound, 0.3, 0.9) - 480) < 1


def test_an_effect_keeps_the_shape(plugins: Path) -> None:
    sound = np.ones((2, 1000), np.float32)
    np.testing.assert_array_equal(
        plugin.apply_effect(plugins / "synth.vst3", sound, RATE_HZ), 0.5 * sound
    )


@pytest.mark.parametrize(
    ("name", "message"),
    [("crash", "crash.vst3 crashed"), ("broken", "unsupported plugin format"),
     ("hang", "no answer in 1 seconds")],
)  # fmt: skip
def test_a_bad_plugin_ends_as_a_message(
    plugins: Path, name: str, message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(plugin, "LIMIT_SECONDS", 1.0 if name == "hang" else 60.0)
    with pytest.raises(AudioError, match=message):
        plugin.apply_effect(plugins / f"{name}.vst3", np.ones((2, 100), np.float32), RATE_HZ)


def test_what_is_missing_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(FileFormatError, match="no plug-in"):
        sources_for(f"violin={tmp_path / 'none.vst3'}")
    (tmp_path / "a.vst3").write_bytes(b"")
    monkeypatch.setattr(plugin.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(FileFormatError, match="pip install pedalboard"):
        sources_for(str(tmp_path / "a.vst3"))
