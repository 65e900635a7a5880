"""Every style's files open in programs that are not ours."""

from __future__ import annotations

import io
import warnings
from pathlib import Path

import pretty_midi
import pytest
import symusic
from tests.musescore import needs_musescore, opened

from songwright.brief import Brief, Length
from songwright.score.midi import write_midi
from songwright.score.notation import write_musicxml
from songwright.session import compose_brief
from songwright.styles import style_ids


@pytest.mark.parametrize("style_id", style_ids())
def test_two_readers_find_the_notes_tempo_and_metre(style_id: str, tmp_path: Path) -> None:
    song = compose_brief(Brief(style=style_id, length=Length("bars", 16, 16)), 3)
    data = write_midi(song.score, song.perform())
    (tmp_path / "song.mid").write_bytes(data)
    first = symusic.Score(tmp_path / "song.mid")
    with warnings.catch_warnings():
        # Key signatures stand in every track, because MuseScore looks for them there.
        warnings.simplefilter("ignore", RuntimeWarning)
        second = pretty_midi.PrettyMIDI(io.BytesIO(data))
    written = sum(len(p.notes) for p in song.perform().parts)
    assert sum(len(t.notes) for t in first.tracks) == written
    assert sum(len(i.notes) for i in second.instruments) == written
    assert first.tempos[0].qpm == pytest.approx(song.score.tempos[0].bpm, rel=1e-4)
    change = second.time_signature_changes[0]
    meter = song.plan.meter
    assert (change.numerator, change.denominator) == (meter.numerator, meter.denominator)
    assert first.time_signatures[0].numerator == meter.numerator
    assert {n.pitch for t in first.tracks for n in t.notes} == {
        n.pitch for p in song.perform().parts for n in p.notes
    }


@needs_musescore
@pytest.mark.parametrize("style_id", style_ids())
def test_musescore_opens_the_notation_without_repair(style_id: str, tmp_path: Path) -> None:
    song = compose_brief(Brief(style=style_id, length=Length("bars", 16, 16)), 3)
    assert opened(write_musicxml(song.score, swing=song.plan.swing > 0.55), tmp_path) == []
