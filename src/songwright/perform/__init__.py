"""The piece as played: micro-timing, velocity, articulation, pedal and controller curves."""

from songwright.perform.from_midi import performance_of_midi
from songwright.perform.model import ControlPoint, Performance, PlayedNote, PlayedPart
from songwright.perform.performer import perform

__all__ = [
    "ControlPoint",
    "Performance",
    "PlayedNote",
    "PlayedPart",
    "perform",
    "performance_of_midi",
]
