"""Accompanists who listen: to the kick, to the tune, to the player at the same desk."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest

from songwright.composition.accompany import accompany
from songwright.composition.plan import PartPlan, Plan, SectionPlan
from songwright.score import ChordSpan, Note, TempoChange
from songwright.styles import style
from songwright.theory import Key, Meter, parse_chord

BAR = 1920
DRUMS = PartPlan("drums", "Drums", "drums", "standard_kit", ("rock_basic",), 35, 81)
LEAD = PartPlan("lead", "Lead", "lead", "flute", (), 60, 90)


def a_bass(*patterns: str, **changes: object) -> PartPlan:
    part = PartPlan("bass", "Bass", "bass", "electric_bass_finger", patterns, 28, 52)
    return replace(part, **changes)


def make_plan(
    parts: tuple[PartPlan, ...], chart: str = "Am | F | C | G", bars: int = 8, seed: int = 3
) -> Plan:
    """One section of a chart in 4/4 that fades, so that no last bar is special."""
    symbols = [parse_chord(text.strip()) for text in chart.split("|")]
    spans = tuple(ChordSpan(b * BAR, BAR, symbols[b % len(symbols)]) for b in range(bars))
    key = Key("A", "minor")
    section = SectionPlan(
        "verse", "verse", "A", 0, 0, bars, (4,) * (bars // 4), 0.6, key, tuple(p.id for p in parts)
    )
    return Plan(
        "t", seed, "pop", "full song", key, 100, Meter(4, 4), "straight", 0.5, 240, bars,
        (section,), (0.6,) * bars, parts, (TempoChange(0, 100),), "fade", spans,
    )  # fmt: skip


def kicks(beats: tuple[float, ...], bars: int = 8, velocity: int = 100) -> tuple[Note, ...]:
    """The same strokes of the kick in every bar; ``beats`` count from 0."""
    return tuple(
        Note(b * BAR + round(beat * 480), 120, 36, velocity) for b in range(bars) for beat in beats
    )


def phrase(bars: int = 8) -> tuple[Note, ...]:
    """A tune of a busy bar and a bar that rests from its third beat on, between D5 and A5."""
    notes = []
    for b in range(bars):
        row = (74, 76, 77, 79, 81, 79, 77, 76) if b % 2 == 0 else (74, 77, 76, 74)
        notes += [Note(b * BAR + 240 * k, 240, p, 80) for k, p in enumerate(row)]
    return tuple(notes)


def write(part: PartPlan, plan: Plan, **written: tuple[Note, ...]) -> tuple[Note, ...]:
    return accompany(part, plan, style("pop"), written)


def test_an_808_sounds_with_every_stroke_of_the_kick() -> None:
    bass = a_bass("sub_808")
    plan = make_plan((bass, DRUMS))
    strokes = kicks((0.0, 1.75, 3.5))
    notes = write(bass, plan, drums=strokes)
    assert {n.onset_ticks for n in notes} == {n.onset_ticks for n in strokes}
    for note in notes:
        chord = plan.chords[note.onset_ticks // BAR].chord
        if note.onset_ticks % BAR == 0:
            assert note.pitch % 12 == chord.bass_pc


def test_an_808_keeps_new_chords_where_the_kick_is_silent_and_ignores_its_ghosts() -> None:
    bass = a_bass("sub_808")
    plan = make_plan((bass, DRUMS))
    soft = kicks((0.5, 2.5), velocity=40)
    notes = write(
        bass, plan, drums=tuple(sorted((*kicks((2.0,)), *soft), key=lambda n: n.onset_ticks))
    )
    onsets = {n.onset_ticks % BAR for n in notes}
    assert onsets == {0, 960}


def test_the_bass_takes_the_idea_that_meets_the_kick() -> None:
    """Of the ideas of a pattern, whatever the seed; without a kick the seed alone decides."""
    bass = a_bass("dotted_pop")
    strokes = kicks((0.0, 0.75, 1.5, 2.0, 2.75, 3.5), 16)
    on = {n.onset_ticks for n in strokes}

    def met(**written: tuple[Note, ...]) -> float:
        plans = [make_plan((bass, DRUMS), bars=16, seed=seed) for seed in range(8)]
        played = [{n.onset_ticks for n in write(bass, plan, **written)} for plan in plans]
        return sum(len(on & onsets) for onsets in played) / (len(on) * len(plans))

    assert met(drums=strokes) > met() + 0.05


def test_a_pedal_lies_and_is_not_struck_again_under_one_bass_note() -> None:
    bass = a_bass("pedal")
    plan = make_plan((bass,), "Am | F/A | Am | Dm/A", bars=4)
    notes = write(bass, plan)
    assert [(n.onset_ticks, n.duration_ticks, n.pitch % 12) for n in notes] == [(0, 4 * BAR, 9)]


def test_an_echo_repeats_what_was_sung_when_the_tune_rests() -> None:
    part = PartPlan("echo", "Echo", "counter", "flute", ("echo",), 55, 84)
    plan = make_plan((LEAD, part), "Am | Am", bars=8)
    sung = phrase()
    notes = write(part, plan, lead=sung)
    rests = [(b * BAR + 960, (b + 1) * BAR) for b in range(1, 8, 2)]
    for start, end in rests:
        inside = [n for n in notes if start <= n.onset_ticks < end]
        assert len(inside) >= 2, "one note is no echo"
        gaps = {b.onset_ticks - a.onset_ticks for a, b in pairwise(inside)}
        assert gaps == {240}, "with the rhythm of the tune"
    assert not any(
        n.onset_ticks < t.end_ticks and t.onset_ticks < n.end_ticks for n in notes for t in sung
    )


@pytest.mark.parametrize("pattern", ["echo", "answer"])
def test_a_tune_without_a_gap_leaves_no_phrase_of_its_companion_empty(pattern: str) -> None:
    part = PartPlan("voice", "Voice", "counter", "clarinet", (pattern,), 52, 76)
    plan = make_plan((LEAD, part))
    sung = tuple(Note(240 * k, 240, 72 + k % 5, 80) for k in range(8 * 8))
    notes = write(part, plan, lead=sung)
    for first in (0, 4):
        heard = {n.onset_ticks // BAR for n in notes} & set(range(first, first + 4))
        assert len(heard) >= 2


@pytest.mark.parametrize(
    ("role", "pattern"), [("riff", "synth_hook"), ("riff", "pluck_hook"), ("arp", "up_sixteenths")]
)
def test_hooks_and_arpeggios_lie_beside_the_tune(role: str, pattern: str) -> None:
    part = PartPlan("hook", "Hook", role, "lead_1_square", (pattern,), 48, 93)
    plan = make_plan((LEAD, part))
    sung = phrase()
    notes = write(part, plan, lead=sung)
    middle = sorted(n.pitch for n in sung)[len(sung) // 4 : -len(sung) // 4]
    inside = [n for n in notes if middle[0] <= n.pitch <= middle[-1]]
    assert notes and len(inside) <= 0.1 * len(notes)


def test_a_hook_speaks_between_the_notes_of_a_busy_tune() -> None:
    part = PartPlan("hook", "Hook", "riff", "lead_1_square", ("synth_hook",), 48, 93)
    plan = make_plan((LEAD, part))
    sung = phrase()
    with_tune, alone = write(part, plan, lead=sung), write(part, plan)
    assert 0 < len(with_tune) < len(alone)
    busy = {n.onset_ticks for n in sung if n.onset_ticks // BAR % 2 == 0}
    met = {n.onset_ticks for n in with_tune} & busy
    assert all(onset % BAR == 0 for onset in met)


def test_doubled_guitars_play_the_same_whenever_the_second_one_enters() -> None:
    left = PartPlan(
        "left", "Guitar", "chords", "distortion_guitar", ("palm_mute", "power_chords"), 40, 69,
        enters_at=0.3,
    )  # fmt: skip
    right = replace(left, id="right", enters_at=0.65)
    plan = make_plan((left, right))
    assert write(left, plan) == write(right, plan)


def test_the_more_hold_a_chord_the_fewer_notes_each_of_them_plays() -> None:
    keys = PartPlan("keys", "Keys", "chords", "electric_piano_1", ("sustained",), 48, 84)
    pad = PartPlan("pad", "Pad", "pad", "pad_2_warm", ("sustained_pad",), 48, 84)
    organ = replace(pad, id="organ", instrument="drawbar_organ")

    def voices(*parts: PartPlan) -> float:
        plan = make_plan(parts)
        loud = tuple(replace(s, energy=1.0) for s in plan.sections)
        notes = write(pad, replace(plan, sections=loud, energy=(1.0,) * plan.bars))
        return sum(n.duration_ticks for n in notes) / (plan.bars * BAR)

    assert voices(pad) >= voices(pad, keys) > voices(pad, keys, organ) >= 2.0
