"""Between the strokes of drum grids (ticks, General MIDI voices) and those of the model (steps)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean
from types import MappingProxyType

from songwright.composition.drum_meter import Stroke
from songwright.composition.drum_voices import VOICES
from songwright.models.grid import TICKS_PER_STEP, bar_steps, nearest_onset
from songwright.models.grooves import VOICE_OF_KEY
from songwright.models.grooves import Stroke as Step
from songwright.theory import Meter
from songwright.units import TICKS_PER_BEAT

MODEL_VOICE: Mapping[str, str] = MappingProxyType(
    {voice: VOICE_OF_KEY[key] for voice, key in VOICES.items() if key in VOICE_OF_KEY}
    | {"swirl": "snare", "clap": "snare"}
)
KIT_VOICE: Mapping[str, str] = MappingProxyType(
    {
        "kick": "kick", "snare": "snare", "rim": "stick", "hat": "hat", "pedal": "pedal",
        "open": "open", "ride": "ride", "crash": "crash", "high_tom": "tom_high",
        "mid_tom": "tom_mid", "low_tom": "floor",
    }
)  # fmt: skip
_SOFTEST, _LOUDEST = 0.34, 1.15  # of the level of a voice in the rules' own groove
_ACCENT = 0.6  # the performance adds the rest
_GHOST = 40  # a velocity of the model below which a stroke is no accent that was played softly
_EIGHTH, _SWUNG_STEP = TICKS_PER_BEAT // 2, 8


@dataclass(frozen=True, slots=True)
class StepGrid:
    """The grid of a piece's drums in the model.

    ``swings``: eighths are written evenly and swung when played; the model knows them as triplets.
    ``triplets``: pulses divide in three (also where they swing); ``middles``: the middle one of
    three may sound.
    """

    meter: Meter
    swings: bool
    triplets: bool
    middles: bool = True

    @property
    def bar(self) -> int:
        return bar_steps(self.meter.numerator, self.meter.denominator)

    @property
    def positions(self) -> frozenset[int]:
        """The steps of a bar that may be struck."""
        if self.meter.is_compound:
            return frozenset(range(0, self.bar, 6))
        steps = range(0, self.bar, 4 if self.triplets else 3)
        return frozenset(p for p in steps if self.middles or p % 12 != 4)

    def step(self, tick: int) -> int:
        """The step of a tick in its bar."""
        beat, rest = divmod(tick, TICKS_PER_BEAT)
        if self.swings and rest == _EIGHTH:
            return beat * TICKS_PER_BEAT // TICKS_PER_STEP + _SWUNG_STEP
        return min(nearest_onset(tick / TICKS_PER_STEP, self.bar), self.bar - 3)

    def ticks(self, steps: Iterable[int]) -> dict[int, int]:
        """Written ticks of the steps of a bar; a pulse whose middle triplet sounds stays one."""
        own = set(steps)
        result = {}
        for step in own:
            quarter, rest = divmod(step, 12)
            swung = self.swings and rest == _SWUNG_STEP and quarter * 12 + 4 not in own
            result[step] = quarter * TICKS_PER_BEAT + _EIGHTH if swung else step * TICKS_PER_STEP
        return result


def steps_of(bars: Sequence[Sequence[Stroke]], grid: StepGrid) -> tuple[Step, ...]:
    """Bars of strokes for the model; voices that it does not know are left out."""
    steps = {
        (number * grid.bar + grid.step(s.tick), MODEL_VOICE[s.voice]): s.velocity
        for number, strokes in enumerate(bars)
        for s in strokes
        if s.voice in MODEL_VOICE
    }
    return tuple(Step(onset, voice, velocity) for (onset, voice), velocity in sorted(steps.items()))


def bars_of(
    steps: Sequence[Step], bars: int, grid: StepGrid, levels: Mapping[str, float]
) -> list[list[Stroke]]:
    """The model's strokes as bars.

    Parameters
    ----------
    levels
        By voice of the model, the written velocity of its full strokes (`full_levels`); the
        model's own velocities become accents around it.
    """
    own = full_levels(steps)
    result: list[list[Stroke]] = []
    for number in range(bars):
        here = [s for s in steps if s.onset // grid.bar == number]
        ticks = grid.ticks(s.onset % grid.bar for s in here)
        strokes = []
        for s in here:
            share = s.velocity / own[s.voice]
            share = share if s.velocity < _GHOST else share**_ACCENT
            share = max(_SOFTEST, min(_LOUDEST, share))
            velocity = max(1, min(124, round(share * levels.get(s.voice, 92.0))))
            strokes.append(Stroke(ticks[s.onset % grid.bar], KIT_VOICE[s.voice], velocity, 120))
        result.append(strokes)
    return result


def full_levels(steps: Iterable[Step]) -> dict[str, float]:
    """The velocity of each voice's full strokes: the mean of its louder half."""
    by_voice: dict[str, list[int]] = {}
    for stroke in steps:
        by_voice.setdefault(stroke.voice, []).append(stroke.velocity)
    return {voice: fmean(sorted(values)[len(values) // 2 :]) for voice, values in by_voice.items()}
