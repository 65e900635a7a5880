"""Thirty seconds of a variant as sound, to hear it before it is finished."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from songwright import __version__
from songwright.composition import Plan
from songwright.perform import Performance
from songwright.score import Score
from songwright.session.store import Build, Node, Project, Variant
from songwright.session.store.disk import clear_errors
from songwright.session.variants.excerpt import cut, most_telling
from songwright.session.variants.stages import nodes_of
from songwright.styles import style

if TYPE_CHECKING:
    from songwright.audio import Audio

VERSION = 1
SECONDS = 30.0
RATE_HZ = 48_000
FLAC = "audio/flac"
MONO_LOSS_DB = -3.0
"""A preview loses no more than this when left and right are added (one speaker, a telephone)."""

_FADE_OUT_SECONDS = 1.2
_FADE_IN_SECONDS = 0.02


def make_preview(folder: str, name: str) -> str:
    """Render the preview of a variant; a task for an executor. Returns the node's key."""
    with Project.open(folder) as project:
        return preview_of(project, project.build(), project.variant(name)).key


def preview_of(project: Project, build: Build, variant: Variant) -> Node:
    """The preview of a variant as a FLAC file, rendered if that was not done yet.

    Its ``measured`` values say which section it shows, from when to when, and what is left of it
    in mono.
    """
    nodes = nodes_of(project, variant)
    facts: dict[str, object] = {}

    def render() -> bytes:
        plan, score = project.value(nodes["plan"], Plan), project.value(nodes["score"], Score)
        data, found = _render(plan, score, project.value(nodes["performance"], Performance))
        facts.update(found)
        return data

    inputs = {name: nodes[name] for name in ("plan", "score", "performance")}
    node = build.make(
        "preview", inputs, {"seconds": SECONDS, "format": "flac"}, f"{__version__}-{VERSION}",
        render, media_type=FLAC,
    )  # fmt: skip
    return project.measure(node, facts) if facts else node


def preview_there(project: Project, variant: Variant) -> Node | None:
    """The preview of a variant if it was rendered, without rendering it."""
    wanted = variant.slots.get("performance")
    for node in project.descendants(*([wanted] if wanted else [])):
        if node.kind == "preview" and dict(node.inputs).get("performance") == wanted:
            return node
    return None


def write_preview(project: Project, node: Node, path: Path) -> Path:
    """Copy a preview to a file; one of the same content is left alone.

    Raises
    ------
    OutputError
        If it cannot be written.
    """
    data = project.read(node)
    with clear_errors(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists() or path.read_bytes() != data:
            path.write_bytes(data)
    return path


def _render(plan: Plan, score: Score, performance: Performance) -> tuple[bytes, dict[str, object]]:
    import numpy as np  # noqa: PLC0415

    from songwright.audio import write_audio  # noqa: PLC0415 (loads numba)
    from songwright.mix import master, mix_settings, process_stem  # noqa: PLC0415
    from songwright.render import render_part  # noqa: PLC0415
    from songwright.session.produce import kick_onsets  # noqa: PLC0415

    excerpt = most_telling(plan, score, SECONDS)
    played = cut(performance, excerpt)
    settings = replace(mix_settings(plan, style(plan.style)), ending="final")
    length = max(1, round(played.duration_seconds * RATE_HZ))
    mixed = np.zeros((2, length), np.float32)
    kicks = kick_onsets(played)
    for part in played.parts:
        dry = render_part(part, length, RATE_HZ)
        mixed += process_stem(settings, part, dry, length, kicks, RATE_HZ)
    audio, _ = master(mixed, settings, RATE_HZ)
    safe = mono_safe(audio)
    _fade(safe)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "preview.flac"
        write_audio(path, safe, RATE_HZ)
        data = path.read_bytes()
    return data, {
        "section": excerpt.section, "start_seconds": excerpt.start_seconds,
        "end_seconds": excerpt.end_seconds, "mono_loss_db": round(mono_loss_db(safe), 2),
    }  # fmt: skip


def mono_loss_db(audio: Audio) -> float:
    """Level of the mono sum against that of the stereo sound, in dB: 0 for mono, −3 for noise."""
    import numpy as np  # noqa: PLC0415

    middle = float(np.mean(np.square((audio[0] + audio[1]) / 2.0, dtype=np.float64)))
    both = float(np.mean(np.square(audio, dtype=np.float64)))
    return 10.0 * float(np.log10(max(middle, 1e-15) / max(both, 1e-15)))


def mono_safe(audio: Audio) -> Audio:
    """The sound with its sides drawn in as far as `MONO_LOSS_DB` asks; else unchanged."""
    import numpy as np  # noqa: PLC0415

    middle, side = (audio[0] + audio[1]) / 2.0, (audio[0] - audio[1]) / 2.0
    m = float(np.mean(np.square(middle, dtype=np.float64)))
    s = float(np.mean(np.square(side, dtype=np.float64)))
    most = m * (10.0 ** (-MONO_LOSS_DB / 10.0) - 1.0)  # both = m + s, loss = m / (m + s)
    if s <= most or m <= 0.0:
        return audio
    drawn_in = side * np.float32((most / s) ** 0.5 * 0.999)
    return np.stack([middle + drawn_in, middle - drawn_in]).astype(np.float32)


def _fade(audio: Audio) -> None:
    """A short rise and a fall of just over a second, in place."""
    import numpy as np  # noqa: PLC0415

    count = min(round(_FADE_IN_SECONDS * RATE_HZ), audio.shape[1])
    audio[:, :count] *= np.linspace(0.0, 1.0, count, dtype=np.float32)
    count = min(round(_FADE_OUT_SECONDS * RATE_HZ), audio.shape[1])
    audio[:, audio.shape[1] - count :] *= np.linspace(1.0, 0.0, count, dtype=np.float32)
