"""Drum writing: the grids as data, and the rules that every drum part keeps."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from songwright.composition.drum_grid import fills, grooves, parse_grid
from songwright.composition.drum_meter import pulse_sources, pulses, strokes_of_grid
from songwright.composition.drums import drum_part
from songwright.composition.plan import PartPlan, Plan, SectionPlan
from songwright.errors import StyleError
from songwright.score import ChordSpan, Note
from songwright.theory import Chord, Key, Meter

NAMES = [
    "ambient_sparse",
    "cinematic_pulse",
    "epic_toms",
    "trailer_hits",
    "lofi_basic",
    "lofi_lazy",
    "boombap",
    "trap_basic",
    "trap_busy",
    "house_four",
    "house_full",
    "techno_four",
    "techno_driving",
    "synthwave_basic",
    "synthwave_full",
    "dnb_break",
    "dnb_rolling",
    "pop_light",
    "pop_basic",
    "pop_full",
    "rock_light",
    "rock_basic",
    "rock_full",
    "metal_double",
    "metal_blast",
    "metal_half",
    "funk_basic",
    "funk_busy",
    "soul_basic",
    "soul_pocket",
    "swing_ride",
    "swing_light",
    "brushes_ballad",
    "bossa_drums",
    "samba_drums",
    "salsa_drums",
    "one_drop",
    "steppers",
    "country_train",
    "country_two_step",
    "folk_light",
    "blues_shuffle_drums",
    "slow_blues",
    "chip_basic",
    "chip_fast",
    "march",
    "waltz_drums",
    "ballad_drums",
    "halftime",
    "reggaeton",
    "afro_house",
    "garage",
    "shaker",
    "tambourine",
    "congas",
    "clave_bongo",
    "cowbell_guiro",
    "taiko",
    "cinematic_low",
    "sparse_hits",
    "claps",
    "timpani_hits",
    "hand_drums",
    "orchestral_perc",
    "shaker_soft",
]

COMMON = Meter(4, 4)
SECTIONS = (("intro", 2, 0.25), ("verse", 8, 0.45), ("chorus", 8, 0.85), ("outro", 2, 0.4))


def make_plan(
    patterns: tuple[str, ...] = ("pop_light", "pop_basic", "pop_full"),
    *,
    meter: Meter = COMMON,
    sections: tuple[tuple[str, int, float], ...] = SECTIONS,
    role: str = "drums",
    instrument: str = "standard_kit",
    adjectives: tuple[str, ...] = (),
    density: float = 0.5,
    feel: str = "straight",
    swing: float = 0.5,
    tempo: float = 110.0,
    ending: str = "final",
    seed: int = 1,
    low: int = 35,
    high: int = 81,
) -> Plan:
    key, at, made, energy = Key("C", "major"), 0, [], []
    for i, (function, bars, level) in enumerate(sections):
        phrases = (4,) * (bars // 4) + ((bars % 4,) if bars % 4 else ())
        made.append(
            SectionPlan(f"s{i}", function, function, 0, at, bars, phrases, level, key, ("drums",))
        )
        at += bars
        energy += [level] * bars
    part = PartPlan(
        "drums", "Drums", role, instrument, patterns, low, high, density, adjectives=adjectives
    )
    return Plan(
        "t", seed, "pop", "full song", key, tempo, meter, feel, swing, 240, at, tuple(made),
        tuple(energy), (part,), (), ending, maker="rules",
    )  # fmt: skip


def write(plan: Plan) -> tuple[Note, ...]:
    return drum_part(plan.parts[0], plan)


def bars_of(notes: tuple[Note, ...], plan: Plan) -> list[tuple[tuple[int, int], ...]]:
    size = plan.meter.bar_ticks
    bars: list[list[tuple[int, int]]] = [[] for _ in range(plan.bars)]
    for note in notes:
        bars[note.onset_ticks // size].append((note.onset_ticks % size, note.pitch))
    return [tuple(bar) for bar in bars]


def test_every_named_groove_is_there_and_sounds_in_its_first_bar() -> None:
    assert set(NAMES) <= grooves().keys()
    for name in NAMES:
        assert grooves()[name].a, name
        assert any(c in "Xxmo" for row in grooves()[name].a.values() for word in row for c in word)


def test_every_fill_family_has_a_short_fill() -> None:
    for family, options in fills().items():
        assert min(f.pulses for f in options) == 1, family


def test_a_grid_with_an_unknown_voice_or_letter_is_refused() -> None:
    with pytest.raises(StyleError, match="voice"):
        parse_grid("gong x...")
    with pytest.raises(StyleError, match="letters"):
        parse_grid("kick x..z")
    with pytest.raises(StyleError, match="pulses"):
        parse_grid("kick x... x...\nsnare x...")


def test_an_unknown_pattern_is_named_in_the_error() -> None:
    with pytest.raises(StyleError, match="no_such_groove"):
        write(make_plan(("no_such_groove",)))


def test_rock_has_its_back_beat_on_two_and_four() -> None:
    plan = make_plan(("rock_basic",))
    for bar in range(2, 5):
        snares = [t for t, key in bars_of(write(plan), plan)[bar] if key == 38]
        assert {480, 1440} <= set(snares)


def test_house_has_four_on_the_floor_and_open_hats_between() -> None:
    plan = make_plan(("house_four",), tempo=124)
    bar = bars_of(write(plan), plan)[3]
    assert [t for t, key in bar if key == 36] == [0, 480, 960, 1440]
    assert [t for t, key in bar if key == 46] == [240, 720, 1200, 1680]


def test_son_clave_and_bossa_clave_are_three_two() -> None:
    for pattern, key, two_side in (
        ("clave_bongo", 75, [480, 960]),
        ("bossa_drums", 37, [480, 1200]),
    ):
        plan = make_plan((pattern,), tempo=150)
        bars = bars_of(write(plan), plan)
        assert [t for t, k in bars[2] if k == key] == [0, 720, 1440]
        assert [t for t, k in bars[3] if k == key] == two_side


def test_one_drop_leaves_the_down_beat_empty() -> None:
    plan = make_plan(("one_drop",), tempo=76)
    kicks = [t for bar in bars_of(write(plan), plan)[3:9] for t, k in bar if k == 36]
    assert kicks and 0 not in kicks


def test_swing_is_written_as_eighths_when_the_performance_swings_and_as_triplets_when_not() -> None:
    swung = make_plan(("swing_ride",), swing=0.66, instrument="jazz_kit")
    rides = {t % 480 for bar in bars_of(write(swung), swung)[3:5] for t, k in bar if k == 51}
    assert rides == {0, 240}
    straight = make_plan(("swing_ride",), instrument="jazz_kit")
    rides = {t % 480 for bar in bars_of(write(straight), straight)[3:5] for t, k in bar if k == 51}
    assert rides == {0, 320}


def test_six_eight_has_its_back_beat_on_the_second_pulse() -> None:
    for pattern in ("rock_basic", "techno_driving", "funk_busy"):
        plan = make_plan((pattern,), meter=Meter(6, 8))
        backs = [t for t, k in bars_of(write(plan), plan)[4] if k in (38, 39)]
        assert 720 in backs and 0 not in backs


def test_half_time_moves_the_snare_to_three_and_leaves_the_hat() -> None:
    plan = make_plan(("rock_basic",), feel="half-time")
    bar = bars_of(write(plan), plan)[3]
    assert [t for t, k in bar if k == 38] == [960]
    assert len([t for t, k in bar if k == 42]) == 8


def test_energy_and_density_choose_busier_grooves() -> None:
    notes = {density: len(write(make_plan(density=density))) for density in (0.0, 0.5, 1.0)}
    assert notes[0.0] < notes[0.5] < notes[1.0]
    plan = make_plan()
    per_bar = [len(bar) for bar in bars_of(write(plan), plan)]
    assert sum(per_bar[10:17]) > sum(per_bar[2:9])


def test_adjectives_change_the_part_as_asked() -> None:
    plain = write(make_plan())
    assert len(write(make_plan(adjectives=("sparse",)))) < 0.6 * len(plain)
    assert len(write(make_plan(adjectives=("dense",)))) > len(plain)
    mean = sum(n.velocity for n in plain) / len(plain)
    soft = write(make_plan(adjectives=("soft",)))
    assert sum(n.velocity for n in soft) / len(soft) < mean - 8


def test_bars_vary_but_keep_their_groove() -> None:
    plan = make_plan(("rock_basic",), sections=(("verse", 32, 0.5),))
    bars = bars_of(write(plan), plan)[:-1]
    assert len(set(bars)) >= 5
    assert max(Counter(bars).values()) < 20
    kept = [b for b in bars if {(480, 38), (0, 36)} <= set(b)]
    assert len(kept) >= 29


def test_a_lift_is_marked_by_a_crash_and_prepared_by_a_fill() -> None:
    plan = make_plan()
    bars = bars_of(write(plan), plan)
    assert any(t == 0 and key in (49, 57) for t, key in bars[10])
    assert bars[9] not in bars[2:9]


def test_fills_can_be_switched_off() -> None:
    plan = make_plan(("house_four",))
    bare = replace(
        plan, sections=tuple(replace(s, fill=False, phrases=(s.bars,)) for s in plan.sections)
    )
    assert not [n for n in write(bare)[:-2] if n.pitch in (38, 41, 50)]


@pytest.mark.parametrize("ending", ["final", "hard", "ring"])
def test_nothing_follows_the_last_down_beat(ending: str) -> None:
    plan = make_plan(ending=ending)
    last = bars_of(write(plan), plan)[-1]
    assert last and {t for t, _ in last} == {0}


@pytest.mark.parametrize("ending", ["loop", "fade"])
def test_loops_and_fades_keep_playing_to_the_end(ending: str) -> None:
    plan = make_plan(ending=ending)
    assert max(t for t, _ in bars_of(write(plan), plan)[-1]) >= 1200


def test_a_build_rolls_faster_and_louder() -> None:
    plan = make_plan(("house_full",), sections=(("build", 8, 0.7), ("drop", 8, 0.95)), tempo=124)
    snares = [n for n in write(plan) if n.pitch == 38 and n.onset_ticks < 8 * 1920]
    counts = Counter(n.onset_ticks // 1920 for n in snares)
    assert counts[0] == 4 < counts[4] < counts[6]
    assert snares[-1].velocity > snares[0].velocity + 40


def test_a_groove_is_a_habit_that_comes_back_with_its_letter() -> None:
    """Two bars are played again and again; liberties and fills are the exception."""
    plan = make_plan(("funk_busy",), sections=(("verse", 16, 0.5), ("chorus", 8, 0.5)) * 2)
    plan = replace(
        plan, sections=tuple(replace(s, fill=False, phrases=(s.bars,)) for s in plan.sections)
    )
    bars = bars_of(write(plan), plan)
    first, again = bars[1:15], bars[25:39]
    assert sum(a == b for a, b in zip(first, again, strict=True)) >= 10
    for half in (bars[2:15:2], bars[1:15:2]):
        assert Counter(half).most_common(1)[0][1] >= 0.6 * len(half)


def test_a_machine_takes_no_liberties() -> None:
    plan = make_plan(("funk_busy",), sections=(("verse", 64, 0.5),), instrument="tr808_kit")
    plan = replace(plan, sections=(replace(plan.sections[0], phrases=(64,)),))
    bars = [bar for i, bar in enumerate(bars_of(write(plan), plan)[:62]) if i % 8 not in (0, 7)]
    assert len(set(bars)) == 2


def fills_between(levels: tuple[float, float], seeds: range) -> float:
    """Share of pieces in which the last bar of a section is not the groove's own."""
    found = 0
    for seed in seeds:
        plan = make_plan(
            ("rock_basic",), seed=seed,
            sections=(("verse", 8, levels[0]), ("bridge", 8, levels[1])),
        )  # fmt: skip
        with_fills = bars_of(write(plan), plan)[7]
        bare = replace(plan, sections=tuple(replace(s, fill=False) for s in plan.sections))
        found += with_fills != bars_of(write(bare), bare)[7]
    return found / len(seeds)


def test_fills_lead_into_a_lift_and_mostly_leave_the_rest_to_the_groove() -> None:
    assert fills_between((0.4, 0.8), range(40)) == 1.0
    assert 0.2 < fills_between((0.5, 0.5), range(40)) < 0.65
    assert 0.1 < fills_between((0.8, 0.4), range(40)) < 0.55


def test_the_same_fill_leads_to_the_same_place() -> None:
    plan = make_plan(("rock_basic",), sections=(("verse", 8, 0.4), ("chorus", 8, 0.9)) * 3)
    bars = bars_of(write(plan), plan)

    def ending(bar: int) -> tuple[tuple[int, int], ...]:
        return tuple((t, key) for t, key in bars[bar] if t >= 1440)

    assert ending(7) == ending(23) == ending(39)


def test_timpani_are_tuned_to_the_harmony() -> None:
    plan = make_plan(("timpani_hits",), role="percussion", instrument="timpani", low=36, high=57)
    chords = tuple(ChordSpan(i * 1920, 1920, Chord("DAGB"[i % 4], "m")) for i in range(plan.bars))
    plan = replace(plan, chords=chords)
    for note in write(plan):
        root = chords[note.onset_ticks // 1920].chord.root_pc
        assert note.pitch % 12 in (root, (root + 7) % 12)
        assert 36 <= note.pitch <= 57


def test_the_orchestra_kit_gets_no_toms_but_tuned_timpani() -> None:
    plan = make_plan(("epic_toms",), instrument="orchestra_kit")
    plan = replace(plan, chords=(ChordSpan(0, plan.bars * 1920, Chord("D", "m")),))
    classes = {n.pitch % 12 for n in write(plan) if 41 <= n.pitch <= 53}
    assert classes <= {2, 9} and classes


def test_pulse_sources_keep_down_beat_and_back_beat() -> None:
    assert pulse_sources(3, 4) == (0, 2, 3)
    assert pulse_sources(7, 4) == (0, 1, 2, 3, 0, 2, 3)
    assert pulse_sources(2, 4, 1) == (2, 3)
    for count in range(3, 33):
        sources = pulse_sources(count, 4)
        assert len(sources) == count and sources[0] == 0 and sources[-1] == 3


@pytest.mark.parametrize("name", sorted(grooves()))
def test_a_groove_in_its_own_metre_loses_no_stroke(name: str) -> None:
    groove = grooves()[name]
    count = len(next(iter(groove.a.values())))
    meter = {2: Meter(6, 8), 3: Meter(3, 4), 4: Meter(4, 4)}[count]
    if any(len(word) == 3 for row in groove.a.values() for word in row) and count == 4:
        meter = Meter(12, 8)
    letters = sum(1 for row in groove.a.values() for word in row for c in word if c not in ".2")
    assert len(strokes_of_grid(groove.a, meter, 0, False)) >= letters


def test_one_bar_does_not_depend_on_the_others() -> None:
    plan = make_plan(ending="loop")
    longer = replace(plan, energy=(*plan.energy[:-1], 0.9))
    assert bars_of(write(plan), plan)[:18] == bars_of(write(longer), longer)[:18]


METERS = st.sampled_from(
    [Meter(n, d) for n in range(1, 14) for d in (1, 2, 4, 8, 16, 32)]
    + [Meter(4, 4), Meter(3, 4), Meter(6, 8), Meter(7, 8), Meter(5, 4), Meter(12, 8)] * 4
)


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    pattern=st.sampled_from(NAMES),
    meter=METERS,
    feel=st.sampled_from(["straight", "swing", "half-time", "double-time"]),
    swing=st.sampled_from([0.5, 0.62]),
    ending=st.sampled_from(["final", "ring", "fade", "hard", "loop"]),
    role=st.sampled_from(["drums", "percussion"]),
    kit=st.sampled_from(["standard_kit", "orchestra_kit", "brush_kit", "tr808_kit"]),
    adjectives=st.lists(
        st.sampled_from(["sparse", "dense", "soft", "driving", "simple", "busy"]), max_size=2
    ),
    density=st.floats(0, 1),
    tempo=st.floats(40, 240),
    bars=st.integers(1, 6),
    function=st.sampled_from(["intro", "build", "drop", "breakdown", "chorus"]),
    seed=st.integers(0, 2**40),
)
def test_every_part_keeps_the_rules(
    pattern, meter, feel, swing, ending, role, kit, adjectives, density, tempo, bars, function, seed
) -> None:
    plan = make_plan(
        (pattern,), meter=meter, feel=feel, swing=swing, ending=ending, role=role,
        instrument=kit, adjectives=tuple(adjectives), density=density, tempo=tempo, seed=seed,
        sections=((function, bars, 0.3), ("verse", 1, 0.6), ("chorus", 3, 0.9)),
    )  # fmt: skip
    notes = write(plan)
    assert notes == write(plan)
    assert list(notes) == sorted(notes, key=lambda n: (n.onset_ticks, n.pitch))
    size = meter.bar_ticks
    free_from: dict[int, int] = {}
    for note in notes:
        assert 35 <= note.pitch <= 81 and 1 <= note.velocity <= 127
        assert note.duration_ticks > 0
        assert note.onset_ticks // size == (note.end_ticks - 1) // size < plan.bars
        assert note.onset_ticks >= free_from.get(note.pitch, 0)
        free_from[note.pitch] = note.end_ticks
    for section in plan.sections:
        assert any(section.start_bar <= n.onset_ticks // size < section.end_bar for n in notes)


@settings(max_examples=40, deadline=None)
@given(
    pattern=st.sampled_from(NAMES),
    instrument=st.sampled_from(["timpani", "taiko_drum", "woodblock", "marimba", "steel_drums"]),
    low=st.integers(30, 60),
    width=st.integers(0, 30),
)
def test_pitched_drums_stay_in_their_range(pattern, instrument, low, width) -> None:
    plan = make_plan(
        (pattern,), role="percussion", instrument=instrument, low=low, high=low + width
    )
    notes = write(plan)
    assert notes and all(low <= n.pitch <= low + width for n in notes)


def test_pulses_cover_every_bar() -> None:
    for numerator in range(1, 33):
        for denominator in (1, 2, 4, 8, 16, 32):
            meter = Meter(numerator, denominator)
            layout = pulses(meter)
            assert sum(length for _, length, _ in layout) == meter.bar_ticks
