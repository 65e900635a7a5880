"""What can be measured in a MIDI file, whoever made it."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from statistics import median

import numpy as np

from songwright.composition.density import moments_per_beat
from songwright.evaluate.keyfinding import KeyEstimate, ModeEstimate, estimate_key, estimate_mode
from songwright.evaluate.tempo import estimate_tempo, onset_train
from songwright.score import Note, Score, TimeMap, instrument
from songwright.score.midi import read_midi
from songwright.units import TICKS_PER_BEAT


@dataclass(frozen=True, slots=True)
class InstrumentHeard:
    """An instrument that has notes: its id and the share of bars in which it sounds."""

    instrument: str
    bars_share: float


@dataclass(frozen=True, slots=True)
class MidiMeasures:
    """Facts of a MIDI file.

    ``tempo_bpm`` is the median of the tempo map over time, ``felt_tempo_bpm`` an estimate from the
    onsets alone; ``onsets_per_beat`` counts moments at which a pitched note begins;
    ``pitch_low``/``pitch_high`` bound the pitched notes (None without any); ``velocity`` is the
    median of all notes (None without any).
    """

    notes: int
    tempo_bpm: float
    first_tempo_bpm: float
    felt_tempo_bpm: float | None
    meter: str
    bars: int
    seconds: float
    key: KeyEstimate | None
    mode: ModeEstimate | None
    instruments: tuple[InstrumentHeard, ...]
    pitch_low: int | None
    pitch_high: int | None
    velocity: float | None
    onsets_per_beat: float
    sections: tuple[str, ...]
    chords: tuple[str, ...]


def measure_midi(data: bytes) -> MidiMeasures:
    """Measure a MIDI file.

    Raises
    ------
    FileFormatError
        If the bytes are not a MIDI file.
    """
    score = read_midi(data)
    times = TimeMap.of(score)
    pitched = [n for p in score.parts if not instrument(p.instrument).is_kit for n in p.notes]
    all_notes = [n for p in score.parts for n in p.notes]
    end = times.bar_start(score.bars)
    return MidiMeasures(
        notes=len(all_notes),
        tempo_bpm=_prevailing_tempo(score, end),
        first_tempo_bpm=score.tempos[0].bpm,
        felt_tempo_bpm=_felt_tempo(all_notes, times),
        meter=str(score.meters[0].meter),
        bars=score.bars,
        seconds=times.seconds(end),
        key=estimate_key(pitch_class_weights(pitched)),
        mode=estimate_mode_of(pitched),
        instruments=_instruments(score, times),
        pitch_low=min((n.pitch for n in pitched), default=None),
        pitch_high=max((n.pitch for n in pitched), default=None),
        velocity=median(n.velocity for n in all_notes) if all_notes else None,
        onsets_per_beat=round(moments_per_beat((n.onset_ticks for n in pitched), end), 4),
        sections=tuple(s.function for s in score.sections),
        chords=tuple(c.chord.symbol for c in score.chords),
    )


def pitch_class_weights(notes: list[Note]) -> list[float]:
    """Summed duration in beats of each pitch class, a single note counting at most four beats."""
    weights = [0.0] * 12
    for note in notes:
        weights[note.pitch % 12] += min(note.duration_ticks / TICKS_PER_BEAT, 4.0)
    return weights


def estimate_mode_of(notes: list[Note]) -> ModeEstimate | None:
    """Tonic and mode of pitched notes, heard with their bass."""
    line = lowest_line(notes)
    low = [0.0] * 12
    for pitch, ticks in line:
        low[pitch % 12] += ticks
    final = line[-1][0] % 12 if line else None
    return estimate_mode(pitch_class_weights(notes), low, final)


def lowest_line(notes: list[Note]) -> list[tuple[int, int]]:
    """The lowest sounding pitch from each change to the next, and for how many ticks."""
    line: list[tuple[int, int]] = []
    waiting = sorted(notes, key=lambda n: n.onset_ticks, reverse=True)
    edges = sorted({n.onset_ticks for n in notes} | {n.end_ticks for n in notes})
    sounding: list[Note] = []
    for start, stop in pairwise(edges):
        while waiting and waiting[-1].onset_ticks <= start:
            sounding.append(waiting.pop())
        sounding = [n for n in sounding if n.end_ticks > start]
        if sounding:
            line.append((min(n.pitch for n in sounding), stop - start))
    return line


def _prevailing_tempo(score: Score, end: int) -> float:
    """Tempo that holds for most of the time: the median over ticks of the tempo map."""
    spans = []
    for i, change in enumerate(score.tempos):
        stop = score.tempos[i + 1].tick if i + 1 < len(score.tempos) else end
        spans.append((change.bpm, max(0, stop - change.tick)))
    spans.sort()
    half, total = sum(length for _, length in spans) / 2, 0
    for bpm, length in spans:
        total += length
        if total >= half:
            return bpm
    return score.tempos[0].bpm


def _felt_tempo(notes: list[Note], times: TimeMap) -> float | None:
    onsets = np.array([times.seconds(n.onset_ticks) for n in notes])
    weights = np.array([n.velocity / 127.0 for n in notes])
    return estimate_tempo(onset_train(onsets, weights))


def _instruments(score: Score, times: TimeMap) -> tuple[InstrumentHeard, ...]:
    heard: dict[str, set[int]] = {}
    for part in score.parts:
        if not part.notes:
            continue
        bars = heard.setdefault(part.instrument, set())
        for note in part.notes:
            first = times.position(note.onset_ticks)[0]
            last = times.position(max(note.onset_ticks, note.end_ticks - 1))[0]
            bars.update(range(first, last + 1))
    return tuple(
        InstrumentHeard(name, round(len(bars) / max(1, score.bars), 4))
        for name, bars in heard.items()
    )
