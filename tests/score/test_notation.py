"""Rules of notation: dividing lengths, grids, voices, spelling, beams."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from songwright.score import KeyChange, MeterChange, Note, Part, Score, TempoChange
from songwright.score.model import ChordSpan
from songwright.score.notation.bars import BarLine
from songwright.score.notation.beams import add_beams
from songwright.score.notation.directions import Mark, system_marks
from songwright.score.notation.facts import abbreviation, chord_kind, drum_sign
from songwright.score.notation.grid import settle, snap
from songwright.score.notation.metretree import bar_tree, split_note, split_rest
from songwright.score.notation.rhythm import Triplet, bar_symbols, triplets_of
from songwright.score.notation.spelling import Speller, letter_and_alter, signature_alter
from songwright.score.notation.transposition import Transposition
from songwright.score.notation.voices import pitched_voices, slices, split_hands
from songwright.theory import QUALITIES, Key, Meter, parse_chord

EIGHTH = 240


def score(
    meter="4/4", bars=2, notes=(), key=("C", "major"), chords=(), tempos=((0, 100.0),)
) -> Score:
    beats, unit = (int(n) for n in meter.split("/"))
    return Score(
        "Test",
        bars,
        (MeterChange(0, Meter(beats, unit)),),
        tuple(TempoChange(*t) for t in tempos),
        (KeyChange(0, Key(*key)),),
        chords=tuple(chords),
        parts=(Part("a", "A", "lead", "flute", tuple(notes)),),
    )


def tree(meter: str):
    beats, unit = (int(n) for n in meter.split("/"))
    return bar_tree(Meter(beats, unit), Meter(beats, unit).bar_ticks)


def lengths(pieces, unit=EIGHTH):
    return [(b - a) / unit for a, b in pieces]


@pytest.mark.parametrize(
    ("meter", "start", "end", "expected"),
    [
        # counted in eighths
        ("4/4", 0, 8, [8]),
        ("4/4", 0, 6, [6]),  # dotted half on beat 1
        ("4/4", 0, 5, [4, 1]),  # five eighths
        ("4/4", 0, 7, [4, 3]),
        ("4/4", 1, 3, [2]),  # eighth quarter eighth
        ("4/4", 3, 5, [1, 1]),  # the middle of the bar always shows
        ("4/4", 2, 6, [2, 2]),
        ("4/4", 1, 4, [1, 2]),
        ("4/4", 1, 8, [1, 2, 4]),
        ("3/4", 0, 6, [6]),
        ("3/4", 2, 6, [4]),
        ("3/4", 0, 5, [4, 1]),
        ("6/8", 0, 6, [6]),
        ("6/8", 0, 4, [3, 1]),  # never a half note over the pulse
        ("6/8", 2, 4, [1, 1]),
        ("6/8", 1, 3, [2]),
        ("12/8", 0, 12, [12]),
        ("12/8", 3, 9, [3, 3]),
        ("12/8", 0, 9, [6, 3]),
        ("5/4", 0, 10, [6, 4]),  # three and two
        ("5/4", 4, 8, [2, 2]),
        ("7/8", 0, 7, [4, 3]),  # two, two, three
        ("7/8", 3, 5, [1, 1]),
        ("7/8", 4, 7, [3]),
        ("2/2", 0, 8, [8]),
        ("2/2", 2, 6, [2, 2]),
    ],
)
def test_lengths_keep_the_beat_visible(meter, start, end, expected):
    assert lengths(split_note(tree(meter), start * EIGHTH, end * EIGHTH)) == expected


@pytest.mark.parametrize(
    ("meter", "start", "end", "expected"),
    [
        ("4/4", 0, 3, [2, 1]),  # no dotted rests in simple metres
        ("4/4", 1, 8, [1, 2, 4]),
        ("4/4", 2, 6, [2, 2]),
        ("3/4", 2, 6, [2, 2]),
        ("6/8", 0, 3, [3]),
        ("6/8", 0, 2, [2]),
        ("6/8", 1, 3, [1, 1]),
        ("12/8", 0, 6, [6]),
    ],
)
def test_rests_fill_divisions(meter, start, end, expected):
    assert lengths(split_rest(tree(meter), start * EIGHTH, end * EIGHTH)) == expected


METERS = [
    Meter(n, d)
    for d in (1, 2, 4, 8, 16, 32)
    for n in (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 15, 17, 32)
]


@given(st.sampled_from(METERS), st.data())
def test_every_stretch_divides_into_written_values(meter, data):
    length = meter.bar_ticks
    start = data.draw(st.integers(0, length // 60 - 1)) * 60
    end = data.draw(st.integers(start // 60 + 1, length // 60)) * 60
    span = bar_tree(meter, length)
    for split in (split_note, split_rest):
        pieces = split(span, start, end)
        assert pieces[0][0] == start
        assert pieces[-1][1] == end
        assert all(a[1] == b[0] for a, b in pairwise(pieces))
        assert all(span.value(b - a) for a, b in pieces)


@pytest.mark.parametrize(
    ("meter", "boundaries", "expected"),
    [
        ("4/4", {0, 160, 320, 480}, [Triplet(0, 480)]),
        ("4/4", {0, 320, 480}, [Triplet(0, 480)]),
        ("4/4", {0, 80, 160, 240, 480}, [Triplet(0, 240)]),
        ("4/4", {0, 80, 160, 240, 320, 400, 480}, [Triplet(0, 240), Triplet(240, 240)]),
        ("4/4", {0, 320, 640, 960}, [Triplet(0, 960)]),
        ("4/4", {960, 1280, 1600, 1920}, [Triplet(960, 960)]),
        ("4/4", {0, 640, 1280, 1920}, [Triplet(0, 1920)]),
        ("3/4", {480, 800, 1120, 1440}, [Triplet(480, 960)]),
        ("4/4", {0, 160, 240, 360, 480}, [Triplet(0, 240)]),
        ("6/8", {0, 80, 160, 240, 720}, [Triplet(0, 240)]),
        ("4/4", {0, 120, 180, 240, 480, 960}, []),
    ],
)
def test_triplets_are_found_where_they_are(meter, boundaries, expected):
    assert triplets_of(tree(meter), boundaries) == expected


def test_a_bar_without_notes_is_one_rest():
    bar = BarLine(score("7/8")).bars[1]
    (symbol,) = bar_symbols(bar, [])
    assert symbol.whole_bar
    assert symbol.ticks == 1680


def test_a_metre_change_off_the_grid_is_refused_with_the_bar_named():
    from dataclasses import replace

    from songwright.errors import ScoreError

    broken = replace(score(), meters=(MeterChange(0, Meter(4, 4)), MeterChange(1930, Meter(3, 4))))
    with pytest.raises(ScoreError, match="bar 2 is 10 ticks"):
        BarLine(broken)


def test_notes_past_the_last_bar_add_bars():
    assert len(BarLine(score(bars=2, notes=[Note(1920 * 3, 480, 60)])).bars) == 4


# --- grid ------------------------------------------------------------------------------------


def test_notes_on_the_grid_pass_unchanged():
    notes = [Note(0, 160, 60), Note(160, 80, 62), Note(480, 60, 64), Note(540, 420, 65)]
    assert snap(notes, BarLine(score(notes=notes))) == notes


@given(st.integers(0, 2**32), st.integers(0, 12))  # 12 ticks: 15 ms at 100 BPM
def test_a_played_rhythm_comes_back_as_written(seed, spread):
    from songwright.seeds import rng

    generator = rng(seed, "test")
    written = []
    for beat, figure in enumerate([(480,), (240, 240), (160, 160, 160), (120,) * 4, (240, 240)]):
        at = beat * 480
        for i, length in enumerate(figure):
            written.append(Note(at, length, 60 + 2 * i + beat))
            at += length
    played = [
        Note(
            max(0, n.onset_ticks + generator.randint(-spread, spread)),
            n.duration_ticks - generator.randint(0, 40),
            n.pitch,
        )
        for n in written
    ]
    assert snap(played, BarLine(score(notes=written))) == written


@pytest.mark.parametrize(
    ("onset", "shortened", "following", "written"),
    [
        (0, 384, 960, 480),  # four fifths of a quarter, then a rest
        (0, 108, 240, 240),  # detached eighths have no rests between them
        (240, 84, 360, 120),
        (480, 96, 1440, 240),  # an eighth and a rest, not a sixteenth and two
        (0, 922, 960, 960),
        (0, 691, 720, 720),
        (160, 112, 320, 160),
        (960, 1164, 3840, 960),
    ],
)
def test_shortened_notes_get_their_written_length(onset, shortened, following, written):
    notes = [Note(onset, shortened, 60), Note(following, 480, 62)]
    assert snap(notes, BarLine(score(bars=3, notes=notes)))[0].duration_ticks == written


def test_unisons_do_not_overlap():
    notes = [Note(0, 960, 60), Note(480, 480, 60), Note(480, 240, 60)]
    assert snap(notes, BarLine(score(notes=notes))) == [Note(0, 480, 60), Note(480, 480, 60)]


def test_a_cell_of_both_grids_takes_one():
    notes = [Note(0, 120, 60), Note(120, 40, 62), Note(160, 80, 64)]
    settled = settle(notes, BarLine(score(notes=notes)))
    ticks = {t for n in settled for t in (n.onset_ticks, n.end_ticks)}
    assert all(t % 60 == 0 for t in ticks) or all(t % 80 == 0 for t in ticks)
    assert all(n.duration_ticks > 0 for n in settled)


# --- voices ----------------------------------------------------------------------------------


def voices_of(notes, sustains=True):
    return pitched_voices(sorted(notes, key=lambda n: n.onset_ticks), BarLine(score()), sustains)


def test_equal_notes_are_one_chord():
    (voice,) = voices_of([Note(0, 960, p) for p in (60, 64, 67)])
    assert len(voice) == 1
    assert len(voice[0].tones) == 3


def test_a_held_chord_under_a_melody_is_the_lower_voice():
    melody = [Note(i * 480, 480, 72 + i) for i in range(4)]
    upper, lower = voices_of([*melody, Note(0, 1920, 48), Note(0, 1920, 55)])
    assert [t.note.pitch for s in upper for t in s.tones] == [72, 73, 74, 75]
    assert [t.note.pitch for s in lower for t in s.tones] == [48, 55]


def test_a_held_note_over_a_moving_bass_is_the_upper_voice():
    bass = [Note(i * 480, 480, 40 + i) for i in range(4)]
    upper, _ = voices_of([*bass, Note(0, 1920, 72)])
    assert [t.note.pitch for s in upper for t in s.tones] == [72]


def test_a_third_layer_is_tied_in_for_instruments_that_sustain():
    layers = [Note(0, 1920, 72), Note(0, 960, 64), Note(960, 960, 65), Note(480, 960, 55)]
    voices = voices_of(layers)
    sounding = {t.note: 0 for v in voices for s in v for t in s.tones}
    for voice in voices:
        for piece in voice:
            for tone in piece.tones:
                sounding[tone.note] += piece.end - piece.start
    assert {(n.pitch, ticks) for n, ticks in sounding.items()} == {
        (72, 1920), (64, 960), (65, 960), (55, 960)
    }  # fmt: skip


def test_a_ringing_arpeggio_reads_as_one_line():
    notes = [Note(i * 240, 1920 - i * 240, 48 + 4 * i) for i in range(8)]
    upper, lower = voices_of(notes, sustains=False)
    assert [(s.start, s.end) for s in lower] == [(0, 1920)]
    assert [(s.start, s.end - s.start) for s in upper] == [(i * 240, 240) for i in range(1, 8)]


def test_slices_tie_what_goes_on():
    first, second = slices([Note(0, 960, 60), Note(480, 480, 64)])
    assert [(t.note.pitch, t.tied_from, t.tied_to) for t in first.tones] == [(60, False, True)]
    assert [(t.note.pitch, t.tied_from, t.tied_to) for t in second.tones] == [
        (60, True, False),
        (64, False, False),
    ]


def test_hands_part_at_the_gap_and_lines_stay_in_one_hand():
    chord = [Note(0, 480, p) for p in (40, 47, 64, 67, 71)]
    right, left = split_hands(chord)
    assert [n.pitch for n in left] == [40, 47]
    assert [n.pitch for n in right] == [64, 67, 71]
    line = [Note(i * 240, 240, p) for i, p in enumerate((67, 65, 62, 59, 60, 64))]
    assert split_hands(line) == (line, [])
    over_octave = [Note(0, 480, 55), Note(0, 1440, 79), Note(480, 480, 59), Note(960, 480, 62)]
    assert {n.pitch for n in split_hands([*over_octave, Note(960, 480, 74)])[1]} == {55, 59, 62}
    walking = [Note(i * 480, 480, p) for i, p in enumerate((43, 47, 50, 57, 62, 55))]
    assert len(split_hands(walking)[1]) >= 5


# --- spelling --------------------------------------------------------------------------------


def spelled(pitches, key=("C", "major"), chord=""):
    chords = [ChordSpan(0, 9600, parse_chord(chord))] if chord else []
    speller = Speller(score(key=key, chords=chords))
    names = []
    for pitch, goal in zip(pitches, [*pitches[1:], None], strict=True):
        letter, alter = letter_and_alter(speller.fifths(pitch, 0, goal))
        names.append(letter + ("#" * alter if alter > 0 else "b" * -alter))
    return names


@pytest.mark.parametrize(
    ("pitches", "key", "chord", "expected"),
    [
        ([60, 61, 62], ("C", "major"), "", ["C", "C#", "D"]),
        ([62, 61, 60], ("C", "major"), "", ["D", "Db", "C"]),
        ([67, 68, 69], ("C", "major"), "", ["G", "G#", "A"]),
        ([68, 69], ("A", "minor"), "", ["G#", "A"]),
        ([68, 67], ("A", "minor"), "", ["G#", "G"]),
        ([63, 67, 70], ("C", "major"), "Eb", ["Eb", "G", "Bb"]),
        ([64, 68, 71], ("C", "major"), "E7", ["E", "G#", "B"]),
        ([61, 64, 67, 70], ("D", "minor"), "C#dim7", ["C#", "E", "G", "Bb"]),
        ([60, 64, 68], ("F", "major"), "Caug", ["C", "E", "G#"]),
        ([67, 71, 74, 77, 68], ("C", "minor"), "G7b9", ["G", "B", "D", "F", "Ab"]),
        ([70, 66], ("F#", "major"), "", ["A#", "F#"]),
        ([70, 66], ("Gb", "major"), "", ["Bb", "Gb"]),
        ([65], ("F#", "major"), "", ["E#"]),
    ],
)
def test_spelling(pitches, key, chord, expected):
    assert spelled(pitches, key, chord) == expected


def test_every_chord_tone_keeps_its_pitch():
    for quality in QUALITIES:
        for root in ("C", "F#", "Bb", "E", "Ab"):
            speller = Speller(score(chords=[ChordSpan(0, 9600, parse_chord(root + quality))]))
            for pitch in range(48, 72):
                letter, alter = letter_and_alter(speller.fifths(pitch, 0))
                natural = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}[letter]
                assert (natural + alter) % 12 == pitch % 12


def test_signatures():
    flats = [c for c in "CDEFGAB" if signature_alter(c, -3) == -1]
    sharps = [c for c in "CDEFGAB" if signature_alter(c, 4) == 1]
    assert sorted(flats) == ["A", "B", "E"]
    assert sorted(sharps) == ["C", "D", "F", "G"]
    assert all(signature_alter(c, 0) == 0 for c in "CDEFGAB")


@pytest.mark.parametrize(
    ("semitones", "fifths", "diatonic", "rest", "octaves"),
    [
        (2, 2, 1, 2, 0),  # trumpet in B flat
        (9, 3, 5, 9, 0),  # alto saxophone
        (14, 2, 1, 2, 1),  # tenor saxophone
        (21, 3, 5, 9, 1),  # baritone saxophone
        (7, 1, 4, 7, 0),  # horn
        (12, 0, 0, 0, 1),  # guitar
        (-12, 0, 0, 0, -1),  # piccolo
        (-24, 0, 0, 0, -2),  # glockenspiel
        (-3, 3, -2, -3, 0),  # clarinet in E flat
        (3, -3, 2, 3, 0),  # clarinet in A
    ],
)
def test_transpositions(semitones, fifths, diatonic, rest, octaves):
    by = Transposition(semitones)
    assert (by.fifths, by.diatonic, by.rest, by.octaves) == (fifths, diatonic, rest, octaves)


def test_transposed_signatures_stay_readable():
    trumpet = Transposition(2)
    assert trumpet.key_fifths(Key("Eb", "major")) == -1
    assert trumpet.key_fifths(Key("B", "major")) == -5  # D flat, not seven sharps
    assert all(
        abs(Transposition(t).key_fifths(Key(k, m))) <= 6
        for t in (2, 7, 9, 14, 21, 3, -3)
        for k in ("C", "Db", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B")
        for m in ("major", "minor")
    )


# --- beams, words, tables --------------------------------------------------------------------


def beams(meter, rhythm, pitch=60):
    notes, at = [], 0
    for length in rhythm:
        if length > 0:
            notes.append(Note(at, length, pitch))
        at += abs(length)
    line = BarLine(score(meter, 1, notes))
    symbols = bar_symbols(line.bars[0], slices(notes))
    add_beams(line.bars[0], symbols)
    return ["/".join(word[0] for word in s.beams) for s in symbols]


def test_beams_follow_the_pulse():
    assert beams("4/4", [240] * 8) == ["b", "c", "c", "e"] * 2
    assert beams("6/8", [240] * 6) == ["b", "c", "e"] * 2
    assert beams("7/8", [240] * 7) == ["b", "e", "b", "e", "b", "c", "e"]
    assert beams("5/8", [240] * 5) == ["b", "c", "e", "b", "e"]
    assert beams("3/4", [240] * 6) == ["b", "c", "c", "c", "c", "e"]
    assert beams("4/4", [240, 240, 120, 120, 240])[:5] == ["b", "e", "b/b", "c/e", "e"]
    assert beams("2/4", [360, 120, 120, 360]) == ["b", "e/b", "b/f", "e"]
    assert beams("2/4", [240, -240, -240, 240]) == ["", "", "", ""]
    assert beams("2/4", [160, 160, 160, 480]) == ["b", "c", "e", ""]


def test_every_quality_has_a_kind_and_every_key_a_place():
    assert {chord_kind(q).kind for q in QUALITIES} >= {"major", "half-diminished", "power"}
    for key in range(128):
        sign = drum_sign(key)
        assert sign.step in "ABCDEFG"
        assert 3 <= sign.octave <= 6
    assert drum_sign(42).head == "x"
    assert drum_sign(36).foot


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("Violin II", "Vln. II"),
        ("Electric Piano 1", "E.Pno. 1"),
        ("Acoustic Bass", "A.Bs."),
        ("Warm Strings", "Str."),
        ("Theremin", "Ther."),
        ("Koto", "Koto"),
    ],
)
def test_abbreviations(name, short):
    assert abbreviation(name) == short


def tempo_words(*tempos):
    tempo_score = score(bars=8, tempos=tempos)
    marks: list[Mark] = system_marks(tempo_score, BarLine(tempo_score), swing=False)
    texts = [[e.text or "" for e in m.element.iter() if e.tag != "staff"] for m in marks]
    return [
        (m.tick, "".join(t.strip() for t in text)) for m, text in zip(marks, texts, strict=True)
    ]


def test_tempo_marks_say_what_happens():
    assert tempo_words((0, 92)) == [(0, "Andantequarter92")]
    ritard = tempo_words((0, 100), (9600, 95), (10080, 90), (10560, 80), (11520, 100))
    assert [w for _, w in ritard] == ["Andantequarter100", "rit.", "", "", "a tempo"]
    assert [w for _, w in tempo_words((0, 100), (1920, 101))] == ["Andantequarter100", ""]
    assert tempo_words((0, 100), (3840, 140))[1] == (3840, "quarter140")
