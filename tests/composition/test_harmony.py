"""Chord charts are obeyed, cadences close, functional writing is functional."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from songwright.brief.model import Brief, ChartBar, Length, SectionRequest
from songwright.composition.clarity import clarity
from songwright.composition.harmony import _onsets
from songwright.composition.planning import make_plan
from songwright.composition.progressions import functional_table, parse_bars, write_functional
from songwright.score import ChordSpan
from songwright.seeds import rng
from songwright.styles import style_ids
from songwright.theory import MODES, Key, Meter, chord_from_roman, parse_chord


def _chart(text: str) -> tuple[ChartBar, ...]:
    return tuple(
        ChartBar(tuple(n for n, _ in bar), tuple(s for _, s in bar)) for bar in parse_bars(text)
    )


def test_a_chart_is_obeyed_to_the_letter() -> None:
    brief = Brief(chart=_chart("Dm7 G7 | Cmaj7 | Am7/G | F#m7b5 B7"), length=Length("bars", 8, 8))
    plan = make_plan(brief, 3)
    written = [(c.onset_ticks, c.chord.symbol) for c in plan.chords]
    expected = [
        (0, "Dm7"), (960, "G7"), (1920, "Cmaj7"), (3840, "Am7/G"), (5760, "F#m7b5"), (6720, "B7"),
    ]  # fmt: skip
    assert written == expected + [(t + 7680, s) for t, s in expected]


def test_a_chart_of_one_section_stays_in_it() -> None:
    form = (
        SectionRequest("verse", 4, _chart("Am | F | C | G")),
        SectionRequest("chorus", 4, _chart("F | G | C | Am")),
        SectionRequest("verse", 4),
    )
    plan = make_plan(Brief(form=form), 1)
    by_bar = [
        next(c.chord.symbol for c in plan.chords if c.end_ticks > b * 1920) for b in range(12)
    ]
    assert by_bar == "Am F C G F G C Am Am F C G".split()


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(style_ids()), st.sampled_from(list(MODES)), st.integers(0, 5))
def test_chords_cover_the_piece_without_gap(style_id: str, mode: str, seed: int) -> None:
    plan = make_plan(Brief(style=style_id, key=Key("D", mode), length=Length("bars", 20, 20)), seed)
    at = 0
    for span in plan.chords:
        assert span.onset_ticks == at
        assert span.duration_ticks > 0
        at = span.end_ticks
    assert at == plan.bars * plan.meter.bar_ticks


@pytest.mark.parametrize("style_id", style_ids())
def test_a_piece_that_ends_ends_on_its_tonic(style_id: str) -> None:
    for seed in range(4):
        plan = make_plan(Brief(style=style_id, ending="final"), seed)
        assert plan.chords[-1].chord.root_pc == plan.sections[-1].key.tonic_pc


@settings(max_examples=100)
@given(st.integers(1, 8), st.booleans(), st.floats(1, 2), st.integers(0, 99), st.booleans())
def test_functional_phrases_walk_the_table(
    bars: int, is_minor: bool, per_bar: float, seed: int, closes: bool
) -> None:
    phrase = write_functional(bars, is_minor, per_bar, rng(seed, "x"), closes)
    assert len(phrase) == bars
    names = [name for bar in phrase for name, _ in bar]
    table = functional_table(is_minor)
    assert all(name in table for name in names)
    if closes and len(names) > 2:
        assert names[-2:] == ["V7", "i" if is_minor else "I"]
    assert all(abs(sum(share for _, share in bar) - 1) < 1e-9 for bar in phrase)


def test_every_numeral_of_the_tables_is_a_chord() -> None:
    for is_minor in (False, True):
        key = Key("C", "minor" if is_minor else "major")
        for name, following in functional_table(is_minor).items():
            for numeral in (name, *following):
                chord_from_roman(numeral, key)


def test_equal_letters_share_their_progression() -> None:
    plan = make_plan(Brief(style="pop", key=Key("C", "major"), ending="fade"), 5)
    plain = replace(plan)
    verses = [s for s in plain.sections if s.letter == plain.sections[1].letter]
    assert len(verses) > 1

    def roots(section) -> list[int]:  # type: ignore[no-untyped-def]
        start = section.start_bar * 1920
        return [
            next(c.chord.root_pc for c in plan.chords if c.end_ticks > start + b * 1920)
            for b in range(4)
        ]

    assert roots(verses[0])[:3] == roots(verses[1])[:3]


def _spans(symbols: str) -> list[ChordSpan]:
    chords = [parse_chord(s) for s in symbols.split()]
    return [ChordSpan(i * 1920, 1920, c, "") for i, c in enumerate(chords)]


def test_clarity_tells_a_key_from_its_relative() -> None:
    c_major, a_minor = Key("C", "major"), Key("A", "minor")
    assert clarity(_spans("C F G7 C"), c_major) > 0.05
    assert clarity(_spans("C F G7 C"), a_minor) < 0
    assert clarity(_spans("Am Dm E7 Am"), a_minor) > 0.05
    assert clarity([], c_major) == 0.0


@pytest.mark.parametrize("style_id", style_ids())
def test_the_key_of_major_and_minor_pieces_is_clear(style_id: str) -> None:
    brief = Brief(style=style_id, length=Length("bars", 40, 40))
    margins = []
    for mode in ("major", "minor"):
        for seed in range(3):
            plan = make_plan(replace(brief, key=Key("D", mode)), seed)
            margins.append(clarity(plan.chords, plan.key))
    assert sum(margin > 0 for margin in margins) >= 5


def test_applied_chords_stay_rare_and_modes_keep_their_colour() -> None:
    brief = Brief(style="hymn_choral", length=Length("bars", 48, 48))
    for seed in range(4):
        plan = make_plan(replace(brief, key=Key("D", "dorian")), seed)
        scale = {*plan.key.diatonic_pcs, (plan.key.tonic_pc + 11) % 12}
        outside = [c for c in plan.chords if not scale.issuperset(c.chord.pcs)]
        assert len(outside) <= 0.05 * len(plan.chords)


@pytest.mark.parametrize(
    ("meter", "chords", "onsets"),
    [
        ("3/4", 2, [0, 960]),
        ("4/4", 3, [0, 960, 1440]),
        ("4/4", 2, [0, 960]),
        ("6/8", 2, [0, 720]),
        ("5/4", 1, [0]),
        ("2/4", 4, [0, 240, 480, 720]),  # more chords than beats: equal shares
    ],
)
def test_chords_of_one_bar_change_on_its_beats(meter: str, chords: int, onsets: list[int]) -> None:
    over, under = map(int, meter.split("/"))
    assert _onsets([1 / chords] * chords, Meter(over, under)) == onsets
