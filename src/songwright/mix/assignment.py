"""One assignment by hand, taken apart: ``bass.eq.low_shelf_db=-2``."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

from songwright.errors import AudioError

_GRAMMAR = re.compile(r"^\s*([\w.-]+)\.([a-z_0-9]+)\s*(\+=|-=|=)\s*(.*?)\s*$")


@dataclass(frozen=True, slots=True)
class Assignment:
    """One assignment, taken apart: ``path`` is what stands before the last name."""

    text: str
    path: tuple[str, ...]
    control: str
    sign: str
    value: str

    def number(self, before: float, low: float, high: float) -> float:
        """The number that is set, checked."""
        try:
            value = float(self.value)
        except ValueError:
            value = math.nan
        if not math.isfinite(value):
            raise AudioError(f"{self.text}: {self.value!r} is not a number")
        if self.sign != "=":
            value = before + (value if self.sign == "+=" else -value)
        if not low <= value <= high:
            raise AudioError(
                f"{self.text}: {value:g} is outside {low:g} … {high:g}; choose a value within"
            )
        return value

    def flag(self) -> bool:
        """True or false."""
        word = self.value.lower()
        if word not in ("true", "false", "on", "off", "yes", "no", "1", "0"):
            raise AudioError(f"{self.text}: {self.value!r} is neither true nor false")
        return word in ("true", "on", "yes", "1")


def parsed(text: str) -> Assignment:
    """An assignment from its text.

    Raises
    ------
    AudioError
        If it is none.
    """
    found = _GRAMMAR.match(text)
    if found is None:
        raise AudioError(
            f"{text!r} is no assignment; write PART.CONTROL=VALUE, such as pad.level_db=-3"
        )
    path, control, sign, value = found.groups()
    return Assignment(text.strip(), tuple(path.split(".")), control, sign, value)
