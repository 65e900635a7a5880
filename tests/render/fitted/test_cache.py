"""Finished tones on disk: exact, safe, bounded, and never in the way."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from songwright.render.fitted.cache import ToneCache, decode, encode
from songwright.seeds import noise_rng


def decaying(samples: int = 20_000, seed: int = 0) -> np.ndarray:
    noise = noise_rng(seed, "tone").standard_normal((2, samples))
    return (noise * 10.0 ** (-np.arange(samples) / samples * 4.0)).astype(np.float32)


def counting(calls: list[int]) -> Callable[[], np.ndarray]:
    def make() -> np.ndarray:
        calls.append(1)
        return decaying()

    return make


def files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


@pytest.mark.parametrize("samples", [1, 2047, 2048, 2049, 20_000])
def test_noise_stays_far_below_the_tone_however_quiet_it_gets(samples: int) -> None:
    tone = decaying(samples)
    back = decode(encode(tone))
    assert back is not None
    assert back.shape == tone.shape
    assert back.dtype == np.float32
    for begin in range(0, samples, 2048):
        piece = tone[:, begin : begin + 2048]
        error = back[:, begin : begin + 2048] - piece
        assert np.abs(error).max() <= np.abs(piece).max() / 32767 * 0.51


def test_equal_sides_are_kept_once_and_silence_is_silence() -> None:
    tone = decaying()
    tone[1] = tone[0]
    assert len(encode(tone)) < 0.6 * len(encode(decaying()))
    back = decode(encode(tone))
    assert back is not None
    assert np.array_equal(back[0], back[1])
    nothing = decode(encode(np.zeros((2, 100), np.float32)))
    assert nothing is not None
    assert not nothing.any()


def test_a_tone_is_made_once_and_is_the_same_cold_and_warm(tmp_path: Path) -> None:
    calls: list[int] = []
    cold = ToneCache(tmp_path).tone("a", counting(calls))
    warm = ToneCache(tmp_path).tone("a", counting(calls))
    other = ToneCache(tmp_path).tone("b", counting(calls))
    assert np.array_equal(cold, warm)
    assert np.array_equal(cold, other)
    assert len(calls) == 2
    assert len(files(tmp_path)) == 2


@pytest.mark.parametrize("damage", ["cut", "flipped", "empty", "strange"])
def test_a_damaged_file_is_made_again(tmp_path: Path, damage: str) -> None:
    calls: list[int] = []
    first = ToneCache(tmp_path).tone("a", counting(calls))
    path = files(tmp_path)[0]
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 0xFF
    broken = {"cut": bytes(data[:100]), "flipped": bytes(data), "empty": b"", "strange": b"x" * 999}
    path.write_bytes(broken[damage])
    again = ToneCache(tmp_path).tone("a", counting(calls))
    assert np.array_equal(first, again)
    assert len(calls) == 2
    assert np.array_equal(ToneCache(tmp_path).tone("a", counting(calls)), first)
    assert len(calls) == 2


def test_without_a_place_to_write_tones_stay_in_memory(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    for folder in (blocked / "tones", None):
        calls: list[int] = []
        tones = ToneCache(folder)
        assert np.array_equal(tones.tone("a", counting(calls)), tones.tone("a", counting(calls)))
        assert len(calls) == 1


def test_memory_is_bounded() -> None:
    size = len(encode(decaying()))
    tones = ToneCache(None, memory_bytes=3 * size)
    calls: list[int] = []
    for name in "abcdef":
        tones.tone(name, counting(calls))
    tones.tone("f", counting(calls))
    assert len(calls) == 6
    tones.tone("a", counting(calls))
    assert len(calls) == 7


def test_a_full_disk_leaves_no_half_written_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(self: Path, target: Path) -> Path:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", refuse)
    tone = ToneCache(tmp_path).tone("a", decaying)
    assert tone.shape == (2, 20_000)
    assert files(tmp_path) == []


def test_the_oldest_tones_go_first(tmp_path: Path) -> None:
    size = len(encode(decaying()))
    tones = ToneCache(tmp_path, limit_bytes=8 * size)
    for number in range(8):
        tones.tone(str(number), decaying)
    for age, path in enumerate(files(tmp_path)):
        os.utime(path, (1_000_000 + age, 1_000_000 + age))
    before = files(tmp_path)
    tones.tone("0", decaying)  # used: the youngest now
    for number in range(8, 12):
        tones.tone(str(number), decaying)
    tones.make_room()
    left = files(tmp_path)
    assert sum(path.stat().st_size for path in left) <= 8 * size
    calls: list[int] = []
    ToneCache(tmp_path).tone("0", counting(calls))
    assert not calls
    assert set(before) - set(left)


def test_threads_and_caches_share_a_folder(tmp_path: Path) -> None:
    expected = ToneCache(None).tone("a", decaying)

    def work(number: int) -> bool:
        tones = ToneCache(tmp_path)
        return all(
            np.array_equal(tones.tone(f"{n % 3}", decaying), expected) for n in range(number, 9)
        )

    with ThreadPoolExecutor(4) as pool:
        assert all(pool.map(work, range(8)))
    assert len(files(tmp_path)) == 3
