"""Small pictures as PNG bytes (ISO/IEC 15948), written by hand: pages need no picture library."""

from __future__ import annotations

import base64
import struct
import zlib
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Shades = NDArray[np.uint8]
Colour = tuple[int, int, int]

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_GREY, _INDEXED = 0, 3


def png(shades: Shades, palette: Sequence[Colour] = ()) -> bytes:
    """An 8-bit PNG of an array ``(rows, columns)``: grey, or indices of up to 256 colours."""
    rows, columns = shades.shape
    kind = _INDEXED if palette else _GREY
    lines = b"".join(b"\x00" + row.tobytes() for row in np.ascontiguousarray(shades))
    body = [_chunk(b"IHDR", struct.pack(">IIBBBBB", columns, rows, 8, kind, 0, 0, 0))]
    if palette:
        body.append(_chunk(b"PLTE", b"".join(bytes(colour) for colour in palette)))
    body += [_chunk(b"IDAT", zlib.compress(lines, 9)), _chunk(b"IEND", b"")]
    return _SIGNATURE + b"".join(body)


def _chunk(kind: bytes, data: bytes) -> bytes:
    body = kind + data
    return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))


def ramp(stops: Sequence[tuple[float, Colour]], count: int = 64) -> tuple[Colour, ...]:
    """Colours in equal steps from the first stop (at 0.0) to the last (at 1.0)."""
    places = [place for place, _ in stops]
    channels = [
        np.interp(np.linspace(0.0, 1.0, count), places, [colour[c] for _, colour in stops])
        for c in range(3)
    ]
    return tuple(
        (round(float(r)), round(float(g)), round(float(b)))
        for r, g, b in zip(*channels, strict=True)
    )


def inline_image(
    data: bytes, x: float, y: float, width: float, height: float, smooth: bool = True
) -> str:
    """An SVG image element with the PNG inside it, stretched over a rectangle."""
    text = base64.b64encode(data).decode()
    style = "" if smooth else ' style="image-rendering:pixelated"'
    return (
        f'<image x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" '
        f'preserveAspectRatio="none"{style} href="data:image/png;base64,{text}"/>'
    )
