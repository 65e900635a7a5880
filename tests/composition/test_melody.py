"""Melodies: singable, in range, on the chords, with themes that return."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from songwright.brief.model import Brief, Length
from songwright.composition.melody import compose_melody
from songwright.composition.melody.line import Moment, pitch_line
from songwright.composition.melody.rhythm import RhythmTaste, bar_onsets, cell_rhythm
from songwright.composition.planning import make_plan
from songwright.seeds import rng
from songwright.styles import MelodyFacts, style, style_ids
from songwright.theory import Key, Meter, parse_chord

METERS = st.sampled_from(
    [Meter(4, 4), Meter(3, 4), Meter(6, 8), Meter(12, 8), Meter(7, 8), Meter(5, 4)]
)


@settings(max_examples=100)
@given(METERS, st.floats(0.5, 12), st.floats(0, 1), st.sampled_from([1, 2, 4]), st.integers(0, 999))
def test_rhythms_stay_in_their_bar(
    meter: Meter, density: float, syncopation: float, shortest: int, seed: int
) -> None:
    taste = RhythmTaste(density, syncopation, shortest, 0.2)
    onsets = bar_onsets(meter, taste, rng(seed, "bar"))
    assert list(onsets) == sorted(set(onsets))
    assert all(0 <= o < meter.bar_ticks for o in onsets)
    cell = cell_rhythm(meter, 2, taste, rng(seed, "cell"))
    assert all(0 <= o < 2 * meter.bar_ticks for o in cell)
    assert len(cell) >= 1


def test_density_of_rhythms_follows_the_request() -> None:
    def mean(density: float) -> float:
        taste = RhythmTaste(density, 0.3, 4, 0.0)
        return sum(len(bar_onsets(Meter(4, 4), taste, rng(s, "d"))) for s in range(200)) / 200

    assert mean(2) < mean(4) < mean(6) < mean(9)


def _moments(symbols: list[str], key: Key, fidelity: float = 0.3) -> list[Moment]:
    return [
        Moment(i * 480, 480, (4, 2, 3, 2)[i % 4], parse_chord(s), key, 67.0, fidelity)
        for i, s in enumerate(symbols)
    ]


def test_strong_beats_carry_chord_tones_and_dissonance_resolves_by_step() -> None:
    key = Key("C", "major")
    symbols = (["C"] * 4 + ["Am"] * 4 + ["F"] * 4 + ["G7"] * 4) * 4
    for seed in range(5):
        line = pitch_line(_moments(symbols, key), 60, 79, MelodyFacts(), rng(seed, "line"))
        for i, (pitch, symbol) in enumerate(zip(line, symbols, strict=True)):
            chord = parse_chord(symbol)
            if i % 4 == 0:
                assert pitch % 12 in chord.pcs
            if pitch % 12 not in chord.pcs and i + 1 < len(line):
                assert abs(line[i + 1] - pitch) <= 2


def test_raised_leading_tone_displaces_the_natural_seventh() -> None:
    key = Key("A", "minor")
    line = pitch_line(_moments(["E7"] * 32, key), 60, 80, MelodyFacts(), rng(1, "lead"))
    assert 7 not in {p % 12 for p in line}  # no G over E7 in A minor


def test_zero_temperature_ignores_the_seed() -> None:
    moments = _moments(["C", "F", "G", "C"] * 4, Key("C", "major"))
    lines = {
        pitch_line(moments, 60, 79, MelodyFacts(), rng(s, "t"), temperature=0) for s in range(4)
    }
    assert len(lines) == 1


@pytest.mark.parametrize("style_id", style_ids())
def test_themes_return_and_stay_in_range(style_id: str) -> None:
    brief = Brief(style=style_id)
    plan = make_plan(brief, 2)
    lead = next(p for p in plan.parts if p.role == "lead")
    notes, uses = compose_melody(plan, lead, brief, style(style_id))
    assert notes
    assert all(lead.low <= n.pitch <= lead.high for n in notes)
    assert all(a.end_ticks <= b.onset_ticks for a, b in pairwise(notes)), (
        "a tune is one voice"
    )
    letters = [u.theme for u in uses]
    assert len(set(letters)) < len(letters) or len(letters) <= 2, "some theme returns"


def test_a_return_shares_most_of_its_notes_with_its_theme() -> None:
    brief = Brief(style="pop", length=Length("bars", 80, 80))
    shared = []
    for seed in range(4):
        plan = make_plan(brief, seed)
        lead = next(p for p in plan.parts if p.role == "lead")
        notes, _ = compose_melody(plan, lead, brief, style("pop"))
        first: dict[str, set[tuple[int, int]]] = {}
        for section in plan.sections:
            start, end = section.start_bar * 1920, section.end_bar * 1920
            here = {
                (n.onset_ticks - start, n.pitch % 12) for n in notes if start <= n.onset_ticks < end
            }
            if section.letter in first and here and first[section.letter]:
                known = first[section.letter]
                shared.append(len(here & known) / min(len(here), len(known)))
            first.setdefault(section.letter, here)
    assert sum(shared) / len(shared) > 0.6


def test_another_seed_gives_another_tune() -> None:
    brief = Brief(style="pop", key=Key("C", "major"))
    tunes = set()
    for seed in range(5):
        plan = make_plan(brief, seed)
        lead = next(p for p in plan.parts if p.role == "lead")
        notes, _ = compose_melody(plan, lead, brief, style("pop"))
        tunes.add(tuple(n.pitch for n in notes[:12]))
    assert len(tunes) == 5
