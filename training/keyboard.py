"""Fit a pianist's hands on people: ``python -m training.keyboard --corpora DIR``.

Reads the alignments of Vienna 4x22 (22 pianists, four excerpts, CC BY 4.0), fits the weights of
`songwright.perform.keyboard` by ridge regression and writes ``perform/data/keyboard.toml``. Every
excerpt is also predicted from the other three; what is printed is how near that comes to pianists.
"""

from __future__ import annotations

import argparse
import re
from collections import Counter, defaultdict
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from songwright.perform import keyboard
from songwright.perform.keyboard import LEAD_ROLE, hand_traits
from songwright.score import Note

PIECES = ("Chopin_op10_no3", "Chopin_op38", "Mozart_K331_1st-mov", "Schubert_D783_no15")
WRITTEN_BALANCE = 14.0 / 80.0
"""How much louder than the accompaniment the composer writes a melody, as a share of the level."""

RIDGE = 0.005  # enough for traits that always go together
INSTRUMENTS = ("acoustic_grand_piano", "bright_acoustic_piano")
LARGEST = 24.0
_STEPS = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
_TICKS = 480
_NOTE = re.compile(
    r"snote\(([^,]+),\[([A-G]),([^\]]+)\],(-?\d+),(\d+):(\d+),([^,]+),([^,]+),([-\d.]+),([-\d.]+),"
    r"\[([^\]]*)\]\)-note\(([^,]+),(\d+),(\d+),(\d+),(\d+)"
)
_UNITS_PER_SECOND = 960.0  # of the match files: 480 units to half a second


@dataclass(frozen=True, slots=True)
class Struck:
    """A note of the score as one pianist struck it."""

    name: str
    onset: float
    pitch: int
    role: str
    seconds: float
    velocity: int


@dataclass(frozen=True)
class Excerpt:
    """Traits of all notes (notes, traits), velocities around each pianist's mean (pianists, notes;
    NaN for a missing note), how early melodies were in milliseconds, and the mean velocity."""

    traits: NDArray[np.float64]
    velocities: NDArray[np.float64]
    leads_ms: NDArray[np.float64]
    level: float


def performance(path: Path) -> list[Struck]:
    """The notes of a match file. The first voice is the melody."""
    found = []
    for m in _NOTE.finditer(path.read_text("utf-8")):
        words = m.group(11).split(",")
        role = LEAD_ROLE if "v1" in words else "chords"
        found.append(Struck(m.group(1), round(float(m.group(9)), 3), int(m.group(13)), role,
                            int(m.group(14)) / _UNITS_PER_SECOND, int(m.group(16))))  # fmt: skip
    return found


def excerpt(folder: Path, piece: str) -> Excerpt:
    """All performances of an excerpt."""
    played = [performance(path) for path in sorted(folder.glob(f"{piece}_p*.match"))]
    counts = Counter(note.name for one in played for note in one)
    notes = {
        note.name: note for one in played for note in one if counts[note.name] > len(played) // 2
    }
    names = list(notes)
    struck: dict[float, list[tuple[int, str]]] = defaultdict(list)
    for note in notes.values():
        struck[note.onset].append((note.pitch, note.role))
    middles = {}
    for role in (LEAD_ROLE, "chords"):
        pitches = [note.pitch for note in notes.values() if note.role == role]
        middles[role] = (min(pitches) + max(pitches)) / 2
    rows = []
    for note in notes.values():
        written = Note(0, _TICKS, note.pitch, 80)
        rows.append(hand_traits(written, note.role, struck[note.onset], middles[note.role], True))
    table = np.array([list(row.values()) for row in rows])
    heard = [{note.name: float(note.velocity) for note in one} for one in played]
    velocities = np.array([[one.get(name, np.nan) for name in names] for one in heard])
    level = float(np.nanmean(velocities))
    leads = [lead for one in played for lead in _leads_ms(one)]
    return Excerpt(
        table, velocities - np.nanmean(velocities, 1, keepdims=True), np.array(leads), level
    )


def _leads_ms(played: list[Struck]) -> list[float]:
    by_onset: dict[float, list[Struck]] = defaultdict(list)
    for note in played:
        by_onset[note.onset].append(note)
    found = []
    for group in by_onset.values():
        melody = [note.seconds for note in group if note.role == LEAD_ROLE]
        others = [note.seconds for note in group if note.role != LEAD_ROLE]
        if melody and others:
            found.append(1000.0 * (sum(others) / len(others) - min(melody)))
    return found


def fit(excerpts: list[Excerpt]) -> NDArray[np.float64]:
    """Weights of the traits; every excerpt counts the same."""
    count = excerpts[0].traits.shape[1]
    left = np.asarray(RIDGE * np.eye(count), np.float64)
    right = np.zeros(count)
    for one in excerpts:
        told = one.traits - one.traits.mean(0)
        wanted = np.nanmean(one.velocities, 0)
        left += told.T @ told / len(told)
        right += told.T @ (wanted - wanted.mean()) / len(told)
    weights: NDArray[np.float64] = np.linalg.solve(left, right).astype(np.float64)
    return weights


def report(excerpts: dict[str, Excerpt]) -> None:
    """Each excerpt as predicted from the others."""
    for name, held_out in excerpts.items():
        weights = fit([one for other, one in excerpts.items() if other != name])
        guess = held_out.traits @ weights
        guess -= guess.mean()
        people = np.nanmean(held_out.velocities, 0)
        apart = [
            np.sqrt(np.nanmean((v - np.nanmean(np.delete(held_out.velocities, k, 0), 0)) ** 2))
            for k, v in enumerate(held_out.velocities)
        ]
        print(
            f"{name}: correlation with the mean pianist {np.corrcoef(guess, people)[0, 1]:.2f}; "
            f"distance to a pianist {np.sqrt(np.nanmean((held_out.velocities - guess) ** 2)):.1f} "
            f"(even playing {np.sqrt(np.nanmean(held_out.velocities**2)):.1f}, other pianists "
            f"{np.mean(apart):.1f}); melody {np.median(held_out.leads_ms):.0f} ms early"
        )


def write(excerpts: list[Excerpt]) -> Path:
    """Write the data file."""
    names = list(hand_traits(Note(0, _TICKS, 60, 80), LEAD_ROLE, [(60, LEAD_ROLE)], 60.0, True))
    level = float(np.mean([one.level for one in excerpts]))
    weights = dict(zip(names, fit(excerpts), strict=True))
    weights["lead"] -= WRITTEN_BALANCE * level  # what the score says already
    lead = float(np.mean([np.median(one.leads_ms) for one in excerpts]))
    instruments = ", ".join(f'"{name}"' for name in INSTRUMENTS)
    lines = [
        "# How pianists weigh and time the notes of two hands (songwright.perform.keyboard).",
        "# Written by training.keyboard from Vienna 4x22: W. Goebl, Vienna 4x22 Piano Corpus, 1999",
        "# (CC BY 4.0), 22 pianists, four excerpts by Mozart, Schubert and Chopin.",
        f"instruments = [{instruments}]",
        f"level = {level:.1f}  # mean velocity of the performances",
        f"largest = {LARGEST:.1f}",
        f"lead_ms = {lead:.1f}  # by which a melody note is early, median",
        "",
        "# Velocity by trait: half of `lead` is added to the melody's hand and half is taken from",
        "# the other (what the composer writes is taken off); heights are in octaves.",
        "[velocity]",
        *(f'"{name}" = {value:.2f}' for name, value in weights.items()),
    ]
    path = Path(keyboard.__file__).with_name("data") / "keyboard.toml"
    path.write_text("\n".join(lines) + "\n", "utf-8", newline="\n")
    return path


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--corpora", type=Path, required=True, help="folder with vienna4x22")
    options = parser.parse_args()
    folder = options.corpora / "vienna4x22" / "match"
    excerpts = {piece: excerpt(folder, piece) for piece in PIECES}
    report(excerpts)
    print(write(list(excerpts.values())))


if __name__ == "__main__":
    main()
