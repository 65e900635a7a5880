"""Dissonances that lean on the beat, returns in another octave, phrases that answer softly."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from random import Random

import pytest

from songwright.brief import Brief, Length
from songwright.composition.fitting import _abridged, _returns
from songwright.composition.melody import compose_melody
from songwright.composition.melody.develop import choose_treatment, develop
from songwright.composition.melody.letters import chord_lookup
from songwright.composition.melody.ornaments import ornamented
from songwright.composition.plan import Plan
from songwright.composition.planning import make_plan
from songwright.score import Note
from songwright.styles import Style, style
from songwright.theory import Key, Meter, parse_chord

C_MAJOR, METER = Key("C", "major"), Meter(4, 4)


def plain(lean: float) -> Style:
    facts = style("string_quartet")
    melody = replace(facts.melody, lean=lean, ornaments=0.0, chromatic=0.0)
    return replace(facts, melody=melody)


def tune_of(seed: int, lean: float) -> tuple[Plan, tuple[Note, ...]]:
    brief = Brief(style="string_quartet", length=Length("bars", 32, 32), key=C_MAJOR, meter=METER)
    plan = make_plan(brief, seed)
    lead = next(p for p in plan.parts if p.role == "lead")
    return plan, compose_melody(plan, lead, brief, plain(lean))[0]


def leaning(plan: Plan, notes: tuple[Note, ...]) -> tuple[int, int, int]:
    """Weighty onsets, those that are no chord notes, and those of them resolved by step."""
    weighty = foreign = resolved = 0
    for note, following in pairwise(notes):
        if plan.meter.strength(note.onset_ticks % plan.meter.bar_ticks) < 2:
            continue
        section = plan.section_at(note.onset_ticks // plan.meter.bar_ticks)
        offset = section.start_bar * plan.meter.bar_ticks
        weighty += 1
        if note.pitch % 12 not in chord_lookup(plan, section)(note.onset_ticks - offset).pcs:
            foreign += 1
            resolved += abs(following.pitch - note.pitch) <= 2
    return weighty, foreign, resolved


def test_a_taste_for_leaning_brings_dissonances_that_resolve_by_step() -> None:
    totals = {}
    for lean in (0.0, 1.0):
        rows = [leaning(*tune_of(seed, lean)) for seed in range(5)]
        weighty, foreign, resolved = (sum(column) for column in zip(*rows, strict=True))
        totals[lean] = foreign / weighty
        if lean:
            assert foreign >= 30
            assert resolved / foreign >= 0.85
    assert totals[1.0] >= totals[0.0] + 0.12
    assert totals[1.0] <= 0.5, "most beats still belong to the chord"


def test_a_long_appoggiatura_takes_half_or_two_thirds_and_falls_by_step() -> None:
    chord = parse_chord("C")
    facts = replace(style("string_quartet").melody, lean=1.0, ornaments=0.0, chromatic=0.0)
    line = [Note(960 * k, 960, (72, 76, 79)[k % 3], 80) for k in range(32)]
    found = ornamented(
        line, facts, C_MAJOR, lambda _: chord, METER, 100.0, (55, 92), Random(3)
    )  # fmt: skip
    delays = [(a, b) for a, b in pairwise(found) if a.pitch % 12 not in chord.pcs]
    assert 3 <= len(delays) <= 16
    for leans, goal in delays:
        assert leans.duration_ticks == goal.duration_ticks == 480
        assert 1 <= abs(leans.pitch - goal.pitch) <= 2
        assert goal.pitch % 12 in chord.pcs
    assert sum(n.duration_ticks for n in found) == sum(n.duration_ticks for n in line)
    dotted = [Note(1920 * k, 1440, 76, 80) for k in range(16)]
    found = ornamented(
        dotted, facts, C_MAJOR, lambda _: chord, METER, 100.0, (55, 92), Random(1)
    )  # fmt: skip
    assert {n.duration_ticks for n in found if n.pitch % 12 not in chord.pcs} <= {960}


def test_a_motif_leans_at_the_same_place_whenever_it_returns() -> None:
    chord = parse_chord("C")
    facts = replace(style("string_quartet").melody, lean=1.0, ornaments=0.0, chromatic=0.0)
    cell = [(0, 960, 76), (960, 960, 72), (1920, 960, 79), (2880, 960, 76)]
    line = [Note(3840 * r + at, d, p, 80) for r in range(4) for at, d, p in cell]
    line.append(Note(4 * 3840, 1920, 72, 80))
    found = ornamented(line, facts, C_MAJOR, lambda _: chord, METER, 100.0, (55, 92), Random(3))
    rhythm = [
        tuple((n.onset_ticks % 3840, n.duration_ticks) for n in found if n.onset_ticks // 3840 == r)
        for r in range(4)
    ]
    assert len(set(rhythm)) == 1
    assert len(rhythm[0]) > len(cell)


def test_a_style_says_how_its_themes_return() -> None:
    rng = Random(1)
    only = {"varied": 1.0}
    assert {choose_treatment(1, False, rng, only) for _ in range(20)} == {"varied"}
    assert choose_treatment(0, False, rng, only) == "exact"
    assert "lifted" in {choose_treatment(1, True, rng, only) for _ in range(40)}


@pytest.mark.parametrize(("low", "high", "shifts"), [(55, 92, {-12, 0, 12}), (65, 86, {0})])
def test_a_return_may_sound_in_another_octave_where_there_is_room(
    low: int, high: int, shifts: set[int]
) -> None:
    theme = [Note(480 * k, 480, p, 80) for k, p in enumerate((72, 74, 76, 77, 79, 77, 76, 74))]
    chord = parse_chord("C")
    seen: set[int] = set()
    for seed in range(40):
        for returns in (False, True):
            found = develop(
                theme, "exact", meter=METER, bars=2, chord_at=lambda _: chord,
                old_chord_at=lambda _: chord, key=C_MAJOR, transpose=0, low=low, high=high,
                facts=style("string_quartet").melody, closes=False, rng=Random(seed),
                returns=returns,
            )  # fmt: skip
            moved = {b.pitch - a.pitch for a, b in zip(theme, found, strict=True)}
            assert len(moved) == 1, "exactly, but for the octave"
            assert all(low <= n.pitch <= high for n in found)
            if returns:
                seen |= moved
            else:
                assert moved == {0}
    assert seen == shifts


def test_a_piece_too_short_for_its_form_keeps_a_return_rather_than_a_third_tune() -> None:
    form = [
        ("A", 8, "A", 0.3), ("B", 8, "B", 0.5), ("A", 8, "A", 0.4), ("C", 8, "C", 0.8),
        ("A", 8, "A", 0.5), ("outro", 4, "O", 0.2),
    ]  # fmt: skip
    kept = _abridged(form, 28)
    assert _returns(kept, 1)
    assert "B" in {letter for _, _, letter, _ in kept}
    assert not _returns([form[0], form[1], form[3]], 0)
    assert _returns([form[0], form[0]], 0)
    assert not _returns([form[0], form[0]], 1)


def test_phrases_swell_and_their_answers_are_softer() -> None:
    brief = Brief(style="string_quartet", length=Length("bars", 40, 40))
    plan = make_plan(brief, 2)
    section = next(s for s in plan.sections if s.bars == 8 and s.function == "A")
    bars = plan.energy[section.start_bar : section.end_bar]
    first, second = bars[:4], bars[4:]
    assert max(first[1:3]) > max(first[0], first[3])
    assert sum(second) < sum(first)
    flat = make_plan(replace(brief, style="pop"), 2)
    verse = next(s for s in flat.sections if s.function == "verse")
    rising = flat.energy[verse.start_bar : verse.end_bar]
    assert list(rising) == sorted(rising)
