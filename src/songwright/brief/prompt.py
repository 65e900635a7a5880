"""Reading a prompt: every reader in turn, each claiming the words that it understands.

The order matters. Notations that nothing else can be (chord charts, times of a climax, "3/4") go
first; then lengths and numbers; then the vocabulary; scenes take what is left.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from songwright.brief.chart import read_chart
from songwright.brief.energy import read_energy
from songwright.brief.entries import read_entries
from songwright.brief.form import read_form
from songwright.brief.key import read_key, read_mode
from songwright.brief.length import read_length
from songwright.brief.meanings import read_meanings
from songwright.brief.meter import read_meter
from songwright.brief.model import SectionRequest, TempoRequest
from songwright.brief.modulation import Target, read_modulations
from songwright.brief.negatives import read_negatives
from songwright.brief.offers import HINT, SCENE, Offer
from songwright.brief.phrases import find_phrases
from songwright.brief.pitch import read_pitch_range
from songwright.brief.places import read_places
from songwright.brief.players import read_players
from songwright.brief.scenes import SceneMatch, content_words, match_scene
from songwright.brief.tempo import read_lone_number, read_tempo
from songwright.brief.tempo import shown as tempo_shown
from songwright.brief.text import CLAIMED, Reading, fold
from songwright.brief.title import read_title
from songwright.brief.typos import mend
from songwright.brief.vocabulary import english
from songwright.styles import style

_CLAUSE = re.compile(r"[^,.;:!?()|]+")
_SCENE_WORD = re.compile(r"[a-z]+(?:'[a-z]+)?")
_MOST_SCENES = 12


@dataclass(frozen=True, slots=True)
class Found:
    """What the readers of a prompt hand on beside their offers."""

    section_charts: tuple[SectionRequest, ...]
    targets: tuple[Target, ...]  # modulations to a named key


def read_prompt(reading: Reading) -> Found:
    """Let every reader claim its part of a prompt."""
    read_title(reading)
    charts = read_chart(reading)
    read_entries(reading)
    read_places(reading)
    read_energy(reading)
    targets = read_modulations(reading)
    read_meter(reading)
    read_form(reading)
    read_key(reading)
    read_tempo(reading)
    read_pitch_range(reading)
    read_length(reading)
    read_mode(reading)
    read_vocabulary(reading)
    read_scenes(reading)
    read_lone_number(reading)
    return Found(charts, targets)


def read_vocabulary(reading: Reading) -> None:
    """Claim the words of the vocabulary: negatives, instruments, then everything else."""
    mended = mend(reading)
    matches = read_negatives(reading, find_phrases(reading, mended))
    read_meanings(reading, read_players(reading, matches))
    for start, word in mended.items():
        if reading.lower[start : start + 1] == CLAIMED:
            end = start
            while end < len(reading.written) and reading.written[end].isalnum():
                end += 1
            written = reading.written[start:end]
            shown = f"read as “{word}”"
            reading.offers.append(
                Offer("spelling", (start, word), shown, written, reading.source, SCENE, start)
            )


def read_scenes(reading: Reading) -> None:
    """Recognise scenes among the words that nobody has claimed.

    Mood words of the same clause help to find the scene ("a *tense* heist"), though they have been
    understood already.
    """
    folded = fold(reading.written)
    moods = [o for o in reading.offers if o.control == "mood"]
    scenes = 0
    for clause in _CLAUSE.finditer(folded):
        start, end = clause.span()
        context = " ".join(fold(o.words) for o in moods if start <= o.position < end)
        while scenes < _MOST_SCENES:
            free = reading.lower[start:end].replace(CLAIMED, " ")
            match = match_scene(f"{context} {free}") or match_scene(free)
            if match is not None and not match.words & set(content_words(free)):
                match = match_scene(free)
            if match is None:
                break
            scenes += 1
            _claim_scene(reading, match, start, end)


def _claim_scene(reading: Reading, match: SceneMatch, start: int, end: int) -> None:
    """Claim the words of a scene that are still free within ``start..end``."""
    spans = [
        found.span()
        for found in _SCENE_WORD.finditer(reading.lower, start, end)
        if found.group() in match.words
    ]
    words = " … ".join(reading.claim(*span) for span in spans)
    at = spans[0][0] if spans else start

    def offer(control: str, value: object, shown: str, rank: int = SCENE) -> None:
        reading.offers.append(Offer(control, value, shown, words, "scene", rank, at))

    offer("mood", words, f"like “{match.text}” ({match.likeness:.0%})")
    offer("affect", match.affect, "", HINT)
    if match.style:
        offer("style", match.style, f"{style(match.style).name} (suits the scene)")
    if match.bpm is not None:
        request = TempoRequest(*match.bpm)
        offer("tempo", request, tempo_shown(request) + " (suits the scene)")
    for name in match.production:
        offer("production", name, f"{name} (suits the scene)")


def not_understood(reading: Reading) -> tuple[str, ...]:
    """The words that nobody claimed and that are no stopwords, neighbours joined to phrases."""
    stop = english().stopwords
    phrases: list[str] = []
    last = -1
    for start, end in reading.free_words():
        word = reading.lower[start:end]
        if word in stop or (len(word) == 1 and not word.isdigit() and word.isascii()):
            continue
        gap = reading.written[last:start] if last >= 0 else ","
        if last >= 0 and not gap.strip(" '") and CLAIMED not in reading.lower[last:start]:
            phrases[-1] += gap + reading.written[start:end]
        else:
            phrases.append(reading.written[start:end])
        last = end
    return tuple(dict.fromkeys((*phrases, *reading.dropped)))
