"""What a brief fixes is never drawn; what it leaves open is drawn by seed and written down."""

from __future__ import annotations

from dataclasses import replace

import pytest

from songwright.brief import understand
from songwright.session.variants.opening import choices_of, open_brief, variant_seed

SEEDS = [variant_seed(0, k) for k in range(60)]


def test_nothing_is_drawn_at_zero() -> None:
    brief = understand("pop")
    assert open_brief(brief, "pop", SEEDS[0], 0.0) is brief


@pytest.mark.parametrize("diverse", [0.3, 1.0])
def test_what_is_fixed_stays(diverse: float) -> None:
    brief = understand(
        "rock in E minor, 130 BPM, straight, 3/4, 40 seconds, violin lead, no drums, no organ"
    )
    for seed in SEEDS:
        drawn = open_brief(brief, "rock", seed, diverse)
        same = ("key", "tempo", "feel", "meter", "length", "avoid", "style", "only_these", "prompt")
        assert all(getattr(drawn, name) == getattr(brief, name) for name in same)
        assert drawn.instruments[: len(brief.instruments)] == brief.instruments
        barred = {i for avoid in brief.avoid for i in avoid.instruments}
        added = drawn.instruments[len(brief.instruments) :]
        assert not barred & {i for request in added for i in request.instruments}


def test_a_mood_that_was_asked_for_moves_little_and_keeps_its_sign() -> None:
    brief = understand("very sad calm pop")
    for seed in SEEDS:
        drawn = open_brief(brief, "pop", seed, 1.0).affect
        assert abs(drawn.valence - brief.affect.valence) < 0.4
        assert drawn.valence < 0.0


def test_more_is_drawn_the_more_diverse() -> None:
    brief = understand("pop")
    counts = [
        sum(len(choices_of(open_brief(brief, "pop", seed, diverse))) for seed in SEEDS)
        for diverse in (0.1, 0.4, 1.0)
    ]
    assert 0 < counts[0] < counts[1] < counts[2]


def test_every_choice_is_written_down() -> None:
    brief = understand("pop")
    for seed in SEEDS:
        drawn = open_brief(brief, "pop", seed, 1.0)
        changed = {
            "style": drawn.style != brief.style, "mood": drawn.affect != brief.affect,
            "tempo": drawn.tempo != brief.tempo, "feel": drawn.feel != brief.feel,
            "energy": drawn.energy != brief.energy, "register": drawn.register != brief.register,
        }  # fmt: skip
        said = {line.partition(" ")[0] for line in choices_of(drawn)}
        assert {name for name, is_new in changed.items() if is_new} == said - {"lead", "colour"}
        assert len(drawn.instruments) == len(said & {"lead", "colour"})


def test_only_these_brings_no_others() -> None:
    brief = replace(understand("pop"), only_these=True)
    assert not any(open_brief(brief, "pop", seed, 1.0).instruments for seed in SEEDS)


def test_seeds_are_their_own() -> None:
    assert (
        len({variant_seed(0, k) for k in range(500)} | {variant_seed(1, k) for k in range(500)})
        == 1000
    )
