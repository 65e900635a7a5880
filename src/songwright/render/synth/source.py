"""The palette as a source of sound: plays the parts whose ``sound`` names a patch."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from zlib import crc32

import numpy as np

from songwright import palette
from songwright.palette.model import Patch
from songwright.perform.model import PlayedNote, PlayedPart
from songwright.render.controls import Controls, apply_volume_and_pan
from songwright.render.gates import DETACHED, Gate, gates
from songwright.render.jit import FloatArray, kernel
from songwright.render.kits import KitInstrument
from songwright.render.sources import Credit, Instrument
from songwright.render.synth.shaping import process_effects
from songwright.render.synth.voice import Line, Voice
from songwright.seeds import noise_rng
from songwright.units import db_to_gain

CHORD_SECONDS = 0.01
"""Notes that start closer together than this are struck together."""

SLIDE_GAP_SECONDS = 0.08


@kernel
def mix_voice(
    out: FloatArray, start: int, note: FloatArray, left: FloatArray, right: FloatArray
) -> None:
    """Add a voice to the part under level curves with one value a block."""
    size = note.shape[1] // (left.shape[0] - 1)
    for side in range(2):
        levels = left if side == 0 else right
        for block in range(left.shape[0] - 1):
            begin = block * size
            count = min(size, out.shape[1] - start - begin)
            level = levels[block]
            step = (levels[block + 1] - level) / np.float32(size)
            for n in range(count):
                out[side, start + begin + n] += note[side, begin + n] * (
                    level + step * np.float32(n)
                )


class PatchPlayer:
    """An instrument made of one patch (see `songwright.render.sources.Instrument`)."""

    def __init__(self, patch: Patch, gain_db: float | None = None) -> None:
        self.patch = patch
        self.gain_db = patch_gain_db(patch.id) if gain_db is None else gain_db

    def render(self, part: PlayedPart, length_samples: int, sample_rate_hz: int) -> FloatArray:
        """Audio of the part, float32, shape (2, length_samples)."""
        out = np.zeros((2, length_samples), np.float32)
        controls = Controls(part, length_samples, sample_rate_hz)
        salt = crc32(part.id.encode()) % 65536
        for line in lines(self.patch, part, controls):
            first = line.gates[0].note
            start = round(first.onset_seconds * sample_rate_hz)
            if not 0 <= start < length_samples:
                continue
            random = noise_rng(0, part.id, first.pitch, controls.moment(first))
            voice = Voice(self.patch, line, controls, salt, random)
            mix_voice(out, voice.start, voice.audio(), *voice.levels())
        process_effects(out, self.patch.effects, sample_rate_hz, controls.clock.origin_seconds)
        out *= np.float32(db_to_gain(self.gain_db))
        apply_volume_and_pan(out, controls)
        return out


def lines(patch: Patch, part: PlayedPart, controls: Controls) -> list[Line]:
    """What each voice of a patch plays, in order of onset.

    In a legato patch a note that begins before the last one has ended goes on with its voice.
    """
    found = gates(part.notes, controls.pedal_spans() if patch.voice == "poly" else [])
    found.sort(key=lambda gate: (gate.note.onset_seconds, gate.note.pitch))
    if patch.voice == "poly":
        return [Line((gate,)) for gate in found]
    chains: list[list[Gate]] = []
    for gate in found:
        if patch.voice == "legato" and chains and _joins(chains[-1][-1].note, gate.note):
            chains[-1].append(gate)
        else:
            chains.append([gate])
    result = []
    for place, chain in enumerate(chains):
        after = chains[place + 1][0].note.onset_seconds if place + 1 < len(chains) else float("inf")
        # two notes at once are a chord, which even a bass may be given
        cut = after if after > chain[-1].note.onset_seconds + CHORD_SECONDS else float("inf")
        result.append(Line(tuple(chain), cut))
    return result


def _joins(before: PlayedNote, after: PlayedNote) -> bool:
    """True if a note slides into the next one: they overlap, or the next one is marked so."""
    if after.articulation in DETACHED or before.pitch == after.pitch:
        return False
    if after.onset_seconds - before.onset_seconds < CHORD_SECONDS:
        return False
    gap = after.onset_seconds - before.onset_seconds - before.duration_seconds
    return gap <= (SLIDE_GAP_SECONDS if after.articulation == "slide" else 0.0)


class Palette:
    """The source that knows the sounds of the palette, drum machines among them."""

    credit = Credit("Songwright's sound palette", "Apache-2.0", "the songwright package")

    def instrument_for(self, part: PlayedPart) -> Instrument | None:
        """The patch or kit that ``part.sound`` names; None if it names none."""
        if not palette.knows(part.sound):
            return None
        patch = palette.get(part.sound)
        return KitInstrument(patch.kit) if patch.kit else PatchPlayer(patch)


@cache
def _gains() -> dict[str, float]:
    text = files("songwright.render").joinpath("data/palette_gains.toml").read_text("utf-8")
    return {key: float(value) for key, value in tomllib.loads(text).items()}


def patch_gain_db(patch_id: str) -> float:
    """Calibration gain of a patch (that of its parent for one with settings)."""
    return _gains().get(patch_id.partition("@")[0], 0.0)
