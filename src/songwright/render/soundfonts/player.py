"""Playing a part with the voices of a bank."""

from __future__ import annotations

from functools import cache

import numpy as np

from songwright.perform.model import PlayedPart
from songwright.render.controls import Controls
from songwright.render.gates import gates
from songwright.render.jit import DoubleArray, FloatArray
from songwright.render.soundfonts.kernels import play_voice, sinc_table
from songwright.render.soundfonts.voice import Bank, Clip, Voice

_NEVER = 1 << 40


@cache
def _table() -> FloatArray:
    table = sinc_table()
    table.flags.writeable = False
    return table


def play_bank(
    bank: Bank, part: PlayedPart, length_samples: int, sample_rate_hz: int, gain: float = 1.0
) -> FloatArray:
    """Audio of a part before volume, expression and pan, float32, shape (2, length_samples).

    The amplitude is that of the samples under the laws of the file's format, times ``gain``.
    Bend, modulation wheel, brightness and the sustain pedal are obeyed.
    """
    out = np.zeros((2, length_samples), np.float32)
    controls = Controls(part, length_samples, sample_rate_hz)
    bend, wheel = controls.bend_semitones, controls.modulation
    brightness = np.asarray(controls.brightness, np.float32)
    struck: list[tuple[int, int, Voice]] = []
    turns: dict[int, int] = {}
    order = sorted(
        gates(part.notes, controls.pedal_spans()),
        key=lambda gate: (gate.note.onset_seconds, gate.index),
    )
    for gate in order:
        note = gate.note
        start = round(note.onset_seconds * sample_rate_hz)
        if not (0 <= start < length_samples and 0 <= note.pitch <= 127 and note.velocity > 0):
            continue
        turn = turns[note.pitch] = turns.get(note.pitch, -1) + 1
        end = min(gate.release_seconds, gate.restrike_seconds)
        held = _NEVER if end == float("inf") else max(round(end * sample_rate_hz) - start, 1)
        for voice in bank.voices(note.pitch, min(note.velocity, 127), turn):
            struck.append((start, _NEVER if voice.one_shot else held, voice))
    packed: dict[int, tuple[Clip, DoubleArray]] = {}
    for (start, held, voice), choke in zip(struck, _chokes(struck), strict=True):
        if id(voice) not in packed:
            packed[id(voice)] = (voice.clip, voice.numbers(sample_rate_hz))
        clip, numbers = packed[id(voice)]
        play_voice(
            out, start, clip.data, clip.rest, numbers, _table(), bend, wheel, brightness,
            gain, held, choke, float(sample_rate_hz),
        )  # fmt: skip
    return out


def _chokes(struck: list[tuple[int, int, Voice]]) -> list[int]:
    """Samples after the start of each voice at which a later one of its group silences it."""
    chokes = [_NEVER] * len(struck)
    ringing: dict[int, list[int]] = {}
    for i, (start, _, voice) in enumerate(struck):
        if voice.choke_group:
            waiting = ringing.pop(voice.choke_group, [])
            for j in waiting:
                if struck[j][0] < start:
                    chokes[j] = start - struck[j][0]
                else:  # voices of one stroke do not silence each other
                    ringing.setdefault(voice.choke_group, []).append(j)
        if voice.choked_by:
            ringing.setdefault(voice.choked_by, []).append(i)
    return chokes
