"""What the sets of song forms have in common: names of sections, and songs told apart by hashes.

Songs of these sets are in copyright; their titles serve to find the same song in two sets and are
kept nowhere: a group is named by a hash of the title.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from types import MappingProxyType

FUNCTIONS = (
    "intro", "verse", "pre-chorus", "chorus", "post-chorus", "bridge", "solo", "interlude",
    "outro", "breakdown",
)  # fmt: skip
"""Section functions to which every set is folded; ``section`` is one that its source calls none
of these."""

UNNAMED = "section"

_STEMS = (
    ("prechorus", "pre-chorus"), ("postchorus", "post-chorus"), ("altchorus", "chorus"),
    ("preverse", "interlude"), ("postverse", "interlude"), ("preintro", "intro"),
    ("instrumentalverse", "solo"), ("instverse", "solo"), ("instchorus", "solo"),
    ("intchorus", "solo"), ("chorusinst", "solo"), ("instbridge", "solo"),
    ("introverse", "verse"), ("introchorus", "chorus"),
    ("secondarytheme", "verse"), ("maintheme", "chorus"), ("theme", "chorus"),
    ("head", "chorus"), ("refrain", "chorus"), ("hook", "chorus"), ("quietchorus", "chorus"),
    ("breakdown", "breakdown"), ("drop", "chorus"), ("bridge", "bridge"),
    ("chorus", "chorus"), ("verse", "verse"), ("miniverse", "verse"), ("spokenverse", "verse"),
    ("rap", "verse"), ("spoken", "verse"), ("vocal", "verse"), ("intro", "intro"),
    ("fadein", "intro"), ("outro", "outro"), ("coda", "outro"), ("ending", "outro"),
    ("fadeout", "outro"), ("solo", "solo"), ("gtr", "solo"), ("guitar", "solo"),
    ("interlude", "interlude"), ("instrumental", "interlude"), ("inst", "interlude"),
    ("trans", "interlude"), ("mainriff", "interlude"), ("riff", "interlude"),
    ("modulation", "interlude"), ("keychange", "interlude"), ("build", "pre-chorus"),
    ("break", "breakdown"), ("quiet", "breakdown"),
)  # fmt: skip
_NUMBER = re.compile(r"(\d+|[ -](one|two|three|four|five|six|[ab]))$")
_FUNCTION_OF = MappingProxyType(dict(_STEMS))


def function_of(label: str) -> str | None:
    """The section function that a label of a source means; None if it means none.

    Numbers and spelling are forgiven: ``verse2``, ``pre chorus``, ``Chorus B`` are known. An
    instrumental stretch counts as an interlude, a drop as the chorus of its track.
    """
    plain = _NUMBER.sub("", label.strip().lower())
    compact = re.sub(r"[^a-z]", "", plain)
    if compact in _FUNCTION_OF:
        return _FUNCTION_OF[compact]
    for stem, function in _STEMS:
        if len(stem) > 3 and compact.startswith(stem):
            return function
    return None


def song_group(title: str) -> str:
    """Group of a song from its title alone: recordings by several artists fall together."""
    spelled = unicodedata.normalize("NFKD", title.lower())
    compact = re.sub(r"\(.*?\)|[^a-z0-9]", "", spelled) or spelled
    return "song:" + hashlib.sha256(compact.encode()).hexdigest()[:12]


def file_hash(data: bytes) -> str:
    """SHA-256 of a file, in hexadecimal."""
    return hashlib.sha256(data).hexdigest()
