"""What was asked for, after the person has asked for something else.

A report sets the piece against its brief. An edit that changes the metre is a request like the
first one, so the brief says the new metre from then on, and only controls that it named before.
"""

from __future__ import annotations

from dataclasses import replace

from songwright.brief.model import Brief, Length, SectionRequest, TempoRequest
from songwright.session.refine.state import Piece

_CONTROLS = {
    "metre": ("meter", "length"), "insert": ("form", "length"), "delete": ("form", "length"),
    "repeat": ("form", "length"), "swap": ("form",), "move": ("form",),
    "order": ("form", "length"), "length": ("form", "length"), "intro": ("form", "length"),
    "tempo": ("tempo", "length"), "key": ("key",), "transpose": ("key",), "style": ("style",),
    "ending": ("ending",), "chords": ("chart",), "progression": ("chart",),
    "reharmonise": ("chart",), "clearer": ("chart",), "tension": ("chart",),
}  # fmt: skip


def restated(piece: Piece, kind: str) -> Piece:
    """The piece with a brief that no longer asks for what an edit of a kind has replaced."""
    brief = piece.brief
    for control in _CONTROLS.get(kind, ()):
        brief = _said(brief, control, piece)
    return piece if brief == piece.brief else replace(piece, song=replace(piece.song, brief=brief))


def _said(brief: Brief, control: str, piece: Piece) -> Brief:
    plan = piece.plan
    match control:
        case "meter" if brief.meter is not None:
            return replace(brief, meter=plan.meter)
        case "tempo" if brief.tempo is not None:
            return replace(brief, tempo=TempoRequest(plan.tempo_bpm, plan.tempo_bpm))
        case "key" if brief.key is not None:
            return replace(brief, key=plan.key)
        case "style" if brief.style:
            return replace(brief, style=plan.style)
        case "ending" if brief.ending:
            return replace(brief, ending=plan.ending)
        case "length" if brief.length is not None:
            in_bars = brief.length.unit == "bars"
            size = plan.bars if in_bars else round(
                piece.take.performance.duration_seconds, 2
            )  # fmt: skip
            return replace(brief, length=Length(brief.length.unit, size, size))
        case "form" if brief.form:
            charts = {s.function: s.chart for s in brief.form}
            form = tuple(
                SectionRequest(s.function, s.bars, charts.get(s.function, ()))
                for s in plan.sections
            )
            return replace(brief, form=form)
        case "chart" if brief.chart or any(s.chart for s in brief.form):
            return replace(brief, chart=(), form=tuple(replace(s, chart=()) for s in brief.form))
        case _:
            return brief
