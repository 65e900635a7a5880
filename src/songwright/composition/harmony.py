"""Harmony: chords for every bar of a plan.

Equal letters share a progression; a return may end differently, as people's do. Chord charts of
the brief are obeyed to the letter. Sections close with a cadence or turn back to what follows, and
the piece ends on its tonic unless it loops or fades.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from songwright.brief.model import Brief, ChartBar
from songwright.composition.clarity import clarity
from songwright.composition.colour import enrich
from songwright.composition.inversions import inverted
from songwright.composition.learned.makers import is_learned
from songwright.composition.modality import from_tonic, in_mode, is_asked, is_within, strength
from songwright.composition.plan import Decision, Plan, SectionPlan
from songwright.composition.progressions import Bar, parse_bars, progressions_of, write_functional
from songwright.score import ChordSpan
from songwright.seeds import rng
from songwright.styles import ProgressionFacts, Style
from songwright.theory import Key, Meter, chord_from_roman, is_roman, parse_chord, roman_of

CLEAR = 0.09
"""Margin from which the key can mostly be heard in the whole arrangement."""
STATED = 0.165
"""Strength (`modality.strength`) from which a mode that was asked for is stated clearly."""
_ATTEMPTS = 16


def compose_harmony(plan: Plan, brief: Brief, style: Style, clear: float = CLEAR) -> Plan:
    """The plan with a chord for every moment of the piece.

    Of several drafts the first one is kept in which the key wins by ``clear``, else the
    clearest one.
    """
    charted = _charts(plan, brief)
    offered, said = _offered(plan, brief, style, charted)
    best: tuple[float, list[ChordSpan]] | None = None
    # A mode has its own colour: where nobody asked for it the loops stay, clear or not.
    is_tonal = plan.key.harmonic_mode in ("major", "minor")
    modal = is_asked(brief, plan.key)
    is_open = (is_tonal or modal) and not all(c is not None for c in charted)
    for attempt in range(_ATTEMPTS if is_open else 1):
        spans = _draft(plan, style, charted, attempt, offered, modal)
        if clear > CLEAR:
            spans = [_plain_tonic(span, plan.key) for span in spans]
        margin = strength(spans, plan) if modal else clarity(spans, plan.key)
        if best is None or margin > best[0]:
            best = margin, spans
        if margin >= (STATED + clear - CLEAR if modal else clear):
            break
    chords = _merged(best[1] if best is not None else [])
    return replace(plan, chords=chords, decisions=(*plan.decisions, *said))


def _plain_tonic(span: ChordSpan, key: Key) -> ChordSpan:
    """A tonic chord as a triad: with its seventh and ninth, and without its root as a band voices
    it, Am9 is heard as C."""
    chord = span.chord
    if chord.root_pc != key.tonic_pc or len(chord.pcs) <= 3:
        return span
    triad = replace(chord, quality="m" if chord.is_minor else "")
    return replace(span, chord=triad, roman=roman_of(triad, key))


_Offered = Mapping[str, Sequence[tuple[Bar, ...]]]


def _offered(
    plan: Plan, brief: Brief, style: Style, charted: list[tuple[Bar, ...] | None]
) -> tuple[_Offered, tuple[Decision, ...]]:
    """Sampled progressions by letter, best first, where the plan's harmony is learned."""
    if not is_learned(plan, "harmony"):
        return {}, ()
    from songwright.composition.learned.harmony import offered_progressions  # noqa: PLC0415

    offers = offered_progressions(plan, brief, style, charted)
    return offers.by_letter, offers.decisions


def _draft(
    plan: Plan,
    style: Style,
    charted: list[tuple[Bar, ...] | None],
    attempt: int,
    offered: _Offered,
    modal: bool,
) -> list[ChordSpan]:
    bar_ticks = plan.meter.bar_ticks
    by_letter: dict[str, tuple[Bar, ...]] = {}
    spans: list[ChordSpan] = []
    for index, section in enumerate(plan.sections):
        chart = charted[index]
        if chart is None:
            base = by_letter.get(section.letter)
            if base is None:
                used = set(by_letter.values())
                sampled = list(offered.get(section.letter, ()))
                if modal:
                    sampled = [p for p in sampled if is_within(p, section.key)]
                base = _sampled(sampled, used, attempt) or _progression(
                    plan, section, style, used, attempt, modal
                )
                if modal:
                    base = from_tonic(base, section.key, section.function)
                by_letter[section.letter] = base
            bars = _closed(_tiled(base, section.bars), plan, index, style, attempt, modal)
            bars = _led(bars, plan, index)
        else:
            bars = chart
        fresh: list[ChordSpan] = []
        for i, bar in enumerate(bars):
            fresh += _spans(bar, (section.start_bar + i) * bar_ticks, plan.meter, section.key)
        if chart is None:
            fresh = enrich(fresh, plan, section, style)
            fresh = inverted(fresh, plan, section, style.harmony.inversions)
        spans += fresh
    return spans


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


def _sampled(
    options: Sequence[tuple[Bar, ...]], used: set[tuple[Bar, ...]], attempt: int
) -> tuple[Bar, ...] | None:
    """A sampled progression that no other letter has; a later attempt takes a later one."""
    fresh = [p for p in options if p not in used] or list(options)
    return fresh[attempt % len(fresh)] if fresh else None


def _progression(
    plan: Plan,
    section: SectionPlan,
    style: Style,
    used: set[tuple[Bar, ...]],
    attempt: int = 0,
    modal: bool = False,
) -> tuple[Bar, ...]:
    """Choose or write the progression of a letter, another one than the letters before it."""
    stream = rng(plan.seed, "harmony", section.letter, attempt)
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
    options = _fitting(style, section, cadence=False)
    fresh = [p for p in options if parse_bars(p.chords) not in used]  # letters differ in harmony
    options = fresh or options
    if modal:
        options = in_mode(options, section.key) or [
            ProgressionFacts(chords, (mode,)) for chords in progressions_of(mode).loops
        ]
    if attempt >= _ATTEMPTS // 2:  # the style's own loops leave the key open
        plain = [ProgressionFacts(c, (mode,)) for c in progressions_of(mode).clear]
        options = options + [p for p in plain if parse_bars(p.chords) not in used]
    if not options:
        name = "blues" if section.key.mode == "blues" else mode
        return parse_bars(stream.choice(progressions_of(name).loops))

    def fitness(p: ProgressionFacts) -> float:
        length = len(parse_bars(p.chords))
        specific = 2.0 if section.function in p.functions else 1.0
        # A short loop may be cut off; a form of eight or twelve bars wants to be heard whole.
        cut = 1.0 if section.bars % length == 0 else 0.25 if length < 8 else 0.04
        return p.weight * specific * cut

    return parse_bars(stream.choices(options, [fitness(p) for p in options])[0].chords)


def _fitting(style: Style, section: SectionPlan, cadence: bool) -> list[ProgressionFacts]:
    """Progressions of the style for a section: its own and those for any; else all of the mode."""
    of_mode = [
        p for p in style.progressions if p.cadence is cadence and _suits_mode(p, section.key)
    ]
    own = [p for p in of_mode if not p.functions or section.function in p.functions]
    return own if own or cadence else of_mode


def _suits_mode(p: ProgressionFacts, key: Key) -> bool:
    if key.mode in p.modes:
        return True
    return key.harmonic_mode in p.modes and key.mode != "blues"


def _tiled(base: tuple[Bar, ...], bars: int) -> tuple[Bar, ...]:
    """Repeat a progression to a length; a loop faster than its section is not stretched."""
    return tuple(base[i % len(base)] for i in range(bars))


def _closed(
    bars: tuple[Bar, ...],
    plan: Plan,
    index: int,
    style: Style,
    attempt: int = 0,
    modal: bool = False,
) -> tuple[Bar, ...]:
    """End a section: with a cadence at the end of the piece, with a turn before a new section.

    The later the attempt to make the key clear, the more sections get their cadence.
    """
    section = plan.sections[index]
    stream = rng(plan.seed, "cadence", section.id, attempt)
    known = progressions_of("blues" if section.key.mode == "blues" else section.key.harmonic_mode)
    idiom = [parse_bars(p.chords) for p in _fitting(style, section, cadence=True)]
    if modal:
        idiom = [c for c in idiom if is_within(c, section.key)]
    if index == len(plan.sections) - 1 and plan.ending in ("final", "ring", "hard"):
        full = [c for c in idiom if _degree(c[-1][-1][0]) in ("I", "i")]
        closing = stream.choice(full or [parse_bars(c) for c in known.cadences])
        closing = closing[-max(1, len(bars) // 2) :]
        last = closing[-1][-1][0]
        if _degree(last) not in ("I", "i") or section.key.mode == "blues":
            last = _tonic_numeral(section.key, style)
        # The very last bar holds the tonic alone.
        return (*bars[: len(bars) - len(closing)], *closing[:-1], ((last, 1.0),))
    if section.bars < 4:
        return bars
    following = plan.sections[(index + 1) % len(plan.sections)]
    tonic, aim = ("i" if section.key.is_minor else "I"), _aim(section, following, style)
    if stream.random() >= aim[1] + 0.08 * attempt:
        return bars
    ends_on = _degree(bars[-1][-1][0])
    if aim[0] == "full":
        full = [c for c in idiom if _degree(c[-1][-1][0]) == tonic]
        if ends_on == tonic or not full:
            return bars
        close = stream.choice(full)[-2:]
    else:
        if ends_on in ("V", "v", "bVII", "bII"):
            return bars
        turns = [parse_bars(c) for c in known.turns]
        close = stream.choice(turns if modal else _half_closes(idiom, section, style))
    return (*bars[: len(bars) - len(close)], *close)


def _half_closes(
    idiom: list[tuple[Bar, ...]], section: SectionPlan, style: Style
) -> list[tuple[Bar, ...]]:
    """Ways to stop on the dominant: the section's own, else any of the style, else any at all."""
    anywhere = [
        parse_bars(p.chords) for p in style.progressions
        if p.cadence and _suits_mode(p, section.key)
    ]  # fmt: skip
    for rows in (idiom, anywhere):
        if half := [c[-2:] for c in rows if _degree(c[-1][-1][0]) == "V"]:
            return half
    mode = "blues" if section.key.mode == "blues" else section.key.harmonic_mode
    turns = [parse_bars(c) for c in progressions_of(mode).turns]
    slow = [c for c in turns if len(c[-1]) == 1]  # slow harmony does not hurry at the end
    return slow if slow and style.harmony.chords_per_bar < 1 else turns


def _led(bars: tuple[Bar, ...], plan: Plan, index: int) -> tuple[Bar, ...]:
    """Before a section in another key the last bar turns to the dominant of that key."""
    section = plan.sections[index]
    following = plan.sections[index + 1] if index + 1 < len(plan.sections) else section
    is_tonal = following.key.harmonic_mode in ("major", "minor")
    if following.key == section.key or section.bars < 4 or not is_tonal:
        return bars
    dominant = str(chord_from_roman("V7", following.key))
    first = bars[-1][0][0]
    return (*bars[:-1], ((first, 0.5), (dominant, 0.5)))


_OPENS = ("verse", "pre-chorus", "build", "intro", "interlude", "breakdown", "bridge", "B", "C")
_CADENTIAL = ("classical", "jazz", "roots", "screen", "game")


def _aim(section: SectionPlan, following: SectionPlan, style: Style) -> tuple[str, float]:
    """Whether a section should close on the tonic or lean on the dominant, and how often it does.

    Strains that lead somewhere stay open, tunes close; a strain that is repeated at once closes the
    second time. Loops of modern styles mostly turn as they are.
    """
    often = 0.85 if style.family in _CADENTIAL else 0.4
    if following.letter == section.letter:
        return "half", 0.35 * often
    if section.function in _OPENS:
        return "half", often
    return "full", often


def _degree(numeral: str) -> str:
    match = re.match(r"[b#]?[IViv]+", numeral)
    return match[0] if match else numeral


def _tonic_numeral(key: Key, style: Style) -> str:
    tonic = "i" if key.is_minor else "I"
    if key.mode == "locrian":
        return "i°"
    if key.mode == "whole-tone":
        return "Iaug"
    if key.mode == "blues":
        return "I7"
    return "I5" if style.harmony.colour == "power" else tonic


def _spans(bar: Bar, start: int, meter: Meter, key: Key) -> list[ChordSpan]:
    spans = []
    ends = [*_onsets([share for _, share in bar], meter)[1:], meter.bar_ticks]
    onset = 0
    for (name, _), end in zip(bar, ends, strict=True):
        chord = chord_from_roman(name, key) if is_roman(name) else parse_chord(name)
        spans.append(ChordSpan(start + onset, end - onset, chord, roman_of(chord, key)))
        onset = end
    return spans


def _onsets(shares: Sequence[float], meter: Meter) -> list[int]:
    """Where the chords of a bar begin: on its pulses, so two chords of a waltz last 2 + 1 beats."""
    exact = [round(sum(shares[:i]) * meter.bar_ticks) for i in range(len(shares))]
    pulses = meter.pulse_onsets_ticks
    on_pulses = [next((p for p in pulses if p >= onset), meter.bar_ticks) for onset in exact]
    if len(set(on_pulses)) < len(exact) or on_pulses[-1] == meter.bar_ticks:
        return exact  # more chords than the bar has pulses
    return on_pulses


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
