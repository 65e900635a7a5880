"""What a fitted instrument is: the partials and the noise of recorded notes, and how they move.

A note is a sum of sines and of noise in bands (Serra & Smith, "Spectral Modeling Synthesis",
Computer Music Journal 14(4), 1990). Both are measured at a fixed set of times, the knots, that lie
close together at the onset, where a sound changes fastest, and wide apart later.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

KNOTS_MS = (
    0.0, 2.0, 4.0, 6.0, 9.0, 13.0, 18.0, 25.0, 35.0, 50.0, 70.0, 100.0, 140.0, 200.0, 280.0, 400.0,
    560.0, 800.0, 1100.0, 1600.0, 2200.0, 3200.0, 4400.0, 6400.0, 9000.0,
)  # fmt: skip
"""Times after the onset at which levels are known; between them they run straight in dB."""

NOISE_BANDS_HZ = (
    20.0, 100.0, 200.0, 300.0, 400.0, 510.0, 630.0, 770.0, 920.0, 1080.0, 1270.0, 1480.0, 1720.0,
    2000.0, 2320.0, 2700.0, 3150.0, 3700.0, 4400.0, 5300.0, 6400.0, 7700.0, 9500.0, 12000.0,
    18000.0,
)  # fmt: skip
"""Edges of the 24 noise bands (Zwicker's critical bands; the last one is wider)."""

KNOTS = len(KNOTS_MS)
BANDS = len(NOISE_BANDS_HZ) - 1
MAX_PARTIALS = 160
LEVEL_STEP_DB = 0.5
BEAT_STEP_HZ = 0.1
SILENT = 255
"""The level step that means silence."""

UNREST_HZ = ((0.3, 2.0), (2.0, 9.0), (9.0, 40.0))
"""Ranges in which the level of a held tone moves by itself: drift, waver and flutter."""

SWAY_HARMONICS = 4
"""Of a vibrato, at which partials that pass resonances of a body move in level."""

MF_VELOCITY = 80
"""The velocity at which `FittedInstrument.velocity_tilt_db` changes nothing."""

ByteArray = npt.NDArray[np.uint8]
SignedArray = npt.NDArray[np.int8]
FloatArray = npt.NDArray[np.float32]
DoubleArray = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class FittedTone:
    """One measured note.

    Attributes
    ----------
    pitch, velocity
        MIDI numbers of the key and of the touch.
    level_db
        What level step 0 means: the peak amplitude of a sine, or the RMS of a noise band, in dB
        re 1, in the mean of both channels' power.
    tuning_cents
        Fundamental against equal temperament.
    inharmonicity
        B of ``f_k = k f_0 sqrt(1 + B k^2)``; 0 where ``ratios`` are given.
    ratios
        Frequencies of free partials (bars, bells, skins) in units of the fundamental, float32,
        shape (K,); empty for a harmonic or a stiff-string series.
    partials
        Level of each partial at each knot, uint8, shape (25, K), in steps of 0.5 dB below
        ``level_db``; 255 is silence.
    noise
        The same for the noise bands, shape (25, 24).
    pans
        Right against left of each partial, int8, shape (K,), in steps of 0.5 dB.
    phases
        Of each partial as a cosine, uint8, shape (K,), in 1/256 cycles: at the onset of a struck
        note, in the wave of a held one (at a moment when the first partial has phase 0).
    pitch_cents
        Movement of the pitch around ``tuning_cents`` at each knot, int8, shape (25,).
    beats
        int8, shape (3, K), or (3, 0) if nothing beats: partials that are two a little apart, as
        unisons of strings and the modes of bells are. The distance of the twin in steps of
        0.1 Hz (0: no twin), its level in steps of 0.5 dB, its phase against the partial at the
        onset in 1/256 cycles.
    """

    pitch: int
    velocity: int
    level_db: float
    tuning_cents: float
    inharmonicity: float
    ratios: FloatArray
    partials: ByteArray
    noise: ByteArray
    pans: SignedArray
    phases: ByteArray
    pitch_cents: SignedArray
    beats: SignedArray = field(default_factory=lambda: np.zeros((3, 0), np.int8))

    def frequency_ratios(self) -> DoubleArray:
        """Frequency of each partial over the fundamental, shape (K,)."""
        if self.ratios.shape[0]:
            return self.ratios.astype(np.float64)
        k = np.arange(1, self.partials.shape[1] + 1, dtype=np.float64)
        return np.asarray(k * np.sqrt(1.0 + self.inharmonicity * k**2))


@dataclass(frozen=True, slots=True, eq=False)
class FittedInstrument:
    """The measured notes of one instrument, sorted by pitch, then velocity.

    Attributes
    ----------
    id
        Id of the instrument table.
    kind
        ``struck`` (rings by itself) or ``held`` (lasts as long as the key is down).
    source
        Key of the recording in the card.
    gain_db
        What brings a mezzo-forte note to -24 LUFS (momentary).
    release_seconds
        Pairs (pitch, seconds): time to fall by 60 dB after the key comes up; the times between
        lie on straight lines. 30 s or more: the key has no damper.
    width
        0..1: how different left and right are in the noise (1: unrelated).
    bandwidth_cents
        Spread of each partial of a section or a choir, standard deviation.
    shimmer_db, shimmer_hz
        Standard deviation and rate of the level of single partials while the tone is held.
    unrest_db
        Standard deviation of the level of a held tone in each range of `UNREST_HZ`: of what all
        partials do together, and of what each does by itself. None: nothing is known.
    sway_db
        Standard deviation of the level of a partial at each harmonic of the vibrato that was taken
        out, `SWAY_HARMONICS` of them or none.
    vibrato_cents, vibrato_hz
        What was taken out of the recording: half the swing of the pitch, and its rate.
    velocity_timbre
        ``measured``: the tones differ by velocity; ``law``: only level did in the recording, the
        tones are for `MF_VELOCITY`, and `tilt_db` says how touch changes them.
    velocity_exponent
        Amplitude against velocity for ``law``: ``(velocity / 80) ** exponent``.
    velocity_tilt_db
        For ``law``: gain in dB per octave above the fundamental between velocities 1 and 127.
    """

    id: str
    kind: str
    source: str
    gain_db: float
    tones: tuple[FittedTone, ...]
    release_seconds: tuple[tuple[float, float], ...] = ((60.0, 0.2),)
    width: float = 0.0
    bandwidth_cents: float = 0.0
    shimmer_db: float = 0.0
    shimmer_hz: float = 3.0
    vibrato_cents: float = 0.0
    vibrato_hz: float = 5.5
    velocity_timbre: str = "measured"
    velocity_exponent: float = 2.0
    velocity_tilt_db: float = 0.0
    unrest_db: tuple[tuple[float, float], ...] = ()
    sway_db: tuple[float, ...] = ()
    pitches: tuple[int, ...] = field(init=False)
    velocities: tuple[int, ...] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "pitches", tuple(sorted({tone.pitch for tone in self.tones})))
        object.__setattr__(
            self, "velocities", tuple(sorted({tone.velocity for tone in self.tones}))
        )

    def tone(self, pitch: int, velocity: int) -> FittedTone:
        """The tone measured at exactly this pitch and velocity (KeyError if there is none)."""
        for tone in self.tones:
            if tone.pitch == pitch and tone.velocity == velocity:
                return tone
        raise KeyError((pitch, velocity))

    def tilt_db(self, ratios: DoubleArray, velocity: float) -> DoubleArray:
        """Gain of the touch at frequencies given as ratios to the fundamental, dB.

        A harder hammer, bow or breath excites the upper partials more than the lower ones
        (Fletcher & Rossing, "The Physics of Musical Instruments", 12.5 and 14.4); the slope per
        octave is the fact of the instrument, and the effect ends five octaves up.
        """
        octaves = np.clip(np.log2(np.maximum(ratios, 1.0)), 0.0, 5.0)
        return np.asarray(octaves * (self.velocity_tilt_db * (velocity - MF_VELOCITY) / 126.0))


def steps_to_gain(steps: ByteArray, level_db: float) -> DoubleArray:
    """Amplitudes of level steps; silence gives 0. Any shape."""
    gain = 10.0 ** ((level_db - LEVEL_STEP_DB * steps.astype(np.float64)) / 20.0)
    return np.asarray(np.where(steps == SILENT, 0.0, gain))


def gain_to_steps(gain: DoubleArray, level_db: float) -> ByteArray:
    """Nearest level steps of amplitudes; what is too quiet becomes silence. Any shape."""
    below = level_db - 20.0 * np.log10(np.maximum(gain, 1e-12))
    steps = np.rint(below / LEVEL_STEP_DB)
    return np.where(steps >= SILENT, SILENT, np.maximum(steps, 0.0)).astype(np.uint8)
