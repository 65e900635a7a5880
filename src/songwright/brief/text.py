"""The text of a request while it is being read: cleaned, folded, and claimed word by word.

Readers look for what they know and *claim* it. Claimed text is blanked in the working copies, so
that no later reader can see it, and what nobody claims can be listed at the end.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from songwright.brief.model import Avoid, EnergyPoint, InstrumentRequest, Modulation
from songwright.brief.offers import Offer
from songwright.errors import BriefError

MAX_CHARACTERS = 20_000
CLAIMED = "\ue000"  # a private-use sign: no vocabulary and no cleaned text contains it

_REPLACED = {
    "‘": "'", "’": "'", "ʼ": "'", "“": '"', "”": '"', "«": '"', "»": '"', "‐": "-", "‑": "-",
    "–": "-", "—": "-", "−": "-", "♯": "#", "♭": "b", "→": ">", "×": "x", "…": " ", "・": " ",
}  # fmt: skip
_SHORTHAND = (
    (re.compile(r"\.{2,}"), ", "),
    (re.compile(r"\bw/o\b"), "without"),
    (re.compile(r"\bw/(?= ?[a-z])"), "with "),
)
_WORD = re.compile(r"[^\W_]+(?:['&.][^\W_]+)*[#]?")


def clean(text: str) -> str:
    """The text in composed form, typographic signs made plain, control characters made spaces.

    Raises
    ------
    BriefError
        If the text is longer than `MAX_CHARACTERS`.
    """
    if len(text) > MAX_CHARACTERS:
        raise BriefError(
            f"the request has {len(text)} characters; at most {MAX_CHARACTERS} are read. Say in a "
            "few sentences what the music is for, its style, tempo, key and instruments"
        )
    # NFKC would turn ½ into 1⁄2 and fullwidth letters into plain ones, both welcome.
    composed = unicodedata.normalize("NFKC", text)
    plain = "".join(_REPLACED.get(c, c) for c in composed).replace("⁄", "/")
    plain = "".join(c if c.isprintable() and c != CLAIMED else " " for c in plain)
    for pattern, full in _SHORTHAND:
        plain = pattern.sub(full, plain)
    return plain.strip()


def fold(text: str) -> str:
    """Lower case without accents, of the same length, so that positions stay valid."""
    return "".join(_folded(c) for c in text)


def _folded(character: str) -> str:
    if character < "\x80":
        return character.lower()
    base = unicodedata.normalize("NFD", character)[0].lower()
    return base if len(base) == 1 else character


class Reading:
    """One text being read, with everything that was understood so far.

    Attributes
    ----------
    source
        ``"prompt"`` or ``"field"``; goes into every offer.
    text, lower
        Working copies (as written, folded), the same length; claimed characters are blanked.
    """

    def __init__(self, text: str, source: str = "prompt") -> None:
        self.written = clean(text)
        self.text = self.written
        self.lower = fold(self.written)
        self.source = source
        self.offers: list[Offer] = []
        self.instruments: list[InstrumentRequest] = []
        self.avoid: list[Avoid] = []
        self.energy: list[EnergyPoint] = []
        self.modulations: list[Modulation] = []
        self.conflicts: list[str] = []
        self.dropped: list[str] = []  # words that cannot be served, for ``not_understood``

    def find(self, pattern: re.Pattern[str], cased: bool = False) -> Iterator[re.Match[str]]:
        """Matches of a pattern in text that is still free, left to right.

        The caller may claim each match before the next one is looked for.
        """
        at = 0
        while True:
            match = pattern.search(self.text if cased else self.lower, at)
            if match is None:
                return
            yield match
            at = max(match.end(), match.start() + 1)

    def claim(self, start: int, end: int) -> str:
        """Take the characters ``start..end`` out of the working text; returns them as written."""
        blank = CLAIMED * (end - start)
        self.text = self.text[:start] + blank + self.text[end:]
        self.lower = self.lower[:start] + blank + self.lower[end:]
        return self.written[start:end].strip(" ,;:")

    def offer(
        self, control: str, value: object, shown: str, span: tuple[int, int], rank: int
    ) -> None:
        """Record that a span means ``value`` for a control, and claim the span."""
        words = self.claim(*span)
        self.offers.append(Offer(control, value, shown, words, self.source, rank, span[0]))

    def free_words(self) -> list[tuple[int, int]]:
        """Spans of the words that nobody has claimed."""
        return [match.span() for match in _WORD.finditer(self.lower)]
