"""Every way to spoil a sound programme must push its metric over the limit, and be located."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from songwright.evaluate.sound import passes

from .programme import (
    RATE_HZ,
    SECONDS,
    SECTIONS,
    N,
    Stereo,
    band,
    bump,
    equalised,
    measured,
    mixed,
    noise,
    stereo,
)

TIME = np.arange(N) / RATE_HZ


def clipped(mix: Stereo) -> Stereo:
    return np.clip(mix * 4.0, -0.8, 0.8)


def over_limited(mix: Stereo) -> Stereo:
    return (0.88 * np.tanh(12.0 * mix)).astype(np.float32)


def opposed(mix: Stereo) -> Stereo:
    return np.stack([mix[0], -0.9 * mix[1]])


def dull(mix: Stereo) -> Stereo:
    return equalised(mix, lambda f: -24.0 * np.maximum(0.0, np.log2(f / 1_200.0)))


def thin(mix: Stereo) -> Stereo:
    return equalised(mix, lambda f: -18.0 * np.maximum(0.0, np.log2(500.0 / f)))


def muddy(mix: Stereo) -> Stereo:
    return equalised(mix, bump(320.0, 10.0, 0.5))


def harsh(mix: Stereo) -> Stereo:
    return equalised(mix, bump(3_200.0, 8.0, 0.6))


def boomy(mix: Stereo) -> Stereo:
    return equalised(mix, bump(48.0, 18.0, 0.4))


def offset(mix: Stereo) -> Stereo:
    return mix + np.float32(0.01)


def hissing(mix: Stereo) -> Stereo:
    return mix + stereo(noise(-3.0, 5, N, -50.0), noise(-3.0, 6, N, -50.0))


def clicking(mix: Stereo) -> Stereo:
    spoiled = mix.copy()
    at = (np.arange(12) * 2.1 + 0.413) * RATE_HZ
    spoiled[0, at.astype(int)] += 0.3
    return spoiled


def cut(mix: Stereo) -> Stereo:
    return mix[:, : round(20.37 * RATE_HZ)]


def whistling(mix: Stereo) -> Stereo:
    return mix + stereo(0.006 * np.sin(2 * np.pi * 3_517.0 * TIME))


def stinging(mix: Stereo) -> Stereo:
    bursts = noise(0.0, 9, N, -12.0) * (TIME % 1.0 < 0.08)
    gain = lambda f: np.where((f > 2_000.0) & (f < 5_000.0), 0.0, -80.0)  # noqa: E731
    return mix + equalised(stereo(bursts), gain)


def wide_lows(mix: Stereo) -> Stereo:
    extra = equalised(
        stereo(noise(-5.0, 21, N, -8.0), noise(-5.0, 22, N, -8.0)),
        lambda f: -36.0 * np.maximum(0.0, np.log2(f / 90.0)),
    )
    return mix + extra


def one_sided(mix: Stereo) -> Stereo:
    return np.stack([mix[0], 0.02 * mix[1]])


def droning(mix: Stereo) -> Stereo:
    return stereo(noise(-5.0, 3, N, -16.0))


def too_hot(mix: Stereo) -> Stereo:
    return mix / np.float32(np.abs(mix).max()) * np.float32(0.999)


def faint(mix: Stereo) -> Stereo:
    return mix * np.float32(0.02)


SPOILED: list[tuple[Callable[[Stereo], Stereo], tuple[str, ...]]] = [
    (clipped, ("clipping",)),
    (over_limited, ("plr", "psr_p5", "crest_factor", "loudness_integrated")),
    (opposed, ("mono_loss", "mono_correlation_p5", "low_correlation", "headphone_balance")),
    (dull, ("tonal_balance", "psd_slope", "harshness")),
    (thin, ("tonal_balance", "psd_slope")),
    (muddy, ("mud",)),
    (harsh, ("harshness",)),
    (boomy, ("sub_share", "radio_loss", "small_speaker_loss", "phone_loss")),
    (offset, ("dc_offset",)),
    (hissing, ("noise_floor",)),
    (clicking, ("clicks",)),
    (cut, ("cut_tail",)),
    (whistling, ("resonances",)),
    (stinging, ("harsh_peaks",)),
    (wide_lows, ("low_correlation",)),
    (one_sided, ("mono_loss", "hard_panned", "hard_panned_low")),
    (droning, ("loudness_range",)),
    (too_hot, ("true_peak",)),
    (faint, ("loudness_integrated",)),
]


@pytest.mark.parametrize(("spoil", "metrics"), SPOILED, ids=lambda x: getattr(x, "__name__", ""))
def test_spoiled_mix_falls(spoil: Callable[[Stereo], Stereo], metrics: tuple[str, ...]) -> None:
    answers = measured(spoil(mixed(band())))
    for metric in metrics:
        assert passes(answers[metric]) is False, answers[metric]


def test_noise_is_told_from_music() -> None:
    answers = measured(stereo(noise(0.0, 4, N)))
    for metric in ("flatness", "centroid", "tonal_balance", "psd_slope"):
        assert passes(answers[metric]) is False, answers[metric]


def test_clicks_are_found_where_they_are() -> None:
    answers = measured(clicking(mixed(band())))
    found = [start for start, _ in answers["clicks"].evidence.seconds]
    expected = np.arange(12) * 2.1 + 0.413
    assert len(found) >= 11  # one lies under a snare
    for start in found:
        assert np.abs(expected - (start + 0.025)).min() < 0.003


def test_a_whistle_is_named() -> None:
    assert "3,5" in measured(whistling(mixed(band())))["resonances"].evidence.note


def test_a_loop_may_end_loud() -> None:
    assert measured(cut(mixed(band())), is_loop=True)["cut_tail"].value is None


@pytest.mark.parametrize(
    ("name", "change", "metrics"),
    [
        ("lead", lambda s: s * 0.25, ("lead_level",)),
        ("lead", lambda s: s * 0.03, ("lead_level", "lead_masked")),
        ("lead", lambda s: s * 4.0, ("lead_level",)),
        ("keys", lambda s: s * 0.03, ("stem_masked",)),
        ("keys", lambda s: np.stack([s[0], -s[1]]), ("stem_mono_loss",)),
        ("bass", lambda s: stereo(0.25 * np.sin(2 * np.pi * 55.0 * TIME)),
         ("kick_bass_clash", "small_speaker_bass")),
    ],
    ids=["quiet lead", "lost lead", "loud lead", "hidden keys", "opposed keys", "humming bass"],
)  # fmt: skip
def test_spoiled_stem_falls(
    name: str, change: Callable[[Stereo], Stereo], metrics: tuple[str, ...]
) -> None:
    stems = band()
    stems[name] = change(stems[name]).astype(np.float32)
    answers = measured(mixed(stems), stems=stems)
    for metric in metrics:
        assert passes(answers[metric]) is False, answers[metric]


def test_esses_of_the_lead_fall() -> None:
    stems = band()
    esses = noise(0.0, 8, N, -14.0) * (TIME % 1.3 < 0.09)
    gain = lambda f: np.where((f > 5_000.0) & (f < 10_000.0), 0.0, -80.0)  # noqa: E731
    stems["lead"] += equalised(stereo(esses), gain)
    answers = measured(mixed(stems), stems=stems)
    assert passes(answers["sibilance"]) is False


def test_a_lead_that_only_phones_lose_falls() -> None:
    stems = band()
    stems["lead"] = stereo(0.05 * np.sin(2 * np.pi * 190.0 * TIME))
    answers = measured(mixed(stems), stems=stems)
    assert passes(answers["phone_lead"]) is False


def test_flat_form_falls() -> None:
    level = stereo(noise(-5.0, 3, N))
    answers = measured(level, sections=SECTIONS)
    assert passes(answers["section_loudness_span"]) is False
    assert passes(answers["chorus_lift"]) is False
    swapped = ((0.0, 12.0, "chorus"), (12.0, SECONDS, "verse"))
    assert passes(measured(mixed(band()), sections=swapped)["chorus_lift"]) is False
