"""FluidSynth as a player: the same part as ours, note for note."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from songwright.errors import AudioError, FileFormatError
from songwright.render.hosts import fluidsynth
from songwright.render.soundfonts import sources_for
from tests.render.soundfonts.fonts import looped_font, write
from tests.render.soundfonts.listening import hz_of, part_of, rms_db

RATE_HZ = 48000
NOTES = [(0.2, 0.4, 69, 80)]


@pytest.mark.skipif(shutil.which("fluidsynth") is None, reason="needs FluidSynth")
def test_it_plays_like_our_own_player(tmp_path: Path) -> None:
    path = write(tmp_path, looped_font())
    sounds = []
    for asked in (f"fluidsynth:{path}", str(path)):
        (source,) = sources_for(asked)
        instrument = source.instrument_for(part_of(NOTES))
        assert instrument is not None
        sounds.append(instrument.render(part_of(NOTES), RATE_HZ, RATE_HZ))
    theirs, ours = sounds
    assert abs(hz_of(theirs, 0.25, 0.55) - 480) < 2
    assert rms_db(theirs, 0.3, 0.5) == pytest.approx(rms_db(ours, 0.3, 0.5), abs=0.5)
    assert not np.abs(theirs[:, : round(0.19 * RATE_HZ)]).max() > 1e-4
    (source,) = sources_for(f"fluidsynth:{path}")
    assert "FluidSynth" in source.credit.origin


def test_without_the_program_the_message_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(tmp_path, looped_font())
    monkeypatch.setattr(fluidsynth.shutil, "which", lambda name: None)
    with pytest.raises(FileFormatError, match="not installed"):
        sources_for(f"fluidsynth:{path}")


def test_a_program_that_fails_is_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(tmp_path, looped_font())
    monkeypatch.setattr(fluidsynth.shutil, "which", lambda name: "/bin/false")
    monkeypatch.setattr(fluidsynth, "PROGRAM", "false")
    (source,) = sources_for(f"fluidsynth:{path}")
    instrument = source.instrument_for(part_of(NOTES))
    assert instrument is not None
    with pytest.raises(AudioError, match="could not play"):
        instrument.render(part_of(NOTES), RATE_HZ, RATE_HZ)
