"""Key, entropy, fit of tune and chords, progressions, voices: known answers."""

from __future__ import annotations

import mir_eval
import numpy as np
import pytest

from songwright.evaluate import evaluate_score, piece_of
from songwright.evaluate.symbolic.fit import centroids
from songwright.evaluate.symbolic.tonality import key_of, read_key
from songwright.score import Note, Score
from songwright.theory import MODES, Key
from tests.evaluate.conftest import line, score_of

NAMES = ("C", "Db", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B")


def values(score: Score) -> dict[str, float | None]:
    return {m.metric: m.value for m in evaluate_score(score)}


def test_pitch_entropy_by_hand() -> None:
    one = values(score_of(("lead", "violin", line("C4:1 " * 16))))
    assert one["pitch_entropy_1"] == one["pitch_entropy_4"] == 0.0
    four = values(score_of(("lead", "violin", line("C4:1 D4:1 E4:1 F4:1 " * 4))))
    assert four["pitch_entropy_1"] == pytest.approx(2.0)
    chromatic = line(" ".join(f"{name}4:1" for name in NAMES) + " " + "C4:1 Db4:1 D4:1 Eb4:1")
    twelve = values(score_of(("lead", "violin", chromatic[:12] * 1)))
    assert twelve["pitch_entropy_4"] is None  # three bars only
    assert twelve["pitch_entropy_1"] == pytest.approx(2.0)


@pytest.mark.parametrize("tonic", range(12))
@pytest.mark.parametrize("mode", ["major", "harmonic minor"])
def test_keys_of_cadences_are_found_and_mir_eval_agrees(tonic: int, mode: str) -> None:
    scale = [48 + tonic + step for step in MODES[mode]]
    degrees = [0, 3, 4, 0, 5, 3, 4, 0]
    notes = [
        Note(480 * i, 480, scale[(d + up) % 7] + 12 * ((d + up) // 7))
        for i, d in enumerate(degrees)
        for up in (0, 2, 4)
    ]
    key = key_of(piece_of(score_of(("chords", "acoustic_grand_piano", notes))))
    assert key is not None
    found = f"{NAMES[key.tonic_pc]} {'minor' if key.is_minor else 'major'}"
    wanted = f"{NAMES[tonic]} {'minor' if mode != 'major' else 'major'}"
    assert mir_eval.key.weighted_score(wanted, found) == 1.0


def test_the_last_chord_tells_major_from_minor() -> None:
    weights = np.zeros(12)
    weights[[0, 7, 2, 5]] = 1.0  # no third: the profiles alone cannot know
    favour = np.zeros(24)
    favour[12] = 0.05
    plain, minor = read_key(weights), read_key(weights, favour)
    assert plain is not None
    assert minor is not None
    assert (minor.tonic_pc, minor.is_minor) == (0, True)


def test_nothing_and_one_pitch_have_no_key() -> None:
    assert read_key(np.zeros(12)) is None
    assert read_key(np.eye(12)[3]) is None
    assert read_key(np.ones(12)) is None


def test_scale_consistency_counts_the_foreign_notes() -> None:
    found = values(score_of(("lead", "violin", line("C4:1 D4:1 E4:1 F4:1 G4:1 A4:1 B4:1 F#4:1 "
                                                     "C5:1 B4:1"))))  # fmt: skip
    assert found["scale_consistency"] == pytest.approx(0.9)


def test_a_modulation_lowers_key_stability() -> None:
    c = "C4:1 E4:1 G4:1 B4:1 C5:1 F4:1 D4:1 C4:1 " * 8
    e = "E4:1 G#4:1 B4:1 D#5:1 E5:1 A4:1 F#4:1 E4:1 " * 8
    stays = values(score_of(("lead", "violin", line(c + c))))
    leaves = values(score_of(("lead", "violin", line(c + e))))
    assert stays["key_stability"] == 1.0
    assert leaves["key_stability"] < 0.7


def test_chord_tones_by_hand() -> None:
    # Over C: C (in), D (out, resolved up to E), E (in), F (out, left by leap). Then the same.
    tune = line("C4:1 D4:1 E4:1 F4:1 " * 4)
    found = values(score_of(("lead", "violin", tune), chords="C C C C"))
    assert found["chord_tone_ratio"] == pytest.approx(0.5)
    assert found["chord_tone_ratio_beats"] == pytest.approx(0.5)
    # D resolves each time; F leaps down a fourth to C, three times, and ends the piece once.
    assert found["nonchord_resolution"] == pytest.approx(0.5)
    assert found["ctnctr"] == pytest.approx((8 + 4) / 16)


def test_consonance_by_hand() -> None:
    same = values(score_of(("lead", "violin", line("C4:1 " * 8)), chords="C C"))
    # C against C, E, G: unison +1, minor sixth +1 (C above E), fourth 0 (C above G).
    assert same["consonance_pcs"] == pytest.approx(2 / 3)
    clash = values(score_of(("lead", "violin", line("C#4:1 " * 8)), chords="C C"))
    # C# against C -1, E +1 (a sixth), G -1.
    assert clash["consonance_pcs"] == pytest.approx(-1 / 3)
    assert clash["tonal_distance"] > same["tonal_distance"]


def test_centroids_lie_on_their_circles() -> None:
    single = centroids(np.eye(12))
    assert np.hypot(single[:, 0], single[:, 3]) == pytest.approx(np.ones(12))
    assert np.hypot(single[:, 2], single[:, 5]) == pytest.approx(0.5 * np.ones(12))
    fifth = np.linalg.norm(single[0] - single[7])
    tritone = np.linalg.norm(single[0] - single[6])
    assert fifth < tritone


def test_coupling_is_nothing_under_one_chord_and_something_under_a_progression() -> None:
    arpeggios = "C4:1 E4:1 G4:1 C4:1 F4:1 A4:1 C5:1 F4:1 G4:1 B4:1 D5:1 G4:1 A4:1 C5:1 E5:1 A4:1 "
    follows = values(score_of(("lead", "violin", line(arpeggios * 3)), chords="C F G Am " * 3))
    pedal = values(score_of(("lead", "violin", line(arpeggios * 3)), chords="C " * 12))
    assert follows["harmonic_coupling"] == pytest.approx(0.5)
    assert pedal["harmonic_coupling"] == pytest.approx(0.0)


def test_progressions_by_hand() -> None:
    tune = ("lead", "violin", line("C4:4 " * 32))
    loop = values(score_of(tune, chords="C Am F G " * 8))
    # 64 half bars hold 62 triples; a loop of four chords, two half bars each, has 8 of them.
    assert loop["progression_irregularity"] == pytest.approx(8 / 62, abs=1e-4)
    assert loop["chord_vocabulary"] == 4.0
    assert loop["chord_entropy"] == pytest.approx(2.0)
    assert loop["chord_length"] == pytest.approx(4.0)


def test_a_transposed_section_is_heard_by_its_degrees() -> None:
    """The same chord in another spelling or octave is the same token."""
    tune = ("lead", "violin", line("C4:4 " * 8))
    assert values(score_of(tune, chords="C G C G C G C G"))["chord_vocabulary"] == 2.0


def test_parallel_fifths_and_octaves_are_counted() -> None:
    upper = line("G4:1 A4:1 B4:1 A4:1 G4:1 F4:1 E4:1 C5:1 D5:1 E5:1 D5:1 B4:1")
    fifths = line("C4:1 D4:1 E4:1 D4:1 C4:1 E4:1 C4:1 E4:1 F4:1 G4:1 B3:1 G4:1")
    found = {m.metric: m for m in evaluate_score(
        score_of(("lead", "violin", upper), ("counter", "viola", fifths)))}  # fmt: skip
    # Of 11 common moves the first four keep a fifth in parallel.
    assert found["parallel_perfects"].value == pytest.approx(100 * 4 / 11)
    assert found["parallel_perfects"].evidence.bars[0] == (0, 1)


def test_a_doubled_voice_is_not_a_fault() -> None:
    upper = line("G4:1 A4:1 B4:1 A4:1 G4:1 F4:1 E4:1 C5:1 D5:1 E5:1 D5:1 B4:1")
    octave = tuple(Note(n.onset_ticks, n.duration_ticks, n.pitch - 12) for n in upper)
    third = tuple(Note(n.onset_ticks, n.duration_ticks, n.pitch - 4) for n in upper)
    found = values(score_of(("lead", "violin", upper), ("counter", "viola", octave),
                            ("inner", "violin", third)))  # fmt: skip
    assert found["parallel_perfects"] == 0.0


def test_crossing_and_clashes() -> None:
    upper = line("C5:4 C5:4 C4:4 C5:4 C5:1 C5:1 C5:1 C5:1")
    lower = line("G4:4 G4:4 G4:4 G4:4 G4:1 G4:1 G4:1 G4:1")
    found = values(score_of(("lead", "violin", upper), ("counter", "viola", lower)))
    assert found["voice_crossing"] == pytest.approx(0.2)
    rub = [Note(480 * i, 480, p) for i in range(16) for p in ((60, 61) if i % 4 == 0 else (60, 67))]
    assert values(score_of(("chords", "acoustic_grand_piano", rub), chords="C C C C"))[
        "clash_share"
    ] == pytest.approx(0.25)


def test_a_major_seventh_in_its_chord_is_no_clash() -> None:
    notes = [Note(480 * i, 480, p) for i in range(16) for p in (59, 60, 64, 67)]
    score = score_of(("chords", "acoustic_grand_piano", notes), chords="Cmaj7 " * 4)
    assert values(score)["clash_share"] == 0.0


def test_key_of_a_hymn(hundredth: Score) -> None:
    key = key_of(piece_of(hundredth))
    assert key is not None
    assert (key.tonic_pc, key.is_minor) == (Key("G", "major").tonic_pc, False)
