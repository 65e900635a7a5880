"""Key finding with the profiles of Albrecht and Shanahan.

Source: J. Albrecht and D. Shanahan, "The Use of Large Corpora to Train a New Type of Key-Finding
Algorithm", Music Perception 31 (2013). The nearest profile by Euclidean distance wins.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

PROFILES = (
    (0.238, 0.006, 0.111, 0.006, 0.137, 0.094, 0.016, 0.214, 0.009, 0.080, 0.008, 0.081),
    (0.220, 0.006, 0.104, 0.123, 0.019, 0.103, 0.012, 0.214, 0.062, 0.022, 0.061, 0.052),
)
"""Share of each degree above the tonic in major and in minor keys."""
_NAMES = ("C", "Db", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B")


@dataclass(frozen=True, slots=True)
class KeyEstimate:
    """The most likely key and how far ahead it is of the next one (in profile distance)."""

    tonic_pc: int
    is_minor: bool
    margin: float

    def __str__(self) -> str:
        return f"{_NAMES[self.tonic_pc]} {'minor' if self.is_minor else 'major'}"


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
    total = sum(pitch_class_weights)
    if total <= 0:
        return None
    share = [w / total for w in pitch_class_weights]
    found = []
    for tonic in range(12):
        for is_minor, profile in ((False, PROFILES[0]), (True, PROFILES[1])):
            distance = sum((share[(tonic + i) % 12] - profile[i]) ** 2 for i in range(12)) ** 0.5
            found.append((distance, tonic, is_minor))
    found.sort()
    return KeyEstimate(found[0][1], found[0][2], found[1][0] - found[0][0])
