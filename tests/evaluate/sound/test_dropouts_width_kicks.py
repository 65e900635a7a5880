"""Known answers for holes, stereo width and the room that a bass leaves the kick."""

from __future__ import annotations

import numpy as np
import pytest

from songwright.evaluate.model import NotDefined
from songwright.evaluate.sound import hear
from songwright.evaluate.sound.dropouts import dropouts
from songwright.evaluate.sound.kick_room import kick_over_bass, room_db
from songwright.evaluate.sound.listening import Listening
from songwright.evaluate.sound.width import stereo_width

from .programme import RATE_HZ, Stereo, band, mixed, noise, stereo


def heard(audio: np.ndarray, stems: dict[str, Stereo] | None = None) -> Listening:
    listening = hear(audio, RATE_HZ, stems)
    assert listening is not None
    return listening


def torn(audio: Stereo, holes: list[tuple[float, float]]) -> Stereo:
    out = audio.copy()
    for begin, length in holes:
        out[:, round(begin * RATE_HZ) : round((begin + length) * RATE_HZ)] = 0.0
    return out


HOLES = [(2.1, 0.06), (5.4, 0.2), (8.83, 0.01), (15.2, 1.0)]


def test_holes_are_counted_where_they_are() -> None:
    music = mixed(band()) + stereo(noise(-5.0, 3, band()["lead"].shape[1], -30.0))
    (clean,) = dropouts(heard(music))
    assert clean.value == 0.0
    (found,) = dropouts(heard(torn(music, HOLES)))
    assert found.value == 4.0  # in less than a minute, counted against one
    for (begin, length), (start, end) in zip(HOLES, found.evidence.seconds, strict=True):
        assert start <= begin + length / 2.0 <= end
    assert "1000 ms" in found.evidence.note


def test_rests_and_gated_notes_are_no_holes() -> None:
    time = np.arange(8 * RATE_HZ) / RATE_HZ
    gate = np.clip(np.minimum(time % 0.5, 0.3 - time % 0.5) / 0.005, 0.0, 1.0)
    (found,) = dropouts(heard(stereo(0.3 * gate * np.sin(2 * np.pi * 220.0 * time))))
    assert found.value == 0.0


def test_lead_in_and_end_are_no_holes() -> None:
    sound = stereo(noise(-5.0, 3, 4 * RATE_HZ))
    (found,) = dropouts(heard(np.pad(sound, ((0, 0), (RATE_HZ, RATE_HZ)))))
    assert found.value == 0.0


def test_width_of_known_images() -> None:
    left, right = noise(-4.0, 1), noise(-4.0, 2)
    values = [
        next(stereo_width(heard(audio))).value
        for audio in (stereo(left), stereo(left, right), stereo(left, -left),
                      stereo(left, np.zeros_like(left)))
    ]  # fmt: skip
    assert values == pytest.approx([-60.0, 0.0, 60.0, 0.0], abs=0.2)


def test_a_mono_file_has_no_width() -> None:
    with pytest.raises(NotDefined):
        next(stereo_width(heard(noise(-4.0, 1)[None].astype(np.float32))))


def test_room_in_decibels() -> None:
    kick, bass = np.full(300, 1e-9), np.full(300, 1e-9)
    for begin in (50, 120, 190, 260):
        kick[begin : begin + 8] = 1.0
    assert room_db(kick, bass).tolist() == pytest.approx([40.0] * 4)
    assert room_db(kick, np.full(300, 0.1)).tolist() == pytest.approx([10.0] * 4, abs=0.01)
    assert room_db(kick, np.full(200, 10.0))[:2].tolist() == pytest.approx([-10.0] * 2, abs=0.01)
    assert room_db(np.full(300, 1.0), bass).size == 0


def test_a_louder_bass_leaves_less_room() -> None:
    stems = band()
    hum = 0.05 * np.sin(2 * np.pi * 55.0 / RATE_HZ * np.arange(stems["lead"].shape[1]))
    stems["bass"] = stereo(hum)
    (before,) = kick_over_bass(heard(mixed(stems), stems))
    stems["bass"] = stereo(4.0 * hum)
    (after,) = kick_over_bass(heard(mixed(stems), stems))
    assert before.value is not None and after.value is not None
    assert before.value - after.value == pytest.approx(12.04, abs=0.1)


def test_without_a_kick_there_is_nothing_to_measure() -> None:
    stems = band()
    del stems["drums"]
    with pytest.raises(NotDefined):
        next(kick_over_bass(heard(mixed(stems), stems)))
