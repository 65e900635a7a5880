"""Presets of the workflow: from a few words to the files that one kind of person needs."""

from songwright.session.presets.delivery import Delivery, make
from songwright.session.presets.making import Delivered
from songwright.session.presets.model import Preset, preset, preset_names, presets

__all__ = ["Delivered", "Delivery", "Preset", "make", "preset", "preset_names", "presets"]
