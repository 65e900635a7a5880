"""Critics: their odds are what their files say, and the best of several is kept."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from songwright.errors import ModelError
from songwright.models.critic import Critic, Split, best, load_critic
from songwright.models.groove_traits import groove_traits
from songwright.models.grooves import GrooveWish, Stroke
from songwright.models.likeness import Sound
from songwright.models.line_traits import line_traits
from songwright.models.lines import Frame, Harmony
from songwright.models.weights import FOLDER, card

FRAME = Frame(4, 4, 2, (Harmony(0, 0, "maj"), Harmony(48, 7, "maj")))
SCALE = tuple(Sound(12 * i, 12, p) for i, p in enumerate((60, 62, 64, 65, 67, 69, 71, 72)))


def test_trees_ask_and_their_answers_add_up() -> None:
    low = Split(0, 0.5, True, -1.0, Split(1, 3.0, False, 2.0, 0.25))
    critic = Critic("", 0.5, ("steps", "rests"), (low, 1.0))
    assert critic.odds({"steps": 0.5, "rests": 9.0}) == 0.5
    assert critic.odds({"steps": 0.75, "rests": 3.0, "other": 9.0}) == 3.5
    assert critic.odds({"steps": 0.75, "rests": 3.01}) == 1.75
    assert critic.odds({"rests": 1.0}) == 0.5  # unknown steps count as few
    assert critic.odds({"steps": 0.75}) == 1.75  # unknown rests as many


def test_a_tree_that_asks_about_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="trait 1"):
        Critic("", 0.0, ("steps",), (Split(1, 0.5, True, -1.0, 1.0),))


def test_the_nearest_wish_goes_before_odds_and_ties_to_the_first() -> None:
    assert best([0.0, 3.0, 3.0]) == 1
    assert best([0.0, 3.0, 1.0], [0.0, 0.5, 0.5]) == 0
    assert best([0.0, 3.0, 1.0], [0.0, 0.1, 0.5], nats=2.0) == 1


@pytest.mark.parametrize("name", ["melody", "parts", "drums"])
def test_shipped_critics_belong_to_the_shipped_weights(name: str) -> None:
    critic = load_critic(name)
    assert critic is not None and critic.of == card(name).network.sha256
    assert len(critic.trees) >= 50


def test_a_critic_of_other_weights_is_not_used(tmp_path: Path) -> None:
    (tmp_path / "critics").mkdir()
    (tmp_path / "melody.toml").write_text((FOLDER / "melody.toml").read_text("utf-8"), "utf-8")
    assert load_critic("melody", tmp_path) is None
    path = tmp_path / "critics" / "drums.json"
    path.write_text('{"of": "elsewhere", "bias": 0.0, "traits": [], "trees": []}', "utf-8")
    (tmp_path / "drums.toml").write_text((FOLDER / "drums.toml").read_text("utf-8"), "utf-8")
    assert load_critic("drums", tmp_path) is None


@pytest.mark.parametrize(
    "text",
    ["", '{"bias": "none"}',
     '{"of": "", "bias": 0, "traits": [], "trees": [[0, 1.0, true, 0.5, 0.5]]}'],
)  # fmt: skip
def test_a_damaged_critic_is_told(text: str, tmp_path: Path) -> None:
    (tmp_path / "critics").mkdir()
    (tmp_path / "critics" / "parts.json").write_text(text, "utf-8")
    with pytest.raises(ModelError, match="critic of the model 'parts'"):
        load_critic("parts", tmp_path)


def test_traits_of_a_scale() -> None:
    found = line_traits(SCALE, FRAME, False)
    assert found["steps"] == 1.0 and found["turns"] == 0.0 and found["longest way"] == 7.0
    assert found["range"] == 12.0 and found["outside the scale"] == 0.0
    assert found["same rhythm as 1 before"] == 1.0 and found["tune like 1 before"] == 0.0
    assert found["chord notes at changes"] == 1.0  # C over C, G over G
    assert found["ends on tonic"] == 1.0
    assert "with the tune" not in found  # there is none


def test_nothing_has_no_traits() -> None:
    assert line_traits((), FRAME, False) == {}
    assert groove_traits((), GrooveWish(4, 4, 2)) == {}


def test_traits_of_a_repeated_bar() -> None:
    bar = [Stroke(0, "kick", 100), Stroke(12, "snare", 100), Stroke(24, "kick", 90, 7),
           Stroke(36, "snare", 110)]  # fmt: skip
    strokes = [s._replace(onset=s.onset + 48 * b) for b in range(4) for s in bar]
    found = groove_traits(strokes, GrooveWish(4, 4, 4))
    assert found["kinds of bars"] == 1.0 and found["same as 1 before"] == 1.0
    assert found["velocity kept"] == 1.0 and found["lateness moved"] == 0.0
    assert found["snare: on back-beats"] == 1.0 and found["share of kick"] == 0.5
    assert "hat: late" not in found


_SOUNDS = st.lists(
    st.tuples(st.sampled_from(range(0, 96, 3)), st.integers(1, 24), st.integers(40, 90)),
    min_size=1, max_size=24,
)  # fmt: skip


@given(_SOUNDS)
def test_traits_are_finite_whatever_the_line(sounds: list[tuple[int, int, int]]) -> None:
    line = tuple(sorted(Sound(*s) for s in {s[0::2]: s for s in sounds}.values()))
    found = line_traits(line, FRAME, True)
    assert all(abs(value) < 1e6 for value in found.values())
