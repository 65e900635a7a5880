"""Keys and modes, in English and in the note names of German and the Romance languages."""

from __future__ import annotations

import re

from songwright.brief.offers import NAMED, WORD
from songwright.brief.text import Reading
from songwright.errors import BriefError
from songwright.theory import MODES, Key

_MODE_NAMES = {
    "major": "major", "maj": "major", "ionian": "major", "dur": "major", "mayor": "major",
    "majeur": "major", "maggiore": "major", "maior": "major",
    "minor": "minor", "min": "minor", "aeolian": "minor", "natural minor": "minor",
    "moll": "minor", "menor": "minor", "mineur": "minor", "minore": "minor",
    "harmonic minor": "harmonic minor", "harmonic": "harmonic minor",
    "hungarian minor": "harmonic minor", "melodic minor": "melodic minor",
    "jazz minor": "melodic minor", "dorian": "dorian", "dorisch": "dorian",
    "phrygian dominant": "phrygian", "phrygian": "phrygian", "phrygisch": "phrygian",
    "lydian": "lydian", "lydisch": "lydian", "mixolydian": "mixolydian", "mixo": "mixolydian",
    "mixolydisch": "mixolydian", "locrian": "locrian", "lokrisch": "locrian",
    "major pentatonic": "major pentatonic", "pentatonic major": "major pentatonic",
    "minor pentatonic": "minor pentatonic", "pentatonic minor": "minor pentatonic",
    "pentatonic": "major pentatonic", "blues scale": "blues", "blues mode": "blues",
    "whole-tone": "whole-tone", "whole tone": "whole-tone", "wholetone": "whole-tone",
}  # fmt: skip
_APPROXIMATE = {"hungarian minor", "phrygian dominant"}

_MODE = "(?:" + "|".join(sorted(map(re.escape, _MODE_NAMES), key=len, reverse=True)) + ")"
_TONIC = r"(?P<tonic>[a-g])(?P<sign>[ -]?(?:sharp|flat)\b|#|b(?![a-z])|)"
_AFTER = r"(?: (?:key|scale|mode|tonality|tonart)(?![a-z]))?"
_INTRO = r"(?:\b(?:in |key ?(?:of|:|=|is) ?|in the key of |tonality:? |tonart:? ){1,3})?"

# "A minor", "F# dorian", "E flat major", "C-major", "Dmin"
_NAMED_KEY = re.compile(
    rf"{_INTRO}(?<![a-z0-9#])(?:the )?{_TONIC}[ -]?(?P<mode>{_MODE})(?![a-z]){_AFTER}"
)
# "E blues": a key and a style at once, so only the tonic is claimed.
_BLUES_KEY = re.compile(r"(?<!\w)(?P<tonic>[A-G])(?P<sign>#|b|)(?P<minor>)(?= [Bb]lues\b)")
# "in C", "in F#", "key of Bb": major by convention; "in Dm": minor. The letter must be a capital.
_LONE_KEY = re.compile(
    r"(?:\b(?:[Ii]n (?:the )?(?:[Kk]ey of )?|[Kk]ey(?: of|:| =|=| is)? ?)|"
    r"(?<=[Dd]rone on )|(?<=[Pp]edal on ))"
    r"(?P<tonic>[A-G])(?P<sign>[ -]?(?:sharp|flat)\b|#|b(?![a-z])|)(?P<minor>m(?:in)?\b)?"
    r"(?![\w#'/]| (?:section|part|world|form|theme))"
)
_LOWER_LONE = re.compile(
    r"\bkey(?: of|:| =|=| is) ?(?P<tonic>[a-g])(?P<sign> ?(?:sharp|flat)\b|#|b(?![a-z])|)"
    r"(?P<minor>m(?:in)?\b)?(?![\w#'])"
)
_SHORT_MINOR = re.compile(
    r"(?<![\w/#|])(?P<tonic>[A-G])(?P<sign>#|b|)(?P<minor>m)(?![\w#/])(?! ?[|>-])"
)
_BARE_ACCIDENTAL = re.compile(
    r"(?:^|[,;] ?)(?P<tonic>[C-G]|[A-G](?=[#b]| flat| sharp))(?P<sign>#|b| flat| sharp|"
    r")(?P<minor>)(?=$|[,;.])"
)
_LOWER_SHORT = re.compile(r"(?:^|[,;] ?)(?P<tonic>[a-g])(?P<sign>#|b|)(?P<minor>m)(?=$|[,;])")
_GERMAN = re.compile(
    r"(?:\bin )?\b(?P<tonic>cis|dis|fis|gis|ais|ces|des|es|ges|as|[a-h])[ -](?P<mode>dur|moll)\b"
)
_ROMANCE = re.compile(
    r"(?:\b(?:en|in|em) )?\b(?P<tonic>do|ut|re|mi|fa|sol|la|si)(?P<sign> ?(?:#|b|diese|bemol|"
    r"bemolle|"
    r"diesis|sostenido|sustenido)|) (?P<mode>mayor|menor|majeur|mineur|maggiore|minore|maior)\b"
)
_GERMAN_TONICS = {
    "h": "B", "b": "Bb", "es": "Eb", "as": "Ab", "cis": "C#", "dis": "D#", "fis": "F#", "gis": "G#",
    "ais": "A#", "ces": "Cb", "des": "Db", "ges": "Gb",
}  # fmt: skip
_ROMANCE_TONICS = {
    "do": "C", "ut": "C", "re": "D", "mi": "E", "fa": "F", "sol": "G", "la": "A", "si": "B",
}  # fmt: skip
_MODE_ONLY = re.compile(
    rf"\b(?:(?:in )?(?:a|an|the) )?(?:in )?(?P<mode>{_MODE})\b"
    r"(?: (?:key|scale|mode|tonality|feel)(?![a-z]))?(?! ?(?:chord|third|seventh|7|blues))"
)
_UNKNOWN = re.compile(
    r"\bkey(?: of|:|=) ?(?P<name>(?!h[ -](?:dur|moll))[h-z](?: ?(?:sharp|flat|#|b))?)(?![\w'])"
)
_ARTICLE_NOUNS = ("key", "scale", "mode", "tonality", "third", "chord", "blues", "feel", "mood")


def read_key(reading: Reading) -> None:
    """Claim keys ("D minor", "in Eb", "fis-Moll", "re menor") and modes without a tonic.

    Raises
    ------
    BriefError
        If a key is named that does not exist ("key of X").
    """
    for match in reading.find(_UNKNOWN):
        raise _unknown(match["name"])
    for match in reading.find(_GERMAN):
        if _is_article(reading, match, match["tonic"]):
            continue
        name = _GERMAN_TONICS.get(match["tonic"], match["tonic"].upper())
        _offer(reading, match, name, _MODE_NAMES[match["mode"]])
    for match in reading.find(_ROMANCE):
        sign = "" if not match["sign"] else "b" if "b" in match["sign"] else "#"
        _offer(reading, match, _ROMANCE_TONICS[match["tonic"]] + sign, _MODE_NAMES[match["mode"]])
    for match in reading.find(_NAMED_KEY):
        if not _is_article(reading, match, match["tonic"]):
            _offer(reading, match, _tonic(match), _MODE_NAMES[match["mode"]], match["mode"])
    for match in reading.find(_BLUES_KEY, cased=True):
        if match["tonic"] != "A" or match["sign"] or match.start() > 0:
            _offer(reading, match, _tonic(match), "blues", rank=WORD)
    for pattern in (_LONE_KEY, _LOWER_LONE, _SHORT_MINOR, _BARE_ACCIDENTAL, _LOWER_SHORT):
        for match in reading.find(pattern, cased=pattern not in (_LOWER_LONE, _LOWER_SHORT)):
            if match["minor"]:
                _offer(reading, match, _tonic(match), "minor")
            else:
                _offer(reading, match, _tonic(match), "major", rank=WORD)


def read_mode(reading: Reading) -> None:
    """Claim modes that stand without a tonic: "in a minor key", "dorian"."""
    for match in reading.find(_MODE_ONLY):
        name = match["mode"]
        if name in ("min", "maj", "harmonic"):
            continue
        mode = _MODE_NAMES[name]
        shown = mode + (f" (nearest to {name})" if name in _APPROXIMATE else "")
        reading.offer("mode", mode, shown, match.span(), NAMED)


def parse_key(value: object) -> Key | str:
    """Read the key field: a key, or a mode alone (then a ``str``).

    Raises
    ------
    BriefError
        If it is not a key.
    """
    text = str(value).strip()
    if re.fullmatch(r"[A-Ga-g](?:#|b|♯|♭| ?sharp| ?flat)?m?", text):
        text = text[0].upper() + text[1:]
        text = "key of " + text
    elif re.match(r"[a-g]\b", text) or re.match(r"[a-g][#b♯♭]", text):
        text = text[0].upper() + text[1:]
    reading = Reading(text, "field")
    read_key(reading)
    if not reading.offers:
        read_mode(reading)
    if not reading.offers or reading.free_words():
        raise _unknown(text)
    found = reading.offers[-1].value
    assert isinstance(found, (Key, str))
    return found


def _unknown(name: str) -> BriefError:
    modes = ", ".join(MODES)
    return BriefError(
        f"{name!r} is not a key; write a tonic A to G (with # or b) and a mode, for example "
        f"'D minor' or 'F# dorian'. Modes: {modes}"
    )


def _tonic(match: re.Match[str]) -> str:
    sign = match["sign"].strip(" -").lower()
    return match["tonic"].upper() + {"sharp": "#", "flat": "b"}.get(sign, sign)


def _offer(
    reading: Reading,
    match: re.Match[str],
    tonic: str,
    mode: str,
    mode_name: str = "",
    rank: int = NAMED,
) -> None:
    key = Key(tonic, mode)
    if not _is_usual(key):
        # G# major and the like have no signature; the enharmonic twin sounds the same.
        key = key.transposed(0)
    shown = f"{key} (nearest to {mode_name})" if mode_name in _APPROXIMATE else str(key)
    reading.offer("key", key, shown, match.span(), rank)


def _is_usual(key: Key) -> bool:
    twin = key.transposed(0)
    return abs(key.fifths) <= 7 and (key.tonic == twin.tonic or _signature_size(key) <= 7)


def _signature_size(key: Key) -> int:
    """Accidentals that the key really needs; `Key.fifths` folds what is over seven."""
    steps = {"F": -1, "C": 0, "G": 1, "D": 2, "A": 3, "E": 4, "B": 5}[key.tonic[0]]
    steps += 7 * (key.tonic.count("#") - key.tonic[1:].count("b"))
    shift = (key.fifths - steps) % 12
    shift = shift - 12 if shift > 2 else shift
    return abs(steps + shift)


def _is_article(reading: Reading, match: re.Match[str], tonic: str) -> bool:
    """True if "a" before a mode is the article: "a minor key", "write a minor waltz"."""
    at = match.start("tonic")
    if tonic != "a" or match.end("tonic") != at + 1 or match.groupdict().get("sign"):
        return False
    if match["mode"] == "min" and reading.text[at] == "a":  # "around a min"
        return not match.group().startswith(("in ", "key"))
    if reading.lower[at + 1 : at + 2] == "-" or match["mode"] not in ("major", "minor"):
        return False
    if match.group().endswith((" key", " scale", " mode", " tonality")):
        return reading.text[at] == "a" or at == 0
    if reading.text[at] == "A":
        following = re.match(r" ([a-z]+)", reading.lower[match.end() :])
        return at == 0 and following is not None and following[1] in _ARTICLE_NOUNS
    following = re.match(r" ([a-z]+)", reading.lower[match.end() :])
    if following is None:
        return False
    if following[1] in _ARTICLE_NOUNS:
        return True
    if match.group().startswith(("in ", "key")):
        return False
    return following[1] not in ("at", "with", "and", "for", "in", "to", "from", "but", "or")
