"""Shorter versions of one piece, each with a real ending and an exact length."""

from __future__ import annotations

from collections.abc import Sequence

from songwright.session.presets.making import Making
from songwright.session.song import Song

_WIDEST_STRETCH = 0.12
"""Most that the tempo moves to make a length exact."""

_CLOSE_SECONDS = 0.02


def cut_downs(making: Making, seconds: Sequence[int]) -> None:
    """Cut the piece to each length: same tune, key and sound, sections left out, a new close."""
    for number, length in enumerate(seconds):
        making.tell(f"{length} seconds", number / len(seconds))
        song = shortened(making.song, length)
        real = song.perform().duration_seconds
        if abs(real - length) > _CLOSE_SECONDS:
            making.notes.append(
                f"the cut-down of {length} s lasts {real:.2f} s: whole bars do not fit closer"
            )
        folder = making.folder / f"{length}s"
        song.save(folder, True, making.preset.formats, None, False)
        for name in making.preset.formats:
            making.deliver(folder / f"master.{name}", f"{length} seconds, same tune, a real ending")


def shortened(song: Song, seconds: float) -> Song:
    """A song cut to a length; the tempo moves by up to an eighth where bars do not fit it."""
    cut = song.refine(f"shorten to {seconds:g} seconds")
    factor = cut.perform().duration_seconds / seconds
    if abs(factor - 1.0) < 1e-4 or abs(factor - 1.0) > _WIDEST_STRETCH:
        return cut
    return cut.refine(f"tempo {song.plan.tempo_bpm * factor:.4f} bpm")
