"""Progressions of the harmony model: in the style's palette, in time, the same for a seed."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace

import pytest

from songwright.brief.model import Affect, Brief, ChartBar, Length
from songwright.composition import Plan, make_plan
from songwright.composition.learned.chords import (
    dressed,
    kind_of,
    palette,
    spelled,
    written_forms,
)
from songwright.composition.learned.harmony import learned_progressions, offered_progressions
from songwright.composition.learned.makers import is_learned, learned_facts
from songwright.composition.learned.progression_score import score_progression
from songwright.composition.progressions import parse_bars
from songwright.errors import ModelError
from songwright.models import decoder
from songwright.seeds import rng
from songwright.styles import style, style_ids
from songwright.theory import Key, chord_from_roman, parse_chord, roman_of
from songwright.theory.chord import QUALITIES

SHORT = Length("bars", 24, 24)


def _plan(style_id: str, seed: int = 0, maker: str = "learned", **fields: object) -> Plan:
    return make_plan(Brief(style=style_id, length=SHORT, **fields), seed, maker)  # type: ignore[arg-type]


def test_every_quality_goes_to_the_model_and_its_chords_come_back() -> None:
    key = Key("Eb", "major")
    for quality in QUALITIES:
        root, name = kind_of(parse_chord("F" + quality), key)
        assert root == 2
        chord = spelled((root, name), key)
        assert chord.root == "F"
        assert kind_of(chord, key) == (root, name)
        assert chord_from_roman(roman_of(chord, key), key).pcs == chord.pcs


def test_the_palette_holds_the_style_and_no_more() -> None:
    pop = palette(style("pop"), Key("G", "major"))
    assert {(0, "maj"), (5, "maj"), (7, "maj"), (9, "min"), (2, "min"), (5, "min")} <= pop
    assert (1, "maj") not in pop  # no Neapolitan
    assert (11, "dim") not in pop
    assert (7, "7") in palette(style("hymn_choral"), Key("D", "minor"))
    assert (5, "maj") in palette(style("rock"), Key("D", "dorian"))


def test_a_dressed_chord_is_the_same_chord() -> None:
    key = Key("C", "major")
    plain = parse_bars("I | vi | IV | V | I | ii | V | I")
    for seed in range(20):
        bars = dressed(plain, written_forms(style("pop"), key), key, rng(seed, "dress"))
        for old, new in zip(plain, bars, strict=True):
            a, b = (chord_from_roman(bar[0][0], key) for bar in (old, new))
            assert a.root == b.root
            assert a.is_minor == b.is_minor


@pytest.mark.parametrize("style_id", ["pop", "hymn_choral", "chiptune", "cinematic_ambient"])
def test_sampled_progressions_keep_to_the_palette_and_fill_their_bars(style_id: str) -> None:
    plan, facts = _plan(style_id), style(style_id)
    offers = offered_progressions(plan, Brief(), facts, [None] * len(plan.sections))
    assert offers.by_letter
    for letter, rows in offers.by_letter.items():
        section = next(s for s in plan.sections if s.letter == letter)
        chords = palette(facts, section.key)
        for bars in rows:
            assert 1 <= len(bars) <= section.bars
            for bar in bars:
                assert sum(share for _, share in bar) == pytest.approx(1.0)
                for name, _ in bar:
                    assert kind_of(chord_from_roman(name, section.key), section.key) in chords


@pytest.mark.parametrize("style_id", [s for s in style_ids() if learned_facts(s).harmony])
def test_learned_plans_are_complete(style_id: str) -> None:
    plan = _plan(style_id, 1)
    at = 0
    for span in plan.chords:
        assert span.onset_ticks == at
        at = span.end_ticks
    assert at == plan.bars * plan.meter.bar_ticks
    said = [d for d in plan.decisions if d.control == "harmony"]
    assert [d.value for d in said] in (["learned"], [])  # a mode of no model says nothing


def test_functional_sections_begin_at_home_and_close() -> None:
    plan = _plan("hymn_choral", 2)
    sections = {s.letter: s for s in plan.sections}.values()
    found = learned_progressions(
        plan, list(sections), Brief(), style("hymn_choral"), learned_facts("hymn_choral")
    )
    for section in sections:
        for bars in found[section.letter]:
            first, last = (
                chord_from_roman(name, section.key)
                for name in (bars[0][0][0], bars[-1][-1][0])
            )  # fmt: skip
            assert first.root_pc == section.key.tonic_pc
            assert (last.root_pc - section.key.tonic_pc) % 12 in (0, 7)


def test_the_same_seed_gives_the_same_chords_and_others_others() -> None:
    assert _plan("pop", 5).chords == _plan("pop", 5).chords
    assert len({_plan("pop", seed).chords for seed in range(4)}) == 4


def test_the_mood_is_heard_by_the_model() -> None:
    sad = _plan("lofi_hiphop", 3, affect=Affect(valence=-0.8), key=Key("C", "minor"))
    bright = _plan("lofi_hiphop", 3, affect=Affect(valence=0.8), key=Key("C", "minor"))
    assert sad.chords != bright.chords


def test_a_chart_always_wins() -> None:
    chart = tuple(ChartBar((name,), (1.0,)) for name in ("Dm", "Gm", "A7", "Dm"))
    plan = _plan("pop", 0, chart=chart)
    assert {c.chord.symbol for c in plan.chords} == {"Dm", "Gm", "A7"}
    assert not [d for d in plan.decisions if d.control == "harmony"]


def test_the_blues_and_exotic_modes_stay_with_the_rules() -> None:
    for mode in ("blues", "whole-tone", "locrian"):
        by_rules = _plan("pop", 0, "rules", key=Key("C", mode))
        assert _plan("pop", 0, "learned", key=Key("C", mode)).chords == by_rules.chords
    assert not is_learned(_plan("blues"), "harmony")


def test_without_a_model_the_rules_write_and_the_plan_says_so(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def missing(name: str) -> None:
        raise ModelError(f"the model {name!r} is not installed")

    by_rules = _plan("pop", 4, "rules")
    monkeypatch.setattr(decoder, "load", missing)
    plan = _plan("pop", 4, "learned")
    assert plan.chords == by_rules.chords
    (said,) = (d for d in plan.decisions if d.control == "harmony")
    assert said.value == "rules"
    assert "not installed" in said.reason


def test_mixed_follows_the_table() -> None:
    for style_id in style_ids():
        plan = replace(_plan("pop", 0, "rules"), style=style_id, maker="mixed")
        for level in ("harmony", "melody"):
            assert is_learned(plan, level) == (level in learned_facts(style_id).mixed)
            assert not is_learned(replace(plan, maker="rules"), level)


def test_rules_load_no_model() -> None:
    code = (
        "import sys; from songwright.brief.model import Brief, Length;"
        "from songwright.composition import compose_piece;"
        "compose_piece(Brief(style='pop', length=Length('bars', 8, 8)), 1, maker='rules');"
        "assert 'onnxruntime' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_scores_prefer_what_listeners_do() -> None:
    plan, facts = _plan("pop", 0, "rules", key=Key("C", "major")), style("pop")
    section = replace(plan.sections[0], function="verse", bars=8, key=Key("C", "major"))

    def score(text: str, *others: str) -> float:
        rows = [parse_bars(other) for other in others]
        return score_progression(parse_bars(text), plan, section, facts, rows)

    good = score("I | V | vi | IV")
    assert good > score("I | I | I | I")  # stands still
    assert good > score("bVI | bII | bV | II")  # in no key
    assert good > score("I | V | vi | IV", "vi | IV | I | V")  # another letter has it
    assert good > score("I V | vi IV | I V | vi IV")  # twice as fast as the style
