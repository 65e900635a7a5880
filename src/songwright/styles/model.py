"""What a style file says: facts about a genre, no behaviour.

A style is one TOML file in ``styles/data``; its name is the style's id. See
``docs/add-a-style.md`` for a walk through one. Every field is checked when it is read.
"""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class TempoRange:
    low_bpm: float
    typical_bpm: float
    high_bpm: float


@dataclass(frozen=True, slots=True)
class AffectFacts:
    """The style's resting mood, -1..1 each (see `songwright.brief.Affect`).

    ``breadth`` 0..1 is how far around it lie the moods that the style is expected for when none is
    named: an orchestra plays nearly anything (0.5), reggae is meant when it is said (0).
    """

    valence: float = 0.0
    arousal: float = 0.0
    tension: float = 0.0
    brightness: float = 0.0
    density: float = 0.0
    breadth: float = 0.0


@dataclass(frozen=True, slots=True)
class FormFacts:
    """One form: sections as ``"function:bars"`` or ``"function:bars:letter"``, in order.

    ``uses`` limits the form to some uses (empty: all). ``energy`` gives each section's level 0..1;
    empty takes the default of each section function.
    """

    sections: tuple[str, ...]
    weight: float = 1.0
    uses: tuple[str, ...] = ()
    energy: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class ProgressionFacts:
    """A progression of roman numerals: bars divided by ``|``, chords in a bar by spaces.

    ``modes`` says in which modes it is idiomatic (``major``, ``minor``, ``dorian`` …);
    ``functions`` for which section functions (empty: any). ``cadence`` marks a progression that
    closes a section.
    """

    chords: str
    modes: tuple[str, ...] = ("major",)
    functions: tuple[str, ...] = ()
    weight: float = 1.0
    cadence: bool = False


@dataclass(frozen=True, slots=True)
class HarmonyFacts:
    """Harmonic idiom.

    ``colour``: ``triads``, ``sevenths``, ``ninths`` (upper extensions added where the numeral
    has none), ``power`` (fifths) or ``chorale`` (strict triads with functional voice leading).
    Probabilities 0..1: ``borrowed`` chords from the parallel mode, ``secondary`` dominants,
    ``suspensions``, ``pedal`` points, ``inversions`` where they let the bass go by step.
    ``functional`` lets the grammar of functions write a progression of its own instead of one from
    the list. ``chords_per_bar`` is the usual harmonic rhythm. ``areas`` gives section letters a key
    of their own: ``contrast``, ``relative``, ``subdominant``, ``submediant``, ``mediant`` or
    ``episode``; see `songwright.composition.areas`.
    """

    colour: str = "triads"
    functional: float = 0.0
    secondary: float = 0.0
    borrowed: float = 0.0
    suspensions: float = 0.0
    pedal: float = 0.0
    inversions: float = 0.0
    chords_per_bar: float = 1.0
    areas: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class MelodyFacts:
    """Melodic idiom.

    ``notes_per_bar`` at medium density in 4/4; ``syncopation`` 0..1; ``range_semitones``;
    ``rest`` share of phrases left empty at the end; ``leap`` 0..1 taste for leaps; ``chromatic``
    0..1 passing chromatic notes; ``scale``: ``mode`` (the key's scale), ``pentatonic`` or
    ``blues`` colouring; ``phrase_form``: weights of ``sentence``, ``period``, ``aaba``, ``aab``
    (blues), ``loop`` (short hook repeated) or ``free`` (spun out); ``shortest`` the shortest
    written value in parts of a beat (2 = eighth, 4 = sixteenth); ``triplets`` 0..1;
    ``ornaments`` 0..1 grace notes, turns and slides; ``rhythms`` the idiom of
    ``composition/data/melody_rhythms.toml`` whose rhythms it sings (empty: that of the family);
    ``lean`` 0..1 taste for dissonances on the beat that resolve by step (appoggiaturas, accented
    passing notes); ``returns`` weights of how a theme comes back: ``exact``, ``near``, ``varied``,
    ``lifted`` (empty: the usual mix).
    """

    notes_per_bar: float = 5.0
    syncopation: float = 0.3
    range_semitones: int = 16
    rest: float = 0.25
    leap: float = 0.25
    chromatic: float = 0.0
    scale: str = "mode"
    phrase_form: dict[str, float] = field(default_factory=lambda: {"sentence": 1.0, "period": 1.0})
    shortest: int = 2
    triplets: float = 0.0
    ornaments: float = 0.0
    rhythms: str = ""
    lean: float = 0.0
    returns: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PartFacts:
    """One role of the ensemble.

    ``instruments`` lists alternatives, usual first. ``patterns`` names playing patterns from calm
    to busy. ``enters_at`` is the section energy from which it plays, ``leaves_at`` the energy above
    which it gives way. ``priority`` orders which parts a small ensemble keeps (1 first). ``not_in``
    and ``only_in`` name section functions. ``register`` is ``"low"``, ``"mid"``, ``"high"``;
    ``compass`` the lowest and highest pitch of a part that goes beyond its role's usual window;
    ``sounds`` names patches of the sound palette that are preferred when the part is electronic.
    """

    id: str
    role: str
    instruments: tuple[str, ...]
    patterns: tuple[str, ...] = ()
    enters_at: float = 0.0
    leaves_at: float = 1.01
    priority: int = 5
    density: float = 0.5
    level_db: float = 0.0
    pan: float = 0.0
    reverb: float = 0.2
    register: str = "mid"
    adjectives: tuple[str, ...] = ()
    not_in: tuple[str, ...] = ()
    only_in: tuple[str, ...] = ()
    staff_group: str = ""
    compass: tuple[int, ...] = ()
    sounds: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PerformanceFacts:
    """How players of the style play.

    ``timing_ms`` standard deviation of onsets; ``velocity_spread`` standard deviation of
    velocity; ``push_ms`` by role (negative is ahead of the beat); ``accent`` 0..1 how strongly the
    metre is felt; ``phrasing`` 0..1 depth of the phrase arc in dynamics; ``rubato`` 0..1 tempo
    shaping at phrase ends; ``legato`` 0..1 gate length of sustained parts; ``pedal`` sustain pedal
    on keyboards; ``strum_ms`` spread of strummed chords; ``ritardando`` at the end by default;
    ``contrast`` 0..1 how far phrases of a section differ in level and swell; ``velocity`` of the
    softest and the loudest music where the style has a dynamic range of its
    own (empty: that of the use).
    """

    timing_ms: float = 8.0
    velocity_spread: float = 6.0
    push_ms: dict[str, float] = field(default_factory=dict)
    accent: float = 0.5
    phrasing: float = 0.5
    rubato: float = 0.0
    legato: float = 0.9
    pedal: bool = False
    strum_ms: float = 0.0
    ritardando: bool = False
    contrast: float = 0.0
    velocity: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class MixFacts:
    """Space and tone.

    ``reverb``: ``room``, ``chamber``, ``plate``, ``hall``, ``cathedral`` or ``dry``;
    ``reverb_seconds`` decay time RT60; ``reverb_level_db`` return level; ``width`` 0..1.5;
    ``low_shelf_db`` below 120 Hz, ``high_shelf_db`` above 6 kHz on the master; ``saturation`` 0..1;
    ``sidechain`` 0..1 ducking of pads and bass by the kick; ``lofi`` 0..1 tape wobble, noise and
    band limit; ``compression`` 0..1 glue on the master.
    """

    reverb: str = "room"
    reverb_seconds: float = 1.2
    reverb_level_db: float = -12.0
    width: float = 1.0
    low_shelf_db: float = 0.0
    high_shelf_db: float = 0.0
    saturation: float = 0.0
    sidechain: float = 0.0
    lofi: float = 0.0
    compression: float = 0.3


@dataclass(frozen=True, slots=True)
class Style:
    """Everything a style file says. ``id`` is the file's name.

    ``stops`` 0..1 is how often the band stops before a lift; ``transitions`` names the risers,
    impacts and downlifters of the sound palette that lead into drops and choruses and out of them
    (none: no such effects); ``tape_stop`` 0..1 is how often a piece winds down once like a stopped
    tape.
    """

    id: str
    name: str
    family: str
    summary: str
    tempo: TempoRange
    meters: dict[str, float]
    modes: dict[str, float]
    tonics: tuple[str, ...]
    forms: tuple[FormFacts, ...]
    progressions: tuple[ProgressionFacts, ...]
    parts: tuple[PartFacts, ...]
    near: tuple[str, ...] = ()
    affect: AffectFacts = field(default_factory=AffectFacts)
    swing: float = 0.5
    swing_unit: int = 8
    phrase_bars: int = 4
    harmony: HarmonyFacts = field(default_factory=HarmonyFacts)
    melody: MelodyFacts = field(default_factory=MelodyFacts)
    performance: PerformanceFacts = field(default_factory=PerformanceFacts)
    mix: MixFacts = field(default_factory=MixFacts)
    ending: str = "final"
    parts_typical: int = 6
    stops: float = 0.0
    transitions: tuple[str, ...] = ()
    tape_stop: float = 0.0
