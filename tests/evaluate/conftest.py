"""Small human pieces, written here from the public domain, and ways to build scores by hand."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from songwright.score import (
    ChordSpan,
    KeyChange,
    MeterChange,
    Note,
    Part,
    Score,
    SectionMark,
    TempoChange,
)
from songwright.theory import Key, Meter, parse_chord
from songwright.theory.pitch import parse_pitch


def line(text: str, start: float = 0.0, velocity: int = 80) -> tuple[Note, ...]:
    """Notes from words such as ``"C4:1 E4:0.5 -:2"``: pitch (or rest) and length in beats."""
    notes, at = [], start
    for word in text.split():
        name, beats = word.split(":")
        if name != "-":
            notes.append(
                Note(round(at * 480), round(float(beats) * 480), parse_pitch(name), velocity)
            )
        at += float(beats)
    return tuple(notes)


def score_of(
    *parts: tuple[str, str, Sequence[Note]],
    chords: str = "",
    meter: Meter = Meter(4, 4),  # noqa: B008 (frozen)
    key: Key = Key("C", "major"),  # noqa: B008 (frozen)
    bpm: float = 120.0,
    sections: Sequence[tuple[str, int]] = (),
) -> Score:
    """A score of (role, instrument, notes); chords as symbols of one bar each."""
    bar = meter.bar_ticks
    last = max((n.end_ticks for _, _, notes in parts for n in notes), default=bar)
    symbols = chords.split()
    marks, at = [], 0
    for number, (letter, bars) in enumerate(sections):
        marks.append(SectionMark(f"{letter}-{number}", letter, letter, at, bars))
        at += bars
    return Score(
        "",
        max(1, -(-last // bar), len(symbols)),
        (MeterChange(0, meter),),
        (TempoChange(0, bpm),),
        (KeyChange(0, key),),
        tuple(marks),
        tuple(ChordSpan(i * bar, bar, parse_chord(s)) for i, s in enumerate(symbols)),
        tuple(
            Part(f"p{i}", role, role, player, tuple(sorted(notes, key=lambda n: n.onset_ticks)))
            for i, (role, player, notes) in enumerate(parts)
        ),
    )


ODE_A = "E4:1 E4:1 F4:1 G4:1 G4:1 F4:1 E4:1 D4:1 C4:1 C4:1 D4:1 E4:1"
ODE = (
    f"{ODE_A} E4:1.5 D4:0.5 D4:2 {ODE_A} D4:1.5 C4:0.5 C4:2 "
    "D4:1 D4:1 E4:1 C4:1 D4:1 E4:0.5 F4:0.5 E4:1 C4:1 D4:1 E4:0.5 F4:0.5 E4:1 D4:1 C4:1 D4:1 G3:2 "
    f"{ODE_A} D4:1.5 C4:0.5 C4:2"
)
ODE_CHORDS = "C G C G  C G C C  G G G G  C G C C"
ODE_BASS = (
    "C3:2 E3:2 G2:2 B2:2 C3:2 E3:2 G2:2 G2:2 C3:2 E3:2 G2:2 B2:2 C3:2 E3:2 C3:4 "
    "G2:2 C3:2 G2:2 C3:2 G2:2 C3:2 D3:2 G2:2 C3:2 E3:2 G2:2 B2:2 C3:2 E3:2 C3:4"
)

TWINKLE_A = "C5:1 C5:1 G5:1 G5:1 A5:1 A5:1 G5:2 F5:1 F5:1 E5:1 E5:1 D5:1 D5:1 C5:2"
TWINKLE_B = "G5:1 G5:1 F5:1 F5:1 E5:1 E5:1 D5:2"
TWINKLE = f"{TWINKLE_A} {TWINKLE_B} {TWINKLE_B} {TWINKLE_A}"
TWINKLE_CHORDS = "C C F C F C G7 C  C F C G C F C G  C C F C F C G7 C".split()

# "Old Hundredth" (L. Bourgeois, 1551), four voices set here in the plain manner of a hymnal.
HUNDREDTH = (
    "G4:1 G4:1 F#4:1 E4:1 D4:1 G4:1 A4:1 B4:2 -:1 B4:1 B4:1 B4:1 A4:1 G4:1 C5:1 B4:1 A4:2 -:1 "
    "G4:1 A4:1 B4:1 A4:1 G4:1 E4:1 F#4:1 G4:2 -:1 D5:1 B4:1 G4:1 A4:1 C5:1 B4:1 A4:1 G4:2 -:1",
    "D4:1 D4:1 D4:1 B3:1 B3:1 B3:1 D4:1 D4:2 -:1 D4:1 D4:1 G4:1 F#4:1 D4:1 E4:1 D4:1 D4:2 -:1 "
    "D4:1 F#4:1 G4:1 F#4:1 D4:1 C4:1 D4:1 D4:2 -:1 F#4:1 G4:1 D4:1 D4:1 E4:1 D4:1 F#4:1 D4:2 -:1",
    "B3:1 B3:1 A3:1 G3:1 F#3:1 G3:1 F#3:1 G3:2 -:1 G3:1 G3:1 D4:1 D4:1 B3:1 G3:1 G3:1 F#3:2 -:1 "
    "B3:1 D4:1 D4:1 D4:1 B3:1 G3:1 A3:1 B3:2 -:1 A3:1 D4:1 B3:1 F#3:1 G3:1 G3:1 C4:1 B3:2 -:1",
    "G3:1 G3:1 D3:1 E3:1 B2:1 E3:1 D3:1 G2:2 -:1 G3:1 G3:1 G3:1 D3:1 G3:1 C3:1 G3:1 D3:2 -:1 "
    "G3:1 D3:1 G3:1 D3:1 G3:1 C3:1 D3:1 G2:2 -:1 D3:1 G3:1 G3:1 D3:1 C3:1 G3:1 D3:1 G2:2 -:1",
)


@pytest.fixture
def ode() -> Score:
    """Beethoven's "Ode to Joy", tune and bass with chord symbols, 16 bars, A A' B A'."""
    return score_of(
        ("lead", "violin", line(ODE)),
        ("bass", "cello", line(ODE_BASS)),
        chords=ODE_CHORDS,
        sections=(("A", 4), ("A", 4), ("B", 4), ("A", 4)),
    )


@pytest.fixture
def twinkle() -> Score:
    """Mozart's theme "Ah, vous dirai-je, maman" with simple chords, 24 bars of 2/4 in A B B A."""
    chords = []
    for number, symbol in enumerate(TWINKLE_CHORDS):
        root, third, *_ = parse_chord(symbol).pcs
        start = number * 960
        chords += [Note(start, 960, 48 + root, 60), Note(start + 480, 480, 60 + third, 60)]
    return score_of(
        ("lead", "flute", line(TWINKLE, velocity=90)),
        ("chords", "acoustic_grand_piano", chords),
        chords=" ".join(TWINKLE_CHORDS),
        meter=Meter(2, 4),
    )


@pytest.fixture
def hundredth() -> Score:
    """The tune "Old Hundredth" in four voices, without chord symbols."""
    roles = ("lead", "inner", "inner", "bass")
    return score_of(
        *((role, "choir_aahs", line(text)) for role, text in zip(roles, HUNDREDTH, strict=True)),
        key=Key("G", "major"),
    )
