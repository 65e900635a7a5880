"""Instruments: `PlayedPart` → dry stereo audio, all synthesised, no samples."""

from songwright.render.engine import Instrument, render_part

__all__ = ["Instrument", "render_part"]
