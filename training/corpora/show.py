"""Print prepared pieces as text, to read them: ``python -m training.corpora.show FILE [WORD]``."""

from __future__ import annotations

import sys
from pathlib import Path

from training.corpora.model import Note, Piece
from training.corpora.prepared import read

_NAMES = ("C", "Db", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B")
_CELL = 120


def shown(piece: Piece, bars: int = 16) -> str:
    """A piece as text: chords and notes of each bar; durations in sixteenths."""
    mode = "minor" if piece.minor else "major"
    lines = [
        f"{piece.id} [{piece.family}] {piece.numerator}/{piece.denominator} "
        f"{_NAMES[piece.tonic_pc]} {mode} {piece.tempo_bpm} bpm, {piece.bars} bars, "
        f"given chords {piece.chords_given} {' '.join(piece.tags)}"
    ]
    length = piece.bar_ticks
    for bar in range(min(bars, piece.bars)):
        start, end = bar * length, (bar + 1) * length
        chords = [
            f"{_NAMES[c.root]}{c.quality}" + (f"/{_NAMES[c.bass]}" if c.bass >= 0 else "")
            + f"@{(c.onset - start) / 480:g}"
            for c in piece.chords if start <= c.onset < end
        ]  # fmt: skip
        lines.append(f"{bar:3} | {'  '.join(chords)}")
        for part in piece.parts:
            notes = [n for n in part.notes if start <= n.onset < end]
            if notes:
                cells = " ".join(_cell(n, start) for n in notes)
                lines.append(f"      {part.role:8}{part.program:4} {cells}")
    return "\n".join(lines)


def _cell(note: Note, start: int) -> str:
    name = f"{_NAMES[note.pitch % 12]}{note.pitch // 12 - 1}"
    return f"{(note.onset - start) / 480:.3g}:{name}*{note.duration / _CELL:.3g}"


def main() -> None:
    """Command line: three pieces spread over the file, or those whose ids hold a word."""
    path, words = Path(sys.argv[1]), sys.argv[2:]
    chosen = [p for p in read(path).pieces if not words or any(w in p.id for w in words)]
    step = 1 if words else max(1, len(chosen) // 3)
    for piece in chosen[::step][:3]:
        print(shown(piece), end="\n\n")


if __name__ == "__main__":
    main()
