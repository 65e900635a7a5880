"""Form, chord charts, energy, endings."""

from __future__ import annotations

import pytest

from songwright.brief import understand
from songwright.errors import BriefError


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("rock: intro, verse, chorus, outro", "intro verse chorus outro"),
        ("pop, verse pre-chorus chorus", "verse pre-chorus chorus"),
        ("AABA in C", "A A B A"),
        ("form A B A C A, piano", "A B A C A"),
        ("a rondo for piano", "A B A C A"),
        ("ternary form piano", "A B A"),
        ("house: intro, build, drop, breakdown, build, drop, outro",
         "intro build drop breakdown build drop outro"),
        ("pop with a bridge", "verse chorus verse chorus bridge chorus"),
        ("pop, verse x2, chorus", "verse verse chorus"),
    ],
)  # fmt: skip
def test_form(text: str, form: str) -> None:
    assert " ".join(s.function for s in understand(text).form) == form


def test_bars_of_sections() -> None:
    brief = understand("pop: 4-bar intro, verse (8 bars), chorus: 8")
    assert [(s.function, s.bars) for s in brief.form] == [("intro", 4), ("verse", 8), ("chorus", 8)]
    assert brief.length is None


def test_one_section_with_bars_keeps_the_rest_usual() -> None:
    brief = understand("rock with a 4-bar intro")
    assert brief.form[0].function == "intro"
    assert brief.form[0].bars == 4
    assert len(brief.form) > 2


def test_place_in_the_form_is_listed_not_dropped() -> None:
    brief = understand("pop, loud strings in the chorus")
    assert brief.form == ()
    assert brief.not_understood == ("in the chorus",)


@pytest.mark.parametrize(
    ("text", "chart"),
    [
        ("lofi, Dm7 | G7 | Cmaj7 | Cmaj7", "Dm7 / G7 / Cmaj7 / Cmaj7"),
        ("Am F C G pop", "Am / F / C / G"),
        ("Am-F-C-G", "Am / F / C / G"),
        ("pop, chords: C G", "C / G"),
        ("| Dm7 G7 | Cmaj7 % | F/C |", "Dm7 G7 / Cmaj7 / F/C"),
        ("jazz, ii-V-I in C", "ii / V / I"),
        ("I-V-vi-IV in D", "I / V / vi / IV"),
        ("i bVI bIII bVII, pop", "i / bVI / bIII / bVII"),
        ("am | f | c | g", "Am / F / C / G"),
        ("F#m7b5 | B7 | Em", "F#m7b5 / B7 / Em"),
        ("lofi, Gm7 - C7 loop", "Gm7 / C7"),
        ("funk over a Dm7, G7 vamp", "Dm7 / G7"),
    ],
)
def test_chart(text: str, chart: str) -> None:
    assert " / ".join(" ".join(bar.chords) for bar in understand(text).chart) == chart


def test_shares_of_a_bar_add_up() -> None:
    (bar, *_) = understand("Dm7 G7 . . | Cmaj7").chart
    assert bar.chords == ("Dm7", "G7")
    assert bar.shares == (0.25, 0.75)


def test_charts_by_section() -> None:
    brief = understand("pop, verse: Am | F | C | G; chorus: C | G | Am F | F/C")
    assert [s.function for s in brief.form] == ["verse", "chorus"]
    assert [len(s.chart) for s in brief.form] == [4, 4]
    assert brief.form[1].chart[2].chords == ("Am", "F")


@pytest.mark.parametrize(
    "text", ["AABA piano", "I want a song for my piano", "A B A form, piano", "A-B loop, pop"]
)
def test_not_a_chart(text: str) -> None:
    assert understand(text).chart == ()


def test_wrong_chord_in_a_field_is_named() -> None:
    with pytest.raises(BriefError, match="Hx9"):
        understand("", {"chords": "C | Hx9 | G"})


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("gradually builds, techno", 0.2, 0.9),
        ("starts quiet and ends big, piano", 0.2, 0.95),
        ("piano, calm at first, then intense", 0.2, 0.9),
        ("piano, constant energy throughout", 0.5, 0.5),
    ],
)
def test_energy(text: str, first: float, last: float) -> None:
    energy = understand(text).energy
    assert (energy[0].level, energy[-1].level) == (first, last)


@pytest.mark.parametrize(
    ("text", "ending"),
    [
        ("piano, fades out", "fade"),
        ("logo sting, hard ending", "hard"),
        ("piano, let it ring", "ring"),
        ("seamless loop of techno", "loop"),
    ],
)
def test_ending(text: str, ending: str) -> None:
    assert understand(text).ending == ending


def test_ritardando() -> None:
    assert understand("piano, ends with a ritardando").ritardando
    assert not understand("piano").ritardando
