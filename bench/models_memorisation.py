"""Memorisation: the longest run of interval and rhythm that a sample shares with the training set.

People are the measure: held-out human stretches of the same number of notes, from the same cases,
are looked up in the same index. Copying shows as runs longer than people's longest.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from training.corpora.index import Index
from training.corpora.model import Note

from songwright.models.grid import TICKS_PER_STEP
from songwright.models.likeness import Sound
from songwright.models.line_traits import skyline


@dataclass(frozen=True, slots=True)
class Runs:
    """Longest shared runs in tokens (two fewer than notes)."""

    made: tuple[int, ...]
    human: tuple[int, ...]

    def percentile(self, share: float) -> tuple[float, float]:
        """Of ours and of people's."""
        return float(np.percentile(self.made, share)), float(np.percentile(self.human, share))

    @property
    def beyond(self) -> float:
        """Share of samples with a longer run than 99 in 100 human stretches."""
        limit = np.percentile(self.human, 99)
        return float(np.mean(np.array(self.made) > limit))


def runs(index: Index, made: Sequence[Sequence[Sound]], human: Sequence[Sequence[Sound]]) -> Runs:
    """Runs of samples and of the human lines of the same cases."""
    return Runs(tuple(_run(index, m) for m in made), tuple(_run(index, h) for h in human))


def _run(index: Index, line: Sequence[Sound]) -> int:
    notes = [
        Note(s.onset * TICKS_PER_STEP, s.duration * TICKS_PER_STEP, s.pitch) for s in skyline(line)
    ]
    return index.longest_run(notes).length
