"""A title from the words of a request: what it is about, without the asking and the numbers."""

from __future__ import annotations

import re

_LONGEST_WORDS, _LONGEST_CHARACTERS = 7, 60
_HEAD = re.compile(r"[,.;:|=\n!?]")
_ASKING = re.compile(
    r"^(?:(?:hey|hi|hello|ok|okay|so|yo|pls|plz|please|kindly|just|and)\b[ ,!]*|"
    r"(?:can|could|would|will) (?:you|u|ya) (?:please |pls |maybe |just )*|"
    r"(?:i|we)(?:'d| would)? (?:need|want|like|love|require|am looking for|'m looking for|"
    r"are looking for)(?: to (?:have|get|hear))?(?: you to)? |(?:i'm|we're|im) looking for |"
    r"(?:looking for|need|want|wanted|give (?:me|us)|get (?:me|us)|gimme) |"
    r"(?:make|write|compose|create|generate|produce|do|build)(?: (?:me|us))? |"
    r"(?:me|us) |(?:something|some music|music) (?=for |like )|"
    r"(?:an?(?! cap)|some|the) (?=\w))+",
    re.IGNORECASE,
)
_KEY = re.compile(
    r"\b(?:(?:in|at) )?(?:the key of )?(?:[A-G](?:#|b|♯|♭)?|[A-G][ -](?:sharp|flat))"
    r"(?:m\b|[ -](?:major|minor|dur|moll|maj|min|dorian|phrygian|lydian|mixolydian|locrian|aeolian|"
    r"harmonic minor|melodic minor)\b(?: pentatonic)?)"
)
_IN_KEY = re.compile(r"\b(?:in|at) (?:[A-G](?:#|b)?|[A-G] (?:sharp|flat))(?![\w'])")
_NUMBER = re.compile(
    r"\b(?:at |about |around |for |in )?\d[\d.:/]*[ -]?"
    r"(?:bars?|measures?|bpm|s|secs?|seconds?|mins?|minutes?|hz|k|m)?\b",
    re.IGNORECASE,
)
_LOOSE = frozenset(
    "a an the and or with in at of for to by on from bpm about around that which who is are my me "
    "no not without needs want wants + & /".split()
)
"""Words that cannot begin or end a title."""

_A_CAPPELLA = re.compile(r"a cap+el+a", re.IGNORECASE)
_LABELS = frozenset(
    "key layout tempo bpm mood style form structure length duration chords range title genre "
    "prompt make feel verse chorus metre meter".split()
)
_CHORD = re.compile(r"[A-G][#b]?(?:m|maj|min|dim|aug|sus|add|alt|\d|[#b]\d|/[A-G][#b]?)*|[ivIV]+")


def title_of(prompt: str) -> str:
    """A title of at most seven words; empty if the prompt has no words for one."""
    for clause in _HEAD.split(prompt.strip()):
        text = clause.strip()
        while (shorter := _ASKING.sub("", text)) != text:
            text = shorter.strip()
        for pattern in (_KEY, _IN_KEY, _NUMBER):
            text = pattern.sub(" ", text)
        words = [word.strip("\"()[]{}<>*_-–'") for word in text.split()]
        words = [word for word in words if word and word.isprintable()]
        kept = words[:_LONGEST_WORDS]
        while kept and kept[-1].lower() in _LOOSE:
            kept.pop()
        while kept and kept[0].lower() in _LOOSE and not _A_CAPPELLA.match(" ".join(kept)):
            kept.pop(0)
        title = " ".join(kept)[:_LONGEST_CHARACTERS].strip()
        is_label = title.lower() in _LABELS or all(_CHORD.fullmatch(word) for word in kept)
        if not is_label and any(character.isalpha() for character in title):
            return title[:1].upper() + title[1:]
    return ""
