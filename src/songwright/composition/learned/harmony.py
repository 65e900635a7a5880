"""Progressions from the harmony model: several for each letter, the most musical one first.

What can be told of a letter (metre, length, mode, section, mood, harmonic rhythm, richness) is told
to the model; what must hold (chords of the style, places in the bar, the close) is masked. All
letters are sampled side by side, the first one before the others, which hear it as their reference.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from songwright.brief.model import Affect, Brief
from songwright.composition.learned.chords import (
    dressed,
    kind_of,
    palette,
    spelled,
    written_forms,
)
from songwright.composition.learned.makers import LearnedFacts, is_learned, learned_facts
from songwright.composition.learned.progression_score import score_progression
from songwright.composition.plan import Decision, Plan, SectionPlan
from songwright.composition.progressions import Bar, parse_bars
from songwright.errors import ConstraintError, ModelError
from songwright.models.grid import MOST_QUARTERS, TICKS_PER_STEP
from songwright.models.lines import Harmony
from songwright.models.progression_grammar import HarmonyGrammar, HarmonyRules
from songwright.models.progressions import BEAT_STEPS, LOOPS, MOST_BARS, HarmonyWish
from songwright.seeds import rng
from songwright.styles import Style
from songwright.theory import chord_from_roman, roman_of
from songwright.units import TICKS_PER_BEAT

Progression = tuple[Bar, ...]

CANDIDATES = 12
"""Progressions sampled for each letter."""

_BEAT_TICKS = BEAT_STEPS * TICKS_PER_STEP
_TASTE = (1.05, 0.95)  # daring, without the unlikely tail: the score chooses among the drawings
_LOOPING = 0.15  # styles that write less than this share functionally repeat short loops
_FUNCTIONS = {"build": "pre-chorus", "drop": "chorus", "A": "verse", "B": "chorus",
              "C": "bridge", "D": "bridge"}  # fmt: skip
_OPENS = ("verse", "pre-chorus", "build", "intro", "interlude", "breakdown", "bridge", "B", "C")
_DEPARTS = ("pre-chorus", "chorus", "post-chorus", "bridge", "breakdown", "build", "drop",
            "solo", "B", "C", "D")  # fmt: skip
_SUNG = ("pop_rock_song", "lead_sheet")  # families whose sections have names in the corpora


@dataclass(frozen=True)
class Offers:
    """Learned progressions by letter, best first, and what to say about them in the plan."""

    by_letter: dict[str, tuple[Progression, ...]]
    decisions: tuple[Decision, ...] = ()


def offered_progressions(
    plan: Plan, brief: Brief, style: Style, charted: Sequence[Progression | None]
) -> Offers:
    """Learned progressions for the letters without a chart, if this plan's harmony is learned.

    Where the model is missing or damaged, or nothing meets the style's constraints, there are none
    and a decision says so.
    """
    if not is_learned(plan, "harmony"):
        return Offers({})
    letters: dict[str, SectionPlan] = {}
    for section, chart in zip(plan.sections, charted, strict=True):
        if chart is None and _speaks(plan, section):
            letters.setdefault(section.letter, section)
    if not letters:
        return Offers({})
    facts = learned_facts(style.id)
    try:
        found = learned_progressions(plan, tuple(letters.values()), brief, style, facts)
    except (ModelError, ConstraintError) as error:
        return Offers({}, (Decision("harmony", "rules", f"the model could not be used: {error}"),))
    reason = f"sampled from the harmony model ({', '.join(facts.harmony)})"
    return Offers(found, (Decision("harmony", "learned", reason),))


def learned_progressions(
    plan: Plan, sections: Sequence[SectionPlan], brief: Brief, style: Style, facts: LearnedFacts
) -> dict[str, tuple[Progression, ...]]:
    """Progressions by letter, best first; one section for each letter.

    Raises
    ------
    ModelError
        If the model's files are missing or damaged.
    ConstraintError
        If no chord is left that may be used.
    """
    first, *others = sorted(sections, key=lambda s: s.function in ("intro", "outro"))
    found = _ranked(plan, [first], brief, style, facts, None)
    reference = _as_harmony(found[first.letter][0], first, plan)
    if others:
        found |= _ranked(plan, others, brief, style, facts, reference)
    return found


def _speaks(plan: Plan, section: SectionPlan) -> bool:
    """Whether the model knows the metre and mode of a section."""
    meter, key = plan.meter, section.key
    return (
        meter.bar_ticks <= MOST_QUARTERS * TICKS_PER_BEAT
        and meter.bar_ticks % _BEAT_TICKS == 0
        and key.mode != "blues"
        and key.harmonic_mode not in ("whole-tone", "locrian")
    )


_Reference = tuple[tuple[Harmony, ...], HarmonyWish]


def _ranked(
    plan: Plan, sections: Sequence[SectionPlan], brief: Brief, style: Style, facts: LearnedFacts,
    reference: _Reference | None,
) -> dict[str, tuple[Progression, ...]]:  # fmt: skip
    from songwright.models.decoder import load  # noqa: PLC0415 (slow to load; rules need neither)
    from songwright.models.progressions import HARMONY_FEATURES  # noqa: PLC0415
    from songwright.models.sampling import Taste, sample  # noqa: PLC0415

    grammars: list[HarmonyGrammar] = []
    streams: list[Random] = []
    kept: list[int] = []
    for section in sections:
        rules = [_rules(plan, section, style, away) for away in (False, True)]
        for k in range(CANDIDATES):
            stream = rng(plan.seed, "learned harmony", section.letter, k)
            bars = _length(section, style, stream)
            wish = _wish(plan, section, brief, style, facts.harmony[k % len(facts.harmony)], bars)
            heard, told = reference if reference is not None and k % 2 == 0 else ((), None)
            grammars.append(HarmonyGrammar(wish, rules[k % 2], heard, told))
            streams.append(stream)
            kept.append(bars)
    sample(load("harmony"), grammars, streams, HARMONY_FEATURES.offsets, Taste(*_TASTE))
    found: dict[str, tuple[Progression, ...]] = {}
    written = [_bars(g.chords, g.wish)[:n] for g, n in zip(grammars, kept, strict=True)]
    for i, section in enumerate(sections):
        own = written[i * CANDIDATES : (i + 1) * CANDIDATES]
        rows = [_in_numerals(bars, section) for bars in own]
        forms = written_forms(style, section.key)
        rows = [
            dressed(row, forms, section.key, stream)
            for row, stream in zip(rows, streams[i * CANDIDATES :], strict=False)
        ]
        heard_rows = [rows_of[0] for rows_of in found.values()]
        scored = sorted(
            ((-score_progression(row, plan, section, style, heard_rows), k)
             for k, row in enumerate(rows)),
        )  # fmt: skip
        ordered = [rows[k] for _, k in scored]
        found[section.letter] = tuple(dict.fromkeys(ordered))
    return found


def _length(section: SectionPlan, style: Style, stream: Random) -> int:
    """Bars to be written: as many as the loops that the style itself likes, or the section."""
    whole = min(section.bars, MOST_BARS)
    if style.harmony.functional >= _LOOPING:
        return whole
    mode = section.key.harmonic_mode
    own = [
        (len(parse_bars(p.chords)), p.weight) for p in style.progressions
        if not p.cadence and mode in p.modes
        and (not p.functions or section.function in p.functions)
    ]  # fmt: skip
    fitting = [(n, w) for n, w in own if n <= whole and whole % n == 0] or [(min(4, whole), 1.0)]
    return stream.choices([n for n, _ in fitting], [w for _, w in fitting])[0]


def _wish(
    plan: Plan, section: SectionPlan, brief: Brief, style: Style, family: str, bars: int
) -> HarmonyWish:
    facts, meter = style.harmony, plan.meter
    loops = bars < section.bars and bars in LOOPS and 2 * bars <= MOST_BARS
    rich = {"sevenths": 0.7, "ninths": 0.8, "power": 0.0}.get(facts.colour, 0.05)
    function = _FUNCTIONS.get(section.function, section.function) if family in _SUNG else ""
    starts, at = [0], 0
    for phrase in section.phrases[:-1]:
        at += phrase
        starts.append(at)
    return HarmonyWish(
        meter.numerator, meter.denominator, 2 * bars if loops else bars, family=family,
        minor=section.key.is_minor, function=function,
        mood=_mood(brief.affect) if family == "mood_loop" or brief.affect != Affect() else "",
        pace=facts.chords_per_bar, richness=rich,
        chromatic=min(0.4, 0.5 * facts.secondary + 0.5 * facts.borrowed), goal=0,
        loop=bars if loops else 0 if bars > 4 else None,
        phrase_starts=tuple(s for s in starts if s < (2 * bars if loops else bars)),
    )  # fmt: skip


def _mood(affect: Affect) -> str:
    """The nearest of the model's moods."""
    valence, arousal, tension = affect.valence, affect.arousal, affect.tension
    if tension > 0.35 and tension > abs(valence):
        return "tense"
    if valence < -0.15:
        return "dark" if arousal > 0.1 else "sad"
    if arousal > 0.45:
        return "happy" if valence > 0.3 else "epic"
    if valence > 0.15:
        return "calm" if arousal < -0.2 else "hopeful"
    return "calm" if arousal < -0.2 else "nostalgic"


def _rules(plan: Plan, section: SectionPlan, style: Style, away: bool) -> HarmonyRules:
    """Chords of the style on the felt pulses; a functional section begins at home and closes.

    With ``away`` a section that follows the theme begins elsewhere than on the tonic.
    """
    facts, meter, key = style.harmony, plan.meter, section.key
    pace = facts.chords_per_bar
    least = 4 if pace < 0.8 else 3 if pace < 1.4 else 2
    places = [t for t in meter.pulse_onsets_ticks if meter.strength(t) >= least or t == 0]
    most = 1 if pace < 0.8 else 2 if pace < 1.6 else 3
    chords = palette(style, key)
    third = "min" if key.is_minor else "maj"
    first = last = None
    if facts.functional >= _LOOPING:
        tonic = {(0, third), (0, third + "7")} & chords
        dominant = {(7, "maj"), (7, "7"), (7, "min")} & chords
        first = frozenset(tonic) or None
        last = frozenset(dominant if section.function in _OPENS and dominant else tonic) or None
    elif away and section.function in _DEPARTS:
        first = frozenset(kind for kind in chords if kind[0] != 0) or None
    return HarmonyRules(
        chords, frozenset(t // _BEAT_TICKS for t in places if t % _BEAT_TICKS == 0), most,
        first=first, last=last,
    )  # fmt: skip


def _bars(chords: Sequence[Harmony], wish: HarmonyWish) -> list[list[tuple[Harmony, float]]]:
    """The chords of each bar with their shares; a chord that goes on is said again."""
    bar, rows = wish.bar_steps, []
    sounding = chords[0]
    for number in range(wish.bars):
        own = [c for c in chords if c.onset // bar == number]
        if not own or own[0].onset % bar:
            own.insert(0, sounding._replace(onset=number * bar))
        sounding = own[-1]
        ends = [*(c.onset for c in own[1:]), (number + 1) * bar]
        rows.append([(c, (end - c.onset) / bar) for c, end in zip(own, ends, strict=True)])
    return rows


def _in_numerals(
    bars: Sequence[Sequence[tuple[Harmony, float]]], section: SectionPlan
) -> Progression:
    """Bars of numerals; a chord that is said twice in a bar is said once."""
    key = section.key
    result: list[Bar] = []
    for bar in bars:
        names: list[tuple[str, float]] = []
        for chord, share in bar:
            name = roman_of(spelled(chord, key), key)
            before = names.pop()[1] if names and names[-1][0] == name else 0.0
            names.append((name, before + share))
        result.append(tuple(names))
    return tuple(result)


def _as_harmony(bars: Progression, section: SectionPlan, plan: Plan) -> _Reference:
    """A progression as the model hears it."""
    bar = plan.meter.bar_ticks // TICKS_PER_STEP
    chords: list[Harmony] = []
    for number, row in enumerate(bars):
        at = 0.0
        for name, share in row:
            root, quality = kind_of(chord_from_roman(name, section.key), section.key)
            chords.append(Harmony(number * bar + round(at * bar), root, quality))
            at += share
    wish = HarmonyWish(
        plan.meter.numerator, plan.meter.denominator, len(bars), minor=section.key.is_minor
    )
    return tuple(chords), wish
