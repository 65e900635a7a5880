"""Record single notes of a soundfont: one MIDI file, one run of `fluidsynth`, one note per slot."""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import mido
import numpy as np

from songwright.render.fitted.model import FloatArray

RATE_HZ = 48000
TICKS_PER_SECOND = 1000
LEAD_SECONDS = 0.02
"""A slot begins this long before its key goes down."""


@dataclass(frozen=True, slots=True)
class Take:
    """One note to record: the key is down for ``held_seconds``, the slot lasts ``seconds``."""

    pitch: int
    velocity: int
    held_seconds: float
    seconds: float


def record(
    font: Path, sessions: Sequence[tuple[int, Sequence[Take]]]
) -> Iterator[list[FloatArray]]:
    """Audio of each take of each session, a session being a program and its takes.

    Yields one list for each session: float32, shape (2, samples), from the moment the key goes
    down. Reverb and chorus are off. What still sounds is cut before the next key, so takes never
    mix. All sessions share one start of the program, which has to unpack the soundfont.

    Raises
    ------
    RuntimeError
        If fluidsynth fails or its file is too short.
    """
    with tempfile.TemporaryDirectory() as folder:
        midi, raw = Path(folder, "takes.mid"), Path(folder, "takes.raw")
        _midi_file(sessions).save(midi)
        run = subprocess.run(
            ["fluidsynth", "-ni", "-q", "-R", "0", "-C", "0", "-g", "0.5", "-r", str(RATE_HZ),
             "-o", "synth.dynamic-sample-loading=1", "-T", "raw", "-O", "float",
             "-F", str(raw), str(font), str(midi)],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        if run.returncode != 0 or not raw.exists():
            raise RuntimeError(f"fluidsynth failed on {font}: {run.stderr.strip()}")
        audio = np.memmap(raw, "<f4", mode="r").reshape(-1, 2).T
        ticks = 0
        for program, takes in sessions:
            slots = []
            for take in takes:
                start = round((ticks / TICKS_PER_SECOND + LEAD_SECONDS) * RATE_HZ)
                length = round(take.seconds * RATE_HZ)
                if start + length > audio.shape[1]:
                    raise RuntimeError(f"fluidsynth stopped early on {font}, program {program}")
                slots.append(np.ascontiguousarray(audio[:, start : start + length]))
                ticks += _slot_ticks(take)
            yield slots


def _slot_ticks(take: Take) -> int:
    return round((LEAD_SECONDS + take.seconds) * TICKS_PER_SECOND)


def _midi_file(sessions: Sequence[tuple[int, Sequence[Take]]]) -> mido.MidiFile:
    track = mido.MidiTrack()
    track.append(mido.MetaMessage("set_tempo", tempo=1_000_000))
    events: list[tuple[int, mido.Message]] = []
    at = 0
    for program, takes in sessions:
        for take in takes:
            start = at + round(LEAD_SECONDS * TICKS_PER_SECOND)
            held = round(take.held_seconds * TICKS_PER_SECOND)
            events += [
                (at, mido.Message("control_change", control=120, value=0)),
                (at + 1, mido.Message("program_change", program=program)),
                (start, mido.Message("note_on", note=take.pitch, velocity=take.velocity)),
                (start + held, mido.Message("note_off", note=take.pitch)),
            ]
            at += _slot_ticks(take)
    events.append((at + 100, mido.Message("control_change", control=120, value=0)))
    now = 0
    for tick, message in events:
        track.append(message.copy(time=tick - now))
        now = tick
    file = mido.MidiFile(ticks_per_beat=TICKS_PER_SECOND)
    file.tracks.append(track)
    return file
