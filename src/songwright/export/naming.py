"""What exported files, tracks and sections are called, and the colours of the roles."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter

from songwright.score import Part, Score

_ROLE_WORDS = {
    "lead": "Lead", "counter": "Counter", "riff": "Riff", "chords": "Chords", "arp": "Arp",
    "pad": "Pad", "stabs": "Stabs", "inner": "Inner", "bass": "Bass", "drums": "Drums",
    "percussion": "Percussion",
}  # fmt: skip

# Warm for what is listened to, cool for what carries, grey-brown for what drives; all of middling
# lightness, so that names stay readable on light and dark themes.
_ROLE_COLOURS = {
    "lead": "#d9483b", "counter": "#e07b39", "riff": "#d9a521", "chords": "#4f9d69",
    "arp": "#2fa5a0", "pad": "#4a86c5", "stabs": "#b8517f", "inner": "#7a9e3d",
    "bass": "#7b5ea7", "drums": "#8a6d5a", "percussion": "#a58b6f",
}  # fmt: skip

_LONGEST_STEM = 80  # characters; leaves room for a folder within the 255 bytes of file systems
_RESERVED = {"con", "prn", "aux", "nul", *(f"{d}{i}" for d in ("com", "lpt") for i in range(1, 10))}


def one_line(text: str) -> str:
    """The text with a space for every character that is not printed.

    Line ends and control characters would break rows, and XML has no way to hold them.
    """
    return "".join(c if c.isprintable() else " " for c in text)


def file_name(text: str) -> str:
    """The text as a file name that Windows, macOS and Linux all accept, without a suffix.

    Letters of every script stay; separators, control characters and trailing dots go.
    """
    plain = unicodedata.normalize("NFC", text)
    plain = "".join(" " if not c.isprintable() or c in '<>:"/\\|?*' else c for c in plain)
    plain = re.sub(r"\s+", " ", plain).strip(" .")
    while len(plain) > _LONGEST_STEM or len(plain.encode()) > 2 * _LONGEST_STEM:
        plain = plain[:-1]
    plain = plain.strip(" .")
    if not plain or plain.lower() in _RESERVED:
        return "Untitled"
    return plain


def role_colour(role: str) -> str:
    """Colour of a role as ``#rrggbb``."""
    return _ROLE_COLOURS.get(role, "#808080")


def track_name(number: int, part: Part) -> str:
    """Name of a part's track and stem, such as ``"01 Lead - Violin"``; ``number`` is from 1."""
    return f"{number:02d} {_ROLE_WORDS.get(part.role, part.role.title())} - {one_line(part.name)}"


def section_names(score: Score) -> tuple[str, ...]:
    """Name of each section as heard: ``("Intro", "Verse 1", "Chorus", "Verse 2")``."""
    counts = Counter(s.function for s in score.sections)
    seen: Counter[str] = Counter()
    names = []
    for section in score.sections:
        seen[section.function] += 1
        name = "-".join(word[:1].upper() + word[1:] for word in section.function.split("-"))
        name = one_line(name or section.letter or "Section")
        names.append(f"{name} {seen[section.function]}" if counts[section.function] > 1 else name)
    return tuple(names)


def clock(seconds: float) -> str:
    """A time as ``m:ss.mmm``."""
    milliseconds = round(seconds * 1000)
    return f"{milliseconds // 60_000}:{milliseconds // 1000 % 60:02d}.{milliseconds % 1000:03d}"
