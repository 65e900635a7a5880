"""Mixing decisions from plans, styles, production words and foreign MIDI."""

from __future__ import annotations

from dataclasses import replace

import msgspec
import pytest

from songwright.composition.plan import PartPlan, Plan, SectionPlan
from songwright.mix import MixSettings, generic_settings, mix_settings
from songwright.mix.reverb import DRY, rooms
from songwright.mix.roles import adjective_effect, production_effect, roles
from songwright.perform.model import ControlPoint, PlayedNote, PlayedPart
from songwright.score import ROLES
from songwright.score.model import TempoChange
from songwright.styles import style, style_ids
from songwright.theory import Key, Meter


def plan(*production: str, parts: tuple[PartPlan, ...] = (), ending: str = "final") -> Plan:
    key = Key("C", "major")
    section = SectionPlan("A1", "A", "A", 0, 0, 8, (8,), 0.5, key)
    usual = (
        PartPlan("lead", "Lead", "lead", "flute", (), 60, 84, reverb=0.3),
        PartPlan("keys", "Keys", "chords", "acoustic_grand_piano", (), 48, 72, level_db=-5),
        PartPlan("pad", "Pad", "pad", "pad_2_warm", (), 48, 72, level_db=-9, reverb=0.5),
        PartPlan("bass", "Bass", "bass", "electric_bass_finger", (), 28, 48, reverb=0.0),
        PartPlan("drums", "Drums", "drums", "standard_kit", (), 35, 81, level_db=-2, reverb=0.1),
    )
    return Plan(
        title="t", seed=3, style="pop", use="full song", key=key, tempo_bpm=100, meter=Meter(4, 4),
        feel="straight", swing=0.5, swing_unit_ticks=240, bars=8, sections=(section,),
        energy=(0.5,) * 8, parts=parts or usual, tempos=(TempoChange(0, 100),), ending=ending,
        production=production,
    )  # fmt: skip


def test_every_role_has_its_row() -> None:
    assert set(roles()) == set(ROLES)


@pytest.mark.parametrize("style_id", style_ids())
def test_every_style_gives_a_mix(style_id: str) -> None:
    facts = style(style_id)
    assert facts.mix.reverb in (*rooms(), DRY)
    parts = tuple(
        PartPlan(p.id, p.id, p.role, p.instruments[0], p.patterns, 40, 80, level_db=p.level_db,
                 pan=p.pan, reverb=p.reverb, adjectives=p.adjectives)
        for p in facts.parts
    )  # fmt: skip
    chosen = mix_settings(plan(parts=parts), facts)
    assert list(chosen.parts) == [p.id for p in facts.parts]
    assert msgspec.json.decode(msgspec.json.encode(chosen), type=MixSettings) == chosen
    assert all(abs(strip.pan) <= 0.88 for strip in chosen.parts.values())


def test_plan_is_obeyed() -> None:
    chosen = mix_settings(plan(ending="loop"), style("pop"))
    assert (chosen.ending, chosen.seed) == ("loop", 3)
    assert chosen.parts["pad"].level_db == -9
    assert chosen.parts["bass"].reverb_send_db is None
    lead, pad = chosen.parts["lead"], chosen.parts["pad"]
    assert pad.reverb_send_db > lead.reverb_send_db
    assert chosen.parts["drums"].pan == chosen.parts["bass"].pan == lead.pan == 0.0


def test_places_that_were_planned_are_kept_and_others_spread() -> None:
    parts = tuple(
        PartPlan(name, name, "arp", "kalimba", (), 48, 72) for name in ("a", "b", "c", "d")
    )
    free = mix_settings(plan(parts=parts), style("pop"))
    pans = [free.parts[name].pan for name in ("a", "b", "c", "d")]
    assert sum(pans) == pytest.approx(0.0, abs=1e-6)
    assert len(set(pans)) == 4
    planned = (*parts[:2], replace(parts[2], pan=0.5), parts[3])
    kept = mix_settings(
        plan(parts=planned), replace(style("pop"), mix=replace(style("pop").mix, width=1.0))
    )
    assert [kept.parts[name].pan for name in ("a", "b", "c", "d")] == [0.0, 0.0, 0.5, 0.0]
    alone = mix_settings(plan(parts=parts[:1]), style("pop"))
    assert alone.parts["a"].pan == 0.0


def test_production_words_change_the_mix_their_way() -> None:
    pop = style("pop")
    usual = mix_settings(plan(), pop)

    def shelf(chosen: MixSettings, kind: str) -> float:
        return sum(band.gain_db for band in chosen.master.eq if band.kind == kind)

    def drive(chosen: MixSettings) -> float:
        return sum(strip.saturation for strip in chosen.parts.values())

    assert shelf(mix_settings(plan("bright"), pop), "high_shelf") > shelf(usual, "high_shelf")
    assert shelf(mix_settings(plan("dark"), pop), "high_shelf") < shelf(usual, "high_shelf")
    assert shelf(mix_settings(plan("warm"), pop), "low_shelf") > shelf(usual, "low_shelf")
    assert mix_settings(plan("wide"), pop).master.width > usual.master.width
    assert mix_settings(plan("mono"), pop).master.width < usual.master.width
    assert mix_settings(plan("dry"), pop).reverb.level_db < usual.reverb.level_db - 6
    assert mix_settings(plan("spacious"), pop).reverb.rt60_seconds > usual.reverb.rt60_seconds
    assert drive(mix_settings(plan("distorted"), pop)) > drive(usual) + 1
    assert drive(mix_settings(plan("clean"), pop)) < drive(usual)
    assert mix_settings(plan("vintage"), pop).master.width < usual.master.width
    punchy = mix_settings(plan("punchy"), pop)
    assert punchy.master.glue > usual.master.glue
    assert punchy.parts["drums"].compressor.ratio > usual.parts["drums"].compressor.ratio
    assert mix_settings(plan("unheard-of"), pop) == usual


def test_lo_fi_wears_the_tape_and_one_part_carries_the_noise() -> None:
    worn = mix_settings(plan("lo-fi"), style("pop"))
    assert all(strip.lofi is not None for strip in worn.parts.values())
    assert worn.parts["drums"].lofi.wow_cents < worn.parts["keys"].lofi.wow_cents
    assert [name for name, strip in worn.parts.items() if strip.noise_dbfs is not None] == ["keys"]
    clean = mix_settings(plan("clean"), style("lofi_hiphop"))
    assert all(strip.lofi is None for strip in clean.parts.values())


def test_sidechain_follows_the_style() -> None:
    house = mix_settings(plan(), style("house"))
    jazz = mix_settings(plan(), style("jazz_swing"))
    assert house.parts["pad"].sidechain.depth_db > 4
    assert jazz.parts["pad"].sidechain is None
    assert jazz.parts["bass"].sidechain.depth_db < 3


def test_adjectives_change_one_part_only() -> None:
    usual = plan()
    parts = (replace(usual.parts[0], adjectives=("distorted", "dark")), *usual.parts[1:])
    bent = mix_settings(replace(usual, parts=parts), style("pop"))
    plain = mix_settings(usual, style("pop"))
    assert bent.parts["lead"].saturation > plain.parts["lead"].saturation + 0.3
    assert bent.parts["lead"].eq[-1].gain_db < 0
    assert bent.parts["keys"] == plain.parts["keys"]


def test_words_add_up() -> None:
    both = production_effect(["Warm", "wide", "nonsense"])
    assert both.width == 0.25
    assert both.low_shelf_db == 1.0
    assert adjective_effect(()).tilt_db == 0.0


def test_foreign_midi_keeps_its_balance() -> None:
    notes = (PlayedNote(0.0, 1.0, 60, 90),)
    loud = PlayedPart("a", "a", "chords", "x", notes, (ControlPoint(0.0, 7, 100),))
    soft = PlayedPart("b", "b", "chords", "x", notes, (ControlPoint(0.0, 7, 50),))
    placed = PlayedPart("c", "c", "arp", "x", notes, (ControlPoint(0.0, 10, 0),))
    odd = PlayedPart("d", "d", "unheard-of", "x", notes)
    chosen = generic_settings([loud, soft, placed, odd])
    assert chosen.parts["a"].level_db - chosen.parts["b"].level_db == pytest.approx(12.04, abs=0.1)
    assert chosen.parts["c"].pan == 0.0  # the renderer already placed it
    assert chosen.parts["d"].high_pass_hz > 0
    assert generic_settings([]).parts == {}
