"""The frame of every page: one HTML file that needs nothing but itself."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

_STYLE = """
:root{color-scheme:light dark}
body{font:16px/1.5 system-ui,sans-serif;max-width:1060px;margin:2rem auto;padding:0 1rem}
h1{margin-bottom:0}h2{margin-top:2rem}
svg{width:100%;background:#8881;border-radius:6px;display:block}svg text{fill:currentColor}
table{border-collapse:collapse;width:100%}th,td{text-align:left;padding:.35rem .6rem;
border-bottom:1px solid #8884;vertical-align:top}
.chip{display:inline-block;width:.8em;height:.8em;border-radius:2px;margin-right:.4em}
.note{border-left:4px solid #f3a712;padding-left:.8rem}
"""


def document(title: str, body: str, style: str = "") -> str:
    """A whole page. ``body`` is HTML, the title is text, ``style`` adds to what pages share."""
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>{escape(title)}</title><style>{_STYLE}{style}</style></head><body>{body}</body>"
        "</html>\n"
    )


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """An HTML table of plain texts."""
    cells = "".join(f"<th>{escape(name)}</th>" for name in head)
    lines = ("".join(f"<td>{escape(cell)}</td>" for cell in row) for row in rows)
    return f"<table><tr>{cells}</tr>{''.join(f'<tr>{line}</tr>' for line in lines)}</table>"
