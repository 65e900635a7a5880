"""Charts, loops and forms are read into bars as a musician would read them."""

from pathlib import Path

import pytest
from training.corpora.charts import parse_charts, piece_of, read_all
from training.corpora.chord_labels import degree_semitones, parse_label, quality_of
from training.corpora.forms import FUNCTIONS, function_of, song_group
from training.corpora.progressions import loop_of, parse_numeral
from training.corpora.structure import form_of, salami_sections, salami_statistics

MAJOR = (0, 2, 4, 5, 7, 9, 11)
MINOR = (0, 2, 3, 5, 7, 8, 10)

CHART = """# title: A Song
# artist: Nobody
# metre: 4/4
# tonic: D

0.0\tsilence
1.0\tA, intro, | D:maj | G:maj A:7 |, (guitar
5.0\tB, verse, | D:maj | D:maj . G:maj F:maj | x2
13.0\tC, chorus, | B:min7/b7 | N |, guitar)
17.0\t| (2/4) A:maj | D:maj |
20.0\t# nothing
20.0\tend
"""


def test_a_chart_in_bars():
    (chart,) = parse_charts(CHART)
    piece = piece_of(chart, "x")
    assert (piece.bars, piece.tonic_pc, piece.minor, piece.tempo_bpm) == (10, 2, False, 120.0)
    assert [(s.function, s.letter, s.start_bar, s.bars) for s in piece.sections] == [
        ("intro", "A", 0, 2), ("verse", "B", 2, 4), ("chorus", "C", 6, 4),
    ]  # fmt: skip
    assert piece.phrase_starts == (0, 2, 4, 6, 8)
    sounds = [(c.onset // 480, c.duration // 480, c.root, c.quality) for c in piece.chords]
    assert sounds[:3] == [(0, 4, 2, "maj"), (4, 2, 7, "maj"), (6, 2, 9, "7")]
    # D rings over the bar line; the verse comes twice.
    assert sounds[3:] == [
        (8, 6, 2, "maj"), (14, 1, 7, "maj"), (15, 1, 5, "maj"),
        (16, 6, 2, "maj"), (22, 1, 7, "maj"), (23, 1, 5, "maj"),
    ]  # fmt: skip


def test_a_bar_of_another_length_leaves_its_section_without_chords():
    (chart,) = parse_charts(CHART)
    piece = piece_of(chart, "x")
    assert max(chord.onset + chord.duration for chord in piece.chords) <= 6 * piece.bar_ticks


@pytest.mark.parametrize("bar", ["*", "D:maj . *  .", "D:maj G:maj A:maj", ". D:maj . ."])
def test_bars_that_cannot_be_read_are_not_guessed(bar):
    text = CHART.replace("| D:maj | G:maj A:7 |", f"| D:maj | {bar} |")
    piece = piece_of(parse_charts(text)[0], "x")
    assert piece.chords[0].onset == 2 * piece.bar_ticks


def test_a_pause_is_no_bar():
    piece = piece_of(parse_charts(CHART.replace("| N |", "| N | &pause |"))[0], "x")
    assert piece.bars == 10


def test_a_change_of_tonic_begins_a_piece_in_the_same_section():
    text = CHART.replace("17.0\t", "# tonic: E\n17.0\t").replace("(2/4) A:maj", "E:maj")
    first, second = parse_charts(text)
    assert (first.tonic, first.bars, second.tonic, second.bars) == ("D", 8, "E", 2)
    assert (second.stretches[0].function, second.stretches[0].letter) == ("chorus", "C")


@pytest.mark.parametrize(
    ("label", "root", "quality", "bass"),
    [
        ("C:maj", 0, "maj", -1), ("Bb:min7/b7", 10, "min7", 8), ("F#:sus4(b7,9)", 6, "sus", -1),
        ("G:7(#9)", 7, "7", -1), ("A:1(b3,b7)/b7", 9, "min7", 7), ("Cb:maj/1", 11, "maj", -1),
        ("E:1", 4, "5", -1), ("D:11", 2, "sus", -1), ("Ab:maj6(9)", 8, "6", -1),
        ("N", 0, "none", -1), ("A:1(b5,b7,3)/b5", 9, "7", 3), ("C:hdim7", 0, "hdim7", -1),
    ],
)  # fmt: skip
def test_labels(label, root, quality, bass):
    chord = parse_label(label, 0, 480)
    assert (chord.root, chord.quality, chord.bass) == (root, quality, bass)


def test_bad_labels_are_refused():
    with pytest.raises(ValueError, match="not a chord label"):
        parse_label("H:maj", 0, 480)
    with pytest.raises(ValueError, match="unknown chord shorthand"):
        quality_of("wobble", "")
    assert (degree_semitones("b7"), degree_semitones("#11"), degree_semitones("bb13")) == (10, 6, 7)


def test_minor_is_told_by_the_tonic_chord():
    text = CHART.replace("D:maj", "D:min")
    assert piece_of(parse_charts(text)[0], "x").minor


def test_the_same_chart_is_kept_once(tmp_path: Path):
    (tmp_path / "0001.txt").write_text(CHART)
    (tmp_path / "0002.txt").write_text(CHART.replace("Nobody", "nobody"))
    pieces, entries = read_all(tmp_path)
    assert [piece.id for piece in pieces] == ["billboard_chords/0001"]
    assert entries[1].reason == "same chart as billboard_chords/0001"
    assert entries[0].group == entries[1].group


@pytest.mark.parametrize(
    ("label", "function"),
    [
        ("Pre-Chorus", "pre-chorus"), ("verse2", "verse"), ("chorus b", "chorus"),
        ("transition", "interlude"), ("fadeout", "outro"), ("pre chorus", "pre-chorus"),
        ("pre-verse", "interlude"), ("instchorus", "solo"), ("verse two", "verse"),
        ("worstthingever", None),
    ],
)  # fmt: skip
def test_functions(label, function):
    assert function_of(label) == function
    assert function is None or function in FUNCTIONS


def test_a_song_is_found_again_however_its_title_is_spelled():
    assert song_group("Don't Stop (Remastered)") == song_group("dont_stop") != song_group("stop")
    assert "stop" not in song_group("stop")


@pytest.mark.parametrize(
    ("numeral", "scale", "root", "quality"),
    [
        ("V7", MAJOR, 7, "7"), ("I7", MAJOR, 0, "maj7"), ("Idom7", MAJOR, 0, "7"),
        ("ii", MAJOR, 2, "min"), ("vii", MAJOR, 11, "dim"), ("bVIM7", MAJOR, 8, "maj7"),
        ("VI7", MINOR, 8, "maj7"), ("VII", MINOR, 10, "maj"), ("ii", MINOR, 2, "dim"),
        ("v7", MINOR, 7, "min7"), ("bi", MAJOR, 11, "min"), ("visus4", MAJOR, 9, "sus"),
    ],
)  # fmt: skip
def test_numerals(numeral, scale, root, quality):
    assert parse_numeral(numeral, scale) == (root, quality)


def test_a_loop_joins_equal_bars():
    piece = loop_of(["i", "i", "VI", "VII"], MINOR, ["Dark"], "x")
    assert [(c.root, c.duration) for c in piece.chords] == [(0, 3840), (8, 1920), (10, 1920)]
    assert piece.minor
    assert piece.tags == ("dark",)
    with pytest.raises(ValueError, match="numeral"):
        parse_numeral("Q", MAJOR)


def test_sections_are_counted_in_bars_between_downbeats():
    downbeats = [1.0 + 2.0 * bar for bar in range(20)]
    segments = [
        (0.0, "silence"), (1.02, "intro"), (8.9, "verse"), (25.0, "chorus"), (33.0, "verse"),
        (43.1, "end"),
    ]  # fmt: skip
    sections = form_of(segments, downbeats)
    assert [(s.function, s.letter, s.start_bar, s.bars) for s in sections] == [
        ("intro", "A", 0, 4), ("verse", "B", 4, 8), ("chorus", "C", 12, 4), ("verse", "B", 16, 5),
    ]  # fmt: skip
    assert form_of([(t + 1.0, name) for t, name in segments], downbeats) is None


def test_seconds_become_shares_of_length():
    text = (
        "0.0\tZ\n2.0\tA, a, Intro, (guitar\n6.0\tB, b, Verse, (voice\n9.0\tb\n"
        "14.0\tC, Chorus\n22.0\tSilence\n23.0\tEnd\n"
    )
    track = salami_sections(text)
    assert track == [("intro", 0.2), ("verse", 0.4), ("chorus", 0.4)]
    table = salami_statistics({"popular": [track, track]})
    assert table["popular"]["transitions"]["start > intro"] == 2
    assert table["popular"]["shares"]["verse"]["share"] == [0.4, 0.4, 0.4]
