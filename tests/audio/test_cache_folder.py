"""The folder of the platform, or the one that the environment names."""

from __future__ import annotations

from pathlib import Path

import pytest

import songwright.audio.cache_folder as where
from songwright.audio.cache_folder import cache_folder


def test_where_the_folder_is(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("SONGWRIGHT_CACHE", str(tmp_path))
    assert cache_folder("tones") == tmp_path / "tones"
    monkeypatch.setenv("SONGWRIGHT_CACHE", "off")
    assert cache_folder("tones") is None
    monkeypatch.delenv("SONGWRIGHT_CACHE")
    monkeypatch.setattr(where.sys, "platform", "linux")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "x"))
    assert cache_folder("tones") == tmp_path / "x" / "songwright" / "tones"
    monkeypatch.setenv("XDG_CACHE_HOME", "")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert cache_folder("tones") == tmp_path / ".cache" / "songwright" / "tones"
    monkeypatch.setattr(where.sys, "platform", "darwin")
    assert cache_folder("tones") == tmp_path / "Library" / "Caches" / "songwright" / "tones"
    monkeypatch.setattr(where.sys, "platform", "win32")
    monkeypatch.setenv("LOCALAPPDATA", str(tmp_path / "local"))
    assert cache_folder("tones") == tmp_path / "local" / "songwright" / "tones"
    monkeypatch.delenv("LOCALAPPDATA")
    assert cache_folder("tones") is None
