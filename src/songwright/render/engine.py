"""One played part to audio: asks the sources of sound in order and renders."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from songwright.errors import AudioError
from songwright.perform.model import PlayedPart
from songwright.render.builtin import BuiltIn, FittedKits
from songwright.render.fitted.source import Fitted
from songwright.render.jit import FloatArray
from songwright.render.sources import SoundSource, source_of
from songwright.render.synth.source import Palette

SOURCES: tuple[SoundSource, ...] = (Palette(), Fitted(), FittedKits(), BuiltIn())
"""The sources of sound, in the order in which they are asked."""


def render_part(
    part: PlayedPart,
    length_samples: int,
    sample_rate_hz: int = 48000,
    sources: Sequence[SoundSource] = SOURCES,
) -> FloatArray:
    """Render one part.

    Parameters
    ----------
    part
        The part as played; ``part.instrument`` is an id of the instrument table.
    length_samples
        Length of the result; notes that start later are dropped, tails are cut there.
    sample_rate_hz
        22050..192000.
    sources
        Asked in order for an instrument.

    Returns
    -------
    numpy.ndarray
        float32, shape (2, length_samples).

    Raises
    ------
    StyleError
        If there is no sound for the instrument.
    AudioError
        If length or sample rate make no sense.
    """
    if length_samples < 0 or not 8000 <= sample_rate_hz <= 192000:
        raise AudioError(
            f"cannot render {length_samples} samples at {sample_rate_hz} Hz; "
            "use a length of at least 0 and a rate of 8000..192000 Hz"
        )
    if not part.notes or length_samples == 0:
        return np.zeros((2, length_samples), np.float32)
    _, instrument = source_of(part, sources)
    return instrument.render(part, length_samples, sample_rate_hz)
