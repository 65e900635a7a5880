"""From scores and files to pieces of the normal form."""

import pytest
from training.corpora.barlines import with_marked_bars
from training.corpora.credits import freedoom_credits
from training.corpora.model import QUALITIES
from training.corpora.notes import _FOLDED, Reader, pieces_of_score
from training.corpora.prepare_notes import main
from training.corpora.prepared import read
from training.corpora.sources import SOURCES, items_of

from songwright.score import (
    ChordSpan,
    KeyChange,
    MeterChange,
    Note,
    Part,
    Score,
    TempoChange,
)
from songwright.theory import Chord, Key, Meter
from songwright.theory.chord import QUALITIES as OURS

SCALE = [60, 62, 64, 65, 67, 65, 64, 62, 60, 64, 67, 64, 60, 67, 64, 60]
READER = Reader("test", "folk_dance", "tune", settles=False, chords="implied")


def score_of(notes, meters=((0, 4, 4),), chords=(), bars=8, bpm=100.0):
    return Score(
        "", bars, tuple(MeterChange(t, Meter(n, d)) for t, n, d in meters),
        (TempoChange(0, bpm),), (KeyChange(0, Key("C", "major")),), (), chords,
        (Part("a", "a", "lead", "flute", tuple(notes)),),
    )  # fmt: skip


def tune(bars=8, late=0, velocity=80):
    return [Note(i * 480 + late, 479, SCALE[i % 16], velocity) for i in range(4 * bars)]


def test_a_tune_becomes_one_piece():
    (piece,) = pieces_of_score(score_of(tune()), "x", READER).pieces
    assert (piece.id, piece.bars, piece.tonic_pc, piece.minor) == ("x", 8, 0, False)
    assert piece.tempo_bpm == 100.0
    (part,) = piece.parts
    assert part.role == "lead"
    assert [(n.onset, n.duration, n.velocity) for n in part.notes] == [
        (i * 480, 480, 0) for i in range(32)
    ]
    assert not piece.chords_given
    assert piece.chords[-1].root == 0


def test_a_metre_change_makes_two_numbered_pieces():
    meters = ((0, 4, 4), (4 * 1920, 3, 4))
    outcome = pieces_of_score(score_of(tune(9), meters, bars=10), "x", READER)
    assert [p.id for p in outcome.pieces] == ["x#1", "x#2"]
    assert [(p.numerator, p.bars) for p in outcome.pieces] == [(4, 4), (3, 7)]
    assert outcome.pieces[1].parts[0].notes[0].onset == 0


def test_music_off_the_grid_is_left_out_with_a_reason():
    notes = [Note(i * 480 + (60 if i % 3 == 0 else 0), 300, 60 + i % 7, 80) for i in range(32)]
    outcome = pieces_of_score(score_of(notes), "x", READER)
    assert outcome.pieces == []
    assert "off the grid" in outcome.reasons[0]


def test_given_chords_are_folded_and_tell_the_key():
    spans = tuple(
        ChordSpan(bar * 1920, 1920, Chord(root, quality, bass))
        for bar, (root, quality, bass) in enumerate(
            [("G", "", ""), ("C", "maj9", "E"), ("D", "13", ""), ("G", "6/9", "")] * 2
        )
    )
    notes = [Note(i * 480, 480, p, 80) for i, p in enumerate([67, 71, 74, 71] * 8)]
    reader = Reader("test", "lead_sheet", "tune", settles=False, chords="given")
    (piece,) = pieces_of_score(score_of(notes, chords=spans), "x", reader).pieces
    assert piece.chords_given
    assert (piece.tonic_pc, piece.minor) == (7, False)
    assert [(c.root, c.quality, c.bass) for c in piece.chords[:4]] == [
        (7, "maj", -1), (0, "maj7", 4), (2, "9", -1), (7, "6", -1),
    ]  # fmt: skip


def test_every_chord_of_the_house_is_folded():
    assert set(_FOLDED) == set(OURS)
    assert set(_FOLDED.values()) <= set(QUALITIES)


def test_velocities_are_kept_where_asked():
    reader = Reader("test", "game", "band", signature=False, velocities=True)
    (piece,) = pieces_of_score(score_of(tune(velocity=91)), "x", reader).pieces
    assert {n.velocity for p in piece.parts for n in p.notes} == {91}


def test_loud_notes_mark_bars():
    # An upbeat of a quarter, two bars, a bar cut at three quarters, its upbeat, two bars.
    lengths = [480, 1920, 1920, 1440, 480, 1920, 1920]
    notes, start = [], 0
    for length in lengths:
        for at in range(start, start + length, 240):
            notes.append(Note(at + 1, 239, 60, 105 if at == start else 80))
        start += length
    score = with_marked_bars(score_of(notes, ((1, 4, 4), (0, 4, 4))[::-1]))
    assert [c.tick for c in score.meters] == [0, 480, 480 + 2 * 1920 + 1440, 480 + 3 * 1920]


def test_a_wrong_metre_is_corrected_by_its_bars():
    notes = [Note(i * 480, 479, 60, 127 if i % 3 == 0 else 110) for i in range(24)]
    score = with_marked_bars(score_of(notes))
    assert [str(c.meter) for c in score.meters] == ["3/4"]


@pytest.mark.parametrize(
    ("line", "author"),
    [
        ('E1M1: "A" by Ann and Bob', "Ann and Bob"),
        ('E1M1: "A" by Ann, remix of x.mid by Bob', "Ann"),
        ('E1M1: "Going by Night" by Ann, based on "B" by Bob', "Ann"),
        ("E1M1: e1m1.mid by Ann", "Ann"),
    ],
)
def test_credits_name_the_maker(line, author):
    assert freedoom_credits(line) == {"d_e1m1": author}


KERN = "**kern\n*M4/4\n=1\n" + "4c\n4d\n4e\n4g\n=\n" * 6 + "*-\n"


def test_the_command_writes_pieces_and_entries(tmp_path, capsys):
    folder = tmp_path / "corpora" / "polish_scores" / "a"
    folder.mkdir(parents=True)
    (folder / "one.krn").write_text("!!!COM: X\n!!!GTL: Book\n!!!AIN: 1 piano\n" + KERN)
    (folder / "two.krn").write_text("**kern\n4c\t4d\n*-\n")
    arguments = ["--corpora", str(tmp_path / "corpora"), "--scratch", str(tmp_path / "out"),
                 "--only", "polish_scores"]  # fmt: skip
    main(arguments)
    data = (tmp_path / "out" / "polish_scores.msgpack").read_bytes()
    prepared = read(tmp_path / "out" / "polish_scores.msgpack")
    assert [p.id for p in prepared.pieces] == ["polish_scores/one"]
    first, second = prepared.entries
    assert (first.group, first.pieces, first.notes, first.split) == ("x | book", 1, 24, "")
    assert (second.split, second.pieces) == ("left out", 0)
    assert "columns" in second.reason
    assert "2 files, 1 left out" in capsys.readouterr().out
    main(arguments)
    assert (tmp_path / "out" / "polish_scores.msgpack").read_bytes() == data


def test_share_alike_is_left_out_unread(tmp_path):
    (tmp_path / "manifest.tsv").write_text(
        "file\ttitle\tlicence\tbpm\nA_x\tx\tCC (by-sa)\t100\nB_y\ty\tBSD\t100\n"
    )
    items = list(items_of("lmms_songs", tmp_path))
    assert [item.left_out for item in items] == ["share-alike", ""]


def test_sources_are_known():
    assert len(SOURCES) == 11
