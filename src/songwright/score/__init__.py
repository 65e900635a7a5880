"""The written piece: data model, time map, instruments, JSON, MIDI and MusicXML."""

from songwright.score.instruments import Instrument, instrument, instruments
from songwright.score.model import (
    ROLES,
    ChordSpan,
    DynamicMark,
    KeyChange,
    MeterChange,
    Note,
    Part,
    Score,
    SectionMark,
    TempoChange,
    ThemeUse,
)
from songwright.score.timemap import TimeMap

__all__ = [
    "ROLES",
    "ChordSpan",
    "DynamicMark",
    "Instrument",
    "KeyChange",
    "MeterChange",
    "Note",
    "Part",
    "Score",
    "SectionMark",
    "TempoChange",
    "ThemeUse",
    "TimeMap",
    "instrument",
    "instruments",
]
