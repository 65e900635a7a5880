"""The measures of the learned models: known answers, and what they must notice."""

from __future__ import annotations

import tomllib
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from bench.models_cards import note
from bench.models_groove_features import groove_features
from bench.models_groove_spread import distance, distances, summary
from bench.models_harmony_features import harmony_features
from bench.models_line_features import entropy, line_features, share
from bench.models_report import markdown, put, write
from bench.models_two_sample import Features, blind_test, people_against_people

from songwright.models.grooves import GrooveWish, Stroke
from songwright.models.likeness import Sound
from songwright.models.lines import Frame, Harmony
from songwright.models.progressions import HarmonyWish
from songwright.seeds import noise_rng

FRAME = Frame(4, 4, 4, (Harmony(0, 0, "maj"), Harmony(96, 7, "maj"), Harmony(144, 0, "maj")))
SCALE = tuple(
    Sound(12 * i, 12, pitch)
    for i, pitch in enumerate((60, 62, 64, 65, 67, 65, 64, 62, 59, 62, 67, 71, 72, 67, 64, 60))
)


def test_lines_have_many_features_and_always_the_same_ones() -> None:
    one = line_features(SCALE, FRAME, False)
    other = line_features((Sound(6, 3, 61),), Frame(3, 4, 4), True)
    assert len(one) >= 60
    assert list(one) == list(other)


def test_known_answers_of_a_line() -> None:
    found = line_features(SCALE, FRAME, False)
    assert found["rhythm_onsets_a_quarter"] == 1.0
    assert found["meter_on_beat"] == 1.0
    assert found["meter_syncopated"] == 0.0
    assert found["rhythm_gap_12"] == 1.0
    assert found["rhythm_gap_entropy"] == 0.0
    assert found["degree_outside"] == 0.0
    assert found["degree_last_is_tonic"] == 1.0
    assert found["repeat_rhythm_same_1"] == 1.0
    assert found["interval_2"] == sum(abs(b.pitch - a.pitch) == 2 for a, b in pairwise(SCALE)) / 15
    assert found["chord_tones_at_changes"] == 1.0  # C on C, B on G, C on C
    assert found["voices_most"] == 1.0


def test_chords_and_repetition_are_seen() -> None:
    triad = tuple(Sound(48 * b, 24, p) for b in range(4) for p in (48, 52, 55))
    found = line_features(triad, FRAME, False)
    assert found["voices_mean"] == 3.0
    assert found["voices_same_chord"] == 1.0
    assert found["repeat_tune_1"] == 1.0
    assert found["rhythm_rests"] == 3.0


def test_harmony_features_know_a_cadence() -> None:
    wish = HarmonyWish(4, 4, 4, minor=False)
    chords = (Harmony(0, 0, "maj"), Harmony(48, 2, "min7"), Harmony(96, 7, "7"),
              Harmony(144, 0, "maj"))  # fmt: skip
    found = harmony_features(chords, wish)
    assert len(found) >= 60
    assert found["ends_authentic"] == 1.0
    assert found["two_five"] == pytest.approx(1 / 3)
    assert found["pace"] == 1.0
    assert found["root_0"] == 0.5
    assert found["sevenths_resolve"] == 1.0


def test_groove_features_know_a_backbeat() -> None:
    wish = GrooveWish(4, 4, 2)
    strokes = [Stroke(48 * b + 24 * i, "kick", 100) for b in range(2) for i in range(2)]
    strokes += [Stroke(48 * b + 24 * i + 12, "snare", 90, 7) for b in range(2) for i in range(2)]
    found = groove_features(sorted(strokes), wish)
    assert len(found) >= 60
    assert found["snare_on_backbeats"] == 1.0
    assert found["kick_on_backbeats"] == 0.0
    assert found["repeat_all_exact_1"] == 1.0
    assert found["snare_late"] == 7.0
    assert found["repeat_velocity_same"] == 1.0


def rows(count: int, shift: float, seed: int) -> list[Features]:
    noise = noise_rng(seed, "rows")
    return [
        {f"f{i}": float(noise.normal(shift if i == 3 else 0.0)) for i in range(8)}
        for _ in range(count)
    ]


def test_the_blind_test_sees_what_differs_and_names_it() -> None:
    works = [f"work {i % 20}" for i in range(200)]
    verdict = blind_test(rows(200, 0.0, 1), works, rows(200, 3.0, 2), works, explain=3)
    assert verdict.auc > 0.95
    assert verdict.giveaways[0].name == "f3"
    assert verdict.giveaways[0].loss > 0.2
    assert verdict.giveaways[0].made > verdict.giveaways[0].human


def test_the_blind_test_is_blind_to_nothing() -> None:
    works = [f"work {i % 20}" for i in range(200)]
    assert 0.35 < blind_test(rows(200, 0.0, 1), works, rows(200, 0.0, 2), works).auc < 0.65
    assert 0.3 < people_against_people(rows(200, 0.0, 1), works).auc < 0.7


def test_features_that_never_apply_do_not_matter() -> None:
    works = [f"work {i % 10}" for i in range(60)]
    human, made = rows(60, 0.0, 1), rows(60, 3.0, 2)
    for row in (*human, *made):
        row["never"] = float("nan")
        row["constant"] = 1.0
    assert blind_test(human, works, made, works).auc > 0.9


def test_distance_is_that_of_kolmogorov_and_smirnov() -> None:
    assert distance([1, 2, 3], [1, 2, 3]) == 0.0
    assert distance([1, 2], [3, 4]) == 1.0
    assert distance([1, 2, 3, 4], [3, 4, 5, 6]) == pytest.approx(0.5)


def test_touch_is_compared_by_voice_and_place() -> None:
    def drummer(velocity: int, seed: int) -> list[Stroke]:
        noise = noise_rng(seed, "drummer")
        return [Stroke(12 * i, "snare", int(noise.integers(-10, 10)) + velocity)
                for i in range(60)]  # fmt: skip

    found = distances([drummer(90, 1)], [drummer(60, 2)], [drummer(61, 3)], [drummer(64, 4)])
    velocity = next(d for d in found if d.measure == "velocity")
    assert (velocity.voice, velocity.place) == ("snare", "beat")
    assert velocity.made > 0.9 and not velocity.within
    made, rules, people, within = summary(found, "velocity")
    assert made > rules > 0 and people < 0.4 and within == 0.0


def test_entropy_and_share() -> None:
    assert entropy("aabb") == 1.0
    assert entropy("aaaa") == 0.0
    assert np.isnan(share([]))


def test_tables_replace_their_older_selves(tmp_path: Path) -> None:
    page = tmp_path / "models.md"
    page.write_text("# Title\n\nWords.\n\n<!-- speed -->\nold\n<!-- /speed -->\n\nMore words.\n")
    write({"speed": markdown(("a", "b"), [(1, 2)])}, page)
    text = page.read_text()
    assert "old" not in text and "| 1 | 2 |" in text
    assert text.startswith("# Title\n\nWords.") and text.endswith("More words.\n")
    write({"speed": "again", "blind": "new"}, page)
    assert "again" in page.read_text() and page.read_text().endswith("<!-- /blind -->\n")
    assert put("", "x", "y").startswith("<!-- x -->")


def test_a_card_takes_what_was_measured(tmp_path: Path) -> None:
    path = tmp_path / "melody.toml"
    path.write_text('name = "melody"\n\n[measured]\nold = 1.0\n', "utf-8")
    note(path, {"blind_auc": 0.71234567, "obedience_samples": 2000})
    note(path, {"blind_auc": 0.7, "kind": 'the "best"'})
    table = tomllib.loads(path.read_text("utf-8"))
    assert table["name"] == "melody"
    assert table["measured"] == {
        "old": 1.0, "blind_auc": 0.7, "obedience_samples": 2000, "kind": "the 'best'",
    }  # fmt: skip
    path.write_text("[measured]\n[network]\n", "utf-8")
    with pytest.raises(ValueError, match=r"melody\.toml"):
        note(path, {})
