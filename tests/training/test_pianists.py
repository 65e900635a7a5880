"""Reading alignments of pianists, and fitting their hands."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from training.keyboard import Excerpt, excerpt, fit, performance

_LINE = (
    "snote({name},[{step},{sign}],{octave},1:1,0,1/4,{onset:.4f},{end:.4f},[{words}])"
    "-note({name},{pitch},{start},{stop},{velocity},0,0).\n"
)


def _write(path: Path, melody: int, early: int) -> None:
    """Four beats of a melody note over two others, the melody some units early."""
    text = "info(piece,Test).\n"
    for beat in range(4):
        for voice, step, octave, pitch in (("v1", "E", 5, 76), ("v2", "G", 4, 67),
                                           ("v3", "C", 3, 48)):  # fmt: skip
            start = 960 * (beat + 1) - (early if voice == "v1" else 0)
            text += _LINE.format(
                name=f"n{beat}{voice}", step=step, sign="n", octave=octave, onset=beat,
                end=beat + 1, words=f"{voice},staff1", pitch=pitch, start=start, stop=start + 800,
                velocity=melody if voice == "v1" else 50,
            )  # fmt: skip
    path.write_text(text, "utf-8")


def test_a_match_file_is_read(tmp_path: Path) -> None:
    _write(tmp_path / "Test_p01.match", 80, 48)
    notes = performance(tmp_path / "Test_p01.match")
    assert len(notes) == 12
    first = notes[0]
    assert (first.pitch, first.role, first.velocity) == (76, "lead", 80)
    assert first.seconds == pytest.approx((960 - 48) / 960)
    assert {note.role for note in notes[1:3]} == {"chords"}


def test_the_lead_of_the_melody_is_measured(tmp_path: Path) -> None:
    for number, early in enumerate((24, 48)):
        _write(tmp_path / f"Test_p0{number}.match", 80, early)
    found = excerpt(tmp_path, "Test")
    assert np.median(found.leads_ms) == pytest.approx(37.5)
    assert found.velocities.shape == (2, 12)
    assert found.level == pytest.approx(60.0)


def test_weights_are_recovered() -> None:
    random = np.random.default_rng(3)
    wanted = np.array([12.0, -4.0, 6.0])
    rows = []
    for _ in range(3):
        traits = random.normal(size=(400, 3))
        played = traits @ wanted + random.normal(size=(5, 400))
        rows.append(Excerpt(traits, played, np.zeros(1), 60.0))
    assert fit(rows) == pytest.approx(wanted, abs=0.3)
