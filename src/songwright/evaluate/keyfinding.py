"""Key finding: the nearest profile by Euclidean distance (see `songwright.theory.key_profiles`).

Where a mode is expected all seven are heard, and the lowest notes, the last one above all, say
where home is, which modes with the same notes leave open. Of 943 pop songs with annotated tonics
this names tonic and mode of 74 %, and of 1,195 Irish dance tunes 81 %; major and minor alone name
59 % and 68 % (`bench.modes`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from songwright.theory.key_profiles import MODE_PROFILES, TONAL_PROFILES, Profile

_BASS, _FINAL = (
    0.3,
    0.03,
)  # what the bass's share and its last note are worth: chosen on those songs
_NAMES = ("C", "Db", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B")


@dataclass(frozen=True, slots=True)
class KeyEstimate:
    """The most likely key and how far ahead it is of the next one (in profile distance)."""

    tonic_pc: int
    is_minor: bool
    margin: float

    def __str__(self) -> str:
        return f"{_NAMES[self.tonic_pc]} {'minor' if self.is_minor else 'major'}"


@dataclass(frozen=True, slots=True)
class ModeEstimate:
    """The most likely tonic and mode, one of the seven of `songwright.theory.key_profiles`."""

    tonic_pc: int
    mode: str

    def __str__(self) -> str:
        return f"{_NAMES[self.tonic_pc]} {self.mode}"


def estimate_key(pitch_class_weights: Sequence[float]) -> KeyEstimate | None:
    """Most likely key of a pitch-class histogram.

    Parameters
    ----------
    pitch_class_weights
        Twelve weights from C upwards, for example summed durations.

    Returns
    -------
    KeyEstimate or None
        None when there is nothing to judge.
    """
    if sum(pitch_class_weights) <= 0:
        return None
    found = sorted(
        (distance, tonic, mode == "minor")
        for distance, tonic, mode in _distances(pitch_class_weights, TONAL_PROFILES)
    )
    return KeyEstimate(found[0][1], found[0][2], found[1][0] - found[0][0])


def estimate_mode(
    pitch_class_weights: Sequence[float],
    lowest_weights: Sequence[float] = (0.0,) * 12,
    final_pc: int | None = None,
) -> ModeEstimate | None:
    """Most likely tonic and mode, for music that is expected to be modal.

    Parameters
    ----------
    pitch_class_weights
        Twelve weights from C upwards, for example summed durations.
    lowest_weights
        The same of the lowest notes alone; all zeros where no bass can be told.
    final_pc
        Pitch class of the lowest note at the end, if it is known.

    Returns
    -------
    ModeEstimate or None
        None when there is nothing to judge.
    """
    if sum(pitch_class_weights) <= 0:
        return None
    low = sum(lowest_weights) or 1.0
    _, tonic, mode = min(
        (distance - _BASS * lowest_weights[tonic] / low - _FINAL * (tonic == final_pc), tonic, mode)
        for distance, tonic, mode in _distances(pitch_class_weights, MODE_PROFILES)
    )
    return ModeEstimate(tonic, mode)


def _distances(
    weights: Sequence[float], profiles: Mapping[str, Profile]
) -> Iterator[tuple[float, int, str]]:
    """Distance of a histogram to every key: distance, tonic, mode."""
    total = sum(weights)
    share = [w / total for w in weights]
    for tonic in range(12):
        for mode, profile in profiles.items():
            squares = ((share[(tonic + i) % 12] - profile[i]) ** 2 for i in range(12))
            yield float(sum(squares) ** 0.5), tonic, mode
