"""A mode is heard by the degree that makes it and by where the bass is at home."""

from __future__ import annotations

import pytest

from songwright.evaluate import measure_midi
from songwright.evaluate.keyfinding import estimate_mode
from songwright.evaluate.reading import estimate_mode_of, lowest_line
from songwright.export.report import key_agrees
from songwright.score import Note
from songwright.session import compose
from songwright.theory import MODES, Key
from songwright.theory.key_profiles import MODE_PROFILES

# Steps of the scale on which the two other chords of a vamp stand that states the mode.
VAMPS = {
    "dorian": (3, 6), "phrygian": (1, 6), "lydian": (1, 4), "mixolydian": (6, 3), "locrian": (1, 4),
}  # fmt: skip


def vamp(mode: str, tonic: int) -> list[Note]:
    """Two bars on the tonic, one on each of the others: triads over their roots."""
    steps = MODES[mode]
    notes = []
    for bar, root in enumerate((0, VAMPS[mode][0], 0, VAMPS[mode][1]) * 2):
        for voice, above in ((36, 0), (60, 0), (60, 2), (60, 4)):
            degree = root + above
            pitch = voice + tonic + steps[degree % 7] + 12 * (degree // 7)
            notes.append(Note(1920 * bar, 1920, pitch))
    return notes


@pytest.mark.parametrize("tonic", range(12))
@pytest.mark.parametrize("mode", VAMPS)
def test_a_vamp_names_its_mode(mode: str, tonic: int) -> None:
    notes = vamp(mode, tonic)
    found = estimate_mode_of(notes)
    assert found is not None
    assert (found.tonic_pc, found.mode) == (tonic, mode)


def test_each_mode_has_its_own_seven_degrees() -> None:
    for mode, profile in MODE_PROFILES.items():
        strongest = sorted(range(12), key=lambda degree: -profile[degree])[:7]
        assert set(strongest) == set(MODES[mode]), mode
        assert sum(profile) == pytest.approx(sum(MODE_PROFILES["major"]), abs=0.01)


def test_the_bass_says_where_home_is() -> None:
    white = [1.0 if pc in MODES["major"] else 0.0 for pc in range(12)]

    def home(pc: int) -> str:
        return str(estimate_mode(white, [1.0 if i == pc else 0.0 for i in range(12)]))

    heard = [home(pc) for pc in MODES["major"]]
    assert heard == ["C major", "D dorian", "E phrygian", "F lydian", "G mixolydian", "A minor",
                     "B locrian"]  # fmt: skip


def test_the_last_note_of_the_bass_decides_between_equals() -> None:
    white = [1.0 if pc in MODES["major"] else 0.0 for pc in range(12)]
    even = [0.5 if pc in (2, 7) else 0.0 for pc in range(12)]
    assert str(estimate_mode(white, even, final_pc=2)) == "D dorian"
    assert str(estimate_mode(white, even, final_pc=7)) == "G mixolydian"


def test_silence_has_no_mode() -> None:
    assert estimate_mode([0.0] * 12) is None
    assert estimate_mode_of([]) is None


def test_the_lowest_of_overlapping_notes() -> None:
    notes = [Note(0, 960, 60), Note(480, 960, 55), Note(2400, 480, 64)]
    assert lowest_line(notes) == [(60, 480), (55, 480), (55, 480), (64, 480)]


def test_a_mode_on_another_tonic_is_not_the_one_asked_for() -> None:
    notes = vamp("dorian", 2)
    found = estimate_mode_of(notes)
    assert found is not None
    assert key_agrees(found, Key("D", "dorian"))
    assert not key_agrees(found, Key("C", "major"))
    assert not key_agrees(found, Key("G", "mixolydian"))


@pytest.mark.parametrize("request_", ["metal in G mixolydian", "solo piano in E phrygian"])
def test_a_piece_is_heard_in_the_mode_asked_for(request_: str) -> None:
    from songwright.score.midi import write_midi

    song = compose(f"{request_}, 16 bars", seed=1)
    found = measure_midi(write_midi(song.score)).mode
    assert str(found) == str(song.plan.key)
