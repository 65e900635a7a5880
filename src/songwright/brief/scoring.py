"""Words around an instrument: how many play it, that nobody else plays, that it names people.

"Allegro for two violins and cello" asks for three players; "for my guitar pupils" for none.
"""

from __future__ import annotations

import re

from songwright.brief.text import Reading, fold
from songwright.score import instrument

_PIECE = (
    "piece music duet duo trio sonata waltz adagio allegro andante largo presto vivace moderato "
    "troppo minuet prelude lullaby lullabye nocturne invention canon fugue bagatelle suite "
    "miniature arrangement composition fantasia rondo major minor dur moll mayor menor maggiore "
    "minore majeur mineur pieza stuck morceau pezzo alegre triste study etude exercise solo jig "
    "reel hornpipe air march polka hymn anthem carol processional recessional serenade romance "
    "ballade song theme tune melody lament dance gavotte bourree sarabande allemande gigue scherzo "
    "caprice impromptu rhapsody intermezzo toccata passacaglia chaconne variations pavane tango "
    "something"
)
_SCORED = re.compile(
    rf"\b(?:{'|'.join(_PIECE.split())}|in [a-g](?:#|b| sharp| flat)?) (?:for|fur|para|pour|per) "
    r"(?:(?:an?|one|un|una|une|eine?) )?$"
)
_SCORING_GOES_ON = re.compile(
    r" ?(?:$|[,.;:!?()]|(?:and|y|e|et|und|with|con|avec|mit|in|at|from)\b)"
)
_COUNT = re.compile(r"\b(?P<count>two|three|four|2|3|4|dos|zwei|deux|due|tres|drei|trois|tre) $")
_HOW_MANY = {
    "two": 2, "2": 2, "dos": 2, "zwei": 2, "deux": 2, "due": 2, "three": 3, "3": 3, "tres": 3,
    "drei": 3, "trois": 3, "tre": 3, "four": 4, "4": 4,
}  # fmt: skip
_LINES = ("lead", "counter", "inner", "inner")
_CHORDS = ("lead", "chords", "arp", "pad")
_PEOPLE = re.compile(
    r" (?:class|classes|pupils?|lessons?|teachers?|students?|club(?! ready)|camp|school|workshop|"
    r"app|video(?! games?\b))\b"
)
_REACH = 40  # characters before an instrument in which its number and its piece are looked for


def is_scored_for(reading: Reading, start: int, end: int) -> bool:
    """True if a piece *for* the instrument at ``start..end`` was asked for: nobody else plays."""
    before = fold(reading.written[max(0, start - _REACH) : start])  # the key before it is claimed
    if not _SCORED.search(before):
        return False
    return _SCORING_GOES_ON.match(reading.lower, end) is not None


def how_many(before: str, noun: str) -> tuple[int, int]:
    """How many players the words before an instrument ask for, and their length in characters.

    A figure counts only plurals: "Year 4 recorder tune" is for one recorder.
    """
    found = _COUNT.search(before)
    if found is not None and found["count"].isdigit() and not noun.endswith(("s", "i")):
        return 1, 0
    return (1, 0) if found is None else (_HOW_MANY[found["count"]], len(found.group()))


def roles_of_several(instrument_id: str) -> tuple[str, ...]:
    """What several players of one instrument do between them."""
    return _CHORDS if instrument(instrument_id).polyphonic else _LINES


def people_end(reading: Reading, end: int) -> int | None:
    """Where the word ends that makes the instrument before ``end`` a class or its pupils."""
    found = _PEOPLE.match(reading.lower, end)
    return None if found is None else found.end()
