"""Small SoundFonts and SFZ instruments made on the spot, with sounds that can be calculated."""

from __future__ import annotations

import io
import struct
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import soundfile

RATE_HZ = 48000
A4 = 69


def sine(hz: float, seconds: float = 1.0, rate: int = RATE_HZ, level: float = 0.5) -> np.ndarray:
    n = np.arange(round(seconds * rate))
    return (level * np.sin(2 * np.pi * hz * n / rate)).astype(np.float32)


@dataclass
class Sample:
    audio: np.ndarray
    key: int = A4
    loop: tuple[int, int] = (0, 0)
    rate: int = RATE_HZ
    correction: int = 0


@dataclass
class Font:
    """Each preset: (bank, program, name, zones); a zone: (generators, modulators, sample)."""

    samples: Sequence[Sample]
    zones: Sequence[tuple[dict[int, int], Sequence[tuple[int, int, int, int, int]], int]]
    presets: Sequence[tuple[int, int, str]] = ((0, 0, "Sine"),)
    preset_generators: dict[int, int] = field(default_factory=dict)
    facts: dict[str, str] = field(default_factory=lambda: {"INAM": "Test font", "ICMT": "MIT"})
    compressed: bool = False


def chunk(name: str, data: bytes) -> bytes:
    return name.encode() + struct.pack("<I", len(data)) + data + b"\0" * (len(data) & 1)


def font_bytes(font: Font) -> bytes:
    pool, headers = b"", b""
    for number, sample in enumerate(font.samples):
        name = f"s{number}".encode().ljust(20, b"\0")
        if font.compressed:
            stream = io.BytesIO()
            soundfile.write(stream, sample.audio, sample.rate, format="OGG", subtype="VORBIS")
            first, pool = len(pool), pool + stream.getvalue()
            places = (first, len(pool), *sample.loop)
        else:
            first = len(pool) // 2
            pcm = np.round(sample.audio * 32767).astype("<i2").tobytes()
            pool += pcm + bytes(92)
            last = first + sample.audio.shape[0]
            places = (first, last, first + sample.loop[0], first + sample.loop[1])
        headers += name + struct.pack(
            "<IIIIIBbHH", *places, sample.rate, sample.key, sample.correction, 0,
            0x10 | 1 if font.compressed else 1,
        )  # fmt: skip
    headers += b"EOS".ljust(20, b"\0") + bytes(26)
    ibag, igen, imod = b"", b"", b""
    for generators, modulators, sample_number in font.zones:
        ibag += struct.pack("<HH", len(igen) // 4, len(imod) // 10)
        for number in sorted(generators, key=lambda n: (n != 43, n != 44, n)):
            igen += struct.pack("<Hh", number, generators[number])
        if sample_number >= 0:
            igen += struct.pack("<HH", 53, sample_number)
        for row in modulators:
            imod += struct.pack("<HHhHH", *row)
    ibag += struct.pack("<HH", len(igen) // 4, len(imod) // 10)
    pbag, pgen, phdr = b"", b"", b""
    for number, (bank, program, name) in enumerate(font.presets):
        phdr += name.encode().ljust(20, b"\0") + struct.pack(
            "<HHHIII", program, bank, number, 0, 0, 0
        )
        pbag += struct.pack("<HH", len(pgen) // 4, 0)
        for generator, amount in font.preset_generators.items():
            pgen += struct.pack("<Hh", generator, amount)
        pgen += struct.pack("<HH", 41, 0)
    phdr += b"EOP".ljust(20, b"\0") + struct.pack("<HHHIII", 0, 0, len(font.presets), 0, 0, 0)
    pbag += struct.pack("<HH", len(pgen) // 4, 0)
    inst = b"I".ljust(20, b"\0") + struct.pack("<H", 0)
    inst += b"EOI".ljust(20, b"\0") + struct.pack("<H", len(font.zones))
    info = b"".join(chunk(n, t.encode() + b"\0") for n, t in font.facts.items())
    body = chunk("LIST", b"INFO" + chunk("ifil", struct.pack("<HH", 2, 4)) + info)
    body += chunk("LIST", b"sdta" + chunk("smpl", pool))
    body += chunk("LIST", b"pdta" + b"".join(
        chunk(n, d) for n, d in (
            ("phdr", phdr), ("pbag", pbag), ("pmod", bytes(10)), ("pgen", pgen + bytes(4)),
            ("inst", inst), ("ibag", ibag), ("imod", imod + bytes(10)), ("igen", igen + bytes(4)),
            ("shdr", headers),
        )
    ))  # fmt: skip
    return chunk("RIFF", b"sfbk" + body)


LOOPED = Sample(sine(480.0), key=A4, loop=(4800, 9600))
"""A tone of 480 Hz whose loop holds whole periods; its root key is A4, so all pitches are sharp."""


def looped_font(generators: dict[int, int] | None = None, **facts: object) -> bytes:
    """One preset with one looped sine, released within 16 ms."""
    zone = ({54: 1, **(generators or {})}, facts.pop("modulators", ()), 0)
    return font_bytes(Font([LOOPED], [zone], **facts))


def write(folder: Path, data: bytes, name: str = "test.sf2") -> Path:
    path = folder / name
    path.write_bytes(data)
    return path
