"""Pictures of a sound: what they show must be what was heard."""

from __future__ import annotations

import numpy as np
import pytest

from songwright.evaluate.sound import ArraySound, hear, sound_curves
from songwright.evaluate.sound.portrait import (
    HIGH_HZ,
    LOW_HZ,
    correlation,
    spectrogram_db,
    stereo_field,
)
from songwright.export.evaluation_sound_pictures import sound_section
from songwright.export.png import png, ramp

RATE = 48_000


def tone(hz: float, seconds: float = 6.0) -> np.ndarray:
    return (0.3 * np.sin(2 * np.pi * hz * np.arange(round(seconds * RATE)) / RATE)).astype("f4")


@pytest.mark.parametrize("hz", [60.0, 440.0, 3_000.0, 12_000.0])
def test_a_tone_is_a_line_at_its_pitch(hz: float) -> None:
    levels = spectrogram_db(ArraySound(np.stack([tone(hz), tone(hz)]), RATE))
    row = int(np.argmax(levels.mean(axis=1)))
    step = np.log(HIGH_HZ / LOW_HZ) / levels.shape[0]
    found = LOW_HZ * np.exp((row + 0.5) * step)
    assert abs(12 * np.log2(found / hz)) < 3.0  # within the width of a bin in the lows


def test_mono_stands_upright_and_opposite_sides_lie() -> None:
    sound = tone(440.0)
    upright = stereo_field(np.stack([sound, sound]))
    lying = stereo_field(np.stack([sound, -sound]))
    middle = upright.shape[1] // 2
    assert upright[:, middle - 1 : middle + 1].sum() == pytest.approx(upright.sum())
    assert lying[middle - 1 : middle + 1].sum() == pytest.approx(lying.sum())
    for sign in (1.0, -1.0):
        heard = hear(np.stack([sound, sign * sound]), RATE)
        assert heard is not None
        assert correlation(heard.scan) == pytest.approx(sign)
    left = stereo_field(np.stack([sound, 0 * sound]))
    columns = np.arange(left.shape[1])
    # A sound on the left lies on the diagonal from top left to bottom right.
    assert np.corrcoef(np.nonzero(left)[0], np.nonzero(left)[1])[0, 1] > 0.99
    assert columns.size == left.shape[0]


def test_a_covered_stem_is_red_where_it_is_covered() -> None:
    generator = np.random.default_rng(5)
    loud = (0.2 * generator.standard_normal((2, 6 * RATE))).astype("f4")
    loud[:, 3 * RATE :] = 0.0
    soft = np.stack([0.02 * tone(2_000.0)] * 2)
    heard = hear(loud + soft, RATE, {"noise": loud, "flute": soft}, roles={"flute": "lead"})
    assert heard is not None
    curves = sound_curves(heard)
    assert curves.portrait is not None
    share = curves.portrait.masked["flute"]
    assert np.all(share[:2] > 0.9)
    assert np.all(share[4:] < 0.1)
    assert np.isnan(curves.portrait.masked["noise"][4:]).all()
    page = sound_section(curves, [(0.0, "verse")], {"flute": "Silver <flute>"})
    for title in ("Loudness", "Spectrum", "Spectrogram", "Stereo field", "Masking"):
        assert f"<h3>{title}</h3>" in page
    assert "Silver &lt;flute" in page
    assert len(page) < 400_000


def test_mono_and_short_sounds_leave_pictures_out() -> None:
    heard = hear(tone(440.0, 1.0)[None], RATE)
    assert heard is not None
    page = sound_section(sound_curves(heard), [], {})
    assert "Stereo field" not in page
    assert "Masking" not in page
    assert "Spectrogram" in page


def test_colours() -> None:
    colours = ramp(((0.0, (0, 0, 0)), (1.0, (255, 128, 0))), 3)
    assert colours == ((0, 0, 0), (128, 64, 0), (255, 128, 0))
    data = png(np.zeros((2, 2), np.uint8), colours)
    assert b"PLTE" in data
    assert data.startswith(b"\x89PNG")
