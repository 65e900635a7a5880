"""The same MIDI through FluidSynth and through our player, where both are installed."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import mido
import numpy as np
import pytest
import soundfile
from scipy.signal import welch

from songwright.perform import performance_of_midi
from songwright.render.controls import Controls, apply_volume_and_pan
from songwright.render.soundfonts import installed_soundfonts
from songwright.render.soundfonts.player import play_bank
from songwright.render.soundfonts.sf2 import SoundfontFile
from songwright.score import instrument

RATE_HZ = 48000
FONTS = [p for p in installed_soundfonts() if p.name.startswith("FluidR3_GM")]
pytestmark = pytest.mark.skipif(
    shutil.which("fluidsynth") is None or not FONTS, reason="needs FluidSynth and FluidR3_GM.sf2"
)


def music() -> mido.MidiFile:
    """Four parts of eight seconds: chords, a line with bend and wheel, bass, drums."""
    file = mido.MidiFile(type=1)
    line = [(i * 480, 60 + (0, 4, 7, 5, 2, 9, 12, 11)[i % 8]) for i in range(16)]
    rows = {
        0: (0, [(t, p + d, 900, 70 + 3 * d) for t, p in line[::2] for d in (0, 4, 7)]),
        1: (48, [(t, p + 7, 440, 60 + 4 * (i % 8)) for i, (t, p) in enumerate(line)]),
        2: (33, [(t, p - 24, 300, 100) for t, p in line]),
        9: (0, [(t, k, 100, v) for t, _ in line for k, v in ((36, 100), (42, 60), (38, 80))]),
    }
    for channel, (program, notes) in rows.items():
        track = mido.MidiTrack()
        events = [(0, 0, mido.Message("program_change", program=program, channel=channel))]
        events.append((0, 1, mido.Message("control_change", control=7, value=100, channel=channel)))
        full = mido.Message("control_change", control=11, value=127, channel=channel)
        events.append((0, 1, full))
        for start, key, length, velocity in notes:
            events.append((start, 3, mido.Message("note_on", note=key, velocity=velocity,
                                                  channel=channel)))  # fmt: skip
            events.append((start + length, 2, mido.Message("note_off", note=key, channel=channel)))
        if channel == 1:
            events.append((2000, 1, mido.Message("pitchwheel", pitch=4096, channel=1)))
            events.append((3000, 1, mido.Message("pitchwheel", pitch=0, channel=1)))
            events.append((4000, 1, mido.Message("control_change", control=11, value=80,
                                                 channel=1)))  # fmt: skip
        now = 0
        for at, _, message in sorted(events, key=lambda e: e[:2]):
            track.append(message.copy(time=at - now))
            now = at
        file.tracks.append(track)
    return file


def bands_db(sound: np.ndarray) -> np.ndarray:
    hz, power = welch(sound, RATE_HZ, nperseg=8192)
    power = power.mean(0)
    centres = 63.0 * 2.0 ** np.arange(8)
    return np.array([
        10 * np.log10(power[(hz >= c / 2**0.5) & (hz < c * 2**0.5)].sum()) for c in centres
    ])  # fmt: skip


def test_octaves_agree_within_one_decibel(tmp_path: Path) -> None:
    midi, wave = tmp_path / "a.mid", tmp_path / "a.wav"
    music().save(midi)
    subprocess.run(
        ["fluidsynth", "-ni", "-R", "0", "-C", "0", "-g", "0.5", "-r", str(RATE_HZ), "-O", "float",
         "-T", "wav", "-F", str(wave), str(FONTS[0]), str(midi)],
        check=True, capture_output=True,
    )  # fmt: skip
    theirs = soundfile.read(wave, dtype="float32")[0].T
    font, ours = SoundfontFile(FONTS[0]), np.zeros_like(theirs)
    for part in performance_of_midi(midi.read_bytes()).parts:
        facts = instrument(part.instrument)
        bank = font.require(128 if facts.is_kit else 0, facts.program)
        sound = play_bank(bank, part, ours.shape[1], RATE_HZ, 0.5)
        apply_volume_and_pan(sound, Controls(part, ours.shape[1], RATE_HZ))
        ours += sound
    # volume 100 is 0 dB here and -4.15 dB there
    difference = bands_db(ours) - bands_db(theirs) + 40 * np.log10(100 / 127)
    assert np.abs(difference).max() < 1.0, difference
    assert np.ptp(difference) < 1.0, difference
