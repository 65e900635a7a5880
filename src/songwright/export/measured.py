"""What rows of the control table that are measured in the MIDI file have in common."""

from __future__ import annotations

MeasuredRow = tuple[str, str, str, str, bool]
"""Name, asked, planned, measured, and whether it is obeyed."""


def clock_tenths(seconds: float) -> str:
    """Minutes, seconds and tenths: ``"1:05.3"``."""
    minutes, rest = divmod(round(seconds, 1), 60.0)
    return f"{int(minutes)}:{rest:04.1f}"
