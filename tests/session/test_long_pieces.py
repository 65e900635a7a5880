"""Long parts are rendered in stretches: no note is lost, cut or played twice."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from songwright.audio.storage import DiskBuffer, whole
from songwright.perform import ControlPoint, PlayedNote, PlayedPart
from songwright.render import render_part
from songwright.render.beats import BeatClock
from songwright.session.production.long import cuts, render_long, stretches

RATE = 48_000


def part(rest: float = 4.0) -> PlayedPart:
    """Fifteen minutes: phrases of 26 s with a rest after each."""
    notes = tuple(
        PlayedNote(t + k, 0.9, 60 + k % 12, 80)
        for t in np.arange(0.0, 900.0, 26.0 + rest).tolist()
        for k in range(26)
        if t + k < 895.0
    )
    controls = (ControlPoint(0.0, 7, 90), ControlPoint(300.0, 7, 60), ControlPoint(301.0, 64, 0))
    return PlayedPart("keys", "Keys", "chords", "vibraphone", notes, controls)


def test_cuts_lie_in_rests() -> None:
    keys = part()
    found = cuts(keys, 900.0)
    assert len(found) == 3
    for at in found:
        assert not any(n.onset_seconds < at < n.onset_seconds + n.duration_seconds
                       for n in keys.notes)  # fmt: skip
        assert min(n.onset_seconds - at for n in keys.notes if n.onset_seconds > at) < 0.1


def test_every_note_is_in_one_stretch_with_its_controls() -> None:
    keys = part()
    heard = []
    for start, played, length in stretches(keys, 900.0):
        heard += [(round(n.onset_seconds + start, 6), n.pitch) for n in played.notes]
        assert all(0.0 <= n.onset_seconds <= length for n in played.notes)
        volume = [c.value for c in played.controls if c.controller == 7]
        assert volume[0] == (90 if start < 300.0 else 60)
    assert heard == [(round(n.onset_seconds, 6), n.pitch) for n in keys.notes]


def test_a_part_that_never_rests_is_cut_between_onsets() -> None:
    notes = tuple(PlayedNote(0.25 * k, 2.0, 60, 80) for k in range(3_600))
    bed = PlayedPart("bed", "Bed", "pad", "pad_2_warm", notes)
    total = sum(len(played.notes) for _, played, _ in stretches(bed, 900.0))
    assert total == len(notes)


def rendered_both_ways(keys: PlayedPart, monkeypatch, tmp_path) -> tuple[np.ndarray, np.ndarray]:
    """A minute in stretches of about twenty seconds, and the same at once."""
    room = "songwright.session.production.long"
    monkeypatch.setattr(f"{room}._STRETCH_SECONDS", 20.0)
    monkeypatch.setattr(f"{room}._SEARCH_SECONDS", 8.0)
    buffer = DiskBuffer(62 * RATE, tmp_path)
    render_long(keys, buffer, RATE, lambda played, length: render_part(played, length, RATE))
    pieces = whole(buffer)
    mapped = buffer.mapped()
    assert np.array_equal(mapped, pieces)
    buffer.close()
    assert len(cuts(keys, 62.0)) >= 2
    return pieces, render_part(keys, 62 * RATE, RATE)


def test_stretches_sound_like_the_whole(monkeypatch, tmp_path) -> None:
    notes = tuple(PlayedNote(2.0 * k + 0.1, 0.4, 60 + k % 7, 80) for k in range(30))
    keys = PlayedPart("keys", "Keys", "chords", "vibraphone", notes)
    pieces, at_once = rendered_both_ways(keys, monkeypatch, tmp_path)
    # Every note has its place and its level, and its fans stand where they would have stood.
    second = RATE
    for at in range(0, 60 * RATE, second):
        level = [np.std(x[:, at : at + second]) for x in (pieces, at_once)]
        assert abs(20 * np.log10(level[0] / level[1])) < 1.5


@pytest.mark.parametrize(
    ("instrument", "sound"),
    [
        ("drawbar_organ", ""),
        ("violin", ""),
        ("pad_8_sweep", ""),
        ("pad_2_warm", "texture_tape_drift"),
    ],
)
def test_what_moves_all_the_time_goes_on_over_a_cut(
    instrument: str, sound: str, monkeypatch, tmp_path
) -> None:
    """Speakers, choruses, slow oscillators in seconds and in beats, and every note's chances."""
    notes = tuple(PlayedNote(2.0 * k + 0.13, 1.2, 60 + k % 7, 80) for k in range(30))
    tempos = ((0.0, 97.0), (26.5, 131.0))
    keys = PlayedPart("keys", "Keys", "chords", instrument, notes, sound=sound, tempos=tempos)
    pieces, at_once = rendered_both_ways(keys, monkeypatch, tmp_path)
    # what crushes or drives keeps a clock of its own: not to the bit
    assert np.abs(pieces - at_once).max() < 1e-2 * np.abs(at_once).max()


def test_stretches_keep_the_beat() -> None:
    keys = replace(part(), tempos=((0.0, 90.0), (450.0, 120.0)))
    whole_clock = BeatClock(keys.tempos)
    for start, played, _ in stretches(keys, 900.0):
        clock = BeatClock(played.tempos)
        assert clock.origin_seconds == pytest.approx(start, abs=1e-6)
        at = np.array([0.0, 30.0, 200.0])
        assert clock.beats(at) == pytest.approx(whole_clock.beats(at + start), abs=1e-4)
