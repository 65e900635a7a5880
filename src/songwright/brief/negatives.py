"""Negatives: "no drums", "without vocals", "avoid brass and synths", "not too fast"."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files

import msgspec

from songwright.brief.kit import voices_of
from songwright.brief.model import Avoid, TempoRequest
from songwright.brief.offers import NAMED, WORD, Offer
from songwright.brief.phrases import Match
from songwright.brief.text import Reading
from songwright.brief.vocabulary import normal

_LISTING = (
    r"avoid(?:s|ing)?|exclud(?:e|es|ing)|omit(?:s|ting)?|skip(?:ping)?|leav(?:e|es|ing) out|"
    r"(?:don't|do not|never|please don't) (?:use|want|include|add|play|need)|stay away from|"
    r"free (?:of|from)|ban(?:s|ning)?|remove"
)
_CUE = re.compile(
    rf"\b(?:(?:but|and|with|absolutely|definitely) )?(?:(?P<listing>{_LISTING})|without|"
    r"(?:everything|all|anything|all instruments) (?:except(?: for)?|but|apart from|other than|"
    r"minus)|"
    r"no|not|never|neither|"
    r"(?:leav(?:e|es|ing)|keep(?:s|ing)?|tak(?:e|es|ing))(?= [a-z ]{2,48} out\b)|"
    r"minus|sans|ohne|sin|senza|keine?|lacking|instead of|rather than|hold the|isn't|"
    r"doesn't have|hasn't|zero)\b(?! (?:only|just|other|others|more|less|longer|faster|slower|"
    r"later))"
)
_FILLER = re.compile(
    r" ?(?:(?:any|the|a|an|much|use|using|of|kind|sort|type|real|all|single|too|very|so|overly|be|"
    r"sound|sounding|sounds|that|feel|have|include|including|add|additional|extra|big|whole|to|"
    r"actual|instruments? like|things? like)(?: |$))*"
)
_OR = re.compile(
    r" ?,? ?(?:or|nor|oder|ni|ou|o|und|and) (?:(?:any|no|without|the) )?|"
    r"(?: (?:instruments?|sounds?|things?))? (?:like|such as|including) (?:(?:the|an?) )?"
)
_AND = re.compile(r" ?,? ?(?:and|&|und|et|y|e) (?:(?:any|no|without|the) )?")
_COMMA = re.compile(r" ?, ?(?:(?:any|the) )?")
_EXCEPT = re.compile(
    r"\b(?:except(?: for)?|apart from|aside from|other than|save for|excepting|but not|minus)\b"
)
_NOT_LISTED = re.compile(
    r" ?(?:otherwise|instead|only|(?:is|are) (?:fine|ok|okay|good|great|welcome|allowed)|please)\b"
)
_NO_BEAT = re.compile(
    r"\b(?:no|without(?: an?y?)?|avoid(?: any)?) (?:beats?|rhythm(?: section)?|groove)\b"
)
# "No melody instruments too loud" forbids no melody, only noise.
_TOO_LOUD = re.compile(
    r"\b(?:no|nothing|none|not|never)(?: [a-z]+){0,3} (?:too|overly|very|that is too) "
    r"(?:loud|noisy|prominent|in your face)\b|\bnot? loud\b"
)
_FREE_OF = re.compile(r"^(?:-| )?free\b(?! ?(?:flowing|form|tempo|time|jazz))")


@dataclass(frozen=True, slots=True)
class _Row:
    words: tuple[str, ...]
    instruments: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Table:
    avoid: tuple[_Row, ...]
    opposites: dict[str, str] = field(default_factory=dict)


@cache
def _table() -> _Table:
    text = files("songwright.brief").joinpath("data/negatives.toml").read_text("utf-8")
    return msgspec.convert(tomllib.loads(text), _Table)


@cache
def _rows() -> dict[str, _Row]:
    return {normal(word): row for row in _table().avoid for word in row.words}


def avoided(phrase: str, instruments: tuple[str, ...], role: str = "") -> Avoid:
    """What "no <phrase>" bars: the table's row, or the ids that the phrase stands for."""
    row = _rows().get(phrase) or _rows().get(phrase.removesuffix("s"))
    if row is not None:
        return Avoid(phrase, row.instruments, row.roles)
    return Avoid(phrase, instruments, () if instruments else ((role,) if role else ()))


def read_negatives(reading: Reading, matches: list[Match]) -> list[Match]:
    """Claim negated words; returns the matches that are not negated."""
    for found in reading.find(_NO_BEAT):
        avoid = avoided("drums", ())
        reading.avoid.append(avoid)
        reading.offer("avoid", avoid.word, "not used: drums, percussion", found.span(), NAMED)
    for found in reading.find(_TOO_LOUD):
        reading.offer("dynamics", "mp", "mp", found.span(), WORD)
    negated: set[int] = set()
    by_start = {m.start: i for i, m in enumerate(matches)}
    for cue in reading.find(_CUE):
        scope = _scope(reading, matches, by_start, cue)
        if not scope:
            continue
        negated |= set(scope)
        end = max(matches[i].end for i in scope)
        for i in scope:
            _negate(reading, matches[i], cue.group().startswith(("not", "isn't", "never")))
        reading.claim(cue.start(), end)
    _exceptions(reading, matches, by_start, negated)
    for i, match in enumerate(matches):
        free = _FREE_OF.match(reading.lower[match.end : match.end + 12])
        if free is not None and i not in negated and match.word.instruments:
            _negate(reading, match, False)
            negated.add(i)
            reading.claim(match.start, match.end + free.end())
    return [m for i, m in enumerate(matches) if i not in negated]


def _exceptions(
    reading: Reading, matches: list[Match], by_start: dict[int, int], negated: set[int]
) -> None:
    """ "Woodwinds except the flute" bars the flute; in "no brass except a horn" the horn plays."""
    by_end = {m.end: i for i, m in enumerate(matches)}
    for cue in reading.find(_EXCEPT):
        before = len(reading.lower[: cue.start()].rstrip(" ,"))
        index = by_end.get(before)
        if index is None:
            continue
        if index in negated:
            reading.claim(*cue.span())
            continue
        scope = [i for i in _scope(reading, matches, by_start, cue) if i not in negated]
        if matches[index].word.instruments and scope:
            negated |= set(scope)
            for i in scope:
                _negate(reading, matches[i], False)
            reading.claim(cue.start(), max(matches[i].end for i in scope))


def _scope(
    reading: Reading, matches: list[Match], by_start: dict[int, int], cue: re.Match[str]
) -> list[int]:
    """Indices of the matches that a cue negates."""
    text = reading.lower
    listing = cue.groupdict().get("listing") is not None
    at = _skip(_FILLER, text, cue.end())
    scope: list[int] = []
    pending: list[int] = []  # after a comma: negated only if an "or" comes at last
    while True:
        index = by_start.get(at)
        if index is None and text[at : at + 1] == " ":
            index = by_start.get(at + 1)
        if index is None:
            break
        noun = index
        # "no heavy drums": the adjective goes with its noun.
        while (
            matches[noun].word.adjective
            and noun + 1 < len(matches)
            and text[matches[noun].end : matches[noun + 1].start] in (" ", "-")
        ):
            noun += 1
        (pending if pending else scope).append(noun)
        at = matches[noun].end
        joined = _AND.match(text, at) is not None
        if (step := _OR.match(text, at)) is not None and (
            not joined or (not pending and _goes_on(matches, by_start, _next(text, step.end())))
        ):
            scope += pending
            pending = []
        elif (step := _COMMA.match(text, at)) is not None:
            if listing and not pending and not _names_player(matches, by_start, step.end()):
                break
            if listing and _is_wanted(reading, matches, by_start, step.end()):
                break
            if listing and not pending:
                pass
            elif not pending:
                pending = [-1]
        else:
            break
        at = step.end()
    return [i for i in scope if i >= 0]


def _names_player(matches: list[Match], by_start: dict[int, int], at: int) -> bool:
    index = by_start.get(at)
    return index is not None and bool(matches[index].word.instruments or matches[index].word.part)


def _is_wanted(reading: Reading, matches: list[Match], by_start: dict[int, int], at: int) -> bool:
    """True for the woodwinds of "exclude the flute, woodwinds otherwise"."""
    index = by_start.get(at)
    return index is not None and bool(_NOT_LISTED.match(reading.lower, matches[index].end))


def _next(text: str, at: int) -> int:
    return at + 1 if text[at : at + 1] == " " else at


def _goes_on(matches: list[Match], by_start: dict[int, int], at: int) -> bool:
    """True if "and" is followed directly by another thing of the kind that is negated."""
    index = by_start.get(at)
    return index is not None and not matches[index].word.adjective


def _skip(pattern: re.Pattern[str], text: str, at: int) -> int:
    match = pattern.match(text, at)
    return at if match is None else match.end()


def _negate(reading: Reading, match: Match, softly: bool) -> None:
    word = match.word
    at = match.start
    before = len(reading.offers)

    def offer(control: str, value: object, shown: str, rank: int) -> None:
        words = "no " + match.phrase if not softly else "not " + match.phrase
        reading.offers.append(Offer(control, value, shown, words, reading.source, rank, at))

    if voices := voices_of(match.phrase):
        reading.avoid.append(Avoid(match.phrase, voices=voices))
        offer("avoid", match.phrase, f"not struck: {match.phrase}", NAMED)
        return
    if word.instruments or word.part or match.phrase in _rows():
        role = word.role or word.part
        avoid = avoided(match.phrase, word.instruments, role)
        reading.avoid.append(avoid)
        barred = ", ".join((*avoid.roles, *avoid.instruments[:3]))
        more = f" and {len(avoid.instruments) - 3} more" if len(avoid.instruments) > 3 else ""
        offer("avoid", avoid.word, f"not used: {barred}{more}", NAMED)
        if word.instruments or word.part:
            return
    section = "solo" if match.phrase == "solo" else word.section
    if section:
        reading.avoid.append(Avoid(section))
        offer("avoid", section, f"no section of this kind: {section}", NAMED)
    if word.style:
        reading.avoid.append(Avoid(match.phrase))
        offer("avoid", match.phrase, f"not in the style of {match.phrase}", NAMED)
    if word.affect is not None:
        opposite = tuple(-0.5 * x for x in word.affect)
        offer("affect", opposite, "", WORD)
        control = "mood" if word.mood else "character"
        offer(control, f"not {match.phrase}", "the opposite, half as strong", WORD)
    if word.bpm is not None:
        slow = word.bpm[1] < 100
        request = TempoRequest(88.0, 126.0) if slow else TempoRequest(76.0, 112.0)
        offer("tempo", request, f"{request.low_bpm:g}–{request.high_bpm:g} BPM", WORD)
    if word.feel:
        offer("feel", "straight", "straight", WORD)
    if word.ending in ("fade", "loop", "ring"):
        offer("ending", "final", "final", WORD)
    if word.density:
        density = {"sparse": "medium", "dense": "medium"}.get(word.density, "medium")
        offer("density", density, density, WORD)
    if word.intensity == "high":
        offer("intensity", "low", "low", WORD)
    if word.danceability:
        offer("danceability", "low", "low", WORD)
    if word.articulation:
        way = "legato" if word.articulation != "legato" else "staccato"
        offer("articulation", way, way, WORD)
    if word.dynamics:
        level = "mf" if word.dynamics in ("pp", "p") else "mp"
        offer("dynamics", level, level, WORD)
    for name in word.production:
        instead = _table().opposites.get(name)
        if instead is not None:
            offer("production", instead, f"{instead} (instead of {name})", WORD)
    if len(reading.offers) == before:
        reading.dropped.append(reading.written[match.start : match.end])
