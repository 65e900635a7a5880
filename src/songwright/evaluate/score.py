"""Every symbolic metric of one piece."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from songwright.evaluate.downbeats import with_downbeats
from songwright.evaluate.model import Measurement
from songwright.evaluate.piece import piece_of
from songwright.evaluate.registry import measure_piece
from songwright.score import KeyChange, MeterChange, Note, Part, Score, TempoChange
from songwright.score.midi import read_midi
from songwright.theory import Key, Meter

if TYPE_CHECKING:
    from songwright.perform.model import Performance


def evaluate_score(
    score: Score,
    performance: Performance | None = None,
    plan_energy: Sequence[float] | None = None,
) -> tuple[Measurement, ...]:
    """Measure a score with every symbolic metric.

    Parameters
    ----------
    score
        The piece as written, from whatever source. An empty one is answered too.
    performance
        The piece as played, if known: timing and velocities are read from it.
    plan_energy
        Planned energy 0..1, one value a bar, if known.

    Returns
    -------
    tuple of Measurement
        One for each metric, in the order of `songwright.evaluate.metric_facts`. A metric that the
        piece does not define has the value None and says why.
    """
    return measure_piece(piece_of(score, performance, plan_energy))


def evaluate_midi(data: bytes) -> tuple[Measurement, ...]:
    """Measure a MIDI file from anywhere with every symbolic metric.

    Raises
    ------
    FileFormatError
        If the bytes are not a MIDI file.
    """
    return evaluate_score(with_downbeats(read_midi(data)))


def warm_up() -> None:
    """Compile the kernels of the symbolic metrics; the code is cached on disk."""
    tune = tuple(Note(480 * i, 480, 60 + i * 5 % 12) for i in range(64))
    part = Part("lead", "Lead", "lead", "violin", tune)
    evaluate_score(
        Score(
            "", 16, (MeterChange(0, Meter(4, 4)),), (TempoChange(0, 120.0),),
            (KeyChange(0, Key("C", "major")),), parts=(part,),
        )
    )  # fmt: skip
