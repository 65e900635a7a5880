"""Performance to sound: sources of sound that play one part at a time."""

from songwright.render.engine import render_part
from songwright.render.sources import Credit, Instrument, SoundSource

__all__ = ["Credit", "Instrument", "SoundSource", "render_part"]
