"""Dry stems: on disk where there is one, in memory only as far as there is room."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from songwright.session.production import dry
from songwright.session.production.dry import DryStems

FRAMES = 1_000
BYTES = 8 * FRAMES


def stem(level: float) -> np.ndarray:
    return np.full((2, FRAMES), level, np.float32)


def test_what_is_on_disk_needs_no_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dry, "_HELD_BYTES", BYTES)
    stems = DryStems(tmp_path)
    first, second = stem(0.25), stem(0.5)
    stems.put("first", first)
    stems.put("second", second)
    assert stems.get("first", FRAMES) is first
    found = stems.get("second", FRAMES)
    assert found is not second  # read back
    assert found is not None
    assert np.array_equal(found, second)
    assert DryStems(tmp_path).has("first", FRAMES)


@pytest.mark.parametrize("folder", [None, "a file"])
def test_without_a_disk_more_is_held(
    folder: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dry, "_HELD_BYTES", BYTES)
    monkeypatch.setattr(dry, "_HELD_WITHOUT_DISK_BYTES", 2 * BYTES)
    (tmp_path / "a file").write_text("in the way")
    stems = DryStems(None if folder is None else tmp_path / folder)
    names = ("first", "second", "third")
    for name in names:
        stems.put(name, stem(0.5))
    assert [stems.get(name, FRAMES) is not None for name in names] == [True, True, False]
    stems.drop("first")
    stems.put("third", stem(0.5))
    assert stems.get("third", FRAMES) is not None
