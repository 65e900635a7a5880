"""Ahead of the first piece: compile the kernels and finish the tones that most pieces need."""

from __future__ import annotations

from collections.abc import Callable

from songwright.perform.model import PlayedNote, PlayedPart
from songwright.render.fitted.cache import tone_folder
from songwright.render.fitted.source import player, preferred
from songwright.score.instruments import instrument

USUAL = (
    "acoustic_grand_piano",
    "electric_piano_1",
    "acoustic_guitar_nylon",
    "acoustic_guitar_steel",
    "electric_guitar_clean",
    "acoustic_bass",
    "electric_bass_finger",
    "orchestral_harp",
)
"""Struck and plucked instruments of most pieces."""

_ONE_HELD = "violin"


def warm_up(progress: Callable[[str, float], None], sample_rate_hz: int = 48000) -> None:
    """Compile every kernel of the fitted instruments and fill the cache of tones.

    About 10 s and 150 MB of cache; without a place for the cache only the kernels are compiled.

    Parameters
    ----------
    progress
        Called with the name of each instrument and the share that is done.
    """
    names = [name for name in (*USUAL, _ONE_HELD) if name in preferred()]
    for number, name in enumerate(names):
        progress(name, number / len(names))
        fitted = player(name)
        if fitted is None:
            continue
        note = PlayedNote(0.0, 0.2, 60, 80)
        fitted.render(PlayedPart("warm", "", "lead", name, (note,)), 9600, sample_rate_hz)
        struck = fitted.struck()
        if struck is not None and tone_folder() is not None:
            facts = instrument(name)
            struck.finish(facts.comfort_low, facts.comfort_high, sample_rate_hz)
