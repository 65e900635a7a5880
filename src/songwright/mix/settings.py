"""What a mix is made with: frozen values that serialise, print and can be edited.

Levels inside the channel strip refer to a stem that was first brought to `REFERENCE_LUFS`, so a
compressor threshold means the same for every instrument, however loud its synthesiser is.
"""

from __future__ import annotations

from dataclasses import dataclass, field

REFERENCE_LUFS = -20.0
"""Loudness at which every stem passes its channel strip, and the mix its mastering chain."""

MIX_ANCHOR_LUFS = -26.0
"""Loudness of a stem at fader 0 dB in the mix; leaves the sum about 22 dB of headroom."""


@dataclass(frozen=True, slots=True)
class EqBand:
    """One band of a parametric equaliser.

    ``kind`` is ``peak``, ``low_shelf`` or ``high_shelf``; ``frequency_hz`` its centre, or the
    middle of a shelf's slope; ``gain_db`` -24..24; ``q`` 0.1..20; ``name`` what it is called in
    a sheet (see `songwright.mix.bands`).
    """

    kind: str
    frequency_hz: float
    gain_db: float
    q: float = 0.707
    name: str = ""


@dataclass(frozen=True, slots=True)
class Compressor:
    """Downward compressor; ``threshold_db`` in dBFS of a stem at `REFERENCE_LUFS`.

    ``ratio`` ≥ 1 in dB over dB; ``knee_db`` width of the soft knee around the threshold;
    ``attack_ms`` and ``release_ms`` are time constants (63 %) of the gain.
    """

    threshold_db: float = -16.0
    ratio: float = 2.5
    attack_ms: float = 12.0
    release_ms: float = 120.0
    knee_db: float = 6.0


@dataclass(frozen=True, slots=True)
class Sidechain:
    """Ducking at every kick: down by ``depth_db``, held, and back within ``release_ms``."""

    depth_db: float
    hold_ms: float = 25.0
    release_ms: float = 160.0


@dataclass(frozen=True, slots=True)
class LoFi:
    """Worn tape: pitch drifting by ``wow_cents`` and shaking by ``flutter_cents``, in one band.

    ``low_hz`` and ``high_hz`` bound what the tape passes.
    """

    wow_cents: float = 8.0
    flutter_cents: float = 2.0
    low_hz: float = 60.0
    high_hz: float = 7_500.0


@dataclass(frozen=True, slots=True)
class Curve:
    """A control that moves: ``points`` are (time, value) in ascending order of time.

    ``unit`` of time is ``seconds`` or ``bars`` (0-based, fractions allowed); before the first and
    after the last point the value stays. ``shape`` is ``linear``, or ``exponential`` for values
    that are heard as ratios (frequencies): equal times then give equal ratios.
    """

    points: tuple[tuple[float, float], ...]
    unit: str = "seconds"
    shape: str = "linear"


AUTOMATED = (
    "level_db", "pan", "low_pass_hz", "high_pass_hz", "reverb_send_db", "delay_send_db", "width",
)  # fmt: skip
"""Controls of a strip that can move along a curve."""


@dataclass(frozen=True, slots=True)
class Dip:
    """Room made for another part: a band of this one that gives way.

    ``depth_db`` (positive) is taken at ``frequency_hz``; with ``when`` (0..1 over time) only as
    far as the curve says, such as while the lead sounds.
    """

    name: str
    frequency_hz: float
    depth_db: float
    q: float = 1.0
    when: Curve | None = None


@dataclass(frozen=True, slots=True)
class Transient:
    """Transient shaper: ``attack_db`` on what rises fast, ``sustain_db`` on what rings, -12..12."""

    attack_db: float = 0.0
    sustain_db: float = 0.0


@dataclass(frozen=True, slots=True)
class DeEsser:
    """Turns down everything above ``frequency_hz`` while that stands out.

    It acts when the band comes closer than ``threshold_db`` to the level of the whole sound, by
    at most ``most_db``.
    """

    frequency_hz: float = 5_500.0
    threshold_db: float = -9.0
    most_db: float = 6.0


@dataclass(frozen=True, slots=True)
class Chorus:
    """Copies that drift against the sound: ``rate_hz``, ``depth_ms``, ``mix`` 0..1."""

    rate_hz: float = 0.6
    depth_ms: float = 2.5
    mix: float = 0.4


@dataclass(frozen=True, slots=True)
class Phaser:
    """Notches that wander between ``low_hz`` and ``high_hz``; ``mix`` 0.5 makes them deepest."""

    rate_hz: float = 0.3
    low_hz: float = 300.0
    high_hz: float = 3_000.0
    feedback: float = 0.4
    mix: float = 0.4


@dataclass(frozen=True, slots=True)
class DelaySend:
    """Echoes in musical time.

    Attributes
    ----------
    value
        Note value between echoes: ``1/4``, ``1/8d`` (dotted), ``1/8t`` (triplet) …
    send_db
        First echo against the direct sound.
    feedback
        Each echo against the one before, 0..0.95.
    ping_pong
        Echoes alternate between the sides.
    low_cut_hz, high_cut_hz
        Filters in the loop: every echo is thinner and darker than the one before.
    """

    value: str = "1/8d"
    send_db: float = -12.0
    feedback: float = 0.4
    ping_pong: bool = True
    low_cut_hz: float = 250.0
    high_cut_hz: float = 4_500.0


@dataclass(frozen=True, slots=True)
class Insert:
    """A plug-in of the person's own, through which a dry stem goes before its strip.

    ``path`` is that of a VST3 effect; ``parameters`` are names and values as the plug-in has them,
    in the order in which they are set.
    """

    path: str
    parameters: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Send:
    """Send to a further reverberation (`MixSettings.spaces`); 0 dB gives that space's own level."""

    space: str
    level_db: float


@dataclass(frozen=True, slots=True)
class PartMix:
    """Channel strip of one part, in the order in which the signal passes it.

    Attributes
    ----------
    role
        What the part does in the arrangement; only for reading.
    high_pass_hz, low_pass_hz
        Cutoffs (-3 dB, 12 dB per octave); 0 leaves the filter out. The high-pass stays below the
        lowest notes that the part really plays.
    eq
        Parametric bands.
    compressor
        None leaves the part's dynamics alone.
    saturation
        0..1, from clean to clearly driven.
    lofi
        Worn-tape chain, or None.
    level_db
        Fader: 0 brings the stem to `MIX_ANCHOR_LUFS`.
    width
        Side gain: 0 mono, 1 as rendered, up to 2.
    spread
        0..1 stereo width made from a mono sound by decorrelation; vanishes in mono.
    mono_below_hz
        Below this the sides are removed; 0 keeps them.
    pan
        -1 left … 1 right, constant power.
    sidechain
        Ducking by the kick, or None.
    reverb_send_db
        Reverberation relative to the mix's usual depth; None is dry.
    noise_dbfs
        RMS level of vinyl and tape noise that this part carries; None for no noise.
    mute
        The stem is silence.
    effects
        Plug-ins before everything else of the strip, in order.
    dips, transient, deesser, chorus, phaser, delay
        Further processors; None or empty leaves them out.
    reverb_pre_delay_ms, reverb_damp_hz
        Delay added to the room's own, and a low-pass on what is sent (0: none): a part sounds
        nearer with more of the first, farther with a lower second.
    sends
        Sends to further spaces.
    tape_stops
        (begin, end) in bars between which the sound winds down; see `songwright.mix.tape_stop`.
    curves
        Automation by control: ``level_db`` and ``reverb_send_db`` and ``delay_send_db`` are added
        to the fader and the sends, ``pan`` and ``low_pass_hz`` and ``high_pass_hz`` replace the
        fixed value, ``width`` multiplies the sides.
    """

    role: str = "chords"
    high_pass_hz: float = 30.0
    low_pass_hz: float = 0.0
    eq: tuple[EqBand, ...] = ()
    compressor: Compressor | None = None
    saturation: float = 0.0
    lofi: LoFi | None = None
    level_db: float = 0.0
    width: float = 1.0
    spread: float = 0.0
    mono_below_hz: float = 0.0
    pan: float = 0.0
    sidechain: Sidechain | None = None
    reverb_send_db: float | None = 0.0
    noise_dbfs: float | None = None
    mute: bool = False
    effects: tuple[Insert, ...] = ()
    dips: tuple[Dip, ...] = ()
    transient: Transient | None = None
    deesser: DeEsser | None = None
    chorus: Chorus | None = None
    phaser: Phaser | None = None
    delay: DelaySend | None = None
    reverb_pre_delay_ms: float = 0.0
    reverb_damp_hz: float = 0.0
    sends: tuple[Send, ...] = ()
    tape_stops: tuple[tuple[float, float], ...] = ()
    curves: dict[str, Curve] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ReverbSettings:
    """One room that all parts stand in.

    Attributes
    ----------
    kind
        Key of ``data/reverbs.toml``, or ``dry``.
    rt60_seconds
        Time to decay by 60 dB at 1 kHz, 0.2..12.
    level_db
        Reverberation relative to the direct sound at a send of 0 dB.
    pre_delay_ms
        Delay before the reverberation, 0..250.
    brightness
        Scales the decay time of the highs; 1 is the room's own.
    """

    kind: str = "room"
    rt60_seconds: float = 1.2
    level_db: float = -12.0
    pre_delay_ms: float = 12.0
    brightness: float = 1.0


@dataclass(frozen=True, slots=True)
class MasterSettings:
    """Mastering chain and delivery target.

    Attributes
    ----------
    target_lufs
        Integrated loudness of the result.
    ceiling_dbtp
        Highest true peak of the result.
    eq
        Bands over the whole mix.
    tonal_match
        0..1 how far the tonal balance is pulled towards the target curve.
    glue
        0..1 amount of bus compression.
    saturation, soft_clip
        0..1 each: gentle drive, and rounding of peaks before the limiter.
    width
        Side gain of the whole mix.
    mono_below_hz
        Below this the mix is mono.
    max_gain_db
        Most that a quiet mix is lifted; sparse pieces stay below the target rather than become
        noise.
    buses
        0..1 amount of compression of the drums, the music and the lead, each by itself.
    multiband
        0..1 how firmly a band that jumps out of its usual level is held.
    ensemble
        The acoustic ensemble whose curve is the tonal target (`songwright.mix.ensembles`); empty
        for the curve of recordings.
    """

    target_lufs: float = -14.0
    ceiling_dbtp: float = -1.0
    eq: tuple[EqBand, ...] = ()
    tonal_match: float = 0.4
    glue: float = 0.3
    saturation: float = 0.0
    soft_clip: float = 0.3
    width: float = 1.0
    mono_below_hz: float = 120.0
    max_gain_db: float = 40.0
    buses: float = 0.5
    multiband: float = 0.35
    ensemble: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class MixSettings:
    """Everything that turns dry stems into a master.

    ``ending`` is ``final``, ``ring``, ``fade``, ``hard`` or ``loop``; ``seed`` names the noise.
    ``spaces`` are further reverberations by name; ``bar_seconds`` is the time at which each bar
    begins and, last, the end; ``tempos`` are (seconds, quarter notes a minute), for echoes.
    ``lead_aim_lu`` is where the lead is to stand against the whole mix; ``kick_over_bass`` asks
    the bass to make room for the kick.
    """

    parts: dict[str, PartMix] = field(default_factory=dict)
    reverb: ReverbSettings = field(default_factory=ReverbSettings)
    master: MasterSettings = field(default_factory=MasterSettings)
    ending: str = "ring"
    seed: int = 0
    spaces: dict[str, ReverbSettings] = field(default_factory=dict)
    bar_seconds: tuple[float, ...] = ()
    tempos: tuple[tuple[float, float], ...] = ((0.0, 120.0),)
    lead_aim_lu: float = -4.0
    kick_over_bass: bool = True
