"""VST3 instruments as sources of sound, through pedalboard in a process of their own.

A plug-in is somebody else's machine code. It runs in a child process that reads a job from files
and writes a file back, so that one that crashes or hangs ends as a message and not as the loss of
a piece. pedalboard is licensed under the GPL; it is never imported by this process.
"""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from songwright.errors import AudioError, FileFormatError
from songwright.perform.model import PlayedPart
from songwright.render.hosts.hosted import Hosted
from songwright.render.hosts.midi_part import midi_events
from songwright.render.jit import FloatArray
from songwright.render.soundfonts.source import EVERYBODY, plays
from songwright.render.sources import Credit, Instrument

LIMIT_SECONDS = 600.0
_CHILD = Path(__file__).with_name("plugin_child.py")


class Vst3:
    """A VST3 instrument as a source of sound for one part, instrument or role.

    Parameters
    ----------
    path
        A ``.vst3`` file or folder.
    only
        Id of the part, instrument or role that it plays; "" plays everything but drum kits.

    Raises
    ------
    FileFormatError
        If it is not there or pedalboard is not installed.
    """

    def __init__(self, path: str | Path, only: str = "") -> None:
        self.path = Path(path)
        self.only = only
        require_plugin(path)

    @property
    def credit(self) -> Credit:
        """The plug-in's name; its terms are its maker's."""
        return Credit(self.path.stem, "that of the plug-in; ask its maker", self.path.name)

    def instrument_for(self, part: PlayedPart) -> Instrument | None:
        """The plug-in, if the part is one that it was asked for."""
        alone = self.only not in ("", EVERYBODY)
        if not plays(self.only, part) or (not alone and part.instrument.endswith("_kit")):
            return None
        return _Plugin(self.path, part.instrument)


class _Plugin(Hosted):
    def __init__(self, path: Path, instrument_id: str) -> None:
        super().__init__(instrument_id)
        self.path = path

    def _played(self, part: PlayedPart, length_samples: int, sample_rate_hz: int) -> FloatArray:
        events = [(seconds, list(message)) for seconds, message in midi_events(part)]
        job = {"events": events, "samples": length_samples}
        return _run(self.path, job, None, length_samples, sample_rate_hz)


def apply_effect(
    path: str | Path,
    audio: FloatArray,
    sample_rate_hz: int,
    parameters: Sequence[tuple[str, str]] = (),
) -> FloatArray:
    """Audio of shape (2, samples) through a VST3 effect; the same shape comes back.

    ``parameters`` are set first: names as the plug-in has them; numbers, ``true`` and ``false``, or
    the texts that it shows.

    Raises
    ------
    FileFormatError
        If the plug-in or pedalboard is missing.
    AudioError
        If the plug-in crashes, hangs or gives no sound; nothing else is lost.
    """
    require_plugin(path)
    job: dict[str, object] = {"parameters": list(parameters)}
    return _run(Path(path), job, audio, audio.shape[1], sample_rate_hz)


def require_plugin(path: str | Path) -> None:
    """Check that a plug-in could be run.

    Raises
    ------
    FileFormatError
        If it is not there or pedalboard is not installed.
    """
    if not Path(path).exists():
        raise FileFormatError(f"there is no plug-in {str(path)!r}")
    _require_pedalboard()


def _require_pedalboard() -> None:
    if importlib.util.find_spec("pedalboard") is None:
        raise FileFormatError(
            "VST3 plug-ins need pedalboard (GPL-3.0), which is not installed: "
            "pip install pedalboard"
        )


def _run(
    path: Path,
    job: dict[str, object],
    audio: FloatArray | None,
    length_samples: int,
    sample_rate_hz: int,
) -> FloatArray:
    with tempfile.TemporaryDirectory() as folder:
        heard, said = Path(folder, "out.npy"), Path(folder, "said.txt")
        job = {
            **job, "plugin": str(path), "rate": sample_rate_hz, "audio": "", "out": str(heard),
            "said": str(said),
        }  # fmt: skip
        if audio is not None:
            job["audio"] = str(Path(folder, "in.npy"))
            np.save(str(job["audio"]), audio)
        Path(folder, "job.json").write_text(json.dumps(job), "utf-8")
        try:
            done = subprocess.run(
                [sys.executable, str(_CHILD), str(Path(folder, "job.json"))],
                capture_output=True, text=True, errors="replace", timeout=LIMIT_SECONDS,
                check=False,
            )  # fmt: skip
        except subprocess.TimeoutExpired as error:
            raise AudioError(
                f"the plug-in {path.name} gave no answer in {LIMIT_SECONDS:g} seconds; "
                "choose another plug-in or leave it out"
            ) from error
        if done.returncode != 0 or not heard.is_file():
            if said.is_file():
                how = f"failed ({said.read_text('utf-8')[:300]})"
            else:
                last = (done.stderr.strip().splitlines() or ["it said nothing"])[-1][:300]
                how = f"{'crashed' if done.returncode < 0 else 'failed'} ({last})"
            raise AudioError(
                f"the plug-in {path.name} {how}; choose another plug-in or leave it out"
            )
        sound = np.load(heard, allow_pickle=False)
    out = np.zeros((2, length_samples), np.float32)
    count = min(length_samples, sound.shape[1])
    out[:, :count] = sound[:, :count]
    if not np.isfinite(out).all():
        raise AudioError(f"the plug-in {path.name} gave values that are no numbers")
    return out
