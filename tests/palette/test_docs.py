"""The page about the palette shows what is there."""

from __future__ import annotations

from pathlib import Path

import pytest
from bench.palette_docs import PAGE, PICTURES, SHOWN, page

ROOT = Path(__file__).parents[2]


def test_the_table_of_sounds_is_up_to_date(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    assert PAGE.read_text("utf-8") == page()


def test_pictures_are_there_and_small() -> None:
    for name in SHOWN:
        assert 5_000 < (ROOT / PICTURES / name).stat().st_size < 150_000
