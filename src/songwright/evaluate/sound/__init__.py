"""The judge's ears: metrics of a sound file and of its stems.

`evaluate_sound` answers every metric of ``data/sound_metrics.toml`` with a value and where it was
heard, or with the reason why it is not defined. How a metric is added is said in
`songwright.evaluate.sound.listening`. Importing this package loads Numba and SciPy.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence

from numpy.typing import ArrayLike

from songwright.errors import AudioError
from songwright.evaluate.model import Measurement
from songwright.evaluate.registry import undefined
from songwright.evaluate.sound import (  # noqa: F401 (each module registers its metrics)
    dropouts,
    faults,
    kick_room,
    loudness,
    low_end,
    masking,
    resonance,
    section_loudness,
    timbre,
    tonal,
    transients,
    translation,
    tuning,
    width,
)
from songwright.evaluate.sound.curves import SoundCurves, sound_curves
from songwright.evaluate.sound.facts import Limits, passes, sound_facts, sound_limits
from songwright.evaluate.sound.listening import Listening, Section, answers, listen
from songwright.evaluate.sound.manner import PLAIN, Manner, manner_of
from songwright.evaluate.sound.sources import ArraySound, FileSound, Sound
from songwright.evaluate.sound.stems import Stem, guess_role, hear_stems

__all__ = [
    "ArraySound",
    "FileSound",
    "Limits",
    "Listening",
    "Manner",
    "Section",
    "Sound",
    "SoundCurves",
    "Stem",
    "evaluate_listening",
    "evaluate_sound",
    "guess_role",
    "hear",
    "hear_sound",
    "manner_of",
    "passes",
    "sound_curves",
    "sound_facts",
    "sound_limits",
]


def evaluate_sound(
    audio: ArrayLike,
    sample_rate_hz: int,
    stems: Mapping[str, Stem] | None = None,
    sections: Sequence[Section] | None = None,
    *,
    roles: Mapping[str, str] | None = None,
    is_loop: bool = False,
    manner: Manner = PLAIN,
) -> tuple[Measurement, ...]:
    """Measure everything that can be heard in a file.

    Parameters
    ----------
    audio
        Samples ``(channels, n)``, one or two channels, ±1.0 is full scale.
    sample_rate_hz
        8,000 to 384,000 Hz.
    stems
        Stems by id, as samples or as files; they are read one after another and not kept.
    sections
        Start and end in seconds and function (``verse``, ``chorus`` ...) of each section.
    roles
        Role of each stem; ``lead``, ``bass`` and ``drums`` matter. Without it the roles are
        guessed from the ids.
    is_loop
        The end is meant to run into the start, so it may be cut.
    manner
        How it is meant to sound (`manner_of` a style); else the curve of recordings at large.

    Returns
    -------
    tuple of Measurement
        One for each metric, in the order of the data file. A metric that the sound does not define
        (silence, one second, mono, 8 kHz) has no value but a reason.

    Raises
    ------
    AudioError, FileFormatError
        As `hear`.
    """
    return evaluate_listening(
        hear(audio, sample_rate_hz, stems, sections, roles=roles, is_loop=is_loop, manner=manner)
    )


def hear(
    audio: ArrayLike,
    sample_rate_hz: int,
    stems: Mapping[str, Stem] | None = None,
    sections: Sequence[Section] | None = None,
    *,
    roles: Mapping[str, str] | None = None,
    is_loop: bool = False,
    manner: Manner = PLAIN,
) -> Listening | None:
    """Do all the listening, for callers who want the curves as well as the measurements.

    Parameters are those of `evaluate_sound`.

    Returns
    -------
    Listening or None
        None for silence.

    Raises
    ------
    AudioError
        If samples are NaN or infinite, the shape or the sample rate is wrong, or a section ends
        before it begins.
    FileFormatError
        If a stem cannot be read.
    """
    return hear_sound(
        ArraySound(audio, sample_rate_hz), stems, sections, roles=roles, is_loop=is_loop,
        manner=manner,
    )  # fmt: skip


def hear_sound(
    sound: Sound,
    stems: Mapping[str, Stem] | None = None,
    sections: Sequence[Section] | None = None,
    *,
    roles: Mapping[str, str] | None = None,
    is_loop: bool = False,
    manner: Manner = PLAIN,
) -> Listening | None:
    """`hear` a sound that is read block by block, such as a `FileSound`."""
    for start, end, name in sections or ():
        if not start <= end:
            raise AudioError(f"section {name!r} ends at {end} s, before its start at {start} s")
    heard = listen(sound)
    if heard is None:
        return None
    return dataclasses.replace(
        heard,
        stems=hear_stems(stems, sound.sample_rate_hz, roles) if stems else None,
        sections=tuple(sections or ()),
        is_loop=is_loop,
        manner=manner,
    )


def evaluate_listening(listening: Listening | None) -> tuple[Measurement, ...]:
    """Measurements of what `hear` returned; of silence nothing is defined."""
    if listening is None:
        return tuple(undefined(metric, "the file is silent") for metric in sound_facts())
    given = answers(listening)
    return tuple(given[metric] for metric in sound_facts())
