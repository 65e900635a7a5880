"""Writing the bytes of Standard MIDI Files (format 1): the counterpart of `smf`.

Events are plain bytes with a time, so a long piece is written in milliseconds.
"""

from __future__ import annotations

from collections.abc import Iterable

from songwright.score import smf
from songwright.units import TICKS_PER_BEAT

TimedBytes = tuple[int, int, bytes]
"""Tick, rank (lower ranks come first at one tick) and the bytes of the event without its delta."""


def variable(value: int) -> bytes:
    """Variable-length quantity of a number in 0..2^28-1."""
    digits = [value & 0x7F]
    while value := value >> 7:
        digits.append(value & 0x7F | 0x80)
    return bytes(reversed(digits))


def meta(kind: int, data: bytes) -> bytes:
    """A meta event."""
    return bytes((smf.META, kind)) + variable(len(data)) + data


def text(kind: int, words: str) -> bytes:
    """A meta event that holds text, in UTF-8."""
    return meta(kind, words.encode("utf-8", errors="replace"))


def channel(kind: int, number: int, *data: int) -> bytes:
    """A channel event: ``kind`` 0x80..0xE0 on channel ``number`` 0..15."""
    return bytes((kind | number, *data))


def bend(number: int, value: int) -> bytes:
    """Pitch bend of -8192..8191 on a channel."""
    raw = value + 8192
    return channel(smf.BEND, number, raw & 0x7F, raw >> 7)


def track(events: Iterable[TimedBytes], end_tick: int) -> bytes:
    """A track chunk that ends at ``end_tick`` (or at its last event, if that is later)."""
    body = bytearray()
    now = 0
    for tick, _, event in sorted(events, key=lambda item: item[:2]):
        body += variable(tick - now)
        body += event
        now = tick
    body += variable(max(0, end_tick - now))
    body += meta(smf.END_OF_TRACK, b"")
    return b"MTrk" + len(body).to_bytes(4, "big") + bytes(body)


def file(tracks: list[bytes]) -> bytes:
    """A format 1 file of 480 ticks to the quarter."""
    header = b"".join(n.to_bytes(2, "big") for n in (1, len(tracks), TICKS_PER_BEAT))
    return b"MThd" + len(header).to_bytes(4, "big") + header + b"".join(tracks)
