"""Song charts: the McGill Billboard annotations as chords, sections and phrases in bars.

A chart is text, one phrase to a line, a bar between pipes. Bars of another length, or whose harmony
the annotators could not tell (``*``), have no place in a piece of one metre: the section keeps its
name and length, and has no chords at all. (A stretch *without harmony* has a chord ``none``.)
"""

from __future__ import annotations

import re
import statistics
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from training.corpora.chord_labels import parse_label, pitch_class
from training.corpora.forms import UNNAMED, file_hash, function_of, song_group
from training.corpora.model import Chord, Entry, Piece, Section

SOURCE = "billboard_chords"
LICENCE = "CC0-1.0"
ATTRIBUTION = "McGill Billboard annotations 2.0"

FEWEST_BARS = 4
_BEATS = {"4/4": 4, "3/4": 3, "2/4": 2, "5/4": 5, "7/4": 7, "12/8": 4, "6/8": 2, "9/8": 3}
_LETTER = re.compile(r"[A-Z]'*")
_REPEAT = re.compile(r"x(\d+)")
_MINOR = frozenset(["min", "min7", "min6", "minmaj7", "dim", "hdim7", "dim7"])
_MAJOR = frozenset(["maj", "maj7", "7", "6", "9", "aug"])


@dataclass
class Stretch:
    """A section as written: labels of each bar's beats, and why its harmony is unknown."""

    function: str
    letter: str
    bars: list[list[str]] = field(default_factory=list)
    phrases: list[int] = field(default_factory=list)
    trouble: str = ""


@dataclass
class Chart:
    """The part of a song that is in one metre and key."""

    metre: str
    tonic: str
    stretches: list[Stretch] = field(default_factory=list)
    seconds_per_bar: list[float] = field(default_factory=list)

    @property
    def bars(self) -> int:
        return sum(len(stretch.bars) for stretch in self.stretches)


def parse_charts(text: str) -> list[Chart]:
    """Split a file into charts: a change of tonic or metre in the middle begins another.

    Raises
    ------
    ValueError
        If the metre is not one of those that the set uses.
    """
    charts: list[Chart] = []
    head = {"metre": "", "tonic": ""}
    previous: tuple[float, int] | None = None
    is_new = True
    for line in text.splitlines():
        if line.startswith("#"):
            name, _, value = line[1:].partition(":")
            if name.strip() in head:
                head[name.strip()] = value.strip()
                is_new = True
            continue
        clock, _, content = line.partition("\t")
        if not content:
            continue
        seconds = float(clock)
        if previous is not None and charts:
            begun, count = previous
            charts[-1].seconds_per_bar.append((seconds - begun) / count)
        previous = None
        if "|" not in content:
            continue
        if is_new:
            if head["metre"] not in _BEATS:
                raise ValueError(f"unknown metre {head['metre']!r}")
            last = charts[-1].stretches[-1] if charts and charts[-1].stretches else None
            charts.append(Chart(head["metre"], head["tonic"]))
            if last is not None:  # a section may go on in the new key
                charts[-1].stretches.append(Stretch(last.function, last.letter))
            is_new = False
        added, is_steady = _read_line(content, charts[-1])
        if added and is_steady:
            previous = (seconds, added)
    for chart in charts:
        chart.stretches = [stretch for stretch in chart.stretches if stretch.bars]
    return charts


def _read_line(content: str, chart: Chart) -> tuple[int, bool]:
    """Add a line to the chart; how many bars it has, and whether all are of the same length."""
    before, _, rest = content.partition("|")
    body, _, after = rest.rpartition("|")
    labels = [label.strip() for label in before.split(",") if label.strip()]
    letter = next((label for label in labels if _LETTER.fullmatch(label)), "")
    functions = [found for label in labels if (found := function_of(label))]
    if labels or not chart.stretches:
        chart.stretches.append(Stretch(functions[0] if functions else UNNAMED, letter))
    stretch = chart.stretches[-1]
    bars: list[list[str]] = []
    steady = True
    for cell in body.split("|"):
        tokens = cell.split()
        if tokens == ["&pause"]:  # a hold, not a bar
            steady = False
            continue
        if any(token.startswith("(") for token in tokens):
            steady = False
            stretch.trouble = stretch.trouble or "bar of another metre"
        elif "*" in tokens:
            stretch.trouble = stretch.trouble or "harmony unclear"
        elif "&pause" in tokens or not _fits(tokens, chart.metre):
            stretch.trouble = stretch.trouble or "beats do not fill the bar"
        bars.append(tokens)
    match = _REPEAT.search(after)
    times = int(match[1]) if match else 1
    for _ in range(times):
        stretch.phrases.append(len(stretch.bars))
        stretch.bars.extend(bars)
    return times * len(bars), steady


def _fits(tokens: list[str], metre: str) -> bool:
    beats, numerator = _BEATS[metre], int(metre.partition("/")[0])
    allowed = {1, beats, numerator} | ({2} if beats == 4 else set())
    return len(tokens) in allowed and tokens[0] != "."


def chords_of(stretch: Stretch, first_tick: int, bar_ticks: int) -> list[Chord]:
    """Chords of a section: equal neighbours are one chord, across bar lines too.

    Raises
    ------
    ValueError
        If a label cannot be read.
    """
    chords: list[Chord] = []
    for number, tokens in enumerate(stretch.bars):
        share = bar_ticks // len(tokens)
        for index, token in enumerate(tokens):
            onset = first_tick + number * bar_ticks + index * share
            new = chords[-1] if token == "." else parse_label(token, onset, share)
            if chords and _sound(new) == _sound(chords[-1]):
                old = chords[-1]
                new = Chord(old.onset, old.duration + share, old.root, old.quality, old.bass)
                chords[-1] = new
            else:
                chords.append(new)
    return chords


def _sound(chord: Chord) -> tuple[int, str, int]:
    return chord.root, chord.quality, chord.bass


def is_minor(chords: list[Chord], tonic: int) -> bool:
    """Mode by the time that minor and major chords on the tonic, or else the subdominant, take."""
    for degree in (0, 5, 3):
        weight = Counter[bool]()
        for chord in chords:
            if (chord.root - tonic) % 12 == degree % 12 and chord.quality in _MINOR | _MAJOR:
                weight[chord.quality in _MINOR] += chord.duration
        if weight:
            # A chord on the third semitone belongs to minor whatever its own third.
            return True if degree == 3 else weight[True] > weight[False]
    return False


def piece_of(chart: Chart, piece_id: str) -> Piece:
    """A piece from a chart.

    Raises
    ------
    ValueError
        If a label cannot be read.
    """
    numerator, denominator = (int(n) for n in chart.metre.split("/"))
    bar_ticks = 1920 * numerator // denominator
    chords: list[Chord] = []
    sections: list[Section] = []
    phrases: list[int] = []
    bar = 0
    for stretch in chart.stretches:
        sections.append(Section(stretch.function, stretch.letter, bar, len(stretch.bars)))
        phrases += [bar + start for start in stretch.phrases if start < len(stretch.bars)]
        if not stretch.trouble:
            chords += chords_of(stretch, bar * bar_ticks, bar_ticks)
        bar += len(stretch.bars)
    tonic = pitch_class(chart.tonic)
    seconds = statistics.median(chart.seconds_per_bar) if chart.seconds_per_bar else 2.0
    return Piece(
        id=piece_id,
        source=SOURCE,
        family="pop_rock_song",
        numerator=numerator,
        denominator=denominator,
        bars=bar,
        tonic_pc=tonic,
        minor=is_minor(chords, tonic),
        tempo_bpm=round(bar_ticks / 480 * 60 / seconds, 1),
        chords=tuple(chords),
        chords_given=True,
        sections=tuple(sections),
        phrase_starts=tuple(sorted(set(phrases))),
    )


def read_all(root: Path) -> tuple[list[Piece], list[Entry]]:
    """All charts below a folder. Of charts with the same content the first is kept."""
    pieces: list[Piece] = []
    entries: list[Entry] = []
    seen: dict[str, str] = {}
    troubles: Counter[str] = Counter()
    for path in sorted(root.glob("*.txt")):
        data = path.read_bytes()
        text = data.decode("utf-8")
        title = next((ln.partition(":")[2] for ln in text.splitlines() if "# title" in ln), "")
        item = f"{SOURCE}/{path.stem}"
        content = "\n".join(line for line in text.splitlines() if not line.startswith("#"))
        reason = f"same chart as {seen[content]}" if content in seen else ""
        seen.setdefault(content, item)
        charts = [] if reason else parse_charts(text)
        troubles.update(s.trouble for chart in charts for s in chart.stretches)
        made = [
            piece_of(chart, f"{item}#{number}" if len(charts) > 1 else item)
            for number, chart in enumerate(charts, 1)
            if chart.bars >= FEWEST_BARS
        ]
        made = [piece for piece in made if piece.chords]
        if not made and not reason:
            reason = "no chords"
        pieces += made
        entries.append(
            Entry(
                id=item,
                source=SOURCE,
                licence=LICENCE,
                attribution=ATTRIBUTION,
                sha256=file_hash(data),
                group=song_group(title),
                split="left out" if reason else "",
                reason=reason,
                pieces=len(made),
            )
        )
    for trouble, count in sorted(troubles.items()):
        print(f"  sections: {count} {trouble or 'with harmony'}")
    return pieces, entries
