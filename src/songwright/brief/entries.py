"""Who enters or leaves when: "strings come in at 0:30", "only percussion for the first 16 bars".

The reader claims the words of time and leaves the players to `songwright.brief.players`, so that
whoever enters is also asked for.
"""

from __future__ import annotations

import re
from dataclasses import replace

from songwright.brief.entry_places import later, place_text, read_place, read_span
from songwright.brief.entry_rules import ADJECTIVE, PLAYER, also, joins, rules
from songwright.brief.model import EntryPlayer, PartEntry, PartPlace
from songwright.brief.offers import NUMBER as RANK
from songwright.brief.offers import Offer
from songwright.brief.phrases import Match, find_phrases
from songwright.brief.text import Reading
from songwright.brief.vocabulary import Word, vocabulary

_BEAT = re.compile(r"(?<![a-z])(?:beat|groove)(?= )")
_SOLO = ("solo", "unaccompanied", "alone", "only")
_NO_PLAYERS = (*_SOLO, "band", "full band", "full orchestra", "orchestra", "ensemble")


def read_entries(reading: Reading) -> None:
    """Claim what says when players enter, leave or play alone."""
    matches = _players(reading)
    if not matches:
        return
    found: list[tuple[int, PartEntry, str]] = []
    for manner, pattern in rules():
        at = 0
        while (match := pattern.search(_masked(reading, matches), at)) is not None:
            at = max(match.end(), match.start() + 1)
            found += _entries(reading, match, manner, matches)
            if manner == "plays":
                found += _others_as_well(reading, match.end(), matches)
    found.sort(key=lambda item: item[0])
    for at, entry, words in _settled(reading, found, matches):
        shown = entry_text(entry)
        reading.offers.append(Offer("entry", entry, shown, words, reading.source, RANK, at))


def entry_text(entry: PartEntry) -> str:
    """Such as ``"strings from 0:30"`` or ``"drums silent until bar 9"``."""
    who = " and ".join(p.word for p in entry.players) or "everybody else"
    what = {"rests": " silent", "alone": " alone"}.get(entry.manner, "")
    each = entry.start is not None and entry.until is not None
    if each and entry.start == replace(entry.until or PartPlace(), after=False):
        inside = "in" if what else "only in"
        return f"{who}{what} {inside} {place_text(entry.start or PartPlace())}"
    start = f" from {place_text(entry.start)}" if entry.start is not None else ""
    end = f" until {place_text(entry.until)}" if entry.until is not None else ""
    return f"{who}{what}{start}{end}" if start or end else f"{who} from the beginning"


def _players(reading: Reading) -> list[Match]:
    """The players and adjectives in the text; the "solo" of a solo piano is left apart."""
    result = []
    table = vocabulary().phrases
    phrases = find_phrases(reading, {})
    known = {m.start for m in phrases}
    for beat in _BEAT.finditer(reading.lower):
        if beat.start() not in known:
            phrases.append(Match(*beat.span(), beat.group(), Word((beat.group(),), part="drums")))
    for match in phrases:
        word = match.word
        head, _, noun = match.phrase.partition(" ")
        plain, _, tail = match.phrase.rpartition(" ")
        if match.phrase in _NO_PLAYERS:
            continue
        if head in _SOLO and noun in table and table[noun].instruments:
            start = reading.lower.index(" ", match.start) + 1
            result.append(Match(start, match.end, noun, table[noun]))
        elif tail in _SOLO and plain in table and table[plain].instruments:
            end = reading.lower.rindex(" ", match.start, match.end)
            result.append(Match(match.start, end, plain, table[plain]))
        elif word.instruments or word.part or word.adjective:
            result.append(match)
    return result if any(m.word.instruments or m.word.part for m in result) else []


def _masked(reading: Reading, matches: list[Match]) -> str:
    text = list(reading.lower)
    for match in matches:
        sign = PLAYER if match.word.instruments or match.word.part else ADJECTIVE
        text[match.start : match.end] = sign * (match.end - match.start)
    return "".join(text)


def _entries(
    reading: Reading, match: re.Match[str], manner: str, matches: list[Match]
) -> list[tuple[int, PartEntry, str]]:
    """What one match says; its words are claimed but for those of the players."""
    named = match.groupdict()
    who = _named(match, "who", matches)
    start = read_place(named["when"]) if named.get("when") else None
    until = read_place(named["until"]) if named.get("until") else None
    if manner == "alone" and start is not None:
        start, until = None, start
    if named.get("lasts") and start is not None:
        until = later(start, named["lasts"])
        if until is None:
            reading.conflicts.append(
                f"entry: “{named['lasts']}” cannot be counted from {place_text(start)}; say until "
                "when."
            )
    if named.get("at_last"):
        until = read_place(named["at_last"])
    if named.get("span"):
        start, until = read_span(named["span"])
    if start is not None and start.section and start.ordinal == 0 and until is None:
        until = replace(start, after=True)  # "in each chorus" is over with the chorus
    found = [PartEntry(who, manner, start, until)]
    if manner == "first":  # "music box, then strings come in at 0:30"
        found = [PartEntry(who, "alone", None, start)]
        until = start
    if manner == "opening":
        until = PartPlace(section="opening", after=True)
    for name in ("later", "then"):
        if named.get(name):
            found.append(PartEntry(_named(match, name, matches), "plays", until, None))
    begins = match.end("head") if "head" in named else match.start()
    words = reading.written[begins : match.end()].strip(" ,;:")
    _claim_around(reading, begins, match.end(), matches)
    return [(begins, entry, words) for entry in found]


def _others_as_well(
    reading: Reading, at: int, matches: list[Match]
) -> list[tuple[int, PartEntry, str]]:
    """ "… and bass at bar 17" after an entry."""
    found: list[tuple[int, PartEntry, str]] = []
    while (match := also().match(_masked(reading, matches), at)) is not None:
        found += _entries(reading, match, "plays", matches)
        at = match.end()
    return found


def _settled(
    reading: Reading, found: list[tuple[int, PartEntry, str]], matches: list[Match]
) -> list[tuple[int, PartEntry, str]]:
    """Open ends closed: an opening ends with the first entry, a return ends a rest."""
    result: list[tuple[int, PartEntry, str]] = []
    for k, (at, entry, words) in enumerate(found):
        if any(entry == other for _, other, _ in result):
            continue
        if entry.manner == "opening":
            later = next((e for _, e, _ in found[k + 1 :] if _enters_from(e)), None)
            end = later.start if later is not None else PartPlace(section="opening", after=True)
            result.append((at, replace(entry, manner="alone", until=end), words))
            continue
        if entry.manner == "back":
            open_rest = next(
                (i for i, (_, e, _) in enumerate(result)
                 if e.manner == "rests" and e.until is None and e.players == entry.players), None,
            )  # fmt: skip
            if open_rest is None:
                reading.conflicts.append(
                    f"entry: “{words}”: nothing says when they stop before; they enter there."
                )
                entry = replace(entry, manner="plays")  # noqa: PLW2901 (as it is understood)
            else:
                place, rest, said = result[open_rest]
                result[open_rest] = (place, replace(rest, until=entry.start), f"{said} … {words}")
                continue
        twin = next((i for i, (_, e, _) in enumerate(result) if _clash(e, entry)), None)
        if twin is not None:
            before = result.pop(twin)
            reading.conflicts.append(
                f"entry: “{before[2]}” and “{words}” disagree; “{words}” is taken, because it "
                "comes later."
            )
        result.append((at, entry, words))
    alone = [e for _, e, _ in result if e.manner == "alone" and e.until is not None]
    match = joins().search(_masked(reading, matches))
    if alone and match is not None:  # "…, then the band joins": when the solo is over
        joining = _entries(reading, match, "plays", matches)
        result += [(at, replace(e, start=alone[-1].until), w) for at, e, w in joining]
    return result


def _enters_from(entry: PartEntry) -> bool:
    return entry.manner == "plays" and entry.start is not None


def _clash(first: PartEntry, second: PartEntry) -> bool:
    """Two first entries of one player."""
    plays = first.manner == second.manner == "plays"
    same = bool(set(first.players) & set(second.players)) or not (first.players or second.players)
    opens = first.until is None and second.until is None
    return plays and same and opens and first.start != second.start


def _named(match: re.Match[str], group: str, matches: list[Match]) -> tuple[EntryPlayer, ...]:
    start, end = match.span(group)
    inside = [m for m in matches if start <= m.start < end]
    players = (m for m in inside if m.word.instruments or m.word.part)
    return tuple(
        dict.fromkeys(
            EntryPlayer(m.phrase, m.word.instruments, m.word.role or m.word.part) for m in players
        )
    )


def _claim_around(reading: Reading, start: int, end: int, matches: list[Match]) -> None:
    """Claim ``start..end`` but for the players in it and what describes them."""
    at = start
    for player in sorted((m for m in matches if start <= m.start < end), key=lambda m: m.start):
        if at < player.start and reading.lower[at : player.start].strip():
            reading.claim(at, player.start - (reading.lower[player.start - 1] == " "))
        at = player.end
    if at < end:
        reading.claim(at, end)
