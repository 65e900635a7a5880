"""Form: lists of sections, letter forms such as AABA, and single sections with a length."""

from __future__ import annotations

import re
from collections.abc import Sequence

from songwright.brief.model import SECTION_FUNCTIONS, EnergyPoint, SectionRequest
from songwright.brief.numbers import NUMBER as NUMERAL
from songwright.brief.numbers import read_number
from songwright.brief.offers import NAMED, NUMBER, WORD, Offer
from songwright.brief.text import Reading
from songwright.errors import BriefError

MOST_SECTIONS = 64

_NAMES = {
    "intro": "intro", "introduction": "intro", "opening": "intro", "verse": "verse",
    "verses": "verse",
    "strophe": "verse", "vers": "verse", "pre-chorus": "pre-chorus", "prechorus": "pre-chorus",
    "pre chorus": "pre-chorus", "chorus": "chorus", "choruses": "chorus", "refrain": "chorus",
    "hook": "chorus", "post-chorus": "post-chorus", "postchorus": "post-chorus",
    "post chorus": "post-chorus", "bridge": "bridge", "middle eight": "bridge",
    "middle 8": "bridge",
    "breakdown": "breakdown", "break": "breakdown", "build": "build", "build-up": "build",
    "buildup": "build", "build up": "build", "drop": "drop", "solo": "solo",
    "guitar solo": "solo", "sax solo": "solo", "piano solo": "solo", "interlude": "interlude",
    "outro": "outro", "coda": "outro", "ending": "outro",
    "a section": "A", "b section": "B", "c section": "C", "d section": "D", "section a": "A",
    "section b": "B", "section c": "C", "section d": "D", "part a": "A", "part b": "B",
    "part c": "C",
}  # fmt: skip
SECTION_NAME = "(?:" + "|".join(sorted(map(re.escape, _NAMES), key=len, reverse=True)) + ")"
"""Pattern of the names of sections in folded text."""
# A letter alone is a section only with its bars: "A (16 bars)".
_NAME = rf"(?:{SECTION_NAME}|[abcd](?= ?\(\d| ?:\d))"
_COUNT = r"(?:bars?|measures?)"
_BEFORE = (
    rf"(?:(?:an? |the |then (?:an? |the )?|one |first |second |third |last |final |another |"
    rf"two |three |four |double |"
    rf"long |short |"
    rf"full |instrumental |{NUMERAL}[ -]{_COUNT} ){{0,4}})"
)
_QUIET = (
    "quiet|soft|gentle|calm|slow|sparse|small|stripped back|intimate|mellow|subdued|tender|low key"
)
_LOUD = (
    "big|loud|huge|massive|explosive|powerful|epic|intense|anthemic|soaring|heavy|energetic|full on"
)
_MOODED = re.compile(
    rf"\b(?P<level>(?:very )?(?:(?P<quiet>{_QUIET})|(?:{_LOUD})))(?= (?P<name>{_NAME})(?![a-z]))"
)
_PLAIN_BARS = r"(?:4|8|12|16|20|24|28|32|48|64)"  # "verse 16" is bars, "verse 2" the second verse
_AFTER = (
    rf"(?: {_PLAIN_BARS}(?= ?(?:$|[,;.)>|-]| and\b| then\b))| ?\d\b(?! ?{_COUNT}))?"
    rf"(?: ?\(? ?(?:of )?{NUMERAL}[ -]?{_COUNT} ?\)?| ?: ?\d{{1,3}}\b|"
    r" ?\(\d{1,3}\)| ?x ?\d\b| \d+x\b)?"
)
_ITEM = rf"(?<![a-z-]){_BEFORE}(?<![a-z-]){_NAME}(?![a-z]){_AFTER}"
_JOINT = (
    r"(?: ?(?:,|>|-|/|\+|;|\|) ?(?:and |then |and then )?| and then | then | and | to |"
    r" followed by | into )"
)
_LIST = re.compile(
    rf"(?:\b(?:form|structure|arrangement|sections)(?: of| is|:| =)? ?(?:is |of )?)?{_ITEM}"
    rf"(?:(?:{_JOINT}| ){_ITEM})+(?: (?:form|structure|song form))?"
)
_ONE = re.compile(_ITEM)
_LETTERS = re.compile(
    r"(?<![A-Za-z0-9_])(?:(?:in|an?|with(?: an?)?|the|[Ff]orm|[Ss]tructure)(?: ?:)? )?"
    r"(?P<letters>A[ABCD]{1,15}'?|A(?:[ -][ABCD]){2,15}|A-B)(?![A-Za-z#])"
    r"(?P<tail>[ -](?:song )?(?:form|structure|sections?))?"
)
_SHAPES = {
    "rondo": "ABACA", "ternary": "ABA", "binary": "AB", "da capo": "ABA", "strophic": "AAA",
    "32-bar form": "AABA", "32 bar form": "AABA", "thirty-two bar form": "AABA",
    "song form": "AABA",
    "sonata form": "ABA", "rounded binary": "ABA", "minuet and trio": "ABA", "arch form": "ABCBA",
}  # fmt: skip
_SHAPE = re.compile(
    r"\b(?:(?:in|an?|"
    r"the) )*(?P<shape>"
    + "|".join(sorted(map(re.escape, _SHAPES), key=len, reverse=True))
    + r")(?: form| structure)?\b"
)
_BARS_OF_ITEM = re.compile(
    rf"({NUMERAL})[ -]?{_COUNT}| ?: ?(\d{{1,3}})\b|\((\d{{1,3}})\)|[a-z] ({_PLAIN_BARS})$"
)
# "A hymn in four verses": verses alone, unless another section is named beside them.
_VERSES = re.compile(
    rf"\b(?:(?:in|with|of|has|having) )?(?P<count>{NUMERAL}) "
    r"(?:verses|stanzas|strophes|strophen|strophe)\b"
    r"(?! ?(?:,|and|&|\+)? ?(?:and )?(?:an? |the |\d |two |three )?"
    r"(?:chorus|refrain|bridge|pre|hook))"
)
_TIMES = re.compile(r"(?:x ?(\d)|(\d+)x)$")
_MANY = {"two": 2, "three": 3, "four": 4, "double": 2}


def read_form(reading: Reading) -> None:
    """Claim forms. Raises `BriefError` for a section of 0 bars or a form of too many sections."""
    for match in reading.find(_LETTERS, cased=True):
        letters = re.sub(r"[^A-D]", "", match["letters"])
        if letters in ("AB", "ABBA", "AD", "AC", "AA", "AAA") and not (
            match["tail"] or re.match(r"(?i)form|struct", match.group())
        ):
            continue
        _offer(reading, [SectionRequest(c) for c in letters], match.span(), NUMBER)
    for match in reading.find(_SHAPE):
        form = [SectionRequest(c) for c in _SHAPES[match["shape"]]]
        _offer(reading, form, match.span(), NAMED)
    _levels(reading)
    for match in reading.find(_LIST):
        items = [m.group() for m in _ONE.finditer(match.group())]
        sections = [section for item in items for section in _sections(item)]
        if not _is_whole(match.group(), sections):
            continue
        if len(sections) > MOST_SECTIONS:
            raise BriefError(
                f"a form of {len(sections)} sections is too long; at most {MOST_SECTIONS}"
            )
        _offer(reading, sections, match.span(), NUMBER)
    for match in reading.find(_VERSES):
        count = int(read_number(match["count"]))
        if 2 <= count <= _MOST_VERSES:
            _offer(reading, [SectionRequest("verse")] * count, match.span(), WORD)
    _sections_with_bars(reading)


def parse_form(value: object) -> tuple[SectionRequest, ...]:
    """Read the form field: ``"intro verse chorus"``, ``"intro:4 verse:8"``, ``"AABA"`` or a list.

    Raises
    ------
    BriefError
        If a word is no section.
    """
    if isinstance(value, (list, tuple)):
        value = ", ".join(str(item) for item in value)
    text = str(value).strip()
    if re.fullmatch(r"(?:[A-D]:?\d*[ ,-]*){1,40}", text):
        found = [SectionRequest(m[1], int(m[2] or 0)) for m in re.finditer(r"([A-D]):?(\d*)", text)]
        return tuple(found)
    sections: list[SectionRequest] = []
    for part in re.split(r"[,;>|/]+|\s-\s", text.lower()):
        rest = part.strip()
        while rest:
            match = re.match(rf"{_BEFORE}(?P<name>{_NAME}|[abcd])(?![a-z]){_AFTER}[ -]*", rest)
            if match is None:
                raise BriefError(
                    f"{rest!r} is not a section; a form is a list of "
                    f"{', '.join(SECTION_FUNCTIONS)}, with bars if you like: 'intro:4 verse:8 "
                    f"chorus:8'"
                )
            sections += _sections(match.group().strip(" -"))
            rest = rest[match.end() :]
    if not sections:
        raise BriefError("the form is empty; write for example 'intro verse chorus outro' or AABA")
    if len(sections) > MOST_SECTIONS:
        raise BriefError(f"a form of {len(sections)} sections is too long; at most {MOST_SECTIONS}")
    return tuple(sections)


def section_function(name: str) -> str:
    """The function that a name of `SECTION_NAME` stands for."""
    return _NAMES[name]


def form_text(form: tuple[SectionRequest, ...]) -> str:
    """The form on one line."""
    return ", ".join(f"{s.function} ({s.bars} bars)" if s.bars else s.function for s in form)


def _levels(reading: Reading) -> None:
    """ "A quiet intro" is a point of the energy curve; elsewhere a form alone cannot place it."""
    for match in reading.find(_MOODED):
        function = _NAMES[match["name"]]
        words = reading.claim(*match.span())
        if function not in ("intro", "outro"):
            reading.dropped.append(f"{words} {match['name']}")
            continue
        level = 0.2 if match["quiet"] else 0.9
        point = EnergyPoint(level, 0.0 if function == "intro" else 1.0)
        reading.energy.append(point)
        shown = f"energy {level:g} in the {function}"
        reading.offers.append(
            Offer("energy", point, shown, words, reading.source, WORD, match.start())
        )


def _is_whole(text: str, sections: list[SectionRequest]) -> bool:
    """True if a list is a whole form, not just sections to have ("an intro and a bridge")."""
    names = {s.function for s in sections}
    if text.startswith(("form", "structure", "arrangement", "sections")):
        return True
    return len(sections) > 2 and bool(names & {"verse", "chorus", "drop", "A", "B"})


def _offer(
    reading: Reading, sections: list[SectionRequest], span: tuple[int, int], rank: int
) -> None:
    form = tuple(sections)
    reading.offer("form", form, form_text(form), span, rank)


def _sections(item: str) -> list[SectionRequest]:
    """One item of a list, such as ``"4-bar intro"`` or ``"chorus x2"``."""
    name = re.search(rf"(?<![a-z-]){_NAME}(?![a-z])", item)
    name = name or re.search(r"(?<![a-z-])[abcd](?![a-z])", item)
    assert name is not None
    function = _NAMES.get(name.group(), name.group().upper())
    bars = _BARS_OF_ITEM.search(item)
    count = 0
    if bars is not None:
        count = int(read_number(next(g for g in bars.groups() if g)))
        if not 1 <= count <= 512:
            raise BriefError(f"a section of {count} bars is not possible; choose 1 to 512")
    times = _TIMES.search(item)
    repeat = int(times[1] or times[2]) if times else 1
    before = item[: name.start()]
    repeat = next(
        (n for word, n in _MANY.items() if f"{word} " in before and "bar" not in before), repeat
    )
    return [SectionRequest(function, count)] * min(repeat, 8)


_MOST_VERSES = 12
_SKELETON = ("verse", "chorus", "verse", "chorus")


def _sections_with_bars(reading: Reading) -> None:
    """Sections named one by one with their length ("a 4-bar intro"); see `around`."""
    for match in reading.find(_ONE):
        section = _sections(match.group())[0]
        if section.bars:
            shown = f"a section: {form_text((section,))}"
            reading.offer("section", section, shown, match.span(), NUMBER)


def around(named: Sequence[SectionRequest]) -> tuple[SectionRequest, ...]:
    """A usual form that has the sections that were named one by one ("with a bridge")."""
    wanted: dict[str, SectionRequest] = {}
    for section in named:
        if section.bars or section.function not in wanted:
            wanted[section.function] = section
    if set(wanted) & {"A", "B", "C", "D"}:
        names = (
            ["A", "B", "A"] + [c for c in "CD" if c in wanted] + (["A"] if "C" in wanted else [])
        )
    elif set(wanted) & {"drop", "build"}:
        names = ["build", "drop", "breakdown", "build", "drop"]
    else:
        names = list(_SKELETON)
    if "pre-chorus" in wanted:
        names = [
            n for name in names for n in (("pre-chorus", name) if name == "chorus" else (name,))
        ]
    if "post-chorus" in wanted:
        names = [
            n for name in names for n in ((name, "post-chorus") if name == "chorus" else (name,))
        ]
    last = len(names) - names[::-1].index("chorus") - 1 if "chorus" in names else len(names) - 1
    middle = [
        n for n in ("interlude", "breakdown", "solo", "bridge") if n in wanted and n not in names
    ]
    if "pre-chorus" in wanted and names[last - 1] == "pre-chorus":
        last -= 1
    if middle and names[:1] == ["verse"]:
        names = [*names, *middle, "chorus"]
    else:
        names[last:last] = middle
    if "intro" in wanted:
        names.insert(0, "intro")
    if "outro" in wanted:
        names.append("outro")
    return tuple(wanted.get(n, SectionRequest(n)) for n in names)
