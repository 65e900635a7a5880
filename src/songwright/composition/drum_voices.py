"""Which percussion key, or which pitch, a voice of a drum grid is played on.

Grids name voices (``kick``, ``hat``, ``floor``); this module turns them into General MIDI
percussion keys 35..81, or into pitches when the part is a timpani, a taiko or a marimba. The
General MIDI 2 orchestra kit has timpani (41 is F2 … 53 is F3) where other kits have toms and hats.
"""

from __future__ import annotations

from types import MappingProxyType

from songwright.composition.plan import PartPlan
from songwright.score import instrument
from songwright.theory import Chord

VOICES = MappingProxyType(
    {
        "kick2": 35, "kick": 36, "stick": 37, "snare": 38, "clap": 39, "swirl": 40, "floor": 41,
        "hat": 42, "floor2": 43, "pedal": 44, "tom_low": 45, "open": 46, "tom_mid": 47,
        "crash": 49, "tom_high": 50, "ride": 51, "china": 52, "bell": 53, "tambourine": 54,
        "splash": 55, "cowbell": 56, "crash2": 57, "bongo_high": 60, "bongo_low": 61,
        "conga_mute": 62, "conga_open": 63, "conga_low": 64, "timbale_high": 65,
        "timbale_low": 66, "agogo_high": 67, "agogo_low": 68, "cabasa": 69, "shaker": 70,
        "guiro_short": 73, "guiro_long": 74, "claves": 75, "woodblock_high": 76,
        "woodblock_low": 77, "triangle": 81,
    }
)  # fmt: skip
"""General MIDI percussion key of each voice."""

# On pitched or single drums only voices with a height are played; the others belong to a kit.
_HEIGHT = MappingProxyType(
    {
        "kick": 0, "kick2": 0, "floor": 0, "floor2": 0, "tom_low": 1, "conga_low": 0,
        "tom_mid": 1, "tom_high": 2, "snare": 1, "stick": 2, "clap": 2, "conga_open": 1,
        "conga_mute": 2, "bongo_low": 1, "bongo_high": 2, "timbale_low": 1, "timbale_high": 2,
        "woodblock_low": 0, "woodblock_high": 2, "agogo_low": 0, "agogo_high": 2, "claves": 2,
        "cowbell": 1,
    }
)  # fmt: skip

_UNTUNED = frozenset(
    ["taiko_drum", "melodic_tom", "synth_drum", "woodblock", "agogo", "reverse_cymbal", "gunshot"]
)
_ORCHESTRA = MappingProxyType(
    {
        "kick": 36, "kick2": 36, "snare": 38, "stick": 38, "clap": 54, "crash": 57, "crash2": 57,
        "china": 57, "splash": 59, "ride": 59, "bell": 81, "tambourine": 54, "shaker": 54,
        "swirl": 38, "hat": 81, "open": 59, "pedal": 54,
    }
)  # fmt: skip
_TIMPANI_LOW, _TIMPANI_HIGH = 41, 53


def is_kit(part: PartPlan) -> bool:
    """True if the part plays percussion keys rather than pitches."""
    return instrument(part.instrument).is_kit


def key_of(voice: str, part: PartPlan, chord: Chord | None) -> int | None:
    """Percussion key or pitch of a voice for a part; ``None`` if its instrument lacks the voice.

    Parameters
    ----------
    voice
        A key of `VOICES`.
    chord
        The harmony of the moment, to which tuned drums are tuned (root low, fifth high).
    """
    if is_kit(part):
        return _kit_key(voice, part.instrument, chord)
    height = _HEIGHT.get(voice)
    if height is None:
        return None
    low, high = min(part.low, part.high), max(part.low, part.high)
    if part.instrument in _UNTUNED:
        return low + round((high - low) * (0.2, 0.45, 0.7)[height])
    return _tuned(height, low, high, chord)


def _kit_key(voice: str, kit: str, chord: Chord | None) -> int:
    if kit == "orchestra_kit":
        if voice.startswith(("floor", "tom")):
            return _tuned(_HEIGHT[voice], _TIMPANI_LOW, _TIMPANI_HIGH, chord)
        return _ORCHESTRA.get(voice, VOICES[voice])
    if voice == "swirl" and kit != "brush_kit":  # key 40 is a second snare elsewhere
        return VOICES["pedal"]
    return VOICES[voice]


def _tuned(height: int, low: int, high: int, chord: Chord | None) -> int:
    classes = chord_classes(chord)
    wanted = classes[0] if height < 2 else classes[1]
    pitch = low + (wanted - low) % 12
    return pitch if pitch <= high else max(low, min(high, pitch - 12))


def chord_classes(chord: Chord | None) -> tuple[int, int]:
    """Pitch classes of root and fifth (C and G where there is no chord)."""
    if chord is None:
        return 0, 7
    fifth = next((pc for pc in chord.pcs if (pc - chord.root_pc) % 12 in (6, 7, 8)), None)
    return chord.root_pc, (chord.root_pc + 7) % 12 if fifth is None else fifth
