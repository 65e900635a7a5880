"""Chords between two rooms: spelled ones of the theory, roots above the tonic of the models."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from random import Random
from typing import TYPE_CHECKING

from songwright.composition.progressions import Bar, parse_bars
from songwright.styles import Style
from songwright.theory import Chord, Key, chord_from_roman

if TYPE_CHECKING:
    from songwright.models.lines import Harmony  # loads numpy

_PLAIN = {
    "": "maj", "m": "min", "aug": "aug", "dim": "dim", "5": "5", "sus2": "sus", "sus4": "sus",
    "6": "6", "m6": "min6", "7": "7", "maj7": "maj7", "m7": "min7", "mMaj7": "minmaj7",
    "dim7": "dim7", "m7b5": "hdim7", "aug7": "aug", "augMaj7": "aug", "7sus4": "sus",
    "7b5": "7", "7b9": "7", "7#9": "7", "7#11": "7", "7b13": "7", "7alt": "7", "maj7#11": "maj7",
    "add9": "maj", "madd9": "min", "6/9": "6", "m6/9": "min6", "9": "9", "maj9": "maj7",
    "m9": "min7", "9sus4": "sus", "11": "9", "m11": "min7", "13": "9", "maj13": "maj7",
    "m13": "min7",
}  # fmt: skip
"""The models' quality for each quality of the theory: the one that keeps what matters most."""
_SPELLED = {
    "maj": "", "min": "m", "aug": "aug", "dim": "dim", "5": "5", "sus": "sus4", "6": "6",
    "min6": "m6", "7": "7", "maj7": "maj7", "min7": "m7", "minmaj7": "mMaj7", "dim7": "dim7",
    "hdim7": "m7b5", "9": "9",
}  # fmt: skip

Kind = tuple[int, str]
"""A chord of the models: semitones above the tonic, quality."""
Forms = dict[Kind, Counter[str]]
"""Numerals in which a style writes each kind of chord, and how often."""


def kind_of(chord: Chord, key: Key) -> Kind:
    """A spelled chord as the models know it; its bass is lost."""
    return (chord.root_pc - key.tonic_pc) % 12, _PLAIN[chord.quality]


def spelled(kind: Kind | Harmony, key: Key) -> Chord:
    """A chord of the models, spelled as the key writes it."""
    root, quality = kind[-2:]
    return Chord(key.spell((key.tonic_pc + int(root)) % 12), _SPELLED[str(quality)])


def palette(style: Style, key: Key) -> frozenset[Kind]:
    """Chords that a style uses in a key: its scale's own, those of its progressions, its spices.

    Secondary dominants belong to styles that take one chord in eight or more; the major dominant
    belongs to every minor key; diminished triads only to styles that write functional harmony.
    """
    facts, mode = style.harmony, key.harmonic_mode
    kinds = set[Kind]()
    for row in style.progressions:
        if mode in row.modes and not row.cadence:
            for bar in parse_bars(row.chords):
                kinds |= {kind_of(chord_from_roman(name, key), key) for name, _ in bar}
    scale = [(pc - key.tonic_pc) % 12 for pc in key.diatonic_pcs]
    rich = facts.colour in ("sevenths", "ninths")
    for degree, root in enumerate(scale):
        tones = [(scale[(degree + up) % 7] - root) % 12 for up in (0, 2, 4, 6)]
        triad = {(4, 7): "maj", (3, 7): "min", (3, 6): "dim"}.get((tones[1], tones[2]))
        if triad == "dim" and facts.functional < 0.2:
            continue
        if triad is not None:
            kinds.add((root, triad))
        if triad is not None and (rich or (root == 7 and facts.functional > 0)):
            seventh = {("maj", 11): "maj7", ("maj", 10): "7", ("min", 10): "min7",
                       ("dim", 10): "hdim7"}.get((triad, tones[3]))  # fmt: skip
            kinds |= {(root, seventh)} if seventh is not None else set()
    if mode == "minor":
        kinds |= {(7, "maj"), (7, "7")}
    if mode in ("major", "minor") and facts.secondary >= 0.12:
        targets = (2, 4, 5, 7, 9) if mode == "major" else (3, 5, 7, 8)
        kinds |= {((root + 7) % 12, "7") for root in targets}
    if facts.colour == "power":
        kinds |= {(root, "5") for root, quality in kinds if quality in ("maj", "min")}
    return frozenset(kinds)


def dressed(bars: Sequence[Bar], forms: Forms, key: Key, stream: Random) -> tuple[Bar, ...]:
    """Plain numerals in the style's own spelling: its added notes, and inversions where they walk.

    Each chord takes one of the ``forms`` in which the style's progressions have it. An inversion
    must lead by step into the bass of the next chord, or there would be no reason for it.
    """
    flat = [name for bar in bars for name, _ in bar]
    chosen: list[str] = []
    for index, name in enumerate(flat):
        chord = chord_from_roman(name, key)
        following = chord_from_roman(flat[(index + 1) % len(flat)], key)
        options = {name: 1}
        for form, count in forms.get(kind_of(chord, key), {}).items():
            bass = chord_from_roman(form, key).bass_pc
            inverted = bass != chord.root_pc
            step = (following.root_pc - bass) % 12 in (1, 2, 10, 11)
            if not inverted or (step and index > 0):
                options[form] = options.get(form, 0) + count
        chosen.append(stream.choices(list(options), list(options.values()))[0])
    names = iter(chosen)
    return tuple(tuple((next(names), share) for _, share in bar) for bar in bars)


def written_forms(style: Style, key: Key) -> Forms:
    """How the style's progressions write each kind of chord, and how often."""
    forms: Forms = {}
    for row in style.progressions:
        if key.harmonic_mode in row.modes and not row.cadence:
            for name in (name for bar in parse_bars(row.chords) for name, _ in bar):
                chord = chord_from_roman(name, key)
                suspended = chord.quality.startswith(("sus", "7sus", "9sus"))
                if not suspended:  # what is suspended must resolve, which the model does not know
                    forms.setdefault(kind_of(chord, key), Counter())[name] += 1
    return forms
