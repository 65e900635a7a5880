"""What a production is asked to make."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from songwright.mix import MixSettings, MixSheet, overridden
from songwright.mix.mastering.tables import delivery
from songwright.mix.settings import MasterSettings
from songwright.perform import Performance
from songwright.render import SoundSource
from songwright.render.engine import SOURCES
from songwright.session.production.record import MixRecord


def _unchanged(settings: MixSettings) -> MixSettings:
    return settings


@dataclass(frozen=True)
class Job:
    """One production.

    Attributes
    ----------
    performance
        What is played.
    sheet
        The mix as decided before any sound.
    by_hand
        Changes that the song itself carries (a refined song's balance).
    overrides
        Assignments by hand, laid over everything; see `songwright.mix.override`.
    target
        Place of delivery; empty for that of the parent, or the usual one.
    sources
        Asked for instruments before our own.
    soundfont
        What the sources were made from, to be remembered.
    parent, record
        Package whose stems may be used again, and its record.
    """

    performance: Performance
    sheet: MixSheet
    by_hand: Callable[[MixSettings], MixSettings] = _unchanged
    overrides: tuple[str, ...] = ()
    target: str = ""
    sources: Sequence[SoundSource] = ()
    soundfont: tuple[str, ...] = ()
    parent: Path | None = None
    record: MixRecord | None = None

    @property
    def all_sources(self) -> tuple[SoundSource, ...]:
        """Every source in the order in which it is asked."""
        return (*self.sources, *SOURCES)

    @property
    def place(self) -> str:
        """Where the master goes: as asked, else as the parent's did."""
        return self.target or (self.record.target if self.record is not None else "")

    def settled(self, decided: MixSheet) -> tuple[MixSheet, MasterSettings]:
        """The sheet with all that was set by hand and with the place of delivery.

        Returns also the mastering chain before the place of delivery had its say. Loudness and
        ceiling that were set by hand stand against a place that was only inherited.
        """
        by_hand = replace(decided, settings=self.by_hand(decided.settings))
        sheet = overridden(by_hand, self.overrides)
        chain = sheet.settings.master
        if not self.place:
            return sheet, chain
        delivered = delivery(self.place).applied_to(chain)
        if not self.target:
            usual = decided.settings.master
            if chain.target_lufs != usual.target_lufs:
                delivered = replace(delivered, target_lufs=chain.target_lufs)
            if chain.ceiling_dbtp != usual.ceiling_dbtp:
                delivered = replace(delivered, ceiling_dbtp=chain.ceiling_dbtp)
        return replace(sheet, settings=replace(sheet.settings, master=delivered)), chain
