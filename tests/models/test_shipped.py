"""The models as they are shipped: they obey, repeat themselves, and refuse bad files."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from random import Random
from typing import Any

import pytest
from bench.models_obedience import _groove, _harmony, _line, obedience

from songwright.errors import ConstraintError, ModelError
from songwright.models import weights
from songwright.models.decoder import Decoder, load
from songwright.models.features import FeatureSpace
from songwright.models.groove_grammar import GrooveGrammar
from songwright.models.grooves import GROOVE_FEATURES, GrooveWish
from songwright.models.likeness import Sound
from songwright.models.line_grammar import LineGrammar, LineRules
from songwright.models.lines import LINE_FEATURES, Frame, Wish
from songwright.models.progression_grammar import HarmonyGrammar
from songwright.models.progressions import HARMONY_FEATURES, HarmonyWish
from songwright.models.sampling import Grammar, sample
from songwright.seeds import rng

SHIPPED = weights.names()
pytestmark = pytest.mark.skipif(not SHIPPED, reason="no weights are installed")
MODELS = [pytest.param(name, id=name) for name in SHIPPED]


def plain(name: str, number: int) -> tuple[Grammar, FeatureSpace]:
    """A grammar of a model with few constraints; lengths differ from row to row."""
    bars = 1 + number % 3
    if name == "drums":
        return GrooveGrammar(GrooveWish(4, 4, bars, density=2.0)), GROOVE_FEATURES
    if name == "harmony":
        return HarmonyGrammar(HarmonyWish(4, 4, 4 * bars)), HARMONY_FEATURES
    role = "lead" if name == "melody" else "bass"
    return LineGrammar(Frame(4, 4, bars), Wish(role, density=1.0)), LINE_FEATURES


def sampled(name: str, numbers: Sequence[int]) -> list[list[int]]:
    """Tokens of several rows, each drawn by its own generator."""
    made = [plain(name, number) for number in numbers]
    generators = [rng(3, "shipped", number) for number in numbers]
    return sample(load(name), [g for g, _ in made], generators, made[0][1].offsets)


@pytest.mark.parametrize("name", MODELS)
def test_every_hard_constraint_holds(name: str) -> None:
    found = obedience(name, 50, seed=11)
    broken = {kind: n - found.held[kind] for kind, n in found.asked.items() if found.held[kind] < n}
    assert broken == {}
    assert found.samples + found.dead_ends == 50
    assert found.samples >= 45


@pytest.mark.parametrize(
    "make",
    [
        pytest.param(lambda random: _line(random, "melody"), id="melody"),
        pytest.param(lambda random: _line(random, "parts"), id="parts"),
        pytest.param(_groove, id="drums"),
        pytest.param(_harmony, id="harmony"),
    ],
)
def test_no_grammar_runs_into_a_dead_end(make: Callable[[Random], Any]) -> None:
    """Whatever is drawn, something is allowed next until the end."""
    random = rng(5, "dead ends")
    dead = 0
    for _ in range(200):
        try:
            grammar = make(random)
        except ConstraintError:
            continue
        for _ in range(grammar.most_tokens):
            allowed = [int(i) for i in grammar.allowed().nonzero()[0]]
            dead += not allowed
            if not allowed:
                break
            grammar.accept(random.choice(allowed))
            if grammar.done:
                break
    assert dead == 0


@pytest.mark.parametrize("name", MODELS)
def test_a_row_is_the_same_alone_and_in_a_batch(name: str) -> None:
    together = sampled(name, range(16))
    for number in (0, 1, 7, 15):
        assert sampled(name, [number]) == [together[number]]
    assert sampled(name, range(16)) == together
    assert len({tuple(row) for row in together}) > 8  # and they are not all the same


def test_locked_notes_come_back_exactly() -> None:
    if "melody" not in SHIPPED:
        pytest.skip("the melody model is not installed")
    locks = (Sound(0, 7, 67), Sound(60, 12, 72))
    grammar = LineGrammar(Frame(4, 4, 2), Wish("lead"), LineRules(60, 79, locked=locks))
    sample(load("melody"), [grammar], [rng(1)], LINE_FEATURES.offsets)
    assert set(locks) <= set(grammar.line)


def copy_of(name: str, folder: Path) -> Path:
    for suffix in ("onnx", "toml"):
        shutil.copy(weights.FOLDER / f"{name}.{suffix}", folder)
    return folder


@pytest.mark.parametrize("name", MODELS)
def test_a_card_says_what_its_file_is(name: str) -> None:
    card = weights.card(name)
    assert card.name == name
    assert card.network.format == weights.FORMAT
    assert card.data and card.training
    assert len(weights.weights(name)) > 2 * card.network.parameters * 0.9  # half precision


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        pytest.param(lambda path: path.write_bytes(path.read_bytes()[:-1000]), "damaged", id="cut"),
        pytest.param(
            lambda path: path.write_bytes(path.read_bytes()[:500] + b"x" + path.read_bytes()[501:]),
            "damaged", id="altered",
        ),
        pytest.param(lambda path: path.unlink(), "cannot be read", id="missing"),
    ],
)  # fmt: skip
def test_spoilt_weights_are_refused(
    tmp_path: Path, spoil: Callable[[Path], Any], says: str
) -> None:
    name = SHIPPED[0]
    spoil(copy_of(name, tmp_path) / f"{name}.onnx")
    with pytest.raises(ModelError, match=says):
        load(name, tmp_path)


def test_a_missing_model_is_named() -> None:
    with pytest.raises(ModelError, match="'kazoo' is not installed"):
        load("kazoo")


def test_a_file_of_another_version_is_refused(tmp_path: Path) -> None:
    name = SHIPPED[0]
    card = copy_of(name, tmp_path) / f"{name}.toml"
    text = card.read_text("utf-8")
    card.write_text(text.replace(f"format = {weights.FORMAT}", "format = 99"), "utf-8")
    with pytest.raises(ModelError, match="format 99"):
        load(name, tmp_path)


def test_a_card_that_is_no_card_is_refused(tmp_path: Path) -> None:
    name = SHIPPED[0]
    (copy_of(name, tmp_path) / f"{name}.toml").write_text("name = 3\n", "utf-8")
    with pytest.raises(ModelError, match="card"):
        load(name, tmp_path)


def test_data_that_is_no_network_is_refused() -> None:
    with pytest.raises(ModelError, match="cannot be loaded"):
        Decoder(b"not a network", weights.card(SHIPPED[0]).network)


@pytest.mark.parametrize("name", MODELS)
def test_sampling_is_quick_enough(name: str) -> None:
    """A tenth of what a free core does: only a gross slowing-down fails."""
    sampled(name, [0])
    began = time.perf_counter()
    tokens = sum(map(len, sampled(name, range(16))))
    assert tokens / (time.perf_counter() - began) > 60
