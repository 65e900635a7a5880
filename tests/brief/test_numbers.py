"""Tempo, metre, length, pitch range: everything with a number in it."""

from __future__ import annotations

import pytest

from songwright.brief import Length, TempoRequest, understand
from songwright.errors import BriefError
from songwright.theory import Meter


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("90 BPM", 90, 90),
        ("at 128bpm", 128, 128),
        ("tempo 72", 72, 72),
        ("tempo: 72", 72, 72),
        ("ninety bpm", 90, 90),
        ("a hundred and twenty BPM", 120, 120),
        ("between 60 and 80 BPM", 60, 80),
        ("90-100 bpm", 90, 100),
        ("100 to 110 beats per minute", 100, 110),
        ("drum and bass, 174", 174, 174),
        ("quarter note = 66, piano", 66, 66),
        ("Largo", 42, 60),
        ("andante", 76, 92),
        ("allegro ma non troppo", 112, 124),
        ("slow piano ballad", 54, 76),
        ("under 80 bpm", 64, 80),
        ("langsam", 45, 60),
    ],
)
def test_tempo(text: str, low: float, high: float) -> None:
    assert understand(text).tempo == TempoRequest(low, high)


def test_number_beats_tempo_word_and_says_so() -> None:
    brief = understand("slow, 180 BPM")
    assert brief.tempo == TempoRequest(180, 180)
    assert any("slow" in sentence and "180" in sentence for sentence in brief.conflicts)


def test_tempo_word_that_agrees_with_the_number_is_no_conflict() -> None:
    assert understand("slow piano, 60 BPM").conflicts == ()


def test_slow_is_relative_to_a_style_that_is_never_slow() -> None:
    tempo = understand("slow drum and bass").tempo
    assert tempo is not None
    assert 160 <= tempo.low_bpm < tempo.high_bpm < 174


@pytest.mark.parametrize(
    ("text", "meter"),
    [
        ("in 3/4", (3, 4)),
        ("6/8 time", (6, 8)),
        ("7/8 prog rock", (7, 8)),
        ("in 3, piano", (3, 4)),
        ("seven eight", (7, 8)),
        ("a waltz", (3, 4)),
        ("cut time march", (2, 2)),
        ("twelve eight blues", (12, 8)),
        ("Irish jig", (6, 8)),
    ],
)
def test_meter(text: str, meter: tuple[int, int]) -> None:
    assert understand(text).meter == Meter(*meter)


@pytest.mark.parametrize("text", ["piano in 3 minutes", "1/8 notes on piano", "piano in 4 bars"])
def test_not_a_meter(text: str) -> None:
    assert understand(text).meter is None


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("piano, 90 seconds", Length("seconds", 90, 90, exact=True)),
        ("piano, ninety seconds", Length("seconds", 90, 90, exact=True)),
        ("piano, two minutes", Length("seconds", 120, 120, exact=True)),
        ("piano, two and a half minutes", Length("seconds", 150, 150, exact=True)),
        ("piano, two minutes and a half", Length("seconds", 150, 150, exact=True)),
        ("piano, half a minute", Length("seconds", 30, 30, exact=True)),
        ("piano, a minute and a half", Length("seconds", 90, 90, exact=True)),
        ("piano, 1 minute 30 seconds", Length("seconds", 90, 90, exact=True)),
        ("piano, 1m30s", Length("seconds", 90, 90, exact=True)),
        ("piano, 1:30", Length("seconds", 90, 90, exact=True)),
        ("piano, exactly 40 seconds", Length("seconds", 40, 40, exact=True)),
        ("piano, 40 seconds exactly", Length("seconds", 40, 40, exact=True)),
        ("piano, about 40 seconds", Length("seconds", 40, 40)),
        ("piano, 31–45 seconds", Length("seconds", 31, 45)),
        ("piano, between 31 and 45 seconds", Length("seconds", 31, 45)),
        ("piano, 1-2 minutes", Length("seconds", 60, 120)),
        ("a 30-second jingle", Length("seconds", 30, 30, exact=True)),
        ("techno, 60s", Length("seconds", 60, 60, exact=True)),
        ("piano, 32 bars", Length("bars", 32, 32)),
        ("8-bar loop", Length("bars", 8, 8)),
        ("8 to 16 bars of funk", Length("bars", 8, 16)),
        ("sixteen measures of piano", Length("bars", 16, 16)),
    ],
)
def test_length(text: str, length: Length) -> None:
    brief = understand(text)
    assert brief.length == length
    assert brief.not_understood == ()


@pytest.mark.parametrize("text", ["12-bar blues", "80s synthpop", "808s and piano", "90s techno"])
def test_not_a_length(text: str) -> None:
    assert understand(text).length is None


def test_bars_and_seconds_together_say_the_tempo() -> None:
    brief = understand("16 bars in 30 seconds, house")
    assert brief.length == Length("bars", 16, 16)
    assert brief.tempo == TempoRequest(128, 128)


def test_minute_of_a_climax_is_not_the_length() -> None:
    brief = understand("builds to a climax at 1:10, then drops away, 2 minutes")
    assert brief.length == Length("seconds", 120, 120, exact=True)
    levels = [(p.seconds, p.position, p.level) for p in brief.energy]
    assert (70.0, 0.0, 0.95) in levels
    assert levels[-1][2] < 0.3


def test_pitch_range() -> None:
    brief = understand("melody from C3 to C5, piano")
    assert (brief.pitch_low, brief.pitch_high) == (48, 72)
    assert understand("nothing above A5, violin").pitch_high == 81
    assert understand("piano within two octaves").pitch_octaves == 2
    assert understand("flute, an octave and a half").pitch_octaves == 2
    assert understand("flute in the high register").register == "high"


@pytest.mark.parametrize(
    "text",
    [
        "tempo 5000",
        "-20 bpm",
        "5 bpm",
        "0 bars of jazz",
        "9000 bars",
        "40 octaves of piano",
        "4/7 techno",
        "3 hours of ambient",
        "0.2 seconds of piano",
        "piano in the key of Z",
        "piano from C4 to D4",
    ],
)
def test_impossible_values_are_refused(text: str) -> None:
    with pytest.raises(BriefError, match=r"choose|write"):
        understand(text)


def test_what_grows_over_a_time_lasts_that_long() -> None:
    grows = understand("cinematic pad, builds slowly over 90 seconds").length
    longer = understand("cinematic pad, over 90 seconds").length
    assert grows is not None
    assert longer is not None
    assert (grows.low, grows.high) == (90.0, 90.0)
    assert longer.high > longer.low == 90.0


def test_a_time_within_the_piece_is_not_its_length() -> None:
    assert understand("pop, trumpet solo at 1:00 for 8 bars").length is None
    assert understand("sad until 0:30, then happy, pop").length is None
    length = understand("calm piano, then tense from 1:00, 2 minutes").length
    assert length is not None
    assert length.low == 120
    whole = understand("solo piano for 8 bars").length
    assert whole is not None
    assert (whole.unit, whole.low) == ("bars", 8)
