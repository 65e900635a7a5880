"""A bar as a tree of beats, and how a length is written in it without hiding them.

The bar divides into its main groups, these into pulses, these into eighths and so on down to
thirty-seconds. A note keeps one symbol where the tree allows it, else it is cut at the strongest
division that it crosses and tied. Rests follow a stricter rule: they fill divisions exactly.
(Practice as in E. Gould, *Behind Bars*, 2011, chapter "Rhythm".)
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from songwright.score.notation.bars import SHORTEST_TICKS
from songwright.theory import Meter
from songwright.units import TICKS_PER_BEAT

VALUES: dict[int, tuple[str, int]] = {
    # ticks: (MusicXML note type, dots)
    3840: ("breve", 0), 2880: ("whole", 1), 1920: ("whole", 0), 1440: ("half", 1),
    960: ("half", 0), 720: ("quarter", 1), 480: ("quarter", 0), 360: ("eighth", 1),
    240: ("eighth", 0), 180: ("16th", 1), 120: ("16th", 0), 60: ("32nd", 0),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Span:
    """A division of a bar, in ticks from the bar's start, with its own divisions.

    ``triplet`` spans last two thirds of what their symbols would; ``compound`` ones are made of
    dotted pulses, so that dotted rests are at home in them.
    """

    start: int
    length: int
    parts: tuple[Span, ...] = ()
    compound: bool = False
    triplet: bool = False

    @property
    def end(self) -> int:
        return self.start + self.length

    @property
    def regular(self) -> bool:
        """True when all divisions are equally long."""
        return len({part.length for part in self.parts}) == 1

    @property
    def seams(self) -> tuple[int, ...]:
        """Ticks between the divisions."""
        return tuple(part.start for part in self.parts[1:])

    def value(self, ticks: int) -> tuple[str, int] | None:
        """Note type and dots of a length here, or None when one symbol cannot show it."""
        if self.triplet:
            return VALUES.get(ticks * 3 // 2) if ticks % 2 == 0 else None
        return VALUES.get(ticks)


@cache
def bar_tree(meter: Meter, length: int) -> Span:
    """The tree of a bar; ``length`` in ticks may be shorter than the metre's own."""
    pulses: list[Span] = []
    at = 0
    for pulse in meter.pulses_ticks:
        if at < length:
            pulses.append(_pulse(at, min(pulse, length - at), meter))
            at += pulse
    compound = meter.is_compound
    if len(pulses) == 1:
        return pulses[0]
    main = [i for i, p in enumerate(pulses) if i and meter.strength(p.start) == 3]
    return _group(pulses, main, compound)


@cache
def triplet_tree(start: int, length: int) -> Span:
    """The tree of a triplet that fills ``length`` ticks."""
    third = length // 3
    parts = []
    for i in range(3):
        at = start + i * third
        halves: tuple[Span, ...] = ()
        if third >= 160:
            halves = (
                Span(at, third // 2, triplet=True),
                Span(at + third // 2, third // 2, triplet=True),
            )
        parts.append(Span(at, third, halves, triplet=True))
    return Span(start, length, tuple(parts), triplet=True)


@cache
def split_note(span: Span, start: int, end: int) -> tuple[tuple[int, int], ...]:
    """Cut a sounding stretch into tied symbols, as ``(start, end)`` pairs in order.

    Parameters
    ----------
    span
        Tree of the bar or triplet that holds the stretch.
    start, end
        Ticks from the start of the bar, on the grid of the tree.
    """
    for part in span.parts:
        if part.start <= start and end <= part.end:
            return split_note(part, start, end)
    if span.value(end - start) and (
        not span.parts or (start, end) == (span.start, span.end) or _allowed(span, start, end)
    ):
        return ((start, end),)
    seams = [s for s in span.seams if start < s < end]
    if not seams:
        return _greedy(span, start, end)
    # The longest head that may stand as one symbol; off a division, only up to the next one.
    on_seam = start == span.start or start in span.seams
    for seam in reversed(seams) if on_seam else seams[:1]:
        if seam == seams[0] or (span.value(seam - start) and _allowed(span, start, seam)):
            return split_note(span, start, seam) + split_note(span, seam, end)
    raise AssertionError("unreachable: the first seam always ends the loop")


@cache
def split_rest(span: Span, start: int, end: int) -> tuple[tuple[int, int], ...]:
    """Cut a silence into rests that show every division, as ``(start, end)`` pairs in order."""
    value = span.value(end - start)
    if (start, end) == (span.start, span.end) and value and (value[1] == 0 or span.compound):
        return ((start, end),)
    if not span.parts:
        return _greedy(span, start, end)
    if (
        len(span.parts) == 3
        and (span.compound or span.triplet)
        and (start, end) == (span.start, span.parts[1].end)
        and value
        and value[1] == 0
    ):
        return ((start, end),)
    pieces: tuple[tuple[int, int], ...] = ()
    for part in span.parts:
        a, b = max(start, part.start), min(end, part.end)
        if a < b:
            pieces += split_rest(part, a, b)
    return pieces


def _pulse(start: int, length: int, meter: Meter) -> Span:
    ternary = meter.denominator >= 8 and length == 3 * meter.unit_ticks
    return _binary(start, length, ternary=ternary)


def _binary(start: int, length: int, ternary: bool = False) -> Span:
    count = 3 if ternary else 2
    if length % (count * SHORTEST_TICKS):
        if length <= SHORTEST_TICKS:
            return Span(start, length)
        # A pulse cut short by a metre change: thirty-seconds in a row.
        steps = range(start, start + length, SHORTEST_TICKS)
        return Span(start, length, tuple(Span(s, SHORTEST_TICKS) for s in steps))
    step = length // count
    parts = tuple(_binary(start + i * step, step) for i in range(count))
    return Span(start, length, parts, compound=ternary)


def _group(pulses: list[Span], main: list[int], compound: bool) -> Span:
    """Join pulses into groups: at the metre's main divisions, else by twos, else by threes."""
    cuts = main
    if not cuts and len({p.length for p in pulses}) == 1:
        for count in (2, 3):
            if len(pulses) % count == 0 and len(pulses) > count:
                step = len(pulses) // count
                cuts = [i * step for i in range(1, count)]
                break
    parts = []
    for a, b in zip([0, *cuts], [*cuts, len(pulses)], strict=True):
        members = pulses[a:b]
        if len(members) == 1:
            parts.append(members[0])
        elif cuts:
            parts.append(_group(members, [], compound))
        else:
            parts.extend(members)
    length = sum(p.length for p in pulses)
    return Span(pulses[0].start, length, tuple(parts), compound=compound)


def _allowed(span: Span, start: int, end: int) -> bool:
    """May one symbol cross the seams of ``span`` from ``start`` to ``end``?"""
    if start == span.start and end in span.seams:
        return True
    if not span.regular:
        return False
    step = span.parts[0].length
    binary = len(span.parts[0].parts) == 2
    if start == span.start and binary and (end - start) % (step // 2) == 0:
        return True  # dotted half on beat 1, dotted quarter, dotted eighth
    if end == span.end and len(span.parts) == 3 and start in span.seams:
        return True  # the last two thirds of a triple division
    within_beat = span.length <= TICKS_PER_BEAT and binary
    if within_beat and end == span.end and (end - start) % (step // 2) == 0:
        return True  # sixteenth and dotted eighth
    # Syncopation of the kind eighth-quarter-eighth, between the middles of two neighbours.
    offset = (start - span.start) % step
    return binary and step <= TICKS_PER_BEAT and end - start == step and offset * 2 == step


def _greedy(span: Span, start: int, end: int) -> tuple[tuple[int, int], ...]:
    """Longest symbols first, for lengths that no division describes."""
    pieces: list[tuple[int, int]] = []
    while start < end:
        fitting = [t for t in range(SHORTEST_TICKS // 3, end - start + 1) if span.value(t)]
        if not fitting:
            raise ValueError(f"{end - start} ticks are below the shortest written value")
        pieces.append((start, start + fitting[-1]))
        start += fitting[-1]
    return tuple(pieces)
