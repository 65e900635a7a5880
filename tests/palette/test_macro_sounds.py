"""What macros are called is what is heard; `bench.palette_macros` measures all patches."""

from __future__ import annotations

from functools import cache

import pytest
from bench.palette_macros import STEP, Audio, centroid_octaves, ends, sound, width_db

from songwright import palette
from songwright.palette import MACROS

ONE_OF_EACH_KIND = (
    "bass_analog_round", "lead_fifths", "pad_house_deep", "pluck_house", "keys_tine_bright",
    "organ_percussive_house", "bell_toy_arcade", "arp_chip_fast", "stab_orchestral_hit",
    "texture_wind", "riser_noise",
)  # fmt: skip


@cache
def at_rest(name: str) -> Audio:
    return sound(name)


@pytest.mark.parametrize("macro", MACROS)
@pytest.mark.parametrize("name", ONE_OF_EACH_KIND)
def test_a_macro_moves_what_it_is_called(name: str, macro: str) -> None:
    if macro == "attack" and palette.get(name).fit:
        pytest.skip("its onset is a share of the note")
    found = ends(name, macro, at_rest(name))
    assert found.verdict(STEP[macro]) == "ok", found
    assert found.low <= found.high


@pytest.mark.parametrize("name", ["bass_analog_round", "pad_house_deep", "pluck_house"])
def test_relatives_go_where_they_are_sent(name: str) -> None:
    rest = at_rest(name)
    for toward, measure, sign in (
        ("darker", centroid_octaves, -1.0), ("brighter", centroid_octaves, 1.0),
        ("wider", width_db, 1.0),
    ):  # fmt: skip
        for relative in palette.vary(name, 0.4, (toward,), seed=3, n=2):
            assert sign * (measure(sound(relative.id)) - measure(rest)) > 0.0, (toward, relative.id)


def test_movement_keeps_note_values() -> None:
    def beats(setting: str) -> float:
        return palette.get(f"pad_pulse_gate@movement={setting}").lfo[0].rate_beats

    assert [beats("0"), beats("0.4"), beats("0.5"), beats("0.7"), beats("1")] == [
        1.0, 0.5, 0.5, 0.5, 0.25,
    ]  # fmt: skip
    assert all(lfo.rate_beats == 0.0 for lfo in palette.get("pad_glass@movement=1").lfo)
