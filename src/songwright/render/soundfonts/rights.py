"""What a soundfont says of its rights, for the rights report."""

from __future__ import annotations

import re

from songwright.render.sources import Credit

_LICENCES = (
    (r"\bCC0\b|creative commons zero", "CC0-1.0"), (r"\bMIT\b", "MIT"),
    (r"public domain", "public domain"), (r"\bGPL(?:v|-)?\s*2|gnu general public", "GPL-2.0"),
    (r"CC[- ]BY[- ]NC", "CC-BY-NC"), (r"CC[- ]BY[- ]SA", "CC-BY-SA"),
    (r"CC[- ]BY\b(?![- ](?:NC|SA))", "CC-BY"),
    (r"non-?commercial|personal use", "not for commercial use"),
)  # fmt: skip
UNSTATED = "not stated in the file; ask its maker before you publish"


def soundfont_credit(facts: dict[str, str], file_name: str) -> Credit:
    """Credit from the INFO chunks of a SoundFont.

    Several licences that its texts name are all given (a font is often made of parts); none is
    guessed.
    """
    text = " ".join(facts.get(chunk, "") for chunk in ("ICOP", "ICMT", "INAM"))
    name = facts.get("INAM") or file_name
    maker = " ".join((facts.get("ICOP") or facts.get("IENG") or "unknown maker").split())
    return Credit(name, licences_in(text) or UNSTATED, f"{file_name}; {maker[:200]}")


def licences_in(text: str) -> str:
    """Licences that a text names, the restrictive ones too, in the order in which it does."""
    found = [
        (match.start(), licence)
        for pattern, licence in _LICENCES
        if (match := re.search(pattern, text, re.IGNORECASE))
    ]
    return ", ".join(licence for _, licence in sorted(found))
