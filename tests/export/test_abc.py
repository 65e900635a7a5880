"""ABC: read back by abc2midi note for note, and by rule where that is not installed."""

from __future__ import annotations

import re
import shutil
import subprocess
from dataclasses import replace
from itertools import pairwise

import pytest

from songwright.export.abc import write_abc
from songwright.export.abc_percussion import drum_letters
from songwright.export.leadsheet import lead_sheet
from songwright.score import smf
from songwright.score.midi import write_midi
from songwright.session.export_targets import song_tags
from songwright.session.song import compose

PROMPTS = (
    "pop song in F# minor for violin, guitar and drums, 12 bars",
    "string quartet waltz in E flat, 3/4, 12 bars",
    "jazz swing trio with walking bass, 12 bars",
    "solo piano nocturne in 12/8, 8 bars",
    "celtic tune in D dorian, 6/8, flute, 16 bars",
    "funk with trumpet, tenor sax and slap bass, 8 bars",
)


def strokes(data: bytes) -> dict[tuple[bool, int], list[float]]:
    """Onsets in ticks of 480 by kit or not and pitch."""
    midi = smf.parse_smf(data)
    found: dict[tuple[bool, int], list[float]] = {}
    for track in midi.tracks:
        for e in track:
            if e.kind == smf.NOTE_ON and e.b:
                tick = e.tick * 480 / midi.ticks_per_beat
                found.setdefault((e.channel == 9, e.a), []).append(tick)
    return {key: sorted(ticks) for key, ticks in found.items()}


@pytest.mark.skipif(shutil.which("abc2midi") is None, reason="abc2midi is not installed")
@pytest.mark.parametrize("prompt", PROMPTS)
@pytest.mark.parametrize("sheet", [False, True])
def test_abc2midi_plays_the_written_notes(prompt, sheet, tmp_path):
    song = compose(prompt, 1)
    score = lead_sheet(song.score) if sheet else song.score
    source, target = tmp_path / "x.abc", tmp_path / "x.mid"
    source.write_text(write_abc(score, song_tags(song)), "utf-8")
    done = subprocess.run(
        ["abc2midi", source, "-o", target], capture_output=True, text=True, check=False
    )
    # It knows no marks for tenuto and marcato, and says so; everything else must be understood.
    assert [m for m in done.stdout.splitlines() if "rror" in m or (
        "arning" in m and "ignored" not in m)] == []  # fmt: skip
    expected, found = strokes(write_midi(score)), strokes(target.read_bytes())
    assert {k: len(v) for k, v in found.items()} == {k: len(v) for k, v in expected.items()}
    for key, ticks in expected.items():
        # abc2midi spreads the notes of chords by a few ticks.
        assert found[key] == pytest.approx(ticks, abs=60)


@pytest.mark.parametrize("prompt", PROMPTS)
def test_every_bar_is_full(prompt):
    song = compose(prompt, 1)
    text = write_abc(song.score, song_tags(song))
    bar_eighths = song.score.meters[0].meter.bar_ticks / 240
    rows = [line for line in text.splitlines() if re.match(r"\[V:\w+\] ", line)]
    assert rows or len(song.score.parts) == 1
    checked = 0
    for row in rows:
        music = re.sub(r'"[^"]*"|![^!]*!|\[[A-Z]:[^\]]*\]', "", row.split("] ", 1)[1])
        for bar in filter(str.strip, re.split(r"\|\]?", music)):
            scale, left, total = 1.0, 0, 0.0
            for token in re.finditer(
                r"\(3:2:(\d+)|(?:\[[^\]]+\]|[_^=]*[A-Ga-gxz][,']*)(\d*)(?:/(\d+))?", bar
            ):
                if token[1]:
                    left, scale = int(token[1]), 2 / 3
                    continue
                total += scale * int(token[2] or 1) / int(token[3] or 1)
                left -= 1
                scale = scale if left > 0 else 1.0
            assert total == pytest.approx(bar_eighths), bar
            checked += 1
    assert checked >= song.score.bars * (len(rows) > 0)


def test_head_and_chords():
    song = compose("pop ballad in E flat, 84 BPM, 8 bars", 2, title='Say "100 %"')
    text = write_abc(lead_sheet(song.score), song_tags(song))
    head = text.split("\nK:")[0]
    assert "T:Say '100 \\%'" in head and "Q:1/4=84" in head and "M:4/4" in head
    assert "\nK:Eb\n" in text
    symbols = re.findall(r'(?<!=)"([A-G][^"^]*)"', text)
    assert symbols[0] == song.score.chords[0].chord.symbol
    assert write_abc(lead_sheet(song.score), song_tags(song)) == text


def test_chord_qualities_with_a_slash_stay_chords():
    from songwright.theory import Chord

    song = compose("bossa nova, 8 bars", 2)
    chords = tuple(replace(s, chord=Chord("C", "6/9", "G")) for s in song.score.chords)
    text = write_abc(replace(song.score, chords=chords), song_tags(song))
    assert '"C69/G"' in text and "%%MIDI chordname 69 0 4 7 9 2" in text


def test_percussion_keys_have_places_of_their_own():
    letters = drum_letters(range(35, 82))
    assert len(set(letters.values())) == 47
    assert set(drum_letters(range(128))) == set(range(128))
    # Keys that share a line in print move apart, the first one stays.
    assert drum_letters([38, 40]) == {38: "c", 40: "B"}


def test_lead_sheet_is_one_line_on_the_staff():
    song = compose("rock with bass guitar riff, 12 bars", 4)
    sheet = lead_sheet(song.score)
    (part,) = sheet.parts
    assert all(a.end_ticks <= b.onset_ticks for a, b in pairwise(part.notes))
    middle = sorted(n.pitch for n in part.notes)[len(part.notes) // 2]
    assert 60 <= middle <= 84
    lead = next(p for p in song.score.parts if p.role == "lead")
    assert {n.onset_ticks for n in part.notes} == {n.onset_ticks for n in lead.notes}
    sounding = sorted(lead.notes, key=lambda n: n.onset_ticks)
    assert len({(a.pitch - b.pitch) % 12 for a, b in zip(part.notes, sounding, strict=False)}) == 1
