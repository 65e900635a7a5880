"""Notation as PDF: by Verovio and ReportLab when they are installed, else by MuseScore."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
import tempfile
import xml.etree.ElementTree as ET
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from songwright.errors import OutputError
from songwright.export.svgpdf import pdf_of_svg
from songwright.export.tags import SOFTWARE

_MUSESCORES = (
    "mscore4portable", "musescore4", "mscore4", "mscore", "musescore", "MuseScore4", "musescore3",
    "mscore3", "/Applications/MuseScore 4.app/Contents/MacOS/mscore",
)  # fmt: skip
_MUSESCORE_SECONDS = 300
_ADVICE = (
    'install the engraver with `pip install "songwright[notation]"`, or MuseScore '
    "(musescore.org), or open song.musicxml in any notation program"
)

# Most staves of a system and the height of a staff in millimetres: players read parts from a
# stand, a conductor wants the page.
_STAFF_MM = ((1, 7.0), (2, 6.6), (4, 6.0), (6, 5.2), (8, 4.6), (11, 3.9), (15, 4.4), (20, 3.6),
             (10_000, 3.0))  # fmt: skip
_VEROVIO_STAFF_MM = 7.2  # at scale 100 and the usual unit
_A4_TENTHS_OF_MM = (2100, 2970)
_MARGIN_TENTHS_OF_MM = (140, 165, 130)  # sides, top, bottom; the title stands in the top one


def engravers() -> tuple[str, ...]:
    """Engravers found on this machine, the preferred one first: ``verovio``, ``musescore``."""
    found = []
    if all(importlib.util.find_spec(name) for name in ("verovio", "reportlab")):
        found.append("verovio")
    if _musescore():
        found.append("musescore")
    return tuple(found)


def engrave(musicxml: bytes, title: str, subject: str = "", engraver: str = "") -> bytes:
    """MusicXML as the bytes of a PDF, A4.

    Parameters
    ----------
    musicxml
        A whole MusicXML file.
    title, subject
        Title of the piece, and which part it is; for the head and the file's properties.
    engraver
        One of `engravers`; empty takes the first.

    Returns
    -------
    bytes
        The same for the same file and engraver.

    Raises
    ------
    OutputError
        If no engraver is installed, or it cannot read the file.
    """
    available = engravers()
    if not available or (engraver and engraver not in available):
        raise OutputError(f"no engraver for PDF was found; {_ADVICE}")
    if (engraver or available[0]) == "verovio":
        return _verovio(musicxml, title, subject)
    return _by_musescore(musicxml)


def _verovio(musicxml: bytes, title: str, subject: str) -> bytes:
    verovio: Any = importlib.import_module("verovio")  # an optional extra

    verovio.enableLog(verovio.LOG_OFF)
    root = ET.fromstring(musicxml)
    prepare(root)
    toolkit = verovio.toolkit()
    toolkit.setOptions(_options(_staves(root), len(root.findall("part"))))
    if not toolkit.loadData(ET.tostring(root, encoding="unicode")):
        raise OutputError(f"Verovio cannot read the notation of {title!r}; {_ADVICE}")
    pages = [toolkit.renderToSVG(i + 1) for i in range(toolkit.getPageCount())]
    font = _MusicFont(Path(verovio.__file__).parent / "data" / "Leipzig")
    return pdf_of_svg(pages, font.outline, title, subject, SOFTWARE)


def _options(staves: int, parts: int) -> dict[str, object]:
    staff_mm = next(size for most, size in _STAFF_MM if staves <= most)
    scale = 100 * staff_mm / _VEROVIO_STAFF_MM
    width, height = (round(size * 100 / scale) for size in _A4_TENTHS_OF_MM)
    sides, top, bottom = (round(size * 100 / scale) for size in _MARGIN_TENTHS_OF_MM)
    return {
        "pageWidth": width, "pageHeight": height, "scale": 100,
        "pageMarginLeft": sides, "pageMarginRight": sides,
        "pageMarginTop": top, "pageMarginBottom": bottom,
        "header": "auto", "footer": "none", "breaks": "auto", "svgFormatRaw": True,
        "smuflTextFont": "none", "xmlIdSeed": 1, "mnumInterval": 0,
        "justifyVertically": parts > 1, "justificationMaxVertical": 0.35,
        "spacingSystem": 6 if parts > 1 else 9, "spacingStaff": 10,
        "condense": "auto",
    }  # fmt: skip


def _staves(root: ET.Element) -> int:
    return sum(
        int(part.findtext("measure/attributes/staves") or "1") for part in root.findall("part")
    )


def prepare(root: ET.Element) -> None:
    """Help the engraver with single parts: the name stands in the head, and long rests as one."""
    parts = root.findall("part")
    if len(parts) > 1:
        return
    for tag in ("part-name", "part-abbreviation"):
        for element in root.iter(tag):
            element.text = ""
    if (parts[0].findtext("measure/attributes/staves") or "1") == "1":
        gather_rests(parts[0])


def gather_rests(part: ET.Element) -> None:
    """Mark runs of empty measures as one rest of so many bars.

    A measure that says something, by a mark, a chord symbol, a change of key or metre, stays a
    measure of its own: engravers lose what stands inside a long rest. A double bar ends a run.
    """
    run: list[ET.Element] = []
    for measure in [*part.findall("measure"), ET.Element("end")]:
        silent = measure.tag == "measure" and all(
            note.find("rest[@measure='yes']") is not None for note in measure.findall("note")
        )
        plain = not any(measure.find(t) is not None for t in ("direction", "harmony", "attributes"))
        if run and (not (silent and plain) or run[-1].find("barline") is not None):
            _write_multirest(run)
            run = []
        if silent and plain:
            run.append(measure)


def _write_multirest(run: Sequence[ET.Element]) -> None:
    if len(run) < 2:
        return
    attributes = ET.Element("attributes")
    run[0].insert(0, attributes)
    style = ET.SubElement(attributes, "measure-style")
    ET.SubElement(style, "multiple-rest").text = str(len(run))


class _MusicFont:
    """Outlines of the characters of Verovio's music font, from its data folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.outline = lru_cache(maxsize=256)(self._find)

    def _find(self, character: str) -> tuple[str, float] | None:
        code = ord(character)
        if not (0xE000 <= code <= 0xF8FF or 0x266D <= code <= 0x266F):
            return None
        path = self._folder / f"{code:04X}.xml"
        if not path.exists():
            return None
        drawn = ET.fromstring(path.read_text("utf-8")).find("path")
        data = drawn.get("d", "") if drawn is not None else ""
        return data, self._advances().get(f"{code:04X}", 500.0)

    @lru_cache(maxsize=1)  # noqa: B019 (one font a process)
    def _advances(self) -> dict[str, float]:
        table = ET.parse(self._folder.with_suffix(".xml")).getroot()
        return {g.get("c", ""): float(g.get("h-a-x", "500")) for g in table.findall("g")}


def _musescore() -> str:
    return next((found for name in _MUSESCORES if (found := shutil.which(name))), "")


def _by_musescore(musicxml: bytes) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder) / "score.musicxml", Path(folder) / "score.pdf"
        source.write_bytes(musicxml)
        environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "XDG_RUNTIME_DIR": folder}
        try:
            done = subprocess.run(
                [_musescore(), "-o", str(target), str(source)],
                capture_output=True, timeout=_MUSESCORE_SECONDS, env=environment, check=False,
            )  # fmt: skip
        except (OSError, subprocess.TimeoutExpired) as error:
            raise OutputError(
                f"MuseScore did not engrave the score ({error}); {_ADVICE}"
            ) from error
        if done.returncode != 0 or not target.exists():
            raise OutputError(f"MuseScore did not engrave the score; {_ADVICE}")
        return _undated(target.read_bytes())


def _undated(pdf: bytes) -> bytes:
    """The PDF with its date replaced, byte for byte, so that equal music gives equal files."""
    return re.sub(
        rb"/CreationDate \(D:(\d{14})", lambda m: m[0].replace(m[1], b"20000101000000"), pdf
    )
