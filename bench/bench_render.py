"""How fast each instrument family renders, on one core.

Run ``python -m bench.bench_render``. Each patch plays a part of typical density for its family: the
number is seconds of audio made in one second of computing (RTF), kernels already compiled.
"""

from __future__ import annotations

import argparse
import time

import numpy as np

from songwright.perform.model import ControlPoint, PlayedNote, PlayedPart
from songwright.render.engine import render_part
from songwright.render.patches import patch_ids
from songwright.score.instruments import instrument
from songwright.seeds import rng

RATE_HZ = 48000

FAMILIES = ("piano", "chromatic", "organ", "guitar", "bass", "strings", "ensemble", "brass",
            "reed", "pipe", "lead", "pad", "fx", "world", "percussive", "effects")  # fmt: skip
CHORDAL = {"piano", "organ", "guitar", "ensemble", "pad", "fx"}
SLOW = {"ensemble", "pad", "fx", "effects"}


def typical_part(instrument_id: str, family: str, seconds: float) -> PlayedPart:
    """A line of eighths at 120 BPM, chords of four (held for a bar by slow families)."""
    facts = instrument(instrument_id)
    random = rng(1, "bench", instrument_id)
    step = 2.0 if family in SLOW else 0.5 if family in CHORDAL else 0.25
    notes: list[PlayedNote] = []
    at = 0.0
    while at < seconds - step:
        root = random.randint(facts.comfort_low, max(facts.comfort_low, facts.comfort_high - 14))
        shape = (0, 4, 7, 12) if family in CHORDAL else (0,)
        for interval in shape:
            pitch = min(root + interval, facts.high)
            notes.append(PlayedNote(at, 0.95 * step, pitch, random.randint(60, 105)))
        at += step
    controls: tuple[ControlPoint, ...] = ()
    if family == "piano":
        bars = range(int(seconds / 2))
        controls = tuple(
            ControlPoint(2.0 * bar + offset, 64, value)
            for bar in bars
            for offset, value in ((0.1, 127), (1.95, 0))
        )
    return PlayedPart("bench", "", "lead", instrument_id, tuple(notes), controls)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=30.0)
    parser.add_argument("--all", action="store_true", help="one line for each patch")
    arguments = parser.parse_args()
    begin = time.perf_counter()
    for patch_id in patch_ids():
        render_part(typical_part(patch_id, "bass", 1.0), RATE_HZ, RATE_HZ)
    print(f"first pass over all patches (loads or compiles): {time.perf_counter() - begin:.1f} s")
    for number, family in enumerate(FAMILIES):
        speeds = []
        for patch_id in patch_ids()[8 * number : 8 * number + 8]:
            part = typical_part(patch_id, family, arguments.seconds)
            begin = time.process_time()
            render_part(part, int(arguments.seconds * RATE_HZ), RATE_HZ)
            speeds.append(arguments.seconds / (time.process_time() - begin))
            if arguments.all:
                print(f"    {patch_id:26s} {len(part.notes):4d} notes  RTF {speeds[-1]:6.0f}")
        print(f"{family:12s} RTF median {np.median(speeds):6.0f}   slowest {min(speeds):6.0f}")


if __name__ == "__main__":
    main()
