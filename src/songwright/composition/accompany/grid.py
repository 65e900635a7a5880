"""From a pattern to the hits of one bar: which idea, which fill, which small liberty."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from random import Random

from songwright.composition.accompany.patterns import Pattern
from songwright.composition.accompany.pocket import together
from songwright.composition.accompany.rhythm import Hit, beats, hits, thinned, triplet_pulse
from songwright.composition.accompany.stage import Bar, Span, Stage
from songwright.theory import Meter

_FILL_ENERGY = 0.3
_WALKS = 0.6  # how often a held bass walks on in a section that returns: nobody holds it twice
_LONG = 1440  # ticks of a note from which its way on is a quarter


def bar_hits(stage: Stage, pattern: Pattern, bar: Bar) -> list[Hit]:
    """What a grid pattern strikes in one bar, in ticks from the start of the bar."""
    ideas, version = _version(stage, pattern)
    if _fills(stage, pattern, bar) and version == "simple":
        grid = stage.chance(bar, "fill").choice(pattern.fills)
        found = list(hits(grid, stage.meter, bar.place))
    else:
        grid = _idea_bar(stage, pattern, bar, ideas, version)
        found = list(hits(grid, stage.meter, bar.place, version))
        if not bar.last:
            found = _varied(found, stage, bar)
    if pattern.thin:
        keep = {span.start - bar.start for span in bar.spans if span.begins} | {0}
        found = thinned(found, stage.density, keep, stage.idea(bar, "thin"))
    return found


def _version(stage: Stage, pattern: Pattern) -> tuple[tuple[tuple[str, ...], ...], str]:
    meter = stage.meter
    if triplet_pulse(meter) and pattern.compound:
        return pattern.compound, "compound"
    if pattern.three and not triplet_pulse(meter) and len(beats(meter, 0)) == 3:
        return pattern.three, "three"
    return pattern.ideas, "simple"


def _fills(stage: Stage, pattern: Pattern, bar: Bar) -> bool:
    return bool(
        pattern.fills and bar.section_ends and bar.section.fill and bar.section.bars > 1
        and bar.energy >= _FILL_ENERGY and len(stage.meter.pulses_ticks) >= 4 and not bar.last
    )  # fmt: skip


def _idea_bar(
    stage: Stage, pattern: Pattern, bar: Bar, ideas: tuple[tuple[str, ...], ...], version: str
) -> str:
    if pattern.maker == "jazz_comp":
        return _comping_cell(stage, bar, [idea[0] for idea in ideas])
    return _turn(pattern, ideas[_chosen(stage, pattern, bar, ideas, version)], bar, stage)


def _turn(pattern: Pattern, idea: tuple[str, ...], bar: Bar, stage: Stage) -> str:
    """The bar of an idea whose turn it is."""
    count = bar.chord_age if pattern.follows == "chord" else bar.phrase_place
    return idea[count // bars_of_idea(stage.meter) % len(idea)]


def bars_of_idea(meter: Meter) -> int:
    """Bars that one bar of an idea lasts: two where a bar has two pulses and takes it by halves."""
    return 2 if len(beats(meter, 0)) == 2 else 1


def _chosen(
    stage: Stage, pattern: Pattern, bar: Bar, ideas: tuple[tuple[str, ...], ...], version: str
) -> int:
    """The idea of a section letter; a bass takes the one that meets the kick of the section."""
    if pattern.role != "bass" or len(ideas) < 2 or not stage.kick.notes:
        return stage.idea(bar, pattern.name).randrange(len(ideas))
    key = (bar.section.id, pattern.name)
    if key not in stage.memory:
        section = [b for b in stage.bars if b.section.id == bar.section.id]
        played = [
            [hits(_turn(pattern, idea, b, stage), stage.meter, b.place, version) for b in section]
            for idea in ideas
        ]
        stage.memory[key] = together(stage, section, played)
    return stage.memory[key]


def _comping_cell(stage: Stage, bar: Bar, cells: list[str]) -> str:
    """A chain of four cells for each letter; busy tunes get room, silences get an answer."""
    rng = stage.idea(bar, "comping")
    chain = rng.sample(range(len(cells)), min(4, len(cells)))
    index = chain[bar.phrase_place % len(chain)]
    liberty = stage.chance(bar, "comping")
    if bar.place % 4 == 3 and liberty.random() < 0.6:
        index = liberty.randrange(len(cells))
    attacks = len(stage.tune.between(bar.start, bar.end))
    if attacks >= 7:
        by_hits = sorted(range(len(cells)), key=lambda i: (sum(c.isalpha() for c in cells[i]), i))
        index = liberty.choice(by_hits[: max(2, len(cells) // 2)])
    return cells[index]


def _varied(found: list[Hit], stage: Stage, bar: Bar) -> list[Hit]:
    """One small liberty in some bars: a pushed note, one more note, or one less."""
    rng = stage.chance(bar, "vary")
    odds = 0.75 if bar.phrase_place % 4 == 3 or bar.phrase_ends else 0.2
    walks = _walks(found, stage, bar)
    if walks:
        odds = max(odds, _WALKS)
    if bar.phrase_place == 0 or (len(found) < 2 and not walks) or rng.random() > odds:
        return found
    changes = {span.start - bar.start for span in bar.spans}
    kinds = ["split", "drop", "again"]
    if not triplet_pulse(stage.meter):
        kinds.append("push")
    rng.shuffle(kinds)
    if stage.part.role == "bass" and bar.spans[-1].changes:
        kinds.insert(0, "lead")
    for kind in kinds:
        changed = _LIBERTIES[kind](found, changes, rng)
        if changed is not None:
            return changed
    return found


def _walks(found: list[Hit], stage: Stage, bar: Bar) -> bool:
    """Whether a bowed bass that held its notes may walk on to the next ones as they return."""
    bowed = stage.part.role == "bass" and stage.instrument.family == "strings"
    return bowed and bar.section.occurrence > 0 and len(found) == 1 and bar.spans[-1].changes


def _push(found: list[Hit], changes: set[int], rng: Random) -> list[Hit] | None:
    """Bring a note on the beat forward by an eighth."""
    fit = [
        i for i, h in enumerate(found)
        if i and not h.held and h.symbol != "n" and h.strength >= 2
        and h.start not in changes and h.layer == 0 and h.end - h.start >= 240
        and found[i - 1].layer == 0 and h.start - found[i - 1].start >= 480
        and not any(o.layer and o.start == h.start for o in found)
    ]  # fmt: skip
    if not fit:
        return None
    i = rng.choice(fit)
    start = found[i].start - 240
    moved = replace(found[i], start=start, strength=0)
    before = replace(found[i - 1], end=min(found[i - 1].end, start))
    return [*found[: i - 1], before, moved, *found[i + 1 :]]


def _split(found: list[Hit], _changes: set[int], rng: Random) -> list[Hit] | None:
    """Strike a long note a second time in its second half."""
    fit = [
        i for i, h in enumerate(found)
        if not h.held and h.end - h.start >= 480 and h.symbol in "rctduv5" and h.layer == 0
    ]  # fmt: skip
    if not fit:
        return None
    i = rng.choice(fit)
    hit = found[i]
    middle = hit.end - 240
    again = "t" if hit.symbol == "c" else hit.symbol
    tail = Hit(middle, hit.end, again, strength=1, layer=hit.layer)
    return [*found[:i], replace(hit, end=middle), tail, *found[i + 1 :]]


def _drop(found: list[Hit], changes: set[int], rng: Random) -> list[Hit] | None:
    """Leave out a weak note; the one before may ring on if it touched it."""
    fit = [
        i for i, h in enumerate(found)
        if i and h.strength <= 1 and h.start not in changes and not h.accent and h.symbol != "n"
    ]  # fmt: skip
    if not fit or len(found) < 3:
        return None
    i = rng.choice(fit)
    before = found[i - 1]
    if before.end == found[i].start and before.layer == found[i].layer:
        before = replace(before, end=found[i].end)
    return [*found[: i - 1], before, *found[i + 1 :]]


def _again(found: list[Hit], _changes: set[int], rng: Random) -> list[Hit] | None:
    """Follow a short note by a softer one in the silence after it."""
    gaps = [(a, b.start) for a, b in pairwise(found) if a.layer == b.layer == 0]
    fit = [
        (a, stop) for a, stop in gaps
        if a.end - a.start <= 240 and stop - a.end >= 240 and a.symbol in "ctdrsoh5"
    ]  # fmt: skip
    if not fit:
        return None
    hit, _ = rng.choice(fit)
    length = max(120, hit.end - hit.start)
    start = hit.start + 240
    symbol = "t" if hit.symbol == "c" else hit.symbol
    added = Hit(start, start + min(length, 240), symbol, layer=hit.layer)
    return sorted([*found, added], key=lambda h: (h.start, h.layer))


def _lead(found: list[Hit], changes: set[int], _rng: Random) -> list[Hit] | None:
    """Let the last note of a bass bar, or its second half, step into the next chord."""
    last = found[-1]
    if last.symbol not in "ro35v" or last.held:
        return None
    length = last.end - last.start
    if length >= 480:
        middle = last.end - (480 if length >= _LONG else 240)
        tail = Hit(middle, last.end, "a", strength=1, layer=last.layer)
        return [*found[:-1], replace(last, end=middle), tail]
    return None if last.start in changes else [*found[:-1], replace(last, symbol="a")]


_LIBERTIES = {"push": _push, "split": _split, "drop": _drop, "again": _again, "lead": _lead}


def on_chords(found: list[Hit], bar: Bar, strict: bool, fresh: str) -> list[tuple[Hit, Span]]:
    """Give each hit its chord; notes are cut where the chord changes under them.

    ``fresh`` is the symbol of a note that a ``strict`` pattern adds where a chord begins on a
    silence. Hits come back in ticks of the piece.
    """
    result: list[tuple[Hit, Span]] = []
    struck: set[int] = set()
    for hit in found:
        start, end = bar.start + hit.start, bar.start + hit.end
        symbol, piece = hit.symbol, hit
        while start < end:
            span = bar.span_at(start)
            stop = end if symbol in ("n", "x") else min(end, span.end)
            piece = replace(piece, start=start, end=stop, symbol=symbol)
            result.append((piece, span))
            struck.add(start)
            start = stop
            if start < end:
                piece = replace(piece, held=False, accent=False)
                symbol = "r" if fresh == "r" else symbol.replace("-", fresh)
    if strict:
        for span in bar.spans:
            if span.begins and span.start not in struck:
                later = [h.start for h, _ in result if h.start > span.start]
                added = Hit(span.start, min([span.end, *later]), fresh, strength=3)
                result.append((added, span))
                result = [
                    (replace(h, end=min(h.end, span.start)) if h.start < span.start else h, s)
                    for h, s in result
                ]
    return sorted(result, key=lambda pair: (pair[0].start, pair[0].layer))
