"""The judgement as one self-contained page: findings first, then pictures, then every metric."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from songwright.composition import Plan
from songwright.evaluate.diagnosis import Finding, diagnose, unchecked
from songwright.evaluate.judgement import Judged, Judgement
from songwright.evaluate.model import Span
from songwright.export.document import document
from songwright.score import Score

if TYPE_CHECKING:
    from songwright.evaluate.piece import Piece
    from songwright.evaluate.sound import SoundCurves
    from songwright.perform import Performance

_STYLE = """
.against{opacity:.8}svg{margin:.3rem 0}svg.dot{width:12rem;background:none;margin:0}
svg.matrix{width:min(100%,600px)}.caption{opacity:.7;font-size:.9em;margin:.2rem 0 0}
table.metrics{table-layout:fixed}.metrics td.number{white-space:normal}
td.number{white-space:nowrap}
.finding{border-left:4px solid #d62839;padding:.1rem .9rem;margin:.8rem 0}
.finding h3{margin:.2rem 0}.finding ul{margin:.2rem 0}
.good{border-color:#2a9d5c}.slight{border-color:#f3a712}
.out{color:#d62839;font-weight:600}.none{opacity:.6}code{font-size:.9em}
"""


def evaluation_html(
    title: str,
    judgement: Judgement,
    *,
    score: Score | None = None,
    plan: Plan | None = None,
    performance: Performance | None = None,
    curves: SoundCurves | None = None,
    piece: Piece | None = None,
) -> str:
    """A page that needs nothing but itself.

    Parameters
    ----------
    title
        Name of the piece.
    judgement
        What the judge says of it.
    score, plan, performance
        The notes, for the pictures of form; without them those are left out.
    curves
        Loudness and spectrum, for the pictures of sound.
    piece
        The normal form of the notes, if it is there already; else it is made again.
    """
    body = [f"<h1>{escape(title) or 'Untitled'}</h1>", _against(judgement), _findings(judgement)]
    body.append(_groups(judgement))
    if score is not None:
        piece = piece or _piece(score, plan, performance)
        body.append(_form(score, plan, piece, judgement))
    if curves is not None:
        body.append(_sound(curves, piece, score))
    body.append(_metrics(judgement))
    return document(f"{title}: evaluation", "".join(body), _STYLE)


def _against(judgement: Judgement) -> str:
    kind = judgement.kind.replace("_", " ") or "no human band"
    return (
        f'<p class="against">Read against {escape(kind)} ({escape(judgement.nearness)}). '
        f"{escape(judgement.why)}</p>"
    )


def _findings(judgement: Judgement) -> str:
    found = diagnose(judgement)
    blocks = [_finding(f) for f in found]
    if not found:
        blocks = ['<p class="finding good">No common limitation shows in the metrics.</p>']
    blocks += [
        f'<p class="note">Not checked: {escape(row.name.lower())} ({escape(row.unchecked)}).</p>'
        for row in unchecked()
    ]
    return f"<h2>Findings</h2>{''.join(blocks)}"


def _finding(finding: Finding) -> str:
    bars = ", ".join(_bars(span) for span in finding.bars)
    seconds = ", ".join(f"{a:.1f}–{b:.1f}" for a, b in finding.seconds)
    where = "; ".join(filter(None, (f"bars {bars}" if bars else "",
                                    f"{seconds} s" if seconds else "")))  # fmt: skip
    reasons = "".join(f"<li>{escape(reason)}</li>" for reason in finding.reasons)
    weight = _weight(finding.severity)
    return (
        f'<div class="finding{" slight" if weight == "slight" else ""}">'
        f'<h3>{escape(finding.name)} <span class="none">({weight})</span></h3>'
        f"<p>{escape(finding.meaning)}{f' <em>({where})</em>' if where else ''}</p>"
        f"<ul>{reasons}</ul><p><strong>Do:</strong> {escape(finding.advice)}</p>"
        f"<p><code>songwright refine PIECE {escape(finding.refine)}</code></p></div>"
    )


def _weight(severity: float) -> str:
    """A severity in words: 0.5 is just beyond the edge of human music, 1 far beyond it."""
    return "slight" if severity < 0.65 else "clear" if severity < 0.85 else "grave"


def _bars(span: Span) -> str:
    return f"{span[0] + 1}–{span[1]}" if span[1] - span[0] > 1 else str(span[0] + 1)


def _groups(judgement: Judgement) -> str:
    if not judgement.groups:
        return '<p class="note">Nothing in it could be judged.</p>'
    names = {m.id: m.facts.name for m in judgement.metrics}
    rows = "".join(
        f"<tr><th>{escape(g.name)}</th><td>{g.mean:.2f}</td><td>{g.minimum:.2f} "
        f"({escape(names[g.worst])})</td><td>{g.inside:.0%} of {g.count}</td></tr>"
        for g in judgement.groups
    )
    return (
        "<h2>Groups</h2><p>1 is the middle half of human music, 0.5 the edge of its band. About "
        "one metric in ten lies outside in human music too.</p><table><tr><th>group</th>"
        f"<th>mean</th><th>minimum</th><th>inside</th></tr>{rows}</table>"
    )


def _piece(score: Score, plan: Plan | None, performance: Performance | None) -> Piece:
    from songwright.evaluate.piece import piece_of  # noqa: PLC0415 (loads NumPy)

    return piece_of(score, performance, None if plan is None else plan.energy)


def _form(score: Score, plan: Plan | None, piece: Piece, judgement: Judgement) -> str:
    # The kernels load with these.
    from songwright.export import evaluation_pictures as draw  # noqa: PLC0415
    from songwright.export.pictures import piano_roll  # noqa: PLC0415

    theme = judgement.metric("theme_coverage")
    spans = () if theme is None else theme.measurement.evidence.bars
    parts = ["<h2>The piece</h2>", draw.bar_ruler(piece)]
    parts += [piano_roll(score, plan or draw.outline_of(score)), _legend(score)]
    strip = draw.theme_strip(score, spans, piece.bars)
    parts += ["<h3>Themes</h3>", strip] if strip else []
    harmony = draw.harmony_strip(piece)
    if harmony:
        below = _caption("Chords in the accompaniment; below, the key of every eight bars.")
        parts += ["<h3>Chords and keys, as heard</h3>", harmony, below]
    planned = "" if piece.plan_energy is None else " Line: planned."
    parts += ["<h3>Energy</h3>", draw.energy_picture(piece),
              _caption(f"Columns: measured in each bar (dB).{planned}")]  # fmt: skip
    matrix = draw.similarity_picture(piece)
    if matrix:
        parts += ["<h3>Self-similarity</h3>", matrix,
                  _caption("Time runs right and down; dark is alike; lines beside the diagonal "
                           "are returns.")]  # fmt: skip
    return "".join(parts)


def _caption(text: str) -> str:
    return f'<p class="caption">{escape(text)}</p>'


def _legend(score: Score) -> str:
    from songwright.export.pictures import ROLE_COLOURS  # noqa: PLC0415

    chips = (
        f'<span class="chip" style="background:{ROLE_COLOURS[p.role]}"></span>'
        f"{escape(p.name)} ({escape(p.role)})"
        for p in score.parts
    )
    return f'<p class="caption">{" &nbsp; ".join(chips)}</p>'


def _sound(curves: SoundCurves, piece: Piece | None, score: Score | None) -> str:
    from songwright.export.evaluation_sound_pictures import sound_section  # noqa: PLC0415

    sections: list[tuple[float, str]] = []
    if piece is not None:
        sections = [(piece.bar_seconds(s.start_bar), s.function) for s in piece.sections
                    if s.start_bar < piece.bars]  # fmt: skip
    names = {part.id: part.name for part in score.parts} if score is not None else {}
    return "<h2>The sound</h2>" + sound_section(curves, sections, names)


def _metrics(judgement: Judgement) -> str:
    parts = [
        "<h2>Metrics</h2><p>Dot: this piece. Thin line: 5th to 95th percentile of human music; "
        "thick: its middle half. For sound the thick line is what passes.</p>"
    ]
    for group in dict.fromkeys(m.facts.dimension for m in judgement.metrics):
        rows = "".join(_row(m) for m in judgement.metrics if m.facts.dimension == group)
        parts.append(
            f'<h3>{escape(group)}</h3><table class="metrics"><tr><th style="width:20%">metric</th>'
            '<th style="width:12%">value</th><th style="width:21%">band</th>'
            f'<th style="width:13rem"></th><th>where</th></tr>{rows}</table>'
        )
    return "".join(parts)


def _row(judged: Judged) -> str:
    from songwright.export.evaluation_dots import band_dot  # noqa: PLC0415

    facts, evidence = judged.facts, judged.measurement.evidence
    name = f'<th title="{escape(facts.meaning)}">{escape(facts.name)}</th>'
    if judged.value is None:
        return (
            f'<tr class="none">{name}<td colspan="4">{escape(judged.measurement.reason)}</td></tr>'
        )
    kind = f" ({judged.kind.replace('_', ' ')})" if judged.kind else ""
    bars = ", ".join(_bars(span) for span in evidence.bars[:4])
    seconds = ", ".join(f"{a:.1f}–{b:.1f} s" for a, b in evidence.seconds[:4])
    place = f"bars {bars}" if bars else seconds
    place = "" if evidence.note.startswith(place) else place  # said already
    where = escape("; ".join(filter(None, (place, evidence.note))))
    shade = ' class="number out"' if judged.inside is False else ' class="number"'
    return (
        f"<tr>{name}<td{shade}>{escape(judged.value_text)}</td>"
        f'<td class="number">{escape(judged.band_text + kind)}</td><td>{band_dot(judged)}</td>'
        f"<td>{where}</td></tr>"
    )
