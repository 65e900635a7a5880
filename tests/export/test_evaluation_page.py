"""The page of a judgement: self-contained, well-formed, and it shows what it should."""

from __future__ import annotations

import base64
import re
import struct
from html.parser import HTMLParser

import numpy as np
import pytest
from bench.corruptions import CORRUPTIONS

from songwright import session
from songwright.evaluate import evaluate_score, piece_of
from songwright.evaluate.judgement import Judgement, judge_measurements, reference_for
from songwright.evaluate.sound import evaluate_listening, hear, sound_curves
from songwright.export.evaluation_page import evaluation_html
from songwright.export.evaluation_pictures import (
    chord_name,
    harmony_strip,
    outline_of,
    similarity_picture,
)
from songwright.export.png import png
from songwright.score import MeterChange, Note, Part, Score
from songwright.session import Song
from songwright.theory import Meter

VOID = {"meta", "img", "br"}


class Balance(HTMLParser):
    """Fails when tags do not close in order."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: object) -> None:
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: object) -> None:
        """A closed one."""

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@pytest.fixture(scope="module")
def song() -> Song:
    return session.compose("pop, 16 bars", 1)


def judged(score: Score) -> Judgement:
    return judge_measurements(evaluate_score(score), reference_for("pop"))


def check(page: str) -> None:
    parser = Balance()
    parser.feed(page)
    assert parser.open == []
    assert "nan" not in re.findall(r"[a-z]+", page.lower().split("base64")[0])
    assert not re.search(r'(src|href)="(?!data:)', page)
    assert "http" not in page


def test_a_song_with_its_plan(song: Song) -> None:
    page = evaluation_html("A <b> title", judged(song.score), score=song.score, plan=song.plan)
    check(page)
    assert "A &lt;b&gt; title" in page
    for word in ("Piano roll", "planned (line)", "Self-similarity", "chorus", "Findings",
                 "key of every eight bars"):  # fmt: skip
        assert word in page
    assert page.index("Findings") < page.index("Piano roll") < page.index("<h2>Metrics")
    assert page.count('<svg class="dot"') > 40


def test_notes_without_a_plan(song: Song) -> None:
    spoilt = CORRUPTIONS["random_pitch"](song.score, 1)
    page = evaluation_html("spoilt", judged(spoilt), score=spoilt)
    check(page)
    assert "planned (line)" not in page
    assert "Key unclear" in page


def test_sound_alone() -> None:
    noise = np.random.default_rng(1).normal(0, 0.1, (2, 5 * 22_050)).astype(np.float32)
    heard = hear(noise, 22_050)
    assert heard is not None
    judgement = judge_measurements((), reference_for("pop"), sound=evaluate_listening(heard))
    page = evaluation_html("noise", judgement, curves=sound_curves(heard))
    check(page)
    for word in ("Short-term loudness", "target of recordings"):
        assert word in page
    assert "Piano roll" not in page


def test_nothing_at_all(song: Song) -> None:
    empty = Score("", 1, song.score.meters, song.score.tempos, song.score.keys)
    page = evaluation_html("", judged(empty), score=empty)
    check(page)
    assert "Nothing in it could be judged" in page


def test_the_matrix_shows_what_is_alike(song: Song) -> None:
    looped = piece_of(CORRUPTIONS["looped"](song.score, 0))
    other = piece_of(CORRUPTIONS["random_pitch"](song.score, 0))

    def darkness(text: str) -> float:
        data = base64.b64decode(text.split("base64,")[1].split('"', maxsplit=1)[0])
        return 255.0 - float(pixels(data).mean())

    assert darkness(similarity_picture(looped)) > 1.3 * darkness(similarity_picture(other))


def pixels(data: bytes) -> np.ndarray[tuple[int, int], np.dtype[np.uint8]]:
    import zlib

    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    columns, rows = struct.unpack(">II", data[16:24])
    length = struct.unpack(">I", data[33:37])[0]
    raw = np.frombuffer(zlib.decompress(data[41 : 41 + length]), np.uint8)
    return raw.reshape(rows, columns + 1)[:, 1:]


def test_the_key_strip_names_the_key(song: Song) -> None:
    strip = harmony_strip(piece_of(song.score))
    assert strip.count("chord on") >= 4
    assert str(song.plan.key.tonic) in strip


def test_a_png_holds_its_pixels() -> None:
    shades = np.arange(12, dtype=np.uint8).reshape(3, 4)
    assert np.array_equal(pixels(png(shades)), shades)


def test_a_change_of_metre_keeps_the_sections(song: Song) -> None:
    part = Part("p", "P", "lead", "violin", (Note(0, 480, 60), Note(9000, 480, 62)))
    meters = (MeterChange(0, Meter(4, 4)), MeterChange(1920, Meter(3, 4)))
    score = Score("t", 5, meters, song.score.tempos, song.score.keys, parts=(part,))
    plan = outline_of(score)
    assert plan.bars * plan.meter.bar_ticks >= 9480
    assert plan.bars == 5


@pytest.mark.parametrize(
    ("root", "steps", "name"),
    [
        (9, (0, 3, 7), "Am"), (0, (0, 4, 7), "C"), (7, (0, 4, 7, 10), "G7"),
        (5, (0, 4, 7, 11), "Fmaj7"), (11, (0, 3, 6), "Bdim"), (2, (0, 5, 7), "Dsus4"),
        (0, (0, 4, 8), "C+"), (10, (0, 7), "B♭5"), (6, (0, 3, 7, 10), "F♯m7"),
    ],
)  # fmt: skip
def test_chords_are_named(root: int, steps: tuple[int, ...], name: str) -> None:
    member = np.zeros(12, bool)
    member[[(root + step) % 12 for step in steps]] = True
    assert chord_name(root, member) == name


def test_sections_and_parts_are_named_on_the_page(song: Song) -> None:
    page = evaluation_html("t", judged(song.score), score=song.score, plan=song.plan)
    ruler, rest = page.split("Piano roll", maxsplit=1)
    assert ">1</text>" in ruler
    matrix = rest.split('<svg class="matrix"')[1]
    for section in song.plan.sections:
        assert section.function[:11] in matrix
    for part in song.score.parts:
        assert part.name.split(" (")[0] in rest
