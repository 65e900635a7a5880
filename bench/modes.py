"""Tonic and mode as the report hears them, against people who wrote down the tonic.

    python -m bench.modes --corpora DIR

Prints the figures of ``docs/evaluation.md``: charts of pop songs (McGill Billboard) played as plain
chords over their bass, and Irish dance tunes with a table of tonics. The mode that a piece is in is
the one that leaves out the fewest of its notes above that tonic, and where several do, any of them.
The last part composes a piece in each church mode in every style.
"""

from __future__ import annotations

import argparse
import csv
from collections.abc import Iterator, Sequence
from pathlib import Path

from training.corpora.charts import chords_of, is_minor, parse_charts
from training.corpora.harmony import CHORD_STEPS
from training.corpora.model import Chord

from songwright.evaluate.keyfinding import estimate_key
from songwright.evaluate.reading import estimate_mode_of, pitch_class_weights
from songwright.score import Note, Score, instrument
from songwright.score.midi import read_midi
from songwright.session import compose
from songwright.styles import style_ids
from songwright.theory import MODES
from songwright.theory.key_profiles import MODE_PROFILES, TONAL_PROFILES
from songwright.theory.pitch import pitch_class

_BAR = 1920
_FEWEST_BARS = 24
_TIE = 0.004  # of the notes: modes that leave out as few are not told apart
_TONICS = ("C", "D", "Eb", "E", "F", "G", "Ab", "A", "Bb", "B")

Case = tuple[list[Note], int, set[str]]
"""Notes, the tonic and the modes that they can be in."""


def modes_above(notes: Sequence[Note], tonic: int, among: Sequence[str]) -> set[str]:
    """The modes that leave out the fewest of the notes above a tonic."""
    weights = pitch_class_weights(list(notes))
    missing = {
        mode: 1.0 - sum(weights[(tonic + step) % 12] for step in MODES[mode]) / sum(weights)
        for mode in among
    }
    return {mode for mode, share in missing.items() if share <= min(missing.values()) + _TIE}


def tunes(folder: Path) -> Iterator[Case]:
    """Irish dance tunes, with the tonics of their table."""
    with (folder / "roots.csv").open(newline="", encoding="utf-8") as file:
        for name, root in list(csv.reader(file))[1:]:
            score = read_midi((folder / f"{name}.mid").read_bytes())
            notes = [note for part in score.parts for note in part.notes]
            tonic = int(float(root)) % 12
            yield notes, tonic, modes_above(notes, tonic, tuple(MODE_PROFILES))


def songs(folder: Path) -> Iterator[Case]:
    """Pop songs: each chord in close position over its bass."""
    for path in sorted(folder.glob("*.txt")):
        for chart in parse_charts(path.read_text("utf-8")):
            if chart.bars < _FEWEST_BARS:
                continue
            chords: list[Chord] = []
            start = 0
            for stretch in chart.stretches:
                if not stretch.trouble:
                    chords += chords_of(stretch, start, _BAR)
                start += len(stretch.bars) * _BAR
            chords = [chord for chord in chords if chord.root >= 0]
            notes = [note for chord in chords for note in _played(chord)]
            tonic = pitch_class(chart.tonic)
            minor = is_minor(chords, tonic)
            among = [m for m in MODE_PROFILES if (3 in MODES[m]) == minor and m != "locrian"]
            if notes:
                yield notes, tonic, modes_above(notes, tonic, among)


def _played(chord: Chord) -> Iterator[Note]:
    bass = chord.bass if chord.bass >= 0 else chord.root
    yield Note(chord.onset, chord.duration, 36 + bass)
    for step in CHORD_STEPS[chord.quality]:
        yield Note(chord.onset, chord.duration, 60 + chord.root + step)


def shares(cases: Sequence[Case]) -> tuple[float, float]:
    """Share of the cases whose tonic and mode are named: by major and minor alone, by all seven."""
    plain = full = 0
    for notes, tonic, modes in cases:
        key, mode = estimate_key(pitch_class_weights(notes)), estimate_mode_of(notes)
        if key is not None and key.tonic_pc == tonic:
            plain += ("minor" if key.is_minor else "major") in modes
        if mode is not None and mode.tonic_pc == tonic:
            full += mode.mode in modes
    return plain / len(cases), full / len(cases)


def composed(seed: int) -> Iterator[tuple[str, str, str]]:
    """Style, key asked for and key heard of a minute in each church mode in every style."""
    for i, style in enumerate(style_ids()):
        for j, mode in enumerate(m for m in MODE_PROFILES if m not in TONAL_PROFILES):
            key = f"{_TONICS[(3 * i + 7 * j + seed) % len(_TONICS)]} {mode}"
            song = compose("1 minute", seed=100 * seed + i, style=style, key=key)
            found = estimate_mode_of(_pitched(song.score))
            own = song.plan.key
            met = found is not None and (found.tonic_pc, found.mode) == (own.tonic_pc, own.mode)
            yield style, key, key if met else str(found)


def _pitched(score: Score) -> list[Note]:
    return [
        note for part in score.parts if not instrument(part.instrument).is_kit
        for note in part.notes
    ]  # fmt: skip


def main() -> None:
    """Print all figures."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--corpora", type=Path, required=True, help="unpacked corpora")
    folder = parser.parse_args().corpora
    for name, cases in (
        ("pop songs", list(songs(folder / "billboard_chords"))),
        ("Irish tunes", list(tunes(folder / "cre_irish"))),
    ):
        plain, full = shares(cases)
        print(f"{name}: {len(cases)}; by major and minor {plain:.1%}, by all modes {full:.1%}")
    pieces = [row for seed in (1, 2, 3) for row in composed(seed)]
    missed = [row for row in pieces if row[1] != row[2]]
    print(f"composed: {len(pieces)}; heard in their mode {len(pieces) - len(missed)}")
    for style, key, heard in missed:
        print(f"  {style}: {key} is heard as {heard}")


if __name__ == "__main__":
    main()
