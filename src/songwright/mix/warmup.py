"""Compile every kernel of the mix ahead of time, so that the first piece does not wait for it."""

from __future__ import annotations

import numpy as np

from songwright.mix.master import master
from songwright.mix.override import PROCESSORS
from songwright.mix.settings import (
    Curve,
    Dip,
    EqBand,
    MasterSettings,
    MixSettings,
    PartMix,
    ReverbSettings,
    Send,
    Transient,
)
from songwright.mix.strip import process_stem
from songwright.perform.model import PlayedPart


def warm_up() -> None:
    """Run half a second of sound through everything; the compiled code is cached on disk."""
    processors = {name: switched_on() for name, switched_on in PROCESSORS.items()}
    processors["transient"] = Transient(3.0)  # its own switch-on does nothing yet
    strip = PartMix(
        **processors,
        eq=(EqBand("peak", 1_000.0, 1.0),),
        saturation=0.5,
        spread=0.5,
        mono_below_hz=120.0,
        noise_dbfs=-60.0,
        dips=(Dip("lead", 900.0, 3.0, when=Curve(((0.0, 1.0),))),),
        sends=(Send("wide", -6.0),),
        curves={
            "level_db": Curve(((0.0, 0.0), (0.3, -3.0))),
            "low_pass_hz": Curve(((0.0, 9_000.0),)),
        },
    )
    settings = MixSettings(
        parts={"all": strip},
        reverb=ReverbSettings("hall"),
        master=MasterSettings(saturation=0.2, soft_clip=0.5, target_lufs=-8.0),
        ending="hard",
        spaces={"wide": ReverbSettings("studio", 0.4)},
    )
    rate = 48_000
    time = np.arange(rate // 2) / rate
    tone = np.tile(np.sin(2.0 * np.pi * 440.0 * time).astype(np.float32), (2, 1))
    part = PlayedPart("all", "all", "chords", "pad_2_warm", ())
    stem = process_stem(settings, part, tone, tone.shape[1], (0.1,), rate)
    master(stem, settings, rate)
