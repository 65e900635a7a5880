"""WAV files that say what they are: Broadcast Wave, iXML, INFO, loop and marker chunks.

The samples are copied untouched. Chunks follow RIFF (Microsoft, 1991) for ``INFO``, ``smpl`` and
``cue``, EBU Tech 3285 for ``bext``, the iXML specification for ``iXML``; ``acid`` is undocumented
but read alike by sound editors and workstations.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO
from xml.sax.saxutils import escape

from songwright.errors import FileFormatError
from songwright.export.letters import plain_letters
from songwright.export.tags import Tags

_BLOCK_BYTES = 1 << 20
_ADVICE = "compose the piece again, or give a folder whose audio is whole"
_LARGEST_BYTES = 0xFFFF_0000
_ONE_SHOT, _ROOT_SET, _STRETCH = 0x01, 0x02, 0x04


@dataclass(frozen=True, slots=True)
class WavFacts:
    """Format of a PCM WAV file and where its samples are."""

    format: bytes
    channels: int
    sample_rate_hz: int
    bits: int
    data_at: int
    data_bytes: int

    @property
    def frames(self) -> int:
        return self.data_bytes // (self.channels * self.bits // 8)

    @property
    def seconds(self) -> float:
        return self.frames / self.sample_rate_hz


@dataclass(frozen=True, slots=True)
class CuePoint:
    """A named sample position."""

    frame: int
    name: str


def wav_facts(path: Path) -> WavFacts:
    """Read the head of a WAV file.

    Raises
    ------
    FileFormatError
        If it is missing, cut off, or not WAV.
    """
    try:
        with path.open("rb") as file:
            size = path.stat().st_size
            head = file.read(12)
            if head[:4] != b"RIFF" or head[8:12] != b"WAVE":
                raise FileFormatError(f"{path} is not a WAV file; {_ADVICE}")
            kind = b""
            while len(chunk := file.read(8)) == 8:
                name, length = chunk[:4], int.from_bytes(chunk[4:], "little")
                if name == b"fmt ":
                    kind = file.read(length)
                    file.seek(length % 2, 1)
                elif name == b"data" and len(kind) >= 16:
                    _, channels, rate, _, _, bits = struct.unpack("<HHIIHH", kind[:16])
                    if file.tell() + length > size or not (channels and rate and bits):
                        raise FileFormatError(f"{path} is cut off; {_ADVICE}")
                    return WavFacts(kind, channels, rate, bits, file.tell(), length)
                else:
                    file.seek(length + length % 2, 1)
    except OSError as error:
        raise FileFormatError(f"{path} cannot be read: {error.strerror}; {_ADVICE}") from error
    raise FileFormatError(f"{path} holds no samples; {_ADVICE}")


def write_tagged_wav(
    source: Path, target: Path, tags: Tags, cues: Sequence[CuePoint] = ()
) -> WavFacts:
    """Copy a PCM WAV file and add what it is.

    Parameters
    ----------
    source, target
        Files; the target is overwritten.
    tags
        Written as ``bext`` (time reference 0: stems of one piece line up), ``iXML``, ``INFO`` and
        ``acid``. A looping piece gets a ``smpl`` loop over all of it; any other is marked one-shot,
        so that workstations do not stretch it.
    cues
        Named positions, such as sections.

    Returns
    -------
    WavFacts
        Of the source; the same samples are in the target.

    Raises
    ------
    FileFormatError
        If the source is not a whole WAV file, or is too long for one.
    """
    facts = wav_facts(source)
    before = [
        _chunk(b"fmt ", facts.format),
        _chunk(b"bext", _bext(tags, facts)),
        _chunk(b"iXML", _ixml(tags, facts)),
    ]
    after = [_chunk(b"acid", _acid(tags))]
    if tags.loops:
        after.append(_chunk(b"smpl", _sampler_loop(facts)))
    if cues:
        after += [_chunk(b"cue ", _cue(cues)), _chunk(b"LIST", _labels(cues))]
    after.append(_chunk(b"LIST", _info(tags)))
    pad = facts.data_bytes % 2
    size = 4 + sum(map(len, before)) + 8 + facts.data_bytes + pad + sum(map(len, after))
    if size > _LARGEST_BYTES:
        raise FileFormatError(f"{source} is too long for a WAV file; export a shorter piece")
    with source.open("rb") as reader, target.open("wb") as writer:
        writer.write(b"RIFF" + struct.pack("<I", size) + b"WAVE")
        writer.writelines(before)
        writer.write(b"data" + struct.pack("<I", facts.data_bytes))
        _copy(reader, writer, facts.data_at, facts.data_bytes)
        writer.write(bytes(pad))
        writer.writelines(after)
    return facts


def _copy(reader: BinaryIO, writer: BinaryIO, start: int, count: int) -> None:
    reader.seek(start)
    while count:
        block = reader.read(min(count, _BLOCK_BYTES))
        if not block:
            raise FileFormatError(f"{reader.name} is cut off; {_ADVICE}")
        writer.write(block)
        count -= len(block)


def _chunk(name: bytes, body: bytes) -> bytes:
    return name + struct.pack("<I", len(body)) + body + bytes(len(body) % 2)


def _fixed(text: str, length: int) -> bytes:
    """ASCII of a fixed length, padded with zeros, as ``bext`` wants it.

    Letters lose their accents; what has no likeness becomes a question mark.
    """
    return plain_letters(text).encode("ascii", errors="replace")[:length].ljust(length, b"\0")


def _bext(tags: Tags, facts: WavFacts) -> bytes:
    """Broadcast extension, version 1. Date and time stay empty: equal pieces give equal files."""
    mode = "mono" if facts.channels == 1 else "stereo"
    history = (
        f"A=PCM,F={facts.sample_rate_hz},W={facts.bits},M={mode},T={tags.software}\r\n"
    ).encode("ascii", errors="replace")
    return b"".join((
        _fixed(f"{tags.name}; {tags.comment}", 256), _fixed(tags.software, 32), bytes(32),
        bytes(18), bytes(8), struct.pack("<H", 1), bytes(64 + 190), history,
    ))  # fmt: skip


def _ixml(tags: Tags, facts: WavFacts) -> bytes:
    # The track name is what recorders and workstations show; tempo has a field of its own.
    text = (
        '<?xml version="1.0" encoding="UTF-8"?>\n<BWFXML>\n'
        "<IXML_VERSION>2.10</IXML_VERSION>\n"
        f"<PROJECT>{escape(tags.title)}</PROJECT>\n"
        f"<NOTE>{escape(tags.comment)}. {escape(tags.licence)}</NOTE>\n"
        f"<SPEED><FILE_SAMPLE_RATE>{facts.sample_rate_hz}</FILE_SAMPLE_RATE>"
        f"<AUDIO_BIT_DEPTH>{facts.bits}</AUDIO_BIT_DEPTH></SPEED>\n"
        f"<TRACK_LIST><TRACK_COUNT>1</TRACK_COUNT><TRACK><CHANNEL_INDEX>1</CHANNEL_INDEX>"
        f"<NAME>{escape(tags.part or tags.title)}</NAME></TRACK></TRACK_LIST>\n"
        f"<USER><TEMPO>{tags.bpm:.6g}</TEMPO><KEY>{escape(str(tags.key))}</KEY>"
        f"<TIME_SIGNATURE>{tags.meter.meter}</TIME_SIGNATURE>"
        f"<SOFTWARE>{escape(tags.software)}</SOFTWARE></USER>\n"
        "</BWFXML>\n"
    )
    return text.encode("utf-8")


def _acid(tags: Tags) -> bytes:
    flags = _ROOT_SET | (_STRETCH if tags.loops else _ONE_SHOT)
    meter = tags.meter.meter
    return struct.pack(
        "<IHHfIHHf", flags, 60 + tags.key.tonic_pc, 0x8000, 0.0, round(tags.beats),
        meter.denominator, meter.numerator, tags.bpm,
    )  # fmt: skip


def _sampler_loop(facts: WavFacts) -> bytes:
    period = round(1e9 / facts.sample_rate_hz)
    loop = struct.pack("<6I", 0, 0, 0, max(0, facts.frames - 1), 0, 0)  # forward, for ever
    return struct.pack("<9I", 0, 0, period, 60, 0, 0, 0, 1, 0) + loop


def _cue(cues: Sequence[CuePoint]) -> bytes:
    rows = b"".join(
        struct.pack("<II4sIII", i, c.frame, b"data", 0, 0, c.frame)
        for i, c in enumerate(cues, start=1)
    )
    return struct.pack("<I", len(cues)) + rows


def _labels(cues: Sequence[CuePoint]) -> bytes:
    return b"adtl" + b"".join(
        _chunk(b"labl", struct.pack("<I", i) + c.name.encode("utf-8") + b"\0")
        for i, c in enumerate(cues, start=1)
    )


def _info(tags: Tags) -> bytes:
    """``INFO`` list; the fields that sound programs show."""
    fields = (
        (b"INAM", tags.name), (b"IPRD", tags.title), (b"IGNR", tags.genre),
        (b"ICMT", tags.comment), (b"ICOP", tags.licence), (b"ISFT", tags.software),
        (b"IKEY", tags.short_key),
    )  # fmt: skip
    return b"INFO" + b"".join(
        _chunk(name, text.encode("utf-8") + b"\0") for name, text in fields if text
    )
