"""Where percussion keys are written in ABC: one letter for each, so that playback can tell them."""

from __future__ import annotations

from collections.abc import Sequence

from songwright.score.notation.facts import drum_sign

_STEPS = "CDEFGAB"
_LOWEST, _HIGHEST = 1 * 7, 9 * 7  # staff places: more than General MIDI has keys


def drum_letters(keys: Sequence[int]) -> dict[int, str]:
    """A note letter for every percussion key.

    Keys stand where percussion notation has them; a key whose place is taken by another one of
    the part moves to the nearest free place, because ABC maps places, not note heads, to sounds.
    Only a part with more keys than there are places lets some share one.
    """
    taken: set[int] = set()
    letters = {}
    for key in sorted(keys):
        sign = drum_sign(key)
        wanted = 7 * sign.octave + _STEPS.index(sign.step)
        free = [p for p in range(_LOWEST, _HIGHEST) if p not in taken]
        place = min(free or [wanted], key=lambda p: (abs(p - wanted), p))
        taken.add(place)
        octave, step = divmod(place, 7)
        letters[key] = letter_of(_STEPS[step], octave)
    return letters


def letter_of(step: str, octave: int) -> str:
    """Letter and octave marks: ``C`` is middle C, ``c`` the octave above."""
    if octave >= 5:
        return step.lower() + "'" * (octave - 5)
    return step + "," * (4 - octave)
