"""Entries that were asked for: from which bar to which bar each such part plays."""

from __future__ import annotations

from dataclasses import replace

from songwright.brief.entries import entry_text
from songwright.brief.model import Brief, PartEntry
from songwright.composition.layering import half_way
from songwright.composition.part_places import bars_of, is_effect, named, parts_of
from songwright.composition.part_turns import as_rests
from songwright.composition.plan import Decision, Plan, SectionPlan
from songwright.composition.roles import HARMONIC

_MAY_REST = ("breakdown", "outro")
"""Functions in which a style may still leave out a part that has entered before."""

Ranges = tuple[tuple[int, int], ...]


def with_part_spans(plan: Plan, brief: Brief) -> Plan:
    """A plan in which parts enter, leave and play alone where the brief says.

    Times are taken to the nearest bar line. Where the wishes together would leave a bar without
    anybody, somebody plays all the same, and a decision says so.
    """
    if not brief.entries:
        return plan
    return _Turns(plan, brief).plan()


class _Turns:
    """Who is silent and who must play, bar by bar."""

    def __init__(self, plan: Plan, brief: Brief) -> None:
        self.before, self.brief = plan, brief
        self.silent = {p.id: [False] * plan.bars for p in plan.parts}
        self.needed: dict[str, set[int]] = {p.id: set() for p in plan.parts}
        players = tuple(p for entry in brief.entries for p in entry.players)
        self.named = set(parts_of(players, plan, brief))
        self.decisions: list[Decision] = []
        self.entered: list[tuple[PartEntry, tuple[str, ...], int]] = []

    def plan(self) -> Plan:
        """The plan with its rests, and sections whose parts fit them."""
        for entry in self.brief.entries:
            self._take(entry)
        self._contradictions()
        sections = [self._section(s) for s in self.before.sections]
        sections = self._never_empty(sections)
        rests = [r for part, bars in self.silent.items() for r in as_rests(part, bars)]
        return replace(
            self.before,
            sections=tuple(sections),
            rests=tuple(rests),
            decisions=(*self.before.decisions, *self.decisions),
        )

    def _take(self, entry: PartEntry) -> None:
        plan = self.before
        ids = (
            parts_of(entry.players, plan, self.brief)
            if entry.players
            else tuple(p.id for p in plan.parts if p.id not in self.named)
        )
        ranges, note = bars_of(entry, plan)
        if not ids or not ranges:
            why = "nobody of the ensemble plays that" if not ids else "it lies outside of the piece"
            self.decisions.append(Decision("entry", entry_text(entry), f"not done: {why}"))
            return
        inside = {b for start, end in ranges for b in range(start, end)}
        if entry.manner == "alone":
            self._hush([p.id for p in plan.parts if p.id not in ids], inside)
            self._need(ids, inside)
        elif entry.manner == "rests":
            self._hush(ids, inside)
            around = {b for start, end in ranges for b in (start - 1, end)}
            self._need(ids, {b for b in around if 0 <= b < plan.bars})
        else:
            self._hush(ids, set(range(plan.bars)) - inside)
            self._need(ids, self._must(entry, ranges))
            if entry.start is not None:
                self.entered.append((entry, ids, ranges[0][0]))
        shown = ", ".join(f"bars {start + 1}–{end}" for start, end in ranges)
        reason = f"{entry_text(entry)} was asked for: the nearest bar line"
        value = f"{named(entry)}: {entry.manner} in {shown}"
        self.decisions.append(Decision("entry", value, f"{reason}; {note}" if note else reason))

    def _must(self, entry: PartEntry, ranges: Ranges) -> set[int]:
        """Bars in which a part that has entered must be heard."""
        if entry.until is not None:
            return {b for start, end in ranges for b in range(start, end)}
        start, end = ranges[0]
        first = self.before.section_at(start).id
        return {
            b
            for s in self.before.sections
            if s.id == first or s.function not in _MAY_REST
            for b in range(max(start, s.start_bar), min(end, s.end_bar))
        }

    def _hush(self, ids: list[str] | tuple[str, ...], bars: set[int]) -> None:
        for part in ids:
            for bar in bars:
                self.silent[part][bar] = True

    def _need(self, ids: tuple[str, ...], bars: set[int]) -> None:
        for part in ids:
            self.needed[part] |= bars

    def _contradictions(self) -> None:
        for entry, ids, start in self.entered:
            if entry.players and all(self.silent[i][start] for i in ids):
                until = next(
                    (b for b in range(start, self.before.bars)
                     if not all(self.silent[i][b] for i in ids)), self.before.bars,
                )  # fmt: skip
                value = f"{named(entry)}: from bar {until + 1}"
                why = "another wish leaves them out until there; the silence is kept"
                self.decisions.append(Decision("entry", value, why))

    def _section(self, section: SectionPlan) -> SectionPlan:
        bars = range(section.start_bar, section.end_bar)
        parts = tuple(
            p.id for p in self.before.parts
            if (p.id in section.parts or self.needed[p.id].intersection(bars))
            and not all(self.silent[p.id][b] for b in bars)
        )  # fmt: skip
        middle = half_way(section)
        waits = tuple(
            p for p in section.late
            if p in parts and not any(b in self.needed[p] for b in range(bars.start, middle))
        )  # fmt: skip
        return replace(section, parts=parts, late=waits)

    def _sounds(self, section: SectionPlan, bar: int) -> bool:
        waiting = section.late if bar < half_way(section) else ()
        return any(
            not self.silent[p][bar] and p not in waiting and not is_effect(self.before.part(p))
            for p in section.parts
        )

    def _never_empty(self, sections: list[SectionPlan]) -> list[SectionPlan]:
        """Somebody plays in every bar: first who may, else who was asked to wait."""
        result = []
        for section in sections:
            now = section
            for bar in range(section.start_bar, section.end_bar):
                if not self._sounds(now, bar):
                    now = self._carried(now, bar)
            result.append(now)
        return result

    def _carried(self, section: SectionPlan, bar: int) -> SectionPlan:
        plan = self.before
        players = sorted(
            (p for p in plan.parts if not is_effect(p)),
            key=lambda p: (p.role not in HARMONIC, p.role != "lead"),
        )
        free = [p for p in players if not self.silent[p.id][bar]]
        chosen = (free or players)[0]
        if not free:
            self.silent[chosen.id][bar] = False
            reason = f"nobody else may play in bar {bar + 1}, and the piece is not silent there"
            said = Decision("entry", f"{chosen.name} plays", reason)
            if all(d.value != said.value for d in self.decisions):
                self.decisions.append(said)
        ids = {*section.parts, chosen.id}
        return replace(
            section,
            parts=tuple(p.id for p in plan.parts if p.id in ids),
            late=tuple(p for p in section.late if p != chosen.id),
        )
