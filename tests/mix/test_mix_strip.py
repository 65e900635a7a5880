"""Channel strip: exact lengths, gain staging, endings, loops, sums, determinism."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from songwright.audio import integrated_lufs
from songwright.errors import AudioError
from songwright.mix import (
    Compressor,
    EqBand,
    LoFi,
    MixSettings,
    PartMix,
    ReverbSettings,
    Sidechain,
    generic_settings,
    process_stem,
)
from songwright.mix.settings import (
    MIX_ANCHOR_LUFS,
    Chorus,
    Curve,
    DeEsser,
    DelaySend,
    Dip,
    Phaser,
    Send,
    Transient,
)
from songwright.mix.staging import high_pass_hz, velocity_level_db
from songwright.mix.strip import STEM_PEAK_DBFS
from songwright.perform.model import PlayedNote, PlayedPart

RATE = 48_000

EVERYTHING = PartMix(
    eq=(EqBand("peak", 1_000.0, 3.0), EqBand("high_shelf", 6_000.0, -2.0)),
    low_pass_hz=15_000.0,
    compressor=Compressor(),
    saturation=0.3,
    lofi=LoFi(),
    width=1.2,
    spread=0.3,
    mono_below_hz=150.0,
    pan=-0.3,
    sidechain=Sidechain(6.0),
    reverb_send_db=0.0,
    noise_dbfs=-60.0,
    dips=(Dip("lead", 900.0, 3.0, 1.0, Curve(((0.1, 0.0), (0.4, 1.0)))),),
    transient=Transient(2.0, -2.0),
    deesser=DeEsser(),
    chorus=Chorus(mix=0.3),
    phaser=Phaser(mix=0.3),
    delay=DelaySend("1/16", -12.0, 0.4),
    reverb_pre_delay_ms=10.0,
    reverb_damp_hz=7_000.0,
    sends=(Send("booth", -6.0),),
    curves={
        "level_db": Curve(((0.0, 0.0), (0.5, -3.0), (1.0, 0.0))),
        "reverb_send_db": Curve(((0.0, 0.0), (0.5, 3.0))),
    },
)


def part(role: str = "chords", velocity: int = 80, pitch: int = 60) -> PlayedPart:
    notes = (PlayedNote(0.0, 1.0, pitch, velocity),)
    return PlayedPart(role, role, role, "acoustic_grand_piano", notes)


def plucks(seconds: float, level: float = 0.1, seed: int = 0, every: float = 0.5) -> np.ndarray:
    """Decaying chords of noise and tone, a crude instrument."""
    generator = np.random.default_rng(seed)
    time = np.arange(round(seconds * RATE)) / RATE
    envelope = np.exp(-(time % every) * 6.0) * np.minimum(1.0, (time % every) * 500.0)
    hz = 220.0 + 31.7 * seed
    tone = np.sin(2 * np.pi * hz * time) + 0.5 * np.sin(2 * np.pi * 2.52 * hz * time)
    noise = 0.1 * generator.standard_normal((2, len(time)))
    return (level * envelope * (tone + noise)).astype(np.float32)


def mixed(ending: str, strip: PartMix = EVERYTHING, **reverb: object) -> MixSettings:
    room = ReverbSettings("hall", 1.5, -10.0, 15.0)
    spaces = {"booth": ReverbSettings("studio", 0.3, -10.0)}
    return MixSettings(
        {"chords": strip}, replace(room, **reverb), ending=ending, seed=5, spaces=spaces
    )


@pytest.mark.parametrize("ending", ["final", "ring", "fade", "hard", "loop"])
@pytest.mark.parametrize(
    ("dry_seconds", "length"), [(3.0, 2 * RATE), (3.0, 4 * RATE + 17), (0.0, RATE), (2.0, 0)]
)
def test_length_is_exact(ending: str, dry_seconds: float, length: int) -> None:
    out = process_stem(mixed(ending), part(), plucks(dry_seconds), length, (0.0, 0.5), RATE)
    assert out.shape == (2, length)
    assert out.dtype == np.float32
    assert np.isfinite(out).all()


@settings(max_examples=25, deadline=None)
@given(
    length=st.integers(0, 30_000),
    dry=st.integers(0, 40_000),
    level=st.sampled_from([0.0, 1e-9, 1e-4, 0.1, 1.0, 30.0]),
    ending=st.sampled_from(["final", "ring", "fade", "hard", "loop"]),
)
def test_any_length_and_level_gives_finite_bounded_audio(
    length: int, dry: int, level: float, ending: str
) -> None:
    samples = (level * np.random.default_rng(1).standard_normal((2, dry))).astype(np.float32)
    out = process_stem(mixed(ending), part(), samples, length, (0.05,), RATE)
    assert out.shape == (2, length)
    assert np.isfinite(out).all()
    assert not out.size or np.abs(out).max() < 1.5


@pytest.mark.parametrize("level", [0.003, 0.05, 3.0])
def test_gain_staging_makes_the_synthesisers_level_irrelevant(level: float) -> None:
    plain = MixSettings({"chords": PartMix(level_db=-4.0, reverb_send_db=None)})
    out = process_stem(plain, part(), plucks(6.0, level), 6 * RATE, (), RATE)
    assert integrated_lufs(out, RATE) == pytest.approx(MIX_ANCHOR_LUFS - 4.0, abs=1.0)


def test_a_part_that_plays_rarely_is_not_lifted() -> None:
    plain = MixSettings({"chords": PartMix(reverb_send_db=None)})
    always = process_stem(plain, part(), plucks(20.0), 20 * RATE, (), RATE)
    dry = plucks(20.0)
    dry[:, RATE:] = 0.0
    rarely = process_stem(plain, part(), dry, 20 * RATE, (), RATE)
    lift_db = 20 * np.log10(np.abs(rarely).max() / np.abs(always).max())
    assert abs(lift_db) < 1.5


def test_single_loud_clicks_are_bounded_by_their_peak() -> None:
    dry = np.zeros((2, 10 * RATE), np.float32)
    dry[:, 5 * RATE] = 1.0
    plain = MixSettings({"chords": PartMix(high_pass_hz=0.0, reverb_send_db=None)})
    out = process_stem(plain, part(), dry, 10 * RATE, (), RATE)
    assert 20 * np.log10(np.abs(out).max()) <= STEM_PEAK_DBFS + 0.01


def test_silence_stays_silent_and_dirt_is_not_lifted() -> None:
    silent = process_stem(mixed("ring"), part(), np.zeros((2, RATE)), RATE, (), RATE)
    assert not silent.any()
    dirt = (1e-6 * np.random.default_rng(0).standard_normal((2, RATE))).astype(np.float32)
    assert np.abs(process_stem(mixed("ring"), part(), dirt, RATE, (), RATE)).max() < 1e-4


def test_velocity_moves_the_level_a_little() -> None:
    assert velocity_level_db(part(velocity=80)) == 0.0
    assert -4.0 <= velocity_level_db(part(velocity=30)) < -3.0
    assert 0.0 < velocity_level_db(part(velocity=127)) <= 3.0
    assert velocity_level_db(PlayedPart("a", "a", "lead", "flute", ())) == 0.0


def test_high_pass_stays_below_the_notes() -> None:
    strip = PartMix(high_pass_hz=150.0)
    assert high_pass_hz(strip, part(pitch=72)) == 150.0
    assert high_pass_hz(strip, part(pitch=36)) == pytest.approx(0.75 * 65.41, abs=0.1)
    kit = replace(part("drums", pitch=36), instrument="standard_kit")
    assert high_pass_hz(strip, kit) == 150.0, "keys of a kit are no pitches"


@pytest.mark.parametrize("ending", ["final", "ring", "fade", "hard"])
def test_ends_land_on_zero_without_a_click(ending: str) -> None:
    dry = np.tile(np.sin(2 * np.pi * 110 * np.arange(14 * RATE) / RATE), (2, 1))
    out = process_stem(mixed(ending), part(), dry, 12 * RATE, (), RATE)
    assert not out[:, -1].any()
    fade = {"final": 1.5, "ring": 2.0, "fade": 4.8, "hard": 0.02}[ending]
    before = out[:, : round((12 - fade) * RATE)]
    assert np.abs(out[:, -48:]).max() < 0.2 * np.abs(before).max()
    steps = np.abs(np.diff(out[:, -RATE:], axis=1)).max()
    assert steps <= 1.2 * np.abs(np.diff(before, axis=1)).max()


def test_who_holds_a_note_leaves_the_end_to_the_room() -> None:
    dry = (0.1 * np.random.default_rng(0).standard_normal((2, 12 * RATE))).astype(np.float32)

    def last_second(instrument: str, ending: str, send_db: float | None) -> float:
        strip = PartMix(reverb_send_db=send_db)
        player = replace(part(), instrument=instrument)
        out = process_stem(mixed(ending, strip), player, dry, 12 * RATE, (), RATE)
        return float(out[:, -round(0.8 * RATE) : -round(0.5 * RATE)].std() / out.std())

    assert last_second("violin", "final", None) == 0.0
    assert 0.01 < last_second("violin", "final", 0.0) < 0.5, "the hall rings on"
    assert last_second("acoustic_grand_piano", "final", None) > 0.5, "it dies away of itself"
    assert last_second("violin", "ring", None) > 0.5
    assert last_second("violin", "loop", None) > 0.5


def test_fade_is_long_and_hard_is_short() -> None:
    dry = (0.1 * np.random.default_rng(0).standard_normal((2, 30 * RATE))).astype(np.float32)

    def level_db(ending: str, seconds_before_end: float) -> float:
        plain = MixSettings({"chords": PartMix(reverb_send_db=None)}, ending=ending)
        out = process_stem(plain, part(), dry, 30 * RATE, (), RATE)
        at = round((30 - seconds_before_end) * RATE)
        middle = out[:, 10 * RATE : 11 * RATE].std()
        return float(20 * np.log10(out[:, at - 2_000 : at + 2_000].std() / middle))

    assert level_db("fade", 3.0) == pytest.approx(-6.0, abs=0.5)
    assert level_db("final", 3.0) == pytest.approx(0.0, abs=0.3)
    assert level_db("hard", 0.2) == pytest.approx(0.0, abs=0.3)


@pytest.mark.parametrize("seconds", [0.7, 2.0, 8.0])
def test_loop_seam_is_as_smooth_as_the_rest(seconds: float) -> None:
    # Notes sound across the seam: the dry tail runs 1.5 s beyond the loop.
    length = round(seconds * RATE)
    time = np.arange(length + round(1.5 * RATE)) / RATE
    ring = np.exp(-np.maximum(0.0, time - seconds) * 3.0) * np.minimum(1.0, time * 200)
    dry = np.tile((0.2 * np.sin(2 * np.pi * 197.3 * time) * ring).astype(np.float32), (2, 1))
    out = process_stem(mixed("loop"), part(), dry, length, (0.0, 0.35), RATE)
    twice = np.concatenate([out, out], axis=1).astype(np.float64)
    bend = np.abs(np.diff(twice, 2, axis=1))
    seam = bend[:, length - 4 : length + 3].max()
    away = np.delete(bend, np.s_[length - 4 : length + 3], axis=1).max()
    assert seam <= 1.05 * away


def test_loop_carries_tail_and_reverberation_to_its_start() -> None:
    dry = np.zeros((2, 3 * RATE), np.float32)
    dry[:, round(1.9 * RATE) :] = plucks(1.1, every=2.0)[:, : 3 * RATE - round(1.9 * RATE)]
    strip = PartMix(reverb_send_db=0.0)
    looped = process_stem(mixed("loop", strip), part(), dry, 2 * RATE, (), RATE)
    cut = process_stem(mixed("hard", strip), part(), dry, 2 * RATE, (), RATE)
    assert np.abs(looped[:, : RATE // 2]).max() > 0.01
    assert np.abs(cut[:, : RATE // 2]).max() < 1e-15


def test_a_loop_is_its_own_past() -> None:
    """Two turns of the loop rendered as one loop equal the one turn, twice."""
    dry = plucks(2.0)
    # What wanders or follows a curve comes round once in a loop, however long that is.
    strip = replace(
        EVERYTHING, noise_dbfs=None, lofi=None, reverb_send_db=None, chorus=None, phaser=None,
        dips=(), curves={},
    )  # fmt: skip
    once = process_stem(mixed("loop", strip), part(), dry, 2 * RATE, (), RATE)
    twice = process_stem(mixed("loop", strip), part(), np.tile(dry, (1, 2)), 4 * RATE, (), RATE)
    turn = twice[:, : 2 * RATE]
    turn = turn * float((turn * once).sum() / (turn**2).sum())  # blocks of the meter fall otherwise
    assert np.abs(turn - once).max() < 1e-3 * np.abs(once).max()


def test_stems_sum_to_the_mix_whatever_their_order() -> None:
    roles = ("lead", "chords", "pad", "bass", "drums", "arp")
    parts = [part(role) for role in roles]
    chosen = generic_settings(parts)
    stems = [
        process_stem(chosen, p, plucks(3.0, seed=i), 3 * RATE, (), RATE)
        for i, p in enumerate(parts)
    ]
    forward, backward = np.zeros_like(stems[0]), np.zeros_like(stems[0])
    for stem in stems:
        forward += stem
    for stem in reversed(stems):
        backward += stem
    assert 20 * np.log10(np.abs(forward - backward).max() + 1e-12) < -120
    lufs = integrated_lufs(forward, RATE)
    assert lufs is not None
    assert -27 < lufs < -17


def test_same_bytes_in_threads_and_input_is_left_alone() -> None:
    dry = plucks(2.0)
    kept = dry.copy()

    def make(_: int) -> bytes:
        return process_stem(mixed("loop"), part(), dry, 2 * RATE, (0.1, 0.6), RATE).tobytes()

    with ThreadPoolExecutor(4) as pool:
        results = list(pool.map(make, range(6)))
    assert len(set(results)) == 1
    assert np.array_equal(dry, kept)


def test_sidechain_makes_the_part_breathe() -> None:
    strip = PartMix(sidechain=Sidechain(10.0), reverb_send_db=None)
    dry = np.tile(0.1 * np.sin(2 * np.pi * 440 * np.arange(4 * RATE) / RATE), (2, 1))
    out = process_stem(mixed("ring", strip), part(), dry, 4 * RATE, (0.5, 1.0, 1.5), RATE)
    kick = np.abs(out[0, RATE : RATE + 900]).max()
    between = np.abs(out[0, RATE + RATE // 3 : RATE + RATE // 2 - 400]).max()
    assert 20 * np.log10(kick / between) == pytest.approx(-10.0, abs=0.5)


def test_wrong_input_is_named() -> None:
    chosen = mixed("ring")
    with pytest.raises(AudioError, match="chords"):
        process_stem(chosen, part(), np.zeros((1, 10)), 10, (), RATE)
    with pytest.raises(AudioError, match="NaN"):
        process_stem(chosen, part(), np.full((2, 10), np.nan), 10, (), RATE)
    with pytest.raises(AudioError, match="-3"):
        process_stem(chosen, part(), np.zeros((2, 10)), -3, (), RATE)


def test_settings_survive_json() -> None:
    chosen = mixed("fade")
    assert msgspec.json.decode(msgspec.json.encode(chosen), type=MixSettings) == chosen
