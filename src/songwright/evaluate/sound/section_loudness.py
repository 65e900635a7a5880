"""Does the form show in the loudness?"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from songwright.evaluate.model import Measurement, NotDefined
from songwright.evaluate.sound.listening import Listening, Section, found, hears
from songwright.evaluate.sound.loudness import integrated, whole_steps
from songwright.evaluate.sound.scan import COUNT, STEP_SECONDS

SHORTEST_SECONDS = 3.0
_HIGH = ("chorus", "drop", "hook", "refrain")
_LOW = ("verse", "build", "strophe")


def section_levels(sound: Listening) -> list[tuple[Section, float]]:
    """Loudness in LUFS of each section of at least 3 s that sounds."""
    n = whole_steps(sound.scan)
    energy, counts = sound.scan.weighted[:n], sound.scan.column(COUNT)[:n]
    levels = []
    for section in sound.sections:
        first, last = (round(t / STEP_SECONDS) for t in section[:2])
        first, last = max(0, first), min(n, last)
        if (last - first) * STEP_SECONDS < SHORTEST_SECONDS:
            continue
        level = integrated(energy[first:last], counts[first:last])
        if level is not None:
            levels.append((section, level))
    return levels


@hears("section_loudness_span", "chorus_lift")
def sections(sound: Listening) -> Iterator[Measurement]:
    if not sound.sections:
        raise NotDefined("the sections are not known")
    levels = section_levels(sound)
    if len(levels) < 2:
        raise NotDefined("fewer than two sections of 3 s sound")
    quiet, loud = min(levels, key=lambda s: s[1]), max(levels, key=lambda s: s[1])
    spans = tuple(sorted((round(s[0], 3), round(s[1], 3)) for s, _ in (quiet, loud)))
    yield found("section_loudness_span", loud[1] - quiet[1], spans,
                f"quietest: {quiet[0][2]} {quiet[1]:.1f} LUFS; "
                f"loudest: {loud[0][2]} {loud[1]:.1f} LUFS")  # fmt: skip
    high, low = _mean(levels, _HIGH), _mean(levels, _LOW)
    if high is None or low is None:
        raise NotDefined("there are not both verses and choruses")
    yield found("chorus_lift", high - low)


def _mean(levels: list[tuple[Section, float]], names: tuple[str, ...]) -> float | None:
    """Mean loudness of the sections with one of these functions (not the pre-chorus)."""
    chosen = [
        level for (_, _, name), level in levels if name.lower().split("-")[0].split(" ")[0] in names
    ]
    return float(np.mean(chosen)) if chosen else None
