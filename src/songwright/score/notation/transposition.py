"""From sounding to written pitch: transposing instruments, and the keys they read."""

from __future__ import annotations

from dataclasses import dataclass

from songwright.theory import Key


@dataclass(frozen=True, slots=True)
class Transposition:
    """Written minus sounding pitch, in semitones, and what follows from it.

    A B-flat trumpet has +2: it reads D where C sounds.
    """

    semitones: int

    @property
    def octaves(self) -> int:
        """Whole octaves of the interval, towards zero."""
        return int(self.semitones / 12)

    @property
    def rest(self) -> int:
        """Semitones of the interval beyond whole octaves, with its sign."""
        return self.semitones - 12 * self.octaves

    @property
    def fifths(self) -> int:
        """The interval on the line of fifths, in -5..6."""
        return (7 * self.semitones + 5) % 12 - 5

    @property
    def diatonic(self) -> int:
        """Letter steps of ``rest``, with its sign."""
        steps = 4 * self.fifths % 7
        return steps - 7 if self.rest < 0 and steps else steps

    def key_fifths(self, key: Key) -> int:
        """Sharps (positive) or flats of the written signature, at most six when transposed."""
        return key.fifths + self.shift(key)

    def shift(self, key: Key) -> int:
        """What to add to a sounding name's place on the line of fifths in this key."""
        if not self.fifths:
            return 0
        written = key.fifths + self.fifths
        if abs(written) <= 6:
            return self.fifths
        return self.fifths + (12 if written < 0 else -12)
