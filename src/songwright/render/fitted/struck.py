"""Fitted instruments that ring by themselves: pianos, mallets, plucked strings.

Tones are finished ahead for a few touches of each key and kept (see `cache`); a note is the mix of
the two touches around its own. Both start with the same phases, so the mix of two spectra is the
spectrum in between and not two instruments at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from itertools import pairwise

import numpy as np

from songwright.perform.model import PlayedNote, PlayedPart
from songwright.render.controls import Controls
from songwright.render.fitted.cache import tone_cache
from songwright.render.fitted.evenness import even_db
from songwright.render.fitted.model import MF_VELOCITY, FittedInstrument
from songwright.render.fitted.spectrum import played_spectrum
from songwright.render.fitted.tone import draw_plain, grid
from songwright.render.fitted.touch import law_db
from songwright.render.gates import Gate, gates
from songwright.render.jit import BLOCK, FloatArray
from songwright.render.patch_model import Touch
from songwright.render.playback import mix_note
from songwright.render.sampler import RESTRIKE_SECONDS, TAIL, bent
from songwright.render.slurs import fade_samples, left_out, taking_over, touch_of, without
from songwright.seeds import noise_rng
from songwright.units import db_to_gain
from songwright.version import VERSION

SOUND_VERSION = 5
"""Counts changes of how a tone is made; with the program's version it makes old tones invalid."""

TOUCHES = (10, 36, 60, 84, 106, 127)
"""Velocities that tones are finished for; in between they are mixed."""

USUAL_LAYERS = (2, 3, 4)
VARIANTS = 2
VARIANT_LEVEL_DB = 0.5
"""Random level of each partial from one variant of a tone to the next."""

RANGE_DB = 72.0
LONGEST_SECONDS = 12.0
PIECES_SECONDS = (0.0, 1.2, 3.0, 6.0)
"""Tones are finished and kept in pieces that begin here, so that short notes cost little."""

UNDAMPED_SECONDS = 25.0
"""Release times from here on mean that the key has no damper."""

UNDAMPED_RESTRIKE_SECONDS = 0.6
MUTED_SECONDS = 0.09
_MUTED = ("ghost",)


@dataclass(frozen=True, slots=True)
class _Use:
    gate: Gate
    start: int
    damp_after: int
    release_seconds: float
    samples: int
    skip: int


@dataclass(frozen=True)
class StruckInstrument:
    """Plays parts with a fitted instrument that rings by itself.

    ``digest`` identifies the instrument's file. ``touch`` holds facts of playing that no
    recording tells: which keys have a damper, whether there is a pedal.
    """

    instrument: FittedInstrument
    digest: str
    touch: Touch

    def render(self, part: PlayedPart, length_samples: int, sample_rate_hz: int) -> FloatArray:
        """Audio of the part at the level of the recording, shape (2, length_samples)."""
        out = np.zeros((2, length_samples), np.float32)
        controls = Controls(part, length_samples, sample_rate_hz)
        groups: dict[tuple[int, int, int], list[tuple[_Use, float]]] = {}
        turns: dict[int, int] = {}
        spans = controls.pedal_spans() if self.touch.pedal else []
        for gate in gates(part.notes, spans):
            use = self._use(gate, length_samples, sample_rate_hz)
            if use is None:
                continue
            pitch = gate.note.pitch
            turns[pitch] = turns.get(pitch, -1) + 1
            velocity = self._velocity(use, controls)
            gain = db_to_gain(self._makeup_db(gate.note, velocity))
            for layer, share in _shares(velocity):
                key = (pitch, layer, turns[pitch] % VARIANTS)
                groups.setdefault(key, []).append((use, share * gain))
        moving = bool(controls.bend_semitones.any() or controls.modulation.any())
        for key in sorted(groups):
            longest = max(use.skip + use.samples for use, _ in groups[key])
            longest = int(longest * 1.15) if moving else longest
            tone = self.tone(*key, longest, sample_rate_hz)
            for use, share in groups[key]:
                _place(out, tone, use, share, controls, moving)
        return out

    def tone(
        self, pitch: int, layer: int, variant: int, samples: int, sample_rate_hz: int
    ) -> FloatArray:
        """The first ``samples`` or more of one finished tone, or all of it; shape (2, n).

        ``layer`` is an index of `TOUCHES`. A tone ends where it is 72 dB down.
        """
        voice = played_spectrum(self.instrument, pitch)
        velocity = float(TOUCHES[layer])
        seconds = min(voice.seconds(velocity, RANGE_DB), LONGEST_SECONDS)
        cuts = [_cut(second, sample_rate_hz) for second in PIECES_SECONDS if second < seconds]
        cuts.append(max(round(seconds * sample_rate_hz), BLOCK))

        def make(begin: int, end: int) -> FloatArray:
            # without the layer: all touches of a variant have the same phases
            random = noise_rng(0, self.instrument.id, pitch, variant)
            return draw_plain(
                self.instrument, voice, float(pitch), velocity, end, sample_rate_hz, random,
                VARIANT_LEVEL_DB, begin,
            )  # fmt: skip

        pieces = []
        for begin, end in pairwise(cuts):
            if begin >= samples:
                break
            made_by = f"{VERSION} {SOUND_VERSION} {self.digest}"
            name = f"{made_by} {pitch} {velocity} {variant} {begin} {sample_rate_hz}"
            pieces.append(tone_cache().tone(name, partial(make, begin, end)))
        return pieces[0] if len(pieces) == 1 else np.concatenate(pieces, axis=1)

    def finish(self, low: int, high: int, sample_rate_hz: int) -> None:
        """Make and keep the beginnings of the tones of a range in middling touches."""
        for pitch in range(low, high + 1):
            for layer in USUAL_LAYERS:
                for variant in range(VARIANTS):
                    self.tone(pitch, layer, variant, 1, sample_rate_hz)

    def _makeup_db(self, note: PlayedNote, velocity: float) -> float:
        """Gain that gives a note its level when it is played by the tones of ``velocity``."""
        voice = played_spectrum(self.instrument, note.pitch)
        played, reference = voice.level_db(velocity), voice.level_db(MF_VELOCITY)
        makeup = law_db(note.velocity, self.touch.velocity_exponent) - float(played - reference)
        return even_db(self.instrument, note.pitch) + makeup

    def _velocity(self, use: _Use, controls: Controls) -> float:
        """The touch whose colour a note has."""
        at = min(use.start // BLOCK, controls.brightness.shape[0] - 1)
        touch = touch_of(use.gate) + 50.0 * float(controls.brightness[at])
        return min(max(touch, TOUCHES[0]), TOUCHES[-1])

    def _use(self, gate: Gate, length_samples: int, sample_rate_hz: int) -> _Use | None:
        start = round(gate.note.onset_seconds * sample_rate_hz)
        if start < 0 or start >= length_samples:
            return None
        release = release_of(self.instrument, gate.note.pitch)
        damped = release < UNDAMPED_SECONDS and gate.note.pitch < self.touch.undamped_from
        end = gate.release_seconds if damped or gate.joined else float("inf")
        if gate.note.articulation in _MUTED:
            end, release = min(end, gate.note.onset_seconds + 0.02), MUTED_SECONDS
        if gate.restrike_seconds < end:
            end = gate.restrike_seconds
            release = RESTRIKE_SECONDS if damped else UNDAMPED_RESTRIKE_SECONDS
        seconds = LONGEST_SECONDS
        damp_after = length_samples
        if end != float("inf"):
            damp_after = round((end - gate.note.onset_seconds) * sample_rate_hz)
            tail = 0.0 if gate.joined else TAIL * release
            seconds = min(seconds, end - gate.note.onset_seconds + tail)
        samples = min(round(seconds * sample_rate_hz), length_samples - start)
        skip = left_out(gate, sample_rate_hz)
        return _Use(gate, start, damp_after, release, max(samples, BLOCK), skip)


def _cut(seconds: float, sample_rate_hz: int) -> int:
    """An edge of every tone's grid at about this time."""
    edges = grid(round((seconds + 0.1) * sample_rate_hz), sample_rate_hz)
    return int(edges[np.searchsorted(edges, round(seconds * sample_rate_hz))])


def release_of(instrument: FittedInstrument, pitch: float) -> float:
    """T60 in seconds after the key comes up."""
    pitches, seconds = zip(*instrument.release_seconds, strict=True)
    return max(float(np.interp(pitch, pitches, seconds)), 0.02)


def _shares(velocity: float) -> list[tuple[int, float]]:
    """Layers around a velocity and the amplitude of each."""
    place = float(np.interp(velocity, TOUCHES, np.arange(len(TOUCHES))))
    low = int(place)
    share = place - low
    if share < 0.02 or low == len(TOUCHES) - 1:
        return [(low, 1.0)]
    return [(low, 1.0 - share), (low + 1, share)]


def _place(
    out: FloatArray, tone: FloatArray, use: _Use, share: float, controls: Controls, moving: bool
) -> None:
    rate = controls.sample_rate_hz
    tone = without(tone, use.skip)
    if moving or use.gate.note.articulation == "slide":
        tone = bent(tone, use.gate.note, use.start, use.samples, controls)
    if use.gate.from_pitch is not None:
        tone = taking_over(tone, use.samples, rate)
    samples = min(use.samples, tone.shape[1])
    mix_note(
        out, use.start, tone, samples, share, 1.0, 1.0, use.damp_after,
        6.907755 / (use.release_seconds * rate), fade_samples(use.gate, rate),
    )  # fmt: skip
