"""Offers: what a span of text means for one control, and the rule that picks among several.

The rule, the same for every control that has one value:

1. a field beats the prompt;
2. the more specific beats the more general (a number beats a word, a word beats a hint);
3. what comes later beats what comes earlier.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from songwright.brief.model import Heard, TempoRequest

SCENE, HINT, WORD, NEAR, ENSEMBLE, NAMED, NUMBER = 5, 10, 20, 24, 27, 30, 40
"""Ranks, from general to specific: matched scene, hint, common word, neighbouring genre, ensemble,
term of art, number."""

_RANK_NAMES = {
    SCENE: "a scene",
    HINT: "a hint",
    WORD: "a word",
    NEAR: "a neighbouring genre",
    ENSEMBLE: "an ensemble",
    NAMED: "a term",
    NUMBER: "a number",
}


@dataclass(frozen=True, slots=True)
class Offer:
    """One reading of a control. ``shown`` is the value in words; ``position`` its place."""

    control: str
    value: object
    shown: str
    words: str
    source: str
    rank: int
    position: int

    @property
    def heard(self) -> Heard:
        return Heard(self.control, self.words, self.shown, self.source)


def settle(offers: Iterable[Offer]) -> tuple[Offer, list[str]]:
    """The offer that wins, and a sentence for each other one that says something else."""
    ordered = sorted(offers, key=lambda o: (o.source == "field", o.rank, o.position))
    best = ordered[-1]
    sentences = []
    for other in reversed(ordered[:-1]):
        if agree_values(best.value, other.value) or other.rank <= HINT:
            continue
        sentence = (
            f"{best.control}: “{other.words}” ({other.shown}) and “{best.words}” ({best.shown}) "
            f"disagree; {best.shown} is taken, because {_reason(best, other)}."
        )
        if sentence not in sentences:
            sentences.append(sentence)
    return best, sentences


def _reason(best: Offer, other: Offer) -> str:
    if best.source == "field" and other.source != "field":
        return "a field beats the prompt"
    if best.rank > other.rank:
        return f"{_RANK_NAMES[best.rank]} is more specific than {_RANK_NAMES[other.rank]}"
    return "it comes later"


def agree_values(first: object, second: object) -> bool:
    """Equal values agree, and so do tempo ranges that overlap."""
    if isinstance(first, TempoRequest) and isinstance(second, TempoRequest):
        return first.low_bpm <= second.high_bpm and second.low_bpm <= first.high_bpm
    return first == second
