"""Key profiles: how often each degree of the chromatic scale sounds in each mode.

Source: J. Albrecht and D. Shanahan, "The Use of Large Corpora to Train a New Type of Key-Finding
Algorithm", Music Perception 31 (2013), for major and minor. A mode is known by one degree: it has
the profile of its third, in which that degree changes places with the one it stands for. Dorian is
minor with the sixth where minor has its flat sixth.
"""

from __future__ import annotations

Profile = tuple[float, ...]


def _exchanged(profile: Profile, one: int, other: int) -> Profile:
    shares = list(profile)
    shares[one], shares[other] = shares[other], shares[one]
    return tuple(shares)


MAJOR_PROFILE = (0.238, 0.006, 0.111, 0.006, 0.137, 0.094, 0.016, 0.214, 0.009, 0.080, 0.008, 0.081)
"""Share of each semitone above the tonic in major."""

MINOR_PROFILE = (0.220, 0.006, 0.104, 0.123, 0.019, 0.103, 0.012, 0.214, 0.062, 0.022, 0.061, 0.052)
"""Share of each semitone above the tonic in minor."""

_PHRYGIAN = _exchanged(MINOR_PROFILE, 1, 2)
TONAL_PROFILES: dict[str, Profile] = {"major": MAJOR_PROFILE, "minor": MINOR_PROFILE}
MODE_PROFILES: dict[str, Profile] = {
    **TONAL_PROFILES,
    "dorian": _exchanged(MINOR_PROFILE, 8, 9),
    "phrygian": _PHRYGIAN,
    "lydian": _exchanged(MAJOR_PROFILE, 5, 6),
    "mixolydian": _exchanged(MAJOR_PROFILE, 10, 11),
    "locrian": _exchanged(_PHRYGIAN, 6, 7),
}
"""Share of each semitone above the tonic in the seven modes."""
