"""Energy told in words: composed, and measured in the file."""

from __future__ import annotations

from dataclasses import replace

import pytest

from songwright.brief.model import EnergyPoint
from songwright.export.curve_rows import curve_rows
from songwright.score.midi import write_midi
from songwright.session.song import compose


@pytest.mark.parametrize(
    "prompt",
    [
        "orchestral film score, 60 seconds, builds to a climax at 0:35",
        "pop song, builds to a climax at 1:10, then drops away, 2 minutes",
        "pop, 60 seconds, builds to a climax at the end",
        "techno, 90 seconds, a huge climax at 1:00",
    ],
)
def test_a_climax_comes_where_it_was_asked_for(prompt: str) -> None:
    song = compose(prompt, 1)
    midi = write_midi(song.score, song.perform())
    ((name, asked, _, measured, good),) = curve_rows(song.brief, song.plan, midi)
    assert name == "energy"
    assert asked in prompt
    assert measured.startswith("loudest from")
    assert good
    early = (EnergyPoint(0.95, seconds=2.0), EnergyPoint(0.2, 1.0))
    brief = replace(song.brief, energy=early)
    assert curve_rows(brief, song.plan, midi)[0][4] is False


def test_nothing_is_said_where_nothing_was_asked() -> None:
    song = compose("rock, 8 bars", 1)
    assert curve_rows(song.brief, song.plan, write_midi(song.score)) == []
