"""How a piece is meant to sound, so that a dark style is not called dull nor a record noisy.

A style says what tone its master has (``[mix]`` of its file), and production words of a brief bend
it; the judge lays the same tone over the curve of recordings, or over that of the acoustic ensemble
that plays (`songwright.mix.ensembles`). Where a style needs other limits than
music at large, ``data/style_limits.toml`` has them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache

from songwright.audio.buffers import Samples64
from songwright.mix.ensembles import Ensemble, Player, ensemble_of
from songwright.mix.filters import eq_bands, low_pass, response_db
from songwright.mix.roles import production_effect
from songwright.mix.settings import EqBand
from songwright.mix.tonal import target_curve_db
from songwright.styles import style

WORN = "worn"
"""Pseudo-style of everything that is meant to sound like an old record, whatever its style."""

_WORN_FROM = 0.3  # amount of wear from which the mix room adds hiss and crackle
_RATE_HZ = 96_000  # of the filters whose response is drawn; high enough not to bend them
_UNWORN_HZ, _WORN_HZ = 14_000.0, 4_500.0  # band limit of the mix room without and with all wear


@dataclass(frozen=True, slots=True)
class Manner:
    """What of a style and its production words the limits of sound depend on.

    ``style`` is ``""`` for music of unknown style. The shelves (dB, below 120 Hz and above 6 kHz),
    the presence (dB at 3 kHz) and the wear (0..1) are those of the mix room; ``ensemble`` is the
    acoustic ensemble that plays, if one does.
    """

    style: str = ""
    low_shelf_db: float = 0.0
    presence_db: float = 0.0
    high_shelf_db: float = 0.0
    wear: float = 0.0
    ensemble: Ensemble = ()

    @property
    def names(self) -> tuple[str, ...]:
        """Names under which limits of this manner may stand, the weightier first."""
        worn = (WORN,) if self.wear > _WORN_FROM else ()
        return (*worn, self.style) if self.style else worn

    def target_db(self, frequency_hz: Samples64) -> Samples64:
        """Third-octave levels that are even for this manner, relative to 1 kHz of the plain curve.

        The curve of the ensemble or of recordings (`songwright.mix.tonal.target_curve_db`) with the
        tone of the style and, for worn sound, the band limit of a record laid over it.
        """
        bands = (
            EqBand("low_shelf", 120.0, self.low_shelf_db),
            EqBand("peak", 3_000.0, self.presence_db, 0.7),
            EqBand("high_shelf", 6_000.0, self.high_shelf_db),
        )
        rows = eq_bands(bands, _RATE_HZ)
        if self.wear > 0.05:
            rows.append(low_pass(_UNWORN_HZ * (_WORN_HZ / _UNWORN_HZ) ** self.wear, _RATE_HZ))
        return target_curve_db(frequency_hz, self.ensemble) + response_db(
            rows, frequency_hz, _RATE_HZ
        )


PLAIN = Manner()
"""Music of unknown style: the limits and the curve of recordings at large."""


@dataclass(frozen=True, slots=True)
class _Seat:
    role: str
    instrument: str
    sound: str


@cache
def _usual_ensemble(style_id: str) -> Ensemble:
    """The ensemble of a style's core: its first parts with their usual instruments."""
    facts = style(style_id)
    core = sorted(facts.parts, key=lambda part: part.priority)[: facts.parts_typical]
    return ensemble_of(
        _Seat(part.role, part.instruments[0], part.sounds[0] if part.sounds else "")
        for part in core
    )


def manner_of(
    style_id: str, production: Sequence[str] = (), parts: Iterable[Player] | None = None
) -> Manner:
    """The manner of a style, bent by production words ("dark", "vinyl"); unknown words do nothing.

    Parameters
    ----------
    style_id
        Empty for music of unknown style.
    production
        Production words of the brief.
    parts
        Who plays, which decides what ensemble it is; None takes the usual players of the style.

    Raises
    ------
    StyleError
        If there is no such style.
    """
    if not style_id:
        return PLAIN
    facts, words = style(style_id).mix, production_effect(production)
    return Manner(
        style_id,
        facts.low_shelf_db + words.low_shelf_db,
        words.presence_db,
        facts.high_shelf_db + words.high_shelf_db,
        max(0.0, min(1.0, facts.lofi + words.lofi)),
        _usual_ensemble(style_id) if parts is None else ensemble_of(parts),
    )
