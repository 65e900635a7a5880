"""Where sounds come from: anything that has an instrument for a part.

A list of sources is asked in order; the first that knows the part's sound or instrument plays it.
A new kind of instrument (a soundfont player, a plug-in) is one class with one method.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from songwright.errors import StyleError
from songwright.perform.model import PlayedPart
from songwright.render.jit import FloatArray


@dataclass(frozen=True, slots=True)
class Credit:
    """What a rights report says of a source: its name, its licence, where it is from."""

    name: str
    licence: str
    origin: str


class Instrument(Protocol):
    """Something that turns a played part into sound."""

    def render(self, part: PlayedPart, length_samples: int, sample_rate_hz: int) -> FloatArray:
        """Audio of the part, float32, shape (2, length_samples).

        A mezzo-forte note in the middle of the range has a momentary loudness of about -24 LUFS.
        Controllers (volume, expression, pan, bend, pedal) are obeyed. The same part always gives
        the same samples, whatever else is rendered.
        """
        ...


class SoundSource(Protocol):
    """A place that instruments come from."""

    @property
    def credit(self) -> Credit:
        """Whose sounds these are."""
        ...

    def instrument_for(self, part: PlayedPart) -> Instrument | None:
        """What plays the part (``part.sound``, else ``part.instrument``); None: not known here."""
        ...


def source_of(part: PlayedPart, sources: Sequence[SoundSource]) -> tuple[SoundSource, Instrument]:
    """The first source that can play a part, and its instrument.

    Raises
    ------
    StyleError
        If no source knows the sound.
    """
    for source in sources:
        instrument = source.instrument_for(part)
        if instrument is not None:
            return source, instrument
    raise StyleError(
        f"no sound for the instrument {part.sound or part.instrument!r}; "
        "`songwright instruments` lists them"
    )
