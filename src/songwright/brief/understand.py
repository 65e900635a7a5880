"""From a prompt and fields to a `Brief`."""

from __future__ import annotations

from collections.abc import Mapping

from songwright.brief.key import read_key, read_mode
from songwright.brief.length import read_length
from songwright.brief.meanings import read_meanings
from songwright.brief.meter import read_meter
from songwright.brief.model import Affect, Brief
from songwright.brief.offers import settle
from songwright.brief.phrases import find_phrases
from songwright.brief.players import read_players
from songwright.brief.tempo import read_tempo
from songwright.brief.text import Reading
from songwright.brief.vocabulary import english
from songwright.errors import BriefError


def understand(prompt: str = "", fields: Mapping[str, object] | None = None) -> Brief:
    reading = Reading(prompt)
    read_meter(reading)
    read_key(reading)
    read_mode(reading)
    read_tempo(reading)
    read_length(reading)
    matches = find_phrases(reading, {})
    rest = read_players(reading, matches)
    read_meanings(reading, rest)
    values = {}
    conflicts = []
    heard = []
    for control in dict.fromkeys(o.control for o in reading.offers):
        best, sentences = settle(o for o in reading.offers if o.control == control)
        values[control] = best.value
        conflicts += sentences if control not in ("mood", "affect", "production", "instruments") else []
        heard.append(best.heard)
    stop = english().stopwords
    left = [reading.lower[a:b] for a, b in reading.free_words() if reading.lower[a:b] not in stop]
    if not reading.offers:
        raise BriefError("nothing understood")
    affects = [o.value for o in reading.offers if o.control == "affect"]
    affect = Affect(*(sum(a[i] for a in affects) / len(affects) for i in range(5))) if affects else Affect()
    return Brief(
        prompt=reading.written, use=values.get("use", ""), style=values.get("style", ""), affect=affect,
        key=values.get("key"), mode=values.get("mode", ""), tempo=values.get("tempo"), meter=values.get("meter"),
        feel=values.get("feel", ""), length=values.get("length"), instruments=tuple(reading.instruments),
        only_these=bool(values.get("only these")), avoid=tuple(reading.avoid), heard=tuple(heard),
        conflicts=tuple(conflicts), not_understood=tuple(left), ending=values.get("ending", ""),
        production=tuple(dict.fromkeys(o.value for o in reading.offers if o.control == "production")),
    )
