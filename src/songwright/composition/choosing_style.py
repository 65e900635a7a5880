"""The style of a piece: the one that was named, or the nearest to mood, players and use."""

from __future__ import annotations

import math

from songwright.brief.lineup import PLAYED_FAMILIES, may_be_alone
from songwright.brief.model import Affect, Brief
from songwright.composition.plan import Decision
from songwright.composition.uses import uses
from songwright.styles import Style, style, style_ids


def choose_style(brief: Brief, decisions: list[Decision]) -> Style:
    """The style that was named, or the nearest one; a choice is added to ``decisions``."""
    if brief.style:
        return style(brief.style)
    wanted = [set(request.instruments[:3]) for request in brief.instruments]
    chamber = brief.only_these and may_be_alone(brief.instruments, "")
    usual = {name: rank for rank, name in enumerate(_USUAL)}
    chosen = min(
        (style(name) for name in style_ids()),
        key=lambda s: (
            round(
                _distance(brief.affect, s, wanted, brief.only_these)
                + _strain(brief, s)
                - _PLAYING * _ways_known(brief, s),
                6,
            )
            + _OF_ITS_OWN.get(s.id, 0.0)
            + (_PRODUCED if chamber and not _suits_few(brief, s) else 0.0),
            usual.get(s.id, len(usual)),
            s.id,
        ),
    )
    named = wanted or brief.affect != Affect()
    reason = "nearest to the mood and instruments" if named else "no style was named"
    decisions.append(Decision("style", chosen.id, reason))
    return chosen


_CHAMBER = 0.5  # how much nearer a style is whose every part is among those asked for
_PRODUCED = 1.2  # how far it moves a produced style away from a few acoustic players alone
_OF_ITS_OWN = {"blues": 0.3}  # a form and a scale that nobody expects unless they are named
_PLAYING = 0.4  # how much nearer a style is that plays as was asked ("walking bass", "808")
_CORE = 2  # priority of the parts that a style never leaves out
_CHAMBER_FAMILIES = (*PLAYED_FAMILIES, "screen")
_STRANGE = 0.3  # how far it moves a style away that it knows nobody who was asked for

# What is taken when mood and instruments leave several styles equally near.
_USUAL = ("pop", "cinematic_ambient", "orchestral_film", "country_folk", "soul_rnb", "jazz_swing")


def _suits_few(brief: Brief, candidate: Style) -> bool:
    """True if a style can do without the players that a small acoustic group lacks."""
    asked = {request.role for request in brief.instruments}
    ranks = [part.priority for part in candidate.parts if part.role == "drums"]
    if "drums" in asked and not ranks:
        return False
    driven = any(rank <= _CORE for rank in ranks) and not asked & {"drums", "percussion"}
    return candidate.family in _CHAMBER_FAMILIES and not driven


def _distance(affect: Affect, candidate: Style, wanted: list[set[str]], only_these: bool) -> float:
    """How far a style lies from the mood asked for, less a bonus for the instruments it knows.

    A style that serves many moods is near from further away: nobody who says "romantic" means
    reggae. A style whose whole ensemble was asked for (a piano, the four of a quartet) is nearest.
    """
    facts = candidate.affect
    pairs = (
        (affect.valence, facts.valence), (affect.arousal, facts.arousal),
        (affect.tension, facts.tension), (affect.brightness, facts.brightness),
        (affect.density, facts.density),
    )  # fmt: skip
    far = math.sqrt(sum((a - b) ** 2 for a, b in pairs if a != 0.0))
    far = max(0.0, far - facts.breadth)
    if not wanted:
        return far
    known = {i for part in candidate.parts for i in part.instruments}
    asked = set[str]().union(*wanted)
    met = sum(
        0.5 * bool(request & known) + 0.5 * len(request & known) / len(request)
        for request in wanted
    ) / len(wanted)
    whole = all(asked & set(part.instruments) for part in candidate.parts)
    whole &= all(request & known for request in wanted)
    if only_these:  # a chamber group is nearest to the style with the like of it
        covered = sum(bool(asked & set(part.instruments)) for part in candidate.parts)
        far -= _CHAMBER * covered / len(candidate.parts)
    strange = _STRANGE if met == 0.0 else 0.0
    return far + strange - 0.6 * met - (0.5 if whole else 0.0)


def _ways_known(brief: Brief, candidate: Style) -> float:
    """Share of the ways of playing asked for that parts of a style know."""
    asked = {request.pattern for request in brief.instruments if request.pattern}
    known = {pattern for part in candidate.parts for pattern in part.patterns}
    return len(asked & known) / len(asked) if asked else 0.0


def _strain(brief: Brief, candidate: Style) -> float:
    """How unusual the use, the metre and the tempo asked for would be in a style."""
    suits = uses()[brief.use].suits if brief.use else ()
    strain = 0.6 if suits and candidate.family not in suits else 0.0
    if brief.meter is not None:
        share = candidate.meters.get(str(brief.meter), 0.0) / sum(candidate.meters.values())
        strain += 0.5 * max(0.0, 1.0 - 3.0 * share)
    if brief.tempo is not None:
        tempo = candidate.tempo
        inside = tempo.low_bpm <= brief.tempo.high_bpm and brief.tempo.low_bpm <= tempo.high_bpm
        strain += 0.0 if inside else 0.3
    if brief.feel in ("swing", "shuffle"):
        strain += 0.4 if candidate.swing <= 0.55 else 0.0
    return strain
