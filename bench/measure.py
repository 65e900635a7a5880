"""What is in a MIDI file, read by programs that Songwright does not own.

Notes, tempo, metre and markers come from symusic; where the tracks end comes from mido;
`cross_check` compares with pretty_midi. Nothing here imports songwright, so a mistake in its
writer cannot hide behind the same mistake in its reader.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import mido
import numpy as np
import pretty_midi
import symusic
from numpy.typing import NDArray

SPARSE_BELOW, DENSE_ABOVE = 1.35, 2.2
"""Limits of the density classes in pitched onset moments for each quarter-note beat."""

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Piece:
    """A MIDI file as arrays, one entry a note, in order of onset.

    ``onset``, ``end`` are in ticks, ``beat`` is ticks in a quarter note, ``program`` is 0..127 (of
    the kit for drums), ``gain`` the product of channel volume and expression 0..1 at the onset.
    ``tempos`` and ``meters`` hold (tick, value); ``end_tick`` is where the conductor track stops.
    """

    beat: int
    end_tick: int
    onset: Ints
    end: Ints
    pitch: Ints
    velocity: Ints
    program: Ints
    drum: NDArray[np.bool_]
    gain: Floats
    tempos: tuple[tuple[int, float], ...]
    meters: tuple[tuple[int, tuple[int, int]], ...]
    markers: tuple[tuple[int, str], ...]

    @cached_property
    def bar_starts(self) -> Ints:
        """Tick of every bar line up to and including the end (so one more than there are bars)."""
        starts = [0]
        while starts[-1] < self.end_tick:
            numerator, denominator = _holding(self.meters, starts[-1])
            starts.append(starts[-1] + self.beat * 4 * numerator // denominator)
        return np.array(starts, dtype=np.int64)

    @property
    def bars(self) -> int:
        """Bars from the start to the end of the conductor track; a started bar counts."""
        return len(self.bar_starts) - 1

    @property
    def meter(self) -> str:
        """Metre that holds for most of the bars."""
        found = [_holding(self.meters, int(start)) for start in self.bar_starts[:-1]]
        numerator, denominator = max(found, key=found.count) if found else self.meters[0][1]
        return f"{numerator}/{denominator}"

    def seconds_at(self, tick: int) -> float:
        """Time of a tick by the tempo map."""
        total = 0.0
        for i, (start, bpm) in enumerate(self.tempos):
            stop = self.tempos[i + 1][0] if i + 1 < len(self.tempos) else tick
            total += max(0, min(stop, tick) - start) / self.beat * 60.0 / bpm
        return total

    @property
    def seconds(self) -> float:
        """Length by the end of the conductor track."""
        return self.seconds_at(self.end_tick)

    @property
    def first_tempo_bpm(self) -> float:
        return self.tempos[0][1]

    @property
    def tempo_bpm(self) -> float:
        """Median of the tempo map, weighted by the seconds that each tempo lasts."""
        spans = []
        for i, (start, bpm) in enumerate(self.tempos):
            stop = self.tempos[i + 1][0] if i + 1 < len(self.tempos) else self.end_tick
            spans.append((bpm, max(0, stop - start) / bpm))
        spans.sort()
        half = sum(length for _, length in spans) / 2.0
        heard = 0.0
        for bpm, length in spans:
            heard += length
            if heard >= half:
                return bpm
        return self.tempos[0][1]

    @cached_property
    def sections(self) -> tuple[tuple[int, str], ...]:
        """(bar, function) of the markers that name sections, such as ``verse [A]``."""
        return tuple(
            (self.bar_of(tick), text.partition(" [")[0])
            for tick, text in self.markers
            if " [" in text or text in _FUNCTIONS
        )

    @cached_property
    def chords(self) -> tuple[tuple[int, str], ...]:
        """(tick, symbol) of the markers that name chords."""
        return tuple(
            (tick, text) for tick, text in self.markers if not (" [" in text or text in _FUNCTIONS)
        )

    def bar_of(self, tick: int) -> int:
        """Bar (from 0) that holds a tick; a tick up to a sixteenth early belongs to the next."""
        slack = self.beat // 4 - 1
        return int(np.searchsorted(self.bar_starts, tick + slack, side="right")) - 1

    def sounds(self) -> dict[int | str, float]:
        """Share of bars 0..1 in which each program, ``"drums"`` and ``"kit:N"`` sounds."""
        first = np.searchsorted(self.bar_starts, self.onset, side="right") - 1
        last = np.searchsorted(self.bar_starts, self.end - 1, side="right") - 1
        bars: dict[int | str, set[int]] = {}
        for i in range(self.onset.size):
            program = int(self.program[i])
            names = ("drums", f"kit:{program}") if self.drum[i] else (program,)
            for name in names:
                bars.setdefault(name, set()).update(range(first[i], last[i] + 1))
        return {name: len(found) / max(1, self.bars) for name, found in bars.items()}

    def pitch_bounds(self) -> tuple[int, int] | None:
        """Lowest and highest pitch outside the drums; None without any."""
        pitched = self.pitch[~self.drum]
        return (int(pitched.min()), int(pitched.max())) if pitched.size else None

    def onsets_per_beat(self) -> float:
        """Distinct onset moments (to a sixteenth) of pitched notes for each quarter note."""
        moments = np.unique(np.rint(self.onset[~self.drum] / (self.beat / 4)))
        return moments.size / max(1.0, self.end_tick / self.beat)

    def density(self) -> str:
        """``sparse``, ``medium`` or ``dense``."""
        onsets = self.onsets_per_beat()
        return "sparse" if onsets < SPARSE_BELOW else "dense" if onsets > DENSE_ABOVE else "medium"

    def pitch_class_beats(self, first_bar: int = 0, last_bar: int | None = None) -> Floats:
        """Beats that each pitch class (12,) sounds outside the drums, in a range of bars."""
        low = self.bar_starts[first_bar]
        high = self.bar_starts[self.bars if last_bar is None else last_bar]
        chosen = ~self.drum & (self.onset < high) & (self.end > low)
        beats = (np.minimum(self.end, high) - np.maximum(self.onset, low))[chosen] / self.beat
        return np.bincount(self.pitch[chosen] % 12, beats, 12).astype(np.float64)

    def bar_levels(self) -> Floats:
        """Energy of each bar: summed (velocity × gain)² × beats; drum strokes count a quarter."""
        levels = np.zeros(self.bars)
        for bar in range(self.bars):
            low, high = self.bar_starts[bar], self.bar_starts[bar + 1]
            chosen = (self.onset < high) & (self.end > low)
            beats = (np.minimum(self.end, high) - np.maximum(self.onset, low)) / self.beat
            beats = np.where(self.drum, 0.25, beats)
            power = (self.velocity / 127.0 * self.gain) ** 2
            levels[bar] = float((power * beats)[chosen].sum())
        return levels


_FUNCTIONS = {
    "intro", "verse", "pre-chorus", "chorus", "post-chorus", "bridge", "breakdown", "build",
    "drop", "solo", "interlude", "outro",
}  # fmt: skip


def _holding(changes: tuple[tuple[int, Any], ...], tick: int) -> Any:
    """Value of the last change at or before a tick."""
    return [value for start, value in changes if start <= tick][-1]


def read_piece(path: Path) -> Piece:
    """Read a MIDI file.

    Raises
    ------
    ValueError
        If the file holds no note.
    """
    score: Any = symusic.Score(str(path))
    columns: list[NDArray[Any]] = []
    for track in score.tracks:
        notes = track.notes.numpy()
        count = len(notes["time"])
        if count:
            columns.append(
                np.stack([
                    notes["time"], notes["time"] + notes["duration"], notes["pitch"],
                    notes["velocity"], np.full(count, track.program),
                    np.full(count, track.is_drum), _gains(track, notes["time"]),
                ])
            )  # fmt: skip
    if not columns:
        raise ValueError(f"{path} holds no notes")
    table = np.concatenate(columns, axis=1)
    table = table[:, np.lexsort((table[2], table[0]))]
    onset, end, pitch, velocity, program, drum = table[:6].astype(np.int64)
    tempos = sorted((int(t.time), float(t.qpm)) for t in score.tempos) or [(0, 120.0)]
    meters = sorted((int(m.time), (int(m.numerator), int(m.denominator)))
                    for m in score.time_signatures) or [(0, (4, 4))]  # fmt: skip
    return Piece(
        beat=int(score.tpq), end_tick=_end_of_conductor(path),
        onset=onset, end=end, pitch=pitch, velocity=velocity, program=program,
        drum=drum.astype(bool), gain=table[6].astype(float),
        tempos=tuple(tempos), meters=tuple(meters),
        markers=tuple((int(m.time), str(m.text)) for m in score.markers),
    )  # fmt: skip


def _gains(track: Any, times: NDArray[Any]) -> Floats:
    """Channel volume × expression at each time, both 1 where the track does not set them."""
    gain = np.ones(len(times))
    for number in (7, 11):
        points = sorted((int(c.time), int(c.value)) for c in track.controls if c.number == number)
        if points:
            at = np.searchsorted([tick for tick, _ in points], times, side="right") - 1
            values = np.array([value for _, value in points]) / 127.0
            gain *= np.where(at >= 0, values[np.maximum(at, 0)], 1.0)
    return gain


def _end_of_conductor(path: Path) -> int:
    """Tick of the end-of-track event of the first track (symusic does not keep it)."""
    return int(sum(message.time for message in mido.MidiFile(str(path)).tracks[0]))


def cross_check(path: Path, piece: Piece) -> list[str]:
    """Sentences on which pretty_midi disagrees with what was read; empty when they agree."""
    with warnings.catch_warnings():
        # Key signatures stand in every track, as notation programs want them.
        warnings.simplefilter("ignore", RuntimeWarning)
        other = pretty_midi.PrettyMIDI(str(path))
    problems = []
    notes = [note for part in other.instruments for note in part.notes]
    if len(notes) != piece.onset.size:
        problems.append(f"{len(notes)} notes, not {piece.onset.size}")
    last = max((note.end for note in notes), default=0.0)
    if abs(last - piece.seconds_at(int(piece.end.max()))) > 0.002:
        problems.append(f"the last note ends at {last:.3f} s")
    _, tempos = other.get_tempo_changes()
    if abs(tempos[0] - piece.first_tempo_bpm) > 0.01:
        problems.append(f"the first tempo is {tempos[0]:.3f}")
    meters = [(m.numerator, m.denominator) for m in other.time_signature_changes]
    if meters[:1] != [piece.meters[0][1]]:
        problems.append(f"the first metre is {meters[:1]}")
    sounding = {(p.program, p.is_drum) for p in other.instruments if p.notes}
    if sounding != set(zip(piece.program.tolist(), piece.drum.tolist(), strict=True)):
        problems.append(f"the sounding programs are {sorted(sounding)}")
    return problems


# Albrecht & Shanahan, Music Perception 31 (2013): share of each degree above the tonic.
_MAJOR = np.array(
    [0.238, 0.006, 0.111, 0.006, 0.137, 0.094, 0.016, 0.214, 0.009, 0.080, 0.008, 0.081]
)
_MINOR = np.array(
    [0.220, 0.006, 0.104, 0.123, 0.019, 0.103, 0.012, 0.214, 0.062, 0.022, 0.061, 0.052]
)


def find_key(pitch_class_beats: Iterable[float]) -> tuple[int, bool]:
    """Tonic 0..11 and whether minor: the Albrecht–Shanahan profile at least Euclidean distance.

    Raises
    ------
    ValueError
        If nothing sounds.
    """
    weights = np.asarray(list(pitch_class_beats), dtype=float)
    if weights.sum() <= 0.0:
        raise ValueError("no pitched note, so no key")
    share = weights / weights.sum()
    distances = {
        (tonic, minor): float(np.linalg.norm(share - np.roll(profile, tonic)))
        for tonic in range(12)
        for minor, profile in ((False, _MAJOR), (True, _MINOR))
    }
    return min(distances, key=lambda key: (distances[key], key))
