"""Scores out of Humdrum **kern: pitches, rhythm, ties, metres, keys, tempi and names of players.

Each staff becomes a part; spines that split within a staff are voices of it. Grace notes,
ornaments, articulation and layout are left out; repeats are played once, as written.

Source: D. Huron, The Humdrum Toolkit: Reference Manual (1994); Verovio Humdrum Viewer guides.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import pairwise

from songwright.errors import FileFormatError
from songwright.evaluate.xml_facts import instrument_named
from songwright.score import KeyChange, MeterChange, Note, Part, Score, TempoChange
from songwright.score.midi_read import MAJOR_TONICS, MINOR_TONICS
from songwright.score.midi_voices import unique_ids
from songwright.score.timemap import TimeMap
from songwright.theory import Key, Meter

_LENGTH = re.compile(r"(\d+)(?:%(\d+))?(\.*)")
_PITCH = re.compile(r"([a-gA-G])\1*(#+|-+|n)?")
_STEPS = {"c": 0, "d": 2, "e": 4, "f": 5, "g": 7, "a": 9, "b": 11}
_WHOLE_TICKS = 1920


@dataclass(slots=True)
class _Spine:
    """A column of the file; ``end`` is when its last token stops sounding."""

    kern: bool
    staff: int = 0
    part: int = 0
    end: Fraction = Fraction(0)

    def copy(self) -> _Spine:
        return _Spine(self.kern, self.staff, self.part, self.end)


@dataclass(slots=True)
class _Staff:
    name: str = ""
    notes: list[list[Fraction | int]] = field(default_factory=list)  # onset, end, pitch
    tied: dict[int, int] = field(default_factory=dict)


def reference_records(text: str) -> dict[str, str]:
    """The file's own facts (``!!!COM: ...``): the first of each key."""
    found: dict[str, str] = {}
    for match in re.finditer(r"^!!!([A-Za-z-]+):[ \t]*(.*)$", text, re.MULTILINE):
        found.setdefault(match[1], match[2].strip())
    return found


def read_kern(text: str) -> Score:
    """Import a **kern file.

    Raises
    ------
    FileFormatError
        If its columns do not add up or it has no **kern spine.
    """
    return _Reader().read(text)


class _Reader:
    def __init__(self) -> None:
        self.spines: list[_Spine] = []
        self.staves: dict[tuple[int, int], _Staff] = {}
        self.now = Fraction(0)
        self.bars: list[Fraction] = [Fraction(0)]
        self.meters: dict[Fraction, Meter] = {}
        self.keys: dict[Fraction, Key] = {}
        self.fifths: int | None = None
        self.tempos: dict[Fraction, float] = {}

    def read(self, text: str) -> Score:
        for line in text.splitlines():
            if not line or line.startswith("!"):
                continue
            cells = line.split("\t")
            if cells[0].startswith("**"):
                self.spines = [_Spine(c == "**kern", staff=100 - i) for i, c in enumerate(cells)]
                continue
            if len(cells) != len(self.spines):
                raise FileFormatError(
                    f"a line of the kern file has {len(cells)} columns instead of "
                    f"{len(self.spines)}: {line[:60]}"
                )
            if cells[0].startswith("*"):
                self._interpret(cells)
            elif cells[0].startswith("="):
                if self.now > self.bars[-1]:
                    self.bars.append(self.now)
            else:
                self._sound(cells)
        title = reference_records(text).get("OTL", "")
        return self._score(title)

    def _interpret(self, cells: list[str]) -> None:
        for spine, cell in zip(self.spines, cells, strict=True):
            if not spine.kern:
                continue
            if cell.startswith("*staff") and cell[6:].isdigit():
                spine.staff = int(cell[6:])
            elif cell.startswith("*part") and cell[5:].isdigit():
                spine.part = int(cell[5:])
            elif cell.startswith('*I"'):
                self._staff(spine).name = cell[3:]
            else:
                self._signature(cell)
        if any(c in ("*^", "*v", "*-", "*x", "*+") for c in cells):
            self._rearrange(cells)

    def _signature(self, cell: str) -> None:
        meter = re.fullmatch(r"\*M(\d+)/(\d+)", cell)
        tempo = re.fullmatch(r"\*MM(\d+(?:\.\d+)?)", cell)
        key = re.fullmatch(r"\*([A-Ga-g])([#-]*):.*", cell)
        if meter and meter[2] in ("1", "2", "4", "8", "16", "32") and 1 <= int(meter[1]) <= 32:
            self.meters[self.now] = Meter(int(meter[1]), int(meter[2]))
        elif tempo and float(tempo[1]) > 0:
            self.tempos[self.now] = float(tempo[1])
        elif cell.startswith("*k["):
            fifths = cell.count("#") - cell.count("-")
            if -7 <= fifths <= 7:
                self.keys[self.now] = Key(MAJOR_TONICS[fifths + 7], "major")
        elif key:
            name = key[1].upper() + key[2].replace("-", "b")
            minor = key[1].islower()
            if name in (MINOR_TONICS if minor else MAJOR_TONICS):
                self.keys[self.now] = Key(name, "minor" if minor else "major")

    def _rearrange(self, cells: list[str]) -> None:
        """Splits, joins, ends and exchanges of spines."""
        after: list[_Spine] = []
        joining = False
        for i, (spine, cell) in enumerate(zip(self.spines, cells, strict=True)):
            if cell == "*-":
                joining = False
                continue
            if cell == "*v" and joining:
                after[-1].end = max(after[-1].end, spine.end)
                continue
            joining = cell == "*v"
            after.append(spine)
            if cell == "*^":
                after.append(spine.copy())
            elif cell == "*+":
                after.append(_Spine(False))
            elif cell == "*x" and i and cells[i - 1] == "*x":
                after[-2:] = after[-2:][::-1]
        self.spines = after

    def _sound(self, cells: list[str]) -> None:
        timed = [
            self._token(spine, cell)
            for spine, cell in zip(self.spines, cells, strict=True)
            if spine.kern and cell != "."
        ]
        ends = [s.end for s in self.spines if s.kern and s.end > self.now]
        if ends and any(timed):  # a line of grace notes or dynamics takes no time
            self.now = min(ends)

    def _token(self, spine: _Spine, cell: str) -> bool:
        """Sound the notes of a token; True if it has a length."""
        timed = False
        for word in cell.split(" "):
            length = _length(word)
            if "q" in word.lower() or length is None:
                continue
            if not timed:
                spine.end = self.now + length
            timed = True
            pitch = None if "r" in word else _pitch(word)
            if pitch is not None:
                self._note(self._staff(spine), word, pitch, self.now + length)
        return timed

    def _note(self, staff: _Staff, word: str, pitch: int, end: Fraction) -> None:
        ends_tie, goes_on = "]" in word or "_" in word, "[" in word or "_" in word
        if ends_tie and pitch in staff.tied:
            held = staff.notes[staff.tied[pitch]]
            held[1] = max(held[1], end)
            if not goes_on:
                del staff.tied[pitch]
            return
        staff.notes.append([self.now, end, pitch])
        if goes_on:
            staff.tied[pitch] = len(staff.notes) - 1

    def _staff(self, spine: _Spine) -> _Staff:
        return self.staves.setdefault((spine.part, spine.staff), _Staff())

    def _score(self, title: str) -> Score:
        heard = [self.staves[place] for place in sorted(self.staves) if self.staves[place].notes]
        if not heard:
            raise FileFormatError("the kern file has no notes")
        ids = unique_ids([staff.name or "staff" for staff in heard])
        parts = tuple(
            Part(part_id, staff.name or "Staff", "lead" if i == 0 else "chords",
                 instrument_named(staff.name, None), _notes(staff))
            for i, (part_id, staff) in enumerate(zip(ids, heard, strict=True))
        )  # fmt: skip
        tempos = {0: 120.0} | {_ticks(at): bpm for at, bpm in self.tempos.items()}
        changes = tuple(TempoChange(t, b) for t, b in sorted(tempos.items()))
        keys = {0: Key("C", "major")} | {_ticks(at): key for at, key in self.keys.items()}
        meters = self._meters()
        bars, rest = TimeMap.build(changes, meters).position(_ticks(self.now))
        return Score(
            title, max(1, bars + (rest > 0)), meters, changes,
            tuple(KeyChange(t, k) for t, k in sorted(keys.items())), (), (), parts,
        )  # fmt: skip

    def _meters(self) -> tuple[MeterChange, ...]:
        """Metre changes, renewed behind every bar that is shorter or longer than its metre."""
        written = {_ticks(at): meter for at, meter in self.meters.items()}
        lines = [_ticks(at) for at in self.bars]
        meter = written.get(0, Meter(4, 4))
        found = {0: meter}
        for start, stop in pairwise(lines):
            if start in written and written[start] != meter:
                meter = found[start] = written[start]
            if (stop - start) % meter.bar_ticks:
                found[stop] = written.get(stop, meter)
        return tuple(MeterChange(tick, found[tick]) for tick in sorted(found))


def _length(word: str) -> Fraction | None:
    """Length of a token in whole notes; None without one."""
    match = _LENGTH.search(word)
    if match is None:
        return None
    if set(match[1]) == {"0"}:
        length = Fraction(2 ** len(match[1]))  # 0 breve, 00 longa
    else:
        length = Fraction(int(match[2] or 1), int(match[1]))
    return length * (2 - Fraction(1, 2 ** len(match[3])))


def _pitch(word: str) -> int | None:
    match = _PITCH.search(word)
    if match is None:
        return None
    letters = re.match(r"[a-gA-G]+", word[match.start() :])
    count = len(letters[0]) if letters else 1
    octave = 3 + count if match[1].islower() else 4 - count
    signs = match[2] or ""
    pitch = 12 * (octave + 1) + _STEPS[match[1].lower()] + signs.count("#") - signs.count("-")
    return pitch if 0 <= pitch <= 127 else None


def _ticks(at: Fraction) -> int:
    return round(at * _WHOLE_TICKS)


def _notes(staff: _Staff) -> tuple[Note, ...]:
    rows = sorted((round(on * _WHOLE_TICKS), round(end * _WHOLE_TICKS), int(pitch))
                  for on, end, pitch in staff.notes)  # fmt: skip
    return tuple(Note(on, max(1, end - on), pitch, 80) for on, end, pitch in rows)
