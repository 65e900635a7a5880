"""Was the request obeyed? One verdict for each expectation of a prompt.

Tolerances: tempo ±2 % of the range asked for; an exact length ±1 %, any other length ±1 bar; an
instrument counts when it sounds in at least 15 % of the bars; a forbidden one may not have a single
note. Style and use cannot be measured in a MIDI file; they are taken from ``song.json``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from bench.measure import Piece, find_key
from bench.prompts_charts import Chart, follow_chart
from bench.prompts_families import sounds
from bench.prompts_theory import key_agrees, key_name, pitch_class

SOUNDS_IN = 0.15
TEMPO_SLACK = 0.02
SWUNG = 0.56


@dataclass(frozen=True)
class Verdict:
    """One control of one prompt: what was asked, what was measured, and whether they agree."""

    control: str
    asked: str
    measured: str
    obeyed: bool


def judge(expect: dict[str, Any], piece: Piece, facts: dict[str, Any]) -> list[Verdict]:
    """Hold a piece against every expectation, and against silence where there should be music.

    Parameters
    ----------
    expect
        The ``expect`` table of a line of ``prompts.jsonl``.
    piece
        The written MIDI file.
    facts
        ``style`` and ``use`` as the program states them.

    Raises
    ------
    ValueError
        If an expectation is of an unknown kind.
    """
    verdicts = []
    for name, wanted in expect.items():
        if name in ("style", "use"):
            found = str(facts.get(name))
            good = found in ([wanted] if isinstance(wanted, str) else wanted)
            verdicts.append(Verdict(name, str(wanted), found, good))
        elif name == "key":
            verdicts.append(_key(wanted, piece, modulates="modulation" in expect))
        elif name in _JUDGES:
            verdicts.extend(_JUDGES[name](wanted, piece))
        else:
            raise ValueError(f"an expectation named {name!r} is not known")
    verdicts.append(_no_dead_air(piece))
    return [replace(v, obeyed=bool(v.obeyed)) for v in verdicts]  # NumPy has bools of its own


def _tempo(wanted: list[float], piece: Piece) -> list[Verdict]:
    low, high = wanted
    bpm = piece.tempo_bpm
    good = low * (1 - TEMPO_SLACK) - 0.01 <= bpm <= high * (1 + TEMPO_SLACK) + 0.01
    measured = f"{bpm:.2f} (starts at {piece.first_tempo_bpm:.2f})"
    return [Verdict("tempo", f"{low:g}–{high:g}", measured, good)]


def _meter(wanted: str | list[str], piece: Piece) -> list[Verdict]:
    choices = [wanted] if isinstance(wanted, str) else wanted
    return [Verdict("metre", " or ".join(choices), piece.meter, piece.meter in choices)]


def _bars(wanted: list[int], piece: Piece) -> list[Verdict]:
    low, high = wanted
    return [Verdict("bars", f"{low}–{high}", str(piece.bars), low <= piece.bars <= high)]


def _bars_multiple(wanted: int, piece: Piece) -> list[Verdict]:
    good = piece.bars % wanted == 0
    return [Verdict("bars", f"a multiple of {wanted}", str(piece.bars), good)]


def _seconds(wanted: list[Any], piece: Piece) -> list[Verdict]:
    low, high = wanted[:2]
    exact = wanted[2:] == ["exact"]
    slack = 0.01 * high if exact else piece.seconds / piece.bars
    good = low - slack <= piece.seconds <= high + slack
    asked = f"{low:g}–{high:g} s ±{'1 %' if exact else '1 bar'}"
    return [Verdict("length", asked, f"{piece.seconds:.2f} s, {piece.bars} bars", good)]


def _key(wanted: str, piece: Piece, modulates: bool) -> Verdict:
    # A piece that modulates is judged before it can have done so.
    until = max(1, round(0.4 * piece.bars)) if modulates else None
    beats = piece.pitch_class_beats(0, until)
    if not beats.any():
        return Verdict("key", wanted, "no pitched notes", False)
    tonic, minor = find_key(beats)
    good = key_agrees(wanted, tonic, minor)
    measured = key_name(tonic, minor)
    if wanted.endswith("whole-tone"):
        # No major or minor profile fits; what a listener checks is the six notes.
        inside = beats[(pitch_class(wanted.split(maxsplit=1)[0]) + np.arange(0, 12, 2)) % 12].sum()
        share = inside / beats.sum()
        good, measured = share >= 0.9, f"{share:.0%} of the time in the scale"
    return Verdict("key", wanted, measured, good)


def _heard(piece: Piece) -> str:
    heard = sorted(piece.sounds().items(), key=lambda item: -item[1])
    return ", ".join(f"{name} {share:.0%}" for name, share in heard)


def _instruments(wanted: list[Any], piece: Piece) -> list[Verdict]:
    heard = piece.sounds()
    verdicts = []
    for group in wanted:
        share = max((heard.get(sound, 0.0) for sound in sounds(group)), default=0.0)
        measured = f"{share:.0%} of bars; {_heard(piece)}"
        verdicts.append(Verdict("instruments", str(group), measured, share >= SOUNDS_IN))
    return verdicts


def _avoid(wanted: list[Any], piece: Piece) -> list[Verdict]:
    heard = piece.sounds()
    verdicts = []
    for group in wanted:
        broken = [str(sound) for sound in sounds(group) if sound in heard]
        measured = f"sounds: {', '.join(sorted(broken))}" if broken else "silent"
        verdicts.append(Verdict("forbidden", f"no {group}", measured, not broken))
    return verdicts


def _only(wanted: list[Any], piece: Piece) -> list[Verdict]:
    allowed = sounds(wanted)
    others = {s for s in piece.sounds() if not str(s).startswith("kit:")} - allowed
    good = not others
    return [Verdict("forbidden", f"only {', '.join(map(str, wanted))}", _heard(piece), good)]


def _range(wanted: list[int], piece: Piece) -> list[Verdict]:
    low, high = piece.pitch_bounds() or (0, 127)
    good = wanted[0] <= low and high <= wanted[1]
    return [Verdict("pitch range", f"{wanted[0]}–{wanted[1]}", f"{low}–{high}", good)]


def _octaves(wanted: int, piece: Piece) -> list[Verdict]:
    low, high = piece.pitch_bounds() or (0, 127)
    good = high - low <= 12 * wanted
    return [Verdict("pitch range", f"{wanted} octaves", f"{low}–{high}", good)]


def _median_pitch(wanted: list[int], piece: Piece) -> list[Verdict]:
    pitched = piece.pitch[~piece.drum]
    median = float(np.median(pitched)) if pitched.size else -1.0
    good = wanted[0] <= median <= wanted[1]
    return [Verdict("pitch range", f"middle in {wanted[0]}–{wanted[1]}", f"{median:g}", good)]


def _density(wanted: str, piece: Piece) -> list[Verdict]:
    measured = f"{piece.density()} ({piece.onsets_per_beat():.2f} onsets a beat)"
    return [Verdict("density", wanted, measured, piece.density() == wanted)]


def _sections(wanted: list[str], piece: Piece) -> list[Verdict]:
    found = [function for _, function in piece.sections]
    return [Verdict("form", " ".join(wanted), " ".join(found), found == wanted)]


def _chords(wanted: Chart, piece: Piece) -> list[Verdict]:
    measured, good = follow_chart(wanted, piece)
    return [Verdict("chords", str(wanted), measured, good)]


def _ending(wanted: str, piece: Piece) -> list[Verdict]:
    last = piece.onset >= piece.bar_starts[-2] - piece.beat // 4
    level = piece.velocity * piece.gain
    if wanted == "fade":
        ratio = float(level[last].mean() / np.median(level)) if last.any() else 0.0
        return [Verdict("ending", "fade", f"last bar at {ratio:.0%} of the level", ratio <= 0.6)]
    if wanted == "loop":
        # Who plays a little ahead of the beat still plays in the bar that begins.
        strokes = np.diff(np.searchsorted(piece.onset, piece.bar_starts - piece.beat // 4))
        busy = strokes[-1] / max(1.0, float(np.median(strokes)))
        steady = abs(piece.tempos[-1][1] / piece.tempo_bpm - 1.0) <= TEMPO_SLACK
        measured = f"last bar {busy:.0%} as busy as the rest, {'steady' if steady else 'slows'}"
        return [Verdict("ending", "loop", measured, busy >= 0.4 and steady)]
    pitched = ~piece.drum
    final = piece.onset[pitched].max() - piece.beat // 4
    beats = (piece.end - piece.onset)[pitched & (piece.onset >= final)].max() / piece.beat
    measured = f"the last chord lasts {beats:.2f} beats"
    good = beats <= 1.25 if wanted == "hard" else beats >= 2.0
    return [Verdict("ending", wanted, measured, good)]


def _ritardando(wanted: bool, piece: Piece) -> list[Verdict]:
    ratio = piece.tempos[-1][1] / piece.tempo_bpm
    measured = f"ends at {ratio:.0%} of the tempo"
    return [Verdict("ending", "ritardando", measured, (ratio <= 0.94) is wanted)]


def _modulation(wanted: list[Any], piece: Piece) -> list[Verdict]:
    """Keys of the opening and of the section named, as far apart as asked."""
    semitones, where = wanted
    function = where.removeprefix("last ")
    bars = [bar for bar, name in piece.sections] + [piece.bars]
    named = [i for i, (_, name) in enumerate(piece.sections) if name == function]
    index = named[-1] if named else len(piece.sections) - 1
    after = piece.pitch_class_beats(bars[index], bars[index + 1])
    first = named[0] if len(named) > 1 else 0
    before = piece.pitch_class_beats(bars[first], bars[first + 1])
    # The same section transposed: the rotation under which the two profiles are most alike.
    likeness = [float(np.dot(np.roll(before, shift), after)) for shift in range(12)]
    turned = int(np.argmax(likeness))
    keys = [find_key(beats) for beats in (before, after)]
    moved = (_major_of(*keys[1]) - _major_of(*keys[0])) % 12
    measured = f"{key_name(*keys[0])} to {key_name(*keys[1])}, best rotation {turned}"
    good = semitones % 12 in (moved, turned)
    return [Verdict("modulation", f"{semitones:+d} in the {where}", measured, good)]


def _major_of(tonic: int, minor: bool) -> int:
    return (tonic + 3) % 12 if minor else tonic


def _energy(wanted: str, piece: Piece) -> list[Verdict]:
    levels = piece.bar_levels()
    if len(levels) > 6:
        levels = levels[:-1]  # the last bar is the ending
    quarter, third = max(1, len(levels) // 4), max(1, len(levels) // 3)
    first, last = levels[:quarter].mean(), levels[-quarter:].mean()
    if wanted == "arch":
        middle = levels[third:-third].mean()
        good = middle > 1.1 * max(levels[:third].mean(), levels[-third:].mean())
    else:
        rising = wanted == "rises"
        good = last > 1.25 * first if rising else first > 1.25 * last
    measured = " ".join(f"{part.mean():.1f}" for part in np.array_split(levels, 8) if part.size)
    return [Verdict("energy", wanted, f"eighths of the piece: {measured}", bool(good))]


def _climax(wanted: list[float], piece: Piece) -> list[Verdict]:
    levels = np.convolve(piece.bar_levels(), np.ones(4) / 4, mode="valid")
    peak = int(np.argmax(levels))
    low, high = (piece.seconds_at(int(piece.bar_starts[bar])) for bar in (peak, peak + 4))
    good = low <= wanted[1] and high >= wanted[0]
    asked = f"climax at {wanted[0]:g}–{wanted[1]:g} s"
    return [Verdict("energy", asked, f"loudest {low:.0f}–{high:.0f} s", good)]


def _feel(wanted: str, piece: Piece) -> list[Verdict]:
    if piece.meter.endswith("/8"):
        return [Verdict("feel", wanted, f"{piece.meter} has it written out", True)]
    phase = (piece.onset % piece.beat) / piece.beat
    off_beats = phase[(phase > 0.4) & (phase < 0.8)]
    median = float(np.median(off_beats)) if off_beats.size else 0.5
    return [Verdict("feel", wanted, f"off-beats at {median:.2f} of the beat", median >= SWUNG)]


def _velocity(wanted: list[int], piece: Piece) -> list[Verdict]:
    median = float(np.median(piece.velocity))
    good = wanted[0] <= median <= wanted[1]
    return [Verdict("dynamics", f"{wanted[0]}–{wanted[1]}", f"median velocity {median:g}", good)]


def _silent_keys(wanted: list[int], piece: Piece) -> list[Verdict]:
    """Pieces of a drum kit that may not be struck, by percussion key."""
    struck = sorted(set(piece.pitch[piece.drum].tolist()) & set(wanted))
    measured = f"struck: {struck}" if struck else "not struck"
    return [Verdict("forbidden", f"drum keys {wanted}", measured, not struck)]


def _voices(wanted: int, piece: Piece) -> list[Verdict]:
    """How many notes sound together for most of the piece."""
    pitched = ~piece.drum
    starts, ends = piece.onset[pitched], piece.end[pitched]
    middles = np.unique(starts) + piece.beat // 8
    together = [int(((starts <= at) & (ends > at)).sum()) for at in middles]
    found = float(np.median(together)) if together else 0.0
    return [
        Verdict("instruments", f"{wanted} voices", f"{found:g} notes together", found == wanted)
    ]


_ARTICULATIONS = {"staccato": (0.0, 0.65), "legato": (0.93, 9.0)}


def _articulation(wanted: str, piece: Piece) -> list[Verdict]:
    """Share of the time to a player's next note for which notes are held."""
    shares: list[float] = []
    for program in np.unique(piece.program[~piece.drum]):
        own = (piece.program == program) & ~piece.drum
        onsets = np.unique(piece.onset[own])
        following = np.append(onsets[1:], piece.end_tick)[np.searchsorted(onsets, piece.onset[own])]
        shares += ((piece.end[own] - piece.onset[own]) / (following - piece.onset[own])).tolist()
    found = float(np.median(shares))
    low, high = _ARTICULATIONS[wanted]
    return [Verdict("articulation", wanted, f"held for {found:.0%}", low <= found <= high)]


def _no_dead_air(piece: Piece) -> Verdict:
    """Music starts in the first bar and goes on into the last one, where the file ends."""
    starts, stops = int(piece.onset.min()), int(piece.end.max())
    good = starts < piece.bar_starts[1] and stops > piece.bar_starts[-2]
    measured = f"sounds from {piece.seconds_at(starts):.1f} to {piece.seconds_at(stops):.1f} s"
    return Verdict("no silent ends", "", f"{measured} of {piece.seconds:.1f}", good)


_JUDGES: dict[str, Callable[[Any, Piece], list[Verdict]]] = {
    "tempo_bpm": _tempo, "meter": _meter, "bars": _bars, "bars_multiple_of": _bars_multiple,
    "seconds": _seconds, "instruments": _instruments, "avoid": _avoid, "only": _only,
    "range": _range, "octaves": _octaves, "median_pitch": _median_pitch, "density": _density,
    "sections": _sections, "chords": _chords, "ending": _ending, "ritardando": _ritardando,
    "modulation": _modulation, "energy": _energy, "climax_seconds": _climax, "feel": _feel,
    "velocity": _velocity, "silent_keys": _silent_keys, "voices": _voices,
    "articulation": _articulation,
}  # fmt: skip

KINDS = frozenset((*_JUDGES, "key", "style", "use"))
"""Every expectation that a line may hold."""
