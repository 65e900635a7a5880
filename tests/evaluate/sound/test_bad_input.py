"""Whatever comes in: an answer, a reason, or a clear error; never NaN."""

from __future__ import annotations

import math
import tracemalloc
from pathlib import Path
from time import process_time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from songwright.audio import write_audio
from songwright.errors import AudioError, FileFormatError
from songwright.evaluate.model import DIMENSIONS, Measurement
from songwright.evaluate.sound import (
    evaluate_sound,
    guess_role,
    passes,
    sound_facts,
    sound_limits,
)
from songwright.evaluate.sound.listening import _functions
from songwright.evaluate.sound.warmup import warm_up

from .programme import RATE_HZ, band, measured, mixed, noise, stereo


def checked(answers: tuple[Measurement, ...]) -> dict[str, Measurement]:
    assert [m.metric for m in answers] == list(sound_facts())
    for m in answers:
        if m.value is None:
            assert m.reason.startswith("not defined, because "), m
        else:
            assert math.isfinite(m.value) and m.reason == ""
        for start, end in m.evidence.seconds:
            assert 0.0 <= start <= end, m
    return {m.metric: m for m in answers}


def test_every_metric_has_facts_and_one_function() -> None:
    answered = [metric for metrics, _ in _functions for metric in metrics]
    assert sorted(answered) == sorted(sound_facts())
    assert {facts.dimension for facts in sound_facts().values()} <= set(DIMENSIONS)
    for metric, limits in sound_limits().items():
        assert limits.low is not None or limits.high is not None, metric
        if limits.low is not None and limits.high is not None:
            assert limits.low < limits.high, metric


def test_limits_include_their_ends() -> None:
    assert passes(Measurement("mono_loss", -1.5)) is True
    assert passes(Measurement("mono_loss", -1.51)) is False
    assert passes(Measurement("attack", 1.0)) is None


@pytest.mark.parametrize("length", [0, 1, RATE_HZ])
def test_silence_defines_nothing(length: int) -> None:
    answers = checked(evaluate_sound(np.zeros((2, length), np.float32), RATE_HZ))
    assert {m.reason for m in answers.values()} == {"not defined, because the file is silent"}


@pytest.mark.parametrize("length", [1, 2, 47, 1_000, 12_345, RATE_HZ, RATE_HZ + 1])
def test_short_files(length: int) -> None:
    audio = mixed(band())[:, RATE_HZ : RATE_HZ + length]
    audio[0, 0] = 0.5
    checked(evaluate_sound(audio, RATE_HZ, {"lead": audio, "drums": audio, "bass": audio}))


def test_one_second_says_what_is_missing() -> None:
    answers = checked(evaluate_sound(mixed(band())[:, :RATE_HZ], RATE_HZ))
    assert answers["loudness_integrated"].value is not None
    assert answers["psr_p5"].reason == "not defined, because it is shorter than 3 s"


def test_mono_file() -> None:
    answers = checked(evaluate_sound(mixed(band())[:1], RATE_HZ))
    assert answers["mono_loss"].reason == "not defined, because the file is mono"
    assert answers["centroid"].value is not None


@pytest.mark.parametrize("rate_hz", [8_000, 11_025, 22_050, 44_100, 96_000, 192_000])
def test_sample_rates(rate_hz: int) -> None:
    audio = mixed(band())[:, : 5 * RATE_HZ]
    answers = checked(evaluate_sound(audio, rate_hz, {"lead": audio, "rest": audio}))
    assert answers["loudness_integrated"].value is not None


def test_narrow_band_is_said() -> None:
    answers = checked(evaluate_sound(stereo(noise(-5.0, 1, 80_000)), 8_000))
    assert answers["harshness"].reason == (
        "not defined, because a sample rate of 8000 Hz ends below 5 kHz"
    )


def test_extremes() -> None:
    impulse = np.zeros((2, 3 * RATE_HZ), np.float32)
    impulse[:, RATE_HZ] = 1.0
    checked(evaluate_sound(impulse, RATE_HZ))
    checked(evaluate_sound(np.full((2, 3 * RATE_HZ), 0.3, np.float32), RATE_HZ))
    checked(evaluate_sound(np.full((2, 3 * RATE_HZ), 1e6, np.float32), RATE_HZ))
    alternating = np.tile(np.array([1.0, -1.0], np.float32), (2, RATE_HZ))
    checked(evaluate_sound(alternating, RATE_HZ))
    checked(evaluate_sound(np.full((2, RATE_HZ), 2e-5, np.float32), RATE_HZ))


@settings(max_examples=12, deadline=None)
@given(
    seed=st.integers(0, 2**32 - 1),
    seconds=st.floats(0.05, 4.0),
    level_db=st.floats(-110.0, 40.0),
    channels=st.integers(1, 2),
    holes=st.booleans(),
)
def test_any_finite_sound(
    seed: int, seconds: float, level_db: float, channels: int, holes: bool
) -> None:
    random = np.random.default_rng(seed)
    audio = random.standard_normal((channels, round(seconds * 16_000))) * 10 ** (level_db / 20)
    if holes:
        audio[:, : audio.shape[1] // 2] = 0.0
    stem = audio[:, ::-1]
    sections = [(0.0, seconds / 2, "verse"), (seconds / 2, 99.0, "chorus")]
    checked(evaluate_sound(audio, 16_000, {"lead": audio, "bass": stem}, sections))


def test_refusals(tmp_path: Path) -> None:
    good = mixed(band())[:, :RATE_HZ]
    bad = good.copy()
    bad[1, 77] = np.nan
    with pytest.raises(AudioError, match="NaN"):
        evaluate_sound(bad, RATE_HZ)
    with pytest.raises(AudioError, match="stem lead"):
        evaluate_sound(good, RATE_HZ, {"lead": bad})
    with pytest.raises(AudioError, match="shape"):
        evaluate_sound(good.T, RATE_HZ)
    with pytest.raises(AudioError, match="sample rate"):
        evaluate_sound(good, 4_000)
    with pytest.raises(AudioError, match="before its start"):
        evaluate_sound(good, RATE_HZ, sections=[(2.0, 1.0, "verse")])
    write_audio(tmp_path / "lead.wav", good, 44_100)
    with pytest.raises(AudioError, match="44100 Hz"):
        evaluate_sound(good, RATE_HZ, {"lead": tmp_path / "lead.wav"})
    with pytest.raises(FileFormatError):
        evaluate_sound(good, RATE_HZ, {"lead": tmp_path / "missing.wav"})


def test_stems_from_files_and_arrays_agree(tmp_path: Path) -> None:
    stems = {name: stem[:, : 6 * RATE_HZ] for name, stem in band().items()}
    for name, stem in stems.items():
        write_audio(tmp_path / f"{name}.wav", stem, RATE_HZ)
    files = {name: tmp_path / f"{name}.wav" for name in stems}
    mix = mixed(stems)
    from_files, from_arrays = measured(mix, stems=files), measured(mix, stems=stems)
    for metric in ("lead_level", "lead_masked", "stem_masked", "kick_bass_clash", "phone_lead"):
        assert from_files[metric].value == pytest.approx(from_arrays[metric].value, abs=1e-3)


def test_stems_without_names_are_reasons_and_roles_help() -> None:
    stems = {f"track {i}": stem[:, : 4 * RATE_HZ] for i, stem in enumerate(band().values())}
    mix = mixed(stems)
    assert measured(mix, stems=stems)["lead_level"].reason.endswith("no stem is the lead")
    roles = {"track 0": "drums", "track 1": "bass", "track 3": "lead"}
    answers = measured(mix, stems=stems, roles=roles)
    assert answers["lead_level"].value is not None
    assert answers["kick_bass_clash"].value is not None


@pytest.mark.parametrize(
    ("name", "role"),
    [("Lead Vocal", "lead"), ("bass2", "bass"), ("drum_kit", "drums"), ("pad", ""), ("leaden", "")],
)
def test_roles_by_name(name: str, role: str) -> None:
    assert guess_role(name) == role


def test_equal_input_gives_equal_answers() -> None:
    stems = {name: stem[:, : 6 * RATE_HZ] for name, stem in band().items()}
    mix = mixed(stems)
    assert evaluate_sound(mix, RATE_HZ, stems) == evaluate_sound(mix, RATE_HZ, stems)


def test_speed_and_memory() -> None:
    audio = np.ascontiguousarray(np.tile(mixed(band()), 7)[:, : 180 * RATE_HZ])
    evaluate_sound(audio, RATE_HZ)  # compile
    begin = process_time()
    evaluate_sound(audio, RATE_HZ)
    assert process_time() - begin < 2.5
    tracemalloc.start()
    evaluate_sound(audio, RATE_HZ)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < audio.nbytes / 2  # the spectra are never held


def test_warm_up_runs() -> None:
    warm_up()
