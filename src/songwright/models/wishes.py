"""How far a sample is from the soft wishes about it: what reranking makes good.

A network follows some wishes only in the mean (density, loudness) and others hardly at all
(contour, likeness). Of several candidates the nearest can be kept
(`songwright.models.critic.best`). Each miss is 0 where the wish is met and about 1 where it is
missed entirely; what was not wished for counts nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import log
from statistics import fmean

from songwright.models import grooves, lines, progressions
from songwright.models.grooves import GrooveWish, Stroke
from songwright.models.likeness import CONTOUR_LEVEL, Sound, likeness, thirds
from songwright.models.lines import Frame, Harmony, Wish
from songwright.models.progressions import HarmonyWish

_OCTAVE = 12.0
_CLEAR = 3.0  # semitones by which a contour is heard at once, not merely there
_LOUD = 32.0  # velocities that make a miss of 1: from mezzo-piano to forte


def line_miss(
    line: Sequence[Sound], frame: Frame, wish: Wish, reference: Sequence[Sound] = ()
) -> float:
    """Distance of a line from its wishes for density, contour, and likeness to a reference."""
    miss = 0.0
    if wish.density is not None:
        miss += _ratio(lines.density_of(line, frame), wish.density)
    if wish.contour:
        miss += contour_miss(line, wish.contour)
    if wish.likeness is not None and reference:
        miss += abs(likeness(line, reference, frame.bar_steps) - wish.likeness)
    return miss


def contour_miss(line: Sequence[Sound], contour: str) -> float:
    """How many octaves a line is from having a contour (see `songwright.models.likeness`)."""
    if len(line) < 3:
        return 0.0 if contour == "flat" else 1.0
    first, middle, last = thirds(line)
    if contour == "flat":
        away = max(abs(last - first), middle - max(first, last), min(first, last) - middle)
        return max(0.0, away - CONTOUR_LEVEL) / _OCTAVE
    if contour in ("arch", "valley"):
        up = middle - max(first, last) if contour == "arch" else min(first, last) - middle
        return max(0.0, _CLEAR - up) / _OCTAVE
    up = last - first if contour == "rising" else first - last
    bulge = max(middle - max(first, last), min(first, last) - middle)
    return max(0.0, _CLEAR - up, bulge - CONTOUR_LEVEL) / _OCTAVE


def groove_miss(strokes: Sequence[Stroke], wish: GrooveWish) -> float:
    """Distance of drums from their wishes for density, loudness and how like the bars are."""
    if not strokes:
        return 1.0
    miss = 0.0
    if wish.density is not None:
        miss += _ratio(grooves.density_of(strokes, wish), wish.density)
    if wish.loudness is not None:
        miss += abs(fmean(s.velocity for s in strokes) - wish.loudness) / _LOUD
    if wish.likeness is not None:
        alike = grooves.bar_likeness(strokes, wish.bar_steps, wish.bars)
        miss += 0.0 if alike is None else abs(alike - wish.likeness)
    return miss


def harmony_miss(chords: Sequence[Harmony], wish: HarmonyWish) -> float:
    """Distance of chords from their wishes for pace, richness and chromaticism."""
    miss = 0.0
    if wish.pace is not None:
        miss += _ratio(len(chords) / wish.bars, wish.pace)
    if wish.richness is not None:
        miss += abs(progressions.richness_of(chords) - wish.richness)
    if wish.chromatic is not None:
        miss += abs(progressions.chromatic_of(chords, bool(wish.minor)) - wish.chromatic)
    return miss


def _ratio(got: float, wished: float) -> float:
    """Distance in octaves of number: 1 for twice or half as many."""
    return abs(log(max(got, 0.05) / max(wished, 0.05))) / log(2)
