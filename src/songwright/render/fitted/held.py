"""Fitted instruments that sound as long as the key is held: bows, winds, organs, choirs.

Every note is drawn afresh, so it may last, swell, shake and slide as it likes: dynamics move
through the measured touches while the note sounds. The notes of a slurred line share one phase:
the next note takes the partials over where the last one had brought them, and glides.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from songwright.perform.model import PlayedPart
from songwright.render.controls import Controls
from songwright.render.fitted.bowing import (
    STROKE_FROM_SECONDS,
    stroke_gain,
    strokes_of,
    tremolo_makeup_db,
)
from songwright.render.fitted.evenness import even_db
from songwright.render.fitted.layers import TIMES_SECONDS
from songwright.render.fitted.model import MF_VELOCITY, FittedInstrument
from songwright.render.fitted.spectrum import VIBRATO_CENTS, Spectrum, is_section, played_spectrum
from songwright.render.fitted.struck import release_of
from songwright.render.fitted.tone import (
    Chances,
    Motion,
    chances,
    cycles_of,
    draw,
    grid,
    is_stereo,
)
from songwright.render.fitted.touch import law_db
from songwright.render.gates import JOIN_OVERLAP_SECONDS, Gate, gates
from songwright.render.jit import BLOCK, DoubleArray, FloatArray, IntArray
from songwright.render.patch_model import Onset, Vibrato
from songwright.render.sustained import MODULATION_CENTS
from songwright.seeds import noise_rng
from songwright.units import midi_to_hz

LONGEST_RELEASE_SECONDS = 4.0
SHORT_ATTACK_SECONDS = 0.035
FASTEST = 5.0
"""How many times faster than measured a tone may start when the note is short."""

_SHORT = ("staccato", "marcato", "accent")
_ACCENT_VELOCITIES = {"marcato": 26.0, "accent": 20.0}
_ACCENT_SECONDS = 0.09
_SLUR_FROM_SECONDS = 0.12  # a slurred note starts where the attack of a tongued one is over
_LATEST_SLUR_SECONDS = 0.6
_SLUR_DIP, _SLUR_SECONDS = 0.25, 0.028
_TURN_FROM_SECONDS, _TURN_DIP = 0.08, 0.35  # the bow turns: a little of the attack is heard again
_SLIDE_CENTS, _SLIDE_SECONDS = -200.0, 0.06
_DRIFT_HZ = 1.1
_LEAST_SAMPLES = 64  # less than this at the end of a part is not a note
_BRIGHTNESS_VELOCITIES = 55.0
_MOST_GAIN_DB = 24.0
_MOST_SWAY_DB, _MOST_STRENGTH, _MOST_CENTS = 3.0, 1.3, 22.0


@dataclass(frozen=True, slots=True)
class Playing:
    """What the player of a held instrument does; times in seconds.

    ``stroke_hz`` is the rate of bow strokes of a tremolo (0: long bows), ``bow_seconds`` how long
    one bow of a slurred line lasts (0: not bowed).
    """

    vibrato: Vibrato = field(default_factory=Vibrato)
    onset: Onset = field(default_factory=Onset)
    stroke_hz: float = 0.0
    bow_seconds: float = 0.0
    velocity_exponent: float = 1.3


@dataclass(frozen=True, slots=True)
class _Handover:
    """Where a slurred note leaves its partials: sample of the part, motion and chances.

    ``bow_start`` is the sample at which the bow that plays it began.
    """

    start: int
    motion: Motion
    chance: Chances
    shake: float
    bow_start: int


@dataclass(frozen=True)
class HeldInstrument:
    """Plays parts with a fitted instrument that is bowed, blown or wound."""

    instrument: FittedInstrument
    playing: Playing

    def render(self, part: PlayedPart, length_samples: int, sample_rate_hz: int) -> FloatArray:
        """Audio of the part at the level of the recording, shape (2, length_samples)."""
        out = np.zeros((2, length_samples), np.float32)
        controls = Controls(part, length_samples, sample_rate_hz)
        legato = self.playing.onset.legato and self.playing.stroke_hz == 0.0
        stereo = is_stereo(self.instrument)
        waiting: dict[int, _Handover] = {}
        for gate in gates(part.notes, controls.pedal_spans(), legato):
            start = round(gate.note.onset_seconds * sample_rate_hz)
            if start > length_samples - _LEAST_SAMPLES or start < 0:
                continue
            pitch = gate.note.pitch
            voice = played_spectrum(self.instrument, pitch)
            before = None if gate.from_pitch is None else waiting.pop(gate.from_pitch, None)
            note = _Note(self.instrument, self.playing, voice, gate, controls, start)
            after = note.play(part.id, before, out[0], out[1] if stereo else None)
            if gate.joined:
                waiting[pitch] = after
        if not stereo:
            out[1] = out[0]
        return out


class _Note:
    """One note: how it is played, then its sound."""

    def __init__(
        self,
        instrument: FittedInstrument,
        playing: Playing,
        voice: Spectrum,
        gate: Gate,
        controls: Controls,
        start: int,
    ) -> None:
        self.instrument, self.playing, self.voice = instrument, playing, voice
        self.gate, self.controls, self.start = gate, controls, start
        self.rate = controls.sample_rate_hz
        self.pitch = float(gate.note.pitch)
        self.velocity = float(gate.note.velocity)
        end = min(gate.release_seconds, gate.restrike_seconds)
        self.held_seconds = max(end - gate.note.onset_seconds, 0.03)
        release = min(release_of(instrument, self.pitch), LONGEST_RELEASE_SECONDS)
        self.release_seconds = 0.0 if gate.joined else release
        self.turns = False  # of the bow, at the beginning of a slurred note
        self.edges = self._edges()
        self.seconds = self.edges / self.rate

    def _edges(self) -> IntArray:
        held = round(self.held_seconds * self.rate)
        samples = held + round(1.15 * self.release_seconds * self.rate)
        # what lies past the end of the part is not heard
        samples = min(max(samples, 2 * BLOCK), self.controls.length_samples - self.start)
        # the bends of level must lie where they belong, or two slurred notes would not add up
        corners = np.array([held - round(JOIN_OVERLAP_SECONDS * self.rate), held])
        edges = np.union1d(grid(samples, self.rate), corners[(corners > 0) & (corners < samples)])
        return np.asarray(edges, np.int64)

    def _controller(self, curve: FloatArray) -> FloatArray:
        """A curve of the part at the edges of the note."""
        at = np.minimum((self.start + self.edges) / BLOCK, curve.shape[0] - 1.001)
        whole = at.astype(np.int64)
        low = curve[whole]
        return np.asarray(low + (at - whole) * (curve[whole + 1] - low), np.float32)

    def play(
        self,
        part_id: str,
        before: _Handover | None,
        left: FloatArray,
        right: FloatArray | None,
    ) -> _Handover:
        """Add the note to the part; returns what the next note of its line takes over."""
        onset = self.controls.moment(self.gate.note)
        random = noise_rng(0, "held", part_id, self.gate.note.pitch, onset)
        bow_start = self.start if before is None else before.bow_start
        self.turns = 0.0 < self.playing.bow_seconds < (self.start - bow_start) / self.rate
        fresh = chances(self.instrument, self.voice, random)
        shake = random.random() if before is None else self._shake_after(before)
        chance = fresh
        if before is not None:
            chance = _carried(before.chance, fresh, (self.start - before.start) / self.rate)
        shaken, depth = self._vibrato(shake, before is not None)
        wave = np.sin(2.0 * np.pi * shaken)
        hz = midi_to_hz(self.pitch) * 2.0 ** (self._cents(wave * depth, before, random) / 1200.0)
        cycles = cycles_of(self.edges, hz, self.rate)
        if before is not None:
            joined = self.start - before.start
            cycles += np.interp(joined, before.motion.edges, before.motion.cycles)
        facts = self.playing.vibrato
        depths = np.minimum(depth / max(self._own_cents(), 4.0), _MOST_STRENGTH)
        gains = self._gains(before is not None)
        velocities, makeup_db = self._dynamics()
        makeup_db += even_db(self.instrument, self.pitch)
        gains *= 10.0 ** ((makeup_db + facts.level_db * depths * wave) / 20.0)
        strokes = None
        if self.playing.stroke_hz > 0.0:
            section = is_section(self.instrument)
            strokes = strokes_of(self.seconds, self.playing.stroke_hz, section, random)
        times = self._times(before is not None)
        if strokes is not None:
            times = np.minimum(times, STROKE_FROM_SECONDS + strokes[0])
            gains *= np.sqrt((stroke_gain(strokes) ** 2).mean(axis=0))
            louder = tremolo_makeup_db(self.voice, self.velocity, self.playing.stroke_hz)
            gains *= 10.0 ** (louder / 20.0)
        motion = Motion(
            self.edges, hz, cycles, np.asarray(times, np.float32),
            np.asarray(velocities, np.float32), np.asarray(gains, np.float32),
            shaken, np.asarray(depths, np.float32),
        )  # fmt: skip
        span = slice(self.start, self.start + int(self.edges[-1]))
        draw(
            self.instrument, self.voice, motion, chance, left[span],
            None if right is None else right[span], self.rate, self._sway_db(),
        )  # fmt: skip
        return _Handover(self.start, motion, chance, shake, self.start if self.turns else bow_start)

    def _sway_db(self) -> tuple[float, ...]:
        """How far single partials follow the vibrato: they move over the body's resonances."""
        if self.instrument.vibrato_cents > VIBRATO_CENTS:
            return tuple(min(level_db, _MOST_SWAY_DB) for level_db in self.instrument.sway_db)
        return (self.playing.vibrato.level_db,)

    def _own_cents(self) -> float:
        """Depth of the vibrato that a long note has by itself."""
        return max(self.playing.vibrato.cents, min(self.instrument.vibrato_cents, _MOST_CENTS))

    def _shake_after(self, before: _Handover) -> float:
        """Phase of the vibrato that goes on from the note before."""
        return before.shake + self._vibrato_hz() * (self.start - before.start) / self.rate

    def _vibrato_hz(self) -> float:
        measured = self.instrument.vibrato_cents > VIBRATO_CENTS
        return self.instrument.vibrato_hz if measured else self.playing.vibrato.hz

    def _vibrato(self, shake: float, slurred: bool) -> tuple[DoubleArray, DoubleArray]:
        """Periods since the beginning of the line, and depth in cents."""
        facts = self.playing.vibrato
        shaken = self._vibrato_hz() * self.seconds + shake
        delay = facts.delay * (0.3 if slurred else 1.0)
        grown = np.clip((self.seconds - delay) / max(facts.rise, 1e-3), 0.0, 1.0)
        own = self._own_cents()
        wheel = MODULATION_CENTS * self._controller(self.controls.modulation)
        if is_section(self.instrument):
            own, wheel = 0.0, 0.3 * wheel  # players of a section do not shake together
        return shaken, np.maximum(own * grown, 0.6 * own * grown + wheel)

    def _cents(
        self, vibrato: DoubleArray, before: _Handover | None, random: np.random.Generator
    ) -> DoubleArray:
        """Pitch around the key: bend, glide, onset, vibrato, drift."""
        cents = vibrato + 100.0 * self._controller(self.controls.bend_semitones)
        points = random.standard_normal(int(self.seconds[-1] * _DRIFT_HZ) + 3)
        points[0] = 0.0 if before is not None else points[0]
        place = self.seconds * _DRIFT_HZ
        whole = place.astype(np.int64)
        share = place - whole
        bow = share * share * (3.0 - 2.0 * share)
        drift = points[whole] + bow * (points[whole + 1] - points[whole])
        cents = cents + 0.5 * self.playing.onset.drift_cents * drift
        if before is not None:
            at = self.start - before.start
            last = float(np.interp(at, before.motion.edges, before.motion.hz))
            interval = 1200.0 * np.log2(last / midi_to_hz(self.pitch)) - cents[0]
            glide = max(self.playing.onset.glide_seconds, 0.01)
            return np.asarray(cents + interval * np.exp(-((self.seconds / (0.6 * glide)) ** 2)))
        if self.gate.note.articulation == "slide":
            return np.asarray(cents + _SLIDE_CENTS * np.exp(-self.seconds / _SLIDE_SECONDS))
        return np.asarray(
            cents + np.interp(self._times(False), TIMES_SECONDS, self.voice.glide_cents)
        )

    def _times(self, slurred: bool) -> DoubleArray:
        """Seconds of the measured tone: short notes start faster, slurred ones inside it."""
        if slurred:
            begin = max(_SLUR_FROM_SECONDS, self.voice.attack_seconds(self.velocity))
            if self.turns:
                begin = _TURN_FROM_SECONDS
            return np.asarray(min(begin, _LATEST_SLUR_SECONDS) + self.seconds)
        attack = self.voice.attack_seconds(self.velocity)
        wanted = 0.5 * self.held_seconds
        if self.gate.note.articulation in _SHORT:
            wanted = min(wanted, SHORT_ATTACK_SECONDS)
        faster = min(max(attack / wanted, 1.0), FASTEST)
        done = attack / faster
        return np.asarray(
            np.where(self.seconds < done, self.seconds * faster, attack + self.seconds - done)
        )

    def _gains(self, slurred: bool) -> DoubleArray:
        """Level on top of the measured one: joins, release, ends without clicks."""
        gains = np.ones(self.edges.shape[0])
        overlap = JOIN_OVERLAP_SECONDS
        if slurred:
            gains *= np.minimum(self.seconds / overlap, 1.0)
            dip = _TURN_DIP if self.turns else _SLUR_DIP
            gains *= 1.0 - dip * np.exp(-((self.seconds / _SLUR_SECONDS - 1.0) ** 2))
        else:
            gains[0] = 0.0
        if self.gate.joined:
            gains *= np.clip((self.held_seconds - self.seconds) / overlap, 0.0, 1.0)
        else:
            after = np.maximum(self.seconds - self.held_seconds, 0.0)
            gains *= np.exp(-6.907755 * after / max(self.release_seconds, 1e-3))
        gains[-1] = 0.0
        return gains

    def _dynamics(self) -> tuple[DoubleArray, DoubleArray]:
        """Touch that the timbre follows, and the gain (dB) that keeps the note's own level.

        Expression sets the level of the finished part; here it only moves the timbre with it.
        """
        expression = self._controller(self.controls.expression)
        brightness = self._controller(self.controls.brightness)
        touch = self.velocity * expression**0.7 + _BRIGHTNESS_VELOCITIES * brightness
        touch = np.clip(touch, 1.0, 127.0)
        wanted = float(self.voice.level_db(MF_VELOCITY))
        wanted += law_db(self.velocity, self.playing.velocity_exponent)
        makeup = wanted - self.voice.level_db(touch)
        extra = _ACCENT_VELOCITIES.get(self.gate.note.articulation, 0.0)
        touch = touch + extra * np.exp(-self.seconds / _ACCENT_SECONDS)
        return np.clip(touch, 1.0, 127.0), np.clip(makeup, -_MOST_GAIN_DB, _MOST_GAIN_DB)


def _carried(old: Chances, new: Chances, seconds: float) -> Chances:
    """The chances of a note begun ``seconds`` ago, with new ones for partials it did not have."""
    have = min(old.phases.shape[1], new.phases.shape[1])
    phases, places = new.phases.copy(), new.places.copy()
    phases[:, :have] = old.phases[:, :have]
    places[:, :have] = old.places[:, :have]
    elapsed = old.elapsed_seconds + seconds
    return Chances(phases, places, new.noise_places, new.levels_db, new.sways, elapsed)
