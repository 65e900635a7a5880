"""Harmony: chords for every bar of a plan.

Equal letters share a progression; a return may end differently, as people's do. Chord charts of
the brief are obeyed to the letter. Sections close with a cadence or turn back to what follows, and
the piece ends on its tonic unless it loops or fades.
"""

from __future__ import annotations

import re
from dataclasses import replace

from songwright.brief.model import Brief, ChartBar
from songwright.compose.plan import Plan, SectionPlan
from songwright.compose.progressions import Bar, parse_bars, progressions_of, write_functional
from songwright.score import ChordSpan
from songwright.seeds import rng
from songwright.styles import HarmonyFacts, ProgressionFacts, Style
from songwright.theory import Chord, Key, chord_from_roman, is_roman, parse_chord, roman_of

_SEVENTHS_MAJOR = {0: "maj7", 2: "m7", 4: "m7", 5: "maj7", 7: "7", 9: "m7", 10: "maj7", 11: "m7b5"}
_SEVENTHS_MINOR = {0: "m7", 2: "m7b5", 3: "maj7", 5: "m7", 7: "m7", 8: "maj7", 10: "7"}


def compose_harmony(plan: Plan, brief: Brief, style: Style) -> Plan:
    """The plan with a chord for every moment of the piece."""
    bar_ticks = plan.meter.bar_ticks
    by_letter: dict[str, tuple[Bar, ...]] = {}
    spans: list[ChordSpan] = []
    charted = _charts(plan, brief)
    for index, section in enumerate(plan.sections):
        chart = charted[index]
        if chart is None:
            base = by_letter.get(section.letter)
            if base is None:
                base = _progression(plan, section, style)
                by_letter[section.letter] = base
            bars = _tiled(base, section.bars)
            bars = _closed(bars, plan, index, style)
        else:
            bars = chart
        for i, bar in enumerate(bars):
            spans += _spans(bar, (section.start_bar + i) * bar_ticks, bar_ticks, section.key)
        if chart is None:
            first = section.start_bar * bar_ticks
            done = [s for s in spans if s.onset_ticks < first]
            fresh = [s for s in spans if s.onset_ticks >= first]
            spans = done + _enriched(fresh, plan, section, style)
    return replace(plan, chords=_merged(spans))


def _charts(plan: Plan, brief: Brief) -> list[tuple[Bar, ...] | None]:
    """For each section the bars of a chart that the brief gave, or None."""
    result: list[tuple[Bar, ...] | None] = []
    given = {r.function: r.chart for r in reversed(brief.form) if r.chart}
    for index, section in enumerate(plan.sections):
        chart: tuple[ChartBar, ...] = ()
        if index < len(brief.form) and brief.form[index].function == section.function:
            chart = brief.form[index].chart
        chart = chart or given.get(section.function, ())
        if chart:
            bars = tuple(chart[i % len(chart)] for i in range(section.bars))
        elif brief.chart:
            start = section.start_bar
            bars = tuple(brief.chart[(start + i) % len(brief.chart)] for i in range(section.bars))
        else:
            result.append(None)
            continue
        result.append(tuple(tuple(zip(b.chords, b.shares, strict=True)) for b in bars))
    return result


def _progression(plan: Plan, section: SectionPlan, style: Style) -> tuple[Bar, ...]:
    """Choose or write the progression of a letter."""
    stream = rng(plan.seed, "harmony", section.letter)
    mode = section.key.harmonic_mode
    facts = style.harmony
    if stream.random() < facts.functional and mode in ("major", "minor"):
        bars: list[Bar] = []
        for i, length in enumerate(section.phrases):
            closes = i == len(section.phrases) - 1 or i % 2 == 1
            bars += write_functional(
                length, section.key.is_minor, facts.chords_per_bar, stream, closes
            )
        return tuple(bars)
    options = [
        p for p in style.progressions
        if not p.cadence and _suits_mode(p, section.key) and section.function in p.functions
    ]  # fmt: skip
    open_to_all = [
        p for p in style.progressions
        if not p.cadence and _suits_mode(p, section.key) and not p.functions
    ]  # fmt: skip
    options = options + open_to_all or [
        p for p in style.progressions if not p.cadence and _suits_mode(p, section.key)
    ]
    if options:

        def fits(p: ProgressionFacts) -> float:
            length = len(parse_bars(p.chords))
            whole = section.bars % length == 0
            specific = 2.0 if section.function in p.functions else 1.0
            return p.weight * specific * (1.0 if whole else 0.25)

        text = stream.choices(options, [fits(p) for p in options])[0].chords
    else:
        name = "blues" if section.key.mode == "blues" else mode
        text = stream.choice(progressions_of(name).loops)
    return parse_bars(text)


def _suits_mode(p: ProgressionFacts, key: Key) -> bool:
    if key.mode in p.modes:
        return True
    return key.harmonic_mode in p.modes and key.mode != "blues"


def _tiled(base: tuple[Bar, ...], bars: int) -> tuple[Bar, ...]:
    """Repeat a progression to a length; a loop faster than its section is not stretched."""
    return tuple(base[i % len(base)] for i in range(bars))


def _closed(bars: tuple[Bar, ...], plan: Plan, index: int, style: Style) -> tuple[Bar, ...]:
    """End a section: with a cadence at the end of the piece, with a turn before a new section."""
    section = plan.sections[index]
    stream = rng(plan.seed, "cadence", section.id)
    is_last = index == len(plan.sections) - 1
    mode = section.key.harmonic_mode
    known = progressions_of("blues" if section.key.mode == "blues" else mode)
    tonic = _tonic_numeral(section.key, style)
    if is_last and plan.ending in ("final", "ring", "hard"):
        cadences = [
            p.chords for p in style.progressions if p.cadence and _suits_mode(p, section.key)
        ] or list(known.cadences)
        closing = parse_bars(stream.choice(cadences))
        while len(closing) > max(1, len(bars) // 2):
            closing = closing[1:]
        if _degree(closing[-1][-1][0]) not in ("I", "i"):
            closing = (*closing[:-1], ((tonic, 1.0),))
        # The very last bar holds the tonic alone.
        closing = (*closing[:-1], ((closing[-1][-1][0], 1.0),))
        return (*bars[: len(bars) - len(closing)], *closing)
    following = plan.sections[(index + 1) % len(plan.sections)]
    moves = following.letter != section.letter
    if not moves or section.bars < 4 or stream.random() < 0.45:
        return bars
    if _degree(bars[-1][-1][0]) in ("V", "v", "bVII", "bII"):
        return bars
    return (*bars[:-1], parse_bars(stream.choice(known.turns))[0])


def _degree(numeral: str) -> str:
    match = re.match(r"[b#]?[IViv]+", numeral)
    return match[0] if match else numeral


def _tonic_numeral(key: Key, style: Style) -> str:
    tonic = "i" if key.is_minor else "I"
    if key.mode == "locrian":
        return "i°"
    if key.mode == "whole-tone":
        return "Iaug"
    if style.harmony.colour == "power":
        return tonic + "5" if not key.is_minor else "I5"
    return tonic


def _spans(bar: Bar, start: int, bar_ticks: int, key: Key) -> list[ChordSpan]:
    spans, at = [], 0.0
    for name, share in bar:
        onset, end = round(at * bar_ticks), round((at + share) * bar_ticks)
        chord = chord_from_roman(name, key) if is_roman(name) else parse_chord(name)
        spans.append(ChordSpan(start + onset, end - onset, chord, roman_of(chord, key)))
        at += share
    return spans


def _enriched(
    spans: list[ChordSpan], plan: Plan, section: SectionPlan, style: Style
) -> list[ChordSpan]:
    """Colour chords as the style does, and add secondary dominants, suspensions, borrowing."""
    facts = style.harmony
    stream = rng(plan.seed, "colour", section.letter, section.occurrence)
    pulse = plan.meter.pulses_ticks[0]
    result: list[ChordSpan] = []
    for i, span in enumerate(spans):
        coloured = replace(span, chord=_coloured(span.chord, section.key, facts))
        following = spans[i + 1].chord if i + 1 < len(spans) else None
        is_long = span.duration_ticks >= 2 * pulse and span.duration_ticks % (2 * pulse) == 0
        is_end = i + 1 == len(spans)
        if following is None or not is_long or is_end or span.chord.root_pc == following.root_pc:
            result.append(coloured)
            continue
        if _takes_secondary(following, section.key) and stream.random() < facts.secondary:
            result += _split(coloured, _dominant_of(following, facts))
        elif _is_dominant(span.chord, section.key) and stream.random() < facts.suspensions:
            suspended = replace(coloured, chord=Chord(span.chord.root, "sus4", span.chord.bass))
            result += _split(suspended, coloured.chord)
        elif (
            stream.random() < facts.borrowed
            and not section.key.is_minor
            and (span.chord.root_pc - section.key.tonic_pc) % 12 == 5
            and span.chord.quality in ("", "maj7", "6")
        ):
            minor = "m" if facts.colour == "triads" else "m6"
            result += _split(coloured, Chord(span.chord.root, minor))
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


def _dominant_of(chord: Chord, facts: HarmonyFacts) -> Chord:
    root = Key(chord.root, "major").spell((chord.root_pc + 7) % 12)
    altered = facts.colour == "ninths" and chord.is_minor
    return Chord(root, "7b9" if altered else "7")


def _is_dominant(chord: Chord, key: Key) -> bool:
    return (chord.root_pc - key.tonic_pc) % 12 == 7 and chord.quality in ("", "7")


def _coloured(chord: Chord, key: Key, facts: HarmonyFacts) -> Chord:
    """Give a plain triad the usual colour of the style."""
    if facts.colour == "power":
        plain = chord.quality in ("", "m", "7", "m7")
        return Chord(chord.root, "5", chord.bass) if plain else chord
    if facts.colour not in ("sevenths", "ninths") or chord.quality not in ("", "m"):
        return chord
    interval = (chord.root_pc - key.tonic_pc) % 12
    table = _SEVENTHS_MINOR if key.is_minor else _SEVENTHS_MAJOR
    quality = table.get(interval, "7" if chord.quality == "" else "m7")
    minor_quality = quality.startswith("m") and not quality.startswith("maj")
    if minor_quality is not chord.is_minor:  # a chromatic chord keeps its third
        quality = "m7" if chord.is_minor else ("7" if interval in (2, 4, 7, 9) else "maj7")
    if facts.colour == "ninths":
        quality = {"m7": "m9", "maj7": "maj9", "7": "9"}.get(quality, quality)
    return Chord(chord.root, quality, chord.bass)


def _merged(spans: list[ChordSpan]) -> tuple[ChordSpan, ...]:
    """Join neighbours that are the same chord."""
    merged: list[ChordSpan] = []
    for span in spans:
        if merged and merged[-1].chord == span.chord:
            previous = merged[-1]
            merged[-1] = replace(
                previous, duration_ticks=previous.duration_ticks + span.duration_ticks
            )
        else:
            merged.append(span)
    return tuple(merged)
