"""Sections that begin where they were asked to: at a time, on a bar, a drop at its climax."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise, takewhile

from songwright.brief.model import Brief, PartPlace, SectionPlace
from songwright.brief.places import place_text
from songwright.composition.fitting import LEADS_TO, Draft, fit_bars, grow_or_shrink
from songwright.composition.frame import Frame
from songwright.errors import BriefError
from songwright.units import seconds_of_bar

_NEW_BARS = 8  # natural length of a section that the form does not have
_MOST_STRAINS = 1.5  # lengths for which a last section goes on; then others follow it
_BETWEEN = ("intro", "pre-chorus", "build", "bridge", "breakdown", "interlude", "solo", "outro")
_LESS_APT = 8  # bars by which a key rather changes in a verse or a chorus than in one of these
_FULL = 0.9  # energy of a point that a drop should fall on


def with_drop(drafts: list[Draft], brief: Brief, frame: Frame, phrase: int) -> list[Draft]:
    """The first drop at the time of the climax that was asked for, sections around it fitted."""
    seconds = seconds_of_bar(frame.meter.bar_ticks, frame.tempo_bpm)
    times = [p.seconds for p in brief.energy if p.seconds is not None and p.level >= _FULL]
    first = next((i for i, d in enumerate(drafts) if d[0] == "drop"), 0)
    start = round(times[0] / seconds) if times else 0
    lead_in = drafts[first - 1 : first] if drafts[first - 1][0] in LEADS_TO else []
    before = start - sum(d[1] for d in lead_in)
    if first - len(lead_in) < 1 or before < phrase or frame.bars - start < phrase:
        return drafts

    head, tail = drafts[: first - len(lead_in)], drafts[first:]
    drops = list(takewhile(lambda d: d[0] == "drop", tail))
    calm = [d for d in drafts if d[0] == "breakdown"][:2] or head[-1:]
    again = [*calm, *lead_in, *drops]  # what leads to a second drop when the first comes early
    size = sum(d[1] for d in again)
    while frame.bars - start - sum(d[1] for d in tail) >= 0.6 * size:
        tail[len(drops) : len(drops)] = again
    return [*_fitted(head, before, phrase), *lead_in, *_fitted(tail, frame.bars - start, phrase)]


def placed(
    drafts: Sequence[Draft], places: Sequence[SectionPlace], frame: Frame, phrase: int, keep: bool
) -> list[Draft]:
    """The sections with those that were placed beginning on the bars nearest to their times.

    A section that the form lacks is put in. What lies between two places is fitted to the time
    that it has; with ``keep`` (a form that was asked for) only by changing lengths.

    Raises
    ------
    BriefError
        If a place is outside the piece or two of them are on the same bar.
    """
    starts = sorted((start_bar(place, frame), i) for i, place in enumerate(places))
    _check(starts, places, frame)
    drafts = list(drafts)
    # A timeline places each of its sections.
    whole = [places[n].function for _, n in starts] == [draft[0] for draft in drafts]
    anchors: list[tuple[int, int]] = []  # place in the list of sections, bar
    for start, number in starts:
        after = anchors[-1][0] + 1 if anchors else 0
        index = after if whole else _nearest(drafts, places[number], start, after, frame.bars)
        if index < 0:
            index = after + sum(at < start for at in _natural(drafts, frame.bars)[after:])
            function = places[number].function
            drafts.insert(index, (function, _NEW_BARS, function, None))
        anchors.append((index, start))
    first, before = anchors[0]
    fitted = _head(drafts[:first], before, phrase, keep)
    ends = [*anchors[1:], (len(drafts), frame.bars)]
    for (index, start), (following, end) in zip(anchors, ends, strict=True):
        own = drafts[index:following]
        alone = all(draft[0] == own[0][0] for draft in own)
        natural = sum(draft[1] for draft in own)
        if end == frame.bars and alone and not keep and end - start > _MOST_STRAINS * natural:
            own += [d for d in drafts if d[0] not in (own[0][0], "intro")]
        fitted += _from_anchor(own, end - start, phrase, keep)
    return fitted


def start_bar(place: SectionPlace, frame: Frame) -> int:
    """The bar (from 0) nearest to where a section was asked to begin."""
    return bar_of(PartPlace(place.seconds, place.bar), frame)


def bar_of(place: PartPlace, frame: Frame) -> int:
    """The bar (from 0) nearest to a time, a bar or a share of a piece."""
    if place.seconds is not None:
        return round(place.seconds / seconds_of_bar(frame.meter.bar_ticks, frame.tempo_bpm))
    if place.position is not None:
        return round(place.position * frame.bars)
    return place.bar or 0


def key_changes(drafts: Sequence[Draft], brief: Brief, frame: Frame) -> tuple[SectionPlace, ...]:
    """Places for the sections that begin nearest to the key changes with a time or a bar.

    A key changes where a section begins; so one begins where the key was asked to change.
    """
    bars = sorted({bar_of(m.at, frame) for m in brief.modulations if m.at is not None})
    natural = _natural(drafts, frame.bars)
    found: list[SectionPlace] = []
    for bar in bars:
        if not 0 < bar < frame.bars or len(drafts) < 2:
            continue
        far = [abs(start - bar) + _LESS_APT * (d[0] in _BETWEEN)
               for start, d in zip(natural, drafts, strict=True)]  # fmt: skip
        nearest = min(range(1, len(drafts)), key=far.__getitem__)
        found.append(SectionPlace(drafts[nearest][0], bar=bar))
    return tuple(found)


def _check(starts: list[tuple[int, int]], places: Sequence[SectionPlace], frame: Frame) -> None:
    for start, number in starts:
        if start >= frame.bars:
            raise BriefError(
                f"{place_text(places[number])} lies outside a piece of {frame.bars} bars at "
                f"{frame.tempo_bpm:g} BPM; ask for a longer piece or an earlier place"
            )
    for (one, a), (two, b) in pairwise(starts):
        if one == two:
            raise BriefError(
                f"{place_text(places[a])} and {place_text(places[b])} would begin on the same bar; "
                "place them further apart"
            )


def _natural(drafts: Sequence[Draft], bars: int) -> list[float]:
    """Where sections begin when the form is stretched evenly over the piece."""
    total = sum(draft[1] for draft in drafts)
    at = [sum(draft[1] for draft in drafts[:i]) for i in range(len(drafts))]
    return [start * bars / total for start in at]


def _nearest(
    drafts: Sequence[Draft], place: SectionPlace, start: int, after: int, bars: int
) -> int:
    """The section of a place, from ``after`` on, that begins nearest to a bar; -1 if none.

    Of two in a row the first one counts: there it begins for a listener.
    """
    natural, function = _natural(drafts, bars), place.function
    of_kind = [
        i for i, draft in enumerate(drafts)
        if draft[0] == function and (i == 0 or drafts[i - 1][0] != function)
    ]  # fmt: skip
    if place.ordinal and abs(place.ordinal) <= len(of_kind):
        named = of_kind[place.ordinal - (place.ordinal > 0)]
        if named >= after:
            return named
    options = [
        i for i in range(after, len(drafts))
        if drafts[i][0] == function and (i in (0, after) or drafts[i - 1][0] != function)
    ]  # fmt: skip
    return min(options, key=lambda i: (abs(natural[i] - start), i), default=-1)


def _head(drafts: list[Draft], bars: int, phrase: int, keep: bool) -> list[Draft]:
    """What comes before the first place."""
    if bars == 0:
        return []
    drafts = drafts or [("intro", bars, "intro", None)]
    return fit_bars(drafts, bars, phrase, [False] * len(drafts)) if keep else _fitted(
        drafts, bars, phrase
    )  # fmt: skip


def _from_anchor(drafts: list[Draft], bars: int, phrase: int, keep: bool) -> list[Draft]:
    """A placed section and what follows it up to the next place, in ``bars`` bars."""
    if keep:
        return fit_bars(drafts, bars, phrase, [False] * len(drafts))
    anchor, rest = drafts[0], drafts[1:]
    own = min(anchor[1], bars)
    if not rest:  # it fills the time, in as many strains as it takes
        times = max(1, round(bars / own))
        return fit_bars([anchor] * times, bars, phrase, [False] * times)
    if all(draft[0] == "outro" for draft in rest):  # an ending does not grow; what it ends does
        own = max(own, bars - sum(draft[1] for draft in rest))
    if bars - own < phrase:
        return [(anchor[0], bars, *anchor[2:])]
    return [(anchor[0], own, *anchor[2:]), *_fitted(rest, bars - own, phrase)]


def _fitted(drafts: list[Draft], bars: int, phrase: int) -> list[Draft]:
    drafts = grow_or_shrink(drafts, bars)
    return fit_bars(drafts, bars, phrase, [False] * len(drafts))
