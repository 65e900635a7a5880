"""Long parts, rendered stretch by stretch straight to disk.

A part of half an hour is 700 MB of sound, and an instrument needs as much again while it plays.
Above ten minutes a part is therefore cut where it is silent, or else between two onsets, into
stretches of about four minutes; every note is rendered whole, in the stretch that it begins in,
and rings on over the cut.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import pairwise

from songwright.audio import Audio, AudioBuffer
from songwright.audio.storage import blocks
from songwright.perform import ControlPoint, PlayedPart
from songwright.render.beats import DEFAULT_BPM

LONG_SECONDS = 600.0
_STRETCH_SECONDS = 240.0
_SEARCH_SECONDS = 45.0
_RING_SECONDS = 15.0
"""What a stretch may ring on after its last note: longer than any instrument sounds."""


def cuts(part: PlayedPart, seconds: float) -> tuple[float, ...]:
    """Times at which a part of some length is cut: in its longest rests near every four minutes.

    A part that never rests is cut just before an onset.
    """
    found: list[float] = []
    at = _STRETCH_SECONDS
    notes = sorted(part.notes, key=lambda note: note.onset_seconds)
    while at < seconds - _STRETCH_SECONDS / 2:
        low, high = at - _SEARCH_SECONDS, at + _SEARCH_SECONDS
        best, widest = at, -1.0
        end = low
        for note in notes:
            if note.onset_seconds > high:
                break
            if note.onset_seconds >= low and note.onset_seconds - end > widest:
                widest = note.onset_seconds - end
                best = note.onset_seconds - min(0.05, max(0.0, widest) / 2.0)
            end = max(end, note.onset_seconds + note.duration_seconds)
        found.append(best)
        at = best + _STRETCH_SECONDS
    return tuple(found)


def stretches(part: PlayedPart, seconds: float) -> Iterator[tuple[float, PlayedPart, float]]:
    """Start, what is played from there (times from the start), and length of each stretch."""
    bounds = (0.0, *cuts(part, seconds), seconds)
    for start, stop in pairwise(bounds):
        notes = tuple(
            replace(note, onset_seconds=note.onset_seconds - start)
            for note in part.notes
            if start <= note.onset_seconds < stop
        )
        if not notes:
            continue
        last = max(note.onset_seconds + note.duration_seconds for note in notes)
        length = min(seconds - start, last + _RING_SECONDS)
        controls, tempos = _controls(part, start), _tempos(part, start)
        yield start, replace(part, notes=notes, controls=controls, tempos=tempos), length


def _controls(part: PlayedPart, start: float) -> tuple[ControlPoint, ...]:
    """Controllers from a time on, with what they stood at before."""
    standing: dict[int, ControlPoint] = {}
    later = []
    for point in sorted(part.controls, key=lambda point: point.seconds):
        if point.seconds < start:
            standing[point.controller] = replace(point, seconds=0.0)
        else:
            later.append(replace(point, seconds=point.seconds - start))
    return (*standing.values(), *later)


def _tempos(part: PlayedPart, start: float) -> tuple[tuple[float, float], ...]:
    """Tempos as counted from a time on; the first still tells where the piece began."""
    tempos = part.tempos or ((0.0, DEFAULT_BPM),)
    return tuple((round(at - start, 6), bpm) for at, bpm in tempos)


def render_long(
    part: PlayedPart,
    buffer: AudioBuffer,
    sample_rate_hz: int,
    render: Callable[[PlayedPart, int], Audio],
) -> None:
    """Render a part into a silent buffer, stretch by stretch.

    ``render`` gives the sound of a part with a length in samples.
    """
    seconds = buffer.frames / sample_rate_hz
    for start, played, length in stretches(part, seconds):
        first = round(start * sample_rate_hz)
        frames = min(buffer.frames - first, round(length * sample_rate_hz))
        sound = render(played, frames)
        for begin, end in blocks(frames):
            block = buffer.read(first + begin, first + end) + sound[:, begin:end]
            buffer.write(first + begin, block)
