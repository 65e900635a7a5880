"""What is recorded for each instrument, and from which soundfont (``sources.toml``)."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import msgspec

from songwright.score.instruments import Instrument, instruments
from training.instruments.record import Take

VELOCITIES = (40, 80, 115)
HELD_SECONDS = 2.7
PAD_SECONDS = 4.8
STRUCK_SECONDS = 9.2
RELEASE_HELD_SECONDS = 0.8
RELEASE_SECONDS = 1.8
SLOW_FAMILIES = ("synth pad", "synth effects", "sound effects")


@dataclass(frozen=True, slots=True)
class Font:
    """A soundfont: where it is, and what its card says."""

    title: str
    file: str
    licence: str
    origin: str
    notice: str


@dataclass(frozen=True, slots=True)
class Choice:
    """The better recording of one program, and why."""

    font: str
    reason: str


@dataclass(frozen=True, slots=True)
class Sources:
    """``sources.toml``."""

    default: dict[str, str]
    fonts: dict[str, Font]
    series: dict[str, tuple[str, ...]]
    tilt_db: dict[str, float]
    scenes: dict[str, tuple[str, ...]]
    beats: dict[str, tuple[str, ...]]
    release_seconds: dict[str, float]
    decay_seconds: dict[str, float]
    programs: dict[str, Choice] = field(default_factory=dict)

    def font_of(self, instrument_id: str) -> str:
        """Key of the soundfont of an instrument."""
        choice = self.programs.get(instrument_id)
        return choice.font if choice else self.default["font"]

    def is_scene(self, instrument_id: str) -> bool:
        """True if what it plays is no tone, so that its fit is not preferred."""
        return instrument_id in self.scenes["ids"]

    def beats_in(self, instrument_id: str) -> bool:
        """True if its partials are looked at for pairs that beat."""
        return instrument_id in self.beats["ids"]

    def series_of(self, instrument_id: str) -> str:
        """``harmonic``, ``stiff`` or ``free``."""
        for name, members in self.series.items():
            if instrument_id in members:
                return name
        return "harmonic"

    def tilt_of(self, instrument: Instrument) -> float:
        """Tilt of the spectrum with touch, dB per octave over the whole velocity range."""
        by_family = self.tilt_db.get(instrument.family, self.tilt_db["default"])
        return self.tilt_db.get(instrument.id, by_family)


@cache
def sources() -> Sources:
    """The table of recordings."""
    text = Path(__file__).with_name("sources.toml").read_text("utf-8")
    return msgspec.convert(tomllib.loads(text), Sources)


def fitted_ids() -> tuple[str, ...]:
    """The 128 programs in their order."""
    return tuple(key for key, row in instruments().items() if not row.is_kit)


def pitches_to_fit(instrument: Instrument) -> tuple[int, ...]:
    """Every third semitone of the range, every sixth of an effect, and the highest key."""
    step = 6 if instrument.family in SLOW_FAMILIES else 3
    return (*range(instrument.low, instrument.high, step), instrument.high)


def takes(instrument: Instrument) -> list[Take]:
    """The notes to record: all pitches at all velocities, then short notes for the release.

    Held notes let go within their slot, so they need no short ones.
    """
    pitches = pitches_to_fit(instrument)
    if instrument.sustains:
        held = PAD_SECONDS if instrument.family in SLOW_FAMILIES else HELD_SECONDS
        return [Take(p, v, held, held + 1.5) for p in pitches for v in VELOCITIES]
    long = [Take(p, v, STRUCK_SECONDS, STRUCK_SECONDS) for p in pitches for v in VELOCITIES]
    short = [Take(p, 80, RELEASE_HELD_SECONDS, RELEASE_SECONDS) for p in pitches]
    return long + short
