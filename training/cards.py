"""Cards of the shipped models: what each one is, learned from and reaches."""

from __future__ import annotations

import datetime
import hashlib
import json
from pathlib import Path
from typing import Any

from songwright.models.weights import FOLDER, FORMAT
from training.network import Network

TITLES = {
    "harmony": "Chord progressions of sections",
    "melody": "Melodies over chords",
    "parts": "Bass, chords, figures, inner and counter voices",
    "drums": "Drums with touch and timing",
}


def write_card(name: str, network: Network, log: Path, data: dict[str, Any]) -> Path:
    """Write ``NAME.toml`` beside the weights; what was measured before is kept.

    ``data`` says what the model learned from. Loss figures come from the log of the run.
    """
    shape, weights = network.shape, FOLDER / f"{name}.onnx"
    rows = [json.loads(line) for line in log.read_text("utf-8").splitlines()]
    last = rows[-1]
    tables: dict[str, dict[str, Any]] = {
        "network": {
            "format": FORMAT, "sha256": hashlib.sha256(weights.read_bytes()).hexdigest(),
            "parameters": sum(p.numel() for p in network.parameters()),
            "vocabulary": shape.vocabulary, "features": shape.features, "layers": shape.layers,
            "kv_heads": shape.kv_heads, "head_width": shape.head_width, "context": shape.context,
        },
        "data": data,
        "training": {
            "million_tokens": last["million_tokens"], "epochs": last["epoch"] + 1,
            "validation_nats_a_token": last["validation"], "device": "two CPU cores",
        },
        "measured": _measured(FOLDER / f"{name}.toml"),
    }  # fmt: skip
    lines = [
        f'name = "{name}"',
        f'title = "{TITLES[name]}"',
        'licence = "Apache-2.0"',
        f'date = "{datetime.datetime.now(tz=datetime.UTC).date().isoformat()}"',
    ]
    for title, table in tables.items():
        lines += ["", f"[{title}]"]
        lines += [f"{key} = {_toml(value)}" for key, value in table.items()]
    path = FOLDER / f"{name}.toml"
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return path


def _toml(value: Any) -> str:
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key} = {_toml(v)}" for key, v in value.items()) + " }"
    return json.dumps(value, ensure_ascii=False)


def _measured(path: Path) -> dict[str, Any]:
    import tomllib  # noqa: PLC0415

    if not path.exists():
        return {}
    measured: dict[str, Any] = tomllib.loads(path.read_text("utf-8")).get("measured", {})
    return measured
