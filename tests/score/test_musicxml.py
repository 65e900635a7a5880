"""The MusicXML of a score, read back with an independent small reader."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections import Counter, defaultdict
from dataclasses import dataclass, field, replace
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from songwright.errors import ScoreError
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
from songwright.theory import Key, Meter, parse_chord

TYPES = {
    "breve": 8, "whole": 4, "half": 2, "quarter": 1, "eighth": Fraction(1, 2),
    "16th": Fraction(1, 4), "32nd": Fraction(1, 8),
}  # fmt: skip
STEPS = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
SIGNS = {"flat": -1, "natural": 0, "sharp": 1, "flat-flat": -2, "double-sharp": 2}
ORDER = (
    "chord", "pitch", "unpitched", "rest", "duration", "tie", "instrument", "voice", "type", "dot",
    "accidental", "time-modification", "stem", "notehead", "staff", "beam", "notations",
)  # fmt: skip


@dataclass
class ReadPart:
    """Notes (onset, length, sounding pitch) of one part, and the sums of its voices."""

    name: str
    notes: list[tuple[int, int, int]] = field(default_factory=list)
    bars: list[int] = field(default_factory=list)
    sums: dict[tuple[int, str], int] = field(default_factory=dict)
    fifths: list[int] = field(default_factory=list)


def read(data: bytes) -> list[ReadPart]:
    """Read a file as a player would: durations, ties, transposition; fail on what is wrong."""
    root = ET.fromstring(data)
    keys = {
        m.get("id"): int(m.findtext("midi-unpitched")) - 1
        for m in root.iter("midi-instrument")
        if m.find("midi-unpitched") is not None
    }
    names = {p.get("id"): p.findtext("part-name") for p in root.iter("score-part")}
    return [read_part(part, names[part.get("id")], keys) for part in root.findall("part")]


def read_part(part: ET.Element, name: str, keys: dict[str, int]) -> ReadPart:
    result = ReadPart(name)
    start, transpose, fifths = 0, 0, 0
    beats = Fraction(4)
    divisions = 0
    open_ties: dict[tuple[str, str, int], tuple[int, int]] = {}
    for number, measure in enumerate(part.findall("measure")):
        at = start
        bar = 0
        last_onset = start
        tuplet_sums: dict[str, int] = {}
        beams: Counter[tuple[str, str]] = Counter()
        for element in measure:
            if element.tag == "attributes":
                divisions = int(element.findtext("divisions", str(divisions)))
                fifths = int(element.findtext("key/fifths", str(fifths)))
                if element.find("time") is not None:
                    beats = Fraction(
                        4 * int(element.findtext("time/beats")),
                        int(element.findtext("time/beat-type")),
                    )
                if element.find("transpose") is not None:
                    transpose = int(element.findtext("transpose/chromatic"))
                    transpose += 12 * int(element.findtext("transpose/octave-change", "0"))
            bar = int(beats * divisions)
            if element.tag == "backup":
                at -= int(element.findtext("duration"))
            if element.tag != "note":
                continue
            tags = [child.tag for child in element]
            assert sorted(tags, key=ORDER.index) == tags, tags
            length = int(element.findtext("duration"))
            voice, staff = element.findtext("voice"), element.findtext("staff", "1")
            onset = last_onset if "chord" in tags else at
            if "chord" not in tags:
                result.sums[number, voice] = result.sums.get((number, voice), 0) + length
                at += length
                last_onset = onset
                check_value(element, length, divisions, bar)
                follow_tuplet(element, voice, length, divisions, tuplet_sums)
                for beam in element.findall("beam"):
                    beams[voice, beam.get("number")] += {"begin": 1, "end": -1}.get(beam.text, 0)
                    assert beams[voice, beam.get("number")] >= 0
            if "rest" in tags:
                continue
            if "unpitched" in tags:
                pitch = keys[element.find("instrument").get("id")]
            else:
                pitch = 12 * (int(element.findtext("pitch/octave")) + 1) + transpose
                pitch += STEPS[element.findtext("pitch/step")]
                pitch += int(element.findtext("pitch/alter", "0"))
            ties = {t.get("type") for t in element.findall("tie")}
            assert ties == {t.get("type") for t in element.findall("notations/tied")}
            key = (staff, voice, pitch)
            begun, so_far = onset, 0
            if "stop" in ties:
                begun, so_far = open_ties.pop(key)
                assert begun + so_far == onset, "a tie leads to another place"
            if "start" in ties:
                open_ties[key] = (begun, so_far + length)
            else:
                result.notes.append((begun, so_far + length, pitch))
        assert not tuplet_sums, "a triplet goes over the bar line"
        assert not any(beams.values()), "a beam is left open"
        result.bars.append(bar)
        result.fifths.append(fifths)
        start += bar
    assert not open_ties, "a tie leads nowhere"
    result.notes.sort()
    return result


def check_value(note: ET.Element, length: int, divisions: int, bar: int) -> None:
    """The printed value must be as long as the duration."""
    kind = note.findtext("type")
    if kind is None:
        assert note.find("rest").get("measure") == "yes"
        assert length == bar
        return
    value = Fraction(TYPES[kind]) * divisions
    value *= Fraction(3, 2) if note.find("dot") is not None else 1
    if note.find("time-modification") is not None:
        value *= Fraction(
            int(note.findtext("time-modification/normal-notes")),
            int(note.findtext("time-modification/actual-notes")),
        )
    assert value == length, (kind, length)


def follow_tuplet(
    note: ET.Element, voice: str, length: int, divisions: int, sums: dict[str, int]
) -> None:
    """Brackets must hold exactly two normal values, and all that has a time modification."""
    marks = {t.get("type") for t in note.findall("notations/tuplet")}
    modified = note.find("time-modification") is not None
    if "start" in marks:
        assert voice not in sums
        sums[voice] = 0
    assert modified == (voice in sums)
    if modified:
        sums[voice] += length
    if "stop" in marks:
        normal = TYPES[note.findtext("time-modification/normal-type")] * divisions * 2
        assert sums.pop(voice) == normal


def check_accidentals(data: bytes) -> None:
    """What is printed, read as a musician reads it, must give the pitches that are meant."""
    for part in ET.fromstring(data).findall("part"):
        fifths = 0
        for measure in part.findall("measure"):
            fifths = int(measure.findtext("attributes/key/fifths", str(fifths)))
            written = defaultdict(list)  # by staff: (onset, order, step, octave, alter, sign, tied)
            at = onset = 0
            for element in measure:
                if element.tag == "backup":
                    at -= int(element.findtext("duration"))
                if element.tag != "note":
                    continue
                if element.find("chord") is None:
                    onset = at
                    at += int(element.findtext("duration"))
                if element.find("pitch") is None:
                    continue
                written[element.findtext("staff", "1")].append(
                    (
                        onset,
                        len(written),
                        element.findtext("pitch/step"),
                        int(element.findtext("pitch/octave")),
                        int(element.findtext("pitch/alter", "0")),
                        element.findtext("accidental"),
                        any(t.get("type") == "stop" for t in element.findall("tie")),
                    )
                )
            for notes in written.values():
                in_force: dict[tuple[str, int], int] = {}
                for _, _, step, octave, alter, sign, tied in sorted(notes, key=lambda n: n[:2]):
                    if tied:
                        continue  # the tie says the pitch
                    order = "FCGDAEB" if fifths > 0 else "BEADGCF"
                    by_key = (1 if fifths > 0 else -1) if step in order[: abs(fifths)] else 0
                    shown = in_force.get((step, octave), by_key)
                    if sign is not None:
                        assert shown != SIGNS[sign], "an accidental that changes nothing"
                        shown = in_force[step, octave] = SIGNS[sign]
                    assert shown == alter, (step, octave, alter, sign)


# --- whole scores ----------------------------------------------------------------------------


FOUR_FOUR = Meter(4, 4)


def piece(*parts: Part, meter: Meter = FOUR_FOUR, bars: int = 4, **fields) -> Score:
    base = Score(
        "A piece",
        bars,
        (MeterChange(0, meter),),
        (TempoChange(0, 96.0),),
        (KeyChange(0, Key("D", "minor")),),
        parts=parts,
    )
    return replace(base, **fields)


def line(part_id: str, instrument_id: str, *notes: Note, role: str = "lead", group: str = ""):
    return Part(part_id, part_id.title(), role, instrument_id, notes, group)


METERS = [
    Meter(4, 4), Meter(3, 4), Meter(2, 4), Meter(5, 4), Meter(6, 4), Meter(7, 4), Meter(2, 2),
    Meter(3, 2), Meter(6, 8), Meter(9, 8), Meter(12, 8), Meter(5, 8), Meter(7, 8), Meter(11, 8),
    Meter(5, 16), Meter(1, 4), Meter(15, 8), Meter(13, 16), Meter(4, 1), Meter(3, 32),
]  # fmt: skip
SUSTAINED = [
    "church_organ", "string_ensemble_1", "violin", "alto_sax", "trumpet", "baritone_sax",
    "viola", "piccolo", "contrabass", "overdriven_guitar", "french_horn",
]  # fmt: skip
DECAYING = ["acoustic_grand_piano", "acoustic_guitar_nylon", "marimba", "electric_bass_finger"]
KEYS = [
    Key(t, m)
    for m in ("major", "minor", "dorian", "harmonic minor", "blues", "whole-tone")
    for t in ("C", "F#", "Bb", "E", "Ab", "B")
]


@st.composite
def random_parts(draw, meters: list[Meter], bars: int, instrument_id: str) -> tuple[Note, ...]:
    """Notes of any overlap on a grid that is straight or triplet in each half quarter."""
    ticks, at = [], 0
    for meter in meters:
        for pulse in meter.pulses_ticks:
            end = at + pulse
            cell = 240 if pulse % 240 == 0 else pulse
            while at < end:
                triplet = cell == 240 and draw(st.booleans())
                ticks += range(at, at + cell, 80 if triplet else 60)
                at += cell
    ticks.append(at)
    player = instrument(instrument_id)
    low, high = (35, 81) if player.is_kit else (player.low, player.high)
    drawn = draw(
        st.lists(
            st.tuples(st.integers(0, len(ticks) - 2), st.integers(1, 12), st.integers(low, high)),
            max_size=24,
        )
    )
    busy: dict[int, list[tuple[int, int]]] = defaultdict(list)
    notes = []
    for index, steps, pitch in drawn:
        onset, end = ticks[index], ticks[min(index + steps, len(ticks) - 1)]
        if all(end <= a or b <= onset for a, b in busy[pitch]):
            busy[pitch].append((onset, end))
            notes.append(Note(onset, end - onset, pitch))
    return tuple(sorted(notes, key=lambda n: n.onset_ticks))


@st.composite
def random_scores(draw) -> Score:
    changes = draw(st.lists(st.sampled_from(METERS), min_size=1, max_size=3))
    meters = [m for m in changes for _ in range(draw(st.integers(1, 2)))]
    starts = [sum(m.bar_ticks for m in meters[:i]) for i in range(len(meters) + 1)]
    parts = []
    for i in range(draw(st.integers(1, 3))):
        name = draw(st.sampled_from([*SUSTAINED, *DECAYING, "standard_kit"]))
        notes = draw(random_parts(meters, len(meters), name))
        parts.append(Part(f"p{i}", f"Part {i}", "lead", name, notes))
    keys = [KeyChange(0, draw(st.sampled_from(KEYS)))]
    if len(meters) > 1:
        keys.append(KeyChange(starts[1], draw(st.sampled_from(KEYS))))
    return Score(
        "Random",
        len(meters),
        tuple(MeterChange(t, m) for t, m in zip(starts, meters, strict=False)),
        (TempoChange(0, 100.0),),
        tuple(keys),
        chords=(
            ChordSpan(0, starts[1], parse_chord(draw(st.sampled_from(["Dm7", "F#7b9", "Ab"])))),
        ),
        parts=tuple(parts),
    )


@given(random_scores())
@settings(max_examples=100, deadline=None)
def test_any_score_reads_back_and_every_bar_is_full(score):
    data = write_musicxml(score)
    parts = read(data)
    check_accidentals(data)
    meters = [c.meter.bar_ticks for c in score.meters]
    for written, part in zip(parts, score.parts, strict=True):
        assert written.bars == meters
        assert all(ticks == meters[bar] for (bar, _), ticks in written.sums.items())
        assert {bar for bar, _ in written.sums} == set(range(len(meters)))
        expected = sorted((n.onset_ticks, n.duration_ticks, n.pitch) for n in part.notes)
        if part.instrument in SUSTAINED:
            assert written.notes == expected
            continue
        lengths = {(onset, pitch): ticks for onset, ticks, pitch in written.notes}
        assert lengths.keys() == {(onset, pitch) for onset, _, pitch in expected}
        assert len(lengths) == len(written.notes)
        if part.instrument in DECAYING:  # a ringing note may be cut short, never lengthened
            assert all(lengths[onset, pitch] <= ticks for onset, ticks, pitch in expected)


@given(
    st.lists(
        st.tuples(st.integers(0, 7600), st.integers(1, 3000), st.integers(40, 84)), max_size=40
    ),
    st.sampled_from([*SUSTAINED, *DECAYING, "standard_kit"]),
    st.sampled_from(METERS),
)
@settings(max_examples=60, deadline=None)
def test_notes_off_every_grid_still_fill_their_bars(events, name, meter):
    notes = tuple(Note(*e) for e in events)
    data = write_musicxml(piece(line("a", name, *notes), meter=meter, bars=2))
    (part,) = read(data)
    check_accidentals(data)
    assert all(ticks == meter.bar_ticks for ticks in part.sums.values())
    assert {n[2] for n in part.notes} == {n.pitch for n in notes}


# --- the parts of the file -------------------------------------------------------------------


def root_of(score: Score, **options) -> ET.Element:
    return ET.fromstring(write_musicxml(score, **options))


def test_the_file_says_what_it_is():
    data = write_musicxml(piece(line("flute", "flute")))
    assert data.startswith(b'<?xml version="1.0" encoding="UTF-8"')
    assert b'"-//Recordare//DTD MusicXML 4.0 Partwise//EN"' in data
    root = ET.fromstring(data)
    assert root.get("version") == "4.0"
    assert root.findtext("work/work-title") == "A piece"


def test_titles_and_names_survive_what_xml_forbids():
    score = piece(Part("x", "L\x00ead <1> & “co”", "lead", "flute"), title="\x07 Étude\x1b & <b>")
    root = root_of(score)
    assert root.findtext("work/work-title") == "Étude & <b>"
    assert root.findtext("part-list/score-part/part-name") == "Lead <1> & “co”"


def test_the_same_score_gives_the_same_bytes():
    score = piece(line("a", "violin", Note(0, 480, 62)), line("b", "standard_kit", Note(0, 9, 36)))
    assert write_musicxml(score) == write_musicxml(score)


def test_instruments_and_programs():
    root = root_of(piece(line("sax", "alto_sax"), line("kit", "jazz_kit", Note(0, 100, 42))))
    sax, kit = root.findall("part-list/score-part")
    assert sax.findtext("midi-instrument/midi-program") == "66"
    assert kit.findtext("midi-instrument/midi-channel") == "10"
    assert kit.findtext("midi-instrument/midi-program") == "33"
    assert kit.findtext("midi-instrument/midi-unpitched") == "43"
    assert kit.findtext("score-instrument/instrument-name") == "Closed Hi-Hat"


def test_players_of_one_name_are_numbered():
    parts = [
        Part(i, n, "inner", "violin") for i, n in (("a", "Violin"), ("b", "Violin"), ("c", "Cello"))
    ]
    root = root_of(piece(*parts))
    assert [n.text for n in root.iter("part-name")] == ["Violin 1", "Violin 2", "Cello"]
    assert [n.text for n in root.iter("part-abbreviation")] == ["Vln. 1", "Vln. 2", "Vc."]


def test_transposing_instruments_read_their_own_key():
    root = root_of(
        piece(line("sax", "alto_sax", Note(0, 480, 62)), line("gtr", "acoustic_guitar_nylon"))
    )
    sax, guitar = root.findall("part")
    assert sax.findtext("measure/attributes/key/fifths") == "2"
    assert sax.findtext("measure/attributes/transpose/diatonic") == "-5"
    assert sax.findtext("measure/attributes/transpose/chromatic") == "-9"
    assert sax.findtext(".//note/pitch/step") == "B"
    assert guitar.findtext("measure/attributes/transpose/chromatic") == "0"
    assert guitar.findtext("measure/attributes/transpose/octave-change") == "-1"
    assert guitar.findtext("measure/attributes/key/fifths") == "-1"


def test_a_staff_group_is_one_part_with_two_staves():
    root = root_of(
        piece(
            Part("rh", "Piano RH", "lead", "acoustic_grand_piano", (Note(0, 480, 72),), "pno"),
            Part("lh", "Piano LH", "bass", "acoustic_grand_piano", (Note(0, 480, 48),), "pno"),
        )
    )
    (part,) = root.findall("part")
    assert part.findtext("measure/attributes/staves") == "2"
    assert [c.findtext("sign") for c in part.findall("measure/attributes/clef")] == ["G", "F"]
    assert root.findtext("part-list/score-part/part-name") == "Piano"
    by_staff = {n.findtext("staff"): n.findtext("pitch/octave") for n in part.iter("note")
                if n.find("pitch") is not None}  # fmt: skip
    assert by_staff == {"1": "5", "2": "3"}


@pytest.mark.parametrize(
    ("pitches", "clefs"),
    [((72, 76), ["G"]), ((40, 52), ["F"]), ((40, 76), ["G", "F"]), ((), ["G"])],
)
def test_a_keyboard_has_the_staves_it_needs(pitches, clefs):
    notes = [Note(i * 480, 480, p) for i, p in enumerate(pitches)]
    root = root_of(piece(line("org", "church_organ", *notes)))
    assert [c.findtext("sign") for c in root.iter("clef")] == clefs


def test_drums_have_their_places_heads_and_voices():
    notes = (Note(0, 100, 36), Note(0, 100, 42), Note(480, 100, 38), Note(480, 100, 42))
    root = root_of(piece(line("kit", "standard_kit", *notes), bars=1))
    part = root.find("part")
    assert part.findtext("measure/attributes/clef/sign") == "percussion"
    found = {
        n.find("instrument").get("id"): (
            n.findtext("unpitched/display-step"),
            n.findtext("notehead"),
            n.findtext("stem"),
            n.findtext("voice"),
        )
        for n in part.iter("note")
        if n.find("unpitched") is not None
    }
    assert found["P1-I43"] == ("G", "x", "up", "1")
    assert found["P1-I37"] == ("F", None, "down", "2")
    assert found["P1-I39"][0] == "C"


def test_silent_parts_have_whole_bar_rests():
    part = root_of(piece(line("a", "flute"), meter=Meter(7, 8), bars=3)).find("part")
    rests = part.findall("measure/note/rest")
    assert [r.get("measure") for r in rests] == ["yes"] * 3


def test_sections_chords_dynamics_and_bar_lines():
    score = piece(
        line("kit", "standard_kit"),
        line("tpt", "trumpet", Note(0, 960, 62, articulation="marcato")),
        sections=(
            SectionMark("v", "verse", "A", 0, 2),
            SectionMark("c", "chorus", "B", 2, 1),
            SectionMark("v2", "verse", "A", 3, 1),
        ),
        chords=(
            ChordSpan(0, 1920, parse_chord("Dm7/C")),
            ChordSpan(1920, 960, parse_chord("Dm7/C")),
            ChordSpan(2880, 960, parse_chord("G7#11")),
        ),
        dynamics=(DynamicMark(0, "tpt", "mf"), DynamicMark(1920, "tpt", "mf")),
    )
    root = root_of(score)
    kit, trumpet = root.findall("part")
    assert [r.text for r in kit.iter("rehearsal")] == ["Verse 1", "Chorus", "Verse 2"]
    assert not list(trumpet.iter("rehearsal"))
    assert not list(kit.iter("harmony"))
    first, second = trumpet.iter("harmony")  # in the trumpet's pitch; repeats are not printed
    assert (first.findtext("root/root-step"), first.findtext("bass/bass-step")) == ("E", "D")
    assert first.findtext("kind") == "minor-seventh"
    assert second.findtext("kind") == "dominant"
    assert second.findtext("offset") == "960"
    assert [d.findtext("degree-value") for d in second.findall("degree")] == ["11"]
    assert len(list(trumpet.iter("dynamics"))) == 1
    assert trumpet.find(".//direction/sound[@dynamics]").get("dynamics") == "89"
    assert trumpet.find(".//articulations/strong-accent") is not None
    for part in (kit, trumpet):
        styles = [m.findtext("barline/bar-style") for m in part.findall("measure")]
        assert styles == [None, "light-light", "light-light", "light-heavy"]


def test_tempo_and_swing_words():
    score = piece(line("a", "flute"), meter=Meter(6, 8), tempos=(TempoChange(0, 90.0),))
    root = root_of(score, swing=True)
    assert root.findtext(".//metronome/per-minute") == "60"
    assert root.find(".//metronome/beat-unit-dot") is not None
    assert root.find(".//sound[@tempo]").get("tempo") == "90"
    assert "Swing" in [w.text for w in root.iter("words")]
    assert "Swing" not in [w.text for w in root_of(score).iter("words")]


def test_changes_of_metre_and_key_stand_where_they_happen():
    score = piece(
        line("a", "clarinet", Note(0, 9000, 70)),
        meters=(MeterChange(0, Meter(4, 4)), MeterChange(1920, Meter(3, 4))),
        keys=(KeyChange(0, Key("C", "major")), KeyChange(3360, Key("A", "major"))),
        bars=4,
    )
    measures = root_of(score).findall("part/measure")
    assert [m.findtext("attributes/time/beats") for m in measures] == ["4", "3", None, None]
    assert [m.findtext("attributes/key/fifths") for m in measures] == ["2", None, "5", None]


def test_pizzicato_legato_and_slides():
    notes = [Note(i * 480, 480, 60 + 2 * i, articulation=a) for i, a in enumerate(
        ["pizzicato", "pizzicato", "", "legato", "legato", "slide", "", "ghost"])]  # fmt: skip
    part = root_of(piece(line("a", "violin", *notes), bars=2)).find("part")
    assert [w.text for w in part.iter("words") if w.text.strip(". ") in ("pizz", "arco")] == [
        "pizz.",
        "arco",
    ]
    assert [s.get("type") for s in part.iter("slur")] == ["start", "stop"]
    assert [s.get("type") for s in part.iter("slide")] == ["start", "stop"]
    assert part.find(".//notehead").get("parentheses") == "yes"


def test_a_score_without_parts_is_refused():
    with pytest.raises(ScoreError, match="add a part"):
        write_musicxml(piece())
