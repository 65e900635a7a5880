"""Letters for fields and fonts that know few of them."""

from __future__ import annotations

import unicodedata

# Letters and signs that do not fall apart into a plain letter and an accent.
_LIKENESSES = str.maketrans({
    "Đ": "D", "đ": "d", "Ħ": "H", "ħ": "h", "ı": "i", "Ł": "L", "ł": "l", "Ŋ": "N", "ŋ": "n",
    "Ø": "O", "ø": "o", "Ŧ": "T", "ŧ": "t", "ß": "ss", "Æ": "AE", "æ": "ae", "Œ": "OE", "œ": "oe",
    "–": "-", "—": "-", "‘": "'", "’": "'", "“": '"', "”": '"', "♭": "b", "♯": "#",
})  # fmt: skip


def plain_letters(text: str) -> str:
    """The text with Latin letters without accents: ``"Été à Łódź"`` becomes ``"Ete a Lodz"``.

    Signs of other scripts that hold no accent stay.
    """
    apart = unicodedata.normalize("NFKD", text.translate(_LIKENESSES))
    return "".join(c for c in apart if not unicodedata.combining(c))
