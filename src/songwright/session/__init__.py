"""What every interface talks to: compose, save, load, batch, render.

The CLI and Python users reach the stages only through here.
"""

from songwright.session.batch import BatchItem, BatchResult, compose_batch, read_prompts
from songwright.session.package import Package, render_midi, save
from songwright.session.song import Song, compose, compose_brief, load

__all__ = [
    "BatchItem",
    "BatchResult",
    "Package",
    "Song",
    "compose",
    "compose_batch",
    "compose_brief",
    "load",
    "read_prompts",
    "render_midi",
    "save",
]
