"""Tags in finished FLAC, MP3, Ogg Vorbis and WAV files, written without touching the sound.

FLAC and Ogg carry Vorbis comments (xiph.org), MP3 an ID3v2.3 tag (id3.org, 1999: the version that
every player reads). All are a few lines of layout, and the usual library is GPL.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from pathlib import Path

from songwright.audio.ogg import page_checksum
from songwright.errors import FileFormatError, OutputError
from songwright.export.tags import Tags
from songwright.export.wav import write_tagged_wav

_FLAC_COMMENT, _FLAC_LAST = 4, 0x80
_OGG_HEADER_BYTES = 27
_SEGMENTS_A_PAGE = 255


def write_tagged(source: Path, target: Path, tags: Tags) -> None:
    """Copy an audio file and add its tags; what the tags do not name is left out.

    Raises
    ------
    FileFormatError
        If the file is damaged or of another kind than its suffix says.
    OutputError
        If its suffix is none of ``.wav .flac .mp3 .ogg``.
    """
    suffix = source.suffix.lower()
    if suffix == ".wav":
        write_tagged_wav(source, target, tags)
        return
    kinds: dict[str, Callable[[bytes, Tags], bytes]] = {
        ".flac": tagged_flac, ".mp3": tagged_mp3, ".ogg": tagged_ogg,
    }  # fmt: skip
    if suffix not in kinds:
        raise OutputError(f"{source.name} cannot be tagged; use wav, flac, mp3 or ogg")
    try:
        data = source.read_bytes()
    except OSError as error:
        raise FileFormatError(f"{source} cannot be read: {error.strerror}") from error
    try:
        tagged = kinds[suffix](data, tags)
    except (struct.error, IndexError, ValueError) as error:
        raise FileFormatError(f"{source} is damaged ({error}); compose the piece again") from error
    target.write_bytes(tagged)


def tagged_flac(data: bytes, tags: Tags) -> bytes:
    """A FLAC file with a new comment block (RFC 9639, section 8.6).

    Raises
    ------
    ValueError
        If the bytes are not FLAC.
    """
    if data[:4] != b"fLaC":
        raise ValueError("it does not begin with fLaC")
    blocks: list[tuple[int, bytes]] = []
    at, last = 4, False
    while not last:
        last, kind = bool(data[at] & _FLAC_LAST), data[at] & 0x7F
        length = int.from_bytes(data[at + 1 : at + 4], "big")
        if at + 4 + length > len(data):
            raise ValueError("a block is cut off")
        if kind != _FLAC_COMMENT:
            blocks.append((kind, data[at + 4 : at + 4 + length]))
        at += 4 + length
    blocks.insert(1, (_FLAC_COMMENT, _vorbis_comment(tags)))
    head = b"".join(
        bytes((kind | (_FLAC_LAST if i == len(blocks) - 1 else 0),))
        + len(body).to_bytes(3, "big")
        + body
        for i, (kind, body) in enumerate(blocks)
    )
    return b"fLaC" + head + data[at:]


def tagged_mp3(data: bytes, tags: Tags) -> bytes:
    """An MP3 file with a new ID3v2.3 tag in front; an older one goes.

    Raises
    ------
    ValueError
        If the bytes are not an MP3 stream.
    """
    if data[:3] == b"ID3":
        size = 0
        for byte in data[6:10]:
            size = size << 7 | byte & 0x7F
        data = data[10 + size :]
    if len(data) < 4 or data[0] != 0xFF or data[1] & 0xE0 != 0xE0:
        raise ValueError("it holds no MPEG frames")
    frames = b"".join((
        _id3_text(b"TIT2", tags.name), _id3_text(b"TALB", tags.title if tags.part else ""),
        _id3_text(b"TBPM", str(round(tags.bpm))), _id3_text(b"TKEY", tags.short_key),
        _id3_text(b"TCON", tags.genre), _id3_text(b"TSSE", tags.software),
        _id3_text(b"TXXX", tags.licence, "LICENSE"),
        _id3_text(b"COMM", tags.comment, "", language=True),
    ))  # fmt: skip
    count = len(frames)
    size_bytes = bytes(count >> shift & 0x7F for shift in (21, 14, 7, 0))
    return b"ID3\x03\x00\x00" + size_bytes + frames + data


def tagged_ogg(data: bytes, tags: Tags) -> bytes:
    """An Ogg Vorbis file with a new comment header.

    The second and third packet (comments, set-up) are laid out on pages again; sound pages keep
    their content and get new numbers and checksums (RFC 3533).

    Raises
    ------
    ValueError
        If the bytes are not one Ogg Vorbis stream.
    """
    pages = _ogg_pages(data)
    if not pages or pages[0][1][1:7] != b"vorbis":
        raise ValueError("it is not Ogg Vorbis")
    setup, used = _setup_packet(pages)
    comment = b"\x03vorbis" + _vorbis_comment(tags) + b"\x01"
    lacing = _lacing(len(comment)) + _lacing(len(setup))
    body = comment + setup
    first_header, _, first_lacing = pages[0]
    rebuilt = [(first_header, pages[0][1], first_lacing)]
    fresh_packet = True
    while lacing:
        part, lacing = lacing[:_SEGMENTS_A_PAGE], lacing[_SEGMENTS_A_PAGE:]
        count = sum(part)
        flags = b"\0" if fresh_packet else b"\x01"
        fresh_packet = part[-1] < 255
        # A header page ends no sound: granule position 0, or -1 when no packet ends on it.
        granule = bytes(8) if any(s < 255 for s in part) else b"\xff" * 8
        header = b"OggS\0" + flags + granule + first_header[14:18] + bytes(8)
        rebuilt.append((header, body[:count], part))
        body = body[count:]
    rebuilt += pages[used:]
    return b"".join(_ogg_page(number, *page) for number, page in enumerate(rebuilt))


_Page = tuple[bytes, bytes, bytes]  # header up to the segment count, body, lacing values


def _ogg_pages(data: bytes) -> list[_Page]:
    pages: list[_Page] = []
    at = 0
    while at < len(data):
        if data[at : at + 4] != b"OggS":
            raise ValueError(f"no Ogg page at byte {at}")
        count = data[at + 26]
        lacing = data[at + _OGG_HEADER_BYTES : at + _OGG_HEADER_BYTES + count]
        start = at + _OGG_HEADER_BYTES + count
        end = start + sum(lacing)
        if end > len(data):
            raise ValueError(f"the Ogg page at byte {at} is cut off")
        pages.append((data[at : at + 26], data[start:end], lacing))
        at = end
    return pages


def _setup_packet(pages: list[_Page]) -> tuple[bytes, int]:
    """The third packet of the stream, and the number of pages that the first three fill."""
    packets: list[bytes] = []
    rest = b""
    for number, (_, body, lacing) in enumerate(pages[1:], start=2):
        at = 0
        for segment in lacing:
            rest += body[at : at + segment]
            at += segment
            if segment < 255:
                packets.append(rest)
                rest = b""
        if len(packets) >= 2:
            if len(packets) > 2 or rest:
                raise ValueError("the sound does not begin on a page of its own")
            return packets[1], number
    raise ValueError("the headers are cut off")


def _ogg_page(number: int, header: bytes, body: bytes, lacing: bytes) -> bytes:
    page = bytearray(header[:18] + struct.pack("<II", number, 0) + bytes((len(lacing),)))
    page += lacing + body
    page[22:26] = page_checksum(bytes(page)).to_bytes(4, "little")
    return bytes(page)


def _lacing(length: int) -> bytes:
    return b"\xff" * (length // 255) + bytes((length % 255,))


def _vorbis_comment(tags: Tags) -> bytes:
    fields = (
        ("TITLE", tags.name), ("ALBUM", tags.title if tags.part else ""), ("GENRE", tags.genre),
        ("BPM", f"{tags.bpm:.6g}"), ("INITIALKEY", tags.short_key), ("KEY", str(tags.key)),
        ("ENCODER", tags.software), ("LICENSE", tags.licence), ("COMMENT", tags.comment),
    )  # fmt: skip
    rows = [f"{name}={text}".encode() for name, text in fields if text]
    vendor = tags.software.encode()
    return b"".join((
        struct.pack("<I", len(vendor)), vendor, struct.pack("<I", len(rows)),
        *(struct.pack("<I", len(row)) + row for row in rows),
    ))  # fmt: skip


def _id3_text(frame: bytes, text: str, description: str | None = None, language: bool = False) -> (
    bytes
):  # fmt: skip
    """One text frame; Latin-1 where that holds the text, otherwise UTF-16."""
    if not text:
        return b""
    try:
        encoding, codec, end = b"\0", "latin-1", b"\0"
        text.encode(codec)
    except UnicodeEncodeError:
        encoding, codec, end = b"\1", "utf-16", b"\0\0"
    body = encoding + (b"eng" if language else b"")
    if description is not None:
        body += description.encode(codec) + end
    body += text.encode(codec)
    return frame + struct.pack(">IH", len(body), 0) + body
