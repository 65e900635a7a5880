"""A small song with every kind of part, made once."""

from __future__ import annotations

import pytest

from songwright.session import Song, compose

PROMPT = "pop song in C major, 24 bars, piano, bass, drums, strings"


@pytest.fixture(scope="session")
def song() -> Song:
    """Twenty-four bars of pop; never changed by a test."""
    return compose(PROMPT, seed=3)
