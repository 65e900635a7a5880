"""Roles of parts whose role is plain to see."""

import pytest
from training.corpora.doubling import without_doubles
from training.corpora.model import Note, Part
from training.corpora.rules import RULES
from training.corpora.texture import texture_of

from songwright.evaluate.piece import piece_of
from songwright.score import MeterChange, Score, TempoChange
from songwright.score import Note as WrittenNote
from songwright.score import Part as WrittenPart
from songwright.theory import Meter

TUNE = [72, 74, 76, 77, 79, 77, 76, 74]


def line(pitches, step=480, length=None, bars=8):
    count = bars * 1920 // step
    return [(i * step, length or step, pitches[i % len(pitches)]) for i in range(count)]


def block(pitches, length=1920, bars=8):
    return [(t, length, p) for t in range(0, bars * 1920, length) for p in pitches]


def reading(*parts):
    made = tuple(
        WrittenPart(f"p{i}", name, "lead", player,
             tuple(WrittenNote(on, length, pitch, 80) for on, length, pitch in sorted(notes)))
        for i, (name, player, notes) in enumerate(parts)
    )  # fmt: skip
    meters, tempos = (MeterChange(0, Meter(4, 4)),), (TempoChange(0, 120.0),)
    return piece_of(Score("", 8, meters, tempos, (), (), (), made))


def roles(rule, *parts):
    return [voice.role for voice in RULES[rule](reading(*parts))]


def moving(pitches):
    """A line that never repeats within four bars."""
    return [(i * 480, 480, pitches[i % len(pitches)] + i // 4 % 7) for i in range(32)]


def test_choir_goes_from_high_to_low():
    parts = [(n, "choir_aahs", line([p])) for n, p in (("B", 48), ("S", 72), ("A", 67), ("T", 60))]
    voices = RULES["choir"](reading(*parts))
    assert [v.role for v in voices] == ["lead", "inner", "inner", "bass"]
    assert [int(v.notes["pitch"][0]) for v in voices] == [72, 67, 60, 48]


def test_two_voices_on_a_staff_are_told_apart():
    staves = [("women", "choir_aahs", line([72]) + line([67])),
              ("men", "choir_aahs", line([60]) + line([48]))]  # fmt: skip
    assert roles("choir", *staves) == ["lead", "inner", "inner", "bass"]


def test_a_quartet_keeps_its_order_and_the_lowest_is_the_bass():
    parts = [(n, p, line([pitch])) for n, p, pitch in (
        ("Violin 1", "violin", 64), ("Violin 2", "violin", 70), ("Viola", "viola", 58),
        ("Violoncello", "cello", 45),
    )]  # fmt: skip
    assert roles("ensemble", *parts) == ["lead", "inner", "inner", "bass"]


def test_a_song_has_a_voice_and_staves_by_texture():
    oom_pah = [(t, 480, 43) for t in range(0, 8 * 1920, 960)]
    oom_pah += [(t + 480, 480, p) for t in range(0, 8 * 1920, 960) for p in (60, 64, 67)]
    voices = RULES["song"](reading(
        ("Singstimme", "oboe", line(TUNE)),
        ("Klavier", "acoustic_grand_piano", line([60, 67, 64, 67], 240)),
        ("Klavier", "acoustic_grand_piano", oom_pah),
    ))  # fmt: skip
    assert [v.role for v in voices] == ["lead", "arp", "bass", "chords"]
    assert voices[0].program == 52
    assert set(voices[2].notes["pitch"].tolist()) == {43}


def test_octaves_of_a_left_hand_become_its_lower_note():
    left = [(t, 960, p) for t in range(0, 8 * 1920, 960) for p in (36, 48)]
    voices = RULES["keyboard"](reading(
        ("up", "acoustic_grand_piano", line(TUNE)), ("down", "acoustic_grand_piano", left)
    ))  # fmt: skip
    assert [v.role for v in voices] == ["lead", "bass"]
    assert set(voices[1].notes["pitch"].tolist()) == {36}


def test_a_right_hand_of_chords_gives_its_top_line():
    right = [(t, n, p + d) for t, n, p in line(TUNE) for d in (0, -5, -9)]
    voices = RULES["keyboard"](reading(
        ("up", "acoustic_grand_piano", right),
        ("down", "acoustic_grand_piano", line([36, 43], 960)),
    ))  # fmt: skip
    assert [v.role for v in voices] == ["lead", "chords", "bass"]
    assert voices[0].notes["pitch"].tolist()[:8] == TUNE


def test_a_band():
    parts = [
        ("kit", "standard_kit", line([36, 42, 38, 42], 240)),
        ("Bass", "electric_bass_finger", line([36])),
        ("Rhythm", "distortion_guitar", block([48, 55], 480)),
        ("strings", "string_ensemble_1", block([60, 64, 67])),
        ("synth", "lead_1_square", line([60, 67, 64, 72], 120)),
        ("hook", "overdriven_guitar", line([64, 65, 67, 65], 480)),
        ("tune", "flute", moving(TUNE)),
    ]
    assert roles("band", *parts) == ["drums", "lead", "bass", "chords", "pad", "arp", "riff"]


@pytest.mark.parametrize("late", [0, 240])
def test_doubles_and_echoes_are_kept_once(late):
    tune = moving(TUNE)
    echo = [(on + late, length, pitch - 12) for on, length, pitch in tune]
    other = [(on, length, 84 - i % 5 + i // 4 % 3) for i, (on, length, _) in enumerate(tune)]
    parts = [("a", "flute", other), ("b", "clarinet", tune), ("c", "oboe", echo)]
    assert sorted(roles("band", *parts)) == ["counter", "lead"]


def test_an_orchestra_by_desks():
    parts = [
        ("Flute", "flute", moving([p + 12 for p in TUNE])),
        ("Horn", "french_horn", line([58, 60], 960)),
        ("Timpani", "timpani", line([40])),
        ("Violin II", "violin", block([65, 69], 480)),
        ("Cello", "cello", line([43, 45])),
    ]
    assert roles("orchestra", *parts) == ["lead", "pad", "inner", "bass"]


def test_doubles_of_a_tutti_go_and_drums_stay():
    def part(role, *pitches):
        return Part(role, 0, tuple(Note(i * 480, 480, p) for i, p in enumerate(pitches)))

    lead, bass = part("lead", 72, 74, 76, 77, 79), part("bass", 36, 43, 36, 38, 31)
    octave = part("counter", 60, 62, 64, 65, 67)
    free = part("counter", 64, 65, 67, 69, 71)
    drums = part("drums", 36, 38, 36, 38, 36)
    kept = without_doubles([octave, lead, free, bass, drums, drums])
    assert kept == (lead, free, bass, drums, drums)


def test_texture_counts_octaves_as_one():
    piece = reading(("x", "acoustic_grand_piano", block([36, 48])))
    assert texture_of(piece.notes).thickness == 1.0
    assert texture_of(piece.notes[:0]).thickness == 0.0
