"""Every style file holds together: names exist, numerals parse, forms and parts make musical sense.

The checks run on all files of ``styles/data``, so that a new style is covered by adding its file.
"""

from __future__ import annotations

import re
from collections import Counter

import pytest

from songwright.brief.model import SECTION_FUNCTIONS, USES
from songwright.errors import StyleError
from songwright.score.instruments import instruments
from songwright.styles import PartFacts, ProgressionFacts, Style, style, style_ids
from songwright.theory.chord import Chord
from songwright.theory.key import MODES, Key
from songwright.theory.meter import Meter
from songwright.theory.roman import chord_from_roman

EXPECTED = """
cinematic_ambient orchestral_film epic_trailer lofi_hiphop hiphop_trap house techno synthwave
drum_and_bass pop rock metal funk soul_rnb jazz_swing bossa_nova latin_salsa reggae country_folk
blues string_quartet solo_piano hymn_choral chiptune
""".split()

# Playing patterns by role: the names that `songwright.compose` knows.
PATTERNS = {
    role: frozenset(names.split())
    for role, names in {
        "bass": """sustain half_notes root_fifth quarters eighths driving_eighths octaves offbeat
            walking two_feel tumbao bossa_bass reggae_bass funk_bass sixteenth_pulse sub_808 reese
            pedal arpeggio_bass riff_bass blues_shuffle waltz_bass chorale_bass gallop
            dotted_pop""",
        "chords": """sustained block_halves quarters eighths offbeats charleston jazz_comp
            bossa_comp montuno skank organ_bubble strum_folk strum_pop travis arpeggio_up
            arpeggio_updown alberti waltz_chords broken_triplets house_stabs funk_stabs
            power_chords palm_mute lofi_comp tremolo_chords ballad shuffle_comp nocturne pulses
            gospel_comp chip_arpeggio""",
        "pad": "sustained_pad swell drone evolving shimmer pulsing",
        "arp": """up_eighths up_sixteenths updown_sixteenths down_eighths trance_gate chip_fast
            ostinato_arp broken_octaves""",
        "riff": """ostinato_low ostinato_strings power_riff synth_hook horn_line acid_line
            call_answer pluck_hook""",
        "stabs": "hits_accent hits_offbeat horn_punches braams swells_stab chord_hits",
        "counter": "long_tones answer descant harmony_third contrapuntal echo",
        "inner": "chorale_inner quartet_inner moving_eighths sustained_inner",
        "drums": """ambient_sparse cinematic_pulse epic_toms trailer_hits lofi_basic lofi_lazy
            boombap trap_basic trap_busy house_four house_full techno_four techno_driving
            synthwave_basic synthwave_full dnb_break dnb_rolling pop_light pop_basic pop_full
            rock_light rock_basic rock_full metal_double metal_blast metal_half funk_basic
            funk_busy soul_basic soul_pocket swing_ride swing_light brushes_ballad bossa_drums
            samba_drums salsa_drums one_drop steppers country_train country_two_step folk_light
            blues_shuffle_drums slow_blues chip_basic chip_fast march waltz_drums ballad_drums
            halftime reggaeton afro_house garage""",
        "percussion": """shaker tambourine congas clave_bongo cowbell_guiro taiko cinematic_low
            sparse_hits claps timpani_hits hand_drums orchestral_perc shaker_soft""",
        "lead": "",
    }.items()
}

# Ensembles that are complete in themselves: a quartet, two hands, a choir.
FIXED_ENSEMBLES = {"string_quartet": 4, "solo_piano": 2, "hymn_choral": 4}

SECTION = re.compile(r"(?P<function>[A-Za-z-]+):(?P<bars>\d+)(?::(?P<letter>[A-Z]))?")


@pytest.fixture(params=style_ids())
def facts(request: pytest.FixtureRequest) -> Style:
    return style(request.param)


def bars_of(progression: ProgressionFacts) -> list[list[str]]:
    """Numerals of each bar."""
    return [bar.split() for bar in progression.chords.split("|")]


def chords_of(progression: ProgressionFacts, key: Key) -> list[Chord]:
    return [chord_from_roman(n, key) for bar in bars_of(progression) for n in bar]


def playing(facts: Style, energy: float) -> list[PartFacts]:
    """Parts that play at an energy, whatever the section."""
    return [p for p in facts.parts if p.enters_at <= energy < p.leaves_at]


def energies(facts: Style, functions: tuple[str, ...]) -> list[float]:
    """Energies of all sections with one of these functions in full-song forms."""
    return [
        energy
        for form in facts.forms
        if "full song" in form.uses
        for text, energy in zip(form.sections, form.energy, strict=True)
        if text.split(":")[0] in functions
    ]


def test_all_styles_are_there() -> None:
    assert set(EXPECTED) <= set(style_ids())


def test_unknown_style_is_an_error_that_names_it() -> None:
    with pytest.raises(StyleError, match="polka_core"):
        style("polka_core")


def test_head(facts: Style) -> None:
    tempo = facts.tempo
    assert 40 <= tempo.low_bpm < tempo.typical_bpm < tempo.high_bpm <= 240
    assert facts.near
    assert facts.id not in facts.near
    assert set(facts.near) <= set(style_ids())
    assert facts.summary.endswith(".")
    assert len(facts.summary) <= 130
    assert facts.swing_unit in (8, 16)
    assert 0.5 <= facts.swing <= 0.67
    assert facts.ending in ("final", "ring", "fade", "hard", "loop")
    assert 1 <= facts.parts_typical <= len(facts.parts)


def test_meters_and_keys(facts: Style) -> None:
    assert facts.meters
    assert sum(facts.meters.values()) == pytest.approx(1.0)
    for text in facts.meters:
        numerator, denominator = text.split("/")
        assert str(Meter(int(numerator), int(denominator))) == text
    assert set(facts.modes) <= set(MODES)
    assert sum(facts.modes.values()) == pytest.approx(1.0)
    for tonic in facts.tonics:
        for mode in facts.modes:
            # A tonic that its own signature would spell otherwise has no readable key.
            key = Key(tonic, mode)
            assert key.spell(key.tonic_pc) == tonic, str(key)
            assert abs(key.fifths) <= 6, str(key)


def test_numerals_parse_in_every_key_of_the_style(facts: Style) -> None:
    for progression in facts.progressions:
        assert progression.modes
        assert set(progression.modes) <= set(MODES)
        assert set(progression.functions) <= set(SECTION_FUNCTIONS)
        assert progression.weight > 0
        for mode in progression.modes:
            for tonic in facts.tonics:
                assert chords_of(progression, Key(tonic, mode))


def test_chords_of_a_bar_have_a_beat_each(facts: Style) -> None:
    """No bar asks for more chords than the style's shortest bar has pulses."""
    meters = [Meter(*map(int, text.split("/"))) for text in facts.meters]
    pulses = min(len(meter.pulses_ticks) for meter in meters)
    for progression in facts.progressions:
        assert max(len(bar) for bar in bars_of(progression)) <= pulses, progression.chords


def test_progressions_cover_the_modes_and_sections(facts: Style) -> None:
    loops = [p for p in facts.progressions if not p.cadence]
    assert len(loops) >= 10
    assert len({p.chords for p in loops}) >= 10
    rows = [(p.chords, mode) for p in facts.progressions for mode in p.modes]
    assert [row for row, count in Counter(rows).items() if count > 1] == []
    used = {text.split(":")[0] for form in facts.forms for text in form.sections}
    for mode in facts.modes:
        here = [p for p in loops if mode in p.modes]
        assert len(here) >= 2, mode
        assert any(p.cadence and mode in p.modes for p in facts.progressions), mode
        for function in used:
            fitting = [p for p in here if not p.functions or function in p.functions]
            assert fitting, f"no progression in {mode} for {function}"


def test_progressions_have_the_third_of_their_mode(facts: Style) -> None:
    """A tonic triad written in a progression is minor in minor modes and major in major ones.

    Blues mixes the two, a tonic that turns into a dominant of IV is major in any mode, and the
    middle of a piece may visit the parallel key.
    """
    for progression in facts.progressions:
        if progression.cadence or set(progression.functions) & {"C", "D", "bridge"}:
            continue
        for mode in set(progression.modes) - {"blues", "minor pentatonic"}:
            key = Key("C", mode)
            tonics = [c for c in chords_of(progression, key) if c.root_pc == 0]
            plain = [c for c in tonics if c.quality not in ("5", "sus2", "sus4", "9sus4", "7")]
            wrong = [c for c in plain if c.is_minor is not key.is_minor]
            assert len(wrong) <= len(tonics) // 2, (progression.chords, mode)


def test_cadences_are_short_and_close_on_tonic_or_dominant(facts: Style) -> None:
    cadences = [p for p in facts.progressions if p.cadence]
    for progression in cadences:
        assert 1 <= len(bars_of(progression)) <= 4, progression.chords
        for mode in progression.modes:
            last = chords_of(progression, Key("C", mode))[-1]
            assert last.root_pc in (0, 7), progression.chords
    full = [p for p in cadences if chords_of(p, Key("C", p.modes[0]))[-1].root_pc == 0]
    assert full
    assert any(not p.functions or "outro" in p.functions for p in full)


def test_forms(facts: Style) -> None:
    assert len(facts.forms) >= 3
    for form in facts.forms:
        assert form.weight > 0
        assert set(form.uses) <= set(USES)
        assert len(form.energy) == len(form.sections)
        assert all(0 <= energy <= 1 for energy in form.energy)
        lengths: dict[str, list[int]] = {}
        for text in form.sections:
            match = SECTION.fullmatch(text)
            assert match, text
            assert match["function"] in SECTION_FUNCTIONS
            assert 1 <= int(match["bars"]) <= 32
            if match["letter"]:
                lengths.setdefault(match["letter"], []).append(int(match["bars"]))
        for letter, bars in lengths.items():
            # Material that returns must fit: whole statements, never a part of one.
            assert all(max(bars) % n == 0 for n in bars), (form.sections, letter)


def test_every_use_has_a_form(facts: Style) -> None:
    for use in USES:
        assert any(not form.uses or use in form.uses for form in facts.forms), use


def test_full_songs_last_one_to_four_and_a_half_minutes(facts: Style) -> None:
    for form in facts.forms:
        if "full song" not in form.uses:
            continue
        bars = sum(int(text.split(":")[1]) for text in form.sections)
        numerator, denominator = max(facts.meters, key=lambda m: facts.meters[m]).split("/")
        beats = bars * int(numerator) * 4 / int(denominator)
        seconds = beats * 60 / facts.tempo.typical_bpm
        assert 60 <= seconds <= 270, (form.sections, seconds)


def test_energy_is_shaped(facts: Style) -> None:
    """The top comes late, it contrasts with the start, and choruses stand out from verses."""
    for form in facts.forms:
        if "full song" not in form.uses and "film cue" not in form.uses:
            continue
        bars = [int(text.split(":")[1]) for text in form.sections]
        top = form.energy.index(max(form.energy))
        assert sum(bars[: top + 1]) / sum(bars) >= 0.5, form.sections
        assert max(form.energy) - form.energy[0] >= 0.2, form.sections
    quiet = energies(facts, ("verse",))
    loud = energies(facts, ("chorus", "drop"))
    if quiet and loud:
        assert sum(loud) / len(loud) - sum(quiet) / len(quiet) >= 0.15


def test_part_names_instruments_and_patterns(facts: Style) -> None:
    ids = [part.id for part in facts.parts]
    assert len(set(ids)) == len(ids)
    if facts.id not in FIXED_ENSEMBLES:
        assert 6 <= len(ids) <= 12
    roles = {part.role for part in facts.parts}
    assert "lead" in roles
    assert roles <= set(PATTERNS)
    table = instruments()
    for part in facts.parts:
        assert set(part.instruments) <= set(table), part.id
        assert set(part.patterns) <= PATTERNS[part.role], part.id
        assert bool(part.patterns) is (part.role != "lead"), part.id
        if part.role == "drums":
            assert all(table[name].is_kit for name in part.instruments)
        else:
            # One part reads either a drum map or pitches, whichever player takes it.
            kits = {table[name].is_kit for name in part.instruments}
            assert len(kits) == 1, part.id
            assert part.role == "percussion" or kits == {False}, part.id
        assert set(part.not_in) | set(part.only_in) <= set(SECTION_FUNCTIONS)
        assert not (part.not_in and part.only_in), part.id


def test_part_numbers(facts: Style) -> None:
    for part in facts.parts:
        assert 0 <= part.enters_at < part.leaves_at <= 1.01
        assert 1 <= part.priority <= 9
        assert 0 <= part.density <= 1
        assert -16 <= part.level_db <= 0
        assert -1 <= part.pan <= 1
        assert 0 <= part.reverb <= 1
        assert part.register in ("low", "mid", "high")


def test_low_end_and_beat_stay_in_the_middle(facts: Style) -> None:
    """Seated orchestras and choirs apart, bass, kit and solo voice belong in the centre."""
    if facts.family in ("classical", "screen"):
        return
    for part in facts.parts:
        if part.role == "bass":
            assert part.pan == 0
            assert part.reverb <= 0.1
        if part.role == "drums":
            assert abs(part.pan) <= 0.2
    leads = [part for part in facts.parts if part.role == "lead"]
    assert all(abs(part.pan) <= 0.2 for part in leads)
    assert min(part.pan for part in facts.parts) <= -0.2
    assert max(part.pan for part in facts.parts) >= 0.2


def test_the_arrangement_grows(facts: Style) -> None:
    thin, full = len(playing(facts, 0.2)), len(playing(facts, 0.9))
    if facts.id in FIXED_ENSEMBLES:
        assert thin <= FIXED_ENSEMBLES[facts.id] <= full
        return
    assert 2 <= thin <= 4
    assert full >= 6
    assert full >= thin + 3
    assert any(part.priority == 1 for part in facts.parts)
    # Whatever the section, an opening is never silent.
    for function in ("intro", "verse", "breakdown", "A"):
        heard = [
            part
            for part in playing(facts, 0.25)
            if function not in part.not_in and (not part.only_in or function in part.only_in)
        ]
        assert heard, function


def test_harmony_melody_and_mix_words(facts: Style) -> None:
    assert facts.harmony.colour in ("triads", "sevenths", "ninths", "power", "chorale")
    assert 0 < facts.harmony.chords_per_bar <= 4
    for share in ("functional", "secondary", "borrowed", "suspensions", "pedal"):
        assert 0 <= getattr(facts.harmony, share) <= 1
    melody = facts.melody
    assert melody.scale in ("mode", "pentatonic", "blues")
    assert set(melody.phrase_form) <= {"sentence", "period", "aaba", "aab", "loop", "free"}
    assert sum(melody.phrase_form.values()) > 0
    assert melody.shortest in (1, 2, 4)
    assert 7 <= melody.range_semitones <= 24
    assert 1 <= melody.notes_per_bar <= 12
    mix = facts.mix
    assert mix.reverb in ("room", "chamber", "plate", "hall", "cathedral", "dry")
    assert 0 <= mix.width <= 1.5
    for share in (mix.saturation, mix.sidechain, mix.lofi, mix.compression):
        assert 0 <= share <= 1
    performance = facts.performance
    assert set(performance.push_ms) <= set(PATTERNS)
    assert all(abs(push) <= 25 for push in performance.push_ms.values())
    assert 0 <= performance.timing_ms <= 20


def test_styles_differ_in_their_facts() -> None:
    """Two styles share neither their list of loops nor their grooves and ensemble."""
    seen_loops: dict[frozenset[str], str] = {}
    seen_ensembles: dict[tuple[tuple[str, ...], ...], str] = {}
    for style_id in style_ids():
        facts = style(style_id)
        loops = frozenset(p.chords for p in facts.progressions if not p.cadence)
        for other, name in seen_loops.items():
            assert len(loops & other) / min(len(loops), len(other)) <= 0.4, (style_id, name)
        seen_loops[loops] = style_id
        ensemble = tuple(sorted((p.role, p.instruments[0], *p.patterns) for p in facts.parts))
        assert ensemble not in seen_ensembles, style_id
        seen_ensembles[ensemble] = style_id
