"""An instrument that another program plays, at the loudness that the mix expects."""

from __future__ import annotations

from abc import ABC, abstractmethod

import numpy as np

from songwright.perform.model import PlayedPart
from songwright.render.controls import Controls, apply_volume_and_pan
from songwright.render.jit import FloatArray
from songwright.render.soundfonts.loudness_match import matching_gain


class Hosted(ABC):
    """Plays through `_played`; volume, pan and the matching of loudness are done here."""

    def __init__(self, instrument_id: str) -> None:
        self.instrument_id = instrument_id
        self._gain: float | None = None

    def render(self, part: PlayedPart, length_samples: int, sample_rate_hz: int) -> FloatArray:
        """Audio of the part, float32, shape (2, length_samples)."""
        if self._gain is None:
            self._gain = matching_gain(self._played, self.instrument_id)
        out = self._played(part, length_samples, sample_rate_hz) * np.float32(self._gain)
        apply_volume_and_pan(out, Controls(part, length_samples, sample_rate_hz))
        return out

    @abstractmethod
    def _played(self, part: PlayedPart, length_samples: int, sample_rate_hz: int) -> FloatArray:
        """What the program makes of the part, as loud as it comes."""
