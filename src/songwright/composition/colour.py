"""Colour of a progression: sevenths, secondary dominants, suspensions, borrowed chords."""

from __future__ import annotations

from dataclasses import replace

from songwright.composition.plan import Plan, SectionPlan
from songwright.score import ChordSpan
from songwright.seeds import rng
from songwright.styles import HarmonyFacts, Style
from songwright.theory import Chord, Key, roman_of


def enrich(
    spans: list[ChordSpan], plan: Plan, section: SectionPlan, style: Style
) -> list[ChordSpan]:
    """Colour chords as the style does, and add secondary dominants, suspensions, borrowing."""
    facts = style.harmony
    stream = rng(plan.seed, "colour", section.letter)
    pulse = plan.meter.pulses_ticks[0]
    bar = plan.meter.bar_ticks
    # Chromatic chords belong to major and minor; a mode keeps its colour without them.
    is_tonal = section.key.harmonic_mode in ("major", "minor")
    free_from = bar  # the first bar settles the key, and spices need room between them
    result: list[ChordSpan] = []
    for i, span in enumerate(spans):
        coloured = replace(span, chord=_coloured(span.chord, section.key, facts))
        following = spans[i + 1].chord if i + 1 < len(spans) else None
        is_long = span.duration_ticks >= 2 * pulse and span.duration_ticks % (2 * pulse) == 0
        is_end = i + 1 == len(spans)
        if following is None or not is_long or is_end or span.chord.root_pc == following.root_pc:
            result.append(coloured)
            continue
        place = span.onset_ticks - spans[0].onset_ticks
        may = is_tonal and place >= free_from
        if (
            _takes_secondary(following, section.key)
            and not _leads(span.chord, following)
            and stream.random() < facts.secondary
            and may
            and not any(_is_chromatic(s.chord, section.key) for s in spans[max(0, i - 1) : i + 2])
        ):
            result += _split(coloured, _dominant_of(following, facts))
            free_from = place + 4 * bar
        elif _is_dominant(span.chord, section.key) and stream.random() < facts.suspensions:
            suspended = replace(coloured, chord=Chord(span.chord.root, "sus4", span.chord.bass))
            result += _split(suspended, coloured.chord)
        elif (
            stream.random() < facts.borrowed
            and may
            and not section.key.is_minor
            and (span.chord.root_pc - section.key.tonic_pc) % 12 == 5
            and span.chord.quality in ("", "maj7", "6")
        ):
            minor = "m" if facts.colour == "triads" else "m6"
            result += _split(coloured, Chord(span.chord.root, minor))
            free_from = place + 2 * bar
        else:
            result.append(coloured)
    return [replace(s, roman=roman_of(s.chord, section.key)) for s in result]


def _split(span: ChordSpan, second: Chord) -> list[ChordSpan]:
    half = span.duration_ticks // 2
    return [
        replace(span, duration_ticks=half),
        ChordSpan(span.onset_ticks + half, span.duration_ticks - half, second),
    ]


def _takes_secondary(chord: Chord, key: Key) -> bool:
    interval = (chord.root_pc - key.tonic_pc) % 12
    return interval in ((2, 4, 5, 7, 9) if not key.is_minor else (3, 5, 7, 8)) and (
        "dim" not in chord.quality and "b5" not in chord.quality
    )


def _is_chromatic(chord: Chord, key: Key) -> bool:
    """A chord with notes from outside the key; the leading tone of minor is at home."""
    at_home = {*key.diatonic_pcs, *(((key.tonic_pc + 11) % 12,) if key.is_minor else ())}
    return not at_home.issuperset(chord.pcs)


def _leads(chord: Chord, following: Chord) -> bool:
    """A chord that already leads to the next one: its dominant, or a diminished chord."""
    fifth = (chord.root_pc - following.root_pc) % 12 == 7
    return (fifth and not chord.is_minor) or "dim" in chord.quality or "b5" in chord.quality


def _dominant_of(chord: Chord, facts: HarmonyFacts) -> Chord:
    root = Key(chord.root, "major").spell((chord.root_pc + 7) % 12)
    altered = facts.colour == "ninths" and chord.is_minor
    return Chord(root, "7b9" if altered else "7")


def _is_dominant(chord: Chord, key: Key) -> bool:
    return (chord.root_pc - key.tonic_pc) % 12 == 7 and chord.quality in ("", "7")


def _coloured(chord: Chord, key: Key, facts: HarmonyFacts) -> Chord:
    """Give a plain triad the usual colour of the style: fifths, or the seventh and ninth that the
    scale holds above its root."""
    if facts.colour == "power":
        plain = chord.quality in ("", "m", "7", "m7")
        return Chord(chord.root, "5", chord.bass) if plain else chord
    if facts.colour not in ("sevenths", "ninths") or chord.quality not in ("", "m"):
        return chord
    scale = {(pc - chord.root_pc) % 12 for pc in key.diatonic_pcs}
    is_dominant = (chord.root_pc - key.tonic_pc) % 12 == 7
    if chord.is_minor:
        quality = "m7"
    elif 11 in scale and not (is_dominant and 10 in scale):
        quality = "maj7"
    else:
        quality = "7"
    if facts.colour == "ninths" and 2 in scale:
        quality = {"m7": "m9", "maj7": "maj9", "7": "9"}[quality]
    return Chord(chord.root, quality, chord.bass)
