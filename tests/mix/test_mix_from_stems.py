"""Decisions from stems: what is foretold comes true, faults are mended, kept parts are kept."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from songwright.audio import integrated_lufs
from songwright.evaluate.sound.masking import masked_energy, spreading
from songwright.evaluate.sound.sources import ArraySound
from songwright.evaluate.sound.stems import stem_levels
from songwright.mix import (
    MixSettings,
    MixSheet,
    PartMix,
    ReverbSettings,
    decide_from_stems,
    generic_settings,
    measure_stem,
    process_stem,
    stem_inputs,
)
from songwright.mix.desk import Desk
from songwright.mix.measure import BAND_EDGES_HZ, BANDS, StemFacts
from songwright.mix.settings import Send
from songwright.perform.model import PlayedNote, PlayedPart
from songwright.score.codec import decode, encode

RATE = 48_000
SECONDS = 6


def band_noise(low_hz: float, high_hz: float, seed: int, level: float = 0.1) -> np.ndarray:
    """Noise in a band, both sides nearly alike."""
    generator = np.random.default_rng(seed)
    spectrum = np.fft.rfft(generator.standard_normal(SECONDS * RATE))
    hz = np.fft.rfftfreq(SECONDS * RATE, 1 / RATE)
    spectrum[(hz < low_hz) | (hz > high_hz)] = 0.0
    noise = np.fft.irfft(spectrum)
    return np.tile((level * noise / noise.std()).astype(np.float32), (2, 1))


def kicks(hz: float = 55.0) -> np.ndarray:
    time = np.arange(SECONDS * RATE) / RATE
    body = np.sin(2 * np.pi * hz * time) * np.exp(-(time % 0.5) * 14.0)
    return np.tile((0.5 * body).astype(np.float32), (2, 1))


def part(name: str, role: str, pitch: int = 60, velocity: int = 80) -> PlayedPart:
    notes = tuple(PlayedNote(0.5 * i, 0.4, pitch, velocity) for i in range(2 * SECONDS))
    return PlayedPart(name, name, role, "acoustic_grand_piano", notes)


BAND = {
    "lead": (part("lead", "lead", 72), band_noise(500, 2_500, 1)),
    "keys": (part("keys", "chords", 60), band_noise(400, 3_000, 2)),
    "pad": (part("pad", "pad", 55), band_noise(60, 2_000, 3)),
    "bass": (part("bass", "bass", 33), band_noise(45, 110, 4)),
    "drums": (part("drums", "drums", 36), kicks() + band_noise(2_000, 9_000, 5, 0.01)),
}


def facts_of(names: tuple[str, ...] = tuple(BAND)) -> dict[str, StemFacts]:
    return {name: measure_stem(BAND[name][1], RATE, BAND[name][0]) for name in names}


def sheet(without: str = "") -> MixSheet:
    """A mix by roles in which the keys are too loud."""
    settings = generic_settings([p for n, (p, _) in BAND.items() if n != without])
    if without != "keys":
        settings.parts["keys"] = replace(settings.parts["keys"], level_db=-1.0)
    return MixSheet(settings)


@pytest.fixture(scope="module")
def facts() -> dict[str, StemFacts]:
    return facts_of()


def desk_of(chosen: MixSheet, facts: dict[str, StemFacts]) -> Desk:
    return Desk(chosen.settings, facts, dict(chosen.settings.parts), frozenset())


def made(chosen: MixSheet) -> dict[str, np.ndarray]:
    onsets = tuple(0.5 * i for i in range(2 * SECONDS))
    return {
        name: process_stem(chosen.settings, p, dry, SECONDS * RATE, onsets, RATE)
        for name, (p, dry) in BAND.items()
    }


# ---------------------------------------------------------------- facts


def test_facts_are_those_of_the_sound() -> None:
    found = measure_stem(band_noise(510, 630, 7), RATE)
    assert found.loudness_lufs == pytest.approx(integrated_lufs(band_noise(510, 630, 7), RATE))
    loudest = int(np.argmax(found.bands_db))
    assert (BAND_EDGES_HZ[loudest], BAND_EDGES_HZ[loudest + 1]) == (510.0, 630.0)
    # Two channels of RMS 0.1 each: power 0.02.
    assert 10 * np.log10(np.sum(10 ** (np.array(found.bands_db) / 10))) == pytest.approx(
        -17, abs=0.4
    )
    assert found.side_share == pytest.approx(0.0, abs=1e-6)
    assert found.levels_db.shape == (10 * SECONDS, BANDS)
    assert found.activity == (1.0,) * SECONDS
    wide = band_noise(500, 600, 7)
    wide[1] = -wide[0]
    assert measure_stem(wide, RATE).side_share == pytest.approx(1.0, abs=1e-3)


def test_activity_says_when_a_stem_sounds() -> None:
    dry = band_noise(300, 900, 1)
    dry[:, 2 * RATE : 4 * RATE] = 0.0
    assert measure_stem(dry, RATE).activity == pytest.approx((1, 1, 0, 0, 1, 1), abs=0.21)


@pytest.mark.parametrize("length", [0, 1, 100, RATE])
def test_silence_and_shorter_stems_have_facts(length: int) -> None:
    found = measure_stem(np.zeros((2, length)), RATE)
    assert found.loudness_lufs is None
    assert decode(encode(found), StemFacts) == found


@pytest.mark.parametrize("rate", [8_000, 44_100, 96_000])
def test_other_sample_rates(rate: int) -> None:
    time = np.arange(2 * rate) / rate
    found = measure_stem(np.tile(0.1 * np.sin(2 * np.pi * 850 * time), (2, 1)), rate)
    assert int(np.argmax(found.bands_db)) == 7


# ---------------------------------------------------------------- foretelling


def test_what_is_foretold_comes_true(facts: dict[str, StemFacts]) -> None:
    chosen = sheet()
    desk = desk_of(chosen, facts)
    stems = made(chosen)
    levels = {n: stem_levels(ArraySound(a, RATE)) for n, a in stems.items()}
    whole = sum(level.heard[:, 0].sum() for level in levels.values())
    for name, level in levels.items():
        heard = 10 * np.log10(level.heard[:, 0].sum() / whole)
        assert desk.level_lu((name,)) == pytest.approx(heard, abs=1.5)
        rest = sum(other.bark for n, other in levels.items() if n != name)
        masked, energy = masked_energy(level.bark, rest, spreading())
        share = float(masked[level.active].sum() / energy[level.active].sum())
        assert desk.masked_share((name,)) == pytest.approx(share, abs=0.2)


# ---------------------------------------------------------------- decisions


def test_a_buried_lead_is_brought_to_its_place(facts: dict[str, StemFacts]) -> None:
    low = sheet()
    parts = {**low.settings.parts, "lead": replace(low.settings.parts["lead"], level_db=-6.0)}
    low = replace(low, settings=replace(low.settings, parts=parts, lead_aim_lu=-4.0))
    before = desk_of(low, facts)
    after = decide_from_stems(low, facts)
    assert before.level_lu(("lead",)) < -6.0
    assert desk_of(after, facts).level_lu(("lead",)) > before.level_lu(("lead",)) + 2.5
    assert any(d.control == "level_db" and "LU" in d.reason for d in after.of_part("lead"))
    stems = made(after)
    levels = {n: stem_levels(ArraySound(a, RATE)) for n, a in stems.items()}
    rest = sum(level.bark for n, level in levels.items() if n != "lead")
    lead = levels["lead"]
    masked, energy = masked_energy(lead.bark, rest, spreading())
    assert masked[lead.active].sum() / energy[lead.active].sum() < 0.35


def test_what_covers_the_lead_makes_room_by_no_more_than_4_db(facts: dict[str, StemFacts]) -> None:
    after = decide_from_stems(sheet(), facts)
    dips = {n: s.dips for n, s in after.settings.parts.items()}
    assert any(d.name == "lead" for d in dips["keys"])
    assert all(0.0 < d.depth_db <= 4.0 for found in dips.values() for d in found)
    assert not any(d.name == "lead" for d in dips["lead"])


def test_the_bass_makes_room_for_the_kick_unless_they_are_one(facts: dict[str, StemFacts]) -> None:
    loud = sheet()
    parts = {**loud.settings.parts, "bass": replace(loud.settings.parts["bass"], level_db=4.0)}
    loud = replace(loud, settings=replace(loud.settings, parts=parts))
    plain = loud.settings.parts["bass"].sidechain
    after = decide_from_stems(loud, facts).settings.parts["bass"].sidechain
    assert after is not None
    assert after.depth_db > (plain.depth_db if plain else 0.0) + 1.0
    one = replace(loud, settings=replace(loud.settings, kick_over_bass=False))
    assert decide_from_stems(one, facts).settings.parts["bass"].sidechain == plain


def test_a_hump_of_the_mix_is_cut_where_it_is_made(facts: dict[str, StemFacts]) -> None:
    humped = dict(facts)
    dry = BAND["pad"][1] + band_noise(480, 540, 9, 0.5)
    humped["pad"] = measure_stem(dry, RATE, BAND["pad"][0])
    after = decide_from_stems(sheet(), humped)
    cuts = [b for b in after.settings.parts["pad"].eq if b.name.startswith("hump")]
    assert any(400 < b.frequency_hz < 650 and b.gain_db < -1.0 for b in cuts)
    assert all(b.gain_db >= -6.0 for b in cuts)


def test_parts_of_one_colour_are_set_apart() -> None:
    twins = {
        "one": (part("one", "counter"), band_noise(400, 2_000, 1)),
        "two": (part("two", "riff"), band_noise(400, 2_000, 2)),
    }
    settings = MixSettings({n: PartMix(role=p.role) for n, (p, _) in twins.items()})
    found = {n: measure_stem(d, RATE, p) for n, (p, d) in twins.items()}
    after = decide_from_stems(MixSheet(settings), found).settings.parts
    assert abs(after["one"].pan - after["two"].pan) > 0.3


def test_lows_of_wide_parts_become_mono() -> None:
    wide = band_noise(40, 400, 1)
    wide[1] = band_noise(40, 400, 2)[0]
    p = part("pad", "pad", 40)
    settings = MixSettings({"pad": PartMix(role="pad", mono_below_hz=0.0)})
    after = decide_from_stems(MixSheet(settings), {"pad": measure_stem(wide, RATE, p)})
    assert after.settings.parts["pad"].mono_below_hz >= 120.0


def test_silent_stems_and_unknown_parts_change_nothing() -> None:
    chosen = sheet()
    silent = {name: measure_stem(np.zeros((2, RATE)), RATE) for name in BAND}
    assert decide_from_stems(chosen, silent).settings == chosen.settings
    assert decide_from_stems(chosen, {}).settings == chosen.settings
    assert decide_from_stems(MixSheet(MixSettings()), {}).settings == MixSettings()


def test_a_decided_sheet_survives_json(facts: dict[str, StemFacts]) -> None:
    after = decide_from_stems(sheet(), facts)
    assert decode(encode(after), MixSheet) == after
    assert decide_from_stems(sheet(), facts) == after


# ---------------------------------------------------------------- keeping


@pytest.mark.parametrize("changed", sorted(BAND))
def test_only_the_strip_of_a_changed_part_is_decided_again(
    facts: dict[str, StemFacts], changed: str
) -> None:
    kept = decide_from_stems(sheet(), facts)
    other = measure_stem(band_noise(300, 900, 77, 0.03), RATE, BAND[changed][0])
    after = decide_from_stems(sheet(), {changed: other}, kept, frozenset({changed}))
    for name in BAND:
        same = stem_inputs(after.settings, name) == stem_inputs(kept.settings, name)
        assert same or name == changed
    assert after.facts[changed] == other
    assert (
        after.facts["lead" if changed != "lead" else "pad"]
        == kept.facts["lead" if changed != "lead" else "pad"]
    )


def test_parts_come_and_go(facts: dict[str, StemFacts]) -> None:
    fewer = sheet("keys")
    kept = decide_from_stems(fewer, {n: f for n, f in facts.items() if n != "keys"})
    more = decide_from_stems(sheet(), {"keys": facts["keys"]}, kept, frozenset({"keys"}))
    assert set(more.settings.parts) == set(BAND)
    assert more.settings.parts["lead"] == kept.settings.parts["lead"]
    assert any(d.name == "lead" for d in more.settings.parts["keys"].dips)
    back = decide_from_stems(fewer, {}, more, frozenset())
    assert set(back.settings.parts) == set(BAND) - {"keys"}
    assert "keys" not in back.facts


def test_kept_strips_keep_the_rooms_that_they_send_to(facts: dict[str, StemFacts]) -> None:
    chosen = sheet()
    parts = dict(chosen.settings.parts)
    parts["drums"] = replace(parts["drums"], reverb_send_db=None, sends=(Send("closet", 0.0),))
    spaces = {"closet": ReverbSettings("room", 0.4)}
    sent = replace(chosen, settings=replace(chosen.settings, parts=parts, spaces=spaces))
    kept = decide_from_stems(sent, facts)
    after = decide_from_stems(sheet(), {}, kept, frozenset({"lead"}))
    assert after.settings.spaces == spaces
    assert decide_from_stems(sheet(), {}, kept, frozenset({"drums"})).settings.spaces == {}


def test_stems_of_a_decided_mix_add_up_in_any_order(facts: dict[str, StemFacts]) -> None:
    stems = list(made(decide_from_stems(sheet(), facts)).values())
    forward, backward = np.zeros_like(stems[0]), np.zeros_like(stems[0])
    for stem in stems:
        forward += stem
    for stem in reversed(stems):
        backward += stem
    assert 20 * np.log10(np.abs(forward - backward).max() + 1e-12) < -90


def test_two_hundred_parts_are_decided() -> None:
    roles = ("lead", "chords", "pad", "bass", "drums", "arp", "riff", "counter")
    parts = [part(f"p{i}", roles[i % 8] if i != 8 else "pad") for i in range(200)]
    some = [measure_stem(BAND[n][1], RATE, BAND[n][0]) for n in BAND]
    found = {p.id: some[i % len(some)] for i, p in enumerate(parts)}
    after = decide_from_stems(MixSheet(generic_settings(parts)), found)
    assert len(after.settings.parts) == 200
    assert all(np.isfinite(s.level_db) for s in after.settings.parts.values())
    assert all(abs(s.pan) <= 0.88 for s in after.settings.parts.values())
