"""Notation: a score engraved as MusicXML.

score ─► staves (parts, clefs, hands) ─► grid (onto written values) ─► voices (chords, ties)
      ─► rhythm (bars, dots, triplets, rests) ─► beams, heads (spelling) ─► measures ─► file
"""

from songwright.score.notation.musicxml import write_musicxml

__all__ = ["write_musicxml"]
