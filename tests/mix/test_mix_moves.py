"""What styles do over time: filters open into drops, throws at phrase ends, pads step back."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from songwright.composition.plan import PartPlan, Plan, SectionPlan
from songwright.mix import mix_sheet, overridden, process_stem
from songwright.mix.curves import curve_at
from songwright.mix.moves import bar_seconds, moves, moves_of
from songwright.mix.reverb import rooms
from songwright.perform.model import PlayedNote, PlayedPart
from songwright.score import ROLES
from songwright.score.model import TempoChange
from songwright.styles import style, style_ids
from songwright.theory import Key, Meter

_IDS = ("lead", "pad", "arp", "bass", "drums", "chords", "riff")


def section(name: str, function: str, start: int, bars: int, energy: float,
            parts: tuple[str, ...] = _IDS) -> SectionPlan:  # fmt: skip
    return SectionPlan(
        name, function, "A", 0, start, bars, (bars // 2, bars - bars // 2), energy,
        Key("C", "major"), parts,
    )  # fmt: skip


def plan(style_id: str) -> Plan:
    parts = tuple(PartPlan(i, i, i, "pad_2_warm", (), 40, 80, reverb=0.3) for i in _IDS)
    sections = (
        section("intro", "intro", 0, 4, 0.2, ("pad", "arp", "drums")),
        section("build", "build", 4, 4, 0.5),
        section("drop", "drop", 8, 8, 0.95),
        section("outro", "outro", 16, 4, 0.2, ("pad", "drums")),
    )
    return Plan(
        title="t", seed=3, style=style_id, use="full song", key=Key("C", "major"), tempo_bpm=120,
        meter=Meter(4, 4), feel="straight", swing=0.5, swing_unit_ticks=240, bars=20,
        sections=sections, energy=(0.5,) * 20, parts=parts,
        tempos=(TempoChange(0, 120), TempoChange(8 * 1920, 60)), ending="ring",
    )  # fmt: skip


def test_every_style_has_a_row_that_names_real_roles_and_rooms() -> None:
    assert set(moves()) == {*style_ids(), "default"}
    for facts in moves().values():
        rows = (facts.throws, facts.opens, facts.thins, facts.steps_back, facts.widens,
                facts.shimmer, facts.chorus, facts.phaser)  # fmt: skip
        named = {role for row in rows for role in row} | {role for role, *_ in facts.echo}
        assert named <= set(ROLES)
        assert -9.0 <= facts.lead_lu <= -1.0
    assert "shimmer" in rooms()
    assert moves_of("unheard-of") == moves()["default"]


def test_bars_and_tempos_follow_the_plan() -> None:
    found = bar_seconds(plan("house"))
    assert len(found) == 21
    assert found[8] == pytest.approx(16.0)
    assert found[20] == pytest.approx(16.0 + 12 * 4.0)
    assert mix_sheet(plan("house"), style("house")).settings.tempos == ((0.0, 120.0), (16.0, 60.0))


def at_bar(curve, bar: float) -> float:
    return float(curve_at(replace(curve, unit="seconds"), np.array([bar]))[0])


def test_house_opens_its_filters_into_the_drop_and_thins_the_build() -> None:
    sheet = mix_sheet(plan("house"), style("house"))
    opening = sheet.settings.parts["pad"].curves["low_pass_hz"]
    assert at_bar(opening, 0.5) < 3_000 < at_bar(opening, 7.9)
    assert at_bar(opening, 10.0) == pytest.approx(18_000)
    assert at_bar(opening, 19.5) < 3_000
    thin = sheet.settings.parts["drums"].curves["high_pass_hz"]
    assert at_bar(thin, 5.0) == pytest.approx(20.0)
    assert at_bar(thin, 7.9) > 150.0
    assert at_bar(thin, 8.0) == pytest.approx(20.0)
    assert any(d.control == "curve.low_pass_hz" and "drop" in d.reason
               for d in sheet.of_part("pad"))  # fmt: skip


def test_throws_come_at_the_ends_of_phrases_and_only_there() -> None:
    lead = mix_sheet(plan("house"), style("house")).settings.parts["lead"]
    curve = lead.curves["delay_send_db"]
    assert lead.delay is not None
    for end in (6, 8, 12, 16):
        assert at_bar(curve, end - 0.25) > 3.0
    for quiet in (4.5, 7.0, 9.0, 13.0):
        assert at_bar(curve, quiet) < -3.0


def test_pads_step_back_under_the_lead_where_a_style_does_so() -> None:
    pad = mix_sheet(plan("pop"), style("pop")).settings.parts["pad"]
    assert at_bar(pad.curves["level_db"], 2.0) == 0.0
    assert at_bar(pad.curves["level_db"], 10.0) == -2.0
    assert (
        "level_db"
        not in mix_sheet(plan("jazz_swing"), style("jazz_swing")).settings.parts["pad"].curves
    )


def test_styles_without_moves_have_none() -> None:
    for strip in mix_sheet(plan("jazz_swing"), style("jazz_swing")).settings.parts.values():
        assert strip.curves == {}
        assert strip.delay is None


def test_long_halls_do_not_blur_the_beat() -> None:
    found = mix_sheet(plan("techno"), style("techno")).settings
    assert found.parts["drums"].reverb_send_db is None
    assert found.parts["drums"].sends[0].space == "drum_room"
    assert found.spaces["drum_room"].rt60_seconds < 0.8 < found.reverb.rt60_seconds


@pytest.mark.parametrize("style_id", ["house", "cinematic_ambient", "synthwave", "reggae"])
def test_every_decision_has_a_reason_and_every_strip_sounds(style_id: str) -> None:
    sheet = mix_sheet(plan(style_id), style(style_id))
    assert all(d.reason and d.value for d in sheet.decisions)
    rng = np.random.default_rng(0)
    dry = (0.1 * rng.standard_normal((2, 96_000))).astype(np.float32)
    for name in _IDS:
        played = PlayedPart(name, name, name, "x", (PlayedNote(0.0, 1.0, 60, 80),))
        out = process_stem(sheet.settings, played, dry, 96_000, (0.0, 0.5))
        assert np.isfinite(out).all()
        assert out.any()


def test_the_band_winds_down_where_the_plan_says_and_can_be_told_not_to() -> None:
    plain = plan("hiphop_trap")
    sections = tuple(replace(s, tape_stop=s.end_bar == 8) for s in plain.sections)
    sheet = mix_sheet(replace(plain, sections=sections), style("hiphop_trap"))
    assert sheet.settings.parts["lead"].tape_stops == ((7.5, 8.0),)
    assert "drop" in next(d.reason for d in sheet.of_part("lead") if d.control == "tape_stop")
    off = overridden(sheet, ["lead.tape_stop=off"]).settings.parts["lead"]
    assert off.tape_stops == ()
    moved = overridden(sheet, ["lead.tape_stop=5-5.5"]).settings.parts["lead"]
    assert moved.tape_stops == ((4.0, 4.5),)
    assert not mix_sheet(plain, style("hiphop_trap")).settings.parts["lead"].tape_stops
