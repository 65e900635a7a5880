"""Run in a process of its own: load one plug-in, play or process once, write the sound.

    python plugin_child.py JOB.json

Stands alone on purpose: it is started as a file, and imports nothing of the package.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import numpy as np


def main(job_path: str) -> None:
    """Do the job of a file; what goes wrong is written to the file that it names for that."""
    job = json.loads(Path(job_path).read_text("utf-8"))
    try:
        do(job)
    except Exception as error:
        # Not printed: plug-ins print, too, even while the process ends.
        said = " ".join(str(error).split()) or type(error).__name__
        Path(job["said"]).write_text(said, "utf-8")
        sys.exit(1)


def do(job: dict[str, Any]) -> None:
    """Play or process once."""
    import pedalboard  # type: ignore[import-not-found, unused-ignore]  # noqa: PLC0415

    plugin = pedalboard.load_plugin(job["plugin"])
    for name, text in job.get("parameters", ()):
        if name not in plugin.parameters:
            raise ValueError(f"it has no {name!r}; it has {', '.join(plugin.parameters)}")
        setattr(plugin, name, value_of(text))
    rate = float(job["rate"])
    if job["audio"]:
        sound = plugin(np.load(job["audio"], allow_pickle=False), rate)
    else:
        messages = [(bytes(message), seconds) for seconds, message in job["events"]]
        sound = plugin(messages, duration=job["samples"] / rate, sample_rate=rate, num_channels=2)
    sound = np.asarray(sound, np.float32)
    if sound.ndim == 1 or sound.shape[0] == 1:
        sound = np.stack((sound.reshape(-1),) * 2)
    np.save(job["out"], sound[:2])


def value_of(text: str) -> float | bool | str:
    """A parameter's value: a number, true or false, or a text that the plug-in shows."""
    if text.lower() in ("true", "false"):
        return text.lower() == "true"
    try:
        return float(text)
    except ValueError:
        return text


if __name__ == "__main__":
    main(sys.argv[1])
