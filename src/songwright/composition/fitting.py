"""Fitting sections to a number of bars: whole ones come and go first, then phrases, then bars."""

from __future__ import annotations

from itertools import pairwise

BLUES_BARS = 12
"""A form of its own: sections of so many bars change last."""

Draft = tuple[str, int, str, float | None]
"""Function, bars, letter and energy (None: that of the function) of a section to be."""


def grow_or_shrink(drafts: list[Draft], bars: int) -> list[Draft]:
    """Drop or repeat whole sections until the template is near the length."""
    drafts = list(drafts)
    if sum(d[1] for d in drafts) > bars * 1.15:
        return _abridged(drafts, bars)
    start = 1 if drafts[0][0] == "intro" and len(drafts) > 1 else 0
    cycle = _cycle(drafts[start:])
    size = sum(d[1] for d in cycle)
    while (missing := bars - sum(d[1] for d in drafts)) >= max(bars * 0.3, 0.6 * size) > 0:
        drafts[start:start] = cycle
        if missing < size:
            break
    return drafts


# What it costs a piece to lose its only section of a function; others cost 1.
_DEAR = {"chorus": 4.0, "drop": 4.0, "verse": 3.0, "A": 3.0, "B": 2.5, "intro": 1.3, "outro": 1.3}
_CHEAP = ("interlude", "post-chorus", "solo", "bridge", "breakdown", "C", "D")
_NEVER_FIRST = ("interlude", "outro", "bridge", "breakdown", "post-chorus", "pre-chorus", "solo")
LEADS_TO = {"pre-chorus": ("chorus",), "build": ("drop", "chorus")}
_ONE_SECTION_BELOW = 8  # bars; shorter pieces are one thought
_MOST_SECTIONS = 12  # beyond these every choice of sections is too many to weigh


def _abridged(drafts: list[Draft], bars: int) -> list[Draft]:
    """The sections to keep in a piece shorter than its form: of all choices the least loss.

    Weighs the distance from the length, what is lost, and joins that the form did not have.
    """
    while len(drafts) > _MOST_SECTIONS:  # first the later repeats of long forms
        last = max(i for i, d in enumerate(drafts) if sum(e[2] == d[2] for e in drafts) > 1)
        drafts = drafts[:last] + drafts[last + 1 :]
    joins = {(a[0], b[0]) for a, b in pairwise(drafts)}
    best: tuple[float, int] | None = None
    for choice in range(1, 1 << len(drafts)):
        if bars < _ONE_SECTION_BELOW and choice.bit_count() > 1:
            continue
        kept = [d for i, d in enumerate(drafts) if choice >> i & 1]
        loss = _loss(kept, drafts, joins, bars)
        if best is None or (loss, -choice) < best:
            best = (loss, -choice)
    chosen = -best[1] if best is not None else 1
    return [d for i, d in enumerate(drafts) if chosen >> i & 1]


def _loss(kept: list[Draft], drafts: list[Draft], joins: set[tuple[str, str]], bars: int) -> float:
    loss = 8.0 * min(1.0, abs(sum(d[1] for d in kept) - bars) / bars)  # lengths will be fitted
    loss += 5.0 * max(0.0, len(kept) - max(1.0, bars / 4))  # a section needs room to speak
    letters = {d[2] for d in kept}
    for draft in drafts:
        if draft[2] not in letters:
            loss += _DEAR.get(draft[0], 0.3 if draft[0] in _CHEAP else 1.0)
    if bars >= _ROOM_TO_RETURN:  # a tune that is heard once is soon forgotten
        loss += sum(1.2 for apart in (0, 1) if _returns(drafts, apart) > _returns(kept, apart))
    for a, b in pairwise(kept):
        if (a[0], b[0]) not in joins:
            loss += 0.5
        if a[0] in LEADS_TO and b[0] not in LEADS_TO[a[0]]:
            loss += 2.0
    if kept[-1][0] in LEADS_TO or kept[-1][0] == "intro":
        loss += 2.0
    if kept[0][0] in _NEVER_FIRST:
        loss += 2.0
    # What comes first is presented first: a second strain before the first one makes no sense.
    order, wanted = _order(kept), _order(drafts)
    loss += 1.5 * (order != [letter for letter in wanted if letter in order])
    return loss


_ROOM_TO_RETURN = 20  # bars; in less a tune hardly has time to go away


def _returns(drafts: list[Draft], apart: int) -> bool:
    """True when some tune is heard again after at least ``apart`` other ones."""
    letters = [d[2] for d in drafts if d[0] not in ("intro", "outro", "interlude", "build")]
    return any(letter in letters[: max(0, i - apart)] for i, letter in enumerate(letters))


def _order(drafts: list[Draft]) -> list[str]:
    """Letters of the tunes in the order in which they are first heard."""
    letters = [d[2] for d in drafts if d[0] not in ("intro", "outro", "interlude")]
    return list(dict.fromkeys(letters))


def _cycle(body: list[Draft]) -> list[Draft]:
    """The sections up to the second coming of the opening one: a verse and its chorus, say."""
    letter = body[0][2]
    left = False
    for i, draft in enumerate(body):
        if draft[2] != letter:
            left = True
        elif left:
            return body[:i]
    return [d for d in body if d[0] != "outro"] or body


def fit_bars(drafts: list[Draft], bars: int, phrase: int, fixed: list[bool]) -> list[Draft]:
    """Change section lengths by whole phrases, then by bars, to add up to ``bars``."""
    while len(drafts) > bars:  # fewer bars than sections: keep the first ones
        drafts, fixed = drafts[:-1], fixed[:-1]
    base = [d[1] for d in drafts]
    lengths = list(base)
    free = [i for i, is_fixed in enumerate(fixed) if not is_fixed] or list(range(len(drafts)))
    for unit in (phrase, max(1, phrase // 2), 1):
        while abs(difference := bars - sum(lengths)) >= unit:
            step = unit if difference > 0 else -unit
            options = [i for i in free if lengths[i] + step >= min(unit, base[i])]
            if not options:
                options = [i for i in range(len(drafts)) if lengths[i] + step >= 1]
            if not options:
                break
            # The section that strays least from its natural length; the later one on a tie.
            # Twelve bars are a form of their own (blues) and change last.
            best = min(
                options,
                key=lambda i: (
                    abs(lengths[i] + step - base[i]) / base[i] + (base[i] % BLUES_BARS == 0),
                    -i,
                ),
            )
            if unit == 1 and step > 0:
                best = max(options, key=lambda i: (base[i] % BLUES_BARS != 0, i))
            lengths[best] += step
    return [(d[0], n, d[2], d[3]) for d, n in zip(drafts, lengths, strict=True)]
