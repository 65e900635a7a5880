"""Physics of the strip's further processors: depths, times, linearity, silence, stability."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from songwright.errors import AudioError
from songwright.mix.curves import Timeline
from songwright.mix.delay import add_echoes, beats_of, echo_seconds, tail_seconds
from songwright.mix.modulation import chorus, phase
from songwright.mix.reverb import add_reverb
from songwright.mix.sends import SendPath
from songwright.mix.settings import (
    Chorus,
    Curve,
    DeEsser,
    DelaySend,
    Dip,
    Phaser,
    ReverbSettings,
    Transient,
)
from songwright.mix.tape_stop import wind_down
from songwright.mix.transients import deess, make_room, shape_transients

RATE = 48_000


def line(audio: np.ndarray) -> Timeline:
    return Timeline(audio.shape[1], RATE)


def tone(hz: float, seconds: float = 1.0, level: float = 0.2) -> np.ndarray:
    time = np.arange(round(seconds * RATE)) / RATE
    return np.tile((level * np.sin(2 * np.pi * hz * time)).astype(np.float32), (2, 1))


def noise(seconds: float = 1.0, level: float = 0.1, seed: int = 0) -> np.ndarray:
    generator = np.random.default_rng(seed)
    return (level * generator.standard_normal((2, round(seconds * RATE)))).astype(np.float32)


def gain_db(process: Callable[[np.ndarray], None], hz: float) -> float:
    audio = tone(hz)
    before = audio[0, RATE // 2 :].std()
    process(audio)
    return float(20 * np.log10(audio[0, RATE // 2 :].std() / before))


EFFECTS: dict[str, Callable[[np.ndarray], None]] = {
    "dip": lambda a: make_room(a, Dip("lead", 900.0, 4.0, 1.0, Curve(((0.0, 1.0),))), line(a)),
    "transient": lambda a: shape_transients(a, Transient(6.0, -6.0), RATE),
    "deesser": lambda a: deess(a, DeEsser(), RATE),
    "chorus": lambda a: chorus(a, Chorus(), line(a)),
    "phaser": lambda a: phase(a, Phaser(), line(a)),
    "echo": lambda a: add_echoes(a, DelaySend("1/16"), ((0.0, 120.0),), RATE, SendPath()),
    "shimmer": lambda a: add_reverb(a, ReverbSettings("shimmer", 2.0, -6.0), 0.0, RATE),
    "convolution": lambda a: add_reverb(a, ReverbSettings("concert_hall", 2.0, -6.0), 0.0, RATE),
}
LINEAR = ("dip", "chorus", "phaser", "echo", "shimmer", "convolution")


@pytest.mark.parametrize("name", EFFECTS)
@pytest.mark.parametrize("kind", ["silence", "constant", "full scale", "click", "short", "empty"])
def test_hostile_input_gives_finite_output(name: str, kind: str) -> None:
    audio = {
        "silence": np.zeros((2, RATE), np.float32),
        "constant": np.full((2, RATE), 0.5, np.float32),
        "full scale": np.sign(noise(1.0, 1.0)).astype(np.float32),
        "click": np.eye(2, RATE, 100, dtype=np.float32),
        "short": noise(1.0)[:, :3].copy(),
        "empty": np.zeros((2, 0), np.float32),
    }[kind]
    EFFECTS[name](audio)
    assert np.isfinite(audio).all()
    assert not audio.size or np.abs(audio).max() < 8.0
    if kind == "silence":
        assert np.abs(audio).max() < 1e-9


@pytest.mark.parametrize("name", LINEAR)
def test_linear_processors_treat_a_sum_as_the_sum(name: str) -> None:
    one, two = noise(1.0, seed=1), noise(1.0, seed=2)
    both = one + two
    for audio in (one, two, both):
        EFFECTS[name](audio)
    assert 20 * np.log10(np.abs(both - one - two).max() + 1e-12) < -100


@pytest.mark.parametrize("name", EFFECTS)
def test_same_input_same_bytes(name: str) -> None:
    one, two = noise(), noise()
    EFFECTS[name](one)
    EFFECTS[name](two)
    assert one.tobytes() == two.tobytes()


@pytest.mark.parametrize("when", [None, Curve(((0.0, 1.0),))])
def test_a_dip_is_as_deep_as_asked_and_leaves_the_rest(when: Curve | None) -> None:
    def process(audio: np.ndarray) -> None:
        make_room(audio, Dip("lead", 1_000.0, 4.0, 1.0, when), line(audio))

    assert gain_db(process, 1_000.0) == pytest.approx(-4.0, abs=0.1)
    assert gain_db(process, 60.0) == pytest.approx(0.0, abs=0.1)
    assert gain_db(process, 15_000.0) == pytest.approx(0.0, abs=0.1)


def test_a_dip_moves_with_its_curve() -> None:
    audio = tone(1_000.0, 4.0)
    before = audio.std()
    when = Curve(((0.9, 0.0), (1.0, 1.0), (2.0, 1.0), (2.2, 0.0)))
    make_room(audio, Dip("lead", 1_000.0, 4.0, 1.0, when), line(audio))
    levels = [
        20 * np.log10(audio[0, round(s * RATE) : round((s + 0.3) * RATE)].std() / before)
        for s in (0.3, 1.4, 3.0)
    ]
    assert levels == pytest.approx([0.0, -4.0, 0.0], abs=0.1)


def hits(decay: float = 12.0) -> np.ndarray:
    time = np.arange(4 * RATE) / RATE
    envelope = np.exp(-(time % 0.5) * decay)
    return (noise(4.0) * envelope).astype(np.float32)


def test_transient_shaper_lifts_beginnings_and_ringing_apart() -> None:
    def parts(settings: Transient) -> tuple[float, float]:
        plain, shaped = hits(), hits()
        shape_transients(shaped, settings, RATE)
        begin, ring = slice(RATE, RATE + 600), slice(RATE + 12_000, RATE + 22_000)
        return tuple(
            float(20 * np.log10(shaped[:, at].std() / plain[:, at].std())) for at in (begin, ring)
        )

    attack, ring = parts(Transient(6.0, 0.0))
    assert attack > 2.0
    assert abs(ring) < 0.5
    attack, ring = parts(Transient(0.0, -6.0))
    assert abs(attack) < 1.0
    assert ring < -3.0
    quiet = (0.01 * hits()).astype(np.float32)
    loud = hits()
    shape_transients(quiet, Transient(6.0, 0.0), RATE)
    shape_transients(loud, Transient(6.0, 0.0), RATE)
    assert 0.01 * loud == pytest.approx(quiet, abs=2e-4)


def test_deesser_turns_down_what_spits_and_nothing_else() -> None:
    settings = DeEsser(5_000.0, -9.0, 6.0)
    spitting = tone(8_000.0)
    dull = tone(400.0)
    before_s, before_d = spitting.std(), dull.std()
    deess(spitting, settings, RATE)
    deess(dull, settings, RATE)
    assert -6.2 < 20 * np.log10(spitting[:, RATE // 2 :].std() / before_s) < -4.0
    assert 20 * np.log10(dull.std() / before_d) == pytest.approx(0.0, abs=0.05)


def test_chorus_keeps_the_power_of_noise_and_parts_the_sides() -> None:
    audio = noise(4.0)
    audio[1] = audio[0]
    before = audio.std()
    chorus(audio, Chorus(mix=0.7), line(audio))
    assert 20 * np.log10(audio.std() / before) == pytest.approx(0.0, abs=0.4)
    assert np.corrcoef(audio)[0, 1] < 0.95


def test_phaser_cuts_three_notches_that_wander() -> None:
    audio = noise(8.0)
    still = Phaser(rate_hz=0.02, low_hz=800.0, high_hz=801.0, feedback=0.0, mix=0.5)
    phase(audio, still, line(audio))
    dry = noise(8.0)
    ratio = np.abs(np.fft.rfft(audio[0])) / np.maximum(1e-9, np.abs(np.fft.rfft(dry[0])))
    smooth = np.convolve(ratio, np.ones(80) / 80, "same")
    hz = np.arange(len(smooth)) / 8.0
    inside = (hz > 50) & (hz < 15_000)
    low = smooth[inside] < 0.15
    assert np.count_nonzero(np.diff(low.astype(int)) == 1) == 3
    assert smooth[inside].max() < 1.1


@pytest.mark.parametrize(
    ("value", "beats"),
    [("1/4", 1.0), ("1/8d", 0.75), ("1/8t", 1 / 3), ("1/1", 4.0), ("1/16", 0.25)],
)
def test_note_values(value: str, beats: float) -> None:
    assert beats_of(value) == pytest.approx(beats)


@pytest.mark.parametrize("value", ["", "1/3", "quarter", "1/8x", "0/4"])
def test_what_is_no_note_value_is_named(value: str) -> None:
    with pytest.raises(AudioError, match="note value"):
        beats_of(value)


def echoes(settings: DelaySend, tempos: tuple[tuple[float, float], ...], at: float = 0.0):
    audio = np.zeros((2, 6 * RATE), np.float32)
    audio[:, round(at * RATE)] = 1.0
    dry = audio.copy()
    add_echoes(audio, settings, tempos, RATE, SendPath())
    return audio - dry


def test_echoes_come_in_time_and_fall_by_the_feedback() -> None:
    plain = DelaySend("1/8d", -6.0, 0.5, False, 20.0, 24_000.0)
    found = echoes(plain, ((0.0, 90.0),))[0]
    step = round(0.75 * 60 / 90 * RATE)
    peaks = [float(np.abs(found[k * step - 4 : k * step + 40]).max()) for k in (1, 2, 3)]
    assert peaks[0] == pytest.approx(0.5, abs=0.02)
    assert peaks[1] / peaks[0] == pytest.approx(0.5, abs=0.03)
    assert peaks[2] / peaks[1] == pytest.approx(0.5, abs=0.03)
    assert np.abs(found[: step - 4]).max() < 1e-6
    assert tail_seconds(plain, 90.0) > 5 * echo_seconds(plain, 90.0)


def test_ping_pong_alternates_and_echoes_grow_darker() -> None:
    left, right = echoes(DelaySend("1/4", 0.0, 0.6, True), ((0.0, 120.0),))
    step = RATE // 2

    def energy(side: np.ndarray, k: int) -> float:
        return float((side[k * step - 10 : k * step + 2_000] ** 2).sum())

    assert energy(left, 1) > 100 * energy(right, 1)
    assert energy(right, 2) > 100 * energy(left, 2)

    def centre_hz(side: np.ndarray, k: int) -> float:
        power = np.abs(np.fft.rfft(side[k * step - 10 : k * step + 2_000])) ** 2
        return float((power * np.arange(len(power))).sum() / power.sum() * RATE / 2_010)

    assert centre_hz(left, 3) < 0.8 * centre_hz(left, 1)


def test_echoes_follow_a_change_of_tempo() -> None:
    settings = DelaySend("1/4", 0.0, 0.0, False, 20.0, 24_000.0)
    found = echoes(settings, ((0.0, 120.0), (2.0, 60.0)), at=3.0)[0]
    assert int(np.argmax(np.abs(found))) == pytest.approx(4 * RATE, abs=3)


def test_shimmer_brings_the_octave_and_dies() -> None:
    audio = np.zeros((2, 16 * RATE), np.float32)
    audio[:, :RATE] = tone(440.0)
    add_reverb(audio, ReverbSettings("shimmer", 3.0, 0.0), 0.0, RATE)

    def level(hz: float, begin: float) -> float:
        part = audio[0, round(begin * RATE) : round((begin + 1.5) * RATE)]
        power = np.abs(np.fft.rfft(part * np.hanning(len(part)))) ** 2
        at = round(hz * len(part) / RATE)
        return float(10 * np.log10(power[at - 30 : at + 31].sum() + 1e-20))

    assert level(880.0, 1.5) > level(880.0 * 1.5, 1.5) + 15.0
    assert level(880.0, 1.5) > level(440.0, 1.5) - 25.0
    early, late = audio[:, 2 * RATE : 3 * RATE].std(), audio[:, 14 * RATE :].std()
    assert late < 1e-2 * early


def test_send_curves_and_damping_reach_the_room() -> None:
    curve = np.zeros(-(-2 * RATE // 64) + 1)
    wet = {}
    for name, path in {
        "off": SendPath(curve=curve), "on": SendPath(), "damped": SendPath(damp_hz=1_000.0),
    }.items():  # fmt: skip
        audio = noise(2.0)
        dry = audio.copy()
        add_reverb(audio, ReverbSettings("room", 1.0, 0.0), 0.0, RATE, send=path)
        wet[name] = audio - dry
    assert np.abs(wet["off"]).max() < 1e-6
    highs = [np.abs(np.fft.rfft(wet[n][0]))[16_000:].sum() for n in ("on", "damped")]
    assert highs[1] < 0.3 * highs[0]


def test_tape_stop_bends_down_and_goes_on_in_time() -> None:
    audio = tone(1_000.0, 4.0)
    plain = audio.copy()
    wind_down(audio, ((1.0, 2.0),), Timeline(audio.shape[1], RATE, bar_seconds=(0.0, 1.0, 2.0)))
    assert np.array_equal(audio[:, :RATE], plain[:, :RATE])
    assert np.array_equal(audio[:, 2 * RATE + 200 :], plain[:, 2 * RATE + 200 :])

    def crossings(begin: float) -> int:
        part = audio[0, round(begin * RATE) : round((begin + 0.1) * RATE)]
        return int(np.count_nonzero(np.diff(np.signbit(part))))

    # Half-way through the speed is a half: 1 kHz has become 500 Hz, 100 crossings in 0.1 s.
    assert crossings(1.45) == pytest.approx(100, abs=6)
    assert crossings(1.75) < 0.35 * 200
    assert np.abs(audio[:, 2 * RATE - 10 : 2 * RATE]).max() < 1e-2


def test_tape_stop_of_a_sum_is_the_sum_of_stops() -> None:
    one, two = noise(2.0, seed=1), noise(2.0, seed=2)
    both = one + two
    for audio in (one, two, both):
        wind_down(audio, ((1.0, 1.5),), Timeline(2 * RATE, RATE, bar_seconds=(0.0, 0.5, 1.0)))
    assert np.abs(both - one - two).max() < 1e-6
