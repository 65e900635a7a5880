"""Key areas: sections of classical and screen music that stand in a key of their own.

A second theme sounds in the dominant (in minor: in the relative major) and comes home when it
returns after the piece has travelled on; episodes visit near keys (Rosen, *Sonata Forms*, 1980;
Caplin, *Classical Form*, 1998). The style says which letters travel and where to.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from songwright.brief.model import Brief
from songwright.composition.plan import SectionPlan
from songwright.styles import Style
from songwright.theory import Key
from songwright.theory.key import simplest_tonic

_LEAST_BARS = 20
"""A shorter piece has no time to leave and to come home again."""

_TRAVELLERS = ("major", "minor", "harmonic minor")
"""Modes that modulate; the colour of the others is lost as soon as they leave."""


def travelled(
    sections: Sequence[SectionPlan], brief: Brief, style: Style, ending: str
) -> tuple[SectionPlan, ...]:
    """The sections with the keys in which their letters stand.

    The first and the last section are always at home, and so is everything in a piece that loops,
    that is short, or whose brief says something of its keys or chords. A letter that returns after
    two other letters were heard comes home (a recapitulation), in the mode that it had abroad;
    before that it repeats its own key.
    """
    told = brief.modulations or brief.chart or any(request.chart for request in brief.form)
    bars = sum(section.bars for section in sections)
    if not style.harmony.areas or told or ending == "loop" or bars < _LEAST_BARS:
        return tuple(sections)
    result = []
    heard: list[str] = []
    modes: dict[str, str] = {}
    for index, section in enumerate(sections):
        area = style.harmony.areas.get(section.letter, "")
        since = _others_since(heard, section.letter)
        heard.append(section.letter)
        inside = 0 < index < len(sections) - 1 and since < 2
        key = section.key
        if area and key.mode in _TRAVELLERS:
            if inside:
                key = area_key(key, area)
                modes[section.letter] = key.mode
            elif section.letter in modes:  # a theme in major comes home to the tonic major
                key = replace(key, mode=modes[section.letter])
        result.append(replace(section, key=key))
    return tuple(result)


def _others_since(heard: Sequence[str], letter: str) -> int:
    """Different letters heard since this one was last heard; 0 when it is new."""
    if letter not in heard:
        return 0
    last = len(heard) - 1 - heard[::-1].index(letter)
    return len(set(heard[last + 1 :]))


_AREAS: dict[str, tuple[tuple[int, str], tuple[int, str]]] = {
    # in a major key, in a minor key: semitones above home and the mode there
    "contrast": ((7, "major"), (3, "major")),
    "relative": ((9, "minor"), (3, "major")),
    "subdominant": ((5, "major"), (5, "minor")),
    "submediant": ((9, "minor"), (8, "major")),
    "episode": ((2, "minor"), (7, "minor")),
    "mediant": ((3, "major"), (3, "minor")),
}


def area_key(home: Key, area: str) -> Key:
    """The key of an area of ``home``.

    ``contrast`` is the dominant of a major and the relative major of a minor key, ``episode`` the
    supertonic of a major and the dominant of a minor key; ``mediant`` lies a minor third higher in
    the same mode.

    Raises
    ------
    ValueError
        If there is no such area.
    """
    if area not in _AREAS:
        raise ValueError(f"{area!r} is no key area; there are {', '.join(_AREAS)}")
    return _near_key(home, *_AREAS[area][home.is_minor])


_SHARPS = {"F#": "Gb", "C#": "Db", "B": "Cb", "D#": "Eb", "G#": "Ab", "A#": "Bb"}
_OTHER_NAME = {**_SHARPS, **{flat: sharp for sharp, flat in _SHARPS.items()}}


def _near_key(home: Key, semitones: int, mode: str) -> Key:
    """A key spelled with the signature nearest to home's: from B major to F sharp, not G flat."""
    simple = simplest_tonic((home.tonic_pc + semitones) % 12, mode)
    keys = [Key(simple, mode), Key(_OTHER_NAME.get(simple, simple), mode)]
    honest = [key for key in keys if ("b" in key.tonic) <= (key.fifths < 0)] or keys
    return min(honest, key=lambda key: (abs(key.fifths - home.fifths), abs(key.fifths)))
