"""Mix: dry stems to finished stems, their sum to a master."""

from __future__ import annotations

from songwright.mix.decide import generic_settings, mix_settings
from songwright.mix.master import MasterReport, master
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
from songwright.mix.strip import process_stem

__all__ = [
    "Compressor",
    "EqBand",
    "LoFi",
    "MasterReport",
    "MasterSettings",
    "MixSettings",
    "PartMix",
    "ReverbSettings",
    "Sidechain",
    "generic_settings",
    "master",
    "mix_settings",
    "process_stem",
]
