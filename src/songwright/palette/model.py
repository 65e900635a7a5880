"""What a patch of the sound palette is: a synthesiser's panel as frozen facts.

A patch is one table of a TOML file in ``palette/data``; ``docs/palette.md`` walks through one.
Levels are in decibels relative to the patch's other sources, times in seconds, rates in hertz.
Everything here is data: `songwright.render.synth` turns it into sound.
"""

from __future__ import annotations

from dataclasses import dataclass, field

CATEGORIES = (
    "basses", "leads", "pads", "plucks", "keys", "organs", "bells", "arps", "stabs", "textures",
    "fx", "kits",
)  # fmt: skip
"""Kinds of sound, each a file of patches; ``kits`` are drum machines."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Oscillator:
    """A bank of detuned wavetable voices.

    ``wave`` names a wavetable of `songwright.render.synth.waves` and ``morph`` 0..1 the place in
    it. ``semitones`` transposes; ``voices`` copies are spread over ``detune_cents`` each way and,
    by ``stereo`` 0..1, over the panorama. ``hz`` > 0 ignores the key.
    """

    wave: str = "saw"
    semitones: float = 0.0
    level_db: float = 0.0
    voices: int = 1
    detune_cents: float = 0.0
    stereo: float = 0.0
    morph: float = 0.0
    hz: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Fm:
    """A sine whose phase is moved by another (Chowning 1973).

    ``ratio`` and ``modulator`` are frequencies relative to the key (or, with ``fixed_hz``, the
    modulator stands still); ``index`` radians at the onset of a full-velocity note, falling
    within ``index_decay`` to the share ``index_sustain``. The pair's own level falls within
    ``decay`` (0: not at all). ``feedback`` feeds the modulator with itself.
    """

    ratio: float = 1.0
    modulator: float = 1.0
    fixed_hz: float = 0.0
    index: float = 1.0
    index_decay: float = 0.5
    index_sustain: float = 0.3
    index_velocity: float = 0.6
    feedback: float = 0.0
    decay: float = 0.0
    detune_cents: float = 0.0
    level_db: float = 0.0
    pan: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Pluck:
    """A struck delay loop (Karplus and Strong 1983).

    ``decay`` is the time to fall by 60 dB at middle C; ``damping`` 0..1 how quickly the treble
    goes; ``colour`` 0..1 from a soft to a hard plectrum; ``position`` 0..0.5 where it plucks.
    """

    semitones: float = 0.0
    decay: float = 2.0
    damping: float = 0.4
    colour: float = 0.6
    position: float = 0.2
    detune_cents: float = 0.0
    level_db: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Noise:
    """Noise beside the tone: ``colour`` is ``white``, ``pink``, ``tape``, ``vinyl`` or ``dust``.

    It follows the amplitude envelope; with ``decay`` > 0 it dies away by itself, as a breath or a
    key click does.
    """

    colour: str = "white"
    level_db: float = -30.0
    decay: float = 0.0
    stereo: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """The filter of each note.

    ``kind``: ``""`` none, ``low`` and ``high`` and ``band`` (12 dB per octave), ``low24`` (two of
    them), ``ladder`` (four poles with saturating feedback). At ``resonance`` 0 it is 3 dB down at
    ``hz``. The envelope moves it by ``env_octaves``, the key by ``track`` octaves per octave from
    middle C, velocity by ``velocity_octaves`` from soft to loud. ``drive_db`` pushes the ladder.
    """

    kind: str = ""
    hz: float = 2000.0
    resonance: float = 0.0
    track: float = 0.3
    env_octaves: float = 0.0
    attack: float = 0.002
    decay: float = 0.4
    sustain: float = 0.0
    release: float = 0.5
    velocity_octaves: float = 0.7
    drive_db: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Amplifier:
    """Amplitude envelope; ``velocity`` is the exponent that velocity acts with."""

    attack: float = 0.005
    decay: float = 0.3
    sustain: float = 1.0
    release: float = 0.2
    velocity: float = 1.1


@dataclass(frozen=True, slots=True, kw_only=True)
class Modulation:
    """A third envelope and what it moves: pitch, place in the wavetable, depth of FM."""

    attack: float = 0.0
    decay: float = 0.3
    sustain: float = 0.0
    pitch_semitones: float = 0.0
    morph: float = 0.0
    index: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Lfo:
    """A slow oscillator and what it moves.

    ``shape``: ``sine``, ``triangle``, ``square``, ``fall``, ``random`` (steps) or ``drift``
    (wandering). A turn takes ``rate_beats`` quarter notes of the piece (0.5 is an eighth, 0.75 a
    dotted eighth), whatever its tempo does; with 0 it is free and takes ``1 / hz`` seconds. It
    begins at ``phase`` 0..1 of its turn and fades in within ``rise`` seconds of each note. Unless
    ``each`` is set, all notes of a part share one oscillator, which begins with the piece.
    ``level`` 0..1 is the depth of a tremolo.
    """

    shape: str = "sine"
    hz: float = 0.3
    rate_beats: float = 0.0
    phase: float = 0.0
    rise: float = 0.0
    each: bool = False
    pitch_cents: float = 0.0
    cutoff_octaves: float = 0.0
    morph: float = 0.0
    index: float = 0.0
    level: float = 0.0
    pan: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Effects:
    """What the whole part goes through.

    ``drive_db`` saturates (4 times oversampled), ``fold`` 0..1 folds the wave, ``crush_bits`` and
    ``crush_hz`` (0: off) make it coarse on purpose, ``chorus`` 0..1 thickens, ``tone_db`` lifts the
    highs (from about 1 kHz up) against the lows, ``width`` scales the side signal (which is always
    mono below ``mono_below_hz``).
    """

    drive_db: float = 0.0
    fold: float = 0.0
    crush_bits: float = 0.0
    crush_hz: float = 0.0
    chorus: float = 0.0
    chorus_hz: float = 0.6
    chorus_ms: float = 3.0
    tone_db: float = 0.0
    width: float = 1.0
    low_cut_hz: float = 20.0
    mono_below_hz: float = 120.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Patch:
    """One sound: what it is called and suited for, and the synthesiser's settings.

    ``voice`` is ``poly``, ``mono`` (a new note cuts the last one) or ``legato`` (joined notes
    glide within ``glide`` seconds and do not start anew). ``reset`` starts every note at the same
    phase. With ``fit`` the attack and decay times of all envelopes are shares of the length of
    the note, as risers need it. ``kit`` names a drum machine; then the rest says nothing.
    """

    id: str
    name: str
    category: str
    summary: str
    mood: tuple[str, ...] = ()
    texture: tuple[str, ...] = ()
    styles: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    register: str = "mid"
    voice: str = "poly"
    glide: float = 0.0
    reset: bool = False
    fit: bool = False
    drift_cents: float = 1.5
    kit: str = ""
    osc: tuple[Oscillator, ...] = ()
    fm: tuple[Fm, ...] = ()
    pluck: tuple[Pluck, ...] = ()
    noise: tuple[Noise, ...] = ()
    filter: Filter = field(default_factory=Filter)
    amp: Amplifier = field(default_factory=Amplifier)
    mod: Modulation = field(default_factory=Modulation)
    lfo: tuple[Lfo, ...] = ()
    effects: Effects = field(default_factory=Effects)

    @property
    def words(self) -> tuple[str, ...]:
        """Every word that describes the sound, the words of its name first."""
        named = tuple(self.id.split("_"))
        return tuple(dict.fromkeys((*named, *self.mood, *self.texture, self.register)))
