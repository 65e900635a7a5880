"""First inversions let the bass walk and leave closes alone."""

from __future__ import annotations

from dataclasses import replace

from songwright.brief import Brief, Length
from songwright.composition.inversions import inverted
from songwright.composition.plan import Plan
from songwright.composition.planning import make_plan
from songwright.score import ChordSpan
from songwright.theory import Key, parse_chord
from songwright.theory.voicing import third_pc


def _turned(symbols: str, key: Key, share: float = 1.0) -> list[str]:
    plan = make_plan(Brief(style="pop", key=key, length=Length("bars", 8, 8)), 1)
    section = replace(plan.sections[0], key=key)
    spans = [ChordSpan(i * 1920, 1920, parse_chord(s)) for i, s in enumerate(symbols.split())]
    return [s.chord.symbol for s in inverted(spans, plan, section, share)]


def test_a_dominant_between_two_neighbours_is_turned() -> None:
    assert _turned("C G Am F G C", Key("C", "major")) == "C G/B Am F G C".split()
    assert _turned("Am E7 Am Dm E Am", Key("A", "minor")) == "Am E7/G# Am Dm E Am".split()


def test_closes_steps_and_named_basses_stay() -> None:
    major = Key("C", "major")
    assert _turned("C F G C", major) == "C F G C".split()  # the close
    assert _turned("C Dm Em F G C", major) == "C Dm Em F G C".split()  # the roots walk already
    assert _turned("C/E G Am F G C", major) == "C/E G Am F G C".split()
    assert _turned("C G Am F G C", major, share=0.0) == "C G Am F G C".split()


def _turns(plan: Plan) -> int:
    chords = [span.chord for span in plan.chords]
    return sum(c.bass != "" and c.bass_pc == third_pc(c) for c in chords)


def test_an_orchestra_turns_chords_and_ends_on_a_root() -> None:
    plans = [
        make_plan(Brief(style="orchestral_film", length=Length("seconds", 90, 90)), seed, "rules")
        for seed in range(4)
    ]
    assert sum(_turns(plan) for plan in plans) >= 4
    assert all(plan.chords[-1].chord.bass_pc == plan.chords[-1].chord.root_pc for plan in plans)
