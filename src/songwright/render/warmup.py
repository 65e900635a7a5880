"""Ahead of the first piece: compile the kernels of every source of sound, finish usual tones."""

from __future__ import annotations

from collections.abc import Callable

from songwright.perform.model import PlayedNote, PlayedPart
from songwright.render.builtin import BuiltIn
from songwright.render.engine import render_part
from songwright.render.fitted.warmup import warm_up as warm_up_fitted
from songwright.render.synth.warmup import warm_up as warm_up_synth

# One instrument for each voice model, so that every kernel is compiled.
_MODELS = (
    "acoustic_grand_piano", "electric_piano_1", "electric_piano_2", "vibraphone", "drawbar_organ",
    "acoustic_guitar_steel", "distortion_guitar", "acoustic_bass", "violin", "string_ensemble_1",
    "choir_aahs", "trumpet", "tenor_sax", "flute", "lead_2_sawtooth", "pad_2_warm", "synth_bass_1",
    "sitar", "timpani", "seashore", "standard_kit", "tr808_kit", "jazz_kit",
)  # fmt: skip

_RATE_HZ = 24_000  # kernels do not depend on it


def warm_up(progress: Callable[[str, float], None]) -> None:
    """Compile everything; ``progress`` is told the name and the share that is done."""
    for number, name in enumerate(_MODELS):
        progress(name, 0.6 * number / len(_MODELS))
        pitches = (36, 38, 42, 49) if name.endswith("_kit") else (48, 60)
        notes = tuple(PlayedNote(0.1 * i, 0.2, p, 90) for i, p in enumerate(pitches))
        part = PlayedPart("warm", "warm", "chords", name, notes)
        render_part(part, _RATE_HZ, _RATE_HZ, (BuiltIn(),))
    progress("synthesiser", 0.6)
    warm_up_synth()
    warm_up_fitted(lambda name, share: progress(name, 0.7 + 0.3 * share))
