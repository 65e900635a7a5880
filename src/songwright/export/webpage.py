"""The human report: one self-contained HTML file."""

from __future__ import annotations

from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from songwright.composition import Plan
from songwright.evaluate.diagnosis import diagnose
from songwright.evaluate.judgement import Judgement
from songwright.export.document import document, table
from songwright.export.pictures import ROLE_COLOURS, energy_curve, piano_roll, waveform
from songwright.export.report import MISSED, Report, Row
from songwright.score import Score, TimeMap

if TYPE_CHECKING:
    from songwright.evaluate.sound import SoundCurves

_STYLE = """
.prompt{font-size:1.1rem;opacity:.8}audio{width:100%}.open{opacity:.55}
.met{color:#2a9d5c;font-weight:600}.missed{color:#d62839;font-weight:700}
"""


def report_html(
    report: Report, plan: Plan, score: Score, folder: Path, judgement: Judgement | None = None,
    curves: SoundCurves | None = None,
) -> str:  # fmt: skip
    """The report as a page that needs nothing but itself (it plays ``master.*`` beside it).

    With a judgement it says what was found and links to ``evaluation.html`` beside it; with curves
    it shows the sound.
    """
    body = [
        f"<h1>{escape(report.title)}</h1>",
        f'<p class="prompt">{escape(report.prompt) or "(no prompt)"}</p>',
        f"<p>{escape(_facts(plan))}</p>",
        _player(folder),
        _notes(report),
        "" if judgement is None else _evaluation(judgement),
        "<h2>The piece</h2>",
        piano_roll(score, plan),
        _legend(score),
        "<h3>Energy</h3>",
        energy_curve(plan, score),
    ]
    master = next((folder / f"master.{e}" for e in ("wav", "flac")
                   if (folder / f"master.{e}").exists()), None)  # fmt: skip
    if master is not None:
        body += ["<h3>Waveform</h3>", waveform(master)]
    if curves is not None:
        from songwright.export.evaluation_sound_pictures import (  # noqa: PLC0415 (loads NumPy)
            sound_section,
        )

        times = TimeMap.of(score)
        starts = [(times.seconds(times.bar_start(s.start_bar)), s.function) for s in plan.sections]
        body += [sound_section(curves, starts, {part.id: part.name for part in score.parts})]
    body += ["<h2>Controls</h2>", _control_table(report.controls), "<h2>Sections</h2>"]
    body += [_section_table(plan, score)]
    if report.decisions:
        body += ["<h2>Decisions</h2>", table(("control", "value", "why"), report.decisions)]
    if report.rights:
        rows = [(r.what, r.source, r.licence, r.origin) for r in report.rights]
        body += ["<h2>Rights</h2>", table(("what", "whose", "terms", "from"), rows)]
    return document(report.title, "".join(body), _STYLE)


def _facts(plan: Plan) -> str:
    return (
        f"{plan.style.replace('_', ' ')} · {plan.use} · {plan.key} · {plan.tempo_bpm:.4g} BPM · "
        f"{plan.meter} · {plan.bars} bars · seed {plan.seed}"
    )


def _player(folder: Path) -> str:
    for ending in ("mp3", "ogg", "flac", "wav"):
        if (folder / f"master.{ending}").exists():
            return f'<audio controls preload="none" src="master.{ending}"></audio>'
    return ""


def _notes(report: Report) -> str:
    lines = [f"Not understood: {', '.join(report.not_understood)}."] * bool(report.not_understood)
    lines += report.conflicts
    missed = [row.control for row in report.controls if row.verdict == MISSED]
    if missed:
        lines.append(f"Missed: {', '.join(missed)}.")
    return "".join(f'<p class="note">{escape(line)}</p>' for line in lines)


def _evaluation(judgement: Judgement) -> str:
    """What the judge found, in one line, and where to read it all."""
    found = [finding.name.lower() for finding in diagnose(judgement)]
    text = ", ".join(found) if found else "no common limitation shows in the metrics"
    return f'<p><a href="evaluation.html">Evaluation</a>: {escape(text)}</p>'


def _legend(score: Score) -> str:
    return "<p>" + " &nbsp; ".join(
        f'<span class="chip" style="background:{ROLE_COLOURS[p.role]}"></span>'
        f"{escape(p.name)} ({p.role}, {len(p.notes)} notes)"
        for p in score.parts
    ) + "</p>"  # fmt: skip


def _control_table(rows: tuple[Row, ...]) -> str:
    lines = "".join(
        f"<tr><th>{escape(r.control)}</th><td>{escape(r.requested) or '–'}</td>"
        f"<td>{escape(r.planned)}</td><td>{escape(r.measured)}</td>"
        f'<td class="{r.verdict}">{r.verdict}</td></tr>'
        for r in rows
    )
    head = "<tr><th>control</th><th>requested</th><th>planned</th><th>measured</th><th></th></tr>"
    return f"<table>{head}{lines}</table>"


def _section_table(plan: Plan, score: Score) -> str:
    bar = plan.meter.bar_ticks
    rows = []
    for section in plan.sections:
        start, end = section.start_bar * bar, section.end_bar * bar
        chords = " ".join(c.chord.symbol for c in score.chords if start <= c.onset_ticks < end)
        treatment = ", ".join(t.treatment for t in score.themes if start <= t.onset_ticks < end)
        rows.append(
            (section.id, f"{section.start_bar + 1}–{section.end_bar}", f"{section.energy:.2f}",
             str(section.key), f"{section.letter} ({treatment or 'no tune'})", chords,
             ", ".join(section.parts))
        )  # fmt: skip
    return table(("section", "bars", "energy", "key", "theme", "chords", "parts"), tuple(rows))
