"""A page that teaches from one piece: form, harmony in Roman numerals, theme, texture, questions.

Everything on it is read from the plan and the score, so it is true of the notes.
"""

from __future__ import annotations

from html import escape
from itertools import groupby

from songwright.composition import Plan
from songwright.export.document import document, table
from songwright.export.pictures import energy_curve, piano_roll
from songwright.score import ChordSpan, Score, instrument
from songwright.score.timemap import TimeMap
from songwright.theory import Key

_FUNCTIONS = {
    "I": "home", "i": "home", "vi": "home (relative)", "VI": "home (relative)",
    "iii": "home (mediant)", "III": "home (mediant)", "IV": "away", "iv": "away", "ii": "away",
    "V": "tension", "v": "tension", "vii": "tension", "VII": "tension (modal)",
}  # fmt: skip
_DOMINANTS = ("", "7", "7b9", "9", "13")
_FOURTH_UP = 5
_CADENCES = {
    ("V", "I"): "perfect (authentic)", ("V", "i"): "perfect (authentic)", ("IV", "I"): "plagal",
    ("iv", "i"): "plagal", ("V", "vi"): "deceptive", ("V", "VI"): "deceptive",
    ("VII", "i"): "modal (subtonic)", ("VII", "I"): "modal (subtonic)", ("v", "i"): "modal",
}  # fmt: skip


def lesson_html(plan: Plan, score: Score) -> str:
    """The page, complete in itself."""
    body = [
        f"<h1>{escape(score.title)}</h1>", f"<p>{escape(_glance(plan, score))}</p>",
        piano_roll(score, plan), "<h2>Form</h2>", _form(plan, score), energy_curve(plan, score),
        "<h2>Harmony</h2>", _harmony(score, plan), "<h2>Theme</h2>", _themes(score),
        "<h2>Texture</h2>", _texture(score), "<h2>Questions</h2>", _questions(plan, score),
    ]  # fmt: skip
    return document(score.title, "".join(body))


def _glance(plan: Plan, score: Score) -> str:
    seconds = TimeMap.of(score).seconds(plan.meter.bar_ticks * score.bars)
    return (
        f"{plan.key}, {plan.meter}, {plan.tempo_bpm:.4g} BPM, {score.bars} bars, "
        f"{int(seconds // 60)}:{int(seconds % 60):02d}"
    )


def _bar(times: TimeMap, tick: int) -> int:
    return times.position(tick)[0]


def _form(plan: Plan, score: Score) -> str:
    rows = []
    for section in plan.sections:
        bars = f"{section.start_bar + 1}-{section.end_bar}"
        phrases = " + ".join(map(str, section.phrases))
        rows.append((section.letter, section.function, bars, phrases, str(section.key),
                     ", ".join(score.part(p).name for p in section.parts)))  # fmt: skip
    return table(("letter", "section", "bars", "phrases (bars)", "key", "who plays"), rows)


def _numeral(span: ChordSpan) -> str:
    """The bare numeral of a Roman symbol: ``V7/V`` → ``V`` (of V)."""
    return "".join(c for c in span.roman.split("/")[0] if c in "IViv")


def _function(span: ChordSpan, after: ChordSpan | None, key: Key) -> str:
    """What a chord does: its place in the key, or the chord that it leads to."""
    outside = any(pc not in key.diatonic_pcs for pc in span.chord.pcs[:4])
    falls = after is not None and (after.chord.root_pc - span.chord.root_pc) % 12 == _FOURTH_UP
    if after is not None and outside and falls and span.chord.quality in _DOMINANTS:
        return f"applied dominant of {after.chord}"
    return _FUNCTIONS.get(_numeral(span), "colour")


def _harmony(score: Score, plan: Plan) -> str:
    times, rows = TimeMap.of(score), []
    followers = dict(zip(score.chords, [*score.chords[1:], None], strict=True))
    for section in plan.sections:
        start, end = times.bar_start(section.start_bar), times.bar_start(section.end_bar)
        spans = [s for s in score.chords if start <= s.onset_ticks < end]
        for bar, group in groupby(spans, key=lambda s: _bar(times, s.onset_ticks)):
            held = list(group)
            rows.append((
                section.function if bar == section.start_bar else "", str(bar + 1),
                " ".join(str(s.chord) for s in held), " ".join(s.roman for s in held),
                ", ".join(_function(s, followers[s], section.key) for s in held),
            ))  # fmt: skip
    cadences = _cadences(score)
    said = "; ".join(f"{name} into bar {bar + 1}" for bar, name in cadences)
    head = ("section", "bar", "chords", "Roman numerals", "function")
    return table(head, rows) + f"<p>Cadences: {escape(said or 'none of the usual kinds')}.</p>"


def _cadences(score: Score) -> list[tuple[int, str]]:
    """Bar and kind of each close at the end of a section or into the next."""
    times, found = TimeMap.of(score), []
    ends = {times.bar_start(s.end_bar) for s in score.sections}
    for before, after in zip(score.chords, score.chords[1:], strict=False):
        kind = _CADENCES.get((_numeral(before), _numeral(after)))
        last = after.end_ticks in ends
        if kind and (after.onset_ticks in ends or last):
            found.append((_bar(times, after.onset_ticks), kind))
    return found


def _themes(score: Score) -> str:
    if not score.themes:
        return "<p>The piece lives from texture and harmony; it states no theme.</p>"
    times = TimeMap.of(score)
    rows = [
        (use.theme, score.part(use.part_id).name, str(_bar(times, use.onset_ticks) + 1),
         use.treatment)
        for use in score.themes
    ]  # fmt: skip
    return table(("theme", "who has it", "from bar", "how it returns"), rows)


def _texture(score: Score) -> str:
    rows = []
    for part in score.parts:
        pitches = [note.pitch for note in part.notes]
        if not pitches:
            continue
        drums = instrument(part.instrument).is_kit
        span = "–" if drums else f"{max(pitches) - min(pitches)} semitones"
        rows.append((part.name, part.role, str(len(pitches)), span))
    return table(("part", "what it does", "notes", "range"), rows)


def _questions(plan: Plan, score: Score) -> str:
    """Questions whose answers stand in the piece; each opens on a click."""
    times = TimeMap.of(score)
    asked = [("Which metre do you hear?", str(plan.meter)), ("What is the key?", str(plan.key))]
    letters = "".join(section.letter for section in plan.sections)
    asked.append(("Write the form in letters.", letters))
    peak = max(plan.sections, key=lambda s: s.energy)
    asked.append(("Where is the most energy?", f"{peak.function}, from bar {peak.start_bar + 1}"))
    counts: dict[str, int] = {}
    for span in score.chords:
        counts[span.roman] = counts.get(span.roman, 0) + span.duration_ticks
    if counts:
        most = max(counts, key=lambda roman: counts[roman])
        asked.append(("Which chord sounds longest in all?", most))
    asked += [(f"Which cadence leads into bar {bar + 1}?", kind) for bar, kind in _cadences(score)]
    returns = [use for use in score.themes if use.treatment != "exact"]
    asked += [
        (f"How does the theme return in bar {_bar(times, use.onset_ticks) + 1}?", use.treatment)
        for use in returns[:3]
    ]
    return "".join(
        f"<details><summary>{escape(question)}</summary><p>{escape(answer)}</p></details>"
        for question, answer in asked
    )
