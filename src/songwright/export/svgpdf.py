"""Pages of Verovio's SVG drawn as PDF.

General converters fail on such pages: text in several runs lands on top of itself, and notes in
text (a metronome mark) come out as boxes, because the music font is a web font. Verovio writes a
small part of SVG, so it is drawn here command by command, with music characters as outlines.
"""

from __future__ import annotations

import re
import unicodedata
import xml.etree.ElementTree as ET
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from importlib import import_module
from io import BytesIO
from typing import Any

from songwright.export.letters import plain_letters
from songwright.export.svgpaths import path_segments

_A4_POINTS = (595.276, 841.890)
_TEXT_FONTS = {
    (False, False): "Times-Roman", (True, False): "Times-Bold",
    (False, True): "Times-Italic", (True, True): "Times-BoldItalic",
}  # fmt: skip
_OTHER_SCRIPTS = "STSong-Light"  # PDF readers bring it; it holds Chinese, kana, Cyrillic and Greek
_BOLD = {"ending", "fing", "reh", "tempo"}
_ITALIC = {"dir", "dynam", "mNum"}
_SIZES = ("x", "y", "width", "height", "cx", "cy", "rx", "ry", "r")
_HEAD = "pgHead"  # grows with the staves; it keeps the place, the title is written here
_FONT_UNITS = 1000
_SVG = "{http://www.w3.org/2000/svg}"
_LINK = "{http://www.w3.org/1999/xlink}href"

Outline = Callable[[str], tuple[str, float] | None]
"""Path data and advance width (in thousandths of the size) of a music character, if it is one."""


@dataclass(frozen=True, slots=True)
class _Ink:
    """What children inherit."""

    bold: bool = False
    italic: bool = False
    size: float = 0.0
    anchor: str = "start"


@dataclass(frozen=True, slots=True)
class _Run:
    """Text in one font."""

    text: str
    font: str
    size: float
    outline: str = ""  # of a music character
    advance: float = 0.0


def pdf_of_svg(
    pages: Sequence[str], outline: Outline, title: str, subject: str = "", creator: str = ""
) -> bytes:
    """One A4 PDF of SVG pages.

    Parameters
    ----------
    pages
        SVG texts as Verovio writes them (``svgFormatRaw`` on).
    outline
        Finds the outlines of music characters.
    title, subject, creator
        What the file says about itself; ``subject`` also heads the pages from the second on.

    Returns
    -------
    bytes
        The same for the same pages: no dates, fixed identifiers.

    Raises
    ------
    ImportError
        If ReportLab is not installed.
    """
    metrics: Any = import_module("reportlab.pdfbase.pdfmetrics")  # an optional extra
    metrics.registerFont(import_module("reportlab.pdfbase.cidfonts").UnicodeCIDFont(_OTHER_SCRIPTS))
    target = BytesIO()
    canvas: Any = import_module("reportlab.pdfgen.canvas").Canvas(
        target, pagesize=_A4_POINTS, pageCompression=1, invariant=1
    )
    canvas.setTitle(title)
    canvas.setSubject(subject)
    canvas.setCreator(creator)
    canvas.setAuthor("")
    for number, svg in enumerate(pages, start=1):
        page = _Page(canvas, outline, metrics.stringWidth)
        page.draw(ET.fromstring(svg), hide=_HEAD)
        page.write(f"{number} / {len(pages)}", _A4_POINTS[0] / 2, 20, 8, "middle")
        if number == 1:
            page.write(title, _A4_POINTS[0] / 2, _A4_POINTS[1] - 44, 17, "middle")
            page.write(subject, 40, _A4_POINTS[1] - 44, 11)
        else:
            page.write(" – ".join(t for t in (title, subject) if t), 40, 20, 8)
        canvas.showPage()
    canvas.save()
    return target.getvalue()


class _Page:
    """Draws one page on a ReportLab canvas."""

    def __init__(
        self, canvas: Any, outline: Outline, width: Callable[[str, str, float], float]
    ) -> None:
        self._canvas = canvas
        self._outline = outline
        self._width = width
        self._symbols: dict[str, ET.Element] = {}
        self._hidden: set[str] = set()

    def draw(self, root: ET.Element, hide: str = "") -> None:
        """Draw a page; groups of class ``hide`` are left out."""
        self._hidden = {"placeholder", hide}
        self._symbols = {e.get("id", ""): e for e in root.iter() if e.get("id")}
        inner = next((e for e in root.iter(f"{_SVG}svg") if e.get("viewBox")), root)
        self._canvas.saveState()
        box = inner.get("viewBox") or "0 0 1 1"
        width, height = (float(v) for v in box.replace(",", " ").split()[2:4])
        scale = min(_A4_POINTS[0] / width, _A4_POINTS[1] / height)
        self._canvas.transform(scale, 0, 0, -scale, 0, _A4_POINTS[1])
        self._canvas.setLineWidth(1)
        for child in inner:
            self._element(child, _Ink())
        self._canvas.restoreState()

    def write(self, text: str, x: float, y: float, size: float, anchor: str = "start") -> None:
        """Write a line of text in points from the lower left corner of the page."""
        self._line(self._runs(text, _Ink(size=size)), x, y, anchor, 1)

    def _element(self, element: ET.Element, ink: _Ink) -> None:
        tag = element.tag.removeprefix(_SVG)
        classes = (element.get("class") or "").split()
        if tag in ("defs", "style", "desc", "title", "svg") or self._hidden.intersection(classes):
            return
        ink = _inherited(element, ink)
        self._canvas.saveState()
        _transform(self._canvas, element.get("transform", ""))
        if width := element.get("stroke-width"):
            self._canvas.setLineWidth(float(width))
        if dashes := element.get("stroke-dasharray"):
            self._canvas.setDash([float(v) for v in dashes.replace(",", " ").split()])
        self._canvas.setLineCap({"round": 1, "square": 2}.get(element.get("stroke-linecap", ""), 0))
        self._canvas.setLineJoin(
            {"round": 1, "bevel": 2}.get(element.get("stroke-linejoin", ""), 0)
        )
        if tag == "g":
            for child in element:
                self._element(child, ink)
        elif tag == "use":
            self._use(element)
        elif tag == "text":
            self._text(element, ink)
        else:
            self._shape(tag, element)
        self._canvas.restoreState()

    def _shape(self, tag: str, element: ET.Element) -> None:
        hollow = element.get("fill-opacity") == "0" or element.get("fill") in (
            "none",
            "transparent",
        )
        number = {name: float(element.get(name, "0")) for name in _SIZES if element.get(name)}
        if tag == "path":
            segments = path_segments(element.get("d", ""))
            is_line = sum(kind == "L" for kind, _ in segments) == 1 and len(segments) == 2
            self._path(segments, stroke=True, fill=not (hollow or is_line))
        elif tag in ("polygon", "polyline"):
            values = [float(v) for v in re.split(r"[\s,]+", element.get("points", "").strip())]
            data = "M" + " L".join(f"{a} {b}" for a, b in zip(values[::2], values[1::2],
                                                             strict=True))  # fmt: skip
            closed = tag == "polygon"
            self._path(path_segments(data + ("Z" if closed else "")), not closed, closed)
        elif tag == "rect":
            self._canvas.rect(number.get("x", 0.0), number.get("y", 0.0), number["width"],
                              number["height"],
                              stroke=1, fill=int(not hollow))  # fmt: skip
        elif tag in ("ellipse", "circle"):
            rx, ry = number.get("rx", number.get("r", 0.0)), number.get("ry", number.get("r", 0.0))
            self._canvas.ellipse(
                number["cx"] - rx, number["cy"] - ry, number["cx"] + rx, number["cy"] + ry,
                stroke=0, fill=int(not hollow),
            )  # fmt: skip

    def _path(self, segments: Sequence[Any], stroke: bool, fill: bool) -> None:
        path = self._canvas.beginPath()
        for kind, values in segments:
            if kind == "M":
                path.moveTo(*values)
            elif kind == "L":
                path.lineTo(*values)
            elif kind == "C":
                path.curveTo(*values)
            else:
                path.close()
        self._canvas.drawPath(path, stroke=int(stroke), fill=int(fill), fillMode=1)

    def _use(self, element: ET.Element) -> None:
        symbol = self._symbols.get(element.get(_LINK, element.get("href", ""))[1:])
        if symbol is None:
            return
        for child in symbol.iter(f"{_SVG}path"):
            self._canvas.saveState()
            _transform(self._canvas, child.get("transform", ""))
            self._path(path_segments(child.get("d", "")), stroke=False, fill=True)
            self._canvas.restoreState()

    def _text(self, element: ET.Element, ink: _Ink) -> None:
        """Text in lines: each begins where the text, or a span with a place of its own, says."""
        lines: list[tuple[float, float, str, list[_Run]]] = []
        place = float(element.get("x", "0")), float(element.get("y", "0"))
        lines.append((*place, ink.anchor, []))
        self._collect(element, ink, lines)
        for x, y, anchor, runs in lines:
            self._line(runs, x, y, anchor, -1)

    def _line(self, runs: list[_Run], x: float, y: float, anchor: str, upright: int) -> None:
        """Draw runs side by side; ``upright`` is -1 where y counts downwards."""
        total = sum(run.advance for run in runs)
        at = x - {"middle": total / 2, "end": total}.get(anchor, 0.0)
        for run in runs:
            self._canvas.saveState()
            self._canvas.translate(at, y)
            self._canvas.scale(1, upright)
            if run.outline:
                scale = run.size / _FONT_UNITS
                self._canvas.scale(scale, scale)
                self._path(path_segments(run.outline), stroke=False, fill=True)
            else:
                self._canvas.setFont(run.font, run.size)
                self._canvas.drawString(0, 0, run.text)
            self._canvas.restoreState()
            at += run.advance

    def _collect(
        self, element: ET.Element, ink: _Ink, lines: list[tuple[float, float, str, list[_Run]]]
    ) -> None:
        lines[-1][3].extend(self._runs(element.text or "", ink))
        for child in element:
            own = _inherited(child, ink)
            if child.get("x") is not None or child.get("y") is not None:
                x, y, _, _ = lines[-1]
                place = float(child.get("x", x)), float(child.get("y", y))
                lines.append((*place, own.anchor, []))
            self._collect(child, own, lines)
            lines[-1][3].extend(self._runs(child.tail or "", ink))

    def _runs(self, text: str, ink: _Ink) -> list[_Run]:
        """Runs of one font each; what Times does not have goes to a font of other scripts."""
        runs: list[_Run] = []
        for written in text.replace("\u00a0", " "):
            found = self._outline(written)
            if found is not None:
                runs.append(_Run(written, "", ink.size, found[0],
                                 found[1] * ink.size / _FONT_UNITS))  # fmt: skip
                continue
            character = _printable(written)
            font = _TEXT_FONTS[ink.bold, ink.italic] if _in_text_font(character) else _OTHER_SCRIPTS
            joins = bool(runs) and runs[-1].font == font and not runs[-1].outline
            words = (runs.pop().text if joins else "") + character
            advance = self._width(words, font, ink.size) if ink.size else 0.0
            runs.append(_Run(words, font, ink.size, "", advance))
        return runs


def _in_text_font(text: str) -> bool:
    try:
        text.encode("cp1252")
    except UnicodeEncodeError:
        return False
    return True


def _printable(character: str) -> str:
    """A Latin letter that no font here holds, without its accent: ``Ł`` would print as a box."""
    if _in_text_font(character) or not unicodedata.name(character, "").startswith("LATIN"):
        return character
    plain = plain_letters(character)
    return plain if _in_text_font(plain) else "?"


def _inherited(element: ET.Element, ink: _Ink) -> _Ink:
    classes = set((element.get("class") or "").split())
    if classes & _BOLD:
        ink = replace(ink, bold=True)
    if classes & _ITALIC:
        ink = replace(ink, italic=True)
    if weight := element.get("font-weight"):
        ink = replace(ink, bold=weight == "bold")
    if style := element.get("font-style"):
        ink = replace(ink, italic=style in ("italic", "oblique"))
    if size := element.get("font-size"):
        ink = replace(ink, size=float(size.removesuffix("px")))
    if anchor := element.get("text-anchor"):
        ink = replace(ink, anchor=anchor)
    return ink


def _transform(canvas: Any, text: str) -> None:
    for name, arguments in re.findall(r"(\w+)\(([^)]*)\)", text):
        values = [float(v) for v in re.split(r"[\s,]+", arguments.strip())]
        if name == "translate":
            canvas.translate(values[0], values[1] if len(values) > 1 else 0.0)
        elif name == "scale":
            canvas.scale(values[0], values[-1])
        elif name == "rotate":
            canvas.rotate(values[0])
