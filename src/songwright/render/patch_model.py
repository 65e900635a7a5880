"""The facts of a patch: how each voice model is told what to sound like.

Typed mirror of ``data/patches/*.toml``; `songwright.render.patches` reads them.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Burst:
    """A short band of noise at the onset: hammer, pick, chiff, key click.

    ``level_db`` is relative to a full-scale tone; ``track`` is how far the centre follows the
    pitch (0 fixed, 1 fully, relative to middle C); ``velocity_db`` how much quieter it is at the
    softest touch.
    """

    level_db: float
    hz: float
    seconds: float
    q: float = 0.7
    track: float = 0.0
    velocity_db: float = 18.0
    attack_seconds: float = 0.0005


@dataclass(frozen=True, slots=True)
class Formant:
    """A resonance that stays where it is whatever the pitch."""

    hz: float
    width_hz: float
    db: float


@dataclass(frozen=True, slots=True)
class Bus:
    """What the whole part goes through.

    ``body`` names a table of ``data/bodies.toml``; ``drive`` an amplifier (``clean``, ``bass``,
    ``crunch`` or a table of ``data/amplifiers.toml``). ``rotary_hz`` is the speed of a rotating
    speaker. ``tremolo_pan`` 1 moves the sound from side to side instead of up and down.
    ``chorus_mix`` is the level of a pair of short, modulated delays.
    """

    body: str = ""
    body_mix: float = 1.0
    drive: str = ""
    drive_db: float = 0.0
    chorus_mix: float = 0.0
    chorus_hz: float = 0.6
    chorus_ms: float = 3.0
    tremolo_hz: float = 0.0
    tremolo_depth: float = 0.0
    tremolo_pan: float = 0.0
    rotary_hz: float = 0.0
    echo_seconds: float = 0.0
    echo_feedback: float = 0.0

    def only_moving(self) -> Bus:
        """Tremolo and rotating speaker without the rest."""
        return Bus(
            tremolo_hz=self.tremolo_hz,
            tremolo_depth=self.tremolo_depth,
            tremolo_pan=self.tremolo_pan,
            rotary_hz=self.rotary_hz,
        )


@dataclass(frozen=True, slots=True)
class Touch:
    """How a note that rings by itself answers the player.

    ``velocity_exponent`` shapes level against velocity; ``release_seconds`` is the T60 after the
    key comes up (0: rings on); keys from ``undamped_from`` up have no damper. ``width`` spreads
    the keyboard from left to right. ``drop_cents`` is how sharp the onset is, falling within
    ``drop_seconds``. ``pick_seconds`` is how long before the next stroke the pick lies on the
    string and stops it (0: never). ``own_cents`` makes every part of a song an instrument of its
    own, with strings of its own, out of tune with the others by up to so much.
    """

    velocity_exponent: float = 1.6
    release_seconds: float = 0.25
    undamped_from: int = 128
    width: float = 0.0
    drop_cents: float = 0.0
    drop_seconds: float = 0.05
    pedal: bool = True
    own_cents: float = 0.0
    pick_seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class ModalPatch:
    """Struck and plucked things as a bank of decaying partials (`songwright.render.modal`).

    Either ``partials`` lists ``[ratio, level_db, relative decay time]``, or, when it is empty,
    the partials are those of a stiff string ``k sqrt(1 + B k^2)`` with inharmonicity ``b`` at
    middle C growing by ``b_octave`` for each octave up.

    Attributes
    ----------
    strike
        Where the string is struck or plucked, as a share of its length (0: no comb).
    slope_db, slope_velocity_db, slope_track_db
        Fall of the source in dB per octave of partial number at middle C, how much flatter it is
        at the hardest touch than at the softest, and its change for each octave up (never flatter
        than -3.5 dB then).
    corner_soft_hz, corner_loud_hz, corner_db, corner_track
        Low-pass of hammer or finger: corner at the softest and the loudest touch for middle C,
        dB per octave above it, and how far it follows the pitch.
    t60_seconds, t60_octave, t60_limit, damping
        Decay time of the fundamental at middle C, its factor for each octave up, its longest
        value, and extra loss growing with the square of frequency (nepers/s at 1 kHz).
    after_db, after_ratio, detune_cents
        Level and length of the second, slower stage relative to the first, and how far its
        strings are out of tune (beating).
    bloom_seconds, bloom_hz
        Partials above ``bloom_hz`` rise this slowly (sitar, gong).
    jitter_db
        Random level of each partial from note to note.
    attack_soft_ms, attack_loud_ms
        Rise of the contact.
    octave_up_db
        Level of a second string an octave higher (harpsichord).
    pickup
        Place of a pickup as a share of the string (0: none).
    sing_db, sing_seconds
        A loud amplifier keeps the string's octave going: the level it comes to, against the
        note, and the time constant with which it does (feedback; -200: none).
    """

    engine: str
    touch: Touch = Touch()
    bus: Bus = Bus()
    bursts: tuple[Burst, ...] = ()
    formants: tuple[Formant, ...] = ()
    partials: tuple[tuple[float, float, float], ...] = ()
    b: float = 0.0
    b_octave: float = 1.0
    strike: float = 0.0
    slope_db: float = -6.0
    slope_velocity_db: float = 2.5
    slope_track_db: float = 0.0
    corner_soft_hz: float = 800.0
    corner_loud_hz: float = 4000.0
    corner_db: float = 12.0
    corner_track: float = 0.5
    t60_seconds: float = 4.0
    t60_octave: float = 0.7
    t60_limit: float = 20.0
    damping: float = 0.3
    after_db: float = -12.0
    after_ratio: float = 3.0
    detune_cents: float = 0.5
    bloom_seconds: float = 0.0
    bloom_hz: float = 1000.0
    jitter_db: float = 1.0
    attack_soft_ms: float = 3.0
    attack_loud_ms: float = 0.7
    max_partials: int = 90
    octave_up_db: float = -200.0
    pickup: float = 0.0
    sing_db: float = -200.0
    sing_seconds: float = 1.5


@dataclass(frozen=True, slots=True)
class Stack:
    """One carrier and its modulator: frequency ratios, levels and decays.

    ``index_soft`` and ``index_loud`` are modulation indices (radians) at the softest and loudest
    touch for middle C; ``index_track`` shrinks them for each octave up. Times are T60 at middle C.
    """

    ratio: float = 1.0
    modulator: float = 1.0
    level_db: float = 0.0
    seconds: float = 6.0
    index_soft: float = 0.2
    index_loud: float = 1.5
    index_seconds: float = 2.0
    index_floor: float = 0.0
    index_track: float = 0.75
    detune_cents: float = 0.0
    pan: float = 0.0


@dataclass(frozen=True, slots=True)
class FmPatch:
    """Frequency modulation, one or more stacks (`songwright.render.fm`)."""

    engine: str
    stacks: tuple[Stack, ...]
    touch: Touch = Touch()
    bus: Bus = Bus()
    bursts: tuple[Burst, ...] = ()
    t60_octave: float = 0.75
    attack_ms: float = 1.5


@dataclass(frozen=True, slots=True)
class Oscillator:
    """A group of voices with one wave shape.

    ``shape`` is ``saw``, ``square``, ``pulse``, ``triangle``, ``sine``, ``impulse`` (all
    harmonics equal, for formants) or ``partials`` (levels in ``partials_db``). ``ratio`` moves it
    against the played pitch; ``detune_cents`` is the distance from the centre to the outer
    voices; ``stereo`` their spread. ``plain`` leaves out the patch's spectral envelope.
    ``rise_seconds`` fades it in after the onset, ``fall_seconds`` (a time constant) lets it die
    away, each on top of the envelope of the note.
    """

    shape: str = "saw"
    partials_db: tuple[float, ...] = ()
    pulse_width: float = 0.5
    ratio: float = 1.0
    level_db: float = 0.0
    voices: int = 1
    detune_cents: float = 0.0
    stereo: float = 0.0
    plain: bool = False
    rise_seconds: float = 0.0
    fall_seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Envelope:
    """Level over the note. Times in seconds; soft and loud are the ends of the velocity range.

    ``track`` shortens the attack for each octave above middle C; ``sustain`` 0..1 is reached with
    time constant ``decay``.
    """

    attack_soft: float = 0.08
    attack_loud: float = 0.03
    track: float = 0.0
    decay: float = 0.5
    sustain: float = 1.0
    release: float = 0.12
    velocity_exponent: float = 1.3


@dataclass(frozen=True, slots=True)
class Timbre:
    """Spectral envelope of the tables and how dynamics move through them.

    Corner frequencies are for middle C at the softest and the loudest dynamic; ``slope_db`` is
    the fall per octave above the corner. ``even_db`` weakens the even harmonics, fading out above
    ``even_until_hz``. ``onset`` adds brightness at the start (negative: starts dark), with time
    constant ``onset_seconds``. ``random_phase`` false keeps the harmonics in phase, which gives the
    sharp pulses of brass.
    """

    corner_soft_hz: float = 900.0
    corner_loud_hz: float = 4000.0
    slope_db: float = 12.0
    track: float = 0.4
    even_db: float = 0.0
    even_until_hz: float = 2500.0
    onset: float = 0.0
    onset_seconds: float = 0.08
    low_cut_hz: float = 0.0
    random_phase: bool = True


@dataclass(frozen=True, slots=True)
class Vibrato:
    """Vibrato that sets in after ``delay`` and grows over ``rise`` seconds."""

    hz: float = 5.4
    cents: float = 0.0
    delay: float = 0.35
    rise: float = 0.5
    level_db: float = 0.0
    timbre: float = 0.0


@dataclass(frozen=True, slots=True)
class Breath:
    """Noise that lasts as long as the tone: breath, bow, wind.

    ``db`` is relative to the tone; the centre is ``hz`` or, if that is 0, ``ratio`` times the
    pitch.
    """

    db: float = -200.0
    hz: float = 0.0
    ratio: float = 2.0
    q: float = 0.8
    stereo: bool = False


@dataclass(frozen=True, slots=True)
class Filter:
    """Filter of a synthesiser voice: cutoff for middle C, its envelope and its slow motion.

    ``env_octaves`` is the depth of a decay from onset (``env_attack``, ``env_decay``) down to
    ``env_sustain``; ``lfo_octaves`` moves it at ``lfo_hz``. Poles 2 or 4.
    """

    mode: str = ""
    hz: float = 2000.0
    q: float = 0.8
    poles: int = 2
    track: float = 0.5
    env_octaves: float = 0.0
    env_attack: float = 0.003
    env_decay: float = 0.3
    env_sustain: float = 0.0
    velocity_octaves: float = 1.0
    lfo_hz: float = 0.0
    lfo_octaves: float = 0.0


@dataclass(frozen=True, slots=True)
class Onset:
    """Small events at the start and wandering afterwards.

    ``scoop_cents`` is the pitch at which the note starts, reached with ``scoop_seconds``;
    ``drift_cents`` and ``flutter_db`` are slow random movements of pitch and level;
    ``spread_seconds`` lets the players of a section come in one after another; ``legato`` joins
    overlapping notes; ``stroke_hz`` and ``stroke_depth`` repeat the bow stroke (tremolo);
    ``in_phase`` starts the oscillators at the same place of their cycle at every note (basses).
    """

    scoop_cents: float = 0.0
    scoop_seconds: float = 0.03
    drift_cents: float = 2.0
    flutter_db: float = 0.3
    flutter_hz: float = 3.0
    spread_seconds: float = 0.0
    legato: bool = False
    glide_seconds: float = 0.045
    stroke_hz: float = 0.0
    stroke_depth: float = 0.0
    in_phase: bool = False


@dataclass(frozen=True, slots=True)
class SustainedPatch:
    """Bowed, blown and electronic tones (`songwright.render.sustained`)."""

    engine: str
    oscillators: tuple[Oscillator, ...]
    envelope: Envelope = Envelope()
    timbre: Timbre = Timbre()
    formants: tuple[Formant, ...] = ()
    vibrato: Vibrato = Vibrato()
    breath: Breath = Breath()
    filter: Filter = Filter()
    onset: Onset = Onset()
    bursts: tuple[Burst, ...] = ()
    bus: Bus = Bus()


@dataclass(frozen=True, slots=True)
class EffectPatch:
    """A sound effect made by a function of its own (`songwright.render.effects`)."""

    engine: str
    kind: str
    touch: Touch = Touch()
    bus: Bus = Bus()


Patch = ModalPatch | FmPatch | SustainedPatch | EffectPatch
