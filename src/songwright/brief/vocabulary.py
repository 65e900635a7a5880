"""The vocabulary: words and phrases with what they mean, read from ``data/*.toml``.

Every file is a list of ``[[word]]`` tables of one shape (`Word`), so that a word may mean several
things at once: "waltz" is a metre, "lullaby" a mood, a tempo and a hint of a style. To teach a new
word, add it to the table that fits. Hyphens and spaces are the same; plurals are listed only
when they are irregular.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files

import msgspec

from songwright.errors import StyleError
from songwright.score import instruments

_FILES = ("styles", "moods", "production", "controls", "instruments", "ensembles", "foreign")
_NO_GENRE = ("acoustic", "electro", "chip", "orchestral", "orchestra")
_SEPARATORS = re.compile(r"[-\s]+")


@dataclass(frozen=True, slots=True)
class Word:
    """What a group of synonyms means. Everything but ``words`` may be left out.

    Attributes
    ----------
    words
        The synonyms, folded (lower case, no accents).
    style, near, hint
        A style id; ``near`` says that the genre is not in the list and this is its nearest
        neighbour; ``hint`` that the word only leans towards the style ("jazzy").
    affect
        Valence, arousal, tension, brightness, density; each -1..1.
    mood
        False for words that carry affect without being a mood ("busy").
    adjective
        True if the word may describe an instrument.
    instruments, role, pattern, only, separate, roles, seats
        An instrument request; ``only`` asks for nothing else, ``separate`` asks for each of the
        instruments (a string quartet) instead of any of them (strings), with ``roles`` for each
        and ``seats``: the kind of named player who takes this one's place (see `brief.seats`).
    part
        The word names what a part does ("melody", "riff"): a role for the instrument next to it.
    alone
        Who may play that part when no instrument is next to it; empty: it asks for nobody.
    bpm, term
        A tempo range; ``term`` is a term of art (Largo), which beats common words (slow).
    energy
        Energy curve, as ``[position, level]`` pairs in 0..1.
    note
        Said to the person when the word is heard.
    """

    words: tuple[str, ...]
    style: str = ""
    near: bool = False
    hint: bool = False
    affect: tuple[float, float, float, float, float] | None = None
    mood: bool = True
    production: tuple[str, ...] = ()
    adjective: bool = False
    instruments: tuple[str, ...] = ()
    role: str = ""
    pattern: str = ""
    only: bool = False
    separate: bool = False
    roles: tuple[str, ...] = ()
    seats: tuple[str, ...] = ()
    part: str = ""
    alone: tuple[str, ...] = ()
    section: str = ""
    use: str = ""
    ending: str = ""
    ritardando: bool = False
    feel: str = ""
    meter: str = ""
    mode: str = ""
    bpm: tuple[float, float] | None = None
    term: bool = False
    dynamics: str = ""
    articulation: str = ""
    register: str = ""
    density: str = ""
    intensity: str = ""
    danceability: str = ""
    energy: tuple[tuple[float, float], ...] = ()
    note: str = ""

    @property
    def says_more(self) -> bool:
        """True if an instrument word has a meaning beside who plays."""
        return bool(self.style or self.use or self.affect or self.feel or self.meter)


@dataclass(frozen=True, slots=True)
class TempoWord:
    """A tempo word and its range in quarter notes per minute."""

    low_bpm: float
    high_bpm: float
    term: bool


@dataclass(frozen=True, slots=True)
class English:
    """Plain words: ``stopwords`` carry no request, ``guarded`` are never taken for typos."""

    stopwords: frozenset[str]
    guarded: frozenset[str]


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """All phrases, and the number of words in the longest that starts with a given word."""

    phrases: dict[str, Word]
    longest: dict[str, int]
    singles: frozenset[str]
    tempo_words: dict[str, TempoWord]


@cache
def vocabulary() -> Vocabulary:
    """Every phrase of the data files."""
    phrases: dict[str, Word] = {}
    for name in _FILES:
        for word in _words_of(name):
            for text in word.words:
                phrase = normal(text)
                if phrases.get(phrase, word) is not word:
                    raise StyleError(f"brief/data/{name}.toml: {text!r} is in the vocabulary twice")
                phrases[phrase] = word
    for phrase, word in list(phrases.items()):
        for plural in _plurals(phrase, word):
            phrases.setdefault(plural, word)
    for row in instruments().values():  # General MIDI names ask for just this instrument
        name = normal(row.id.replace("_", " "))
        role = "drums" if row.is_kit else "bass" if row.family == "bass" else ""
        phrases.setdefault(name, Word((name,), instruments=(row.id,), role=role))
    for phrase, word in list(phrases.items()):
        first = phrase.split(" ")[0]
        genre = phrases.get(first) if first not in _NO_GENRE else None
        if not word.instruments or word.style or genre is None or genre.hint or not genre.style:
            continue
        # "funk guitar" leans towards funk
        phrases[phrase] = replace(word, style=genre.style, near=genre.near, hint=True)
    longest: dict[str, int] = {}
    for phrase in phrases:
        parts = phrase.split(" ")
        longest[parts[0]] = max(longest.get(parts[0], 1), len(parts))
    singles = frozenset(part for phrase in phrases for part in phrase.split(" "))
    tempo = {p: TempoWord(*w.bpm, w.term) for p, w in phrases.items() if w.bpm is not None}
    return Vocabulary(phrases, longest, singles, tempo)


@cache
def english() -> English:
    """Stopwords and guarded words."""
    table = tomllib.loads(_read("english"))
    return English(frozenset(table["stopwords"].split()), frozenset(table["guarded"].split()))


def normal(text: str) -> str:
    """A phrase as the tables are searched: words joined by single spaces."""
    return _SEPARATORS.sub(" ", text.strip())


def _words_of(name: str) -> tuple[Word, ...]:
    try:
        return msgspec.convert(tomllib.loads(_read(name)).get("word", []), tuple[Word, ...])
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise StyleError(f"brief/data/{name}.toml: {error}") from error


def _read(name: str) -> str:
    return files("songwright.brief").joinpath(f"data/{name}.toml").read_text("utf-8")


def _plurals(phrase: str, word: Word) -> tuple[str, ...]:
    if not (word.instruments or word.section or word.part):
        return ()
    if phrase.endswith("s") and not phrase.endswith("ss"):
        return ()
    if phrase.endswith(("ch", "sh", "x", "ss")):
        return (phrase + "es",)
    if phrase.endswith("y") and phrase[-2:-1] not in tuple("aeiou"):
        return (phrase[:-1] + "ies",)
    return (phrase + "s",)
