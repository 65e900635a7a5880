"""The sounds that ship: many, well described, all different."""

from __future__ import annotations

import msgspec
import pytest

from songwright import palette
from songwright.composition.roles import roles
from songwright.errors import StyleError
from songwright.palette.catalogue import _check
from songwright.palette.lexicon import lexicon, players
from songwright.palette.model import Patch
from songwright.render.kit_model import kits
from songwright.render.synth.banks import COLOURS
from songwright.render.synth.waves import WAVES
from songwright.score import instruments
from songwright.styles import style, style_ids

PATCHES = list(palette.patches().values())
SYNTHS = [patch for patch in PATCHES if not patch.kit]


def test_there_are_at_least_120_synthesiser_patches_in_every_category() -> None:
    assert len(SYNTHS) >= 120
    assert {patch.category for patch in PATCHES} == set(palette.CATEGORIES)


def test_every_patch_is_described() -> None:
    for patch in PATCHES:
        assert patch.summary.endswith("."), patch.id
        assert patch.mood and patch.texture and patch.styles and patch.roles, patch.id
        assert set(patch.styles) <= set(style_ids()), patch.id
        assert set(patch.roles) <= {*roles(), "fx", "texture"}, patch.id
        assert patch.register in ("low", "mid", "high"), patch.id


def test_no_two_patches_are_the_same_sound() -> None:
    tags = ("id", "name", "summary", "mood", "texture", "styles", "roles", "register")
    seen = set()
    for patch in SYNTHS:
        table = msgspec.to_builtins(patch)
        seen.add(repr({key: value for key, value in table.items() if key not in tags}))
    assert len(seen) == len(SYNTHS)
    assert len({patch.name for patch in PATCHES}) == len(PATCHES)


def test_what_patches_name_exists() -> None:
    kinds = {"", "low", "low24", "high", "band", "ladder"}
    shapes = {"sine", "triangle", "square", "fall", "random", "drift"}
    for patch in PATCHES:
        assert {o.wave for o in patch.osc} <= set(WAVES), patch.id
        assert {n.colour for n in patch.noise} <= set(COLOURS), patch.id
        assert patch.filter.kind in kinds, patch.id
        assert {lfo.shape for lfo in patch.lfo} <= shapes, patch.id
        assert not patch.kit or patch.kit in kits(), patch.id


def test_all_waves_are_used() -> None:
    assert {o.wave for patch in PATCHES for o in patch.osc} == set(WAVES)


def test_instruments_and_styles_name_real_things() -> None:
    assert set(players()) <= set(instruments())
    for player in players().values():
        assert set(player.categories) <= set(palette.CATEGORIES)
        assert set(player.only) <= set(style_ids())
    for name in style_ids():
        for part in style(name).parts:
            assert set(part.sounds) <= set(palette.patches()), (name, part.id)


def test_words_lead_to_tags_that_sounds_bear() -> None:
    borne = {word for patch in PATCHES for word in patch.words}
    for word, tags in lexicon().same.items():
        assert borne & set(tags), word


@pytest.mark.parametrize(
    "sound", ["nothing", "reese_dark@", "reese_dark@dirt", "reese_dark@dirt=2", "reese_dark@x=1"]
)
def test_a_wrong_sound_id_is_a_clear_error(sound: str) -> None:
    if sound == "reese_dark@":
        assert palette.get(sound).id == "reese_dark"
        return
    with pytest.raises(StyleError, match=r"palette|setting"):
        palette.get(sound)


def test_misspelt_fields_are_named() -> None:
    patch = palette.get("pad_glass")
    with pytest.raises(StyleError, match=r"filter\.herz"):
        _check(patch, {"filter": {"herz": 3}})
    with pytest.raises(StyleError, match="no source"):
        _check(Patch(id="x", name="", category="pads", summary=""), {})
