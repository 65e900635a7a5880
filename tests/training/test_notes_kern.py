"""**kern: splits, ties, lengths, signatures."""

import pytest
from training.corpora.kern import read_kern, reference_records

from songwright.errors import FileFormatError

SONG = """!!!COM: Nobody
!!!OTL: Study
**kern\t**kern\t**dynam
*part1\t*part1\t*
*staff2\t*staff1\t*
*I"Piano\t*I"Piano\t*
*k[f#]\t*k[f#]\t*
*G:\t*G:\t*
*M3/4\t*M3/4\t*
*MM90\t*MM90\t*
4GG\t4g\t.
=1\t=1\t=1
*\t*^\t*
2.G [2.d\t(4b\t2.dd\tp
.\t8qcc\t.\t.
.\t8.a\t.\t.
.\t16b-\t.\t.
.\t4bn)\t.\t.
*\t*v\t*v\t*
=2\t=2\t=2
4G d]\t2.r\t.
2r\t.\t.
==\t==\t==
*-\t*-\t*-
"""


def notes(part):
    return [(n.onset_ticks, n.duration_ticks, n.pitch) for n in part.notes]


def test_a_small_score():
    score = read_kern(SONG)
    upper, lower = score.parts
    assert notes(upper) == [
        (0, 480, 67), (480, 480, 71), (480, 1440, 74), (960, 360, 69), (1320, 120, 70),
        (1440, 480, 71),
    ]  # fmt: skip
    assert score.title == "Study"
    assert score.tempos[0].bpm == 90
    assert str(score.keys[0].key) == "G major"
    assert [(c.tick, str(c.meter)) for c in score.meters] == [(0, "3/4"), (480, "3/4")]
    # The tie belongs to the chord note d, whose two tokens make one note.
    assert (480, 1440, 55) in notes(lower)


def test_a_tie_joins_two_notes_of_a_chord():
    text = SONG.replace("4G d]", "4G 4d]")
    assert (480, 1920, 62) in notes(read_kern(text).parts[1])


def test_triplets_dots_and_breves():
    text = "**kern\n*M4/4\n=1\n12c\n12d\n12e\n4..f\n16g\n2%3a\n0b\n*-\n"
    found = notes(read_kern(text).parts[0])
    assert [row[:2] for row in found] == [
        (0, 160), (160, 160), (320, 160), (480, 840), (1320, 120), (1440, 2880), (4320, 3840),
    ]  # fmt: skip


def test_reference_records_keep_the_first():
    assert reference_records("!!!COM: A\n!!!COM: B\n!!!AIN:\n")["COM"] == "A"
    assert reference_records("!!!AIN:\n!!!OTL: x\n")["AIN"] == ""


@pytest.mark.parametrize("text", ["", "**kern\t**kern\n4c\n*-\t*-\n", "**kern\n4r\n*-\n"])
def test_broken_files_are_refused(text):
    with pytest.raises(FileFormatError):
        read_kern(text)
