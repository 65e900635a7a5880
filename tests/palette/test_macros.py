"""Macros, ids with settings, search and relatives."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from songwright import palette
from songwright.errors import StyleError
from songwright.palette.macros import MACROS, macro_table
from songwright.palette.model import Patch

SYNTHS = sorted(name for name, patch in palette.patches().items() if not patch.kit)
SHARE = st.integers(0, 100).map(lambda n: n / 100)


def test_the_middle_of_every_macro_is_the_patch_as_designed() -> None:
    for name in SYNTHS:
        rest = ",".join(f"{macro}=0.5" for macro in MACROS)
        assert palette.get(f"{name}@{rest}") == palette.get(name)


def test_every_macro_place_exists_in_the_model() -> None:
    patch = palette.get("reese_gritty")
    for places in macro_table().values():
        for place in places:
            head, _, last = place.rpartition(".")
            kind = Patch.__dataclass_fields__ if not head else None
            if kind is None:
                holder = getattr(patch, head)
                kinds = {"osc", "fm", "pluck", "noise", "lfo"}
                if head in kinds:
                    from songwright.palette import model

                    names = {"osc": "Oscillator", "fm": "Fm", "pluck": "Pluck", "noise": "Noise",
                             "lfo": "Lfo"}  # fmt: skip
                    kind = getattr(model, names[head]).__dataclass_fields__
                else:
                    kind = type(holder).__dataclass_fields__
            assert last in kind, place


@given(st.sampled_from(SYNTHS), st.dictionaries(st.sampled_from(MACROS), SHARE), SHARE)
@settings(max_examples=60, deadline=None)
def test_an_id_with_settings_names_one_patch_for_good(
    name: str, macros: dict[str, float], amount: float
) -> None:
    sound = palette.join_id(name, macros | {"vary": amount, "seed": 3.0})
    made = palette.get(sound)
    assert made == palette.get(made.id)
    assert made.filter.hz >= 30.0 or made.filter.hz >= palette.get(name).filter.hz / 4.01
    assert 0.0 <= made.filter.resonance <= 1.0
    assert all(0.0 <= o.stereo <= 1.0 for o in made.osc)


def test_brightness_and_dirt_move_their_parameters_and_nothing_else() -> None:
    rest, moved = palette.get("reese_dark"), palette.get("reese_dark@brightness=1")
    assert moved.filter.hz == pytest.approx(4.0 * rest.filter.hz)
    assert moved.effects.tone_db > 0.0
    assert replace(moved, id=rest.id, filter=rest.filter, effects=rest.effects) == rest
    assert palette.get("reese_dark@dirt=1").effects.drive_db > rest.effects.drive_db


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("warm evolving pad", "pad_warm_evolving"),
        ("gritty reese bass", "reese_gritty"),
        ("808 bass", "bass_808_long"),
        ("supersaw lead", "lead_supersaw"),
        ("acid bass", "bass_acid"),
        ("glass pad", "pad_glass"),
        ("fm bells", "bell_fm_classic"),
        ("noise riser", "riser_noise"),
        ("lo-fi drums", "kit_lofi"),
        ("rhodes keys", "keys_tine_warm"),
    ],
)
def test_searches_find_what_is_meant(query: str, expected: str) -> None:
    best = palette.search(query, limit=3)
    assert expected in [hit.patch.id for hit in best if hit.score == best[0].score]
    assert all(hit.reasons for hit in best)


def test_search_keeps_to_role_category_and_limit() -> None:
    hits = palette.search("dark", role="bass", limit=4)
    assert 0 < len(hits) <= 4
    assert all("bass" in hit.patch.roles for hit in hits)
    assert {hit.patch.category for hit in palette.search("", category="bells")} == {"bells"}
    assert palette.search("zzz qqq") == []
    assert hits == palette.search("dark", role="bass", limit=4)


def test_relatives_differ_go_where_asked_and_stay_the_same_for_a_seed() -> None:
    rest = palette.get("pad_warm_analog")
    made = palette.vary("pad_warm_analog", 0.5, ("darker",), seed=4, n=5)
    assert len({patch.id for patch in made}) == 5
    mean = sum(patch.filter.hz for patch in made) / 5
    assert mean < 0.6 * rest.filter.hz
    assert made == palette.vary("pad_warm_analog", 0.5, ("darker",), seed=4, n=5)
    assert made != palette.vary("pad_warm_analog", 0.5, ("darker",), seed=5, n=5)
    far = palette.vary(made[0].id, 0.2, ("wider",))[0]
    assert far.effects.width > made[0].effects.width


def test_varying_says_what_is_wrong() -> None:
    with pytest.raises(StyleError, match="darker"):
        palette.vary("pad_glass", toward=("purple",))
    with pytest.raises(StyleError, match="drum machine"):
        palette.vary("kit_909")
    with pytest.raises(StyleError, match="amount"):
        palette.vary("pad_glass", amount=3)
