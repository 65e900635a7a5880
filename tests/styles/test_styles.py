"""Every style file holds together: keys and numerals parse, forms make musical sense.

Players are checked in ``test_style_parts.py``. The checks run on all files of ``styles/data``, so
that a new style is covered by adding its file.
"""

from __future__ import annotations

import re
from collections import Counter

import pytest

from songwright.brief.model import SECTION_FUNCTIONS, USES
from songwright.errors import StyleError
from songwright.score.model import ROLES
from songwright.styles import ProgressionFacts, Style, style, style_ids
from songwright.theory.chord import Chord
from songwright.theory.key import MODES, Key
from songwright.theory.meter import Meter
from songwright.theory.roman import chord_from_roman

EXPECTED = frozenset(
    (
        "cinematic_ambient",
        "orchestral_film",
        "epic_trailer",
        "lofi_hiphop",
        "hiphop_trap",
        "house",
        "techno",
        "synthwave",
        "drum_and_bass",
        "pop",
        "rock",
        "metal",
        "funk",
        "soul_rnb",
        "jazz_swing",
        "bossa_nova",
        "latin_salsa",
        "reggae",
        "country_folk",
        "blues",
        "string_quartet",
        "solo_piano",
        "hymn_choral",
        "chiptune",
    )
)

SECTION = re.compile(r"(?P<function>[A-Za-z-]+):(?P<bars>\d+)(?::(?P<letter>[A-Z]))?")


def bars_of(progression: ProgressionFacts) -> list[list[str]]:
    """Numerals of each bar."""
    return [bar.split() for bar in progression.chords.split("|")]


def chords_of(progression: ProgressionFacts, key: Key) -> list[Chord]:
    return [chord_from_roman(n, key) for bar in bars_of(progression) for n in bar]


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
    assert set(style_ids()) >= EXPECTED


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


def test_every_use_has_a_form_near_its_usual_length(facts: Style) -> None:
    """Fitting a form to a length stretches it; the nearer the form, the rounder its phrases."""
    usual_seconds = {
        "full song": 180, "background score": 120, "vocal bed": 150, "film cue": 90,
        "game cue": 75, "social loop": 20, "study etude": 75,
    }  # fmt: skip
    meter = Meter(*map(int, max(facts.meters, key=lambda m: facts.meters[m]).split("/")))
    bar_seconds = meter.bar_ticks / 480 * 60 / facts.tempo.typical_bpm
    for use, wanted in usual_seconds.items():
        lengths = [
            sum(int(text.split(":")[1]) for text in form.sections) * bar_seconds
            for form in facts.forms
            if use in form.uses
        ]
        assert any(0.66 <= length / wanted <= 1.5 for length in lengths), (use, lengths)
        if use == "full song":
            assert all(60 <= length <= 270 for length in lengths)


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


def test_harmony_melody_and_mix_words(facts: Style) -> None:
    assert facts.harmony.colour in ("triads", "sevenths", "ninths", "power", "chorale")
    assert 0 < facts.harmony.chords_per_bar <= 4
    for name in (
        "functional", "secondary", "borrowed", "suspensions", "pedal", "inversions",
    ):  # fmt: skip
        assert 0 <= getattr(facts.harmony, name) <= 1
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
    assert set(performance.push_ms) <= set(ROLES)
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
