"""A cue in layers that a game fades in and out: loops of one length that add up to the whole."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

from songwright.audio import Audio, integrated_lufs, read_audio, true_peak, write_audio
from songwright.composition import Plan
from songwright.session.presets.making import Making
from songwright.units import seconds_of_bar

_LAYERS = (
    ("calm", ("pad", "inner", "arp"), "always there"),
    ("motion", ("chords", "riff", "bass", "counter", "percussion"), "exploring, walking"),
    ("full", ("drums", "stabs", "lead"), "danger, victory"),
)
_TARGET_LUFS = -18.0  # of all layers together, where engines leave room for effects and voices
_CEILING = 10.0 ** (-1.0 / 20.0)


def intensity_layers(making: Making) -> None:
    """Write the layers, what each step of intensity sounds like, and a table for the engine."""
    making.tell("layers")
    folder = making.folder / "layers"
    folder.mkdir()
    plan = making.song.plan
    groups = {name: members for name, members in grouped(plan).items() if members}
    stems: dict[str, Audio] = {}
    rate = 48_000
    for name, members in groups.items():
        for member in members:
            audio, rate = read_audio(making.piece / "stems" / f"{member}.wav")
            stems[name] = stems[name] + audio if name in stems else audio
    gain = _gain(list(stems.values()), rate)
    rows, whole = [], None
    for number, (name, dry) in enumerate(stems.items(), start=1):
        audio = dry * gain
        whole = audio.copy() if whole is None else whole + audio
        write_audio(folder / f"layer {number} {name}.wav", audio, rate)
        write_audio(folder / f"intensity {number}.wav", whole, rate)
        rows.append({
            "file": f"layer {number} {name}.wav", "name": name, "parts": list(groups[name]),
            "full_from_intensity": round((number - 1) / max(1, len(stems) - 1), 3),
        })  # fmt: skip
    _write_table(folder / "layers.json", making, rows, rate)
    making.deliver(folder, "loops of equal length that add up; layers.json for the game engine")


def grouped(plan: Plan) -> dict[str, tuple[str, ...]]:
    """Ids of the parts of each layer; the first layer is never empty."""
    groups = {
        name: tuple(p.id for p in plan.parts if p.role in roles) for name, roles, _ in _LAYERS
    }
    filled = [name for name, members in groups.items() if members]
    if len(filled) == 1:  # a solo piece or a band of one kind: one part a layer, calm first
        order = sorted(plan.parts, key=lambda p: (p.enters_at, p.level_db))
        names = [name for name, _, _ in _LAYERS]
        groups = {
            name: tuple(p.id for i, p in enumerate(order) if min(i, len(names) - 1) == place)
            for place, name in enumerate(names)
        }
    return groups


def _gain(layers: list[Audio], rate: int) -> np.float32:
    whole: Audio = np.stack(layers).sum(axis=0, dtype=np.float32)
    loudness = integrated_lufs(whole, rate)
    if loudness is None:
        return np.float32(1.0)
    gain = 10.0 ** ((_TARGET_LUFS - loudness) / 20.0)
    return np.float32(min(gain, _CEILING / max(true_peak(whole), 1e-6)))


def _write_table(path: Path, making: Making, rows: list[dict[str, object]], rate: int) -> None:
    plan, score = making.song.plan, making.song.score
    table = {
        "title": score.title, "tempo_bpm": plan.tempo_bpm, "meter": str(plan.meter),
        "bars": score.bars, "sample_rate_hz": rate, "loops": plan.ending == "loop",
        "bar_seconds": seconds_of_bar(plan.meter.bar_ticks, plan.tempo_bpm), "layers": rows,
        "sections": [
            {"name": s.function, "bar": s.start_bar, "bars": s.bars} for s in score.sections
        ],
    }  # fmt: skip
    path.write_text(json.dumps(table, indent=1, ensure_ascii=False) + "\n", "utf-8")
