"""Chord charts: bars of chord symbols or roman numerals, in a prompt or as a field.

Bars are divided by ``|``; several chords in a bar share it evenly, ``%`` repeats a bar, and ``.``
or ``/`` alone holds a chord for another share. "verse: Am | F; chorus: C | G" gives each section
its own chart. Outside ``|`` notation a row of at least three chords ("Am F C G", "ii-V-I") is a
chart of one chord a bar.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from songwright.brief.model import ChartBar, SectionRequest
from songwright.brief.offers import NUMBER
from songwright.brief.text import Reading
from songwright.errors import BriefError
from songwright.theory import is_roman, parse_chord

MOST_CHART_BARS = 512

_SYMBOL = (
    r"[A-Ga-g](?:##|#|bb|b(?!(?!maj|min|dim|aug|sus|add|alt|mi|ma)[a-z]{2}))?(?:maj|min|mi|ma|"
    r"dim|aug|sus|add|alt|dom|mMaj|M|m|j|°|"
    r"o(?=7|\b)|"
    r"ø|Δ|\+|-(?=\d|maj)|#|b(?=\d)|\d|\((?:b|#|add|maj)?\d+\))*(?:/(?:9|[A-G](?:#|b)?))?"
)
_NUMERAL = (
    r"[b#]?(?:VII|VI|IV|V|III|II|I|vii|vi|iv|v|iii|ii|i)(?:maj|M|dim|sus|add|aug|m|°|o|ø|Δ|\+|"
    r"b(?=\d)|#(?=\d)|\d)*(?:/(?:[b#]?(?:VII|VI|IV|V|III|II|I|vii|vi|iv|v|iii|ii|i)|[1357]))?"
)
_CHORD = rf"(?:{_NUMERAL}|{_SYMBOL})(?![A-Za-z0-9#°ø])"
_BAR = rf"(?:{_CHORD}|[%./](?= |\||$))(?:[ ,]+(?:{_CHORD}|[%./](?= |\||$))){{0,15}}"
_LEAD = (
    r"(?:\b[Cc]hords?(?: progression)?\b ?(?:are|is|of|:|=)? ?|"
    r"\b[Pp]rogression\b ?(?:is|of|:|=)? ?|\b[Oo]ver )?"
)
_PIPED = re.compile(rf"{_LEAD}(?<![\w/])\|? ?{_BAR}(?: ?\|{{1,2}} ?:?{_BAR})+ ?:?\|{{0,2}}")
_LABELLED = re.compile(
    r"\b(?P<name>intro|verse|pre-?chorus|post-?chorus|chorus|bridge|breakdown|build|drop|solo|"
    r"interlude|outro|[ABCD](?= ?:)) ?\d?(?: ?\(\d+ bars?\))?"
    r"(?P<colon> ?[:=] ?| (?:goes |is |has )?)(?P<chart>\|? ?"
    rf"{_BAR}(?: ?\|{{1,2}} ?{_BAR})* ?\|{{0,2}})",
    re.IGNORECASE,
)
_ROW = re.compile(
    rf"{_LEAD}(?<![\w/#])(?P<row>{_CHORD}(?:(?: ?[->,] ?| ){_CHORD}){{2,}})(?: progression|"
    rf" changes| vamp| loop)?"
)
_PROGRESSION = re.compile(
    r"\b(?:[Cc]hords?(?: progression)?|[Pp]rogression|[Vv]amp|[Cc]hanges)\b ?(?:are|is|of|on|:|"
    r"=|over)? ?"
    rf"(?P<row>{_CHORD}(?:(?: ?[->,] ?| | and | to ){_CHORD})*)"
)


_VAMP = re.compile(rf"(?<![\w/#])(?P<row>{_CHORD}(?: ?[->,/] ?{_CHORD})+) (?:vamp|loop|changes)\b")


def read_chart(reading: Reading) -> tuple[SectionRequest, ...]:
    """Claim charts. A chart for the whole piece is offered; charts by section are returned.

    Raises
    ------
    BriefError
        If a bar holds something that is no chord.
    """
    sections: list[SectionRequest] = []
    for match in reading.find(_LABELLED, cased=True):
        named = match["colon"] != " "
        if "|" not in match["chart"] and not _is_chart_row(match["chart"], named):
            continue
        bars = parse_chart(match["chart"])
        name = _section_name(match["name"])
        sections.append(SectionRequest(name, 0, bars))
        span = match.span()
        reading.offer("chart of " + name, bars, chart_text(bars), span, NUMBER)
    for match in reading.find(_PIPED, cased=True):
        bars = parse_chart(re.sub(rf"^{_LEAD}", "", match.group()))
        reading.offer("chart", bars, chart_text(bars), match.span(), NUMBER)
    for pattern in (_PROGRESSION, _VAMP, _ROW):
        for match in reading.find(pattern, cased=True):
            if not _is_chart_row(match["row"], named=pattern is not _ROW):
                continue
            if pattern is _VAMP and not re.search(r"[A-Ga-g][^ ,>-]", match["row"]):
                continue  # "an A-B loop" is of sections
            bars = parse_chart(" | ".join(_chords_of(match["row"])))
            reading.offer("chart", bars, chart_text(bars), match.span(), NUMBER)
    return tuple(sections)


def parse_chart(text: str) -> tuple[ChartBar, ...]:
    """Read chart text: bars between ``|``, or one chord a bar where there is no ``|``.

    Raises
    ------
    BriefError
        If it is empty, too long, or a chord is not understood; the message names it.
    """
    text = text.strip().replace("||", "|").replace("|:", "|").replace(":|", "|").replace("\n", "|")
    if "|" in text:
        cells = [cell.strip() for cell in text.split("|")]
        cells = [cell for cell in cells if cell]
    else:
        cells = _chords_of(text)
    if not cells:
        raise BriefError("the chord chart is empty; write for example Dm7 | G7 | Cmaj7 | Cmaj7")
    if len(cells) > MOST_CHART_BARS:
        raise BriefError(
            f"the chord chart has {len(cells)} bars; at most {MOST_CHART_BARS} are read"
        )
    bars: list[ChartBar] = []
    for cell in cells:
        if cell in ("%", "-") and bars:
            bars.append(bars[-1])
        else:
            bars.append(_bar(cell, bars[-1].chords[-1] if bars else ""))
    return tuple(bars)


def chart_text(bars: Sequence[ChartBar]) -> str:
    """The chart on one line."""
    return " | ".join(" ".join(bar.chords) for bar in bars)


def _bar(cell: str, before: str) -> ChartBar:
    chords: list[str] = []
    beats: list[int] = []
    for word in re.split(r"[ ,]+", cell):
        if word in (".", "/", "%", "-"):
            if chords:
                beats[-1] += 1
            elif before:
                chords.append(before)
                beats.append(1)
        elif word:
            chords.append(_chord(word))
            beats.append(1)
    if not chords:
        raise BriefError(f"the bar {cell!r} of the chord chart has no chord")
    total = sum(beats)
    return ChartBar(tuple(chords), tuple(n / total for n in beats))


def _chord(word: str) -> str:
    """A chord symbol or numeral that the theory room can read, spelled as it was written."""
    if is_roman(word):
        return word
    for candidate in (word, word[:1].upper() + word[1:]):
        try:
            return parse_chord(candidate).symbol
        except ValueError:
            continue
    raise BriefError(
        f"{word!r} in the chord chart is not a chord; write for example Dm7, F#sus4, C/E or ii7"
    )


def _chords_of(row: str) -> list[str]:
    cleaned = re.sub(r"\b(?:and|to)\b", " ", row)
    # A dash parts chords unless it belongs to one ("C-7").
    cleaned = re.sub(r" ?(?:>|,) ?|-(?=[b#]?[A-GIViv])| - ", " ", cleaned)
    return [word for word in cleaned.split() if word and word != "-"]


def _is_chart_row(row: str, named: bool = False) -> bool:
    """True if a row without bars is surely chords and not letters, words or a form."""
    words = _chords_of(row)
    if not words or not all(_readable(word) for word in words):
        return False
    if named:
        return all(w[0].isupper() or is_roman(w) for w in words) and words != ["I"]
    if len(words) < 3:
        return False
    romans = sum(is_roman(w) for w in words)
    if romans == len(words):
        return len(set(words)) > 1
    if romans or not all(w[0].isupper() for w in words):
        return False
    # "A B A C" is a form; chords have at least one quality, accidental or letter beyond D.
    return any(len(w) > 1 for w in words) or any(w in "EFG" for w in words)


def _readable(word: str) -> bool:
    try:
        _chord(word)
    except BriefError:
        return False
    return True


def _section_name(name: str) -> str:
    lower = name.lower()
    if lower in ("prechorus", "pre-chorus"):
        return "pre-chorus"
    if lower in ("postchorus", "post-chorus"):
        return "post-chorus"
    return name.upper() if len(name) == 1 else lower
