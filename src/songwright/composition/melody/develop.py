"""Returns of a theme: exact, near, varied, or lifted to a climax.

People repeat a third of their phrases exactly and half of them nearly so (see the development mix
in the evaluation docs); music that always copies or always varies sounds made by machine.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from random import Random

from songwright.composition.melody.line import Moment, pitch_line
from songwright.score import Note
from songwright.styles import MelodyFacts
from songwright.theory import Chord, Key, Meter

TREATMENTS = {"exact": 0.44, "near": 0.34, "varied": 0.15, "lifted": 0.07}


def choose_treatment(
    occurrence: int, is_peak: bool, rng: Random, returns: Mapping[str, float] = TREATMENTS
) -> str:
    """How a return treats its theme; the peak of the piece is lifted more often.

    ``returns`` weighs the treatments; it may leave some out.
    """
    if occurrence == 0:
        return "exact"
    weights = dict(returns)
    if is_peak:
        weights["lifted"] = weights.get("lifted", 0.0) + 0.4
    return rng.choices(list(weights), list(weights.values()))[0]


def develop(
    theme: Sequence[Note],
    treatment: str,
    *,
    meter: Meter,
    bars: int,
    chord_at: Callable[[int], Chord],
    old_chord_at: Callable[[int], Chord],
    key: Key,
    transpose: int,
    low: int,
    high: int,
    facts: MelodyFacts,
    closes: bool,
    rng: Random,
    returns: bool = False,
) -> list[Note]:
    """A theme set again under the harmony of another section.

    Bars whose chords are unchanged keep their pitches; where the harmony differs, or the treatment
    asks for it, notes move to the nearest line that fits. With ``returns`` the theme may come back
    an octave away from where it was first heard.
    """
    bar = meter.bar_ticks
    notes = [n for n in theme if n.onset_ticks < bars * bar]
    notes = [
        replace(n, duration_ticks=min(n.duration_ticks, bars * bar - n.onset_ticks)) for n in notes
    ]
    if not notes:
        return []
    octave = _octave(notes, transpose, low, high)
    if returns:
        octave += 12 * _other_octave(notes, transpose + octave, low, high, rng)
    shift = transpose + octave
    changed = {
        n.onset_ticks // bar for n in notes
        if old_chord_at(n.onset_ticks).root_pc + transpose % 12 != chord_at(n.onset_ticks).root_pc
        and (old_chord_at(n.onset_ticks).root_pc + transpose - chord_at(n.onset_ticks).root_pc) % 12
    }  # fmt: skip
    free: set[int] = set()
    sounding = sorted({n.onset_ticks // bar for n in notes})
    if treatment == "near" and sounding:
        free = {rng.choice(sounding[len(sounding) // 2 :])}
    elif treatment in ("varied", "lifted") and sounding:
        free = {b for b in sounding if rng.random() < 0.4} or {sounding[-1]}
    fits = all(low <= n.pitch + shift <= high for n in notes)
    if fits and not changed and not free and not closes:
        return [replace(n, pitch=n.pitch + shift) for n in notes]
    lift = 4.0 if treatment == "lifted" else 0.0
    if treatment in ("near", "varied"):
        notes = _reshape(notes, free, meter, rng)
    moments = []
    for i, note in enumerate(notes):
        at = note.onset_ticks // bar
        target = float(note.pitch + shift)
        is_free = at in free
        if is_free:
            target += lift + rng.choice((-2.0, 2.0, 3.0, 0.0))
        chord = chord_at(note.onset_ticks + note.duration_ticks * 2 // 5)
        is_last = i == len(notes) - 1
        # A return that now ends on the tonic chord closes with it (a second ending).
        arrives = at in changed and chord.root_pc == key.tonic_pc
        end = "close" if is_last and (closes or arrives) else ""
        fidelity = 0.35 if is_free else 1.2 if at in changed else 30.0
        if end:
            fidelity = min(fidelity, 0.6)
        moments.append(
            Moment(
                note.onset_ticks, note.duration_ticks, meter.strength(note.onset_ticks % bar),
                chord, key, target, fidelity, end,
            )
        )  # fmt: skip
    pitches = pitch_line(moments, low, high, facts, rng, temperature=0.3)
    return [
        replace(n, pitch=_kept(p, n, m, shift, low, high))
        for n, p, m in zip(notes, pitches, moments, strict=True)
    ]


def _kept(pitch: int, note: Note, moment: Moment, shift: int, low: int, high: int) -> int:
    """Bars that stay as they were keep even the notes that the line would have smoothed."""
    wanted = note.pitch + shift
    return wanted if moment.fidelity >= 30.0 and low <= wanted <= high else pitch


def _octave(notes: Sequence[Note], transpose: int, low: int, high: int) -> int:
    """Octave shift that keeps a transposed theme in range with the least movement."""
    top = max(n.pitch for n in notes) + transpose
    bottom = min(n.pitch for n in notes) + transpose

    def outside(shift: int) -> tuple[int, int]:
        return max(0, top + shift - high) + max(0, low - bottom - shift), abs(shift)

    return min((0, -12, 12), key=outside)


WIDE = 30  # semitones of a compass in which a theme may come back an octave away
_ELSEWHERE = 0.6


def _other_octave(notes: Sequence[Note], transpose: int, low: int, high: int, rng: Random) -> int:
    """1 or -1 where a return sounds an octave higher or lower than before, else 0.

    Players with a wide compass say a theme again in another register.
    """
    if high - low < WIDE or rng.random() >= _ELSEWHERE:
        return 0
    top = max(n.pitch for n in notes) + transpose
    bottom = min(n.pitch for n in notes) + transpose
    fitting = [k for k in (1, -1) if low <= bottom + 12 * k and top + 12 * k <= high]
    return rng.choice(fitting) if fitting else 0


def _reshape(notes: Sequence[Note], bars: set[int], meter: Meter, rng: Random) -> list[Note]:
    """Ornament or thin the rhythm of some bars: split a long note or join two short ones."""
    result: list[Note] = []
    for note in notes:
        at = note.onset_ticks // meter.bar_ticks
        if at in bars and note.duration_ticks >= 960 and rng.random() < 0.6:
            half = note.duration_ticks // 480 // 2 * 480
            half = half or note.duration_ticks // 2
            result.append(replace(note, duration_ticks=half))
            result.append(
                replace(
                    note, onset_ticks=note.onset_ticks + half,
                    duration_ticks=note.duration_ticks - half, velocity=note.velocity - 4,
                )
            )  # fmt: skip
        elif (
            at in bars
            and result
            and note.duration_ticks <= 240
            and result[-1].end_ticks == note.onset_ticks
            and meter.strength(note.onset_ticks % meter.bar_ticks) <= 1
            and rng.random() < 0.35
        ):
            result[-1] = replace(
                result[-1], duration_ticks=result[-1].duration_ticks + note.duration_ticks
            )
        else:
            result.append(note)
    return result
