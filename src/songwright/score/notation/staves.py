"""From the parts of a score to printed parts with staves, clefs and voices."""

from __future__ import annotations

from dataclasses import dataclass

from songwright.score.instruments import Instrument, instrument
from songwright.score.model import Note, Part, Score
from songwright.score.notation.bars import Bar, BarLine
from songwright.score.notation.facts import drum_sign
from songwright.score.notation.grid import settle, snap
from songwright.score.notation.transposition import Transposition
from songwright.score.notation.voices import Slice, pitched_voices, slices, split_hands
from songwright.units import TICKS_PER_BEAT

# Clef: written pitches of its bottom and top line.
_CLEF_LINES = {"treble": (64, 77), "bass": (43, 57), "alto": (53, 67), "tenor": (50, 64)}
_SEMITONES_PER_LEDGER = 3.5
_BEARABLE_LEDGER_LINES = 2.5


@dataclass(frozen=True, slots=True)
class Staff:
    """One staff: its clef and one or two voices, the upper first."""

    clef: str
    voices: tuple[tuple[Slice, ...], ...]


@dataclass(frozen=True, slots=True)
class PrintedPart:
    """What stands under one name in the score: a part, or the parts of one staff group."""

    id: str
    name: str
    instrument: Instrument
    part_ids: tuple[str, ...]
    staves: tuple[Staff, ...]
    transposition: Transposition

    @property
    def is_kit(self) -> bool:
        return self.instrument.is_kit

    @property
    def drum_keys(self) -> tuple[int, ...]:
        """Percussion keys that the part uses, in order; the snare drum for a silent kit."""
        keys = {t.note.pitch for s in self.staves for v in s.voices for x in v for t in x.tones}
        return tuple(sorted(keys)) or (38,)


def players_parts(score: Score) -> list[list[Part]]:
    """The parts of each player, in order; a player stands where the first part is.

    Parts of one staff group belong together only on one instrument: a right hand that was given
    to a clarinet is a clarinettist, not the upper staff of a piano.
    """
    groups: dict[tuple[str, str], list[Part]] = {}
    for part in score.parts:
        # A NUL cannot be in a staff group's name, so lone parts never meet one.
        key = part.staff_group or f"\0{part.id}"
        groups.setdefault((key, part.instrument), []).append(part)
    return list(groups.values())


def printed_parts(score: Score, barline: BarLine) -> list[PrintedPart]:
    """The score's parts as printed, in order; staff groups stand where their first part is."""
    groups = players_parts(score)
    return [_printed(f"P{i}", parts, barline) for i, parts in enumerate(groups, start=1)]


def _printed(part_id: str, parts: list[Part], barline: BarLine) -> PrintedPart:
    first = parts[0]
    player = instrument(first.instrument)
    name = first.name if len(parts) == 1 else _common_name(parts)
    transposition = Transposition(0 if player.is_kit else player.transpose_semitones)
    rows = [snap(part.notes, barline) for part in parts]
    if player.is_kit:
        notes = sorted((n for row in rows for n in row), key=lambda n: (n.onset_ticks, n.pitch))
        staves = [Staff("percussion", _drum_voices(notes, barline))]
    elif len(parts) > 1:
        staves = [
            _staff(row, barline, player, transposition, "treble" if i == 0 else "bass")
            for i, row in enumerate(rows)
        ]
    elif player.clef == "grand" and _needs_two_staves(rows[0], transposition):
        hands = zip(split_hands(rows[0]), ("treble", "bass"), strict=True)
        staves = [_staff(row, barline, player, transposition, clef) for row, clef in hands]
    else:
        clef = player.clef
        if clef == "grand":
            clef = min(("treble", "bass"), key=lambda c: _ledger_lines(rows[0], transposition, c))
        staves = [_staff(rows[0], barline, player, transposition, clef)]
    ids = tuple(part.id for part in parts)
    return PrintedPart(part_id, name, player, ids, tuple(staves), transposition)


def _staff(
    notes: list[Note], barline: BarLine, player: Instrument, by: Transposition, clef: str
) -> Staff:
    voices = pitched_voices(notes, barline, player.sustains)
    return Staff(_readable_clef(notes, by, clef), tuple(tuple(voice) for voice in voices))


def _drum_voices(notes: list[Note], barline: BarLine) -> tuple[tuple[Slice, ...], ...]:
    """Hands above, feet below; a kit part without both has one voice."""
    hands = [n for n in notes if not drum_sign(n.pitch).foot]
    feet = [n for n in notes if drum_sign(n.pitch).foot]
    voices = []
    for row in (hands, feet):
        if row:
            voices.append(tuple(slices(settle(_strokes(row, barline), barline))))
    return tuple(voices)


def _strokes(notes: list[Note], barline: BarLine) -> list[Note]:
    """Drum notes lengthened to the next stroke, or to the end of the beat if that is sooner.

    How long a drum sounds is not written; this way the beat is filled with the fewest rests.
    """
    onsets = sorted({n.onset_ticks for n in notes})
    ends = dict(zip(onsets, [*onsets[1:], barline.end], strict=True))
    return [
        Note(
            n.onset_ticks,
            min(ends[n.onset_ticks], _beat_end(barline.at(n.onset_ticks), n.onset_ticks))
            - n.onset_ticks,
            n.pitch,
            n.velocity,
            n.articulation,
        )
        for n in notes
    ]


def _beat_end(bar: Bar, tick: int) -> int:
    at = bar.start
    for pulse in bar.meter.pulses_ticks:
        if tick < at + pulse:
            beat = TICKS_PER_BEAT if pulse % TICKS_PER_BEAT == 0 else pulse
            return min(at + ((tick - at) // beat + 1) * beat, bar.end)
        at += pulse
    return bar.end


def _needs_two_staves(notes: list[Note], by: Transposition) -> bool:
    """True when a keyboard part does not read well on a single treble or bass staff."""
    if not notes:
        return False
    pitches = [n.pitch + by.semitones for n in notes]
    return not (min(pitches) >= 55 or max(pitches) <= 65)


def _readable_clef(notes: list[Note], by: Transposition, usual: str) -> str:
    """The usual clef, unless the notes lie far outside it and another one holds them."""
    if _ledger_lines(notes, by, usual) <= _BEARABLE_LEDGER_LINES:
        return usual
    return min((usual, "treble", "bass"), key=lambda clef: _ledger_lines(notes, by, clef))


def _ledger_lines(notes: list[Note], by: Transposition, clef: str) -> float:
    """Mean number of ledger lines of the written notes in a clef."""
    low, high = _CLEF_LINES[clef]
    written = [n.pitch + by.semitones for n in notes]
    outside = sum(max(0, low - pitch, pitch - high) for pitch in written)
    return outside / _SEMITONES_PER_LEDGER / max(1, len(written))


def _common_name(parts: list[Part]) -> str:
    """What the names of a group's parts begin with: "Piano RH" and "Piano LH" are "Piano"."""
    words = [part.name.split() for part in parts]
    common = []
    for column in zip(*words, strict=False):
        if len(set(column)) > 1:
            break
        common.append(column[0])
    return " ".join(common).rstrip(" (-,:") or parts[0].name
