"""Where the sections are: a cue sheet to read, and lists that players and editors open."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass

from songwright.export.naming import clock, one_line, section_names
from songwright.export.tags import Tags
from songwright.score import Score
from songwright.score.timemap import TimeMap

_CUE_FRAMES = 75  # a second, of compact disc
_CUE_TYPES = {"wav": "WAVE", "flac": "WAVE", "ogg": "WAVE", "mp3": "MP3"}
_CUE_TRACKS = 99  # as many as a CUE file can number


@dataclass(frozen=True, slots=True)
class CueRow:
    """One section: its times in seconds, first bar (1-based), bars, and tempo and key there."""

    name: str
    start_seconds: float
    end_seconds: float
    bar: int
    bars: int
    bpm: float
    key: str
    meter: str


def cue_rows(score: Score) -> tuple[CueRow, ...]:
    """The sections of a piece in order; one row for all of a piece that has none."""
    times = TimeMap.of(score)
    marks = [
        (name, s.start_bar, s.end_bar)
        for name, s in zip(section_names(score), score.sections, strict=True)
    ] or [(one_line(score.title), 0, score.bars)]
    rows = []
    for name, first, last in marks:
        start, end = times.bar_start(first), times.bar_start(min(last, score.bars))
        key = ""
        for change in score.keys:
            key = str(change.key) if change.tick <= start or not key else key
        rows.append(
            CueRow(
                name, times.seconds(start), times.seconds(end), first + 1, last - first,
                times.bpm(start), key, str(times.meter(start)),
            )
        )  # fmt: skip
    return tuple(rows)


def cue_sheet(score: Score, tags: Tags, sources: str) -> str:
    """A cue sheet for people: what the piece is, and a table of its sections.

    ``sources`` says what the sound is made of, for the rights column.
    """
    rows = cue_rows(score)
    total = rows[-1].end_seconds
    head = [
        ("Title", tags.title), ("Style", tags.genre), ("Duration", clock(total)),
        ("Tempo", f"{tags.bpm:.6g} BPM"), ("Key", str(tags.key)), ("Metre", str(tags.meter.meter)),
        ("Parts", ", ".join(one_line(p.name) for p in score.parts)), ("Sound", sources),
        ("Rights", tags.licence), ("Software", tags.software),
    ]  # fmt: skip
    lines = [f"{name + ':':<10}{text}" for name, text in head if text]
    table = [("Section", "In", "Out", "Length", "Bar", "Bars", "BPM", "Key", "Metre")]
    table += [
        (
            r.name, clock(r.start_seconds), clock(r.end_seconds),
            clock(r.end_seconds - r.start_seconds), str(r.bar), str(r.bars), f"{r.bpm:.4g}", r.key,
            r.meter,
        )
        for r in rows
    ]  # fmt: skip
    widths = [max(len(row[i]) for row in table) for i in range(len(table[0]))]
    lines.append("")
    for row in table:
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        lines.append("  ".join(cells).rstrip())
    return "\n".join(lines) + "\n"


def markers_csv(score: Score) -> str:
    """Sections as the region list that REAPER's marker manager reads; also for spreadsheets."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(("#", "Name", "Start", "End", "Length"))
    for number, row in enumerate(cue_rows(score), start=1):
        # Names that a spreadsheet would take for a formula are set off by a space.
        name = f" {row.name}" if row.name[:1] in "=+-@" else row.name
        times = (row.start_seconds, row.end_seconds, row.end_seconds - row.start_seconds)
        writer.writerow((f"R{number}", name, *(clock(t) for t in times)))
    return text.getvalue()


def audacity_labels(score: Score) -> str:
    """Sections as an Audacity label track: start, end and name, with tabs between."""
    return "".join(
        f"{row.start_seconds:.6f}\t{row.end_seconds:.6f}\t{row.name}\n" for row in cue_rows(score)
    )


def cue_file(score: Score, tags: Tags, audio_name: str) -> str:
    """A CUE file that makes each section a track of one audio file.

    ``audio_name`` is its path as seen from the CUE file.
    """
    kind = _CUE_TYPES.get(audio_name.rsplit(".", 1)[-1].lower(), "WAVE")
    lines = [
        f"REM GENRE {_quoted(tags.genre)}",
        f"REM COMMENT {_quoted(f'{tags.comment}; {tags.software}')}",
        f"TITLE {_quoted(tags.title)}",
        f"FILE {_quoted(audio_name)} {kind}",
    ]
    for number, row in enumerate(cue_rows(score)[:_CUE_TRACKS], start=1):
        frames = round(row.start_seconds * _CUE_FRAMES)
        minutes, rest = divmod(frames, 60 * _CUE_FRAMES)
        lines += [
            f"  TRACK {number:02d} AUDIO",
            f"    TITLE {_quoted(row.name)}",
            f"    INDEX 01 {minutes:02d}:{rest // _CUE_FRAMES:02d}:{rest % _CUE_FRAMES:02d}",
        ]
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    return '"' + one_line(text).replace('"', "'") + '"'
