"""Damaged files: a clear message, never a crash, a hang or noise."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from songwright.errors import FileFormatError
from songwright.render.soundfonts.sf2 import SoundfontFile
from songwright.render.soundfonts.sfz import SfzBank
from tests.render.soundfonts.fonts import Font, Sample, font_bytes, looped_font, sine, write
from tests.render.soundfonts.listening import heard

SHORT = Font([Sample(sine(480.0, 0.02), loop=(100, 500))], [({54: 1}, (), 0), ({43: 200}, (), 0)])
PLAIN = font_bytes(SHORT)
PACKED = font_bytes(Font(SHORT.samples, SHORT.zones, compressed=True))
EXAMPLES = settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def survive(path: Path) -> None:
    """Play whatever can be played; only a FileFormatError may come out, and no broken sound."""
    try:
        file = SoundfontFile(path)
        for preset in file.presets[:3]:
            bank = file.preset(preset.bank, preset.program)
            assert bank is not None
            sound = heard(bank, [(0.0, 0.1, 60, 100), (0.05, 0.1, 100, 30)], 0.2)
            assert np.isfinite(sound).all()
    except FileFormatError as error:
        assert len(str(error)) > 20


@EXAMPLES
@given(st.integers(0, len(PLAIN) - 1))
def test_cut_off_anywhere(tmp_path: Path, length: int) -> None:
    with pytest.raises(FileFormatError, match=r"cut off|no RIFF|cannot be read"):
        SoundfontFile(write(tmp_path, PLAIN[:length]))


@EXAMPLES
@given(st.lists(st.tuples(st.integers(0, 2000), st.integers(0, 255)), min_size=1, max_size=8),
       st.booleans())  # fmt: skip
def test_flipped_bytes(tmp_path: Path, flips: list[tuple[int, int]], packed: bool) -> None:
    data = bytearray(PACKED if packed else PLAIN)
    for place, value in flips:  # counted from the end, where the tables are
        data[-1 - place % len(data)] = value
    survive(write(tmp_path, bytes(data)))


@EXAMPLES
@given(st.binary(max_size=300))
def test_any_bytes(tmp_path: Path, data: bytes) -> None:
    survive(write(tmp_path, b"RIFF" + len(data).to_bytes(4, "little") + data))


def test_messages_name_the_place(tmp_path: Path) -> None:
    cases = {
        b"": "cannot be read",
        b"RIFF": "no RIFF file",
        b"RIFF\x04\0\0\0WAVE": "form 'WAVE'",
        b"RIFF\x04\0\0\0sfbk": "lacks ibag",
        PLAIN.replace(b"phdr", b"phdx"): "lacks phdr",
        PLAIN.replace(b"smpl", b"smpx"): "its samples",
    }
    for data, message in cases.items():
        with pytest.raises(FileFormatError, match=message):
            SoundfontFile(write(tmp_path, data))
    with pytest.raises(FileFormatError, match="cannot be read"):
        SoundfontFile(tmp_path / "none.sf2")


def test_a_preset_that_multiplies_zones_is_refused(tmp_path: Path) -> None:
    zones = [({}, (), 0)] * 21_000
    with pytest.raises(FileFormatError, match="zones"):
        SoundfontFile(write(tmp_path, font_bytes(Font(SHORT.samples, zones)))).preset(0, 0)


def test_silly_loops_and_rates_are_survived(tmp_path: Path) -> None:
    for loop in ((0, 1), (500, 100), (10, 1 << 30), (900, 901)):
        font = Font([Sample(sine(480.0, 0.02), loop=loop, rate=1)], [({54: 1}, (), 0)])
        survive(write(tmp_path, font_bytes(font)))


def test_missing_padding_is_forgiven(tmp_path: Path) -> None:
    data = looped_font(facts={"INAM": "odd", "ICMT": "four"})
    odd = data.index(b"INAM") + 8 + 4  # "odd" and its zero: even; shorten the text by one byte
    short = data[: odd - 1] + data[odd:]
    short = short.replace(b"INAM\x04", b"INAM\x03")
    at = short.index(b"LIST")
    size = int.from_bytes(short[at + 4 : at + 8], "little") - 1
    short = short[: at + 4] + size.to_bytes(4, "little") + short[at + 8 :]
    short = short[:4] + (len(short) - 8).to_bytes(4, "little") + short[8:]
    assert SoundfontFile(write(tmp_path, short)).facts["INAM"] == "odd"


@EXAMPLES
@given(st.text(alphabet='<>=region goup/*\n#define $X incl"u-.01k9eysampl', max_size=200))
def test_any_sfz_text(tmp_path: Path, text: str) -> None:
    try:
        SfzBank(write(tmp_path, f"<region>sample=a.wav {text}".encode(), "t.sfz"))
    except FileFormatError as error:
        assert str(error)
