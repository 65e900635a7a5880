"""What is wanted: the requested controls, each empty when the person left it open.

A `Brief` holds only requests. Defaults come later, from the style and the use, when
`songwright.composition` makes a plan; so the report can tell what was asked from what was chosen.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from songwright.score import Note
from songwright.theory import Key, Meter

USES = (
    "background score", "vocal bed", "social loop", "full song", "game cue", "film cue",
    "sting", "study etude",
)  # fmt: skip

SECTION_FUNCTIONS = (
    "intro", "verse", "pre-chorus", "chorus", "post-chorus", "bridge", "breakdown", "build",
    "drop", "solo", "interlude", "outro", "A", "B", "C", "D",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Affect:
    """Mood as five numbers in -1..1; 0 is neutral.

    valence (sad … happy), arousal (calm … excited), tension (relaxed … tense), brightness
    (dark … bright timbre and register), density (sparse … full texture).
    """

    valence: float = 0.0
    arousal: float = 0.0
    tension: float = 0.0
    brightness: float = 0.0
    density: float = 0.0


@dataclass(frozen=True, slots=True)
class Length:
    """How long the piece shall be, in one unit.

    ``unit`` is ``"seconds"`` or ``"bars"``; ``low == high`` is one number. ``exact`` means that
    the end must land on it (±1 %); otherwise ±1 bar is close enough ("about").
    """

    unit: str
    low: float
    high: float
    exact: bool = False


@dataclass(frozen=True, slots=True)
class TempoRequest:
    """Quarter-note tempo asked for; ``low == high`` is one number."""

    low_bpm: float
    high_bpm: float


@dataclass(frozen=True, slots=True)
class Modulation:
    """``where`` names a section ("last chorus", "bridge", "end"); ``semitones`` how far, up > 0.

    With ``at`` it comes at a time, on a bar or at a share of the piece instead.
    """

    where: str
    semitones: int
    at: PartPlace | None = None


@dataclass(frozen=True, slots=True)
class ChartBar:
    """The chords of one bar and the share of the bar each takes (shares add up to 1)."""

    chords: tuple[str, ...]
    shares: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class SectionRequest:
    """One section of a requested form; 0 bars leaves the length open."""

    function: str
    bars: int = 0
    chart: tuple[ChartBar, ...] = ()


@dataclass(frozen=True, slots=True)
class SectionPlace:
    """Where a section begins: in ``seconds`` or on ``bar`` (bars from the beginning).

    ``ordinal`` says which one of its function: 1 the first, -1 the last, 0 the nearest.
    """

    function: str
    seconds: float | None = None
    bar: int | None = None
    ordinal: int = 0


@dataclass(frozen=True, slots=True)
class EnergyPoint:
    """Energy 0..1 (or the level of another curve) at a place.

    The place is ``position`` 0..1 of the piece, or ``seconds`` or ``bar`` (bars from the
    beginning, fractions allowed) when not None.
    """

    level: float
    position: float = 0.0
    seconds: float | None = None
    bar: float | None = None


@dataclass(frozen=True, slots=True)
class Curve:
    """A curve drawn by hand: ``density``, ``register`` or ``tension``, by points."""

    name: str
    points: tuple[EnergyPoint, ...]


@dataclass(frozen=True, slots=True)
class InstrumentRequest:
    """An instrument that must sound.

    ``instruments`` lists the ids that satisfy the request, preferred first (one for "violin", many
    for "strings" or "drums"); ``role`` is a member of `songwright.score.ROLES` or empty;
    ``pattern`` names a playing pattern ("walking", "travis") or is empty; ``adjectives`` are known
    words such as sparse, dense, soft, bright, evolving; ``word`` is what was written.
    """

    word: str
    instruments: tuple[str, ...]
    role: str = ""
    pattern: str = ""
    adjectives: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Avoid:
    """Something that must not sound: a word, and the instrument ids, roles and voices of a drum
    kit (`songwright.brief.kit`) that it bars."""

    word: str
    instruments: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    voices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PartPlace:
    """Where a player enters or leaves.

    One of ``seconds``, ``bar`` (0-based bars from the beginning), ``position`` 0..1 of the piece,
    or ``section``: a function, with ``ordinal`` 1 for the first, -1 for the last and 0 for each of
    them; ``after`` means its end instead of its beginning. The section ``"opening"`` is whatever
    the piece begins with.
    """

    seconds: float | None = None
    bar: int | None = None
    position: float | None = None
    section: str = ""
    ordinal: int = 1
    after: bool = False


@dataclass(frozen=True, slots=True)
class EntryPlayer:
    """A player of an entry, as in `InstrumentRequest`."""

    word: str
    instruments: tuple[str, ...]
    role: str = ""


@dataclass(frozen=True, slots=True)
class PartEntry:
    """When some players play.

    ``manner`` is ``"plays"`` (silent before ``start`` and after ``until``), ``"rests"`` (silent
    between them) or ``"alone"`` (everybody else is silent between them). None stands for the
    beginning and the end of the piece; no ``players`` for everybody who is not named elsewhere.
    """

    players: tuple[EntryPlayer, ...]
    manner: str
    start: PartPlace | None = None
    until: PartPlace | None = None


@dataclass(frozen=True, slots=True)
class Heard:
    """One control as it was understood: which words or field gave which value."""

    control: str
    words: str
    value: str
    source: str = "prompt"  # "prompt", "field" or "scene"


@dataclass(frozen=True, slots=True)
class Brief:
    """Everything that was asked for. ``None`` or empty means: left open."""

    prompt: str = ""
    title: str = ""
    use: str = ""
    style: str = ""
    moods: tuple[str, ...] = ()
    affect: Affect = field(default_factory=Affect)
    key: Key | None = None
    mode: str = ""  # a mode without a tonic ("in a minor key"): a name in theory.MODES
    leans: str = ""  # "major" or "minor": what the mood words lead to expect
    modulations: tuple[Modulation, ...] = ()
    tempo: TempoRequest | None = None
    feel: str = ""  # "straight", "swing", "shuffle", "half-time", "double-time"
    ritardando: bool = False
    meter: Meter | None = None
    length: Length | None = None
    form: tuple[SectionRequest, ...] = ()
    places: tuple[SectionPlace, ...] = ()
    energy: tuple[EnergyPoint, ...] = ()
    curves: tuple[Curve, ...] = ()  # drawn by hand
    motif: tuple[Note, ...] = ()  # to be the theme; ticks from its first bar line
    chart: tuple[ChartBar, ...] = ()  # chord chart for the whole piece, repeated to its length
    instruments: tuple[InstrumentRequest, ...] = ()
    only_these: bool = False  # nothing but the instruments listed ("solo piano")
    avoid: tuple[Avoid, ...] = ()
    entries: tuple[PartEntry, ...] = ()  # who enters or leaves when
    pitch_low: int | None = None  # bounds in MIDI pitch for every pitched part
    pitch_high: int | None = None
    pitch_octaves: int | None = None  # or: all pitched notes within this many octaves
    register: str = ""  # "low", "middle", "high" for the lead
    note_density: str = ""  # "sparse", "medium", "dense"
    intensity: str = ""  # "low", "medium", "high"
    danceability: str = ""  # "low", "medium", "high"
    dynamics: str = ""  # "pp" … "ff"
    articulation: str = ""  # "staccato", "legato", "marcato", "tenuto", "pizzicato"
    ending: str = ""  # "final", "fade", "hard", "loop", "ring"
    production: tuple[str, ...] = ()  # "lo-fi", "warm", "wide", "dry", "bright", "distorted" …
    heard: tuple[Heard, ...] = ()
    conflicts: tuple[str, ...] = ()  # sentences: what clashed and which rule decided
    not_understood: tuple[str, ...] = ()
