"""Instrument requests: the instrument, its adjectives, what it does, and "only these"."""

from __future__ import annotations

import re
from dataclasses import replace

from songwright.brief.lineup import is_line_up
from songwright.brief.model import InstrumentRequest, TempoRequest
from songwright.brief.offers import HINT, NAMED, WORD, Offer
from songwright.brief.phrases import Match
from songwright.brief.scoring import how_many, is_scored_for, people_end, roles_of_several
from songwright.brief.seats import is_member
from songwright.brief.tempo import shown as tempo_shown
from songwright.brief.text import Reading
from songwright.brief.vocabulary import Word
from songwright.score import instrument
from songwright.styles import style

_NEAR_SYNONYMS = 3  # a word with more instruments than these names a family

PART_TRAITS = ("density", "dynamics", "intensity", "articulation")
"""Traits of one part that are those of the whole piece when it has no other."""

_PLAYS = re.compile(
    r" |(?: ?, ?| )(?:that |which |who )?(?:playing|plays?|on|as|carry(?:ing)?|carries|takes?|"
    r"taking|doing|does|has|for|with|handling|handles|doubling|doubles|provides?|providing)"
    r"(?: (?:the|a|an|simple|gentle|slow|some|most of|main|all))* "
)
_BY = re.compile(
    r" (?:is |are )?(?:on|by|from|for|in|played (?:by|on)|with)(?: (?:the|an?|solo))* "
)
_ONLY_BEFORE = re.compile(
    r"(?:\b(?:only|just|solely|exclusively|nothing but|nothing except|nothing other than|simply)"
    r"(?: (?:an?|the|one|uses?|using|for|with))* ?|\bunaccompanied |\bduet? (?:for|of) |"
    r"\bduo (?:for|of) |\btrio (?:for|of) |\bquartet (?:for|of) )$"
)
_ONLY_AFTER = re.compile(
    r"^ ?(?:only\b(?! (?:in|at|during|for|after|from|on|when|enters?|plays?)\b)|alone\b|"
    r"(?:and nothing else|with nothing else|"
    r"no other instruments|unaccompanied|by itself|by themselves|duet|duo)\b)"
)
_JOINING = re.compile(
    r"\b(?:with|featuring|and|except|except for|apart from|plus|over|under|add|has|have|"
    r"includes?)(?: (?:an?|the|some))* $"
)
_BOWED = ("violin", "viola", "cello", "contrabass", "fiddle")
_PIZZICATO = ("pizzicato", "pizz", "pizzicati")
_SOLO = ("solo", "lone", "single")
_OTHERS = re.compile(
    r"\b(?:and |but |with )?(?:nothing else|no other instruments?|no others?|"
    r"(?:nobody|no one|none) else(?: playing| plays)?|"
    r"without (?:any )?other instruments?|no accompaniment|unaccompanied|"
    r"no additional instruments?)\b"
)


def read_players(reading: Reading, matches: list[Match]) -> list[Match]:
    """Turn instrument words into requests; returns the matches that are left over."""
    rest: list[Match] = []
    matches = _plucked(matches)
    players = [m for m in matches if m.word.instruments]
    people = [(m, end) for m in players if (end := people_end(reading, m.end)) is not None]
    if 0 < len(people) < len(players):  # "for my choir class: piano": only the piano plays
        for one, end in people:
            reading.offer("for whom", one.phrase, "they do not play", (one.start, end), WORD)
            matches = [m for m in matches if not one.start <= m.start < end]
    matches = _without_heading(reading, matches)
    groups = _groups(reading, matches)
    listed = [(adjectives, match) for adjectives, match, _ in groups if match is not None]
    if is_line_up(reading, listed):
        words = ", ".join(match.phrase for _, match in listed)
        start = listed[0][1].start
        reading.offers.append(
            Offer("line-up", True, "nobody else plays", words, reading.source, WORD, start)
        )
    for adjectives, match, part in groups:
        if match is None:
            rest += [a for a in adjectives if not _part_alone(reading, a)]
            continue
        _request(reading, adjectives, match, part)
        if match.word.says_more:
            rest.append(match)  # "string quartet" and "piano etude" mean more than who plays
    _only(reading)
    return rest


def _without_heading(reading: Reading, matches: list[Match]) -> list[Match]:
    """ "Brass fanfare, three trumpets and tuba": the first words say what the others play."""
    headings = [m for m in matches if m.phrase.split()[-1] == "fanfare" and m.word.instruments]
    players = [m for m in matches if m.word.instruments and m not in headings]
    if not any(instrument(m.word.instruments[0]).family == "brass" for m in players):
        return matches
    for heading in headings:
        reading.offer("part", heading.phrase, "what the players play", heading.span, WORD)
    return [m for m in matches if m not in headings]


def _plucked(matches: list[Match]) -> list[Match]:
    """ "Pizzicato" beside bowed strings says how they play; else it asks for plucked strings."""
    bowed = [m for m in matches if set(m.word.instruments) & set(_BOWED)]
    if not bowed:
        return matches
    way = Word(("pizzicato",), articulation="pizzicato", adjective=True)
    return [replace(m, word=way) if m.phrase in _PIZZICATO else m for m in matches]


def _groups(
    reading: Reading, matches: list[Match]
) -> list[tuple[list[Match], Match | None, Match | None]]:
    """Instruments with the adjectives before them and the part word after (or before) them.

    Matches that belong to no instrument come back in groups of their own.
    """
    groups: list[tuple[list[Match], Match | None, Match | None]] = []
    pending: list[Match] = []
    before: Match | None = None  # a part word waiting for "… on the flute"
    used: set[int] = set()
    for i, match in enumerate(matches):
        if i in used or _is_only_a_mood(reading, match):
            continue
        word = match.word
        if word.instruments:
            adjectives = _touching(reading, pending, match)
            groups += [([m], None, None) for m in pending if m not in adjectives]
            pending = []
            part = None
            following = matches[i + 1] if i + 1 < len(matches) else None
            if following is not None and following.word.part and not following.word.instruments:
                gap = reading.lower[match.end : following.start]
                if _PLAYS.fullmatch(gap):
                    part = following
                    used.add(i + 1)
            elif (
                following is not None
                and following.phrase in _SOLO
                and reading.lower[match.end : following.start] == " "
            ):  # "flute solo"
                part = following
                used.add(i + 1)
            if part is None and before is not None:
                gap = reading.lower[before.end : match.start]
                if _BY.fullmatch(gap) or (gap == " " and before.word.adjective):
                    part = before  # "melody on the flute", "arpeggiated flute"
            if before is not None and part is not before:
                groups.append(([before], None, None))
            before = None
            groups.append((adjectives, match, part))
        elif word.part:
            if before is not None:
                groups.append(([before], None, None))
            before = match
        elif word.adjective:
            pending.append(match)
        else:
            groups.append(([match], None, None))
    groups += [([m], None, None) for m in pending]
    if before is not None:
        groups.append(([before], None, None))
    return groups


def _is_only_a_mood(reading: Reading, match: Match) -> bool:
    """True for the "vibes" of "summer vibes"; in a list of players they are a vibraphone."""
    if match.phrase != "vibes":
        return False
    before = reading.lower[max(0, match.start - 6) : match.start]
    return re.search(r"(?:^|[,+&;:] ?|\band |\bwith |\bon )$", before) is None


def _touching(reading: Reading, pending: list[Match], noun: Match) -> list[Match]:
    """The adjectives that stand directly before a noun, joined by spaces, "and" or commas."""
    touching: list[Match] = []
    edge = noun.start
    for match in reversed(pending):
        gap = reading.lower[match.end : edge]
        joint = r"[ -]" if not touching else r"[ -]|, ?(?:and )?| and "
        if re.fullmatch(joint, gap) is None:
            break
        if "," in gap and match.word.affect is not None and match.word.mood:
            break  # "dark, soft pads": the first is about the piece
        touching.insert(0, match)
        edge = match.start
    return touching


def _request(reading: Reading, adjectives: list[Match], match: Match, part: Match | None) -> None:
    word = match.word
    soloist = part is not None and part.phrase in _SOLO
    role = part.word.part if part is not None and not soloist else word.role
    pattern = word.pattern
    if part is not None:
        if part.word.pattern:
            pattern = part.word.pattern
        elif part.word.part != word.role and not soloist:
            pattern = ""
    said = [(a.phrase, a.word.articulation) for a in adjectives]
    names = tuple(dict.fromkeys(name for pair in said for name in pair if name))
    start = adjectives[0].start if adjectives else match.start
    end = part.end if part is not None and part.start > match.start else match.end
    before = reading.lower[max(0, start - 40) : start]
    only = word.only or _ONLY_BEFORE.search(before) is not None
    alone = _ONLY_BEFORE.search(before)
    if alone is not None:
        start = max(0, start - 40) + alone.start()
    many, width = how_many(before, reading.lower[start : match.end])
    if many > 1 and not word.separate:
        start -= width
    only = only or is_scored_for(reading, start, end)
    after = _ONLY_AFTER.match(reading.lower[end : end + 40])
    if after is not None:
        only = True
        end += after.end()
    for adjective in adjectives:
        _affects(reading, adjective)
    words = reading.claim(start, end)
    if part is not None and not start <= part.start < end:
        words = f"{reading.claim(part.start, part.end)} … {words}"
    chosen: list[tuple[str, ...]] = (
        [(i,) for i in word.instruments] if word.separate else [word.instruments]
    )
    roles = word.roles
    if many > 1 and not word.separate and not role and len(word.instruments) <= _NEAR_SYNONYMS:
        chosen = chosen * many
        roles = roles_of_several(word.instruments[0])
    if word.separate and _is_known(reading, word):
        chosen = []  # a quartet that is spoken of twice is one quartet
    for i, ids in enumerate(chosen):
        own = roles[i] if i < len(roles) else role
        request = InstrumentRequest(match.phrase, ids, own, pattern, names)
        reading.instruments.append(request)
    shown = ", ".join(ids[0] for ids in chosen) or match.phrase
    extras = [f"role {role}" if role else "", f"pattern {pattern}" if pattern else ""]
    extras += [", ".join(names)] if names else []
    extras += [word.note] if word.note else []
    extra = "; ".join(e for e in extras if e)
    shown += f" ({extra})" if extra else ""
    place = start
    reading.offers.append(
        Offer("instruments", (match.phrase, place), shown, words, reading.source, NAMED, place)
    )
    alone_here = soloist or set(names) & set(_SOLO) or "solo" in match.phrase.split()
    joined = _JOINING.search(reading.written[max(0, start - 30) : start].lower()) is not None
    if word.only and (match.phrase.endswith(" solo") or (joined and "solo" in match.phrase)):
        only = False
    if only:
        reading.offers.append(
            Offer("only these", True, "nothing else plays", words, reading.source, NAMED, place)
        )
    elif alone_here:
        # A soloist of his own, or one among others? The assembly knows when all is read.
        control = "lead" if joined else "only these"
        reading.offers.append(
            Offer(
                control,
                match.phrase,
                "solo: nothing else plays",
                words,
                reading.source,
                NAMED,
                place,
            )
        )


def _is_known(reading: Reading, ensemble: Word) -> bool:
    """True if all members of an ensemble have been asked for by an ensemble word before."""
    there = [(r.instruments, r.role) for r in reading.instruments if is_member(r)]
    roles = ensemble.roles or (ensemble.role,) * len(ensemble.instruments)
    members = zip(ensemble.instruments, roles, strict=True)
    return all(((player,), role) in there for player, role in members)


def _part_alone(reading: Reading, match: Match) -> bool:
    """Request a part without its player: "with ostinatos", "arpeggios"."""
    word = match.word
    if not word.alone:
        return False
    words = reading.claim(*match.span)
    reading.instruments.append(InstrumentRequest(match.phrase, word.alone, word.part, word.pattern))
    value = (match.phrase, match.start)
    shown = f"{word.part} part (the style chooses who plays)"
    reading.offers.append(
        Offer("instruments", value, shown, words, reading.source, NAMED, match.start)
    )
    return True


def _affects(reading: Reading, adjective: Match) -> None:
    """An adjective of an instrument colours the piece a little as well."""
    word = adjective.word

    def offer(control: str, value: object, shown: str, rank: int) -> None:
        reading.offers.append(
            Offer(
                control, value, shown, adjective.phrase, reading.source, rank, adjective.start
            )  # the words are claimed with the instrument
        )

    if word.style and word.hint:
        offer("style", word.style, style(word.style).name, HINT)
    if word.bpm is not None:  # "slow piano": the piece is slow as well
        request = TempoRequest(*word.bpm)
        offer("tempo", request, tempo_shown(request), HINT)
    for trait in PART_TRAITS:
        if value := getattr(word, trait):
            offer(f"{trait} of a part", value, value, WORD)
    if word.affect is not None and word.mood:
        offer("affect", tuple(0.7 * x for x in word.affect), "", NAMED)


def _only(reading: Reading) -> None:
    if not reading.instruments:
        return
    for match in reading.find(_OTHERS):
        reading.offer("only these", True, "nothing else plays", match.span(), NAMED)
