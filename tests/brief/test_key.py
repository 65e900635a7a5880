"""Keys and modes, and the letters and articles that are not keys."""

from __future__ import annotations

import pytest

from songwright.brief import understand
from songwright.brief.model import PartPlace


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("ambient in D minor", "D minor"),
        ("piano, A minor", "A minor"),
        ("piano in a minor, 90 bpm", "A minor"),
        ("in F# dorian", "F# dorian"),
        ("E flat major", "Eb major"),
        ("e-flat minor piano", "Eb minor"),
        ("C♯ minor", "C# minor"),
        ("rock in E", "E major"),
        ("rock in Em", "E minor"),
        ("ambient, Dm, 90 BPM", "D minor"),
        ("key of Bb, piano", "Bb major"),
        ("key: f# minor", "F# minor"),
        ("G harmonic minor", "G harmonic minor"),
        ("A minor pentatonic", "A minor pentatonic"),
        ("C whole-tone", "C whole-tone"),
        ("Klavier in d-Moll", "D minor"),
        ("Es-Dur", "Eb major"),
        ("h-moll", "B minor"),
        ("ré mineur", "D minor"),
        ("si bémol majeur", "Bb major"),
        ("la menor", "A minor"),
        ("slow blues in A", "A blues"),
        ("E blues shuffle", "E blues"),
        ("piano in D, dorian mode", "D dorian"),
    ],
)
def test_key(text: str, key: str) -> None:
    assert str(understand(text).key) == key


@pytest.mark.parametrize(
    ("text", "mode"),
    [
        ("piano in a minor key", "minor"),
        ("write a minor waltz for piano", "minor"),
        ("A major key, piano", "major"),
        ("phrygian mode piano", "phrygian"),
        ("whole tone scale, harp", "whole-tone"),
    ],
)
def test_mode_without_a_tonic(text: str, mode: str) -> None:
    brief = understand(text)
    assert brief.key is None
    assert brief.mode == mode


@pytest.mark.parametrize(
    "text", ["piano with a B section", "AABA piano", "a blues with guitar", "in a world of piano"]
)
def test_not_a_key(text: str) -> None:
    assert understand(text).key is None


def test_key_beats_a_mode_that_does_not_fit() -> None:
    brief = understand("C major piano, phrygian")
    assert str(brief.key) == "C major"
    assert len(brief.conflicts) == 1


@pytest.mark.parametrize(
    ("text", "where", "semitones"),
    [
        ("pop, modulates up a tone in the last chorus", "last chorus", 2),
        ("pop, key change up a half step before the last chorus", "last chorus", 1),
        ("pop in D minor, modulates to F major in the bridge", "bridge", 3),
        ("pop, modulates to the relative major", "end", 3),
        ("pop, goes up 3 semitones at the end", "end", 3),
        ("pop with a key change in the final chorus", "last chorus", 2),
        ("pop, shifts down a whole step in the outro", "outro", -2),
    ],
)
def test_modulation(text: str, where: str, semitones: int) -> None:
    (modulation,) = understand(text).modulations
    assert (modulation.where, modulation.semitones) == (where, semitones)


def test_the_tone_of_a_drone_is_a_key() -> None:
    assert str(understand("string pad, drone on D").key) == "D major"
    assert understand("organ, pedal on G").key is not None


@pytest.mark.parametrize(
    ("text", "at", "semitones"),
    [
        ("pop in G, key change at 1:00", PartPlace(seconds=60.0), 2),
        ("rock, modulates up a semitone at bar 17", PartPlace(bar=16), 1),
        ("jazz in F major, modulates to A major halfway", PartPlace(position=0.5), 4),
        ("house, key change after 30 seconds, 1 minute", PartPlace(seconds=30.0), 2),
    ],
)
def test_modulation_at_a_time(text: str, at: PartPlace, semitones: int) -> None:
    brief = understand(text)
    (modulation,) = brief.modulations
    assert (modulation.at, modulation.semitones) == (at, semitones)
    assert not brief.not_understood
    if "minute" not in text:
        assert brief.length is None


def test_a_word_that_begins_like_mode_is_its_own() -> None:
    brief = understand("D minor modern classical")
    assert str(brief.key) == "D minor"
    assert not brief.not_understood
    assert [h.words for h in brief.heard if h.control == "key"] == ["D minor"]
    assert not understand("minor modern pop").not_understood
