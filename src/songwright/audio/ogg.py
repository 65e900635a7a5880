"""Give an Ogg file a fixed stream serial number, so that equal audio gives equal bytes.

Encoders draw the serial number of an Ogg stream at random; it only has to differ between streams
that are multiplexed into one file, and a Songwright file holds one. The number is in every page
header, and each page carries a checksum over itself (RFC 3533, section 6).
"""

from __future__ import annotations

import zlib

SERIAL = 0x50E6_0001

_CAPTURE = b"OggS"
_HEADER_BYTES = 27
_REVERSED_BITS = bytes(int(f"{byte:08b}"[::-1], 2) for byte in range(256))


def page_checksum(page: bytes) -> int:
    """CRC-32 of an Ogg page: polynomial 0x04C11DB7, most significant bit first, no inversion.

    zlib knows only the bit-reversed, inverted variant. Reversing the bits of every byte and of
    the result, and undoing the inversions, turns the one into the other at C speed.
    """
    reflected = zlib.crc32(page.translate(_REVERSED_BITS), 0xFFFF_FFFF) ^ 0xFFFF_FFFF
    return int(f"{reflected:032b}"[::-1], 2)


def with_fixed_serial(data: bytes, serial: int = SERIAL) -> bytes:
    """Rewrite every page of an Ogg file with one serial number and a fresh checksum.

    Raises
    ------
    ValueError
        If the bytes are not a whole number of Ogg pages.
    """
    pages = bytearray(data)
    position = 0
    while position < len(pages):
        segments_at = position + _HEADER_BYTES
        if pages[position : position + 4] != _CAPTURE or segments_at > len(pages):
            raise ValueError(f"no Ogg page at byte {position}")
        segments = pages[position + 26]
        body_at = segments_at + segments
        end = body_at + sum(pages[segments_at:body_at])
        if end > len(pages):
            raise ValueError(f"the Ogg page at byte {position} is cut off")
        pages[position + 14 : position + 18] = serial.to_bytes(4, "little")
        pages[position + 22 : position + 26] = bytes(4)
        checksum = page_checksum(bytes(pages[position:end]))
        pages[position + 22 : position + 26] = checksum.to_bytes(4, "little")
        position = end
    return bytes(pages)
