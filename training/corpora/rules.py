"""The rule by which each kind of ensemble gets its roles, by name."""

from __future__ import annotations

from collections.abc import Callable
from types import MappingProxyType

from songwright.evaluate.piece import Piece
from training.corpora.bands import band, orchestra
from training.corpora.parts import Voice, choir, ensemble, keyboard, song, tune_alone

RULES: MappingProxyType[str, Callable[[Piece], list[Voice]]] = MappingProxyType(
    {
        "tune": tune_alone,
        "choir": choir,
        "ensemble": ensemble,
        "song": song,
        "keyboard": keyboard,
        "band": band,
        "orchestra": orchestra,
    }
)
