"""Accompaniment: bass, chords, pads, arpeggios, riffs, stabs, counter-melodies, inner voices.

`accompany` writes one part after the other. Facts are grids in ``compose/data/patterns_*.toml``;
what needs thinking (walking bass, part-writing, answers) is a player in this package.
"""

from songwright.compose.accompany.patterns import pattern_names
from songwright.compose.accompany.write import accompany

__all__ = ["accompany", "pattern_names"]
