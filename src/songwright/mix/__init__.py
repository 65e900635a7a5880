"""Mix: dry stems to finished stems, their sum to a master."""

from __future__ import annotations

from songwright.mix.decide import (
    decide_from_stems,
    generic_settings,
    mix_settings,
    mix_sheet,
)
from songwright.mix.master import MasterReport, master
from songwright.mix.measure import StemFacts, measure_stem
from songwright.mix.override import overridden
from songwright.mix.settings import (
    Compressor,
    EqBand,
    LoFi,
    MasterSettings,
    MixSettings,
    PartMix,
    ReverbSettings,
    Sidechain,
)
from songwright.mix.sheet import MixDecision, MixSheet
from songwright.mix.strip import process_stem, stem_inputs

__all__ = [
    "Compressor",
    "EqBand",
    "LoFi",
    "MasterReport",
    "MasterSettings",
    "MixDecision",
    "MixSettings",
    "MixSheet",
    "PartMix",
    "ReverbSettings",
    "Sidechain",
    "StemFacts",
    "decide_from_stems",
    "generic_settings",
    "master",
    "measure_stem",
    "mix_settings",
    "mix_sheet",
    "overridden",
    "process_stem",
    "stem_inputs",
]
