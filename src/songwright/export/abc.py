"""ABC notation (standard 2.1, abcnotation.com) of a score, through the same engraving rules.

Pitches are written where they sound, but for instruments that read octaves away. Every altered
note says so itself, so that programs with other rules for accidentals read the same notes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import groupby

from songwright.export.abc_voice import Voice, key_field, plain
from songwright.export.naming import section_names
from songwright.export.tags import Tags
from songwright.score import Score
from songwright.score.notation.bars import BarLine
from songwright.score.notation.staves import PrintedPart, printed_parts
from songwright.score.timemap import TimeMap
from songwright.theory import QUALITIES, Chord, Key, Meter

_ONSETS_A_LINE = 28  # as many as programs can set on a line of a score
_SHOWN_CHANGE = 0.06  # tempo changes below this are the player's
_PLAIN_QUALITIES = {"", "m", "7", "m7", "dim", "aug", "6", "m6", "maj7", "sus4", "9", "m9"}
_PITCHED_CHANNELS = (1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 12, 13, 14, 15, 16)


def write_abc(score: Score, tags: Tags) -> str:
    """A score as the text of an ``.abc`` file with one tune.

    Parameters
    ----------
    score
        The piece; each staff becomes a voice, or two where it has two.
    tags
        Genre, software and licence, for the head.

    Returns
    -------
    str
        The same for the same score.

    Raises
    ------
    ScoreError
        If a metre change cuts a bar off the grid of notation.
    """
    barline = BarLine(score)
    parts = printed_parts(score, barline)
    keys = {barline.nearest_start(c.tick): c.key for c in score.keys}
    voices = _voices(score, parts, barline)
    key = keys.get(0, Key("C", "major"))
    lines = [
        "%abc-2.1",
        "X:1",
        f"T:{plain(score.title)}",
        *([f"R:{plain(tags.genre)}"] if tags.genre else []),
        f"Z:{tags.software}",
        f"N:{tags.licence}",
        f"M:{barline.bars[0].meter}",
        "L:1/8",
        f"Q:{_tempo(score.tempos[0].bpm, barline.bars[0].meter)}",
        "%%MIDI gchordoff",
        *_chord_names(score),
        *([f"%%score {_layout(voices)}"] if len(voices) > 1 else []),
        *(voice.head() for voice in voices),
        f"K:{key_field(key)}",
        *(line for voice in voices for line in voice.playback()),
    ]
    tempos = _tempos(score, barline)
    count = _bars_a_line(score, barline, len(voices))
    for first in range(0, len(barline.bars), count):
        row = barline.bars[first : first + count]
        for number, voice in enumerate(voices):
            text = " ".join(
                voice.bar(bar, keys.get(bar.number) if bar.number else None,
                          tempos.get(bar.number, "") if number == 0 else "")
                for bar in row
            )  # fmt: skip
            lines.append(f"[V:{voice.id}] {text}" if len(voices) > 1 else text)
    return "\n".join(lines) + "\n"


def _bars_a_line(score: Score, barline: BarLine, voices: int) -> int:
    """Four bars of a single line; two or one of a score, as its busiest part allows."""
    if voices == 1:
        return 4
    busiest = 0
    for part in score.parts:
        bars = Counter(barline.at(tick).number for tick in {n.onset_ticks for n in part.notes})
        busiest = max(busiest, *bars.values(), 0)
    return 2 if 2 * busiest <= _ONSETS_A_LINE else 1


def _voices(score: Score, parts: list[PrintedPart], barline: BarLine) -> list[Voice]:
    voices = []
    names = section_names(score)
    channels = iter(_PITCHED_CHANNELS * (1 + len(parts) // len(_PITCHED_CHANNELS)))
    for part in parts:
        channel = 10 if part.is_kit else next(channels)
        for staff in part.staves:
            for index in range(max(1, len(staff.voices))):
                voices.append(Voice(score, part, staff, index, barline, channel))
    sections = {s.start_bar: n for s, n in zip(score.sections, names, strict=True)}
    chords = _chords(score, barline)
    on = next((v for v in voices if not v.part.is_kit), voices[0])
    for voice in {id(v): v for v in (voices[0], on)}.values():
        voice.mark(chords if voice is on else [], sections if voice is voices[0] else {})
    return voices


def _chords(score: Score, barline: BarLine) -> list[tuple[int, str]]:
    """Chord symbols where the chord changes or a section begins."""
    section_ticks = {
        barline.bars[s.start_bar].start for s in score.sections if s.start_bar < len(barline.bars)
    }
    shown: list[tuple[int, str]] = []
    before = ""
    for span in score.chords:
        symbol = _chord_name(span.chord)
        if span.onset_ticks < barline.end and (
            symbol != before or span.onset_ticks in section_ticks
        ):
            shown.append((span.onset_ticks, symbol))
        before = symbol
    return shown


def _chord_name(chord: Chord) -> str:
    """A chord symbol; a slash may only stand before the bass."""
    bass = f"/{chord.bass}" if chord.bass else ""
    return chord.root + chord.quality.replace("/", "") + bass


def _chord_names(score: Score) -> Iterator[str]:
    """Definitions of the chord qualities in use, for programs that know only the plain ones."""
    for quality in sorted({span.chord.quality for span in score.chords} - _PLAIN_QUALITIES):
        steps = QUALITIES[quality]
        yield f"%%MIDI chordname {quality.replace('/', '')} {' '.join(map(str, steps))}"


def _tempos(score: Score, barline: BarLine) -> dict[int, str]:
    """Metronome marks by bar, where the tempo really changes."""
    times = TimeMap.of(score)
    shown = times.bpm(0)
    marks = {}
    for bar in barline.bars[1:]:
        bpm = times.bpm(bar.start)
        if abs(bpm / shown - 1) >= _SHOWN_CHANGE:
            marks[bar.number] = _tempo(bpm, bar.meter)
            shown = bpm
    return marks


def _tempo(bpm: float, meter: Meter) -> str:
    """Metronome mark for the felt beat."""
    if meter.is_compound and meter.denominator == 8:
        return f"3/8={bpm / 1.5:.0f}"
    if meter.denominator == 2:
        return f"1/2={bpm / 2:.0f}"
    return f"1/4={bpm:.0f}"


def _layout(voices: Sequence[Voice]) -> str:
    """``%%score``: staves of a part in braces, voices of a staff in parentheses."""
    words = []
    for _, own in groupby(voices, key=lambda v: v.part.id):
        staves = []
        for _, of_staff in groupby(own, key=lambda v: id(v.staff)):
            ids = [v.id for v in of_staff]
            staves.append(f"({' '.join(ids)})" if len(ids) > 1 else ids[0])
        words.append("{" + " ".join(staves) + "}" if len(staves) > 1 else staves[0])
    return " ".join(words)
