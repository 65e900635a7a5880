"""Small pieces and ways to spoil them that the general corruptions of the bench do not cover."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from songwright.score import Note, Part, Score
from tests.evaluate.conftest import line, score_of

BAR = 1920


def _bars(first: int, stop: int, slots: tuple[int, ...], pitches: tuple[int, ...], velocity: int,
          length: int) -> list[Note]:  # fmt: skip
    return [Note(BAR * bar + at, length, pitch, velocity + (8 if at == 0 else 0))
            for bar in range(first, stop) for at in slots for pitch in pitches]  # fmt: skip


def band_piece() -> Score:
    """Thirty-two bars for tune, chords, bass and drums: verse, chorus, verse, louder chorus.

    The tune swings; the drums fill in every eighth bar; bass and drums enter with the chorus.
    """
    verse = "C5:0.667 D5:0.333 E5:1 G5:1 E5:1 F5:0.667 E5:0.333 D5:1 D5:2 "
    chorus = "G5:0.667 A5:0.333 G5:1 C6:1.667 B5:0.333 A5:0.667 G5:0.333 E5:1 G5:2 "
    tune = line(verse * 4, 0.0, 64) + line(chorus * 4, 32.0, 96)
    tune += line(verse * 4, 64.0, 68) + line(chorus * 4, 96.0, 104)
    chords, bass, drums = [], [], []
    for half, (low, high) in enumerate(((58, 84), (62, 92))):
        first = 16 * half
        for bar in range(first, first + 16):
            root = (48, 53, 55, 48)[bar % 4]
            loud = bar % 16 >= 8
            slots = (0, 480, 960, 1440) if loud else (0, 960)
            triad = (root + 12, root + 16, root + 19)
            chords += _bars(bar, bar + 1, slots, triad, high if loud else low, 400)
            if loud:
                bass += _bars(bar, bar + 1, (0, 960), (root - 12,), high, 900)
                fill = bar % 8 == 7
                drums += _bars(bar, bar + 1, (0, 960), (36,), high, 60)
                drums += _bars(bar, bar + 1, (480, 1440), (38,), high, 60)
                if fill:
                    drums += _bars(bar, bar + 1, (1200, 1560, 1680, 1800), (45,), high, 60)
    return score_of(
        ("lead", "flute", tune), ("chords", "acoustic_grand_piano", chords),
        ("bass", "acoustic_bass", bass), ("drums", "standard_kit", drums),
        sections=(("A", 8), ("B", 8), ("A", 8), ("B", 8)),
    )  # fmt: skip


def leaping_piece() -> Score:
    """A tune whose leaps all turn back."""
    return score_of(("lead", "violin", line("C4:1 G4:1 F4:1 E4:1 A4:1 D4:1 E4:1 F4:1 " * 8)))


def each(score: Score, role: str, change: Callable[[Note], Note]) -> Score:
    """Every note of the parts of a role (of all pitched parts for ``""``) changed."""

    def placed(n: Note) -> tuple[int, int]:
        return n.onset_ticks, n.pitch

    parts = tuple(
        replace(p, notes=tuple(sorted(map(change, p.notes), key=placed)))
        if (p.role == role or not role) and p.role != "drums" else p
        for p in score.parts
    )  # fmt: skip
    return replace(score, parts=parts)


def thrown_over_octaves(score: Score) -> Score:
    """Every other note of the tune two octaves away."""
    return each(score, "lead", lambda n: replace(
        n, pitch=n.pitch - 24 if n.onset_ticks // 480 % 2 else n.pitch
    ))  # fmt: skip


def leaps_go_on(score: Score) -> Score:
    """The same leaps, but every one is followed by a move in its own direction."""
    return score_of(("lead", "violin", line("C4:1 G4:1 A4:1 B4:1 F#4:1 D4:1 C4:1 G3:1 " * 8)))


def every_other_bar_a_tritone_off(score: Score) -> Score:
    return each(score, "", lambda n: replace(n, pitch=n.pitch + 6 * (n.onset_ticks // BAR % 2)))


def _alto(score: Score, notes: list[Note]) -> Score:
    ordered = tuple(sorted(notes, key=lambda n: n.onset_ticks))
    alto = replace(score.parts[1], notes=ordered)
    return replace(score, parts=(score.parts[0], alto, *score.parts[2:]))


def alto_in_fifths_with_the_tune(score: Score) -> Score:
    """In every third bar only: a voice that never leaves the tune would be a doubling."""
    kept = [n for n in score.parts[1].notes if n.onset_ticks // BAR % 3]
    fifths = [replace(n, pitch=n.pitch - 7) for n in score.parts[0].notes
              if n.onset_ticks // BAR % 3 == 0]  # fmt: skip
    return _alto(score, kept + fifths)


def alto_above_the_tune(score: Score) -> Score:
    """In every other bar only: a voice that is always above is the upper voice."""
    return _alto(score, [replace(n, pitch=n.pitch + 12 * (n.onset_ticks // BAR % 2))
                         for n in score.parts[1].notes])  # fmt: skip


def straightened(score: Score) -> Score:
    """Swung eighths put on the straight grid."""
    return each(score, "lead", lambda n: replace(n, onset_ticks=round(n.onset_ticks / 240) * 240))


def one_bar_for_ever(score: Score) -> Score:
    """Every bar a copy of the last but one: no form, no contrast, no fill."""
    source = score.bars - 2
    parts = []
    for part in score.parts:
        bar = [n for n in part.notes if n.onset_ticks // BAR == source]
        notes = [replace(n, onset_ticks=n.onset_ticks + BAR * (b - source))
                 for b in range(score.bars) for n in bar]  # fmt: skip
        parts.append(replace(part, notes=tuple(notes)))
    return replace(score, parts=tuple(parts))


def backwards(score: Score) -> Score:
    """The bars in reverse order."""

    def moved(n: Note) -> Note:
        bar = n.onset_ticks // BAR
        return replace(n, onset_ticks=n.onset_ticks + BAR * (score.bars - 1 - 2 * bar))

    parts = tuple(replace(p, notes=tuple(sorted(map(moved, p.notes),
                  key=lambda n: n.onset_ticks))) for p in score.parts)  # fmt: skip
    return replace(score, parts=parts)


def loud_and_soft_bars_mixed(score: Score) -> Score:
    """Bars 1, 17, 2, 18 …: the same bars, no arches."""
    half = score.bars // 2
    place = {}
    for bar in range(half):
        place[bar], place[half + bar] = 2 * bar, 2 * bar + 1

    def moved(n: Note) -> Note:
        bar = n.onset_ticks // BAR
        to = place[bar // 8 % 2 * half + bar // 16 * 8 + bar % 8]
        return replace(n, onset_ticks=n.onset_ticks + BAR * (to - bar))

    parts = tuple(replace(p, notes=tuple(sorted(map(moved, p.notes),
                  key=lambda n: n.onset_ticks))) for p in score.parts)  # fmt: skip
    return replace(score, parts=parts)


def everybody_all_the_time(score: Score) -> Score:
    """Parts that rest play the last but one bar instead: nobody enters or leaves."""
    constant = one_bar_for_ever(score)
    return replace(constant, parts=(score.parts[0], score.parts[1], *constant.parts[2:]))


def doubled_by_a_choir(score: Score) -> Score:
    """A further part of sixths under the tune, in every bar."""
    notes = tuple(replace(n, pitch=n.pitch - 9) for n in score.parts[0].notes)
    return replace(score, parts=(*score.parts, Part("x", "X", "pad", "choir_aahs", notes)))


def in_minor(score: Score) -> Score:
    """Third, sixth and seventh of C lowered."""
    return each(score, "", lambda n: replace(n, pitch=n.pitch - (n.pitch % 12 in (4, 9, 11))))


def slowly(score: Score) -> Score:
    return replace(score, tempos=tuple(replace(t, bpm=t.bpm / 2.5) for t in score.tempos))


def twice_as_many_notes(score: Score) -> Score:
    """Every note of the tune struck twice in its time."""
    tune = tuple(half for n in score.parts[0].notes for half in (
        replace(n, duration_ticks=n.duration_ticks // 2),
        replace(n, onset_ticks=n.onset_ticks + n.duration_ticks // 2,
                duration_ticks=n.duration_ticks // 2),
    ))  # fmt: skip
    return replace(score, parts=(replace(score.parts[0], notes=tune), *score.parts[1:]))


def late_and_low(score: Score) -> Score:
    """The bars in reverse order, the tune an octave down: its theme comes late and deep."""
    turned = backwards(score)
    return each(turned, "lead", lambda n: replace(n, pitch=n.pitch - 12)
                if n.onset_ticks < BAR * turned.bars // 2 else n)  # fmt: skip


def on_one_note(score: Score) -> Score:
    """The tune says its rhythm in even beats, to and fro on two neighbours."""
    tune = tuple(Note(480 * i, 480, 72 + 2 * (i % 2), 80) for i in range(4 * score.bars))
    return replace(score, parts=(replace(score.parts[0], notes=tune), *score.parts[1:]))


def drums_at_random(score: Score) -> Score:
    """Every stroke at another place of its bar, nowhere twice alike."""

    def moved(index: int, n: Note) -> Note:
        return replace(n, onset_ticks=n.onset_ticks // BAR * BAR + 120 * (index * 7 % 16),
                       pitch=36 + index * 5 % 12)  # fmt: skip

    parts = tuple(
        replace(p, notes=tuple(sorted((moved(i, n) for i, n in enumerate(p.notes)),
                key=lambda n: n.onset_ticks))) if p.role == "drums" else p
        for p in score.parts
    )  # fmt: skip
    return replace(score, parts=parts)


SPECIAL: dict[str, Callable[[Score], Score]] = {
    function.__name__: function
    for function in (
        thrown_over_octaves, leaps_go_on, every_other_bar_a_tritone_off,
        alto_in_fifths_with_the_tune, alto_above_the_tune, straightened, one_bar_for_ever,
        backwards, loud_and_soft_bars_mixed, everybody_all_the_time, doubled_by_a_choir, in_minor,
        slowly, twice_as_many_notes, late_and_low, on_one_note, drums_at_random,
    )
}  # fmt: skip
