"""MuseScore opens what we write, without repair, and plays back the score's own notes."""

from __future__ import annotations

import random
import xml.etree.ElementTree as ET
from pathlib import Path

import mido
import pytest
from tests.musescore import convert, needs_musescore, opened

from songwright.score import (
    DynamicMark,
    KeyChange,
    MeterChange,
    Note,
    Part,
    Score,
    SectionMark,
    TempoChange,
    instrument,
)
from songwright.score.model import ChordSpan
from songwright.score.notation import write_musicxml
from songwright.theory import QUALITIES, Chord, Key, Meter

pytestmark = needs_musescore


def played(data: bytes, folder: Path) -> list[set[tuple[int, int]]]:
    """(onset in ticks, pitch) of every track that MuseScore plays."""
    source, target = folder / "score.musicxml", folder / "score.mid"
    source.write_bytes(data)
    convert(source, target)
    midi = mido.MidiFile(target)
    tracks = []
    for track in midi.tracks:
        at, notes = 0, set()
        for message in track:
            at += message.time
            if message.type == "note_on" and message.velocity:
                notes.add((round(at * 480 / midi.ticks_per_beat), message.note))
        tracks.append(notes)
    return tracks


def random_line(name: str, length: int, seed: int, step: int) -> tuple[Note, ...]:
    generator, player = random.Random(seed), instrument(name)
    notes, at = [], 0
    while at < length:
        ticks = min(step * generator.choice([1, 1, 1, 2, 2, 3, 4, 5, 9]), length - at)
        if generator.random() > 0.2:
            low = generator.randint(player.comfort_low, player.comfort_high - 8)
            count = generator.choice([1, 1, 2, 3]) if player.polyphonic else 1
            notes += [Note(at, ticks, p) for p in {low, low + 4, low + 7} if count > 1 or p == low]
        at += ticks
    return tuple(notes)


def big_score(meter: Meter, key: Key, bars: int = 4) -> Score:
    length = meter.bar_ticks * bars
    kit = tuple(
        Note(t, 60, pitch)
        for t in range(0, length, 240)
        for pitch in {42: (42,), 0: (36, 42), 1: (38, 42)}[42 if t % 480 else (t // 480) % 2]
    )
    lines = [
        ("Flute", "flute", 240), ("Clarinet", "clarinet", 120), ("Horn", "french_horn", 160),
        ("Baritone Sax", "baritone_sax", 480), ("Strings", "string_ensemble_1", 240),
        ("Guitar", "acoustic_guitar_nylon", 120), ("Organ", "church_organ", 240),
        ("Bass", "electric_bass_finger", 240), ("Trumpet", "trumpet", 0),
    ]  # fmt: skip
    parts = [
        Part(name, name, "lead", slug, random_line(slug, length, i, step) if step else ())
        for i, (name, slug, step) in enumerate(lines)
    ]
    pairs = zip((72, 76, 79, 60), (48, 43, 40, 36), strict=True)
    right, left = zip(
        *((Note(i * 480, 480, a), Note(i * 480, 960, b)) for i, (a, b) in enumerate(pairs)),
        strict=True,
    )
    parts += [
        Part("rh", "Piano RH", "chords", "acoustic_grand_piano", right, "piano"),
        Part("lh", "Piano LH", "chords", "acoustic_grand_piano", left, "piano"),
        Part("kit", "Drums", "drums", "standard_kit", kit),
    ]
    return Score(
        "Night & <Day>",
        bars,
        (MeterChange(0, meter), MeterChange(meter.bar_ticks * 2, Meter(3, 4)),
         MeterChange(meter.bar_ticks * 2 + 1440, meter)),
        (TempoChange(0, 92), TempoChange(1440, 88), TempoChange(1920, 80)),
        (KeyChange(0, key), KeyChange(meter.bar_ticks, key.transposed(2))),
        (SectionMark("a", "verse", "A", 0, 2), SectionMark("b", "chorus", "B", 2, bars - 2)),
        tuple(ChordSpan(i * 240, 240, Chord(key.tonic, q)) for i, q in enumerate(QUALITIES)),
        tuple(parts),
        (),
        (DynamicMark(0, "Flute", "p"), DynamicMark(960, "Flute", "ff")),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("meter", "key"),
    [
        (Meter(4, 4), Key("D", "minor")),
        (Meter(12, 8), Key("B", "major")),
        (Meter(7, 8), Key("Gb", "major")),
        (Meter(5, 4), Key("F#", "dorian")),
    ],
    ids=str,
)
def test_musescore_opens_it_and_plays_the_same_notes(meter, key, tmp_path):
    score = big_score(meter, key)
    data = write_musicxml(score, swing=False)
    assert opened(data, tmp_path) == []
    tracks = iter(played(data, tmp_path)[1:])  # the first track has the tempo only
    heard = []
    for part in ET.fromstring(data).findall("part"):
        staves = int(part.findtext("measure/attributes/staves", "1"))
        heard.append(set().union(*(next(tracks) for _ in range(staves))))
    assert next(tracks, None) is None
    meant: dict[str, set[tuple[int, int]]] = {}
    for part in score.parts:
        notes = {(n.onset_ticks, n.pitch) for n in part.notes}
        meant.setdefault(part.staff_group or part.id, set()).update(notes)
    for name, found in zip(meant, heard, strict=True):
        assert found == meant[name], name


def test_every_articulation_opens(tmp_path):
    kinds = ["staccato", "tenuto", "accent", "marcato", "legato", "legato", "tremolo",
             "pizzicato", "slide", "ghost", "", ""]  # fmt: skip
    notes = tuple(Note(i * 480, 480, 60 + i, articulation=a) for i, a in enumerate(kinds))
    score = big_score(Meter(4, 4), Key("C", "major"))
    data = write_musicxml(
        Score(
            "Signs",
            3,
            (MeterChange(0, Meter(4, 4)),),
            score.tempos,
            score.keys[:1],
            parts=(Part("v", "Violin", "lead", "violin", notes),),
        ),
        swing=True,
    )
    assert opened(data, tmp_path) == []


@pytest.mark.parametrize("change", ["overfull", "underfull"])
def test_the_check_itself_finds_wrong_bars(change, tmp_path):
    """A control: MuseScore mends such bars in silence, and `opened` must not miss it."""
    notes = (Note(0, 480, 60), Note(480, 480, 62), Note(960, 960, 64))
    score = Score(
        "Wrong", 1, (MeterChange(0, Meter(4, 4)),), (TempoChange(0, 100),),
        (KeyChange(0, Key("C", "major")),),
        parts=(Part("f", "Flute", "lead", "flute", notes),),
    )  # fmt: skip
    root = ET.fromstring(write_musicxml(score))
    last = root.findall(".//note")[-1]
    ticks, kind = {"overfull": ("1920", "whole"), "underfull": ("480", "quarter")}[change]
    last.find("duration").text, last.find("type").text = ticks, kind
    assert opened(ET.tostring(root), tmp_path) != []
