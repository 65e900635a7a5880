"""Electronic parts get a fitting sound; others keep their own."""

from __future__ import annotations

from dataclasses import replace

import pytest

from songwright import palette
from songwright.brief.understand import understand
from songwright.composition.plan import Plan
from songwright.composition.planning import make_plan
from songwright.palette.lexicon import players
from songwright.score import instrument
from songwright.styles import style as facts_of


def plan(prompt: str, seed: int = 1, style: str = "") -> Plan:
    brief = understand(prompt)
    return make_plan(replace(brief, style=style) if style else brief, seed)


def test_a_sound_that_was_asked_for_is_taken_and_explained() -> None:
    made = plan("techno with a gritty reese bass and a warm evolving pad")
    sounds = {part.role: part.sound for part in made.parts}
    assert sounds["bass"] == "reese_gritty"
    assert "warm" in palette.get(sounds["pad"]).words
    reasons = {d.value: d.reason for d in made.decisions if d.control.startswith("sound of")}
    assert reasons["reese_gritty"].startswith("asked for")
    assert set(reasons) == {part.sound for part in made.parts if part.sound}


@pytest.mark.parametrize(
    "style", ["techno", "house", "synthwave", "drum_and_bass", "hiphop_trap", "chiptune"]
)
def test_electronic_styles_are_played_by_the_palette(style: str) -> None:
    listed = {sound for part in facts_of(style).parts for sound in part.sounds}
    for seed in range(3):
        made = plan("a minute of music", seed, style)
        for part in made.parts:
            player = players().get(part.instrument)
            if player is not None and style in (player.only or (style,)):
                assert part.sound, (style, part)
            if part.sound:
                patch = palette.get(part.sound)
                if "fx" in patch.roles:
                    continue  # risers and impacts have a test of their own
                assert part.role in patch.roles
                assert style in patch.styles or part.sound in listed, (part.id, part.sound)


@pytest.mark.parametrize("style", ["string_quartet", "jazz_swing", "orchestral_film", "blues"])
def test_acoustic_ensembles_keep_their_own_sounds(style: str) -> None:
    made = plan("a minute of music", 2, style)
    assert all(part.sound == "" for part in made.parts)


def test_the_instrument_stays_what_was_asked_for() -> None:
    made = plan("synthwave with a saw lead and fretless bass")
    bass = next(part for part in made.parts if part.role == "bass")
    assert bass.instrument == "fretless_bass"
    assert bass.sound == ""
    lead = next(part for part in made.parts if part.role == "lead")
    assert lead.instrument == "lead_2_sawtooth"
    assert palette.get(lead.sound).category == "leads"


def test_one_drum_machine_plays_all_electronic_percussion() -> None:
    for seed in range(4):
        made = plan("house", seed)
        kits = {p.sound for p in made.parts if p.sound and instrument(p.instrument).is_kit}
        assert len(kits) == 1


def test_seeds_vary_the_sounds_and_repeat_them() -> None:
    first = [tuple(p.sound for p in plan("techno", seed).parts) for seed in range(5)]
    assert first == [tuple(p.sound for p in plan("techno", seed).parts) for seed in range(5)]
    assert len(set(first)) > 2


def test_a_dark_brief_prefers_darker_sounds() -> None:
    def dark(prompt: str) -> int:
        return sum(
            bool({"dark", "brooding", "threatening", "melancholic", "tense"}
                 & set(palette.get(part.sound).mood))
            for seed in range(6) for part in plan(prompt, seed, "drum_and_bass").parts if part.sound
        )  # fmt: skip

    assert dark("dark, sinister and tense music") > dark("happy, bright and cheerful music")
