"""A line whose rhythm is given: only its pitches are drawn."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from songwright.composition.melody.idioms import Spans
from songwright.models.grid import TICKS_PER_STEP, duration_index
from songwright.models.line_grammar import LineGrammar
from songwright.models.lines import DURATION


class GivenRhythm(LineGrammar):
    """A `LineGrammar` in which each onset has its length.

    The onsets themselves are those at which its rules leave pitch classes.
    """

    def give(self, rhythm: Spans) -> None:
        """Set the rhythm in ticks from the line's first bar."""
        self._lengths = {
            onset // TICKS_PER_STEP: duration_index(duration / TICKS_PER_STEP)
            for onset, duration in rhythm
        }

    def allowed(self) -> NDArray[np.bool_]:
        mask = super().allowed()
        index = self._lengths.get(self._now)
        if self.pending and index is not None:
            mask[:] = False
            mask[DURATION + index] = True
        return mask
