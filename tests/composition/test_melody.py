"""Melodies: singable, in range, on the chords, with themes that return."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from songwright.brief.model import Brief, Length
from songwright.composition.melody import compose_melody
from songwright.composition.melody.cadence import closing
from songwright.composition.melody.cells import Cell, inverted, moved, thinned
from songwright.composition.melody.idioms import idiom_cell, idiom_of
from songwright.composition.melody.layout import SCHEMES, layout
from songwright.composition.melody.line import Moment, pitch_line
from songwright.composition.melody.ornaments import ornamented
from songwright.composition.melody.rhythm import RhythmTaste, bar_onsets, cell_rhythm
from songwright.composition.planning import make_plan
from songwright.score import Note
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
    assert all(a.end_ticks <= b.onset_ticks for a, b in pairwise(notes)), "a tune is one voice"
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


@pytest.mark.parametrize("style_id", style_ids())
def test_every_style_has_an_idiom_whose_cells_fill_two_bars(style_id: str) -> None:
    facts = style(style_id)
    idiom = idiom_of(facts.melody.rhythms, facts.family)
    assert "4/4" in idiom.cells
    for name, cells in idiom.cells.items():
        upper, lower = map(int, name.split("/"))
        length = 2 * Meter(upper, lower).bar_ticks
        for cell in cells:
            assert cell, name
            assert all(a + d <= b for (a, d), (b, _) in pairwise(cell)), "notes do not overlap"
            assert cell[-1][0] + cell[-1][1] <= length
            assert cell[-1][0] >= length // 4, "a cell speaks in both bars or holds over"


def test_an_unknown_idiom_is_an_error() -> None:
    with pytest.raises(KeyError, match="polka"):
        idiom_of("polka", "modern")


def test_dense_requests_draw_dense_cells() -> None:
    idiom = idiom_of("swing", "jazz")

    def mean(wanted: float) -> float:
        cells = [
            idiom_cell(idiom, Meter(4, 4), 2, wanted, 2, rng(s, "cell")) for s in range(100)
        ]  # fmt: skip
        return sum(len(c) for c in cells if c) / 200

    assert mean(3) < mean(5) < mean(7)


@pytest.mark.parametrize("scheme", list(SCHEMES))
def test_layouts_fill_their_phrases_and_close(scheme: str) -> None:
    for phrases in ((4,), (4, 4), (8, 8), (4, 4, 4), (2,), (6,), (4, 3), (1,)):
        for cell_bars in (1, 2):
            cells = layout(phrases, scheme, cell_bars, rng(1, scheme))
            assert sum(c.bars for c in cells) == sum(phrases)
            assert sum(c.starts for c in cells) >= len(phrases)
            assert any(c.label != "-" for c in cells)
            if scheme != "intro" and cells[-1].label != "-":
                assert cells[-1].label.endswith(".")


@settings(max_examples=60)
@given(METERS, st.sampled_from([1, 2]), st.floats(2, 8), st.floats(0, 0.8), st.integers(0, 99))
def test_closes_end_inside_their_cell(
    meter: Meter, bars: int, density: float, syncopation: float, seed: int
) -> None:
    length = bars * meter.bar_ticks
    taste = RhythmTaste(density, syncopation, 2, 0.0)
    spans = closing((), length, meter, taste, 0.3, False, rng(seed, "close"))
    assert all(a + d <= b for (a, d), (b, _) in pairwise(spans))
    assert spans[0][0] >= 0
    assert spans[-1][0] + spans[-1][1] <= length
    assert spans[-1][1] >= 120


def test_steps_of_the_scale_keep_inflections() -> None:
    key = Key("C", "major")
    assert [moved(60, key, s) for s in (-1, 0, 1, 2, 7)] == [59, 60, 62, 64, 72]
    assert moved(61, key, 7) == 73  # a chromatic note keeps its distance from the scale
    assert inverted((60, 64, 62), key) == (60, 57, 59)
    cell = Cell(((0, 480), (480, 240), (720, 240), (960, 960)), (60, 62, 64, 65), key)
    thin = thinned(cell, Meter(4, 4), 3)
    assert thin.pitches == (60, 62, 65)
    assert thin.spans == ((0, 480), (480, 480), (960, 960))


def test_a_sequence_keeps_the_contour_of_its_motif() -> None:
    key = Key("C", "major")
    shape = (0, 2, 2, -4, 1)  # what the motif wants from note to note
    chord = parse_chord("C")
    moments = [
        Moment(i * 240, 240, 1, chord, key, 67.0, 0.1, "", step if i else None, 0.9)
        for i, step in enumerate(shape)
    ]
    line = pitch_line(moments, 60, 79, MelodyFacts(), rng(1, "seq"), temperature=0.0)
    rises = [(b > a) - (b < a) for a, b in pairwise(line)]
    assert rises == [1, 1, -1, 1]


def test_minor_lines_avoid_the_augmented_second() -> None:
    key = Key("A", "minor")
    symbols = ["Am", "Dm", "E7", "E7", "Am", "E7", "E7", "Am"] * 8
    for seed in range(6):
        line = pitch_line(_moments(symbols, key, 0.1), 60, 80, MelodyFacts(), rng(seed, "aug"))
        jumps = [(a % 12, b % 12) for a, b in pairwise(line) if abs(a - b) == 3]
        assert (5, 8) not in jumps
        assert (8, 5) not in jumps


def test_phrases_do_not_arrive_on_the_note_before() -> None:
    same = total = 0
    for seed in range(12):
        moments = _moments(["C"] * 4 + ["G"] * 3 + ["C"], Key("C", "major"))
        last = moments[-1]
        moments[-1] = Moment(
            last.onset_ticks, 960, 4, last.chord, last.key, last.target, last.fidelity, "close"
        )
        line = pitch_line(moments, 60, 79, MelodyFacts(), rng(seed, "end"))
        assert line[-1] % 12 == 0
        same += line[-1] == line[-2]
        total += 1
    assert same / total < 0.2


def test_ornaments_keep_time_and_compass() -> None:
    key = Key("G", "major")
    notes = [Note(i * 480, 480, 67 + i % 5, 80) for i in range(64)]
    facts = MelodyFacts(ornaments=1.0, chromatic=0.4)
    adorned = ornamented(
        notes, facts, key, lambda _: parse_chord("G"), Meter(4, 4), 90.0, (67, 71), rng(1, "o")
    )
    assert len(adorned) > len(notes)
    assert all(a.end_ticks <= b.onset_ticks for a, b in pairwise(adorned))
    assert all(67 <= n.pitch <= 71 for n in adorned)
    onsets = {n.onset_ticks for n in adorned}
    assert sum(n.duration_ticks for n in adorned) == 64 * 480
    assert onsets >= {n.onset_ticks for n in notes}
    plain = MelodyFacts(ornaments=0.0)
    assert notes == ornamented(
        notes, plain, key, lambda _: parse_chord("G"), Meter(4, 4), 90.0, (60, 80), rng(1, "o")
    )


def test_solos_are_improvised_over_the_chords_of_their_letter() -> None:
    brief = Brief(style="jazz_swing", length=Length("bars", 96, 96))
    for seed in range(6):
        plan = make_plan(brief, seed)
        lead = next(p for p in plan.parts if p.role == "lead")
        _, uses = compose_melody(plan, lead, brief, style("jazz_swing"))
        solos = [s for s in plan.sections if s.function == "solo" and lead.id in s.parts]
        treatments = {u.onset_ticks: u.treatment for u in uses}
        assert all(treatments[s.start_bar * plan.meter.bar_ticks] == "improvised" for s in solos)


def test_returns_are_exact_near_or_varied_in_human_proportions() -> None:
    counts = {"exact": 0, "near": 0, "varied": 0, "loose": 0}
    for style_id in ("pop", "country_folk", "chiptune", "hymn_choral"):
        brief = Brief(style=style_id, length=Length("bars", 64, 64))
        for seed in range(4):
            plan = make_plan(brief, seed)
            bar = plan.meter.bar_ticks
            lead = next(p for p in plan.parts if p.role == "lead")
            notes, _ = compose_melody(plan, lead, brief, style(style_id))
            first: dict[str, list[set[tuple[int, int]]]] = {}
            for section in (s for s in plan.sections if s.function != "solo"):
                phrases = [
                    {
                        (n.onset_ticks - start * bar, n.pitch) for n in notes
                        if start * bar <= n.onset_ticks < (start + 4) * bar
                    }
                    for start in range(section.start_bar, section.end_bar - 3, 4)
                ]  # fmt: skip
                known = first.setdefault(section.letter, phrases)
                if known is phrases:
                    continue
                for a, b in zip(known, phrases, strict=False):
                    if a and b:
                        f1 = 2 * len(a & b) / (len(a) + len(b))
                        name = (
                            "exact" if f1 > 0.99 else "near" if f1 >= 0.7
                            else "varied" if f1 >= 0.3 else "loose"
                        )  # fmt: skip
                        counts[name] += 1
    total = sum(counts.values())
    assert total > 40
    assert 0.2 < counts["exact"] / total < 0.75
    assert counts["near"] / total > 0.1
    assert counts["loose"] / total < 0.15
