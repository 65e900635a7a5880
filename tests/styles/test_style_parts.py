"""The players of every style: names that exist, a stage picture, an arrangement that grows."""

from __future__ import annotations

from songwright.brief.model import SECTION_FUNCTIONS
from songwright.composition.accompany.patterns import pattern_names
from songwright.composition.drum_grid import grooves
from songwright.score.instruments import instruments
from songwright.styles import PartFacts, Style

PITCHED = ("bass", "chords", "pad", "arp", "riff", "stabs", "counter", "inner")

# Playing patterns that `songwright.composition` can play, by role; a lead takes the melody instead.
PATTERNS: dict[str, frozenset[str]] = {
    "lead": frozenset(),
    "drums": frozenset(grooves()),
    "percussion": frozenset(grooves()),
    **{role: frozenset(pattern_names(role)) for role in PITCHED},
}

# Ensembles that are complete in themselves: a quartet, two hands, a choir.
FIXED_ENSEMBLES = {"string_quartet": 4, "solo_piano": 2, "hymn_choral": 4}


def playing(facts: Style, energy: float) -> list[PartFacts]:
    """Parts that play at an energy, whatever the section."""
    return [p for p in facts.parts if p.enters_at <= energy < p.leaves_at]


def usual_ensemble(facts: Style) -> list[PartFacts]:
    """The parts that play when nobody asks for anything: the first by priority."""
    return sorted(facts.parts, key=lambda part: part.priority)[: facts.parts_typical]


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


def test_the_usual_ensemble_carries_a_piece(facts: Style) -> None:
    """Tune, bottom and harmony are there, quiet sections have harmony, and it grows to the end."""
    usual = usual_ensemble(facts)
    harmony = {"chords", "pad", "arp", "inner"}
    roles = {part.role for part in usual}
    assert "lead" in roles
    assert roles & harmony
    if facts.id in FIXED_ENSEMBLES:
        return
    assert "bass" in roles
    quiet = [p for p in usual if p.enters_at <= 0.2 < p.leaves_at]
    loud = [p for p in usual if p.enters_at <= 0.9 < p.leaves_at]
    assert 2 <= len(quiet) <= 3
    assert {part.role for part in quiet} & harmony
    assert len(loud) >= len(quiet) + 3
    steps = {p.enters_at for p in usual}
    assert len(steps) >= 4, "parts should enter one after the other"
