"""Standard MIDI Files out of scores and into them."""

from songwright.score.midi_read import read_midi
from songwright.score.midi_write import write_midi

__all__ = ["read_midi", "write_midi"]
