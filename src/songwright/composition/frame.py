"""The frame of a piece: key, metre, tempo and how many bars fill the length asked for.

A length in seconds is met in three steps, each smaller than the last. First the number of bars is
chosen. Then the tempo bends: freely inside the style's range when no tempo was asked for, by at
most 2 % when one was. What is still missing becomes a fermata on the last bar, except in a loop,
whose bars must stay equal.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from random import Random

from songwright.brief.leaning import expected_side
from songwright.brief.model import Brief
from songwright.composition.charted_key import key_of_charts
from songwright.composition.plan import Decision
from songwright.composition.uses import Use
from songwright.score import TempoChange
from songwright.styles import FormFacts, Style
from songwright.theory import Key, Meter
from songwright.units import TICKS_PER_BEAT

MAX_BEND = 0.0195  # a listener is promised 2 %; the rest is for rounding
_HELD_LAST_BAR = 1.25  # and of the bar after them
_RITARDANDO = (1.04, 1.1, 1.2, 1.36)  # time stretch of the last four beats


@dataclass(frozen=True, slots=True)
class Frame:
    """Key, metre, tempo map and bar count of a piece."""

    key: Key
    meter: Meter
    tempo_bpm: float
    tempos: tuple[TempoChange, ...]
    bars: int
    feel: str
    swing: float
    swing_unit_ticks: int
    ending: str
    decisions: tuple[Decision, ...]


def make_frame(brief: Brief, style: Style, use: Use, rng: Random) -> Frame:
    """Decide key, metre, feel, tempo and bar count."""
    decisions: list[Decision] = []
    key = choose_key(brief, style, rng)
    if brief.key is None and not brief.mode and mood_side(brief) == _side(key):
        decisions.append(Decision("key", str(key), "the mode that the mood leads to expect"))
    elif brief.key is None and key_of_charts(brief) is not None:
        decisions.append(Decision("key", str(key), "the key in which the chords lie best"))
    meter = brief.meter or Meter(*map(int, weighted(style.meters, rng).split("/")))
    asked = choose_tempo(brief, style, rng)
    usual = "final" if style.ending == "loop" else style.ending  # only a loop ends as one
    ending = brief.ending or (usual if use.ending == "final" else use.ending)
    if brief.ritardando and not brief.ending and ending in ("hard", "fade"):
        ending = "final"  # a slowing end comes to rest
    exact = brief.length is not None and brief.length.exact
    # A style's habit of slowing down gives way where tempo and length were both asked for.
    habit = style.performance.ritardando and not (exact and brief.tempo is not None)
    slows = (brief.ritardando or habit) and ending in ("final", "ring")
    held_beats = _slowing_beats(meter) if slows else 0.0
    bars, tempo, fermata = _fit(brief, style, use, meter, asked, ending, held_beats, decisions)
    rubato = style.performance.rubato if brief.tempo is None else 0.0
    spare = None
    if exact:
        # What the bend has left of its 2 % may win back the time of a ritardando.
        spare = MAX_BEND
        if brief.tempo is not None:
            spare = min(MAX_BEND, max(0.0, asked * (1.0 + MAX_BEND) / tempo - 1.0))
    slows = slows and (spare is None or spare > 0.001)
    tempos = _tempo_map(tempo, meter, bars, fermata, slows, spare, rubato, style)
    swing, unit = _swing(brief, style, meter)
    feel = brief.feel or ("swing" if swing > 0.55 else "straight")
    return Frame(key, meter, tempo, tempos, bars, feel, swing, unit, ending, tuple(decisions))


def weighted(weights: dict[str, float], rng: Random) -> str:
    """Draw one key of a table of weights."""
    names = list(weights)
    return rng.choices(names, [weights[name] for name in names])[0]


def choose_key(brief: Brief, style: Style, rng: Random) -> Key:
    """The key asked for, or one that suits style and mood."""
    if brief.key is not None:
        return brief.key
    charted = key_of_charts(brief, mood_side(brief))
    if charted is not None:
        return Key(charted.tonic, "blues") if style.id == "blues" and not brief.mode else charted
    mode = brief.mode
    if not mode:
        tilt = 2.0 ** (3.0 * brief.affect.valence)  # a clear mood outweighs the style's habit
        modes = _of_the_mood(style, mood_side(brief))
        mode = weighted(
            {m: w * (1 / tilt if Key("C", m).is_minor else tilt) for m, w in modes.items()}, rng
        )
    return Key(rng.choice(style.tonics or ("C", "G", "D", "F", "A")), mode)


def mood_side(brief: Brief) -> str:
    """The side of the modes that the moods ask for: "major", "minor" or ""."""
    return brief.leans or expected_side(brief.affect)


def _side(key: Key) -> str:
    return "minor" if key.is_minor else "major"


def _of_the_mood(style: Style, side: str) -> dict[str, float]:
    """The style's modes on the side of the mood; all of them when it has none there."""
    own = {m: w for m, w in style.modes.items() if _side(Key("C", m)) == side}
    return own or style.modes


def choose_tempo(brief: Brief, style: Style, rng: Random) -> float:
    """The tempo asked for, or one from the style's range that suits the mood."""
    facts = style.tempo
    lift = brief.affect.arousal - (style.affect.arousal if brief.affect.arousal else 0.0)
    lift = max(-1.0, min(1.0, lift + rng.gauss(0.0, 0.15)))
    if brief.tempo is not None:
        low, high = brief.tempo.low_bpm, brief.tempo.high_bpm
        if low == high:
            return low
        inside = min(max(facts.typical_bpm, low), high)
        return float(round(min(max(inside + lift * (high - low) / 4, low), high)))
    far = facts.high_bpm if lift > 0 else facts.low_bpm
    return float(round(facts.typical_bpm + abs(lift) * (far - facts.typical_bpm)))


def _fit(
    brief: Brief,
    style: Style,
    use: Use,
    meter: Meter,
    tempo: float,
    ending: str,
    held_beats: float,
    decisions: list[Decision],
) -> tuple[int, float, float]:
    """Bars, tempo and the time stretch of the last bar; a slow end takes ``held_beats`` more."""
    length = brief.length
    beats_per_bar = meter.bar_ticks / TICKS_PER_BEAT
    if length is not None and length.unit == "bars":
        return _round_bars(length.low, length.high), tempo, 1.0
    low = length.low if length is not None else use.seconds * 0.85
    high = length.high if length is not None else use.seconds * 1.1
    bar_seconds = beats_per_bar * 60.0 / tempo
    if length is None or not length.exact:
        held_seconds = min(held_beats * 60.0 / tempo, low / 2)
        low, high = low - held_seconds, high - held_seconds
        if length is not None and low == high:  # "about": within one bar
            nearest = low / bar_seconds
            if brief.tempo is None:
                bars = _whole_phrases(nearest, brief, style, use, tempo)
                return bars, float(round(tempo * bars / nearest)), 1.0
            return _round_bars(max(1, nearest - 0.999), max(1, nearest + 0.999)), tempo, 1.0
        first, last = math.ceil(low / bar_seconds - 1e-9), math.floor(high / bar_seconds + 1e-9)
        if last < first:  # no whole bar fits: bend towards the nearest
            bars = max(1, round((low + high) / 2 / bar_seconds))
            wanted = min(max(bars * bar_seconds, low), high)
            return bars, _bent(brief, style, tempo, bars * bar_seconds / wanted), 1.0
        return _round_bars(max(1, first), max(1, last)), tempo, 1.0
    target = (low + high) / 2
    bars = _whole_phrases(target / bar_seconds, brief, style, use, tempo)
    bent = _bent(brief, style, tempo, bars * bar_seconds / target)
    if abs(bars * beats_per_bar * 60.0 / bent / target - 1.0) > 1e-3 and ending != "loop":
        # The rest becomes a fermata on the last bar; it can only lengthen.
        bars = max(1, math.floor(target / bar_seconds + 1e-9))
        bent = tempo
        missing = target - (bars - 1) * bar_seconds
        decisions.append(
            Decision("length", f"{target:g} s", "the last bar is held to land on the exact length")
        )
        return bars, bent, missing / bar_seconds
    if bent != tempo:
        decisions.append(
            Decision("tempo", f"{bent:.2f} BPM", f"bent from {tempo:g} to end at {target:g} s")
        )
    return bars, bent, 1.0


def _whole_phrases(bars: float, brief: Brief, style: Style, use: Use, tempo: float) -> int:
    """The roundest number of bars that an open tempo can fit into the same time.

    Best is the length of one of the style's own forms, which then need not be cut: three times
    twelve bars of blues rather than thirty-two.
    """
    nearest = max(1, round(bars))
    if brief.tempo is not None:
        return nearest
    low, high = max(style.tempo.low_bpm, 0.9 * tempo), min(style.tempo.high_bpm, 1.1 * tempo)
    if not brief.form and not brief.chart:
        own = [_length(form) for form in style.forms if use.name in form.uses]
        whole = min(own, key=lambda total: (abs(total - bars), total), default=0)
        if whole and low <= tempo * whole / bars <= high:
            return whole
    for unit in (8, 4, 2):
        whole = max(unit, round(bars / unit) * unit)
        if low <= tempo * whole / bars <= high:
            return whole
    return nearest


def _length(form: FormFacts) -> int:
    """Bars of a form's sections."""
    return sum(int(text.split(":")[1]) for text in form.sections if ":" in text)


def _bent(brief: Brief, style: Style, tempo: float, factor: float) -> float:
    """Tempo times ``factor``, as far as it may bend."""
    wanted = tempo * factor
    if brief.tempo is None:
        low, high = style.tempo.low_bpm * 0.9, style.tempo.high_bpm * 1.1
        low, high = min(low, tempo * (1 - MAX_BEND)), max(high, tempo * (1 + MAX_BEND))
    elif brief.tempo.low_bpm < brief.tempo.high_bpm:
        low, high = brief.tempo.low_bpm, brief.tempo.high_bpm
    else:
        low, high = tempo * (1 - MAX_BEND), tempo * (1 + MAX_BEND)
    return min(max(wanted, low), high)


def _round_bars(low: float, high: float) -> int:
    """The roundest number of bars in a range: a multiple of 8, else of 4, else of 2."""
    middle = (low + high) / 2
    for unit in (8, 4, 2, 1):
        best = round(middle / unit) * unit
        for bars in (best, best - unit, best + unit):
            if low <= bars <= high and bars >= 1:
                return bars
    return max(1, round(middle))


def _tempo_map(
    tempo: float,
    meter: Meter,
    bars: int,
    fermata: float,
    slows: bool,
    speed_up: float | None,
    rubato: float,
    style: Style,
) -> tuple[TempoChange, ...]:
    """Tempo changes: rubato within phrases, which keeps the time, and a slowing or held end.

    ``speed_up`` is how much faster the piece may run to win back the time of a ritardando; None
    leaves the piece longer by it.
    """
    bar = meter.bar_ticks
    phrase_bars = style.phrase_bars
    if rubato > 0:
        changes, at = [], 0
        while at < bars:
            span = min(phrase_bars, bars - at)
            # Slower at both ends of a phrase, faster inside; the mean stretch is 1.
            turns = [2 * math.pi * (i + 0.5) / span for i in range(span)]
            raw = [1.0 + 0.05 * rubato * math.cos(turn) for turn in turns]
            mean = sum(raw) / span
            changes += [TempoChange((at + i) * bar, tempo * mean / raw[i]) for i in range(span)]
            at += span
    else:
        changes = [TempoChange(0, tempo)]
    if fermata != 1.0:
        # The last bar is held; of a single bar only its last pulse, so that the tempo is heard.
        span = bar if bars > 1 else meter.pulses_ticks[-1]
        stretch = max(0.25, 1.0 + (fermata - 1.0) * bar / span)
        held = TempoChange(bars * bar - span, tempo / stretch)
        changes = [c for c in changes if c.tick < held.tick] + [held]
    elif slows and bars >= 4:
        changes = _slow_down(changes, tempo, meter, bars, speed_up)
    return tuple(TempoChange(c.tick, round(c.bpm, 6)) for c in changes)


def _slow_down(
    changes: list[TempoChange], tempo: float, meter: Meter, bars: int, most: float | None
) -> list[TempoChange]:
    """A ritardando over the last four pulses before the final bar, then the last bar held.

    With ``most``, the time it takes is won back over the bars before it.
    """
    end = bars * meter.bar_ticks
    last_bar = end - meter.bar_ticks
    pulses = [
        (bar * meter.bar_ticks + onset, length)
        for bar in (bars - 3, bars - 2)
        for onset, length in zip(meter.pulse_onsets_ticks, meter.pulses_ticks, strict=True)
    ][-len(_RITARDANDO) :]
    first = pulses[0][0]
    slowed = [(at, f, n) for (at, n), f in zip(pulses, _RITARDANDO[-len(pulses) :], strict=True)]
    slowed.append((last_bar, _HELD_LAST_BAR, meter.bar_ticks))
    extra = sum((f - 1.0) * n for _, f, n in slowed)
    faster = 1.0
    if most is not None:
        scale = min(1.0, most * first / extra)  # a short piece slows down less
        slowed = [(at, 1.0 + (f - 1.0) * scale, n) for at, f, n in slowed]
        faster += extra * scale / first
    head = [TempoChange(c.tick, c.bpm * faster) for c in changes if c.tick < first]
    return head + [TempoChange(at, tempo / f) for at, f, _ in slowed]


def _slowing_beats(meter: Meter) -> float:
    """Beats by which a ritardando and the held last bar make a piece longer."""
    pulses = (meter.pulses_ticks * 2)[-len(_RITARDANDO) :]
    slowed = sum((f - 1.0) * n for f, n in zip(_RITARDANDO[-len(pulses) :], pulses, strict=True))
    return (slowed + (_HELD_LAST_BAR - 1.0) * meter.bar_ticks) / TICKS_PER_BEAT


def _swing(brief: Brief, style: Style, meter: Meter) -> tuple[float, int]:
    """Swing ratio and the length of the swung unit."""
    unit = 240 if style.swing_unit == 8 else 120
    if meter.is_compound:
        return 0.5, unit
    if brief.feel == "straight":
        return 0.5, unit
    if brief.feel == "shuffle":
        return 0.667, 240
    if brief.feel == "swing":
        return max(style.swing, 0.62), unit
    return style.swing, unit
