"""Fills, build-ups and cymbal swells: what drums play to lead from one section to the next."""

from __future__ import annotations

from random import Random

from songwright.composition.drum_grid import Fill, Groove, fills
from songwright.composition.drum_meter import Stroke, pulses, strokes_of_fill
from songwright.theory import Meter

# Families whose sixteenth-note fills would fight a triplet groove; they borrow triplet fills.
_STRAIGHT = frozenset(
    [
        "rock",
        "pop",
        "ballad",
        "funk",
        "soul",
        "lofi",
        "trap",
        "edm",
        "eighties",
        "dnb",
        "chip",
        "metal",
        "country",
        "march",
    ]
)


def wanted_pulses(energy: float, next_energy: float, random: Random) -> int:
    """How long a fill the moment asks for: 1, 2 or 4 pulses."""
    level = max(energy, 0.5 * (energy + next_energy))
    if next_energy < energy - 0.2:  # stepping down: no big gesture
        level -= 0.2
    if level < 0.35:
        return 1
    if level < 0.62:
        return random.choice((1, 2))
    return random.choice((2, 4))


def choose_fill(
    groove: Groove, meter: Meter, size: int, energy: float, random: Random
) -> Fill | None:
    """A fill of about ``size`` pulses in the idiom of the groove, or None if it has no fills."""
    family = groove.fills
    if family == "none":
        return None
    if family in _STRAIGHT and (meter.is_compound or is_triplet(groove)):
        family = "shuffle"
    options = [f for f in fills()[family] if f.low <= energy <= f.high] or list(fills()[family])
    limit = max(1, min(size, len(pulses(meter))))
    fitting = [f for f in options if f.pulses <= limit] or options[:1]
    longest = max(f.pulses for f in fitting)
    return random.choice([f for f in fitting if f.pulses == longest])


def is_triplet(groove: Groove) -> bool:
    """True if the groove divides its pulses in three."""
    return any(len(word) == 3 for row in groove.a.values() for word in row)


def with_fill(
    groove_strokes: list[Stroke], fill: Fill, meter: Meter, write_swing_as_eighths: bool
) -> list[Stroke]:
    """The bar with the fill in place of its last pulses; voices that the fill keeps go on."""
    layout = pulses(meter)
    start = layout[-min(fill.pulses, len(layout))][0]
    before = [s for s in groove_strokes if s.tick < start]
    kept = [s for s in groove_strokes if s.tick >= start and s.voice in fill.keep]
    played = strokes_of_fill(fill.grid, meter, write_swing_as_eighths)
    # The foot goes on marking time under a fill that is played by the hands alone.
    if not any(s.voice in ("kick", "pedal") for s in played + kept) and fill.pulses > 1:
        kept += [
            s for s in groove_strokes if s.tick >= start and s.voice == "kick" and s.velocity > 60
        ]
    return before + kept + played


def with_strokes(
    groove_strokes: list[Stroke], bar: list[Stroke], size: int, meter: Meter
) -> list[Stroke]:
    """The groove with the last ``size`` pulses of another bar in place of its own."""
    layout = pulses(meter)
    start = layout[-min(size, len(layout))][0]
    return [s for s in groove_strokes if s.tick < start] + [s for s in bar if s.tick >= start]


def build_up(
    meter: Meter, bar: int, bars: int, voice: str, stops: bool, groove_strokes: list[Stroke]
) -> list[Stroke]:
    """One bar of a roll that doubles in speed towards a drop.

    Parameters
    ----------
    bar, bars
        Bar of the section (0-based) and its length.
    voice
        The rolling voice (``snare`` or ``floor``).
    stops
        Leave the last pulse of the section silent, so that the drop falls into a hole.
    groove_strokes
        The groove, whose kick and time-keeping go on until the last bar.
    """
    done = bar / bars
    divisions = 1 if done < 0.5 else 2 if done < 0.75 else 4
    last = bar == bars - 1
    layout = pulses(meter)
    result = [] if last else [s for s in groove_strokes if s.voice in ("kick", "hat", "open")]
    if last:
        result = [
            s for s in groove_strokes if s.voice == "kick" and s.tick < layout[len(layout) // 2][0]
        ]
    for i, (onset, length, triple) in enumerate(layout):
        if last and stops and i == len(layout) - 1 and len(layout) > 1:
            break
        n = divisions * 2 if last and i >= len(layout) / 2 else divisions
        if triple:
            n = {1: 1, 2: 3, 4: 6, 8: 12}[n]
        for k in range(n):
            progress = (bar + (i + k / n) / len(layout)) / bars
            velocity = round(50 + 66 * progress) - (6 if k % 2 else 0)
            result.append(Stroke(onset + k * length // n, voice, velocity, length // n))
    return result


def swell(meter: Meter, voice: str, peak: int) -> list[Stroke]:
    """A roll that grows over the second half of a bar, for mallets on a cymbal or a drum."""
    layout = pulses(meter)
    tail = layout[-max(1, len(layout) // 2) :]
    count = sum(6 if triple else 4 for *_, triple in tail)
    result: list[Stroke] = []
    for onset, length, triple in tail:
        n = 6 if triple else 4
        for k in range(n):
            velocity = round(28 + (peak - 28) * (len(result) / count) ** 1.5)
            result.append(Stroke(onset + k * length // n, voice, velocity, length // n))
    return result
