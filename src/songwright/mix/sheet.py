"""A mix with its reasons: what was decided for each part, and why."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from songwright.mix.measure import StemFacts
from songwright.mix.settings import MixSettings


@dataclass(frozen=True, slots=True)
class MixDecision:
    """One decision: the part, its control (as `songwright.mix.override` names it), the value.

    ``part`` is ``room``, ``master`` or a part's id; ``reason`` is one clause in plain words.
    """

    part: str
    control: str
    value: str
    reason: str


@dataclass(frozen=True, slots=True)
class MixSheet:
    """Settings, the decisions that led to them, and what was measured of each dry stem.

    A sheet serialises. Stored with a song it lets a later production reuse what was decided
    (`songwright.mix.decide.decide_from_stems`); ``facts`` are kept because a part that is decided
    again is decided against parts that are not rendered again.
    """

    settings: MixSettings
    decisions: tuple[MixDecision, ...] = ()
    facts: dict[str, StemFacts] = field(default_factory=dict)

    def of_part(self, part: str) -> tuple[MixDecision, ...]:
        """The decisions about one part."""
        return tuple(d for d in self.decisions if d.part == part)

    def with_decisions(self, settings: MixSettings, decisions: Iterable[MixDecision]) -> MixSheet:
        """The sheet with other settings and further decisions.

        A later decision about the same control stands in place of an earlier one.
        """
        found = {(d.part, d.control): d for d in self.decisions}
        for decision in decisions:
            found[decision.part, decision.control] = decision
        return replace(self, settings=settings, decisions=tuple(found.values()))
