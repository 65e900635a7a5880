"""Assignments by hand: what they set, how they are refused."""

from __future__ import annotations

import pytest

from songwright.errors import AudioError
from songwright.mix import MixSettings, MixSheet, PartMix, overridden
from songwright.mix.controls import controls, shown
from songwright.mix.override import targets
from songwright.mix.settings import Compressor, Dip, EqBand, ReverbSettings, Send

SHEET = MixSheet(
    MixSettings(
        {
            "lead": PartMix(role="lead", reverb_send_db=None),
            "keys": PartMix(role="chords", level_db=-6.0, compressor=Compressor()),
            "pad": PartMix(role="pad", dips=(Dip("lead", 900.0, 3.0),), level_db=-8.0),
            "sub": PartMix(role="bass", eq=(EqBand("peak", 240.0, -1.5, 0.9),)),
        },
        spaces={"drum_room": ReverbSettings("room")},
    )
)


def strip(part: str, *assignments: str) -> PartMix:
    return overridden(SHEET, assignments).settings.parts[part]


def test_faders_are_set_and_moved() -> None:
    assert strip("pad", "pad.level_db=-3").level_db == -3.0
    assert strip("pad", "pad.level_db-=3").level_db == -11.0
    assert strip("pad", "pad.level_db+=1.5", " pad.level_db += 1.5 ").level_db == -5.0


def test_bands_are_added_changed_and_named() -> None:
    found = strip("sub", "sub.eq.low_shelf_db=-2", "sub.eq.low_shelf_hz=90", "sub.eq.low_mid_db=1")
    assert EqBand("low_shelf", 90.0, -2.0, 0.707, "low_shelf") in found.eq
    assert [b.gain_db for b in found.eq if b.name == "low_mid"] == [1.0]
    assert len(found.eq) == 2  # the band at 240 Hz is the low_mid one


def test_a_role_stands_for_its_parts() -> None:
    assert targets(SHEET.settings, "bass") == ("sub",)
    assert strip("sub", "bass.eq.low_shelf_db=-2").eq[-1].gain_db == -2.0


def test_processors_start_and_stop() -> None:
    assert strip("keys", "keys.compressor=off").compressor is None
    assert strip("lead", "lead.compressor.ratio=4").compressor == Compressor(ratio=4.0)
    assert strip("lead", "lead.delay.value=1/4").delay.value == "1/4"
    assert strip("lead", "lead.delay.ping_pong=false").delay.ping_pong is False
    assert strip("lead", "lead.chorus=on", "lead.chorus=off").chorus is None
    assert strip("lead", "lead.reverb_send_db=2").reverb_send_db == 2.0
    assert strip("pad", "pad.reverb_send_db=off").reverb_send_db is None
    assert strip("pad", "pad.mute=on").mute


def test_dips_sends_and_curves() -> None:
    assert strip("pad", "pad.dip.lead_db=1").dips[0].depth_db == 1.0
    assert strip("pad", "pad.dip.lead_db=0").dips == ()
    assert strip("keys", "keys.send.drum_room_db=-6").sends == (Send("drum_room", -6.0),)
    assert strip("keys", "keys.send.drum_room_db=-6", "keys.send.drum_room_db=off").sends == ()
    curve = strip("pad", "pad.curve.low_pass_hz=0:400, 8:9000").curves["low_pass_hz"]
    assert (curve.points, curve.unit, curve.shape) == (
        ((0.0, 400.0), (8.0, 9000.0)), "bars", "exponential",
    )  # fmt: skip
    assert strip("pad", "pad.curve.pan=0:0", "pad.curve.pan=off").curves == {}


def test_room_space_and_master() -> None:
    found = overridden(
        SHEET, ["room.kind=plate", "room.rt60_seconds=2.2", "space.big.kind=cathedral",
                "keys.send.big_db=-9", "master.target_lufs=-9"],
    ).settings  # fmt: skip
    assert (found.reverb.kind, found.reverb.rt60_seconds) == ("plate", 2.2)
    assert found.spaces["big"].kind == "cathedral"
    assert found.parts["keys"].sends == (Send("big", -9.0),)
    assert found.master.target_lufs == -9.0


def test_each_assignment_is_a_decision_by_hand_and_the_sheet_stays() -> None:
    found = overridden(SHEET, ["pad.level_db=-3", "pad.level_db=-2"])
    assert [(d.part, d.control, d.value, d.reason) for d in found.decisions] == [
        ("pad", "level_db", "-2", "set by hand")
    ]
    assert SHEET.settings.parts["pad"].level_db == -8.0
    assert overridden(SHEET, []) == SHEET


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("pad.level_db", "PART.CONTROL=VALUE"),
        ("=3", "PART.CONTROL=VALUE"),
        ("harp.level_db=3", "lead, keys, pad, sub"),
        ("pad.loudness=3", "saturation"),
        ("pad.level_db=loud", "number"),
        ("pad.level_db=nan", "number"),
        ("pad.level_db=99", "24"),
        ("pad.pan-=2", "-1 … 1"),
        ("pad.eq.sparkle_db=2", "presence"),
        ("pad.eq.low_shelf=2", "BAND_db"),
        ("pad.dip.vocals_db=2", "dip.lead_db"),
        ("pad.send.moon_db=2", "send.drum_room_db"),
        ("pad.curve.saturation=0:1", "level_db"),
        ("pad.curve.pan=1", "BAR:VALUE"),
        ("pad.curve.pan=4:0, 2:1", "ascending"),
        ("pad.mute=maybe", "true nor false"),
        ("pad.delay.value=1/7", "note value"),
        ("room.kind=bathroom", "plate"),
        ("room.colour=red", "rt60_seconds"),
        ("space.kind=room", "space.NAME"),
        ("master.sparkle=1", "target_lufs"),
        ("pad.compressor.warmth=1", "compressor.ratio"),
    ],
)
def test_wrong_assignments_say_what_there_is(text: str, says: str) -> None:
    with pytest.raises(AudioError) as raised:
        overridden(SHEET, [text])
    assert says in str(raised.value)


@pytest.mark.parametrize("name", sorted(controls()))
def test_every_control_in_the_table_can_be_set_and_shown(name: str) -> None:
    facts = controls()[name]
    value = "1/4" if name == "delay.value" else f"{0.5 * (facts.low + facts.high):g}"
    if name == "delay.ping_pong":
        value = "true"
    found = strip("keys", f"keys.{name}={value}")
    assert shown(found, name) in (value, "on") or float(shown(found, name)) == pytest.approx(
        float(value), rel=5e-3
    )
