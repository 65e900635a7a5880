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


def test_above_its_limit_the_cache_gives_up_what_is_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = [f"{k:040}" for k in range(4)]
    monkeypatch.setattr(dry, "_HELD_BYTES", 0)
    kept = DryStems(tmp_path / "before")
    kept.put(names[0], stem(0.5))
    stems = DryStems(tmp_path / "before")
    for name in names:
        stems.put(name, stem(0.5))
    size = 2 * 4_096  # what the disk takes for one
    monkeypatch.setattr(dry, "LIMIT_BYTES", size + 1)
    for name in names:
        stems.drop(name)
    # That of an earlier production stays, and so does the last one, for which there is room.
    assert [stems.has(name, FRAMES) for name in names] == [True, False, False, True]


def test_the_cache_leaves_room_for_the_package(tmp_path: Path) -> None:
    free = dry.shutil.disk_usage(tmp_path).free
    stems = DryStems(tmp_path, spare_bytes=2 * free)
    stems.put("first", stem(0.5))
    assert stems.get("first", FRAMES) is not None  # held in memory
    assert not list(tmp_path.iterdir())
