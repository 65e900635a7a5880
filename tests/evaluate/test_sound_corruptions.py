"""Small twin of the bench: four short pieces of our own engine, sound and spoilt.

The bench asks whether a spoilt piece is told from any sound one; with four pieces the test asks
whether each metric moves the right way in each piece, and says nothing where nothing was spoilt.
"""

from __future__ import annotations

import numpy as np
import pytest
from bench.sound_corruptions import FAULTS, RATE_HZ
from bench.sound_discrimination import Cases, Values, auc, cells, levelled, measured
from bench.sound_programmes import (
    LEVEL_LUFS,
    Programme,
    added,
    detuned,
    excerpt,
    load,
    render,
    stem_names,
)

from songwright.audio import integrated_lufs
from songwright.evaluate.sound import sound_facts
from songwright.perform.model import ControlPoint, Performance, PlayedNote, PlayedPart

# Which way a fault moves the metric that is there to notice it.
RISES = {
    "clipped": "clipping", "harsh": "harshness", "muddy": "mud", "sibilant": "sibilance",
    "hiss": "flatness", "offset": "dc_offset", "clicks": "clicks", "cut": "cut_tail",
    "lead -24 dB": "lead_masked", "thin": "psd_slope",
}  # fmt: skip
FALLS = {
    "crushed": "crest_factor", "opposed": "mono_correlation_p5", "low-passed": "centroid_p90",
    "lead -12 dB": "lead_level", "opposed lows": "low_correlation",
    "stem opposed": "stem_mono_loss",
}  # fmt: skip
BEAT = 0.5
BEATS = 8


def line(pitches: list[int], beats: float, velocity: int = 80) -> tuple[PlayedNote, ...]:
    """Notes of equal length over and over, until the piece ends."""
    count = round(BEATS / beats)
    return tuple(
        PlayedNote(i * beats * BEAT, beats * BEAT * 0.95, pitches[i % len(pitches)], velocity)
        for i in range(count)
    )


def piece(**parts: tuple[str, str, tuple[PlayedNote, ...]]) -> Performance:
    played = tuple(PlayedPart(k, k, role, inst, notes) for k, (role, inst, notes) in parts.items())
    return Performance(played, BEATS * BEAT + 1.5, "ring")


TUNE = [72, 74, 76, 79, 77, 76, 74, 71]
PIECES = {
    "band": piece(
        tune=("lead", "lead_2_sawtooth", line(TUNE, 1.0)),
        keys=("chords", "electric_piano_1", line([60, 57, 65, 67], 2.0, 60)),
        low=("bass", "electric_bass_finger", line([36, 33, 41, 43], 2.0)),
        kit=("drums", "standard_kit", line([36, 42, 38, 42], 0.5)),
    ),
    "piano": piece(
        right=("lead", "acoustic_grand_piano", line(TUNE, 1.0)),
        left=("chords", "acoustic_grand_piano", line([48, 55, 45, 52], 1.0, 60)),
    ),
    "strings": piece(
        first=("lead", "violin", line(TUNE, 2.0)),
        second=("inner", "viola", line([64, 65, 67, 62], 2.0)),
        third=("inner", "cello", line([48, 45, 41, 43], 2.0)),
        fourth=("bass", "contrabass", line([36, 33, 41, 43], 2.0)),
    ),
    "winds": piece(
        high=("lead", "flute", line(TUNE, 1.0)),
        low=("inner", "french_horn", line([55, 57, 53, 55], 2.0, 64)),
    ),
}


@pytest.fixture(scope="module")
def programmes(tmp_path_factory: pytest.TempPathFactory) -> list[Programme]:
    folder = tmp_path_factory.mktemp("sound")
    for name, played in PIECES.items():
        render(played, folder / name, "songwright")
    return [load(folder / name, "test") for name in PIECES]


def both(programme: Programme, name: str) -> tuple[Values, Values] | None:
    """Values of a programme, sound and spoilt; None where there is nothing to spoil."""
    fault = FAULTS[name]
    if not fault.applies(programme.mix) or not set(fault.needs) <= set(programme.stems):
        return None
    if fault.mix is not None:
        return measured(programme.mix), measured(levelled(fault.mix(programme.mix, 1)))
    assert fault.stems is not None
    stems = fault.stems(programme.stems, 1)
    mix = levelled(added(stems.values()))
    return measured(programme.mix, programme.stems), measured(mix, stems)


@pytest.mark.parametrize(("name", "metric"), [*RISES.items(), *FALLS.items()])
def test_a_fault_moves_its_metric(programmes: list[Programme], name: str, metric: str) -> None:
    asked = 0
    for programme in programmes:
        pair = both(programme, name)
        if pair is None or pair[0][metric] is None:
            continue
        before, after = pair[0][metric], pair[1][metric]
        assert before is not None and after is not None, programme.name
        assert (after > before) if name in RISES else (after < before), programme.name
        asked += 1
    assert asked >= 2


def test_programmes_are_level_and_their_stems_add_up(programmes: list[Programme]) -> None:
    for programme in programmes:
        assert integrated_lufs(programme.mix, RATE_HZ) == pytest.approx(LEVEL_LUFS, abs=0.05)
        assert np.abs(programme.mix).max() < 1.0
        assert set(programme.stems) <= {"lead", "bass", "drums", "others"}
        assert "lead" in programme.stems
    assert "drums" in programmes[0].stems


@pytest.mark.parametrize("name", [n for n, fault in FAULTS.items() if fault.mix is not None])
def test_faults_are_repeatable_and_spare_the_original(
    programmes: list[Programme], name: str
) -> None:
    spoil = FAULTS[name].mix
    assert spoil is not None
    kept = programmes[0].mix.copy()
    once, twice = spoil(programmes[0].mix, 1), spoil(programmes[0].mix, 1)
    assert np.array_equal(once, twice)
    assert once.dtype == np.float32
    assert np.array_equal(programmes[0].mix, kept)
    assert once.shape != kept.shape or not np.array_equal(once, kept)


def test_a_metric_that_is_not_defined_finds_no_fault() -> None:
    """``noise_floor`` has an upper bound only; ``tonal_balance`` is left out when undefined."""
    facts = dict.fromkeys(sound_facts())
    sound: Values = {**facts, "noise_floor": None, "mud": None}
    spoilt: Values = {**facts, "noise_floor": -40.0, "mud": 9.0}
    case = Cases([sound] * 12, [spoilt] * 12)
    assert case.pairs("noise_floor") == ([-np.inf] * 12, [-40.0] * 12)
    assert case.pairs("mud") == ([], [])
    assert case.pairs("stem_mono_loss") == ([], [])
    cell = cells({"hiss": case})["noise_floor"]["hiss"]
    assert (cell.auc, cell.strength, cell.paired) == (0.0, 1.0, 1.0)
    assert (cell.caught, cell.false_alarms, cell.pieces) == (1.0, 0.0, 12)
    assert "mud" not in cells({"hiss": case})


def test_auc_counts_ties_half() -> None:
    assert auc([1.0, 2.0], [0.0, 2.0]) == pytest.approx(0.625)


def test_an_excerpt_comes_from_the_middle_with_its_controls() -> None:
    notes = tuple(PlayedNote(float(i), 1.5, 60 + i % 12, 80) for i in range(100))
    controls = (ControlPoint(0.0, 7, 90), ControlPoint(2.0, 7, 70), ControlPoint(50.0, 7, 40))
    part = PlayedPart("p", "p", "lead", "flute", notes, controls)
    cut = excerpt(Performance((part,), 110.0, "ring"), 30.0)
    (kept,) = cut.parts
    assert kept.notes[0].onset_seconds == pytest.approx(0.1)
    assert kept.notes[0].pitch == 60 + 36 % 12
    assert max(n.onset_seconds + n.duration_seconds for n in kept.notes) <= 30.01
    assert kept.controls[0] == ControlPoint(0.0, 7, 70)
    assert [c.value for c in kept.controls[1:]] == [40]


def test_stems_follow_the_tune() -> None:
    names = stem_names(PIECES["band"].parts)
    assert names == {"tune": "lead", "keys": "others", "low": "bass", "kit": "drums"}


def test_a_detuned_part_keeps_its_bends() -> None:
    part = PlayedPart("p", "p", "lead", "flute", (), (ControlPoint(1.0, 128, 4096),))
    bends = [(c.seconds, c.value) for c in detuned(part, 25.0).controls]
    assert bends == [(0.0, 1024), (1.0, 5120)]
