"""Fitted instruments as bytes, and bytes that are not."""

from __future__ import annotations

import zlib
from dataclasses import fields

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from songwright.errors import FileFormatError
from songwright.render.fitted.card import FittedCard, fitted_card, load_fitted
from songwright.render.fitted.codec import MAGIC, VERSION, read_fitted, write_fitted
from songwright.render.fitted.model import FittedInstrument, FittedTone
from tests.render.fitted.instruments import made_up


def same(a: FittedInstrument, b: FittedInstrument) -> bool:
    for field in fields(FittedInstrument):
        if field.name != "tones" and getattr(a, field.name) != getattr(b, field.name):
            return False
    pairs = zip(a.tones, b.tones, strict=True)
    return all(
        np.array_equal(getattr(x, f.name), getattr(y, f.name))
        for x, y in pairs
        for f in fields(FittedTone)
    )


@pytest.mark.parametrize("free", [False, True])
def test_an_instrument_comes_back_exactly(free):
    instrument = made_up(free)
    data = write_fitted(instrument)
    assert same(read_fitted(data), instrument)
    assert write_fitted(read_fitted(data)) == data


def test_not_an_instrument():
    with pytest.raises(FileFormatError, match="not a fitted instrument"):
        read_fitted(b"RIFF....")


def test_a_later_version_is_named():
    data = bytearray(write_fitted(made_up()))
    data[4] = VERSION + 1
    with pytest.raises(FileFormatError, match="version"):
        read_fitted(bytes(data))


def test_a_bomb_is_refused():
    data = MAGIC + bytes([VERSION]) + zlib.compress(bytes(20_000_000), 9)
    with pytest.raises(FileFormatError, match="damaged"):
        read_fitted(data)


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_damage_never_crashes(data):
    whole = write_fitted(made_up())
    cut = data.draw(st.integers(0, len(whole) - 1))
    with pytest.raises(FileFormatError):
        read_fitted(whole[:cut])
    spoilt = bytearray(whole)
    spoilt[data.draw(st.integers(5, len(whole) - 1))] ^= data.draw(st.integers(1, 255))
    # the checksum of the compressed stream finds every changed byte
    with pytest.raises(FileFormatError):
        read_fitted(bytes(spoilt))


def test_the_card_and_its_files_agree():
    card = fitted_card()
    assert isinstance(card, FittedCard)
    assert set(card.preferred) <= set(card.instruments)
    for name, entry in card.instruments.items():
        assert entry.source in card.sources, name
    for source in card.sources.values():
        assert source.licence.startswith("MIT")
        assert source.notice
    for name in sorted(card.instruments)[::16]:
        instrument = load_fitted(name)
        assert instrument.id == name
        grid = {(tone.pitch, tone.velocity) for tone in instrument.tones}
        assert grid == {(p, v) for p in instrument.pitches for v in instrument.velocities}


def test_an_unknown_instrument_is_refused():
    with pytest.raises(FileFormatError, match="kazoo"):
        load_fitted("kazoo")
