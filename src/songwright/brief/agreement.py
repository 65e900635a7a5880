"""What is wanted against what is forbidden: negatives, specifics and "only these"."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from songwright.brief.model import Avoid, InstrumentRequest
from songwright.brief.negatives import avoided
from songwright.brief.seats import is_member, seated
from songwright.errors import BriefError

_NEAR_SYNONYMS = 3  # a request with more instruments than these names a family


@dataclass(frozen=True, slots=True)
class Players:
    """The requests and negatives that remain, and what had to give way."""

    instruments: tuple[InstrumentRequest, ...]
    avoid: tuple[Avoid, ...]
    conflicts: tuple[str, ...]


def agree(
    wanted: Sequence[tuple[InstrumentRequest, str]], barred: Sequence[tuple[Avoid, str]]
) -> Players:
    """Let requests and negatives agree; each comes with its source, ``"prompt"`` or ``"field"``.

    A negative takes away what it names, even from a broader request ("strings but no violins").
    Where both name the same thing a field beats the prompt, and otherwise the negative wins. A
    request that is more specific than the negative stays ("no drums, just a shaker").

    Raises
    ------
    BriefError
        If every instrument that was asked for is also forbidden.
    """
    requests = seated(_distinct(wanted))
    conflicts: list[str] = []
    avoids: list[Avoid] = []
    for avoid, source in barred:
        kept: list[tuple[InstrumentRequest, str]] = []
        remaining = avoid
        for request, origin in requests:
            request_left, remaining = _meet(request, origin, remaining, source, conflicts)
            if request_left is not None:
                kept.append((request_left, origin))
        requests = kept
        bars_something = remaining.instruments or remaining.roles or not _is_player(avoid.word)
        if remaining not in avoids and bars_something:
            avoids.append(remaining)
    if wanted and not requests:
        words = ", ".join(dict.fromkeys(request.word for request, _ in wanted))
        raise BriefError(
            f"every instrument that was asked for ({words}) is also forbidden; take the negative "
            "back or name another instrument"
        )
    requests_left = tuple(request for request, _ in requests)
    return Players(requests_left, tuple(avoids), tuple(dict.fromkeys(conflicts)))


def _meet(
    request: InstrumentRequest, origin: str, avoid: Avoid, source: str, conflicts: list[str]
) -> tuple[InstrumentRequest | None, Avoid]:
    """One request against one negative: what is left of each."""
    same_role = request.role != "" and request.role in avoid.roles
    shared = set(request.instruments) & set(avoid.instruments)
    if not shared and not (same_role and not avoid.instruments):
        return request, avoid
    if _drums_and_percussion(request, avoid):
        return request, _without(avoid, request)
    left = tuple(i for i in request.instruments if i not in shared)
    if shared and left:
        return replace(request, instruments=left), avoid
    if origin == "field" and source != "field":
        conflicts.append(
            f"instruments: “{request.word}” is asked for in a field and “no {avoid.word}” in the "
            f"prompt; {request.word} plays, because a field beats the prompt."
        )
        return request, _without(avoid, request)
    if _more_specific(request, avoid) and not (source == "field" and origin != "field"):
        conflicts.append(
            f"instruments: “{request.word}” and “no {avoid.word}” disagree; {request.word} plays, "
            "because the specific beats the general."
        )
        return request, _without(avoid, request)
    if is_member(request) and source == origin:
        return None, avoid  # "for strings, no double basses" says who the strings are
    reason = "a field beats the prompt" if source != origin else "a negative beats a request"
    conflicts.append(
        f"instruments: “{request.word}” is both asked for and excluded (“no {avoid.word}”); it "
        f"does "
        f"not play, because {reason}."
    )
    return None, avoid


def _drums_and_percussion(request: InstrumentRequest, avoid: Avoid) -> bool:
    """True for "percussion, but no drums" and the reverse: kits serve both, the roles differ."""
    if not {"drums", "percussion"} <= set(avoid.roles):
        return False
    by_drums = "percussion" not in avoid.word and "perc" not in avoid.word.split()
    if by_drums:
        return request.role == "percussion"
    return request.role == "drums"


def _more_specific(request: InstrumentRequest, avoid: Avoid) -> bool:
    if request.word == avoid.word or is_member(request):
        return False  # "rock band without drums": the ensemble is the general thing
    if avoided(request.word, request.instruments, request.role).instruments == avoid.instruments:
        return False  # two names of the same thing
    return set(request.instruments) < set(avoid.instruments)


def _without(avoid: Avoid, request: InstrumentRequest) -> Avoid:
    """The negative without what the request needs; parts of the style stay barred by role."""
    needed = request.instruments
    if len(needed) <= _NEAR_SYNONYMS:
        needed = needed[:1]  # "no brass but a horn" lets in no brass section
    ids = tuple(i for i in avoid.instruments if i not in needed)
    roles = avoid.roles
    if request.role == "percussion" and _drums_and_percussion(request, avoid):
        roles = ("drums",)
    elif request.role == "drums" and _drums_and_percussion(request, avoid):
        roles = ("percussion",)
    return replace(avoid, instruments=ids, roles=roles)


def _is_player(word: str) -> bool:
    return bool(avoided(word, ()).instruments)


def _distinct(
    wanted: Sequence[tuple[InstrumentRequest, str]],
) -> list[tuple[InstrumentRequest, str]]:
    """Requests without repeats: one kit plays "kick, snare and hi-hats", one piano "the piano"."""
    result: list[tuple[InstrumentRequest, str]] = []
    for request, source in wanted:
        twin = next((k for k, (r, _) in enumerate(result) if _is_twin(r, request)), None)
        if twin is None or _is_ensemble(request, wanted) or is_member(request):
            result.append((request, source))
        else:
            first = result[twin][0]
            merged = _merged(first, request)
            if _is_ensemble(first, wanted):  # "a jazz trio with brushes": what is named counts
                merged = replace(merged, instruments=request.instruments)
            result[twin] = (merged, source)
    return result


def _merged(first: InstrumentRequest, second: InstrumentRequest) -> InstrumentRequest:
    """Two requests for one player: the narrower choice, every adjective, the later pattern."""
    narrow, wide = sorted((first, second), key=lambda r: len(r.instruments))
    both = tuple(i for i in narrow.instruments if i in wide.instruments)
    return replace(
        narrow,
        instruments=both or second.instruments,
        pattern=second.pattern or first.pattern,
        adjectives=tuple(dict.fromkeys((*first.adjectives, *second.adjectives))),
    )


def _is_twin(first: InstrumentRequest, second: InstrumentRequest) -> bool:
    if first.role != second.role:
        return False
    if first.role == "drums":
        return True  # there is one drummer
    if first.role == "inner":
        return False  # inner voices come in pairs: two of four recorders
    same_pattern = not first.pattern or not second.pattern or first.pattern == second.pattern
    return same_pattern and first.instruments[:1] == second.instruments[:1]


def _is_ensemble(
    request: InstrumentRequest, wanted: Sequence[tuple[InstrumentRequest, str]]
) -> bool:
    """True for the two violins of a quartet: one word that asks for several players."""
    same_word = [r for r, _ in wanted if r.word == request.word]
    return len({r.instruments for r in same_word}) > 1
