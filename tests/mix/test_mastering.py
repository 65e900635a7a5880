"""Mastering in its parts: blocks, bands, buses, the search for the gain, places, references."""

from __future__ import annotations

from dataclasses import replace
from importlib import import_module

import numpy as np
import pytest

from songwright.audio import measure_loudness, true_peak
from songwright.audio.storage import MemoryBuffer, whole
from songwright.errors import OutputError
from songwright.mix import MasterSettings, MixSettings, master
from songwright.mix.ending import close, fade_samples, lay_out, let_go
from songwright.mix.filters import response_db
from songwright.mix.limiter import Limiter, limit
from songwright.mix.master import master_buses
from songwright.mix.mastering import chain as chain_room
from songwright.mix.mastering import finish as finish_room
from songwright.mix.mastering import flow
from songwright.mix.mastering.measure import MixMeter, Survey
from songwright.mix.mastering.multiband import CROSSOVERS_HZ, Multiband, all_pass
from songwright.mix.mastering.profile import Profile, gain_for
from songwright.mix.mastering.tables import bus_of, buses, deliveries, delivery
from songwright.mix.tonal import fitted_bands, target_curve_db

RATE = 48_000


def pink(seconds: float, level: float = 0.1, seed: int = 0) -> np.ndarray:
    count = round(seconds * RATE)
    spectrum = np.fft.rfft(np.random.default_rng(seed).standard_normal((2, count)))
    spectrum *= np.maximum(20.0 * seconds, np.arange(spectrum.shape[1])) ** -0.5
    sound = np.fft.irfft(spectrum, count)
    return (level * sound / sound.std()).astype(np.float32)


def beat(seconds: float) -> np.ndarray:
    time = np.arange(round(seconds * RATE)) / RATE
    hit = np.sin(2 * np.pi * 60 * (time % 0.5)) * np.exp(-(time % 0.5) * 12.0)
    return np.tile((0.5 * hit).astype(np.float32), (2, 1))


# ------------------------------------------------------------------ blocks


def test_the_length_of_blocks_does_not_change_the_limiter() -> None:
    sound = 4.0 * pink(2.0)
    at_once = sound.copy()
    limit(at_once, -1.0, RATE)
    limiter = Limiter(-1.0, RATE)
    pieces = []
    for start, stop in ((0, 1_000), (1_000, 1_001), (1_001, 50_000), (50_000, sound.shape[1])):
        low = max(0, start - limiter.before)
        high = min(sound.shape[1], stop + limiter.after)
        wide = sound[:, low:high].copy()
        reduction = limiter.needed(wide, start - low, stop - start)
        block = np.ascontiguousarray(wide[:, start - low : stop - low])
        limiter.apply(block, reduction)
        pieces.append(block)
    assert np.array_equal(np.concatenate(pieces, axis=1), at_once)


def test_the_length_of_blocks_does_not_change_the_master(monkeypatch) -> None:
    sources = {"drums": MemoryBuffer(beat(4.0)), "music": MemoryBuffer(pink(4.0))}
    settings = MixSettings(master=MasterSettings(saturation=0.2))
    usual, _ = master_buses(sources, settings, RATE)
    for room in (flow, finish_room):
        monkeypatch.setattr(room, "BLOCK_FRAMES", 4_096)
    monkeypatch.setattr(import_module("songwright.mix.master"), "BLOCK_FRAMES", 4_096)
    small, _ = master_buses(sources, settings, RATE)
    assert np.array_equal(whole(usual), whole(small))


# ------------------------------------------------------------------ bands


def test_crossovers_add_up_to_a_flat_magnitude() -> None:
    impulse = np.zeros((2, 1 << 14), np.float32)
    impulse[:, 100] = 1.0
    bands = Multiband((0.0, 0.0, 0.0), 1.0, RATE)  # never held: far above the impulse
    bands.process(impulse)
    magnitude = 20 * np.log10(np.abs(np.fft.rfft(impulse[0].astype(np.float64))))
    assert np.abs(magnitude).max() < 0.01
    frequency = np.geomspace(20, 20_000, 200)
    for crossover in CROSSOVERS_HZ:
        assert np.abs(response_db([all_pass(crossover, RATE)], frequency, RATE)).max() < 1e-9


@pytest.mark.parametrize(("hz", "band"), [(60.0, 0), (800.0, 1), (8_000.0, 2)])
def test_only_the_band_that_jumps_out_is_held(hz: float, band: int) -> None:
    time = np.arange(4 * RATE) / RATE
    level = np.where(time > 2.0, 0.5, 0.05)
    tone = np.tile((level * np.sin(2 * np.pi * hz * time)).astype(np.float32), (2, 1))
    usual_db = 20 * np.log10(0.05 / np.sqrt(2))
    bands = Multiband((usual_db,) * 3, 1.0, RATE)
    held = tone.copy()
    bands.process(held)
    before = slice(RATE, round(1.9 * RATE))
    late = slice(3 * RATE, 4 * RATE)
    assert held[:, before].std() == pytest.approx(tone[:, before].std(), rel=0.01)
    reduction = 20 * np.log10(held[:, late].std() / tone[:, late].std())
    assert reduction == pytest.approx(-5.0, abs=0.3)  # the most that is ever taken
    others = [bands.mean_db[b] for b in range(3) if b != band]
    assert max(others) < 0.05


# ------------------------------------------------------------------ buses


def test_every_role_has_a_bus() -> None:
    assert [bus_of(r) for r in ("drums", "percussion", "lead", "bass", "pad", "new")] == [
        "drums", "drums", "lead", "music", "music", "music",
    ]  # fmt: skip
    assert set(buses()) == {"drums", "lead", "music"}


def test_a_single_bus_is_left_to_the_glue() -> None:
    source = MemoryBuffer(beat(2.0))
    alone = chain_room.make_buses({"drums": source}, {"drums": -20.0}, 1.0, RATE)
    assert np.array_equal(alone[0].read(0, RATE), source.read(0, RATE))
    both = chain_room.make_buses(
        {"drums": source, "music": MemoryBuffer(pink(2.0))}, {"drums": -25.0}, 1.0, RATE
    )
    squeezed = both[0].read(0, RATE)
    assert np.abs(squeezed).max() < np.abs(source.read(0, RATE)).max()
    assert both[0].mean_db > 0.3


# ------------------------------------------------------------------ measures


def test_the_meter_agrees_with_the_loudness_room() -> None:
    sound = pink(7.3) * np.linspace(0.2, 1.0, round(7.3 * RATE), dtype=np.float32)
    meter = MixMeter(RATE)
    for start in range(0, sound.shape[1], 10_007):
        meter.add(np.ascontiguousarray(sound[:, start : start + 10_007]))
    found, whole_ = meter.result().loudness, measure_loudness(sound, RATE)
    for name in ("integrated_lufs", "momentary_max_lufs", "short_term_max_lufs", "range_lu"):
        assert getattr(found, name) == pytest.approx(getattr(whole_, name), abs=1e-6)


def test_sides_and_middle() -> None:
    mono, sound = pink(4.0), pink(4.0)
    mono[1] = mono[0]
    for audio, share in ((mono, 0.0), (sound, 1.0)):
        meter = MixMeter(RATE)
        meter.add(audio)
        assert meter.result().side_share == pytest.approx(share, abs=0.03)


def test_a_survey_adds_up() -> None:
    parts = {"drums": beat(2.0), "music": pink(2.0)}
    survey = Survey(RATE)
    assert np.array_equal(survey.add(parts), parts["drums"] + parts["music"])
    levels = survey.loud_db()
    assert levels["music"] == pytest.approx(-20.0, abs=1.0)


# ------------------------------------------------------------------ the gain


@pytest.mark.parametrize("target", [-23.0, -14.0, -11.0, -9.0])
def test_the_gain_is_found_without_the_limiter(target: float) -> None:
    sound = pink(8.0) + beat(8.0)
    profile = Profile(sound.shape[1], RATE)
    profile.add(0, sound)
    ceiling = 10 ** (-1 / 20)
    free = (1e9, 2e9)
    gain_db = gain_for(profile, target, ceiling, free, 0, sound.shape[1], 40.0)
    louder = sound * np.float32(10 ** (gain_db / 20))
    limit(louder, -1.0, RATE)
    reached = measure_loudness(louder, RATE).integrated_lufs
    # Exact where nothing is limited; a summary of 32 samples cannot know more than this above.
    assert reached == pytest.approx(target, abs=0.05 if target < -20 else 0.5)


def test_the_limiter_runs_once_or_twice() -> None:
    for target in (-23.0, -14.0, -10.0):
        chain = MasterSettings(target_lufs=target)
        _, report = master(pink(8.0) + beat(8.0), MixSettings(master=chain), RATE)
        assert report.passes <= 2
        assert report.after.integrated_lufs == pytest.approx(target, abs=0.15)


# ------------------------------------------------------------------ tone


def test_fitted_bands_come_near_what_is_wanted() -> None:
    centres = 1_000.0 * 10 ** (np.arange(-13, 11) / 10)
    wanted = 3.0 * np.sin(np.log2(centres / 50.0) * 0.9)
    bands = fitted_bands(centres, wanted, RATE)
    from songwright.mix.filters import eq_bands

    got = response_db(eq_bands(bands, RATE), centres, RATE)
    assert np.sqrt(np.mean((got - wanted) ** 2)) < 0.7
    assert fitted_bands(centres, np.full(24, np.nan), RATE) == ()
    assert all(abs(b.gain_db) <= 5.0 for b in fitted_bands(centres, 9.0 * wanted, RATE))
    assert target_curve_db(np.array([1_000.0]))[0] == 0.0


# ------------------------------------------------------------------ places


@pytest.mark.parametrize("name", list(deliveries()))
def test_every_place_gets_what_it_asks_for(name: str) -> None:
    place = delivery(name)
    chain = place.applied_to(MasterSettings())
    audio, report = master(0.5 * (pink(6.0) + beat(6.0)), MixSettings(master=chain), RATE)
    assert report.after.integrated_lufs == pytest.approx(place.lufs, abs=0.5)
    assert 20 * np.log10(true_peak(audio, 8)) <= place.ceiling_dbtp
    assert place.bits in (16, 24)
    assert place.summary


def test_names_of_places() -> None:
    assert delivery("") == delivery("streaming")
    assert delivery("Podcast-Bed").lufs == -20.0
    assert (delivery("film").lufs, delivery("film").ceiling_dbtp) == (-23.0, -1.0)
    with pytest.raises(OutputError, match="streaming"):
        delivery("moon")


# ------------------------------------------------------------------ endings


def test_a_sting_ends_hard_and_at_zero() -> None:
    mix = pink(1.5)
    close(mix, "hard", RATE)
    audio, _ = master(mix, MixSettings(ending="hard"), RATE)
    loud = np.abs(audio).max(axis=0)
    assert loud[-round(0.05 * RATE) : -round(0.022 * RATE)].max() > 0.2 * loud.max()
    assert not audio[:, -1].any()
    assert fade_samples("hard", 10 * RATE, RATE) == round(0.02 * RATE)


def test_the_tail_of_a_loop_sounds_at_its_start() -> None:
    length = RATE
    dry = np.zeros((2, 2 * RATE), np.float32)
    dry[:, RATE - 100 :] = 0.25 * np.exp(-np.arange(RATE + 100) / 3_000).astype(np.float32)
    laid = lay_out(dry, length, "loop")
    assert np.array_equal(laid[:, :length], dry[:, :length] + dry[:, length:])
    turned = np.concatenate([laid, laid], axis=1).astype(np.float64)
    step = np.abs(np.diff(turned, axis=1))
    assert step[:, length - 1].max() <= 1.01 * step[:, length : length + 50].max()
    assert np.array_equal(lay_out(dry, length, "ring"), dry[:, :length])


def test_a_cut_down_ends_with_a_real_tail() -> None:
    sound = pink(6.0)
    whole_level = sound[:, -2 * RATE :].std()
    close(sound, "final", RATE)
    tail = sound[:, -round(1.5 * RATE) : -round(1.0 * RATE)].std()
    assert tail > 0.9 * whole_level  # held, not faded from far away
    assert not sound[:, -1].any()
    ends = [np.abs(sound[:, -n:]).max() for n in (4_800, 480, 48)]
    assert ends[0] > ends[1] > ends[2]


def test_a_held_chord_is_let_go_in_time_for_its_room() -> None:
    sound = pink(6.0)
    before = sound.copy()
    let_go(sound, 2.0, 2.5, RATE)  # 0.6 of 2.5 s for the room, half a second to let go
    assert np.array_equal(sound[:, : 4 * RATE], before[:, : 4 * RATE])
    assert not sound[:, round(4.5 * RATE) :].any()
    dry = pink(6.0)
    let_go(dry, 2.0, 0.0, RATE)
    assert dry[:, round(4.7 * RATE) : 5 * RATE].any(), "without a room it is held longer"


@pytest.mark.parametrize("onset_seconds", [-1.0, 0.0, 5.5, 5.999, 6.0, 9.0])
def test_the_last_note_keeps_half_of_its_length(onset_seconds: float) -> None:
    sound = pink(6.0)
    before = sound.copy()
    let_go(sound, onset_seconds, 4.0, RATE)
    half = round(RATE * min(6.0, (max(0.0, onset_seconds) + 6.0) / 2.0))
    kept = min(half, round(3.5 * RATE))
    assert np.array_equal(sound[:, :kept], before[:, :kept])


def test_mono_lows_follow_the_place() -> None:
    time = np.arange(4 * RATE) / RATE
    low, high = 0.2 * np.sin(2 * np.pi * 80 * time), 0.1 * np.sin(2 * np.pi * 900 * time)
    mix = np.stack([low + high, -low + high]).astype(np.float32)
    levels = []
    for place in ("streaming", "social_loop"):
        chain = delivery(place).applied_to(MasterSettings())
        audio, _ = master(mix, MixSettings(master=replace(chain, tonal_match=0.0)), RATE)
        side = np.abs(np.fft.rfft((audio[0] - audio[1]).astype(np.float64)))
        middle = np.abs(np.fft.rfft((audio[0] + audio[1]).astype(np.float64)))
        levels.append(20 * np.log10(side[320] / middle[3_600]))
    assert levels[1] < levels[0] - 4.0
