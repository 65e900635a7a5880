"""Strings in conversation: who has the figure, who holds, who answers and who rests.

A quartet changes its texture with every phrase. A texture gives each player a task; all players
draw the same texture for the same bars from the seed, so that they agree without hearing each
other. A section that returns is set in other textures than before.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from songwright.composition.accompany.stage import Bar, Stage
from songwright.seeds import rng


@dataclass(frozen=True, slots=True)
class Texture:
    """Tasks of second violin, viola and cello, and the energies at which they suit.

    Upper voices: ``hold`` long notes, ``sing`` with the tune, ``weave`` moving quarters and
    eighths, ``pulse`` repeated notes, ``rock`` broken chords, ``run`` the same twice as fast,
    ``after`` beats off the beat, ``syncope`` long notes between the beats, ``shadow`` the tune in
    thirds and sixths below, ``above`` the same over it, ``answer`` imitates the tune where it rests
    or stands, ``rest`` (but for bars that the tune leaves empty). The cello has names of bass
    patterns, ``first`` (the first beat only), ``walk``, ``answer`` (the bass, and the head of the
    phrase where the tune rests or stands) and ``rest``. Where they are ``swapped`` the viola plays
    above the second violin.
    """

    name: str
    upper: tuple[str, str]
    cello: str
    low: float
    high: float
    swapped: bool = False


TEXTURES = (
    Texture("violins", ("weave", "rest"), "rest", 0.0, 0.3),
    Texture("pair", ("shadow", "rest"), "first", 0.0, 0.35),
    Texture("viola_pair", ("rest", "weave"), "first", 0.0, 0.35),
    Texture("sighs", ("hold", "syncope"), "first", 0.1, 0.6),
    Texture("cello_dialogue", ("weave", "hold"), "answer", 0.05, 0.65),
    Texture("canon", ("answer", "after"), "answer", 0.3, 0.9),
    Texture("restless", ("syncope", "syncope"), "walk", 0.3, 0.9),
    Texture("breathless", ("syncope", "rock"), "half_notes", 0.45, 1.0),
    Texture("outer", ("rest", "rock"), "half_notes", 0.05, 0.5),
    Texture("trio", ("weave", "sing"), "rest", 0.0, 0.5),
    Texture("hymn", ("sing", "weave"), "chorale_bass", 0.0, 0.55),
    Texture("dialogue", ("answer", "hold"), "half_notes", 0.0, 0.7),
    Texture("low_dialogue", ("hold", "answer"), "quarters", 0.1, 0.75),
    Texture("viola_answer", ("hold", "answer"), "first", 0.15, 0.75, swapped=True),
    Texture("murmur", ("rock", "hold"), "sustain", 0.1, 0.65),
    Texture("serenade", ("rock", "after"), "first", 0.15, 0.75),
    Texture("viola_song", ("hold", "weave"), "half_notes", 0.05, 0.7, swapped=True),
    Texture("viola_over", ("rock", "sing"), "first", 0.25, 0.85, swapped=True),
    Texture("thirds", ("shadow", "hold"), "eighths", 0.2, 0.7),
    Texture("duet", ("shadow", "rock"), "first", 0.25, 0.85),
    Texture("crossed", ("above", "hold"), "half_notes", 0.2, 0.8),
    Texture("dance", ("after", "after"), "first", 0.25, 0.75),
    Texture("weaving", ("weave", "rock"), "quarters", 0.3, 0.85),
    Texture("pulse", ("pulse", "pulse"), "walk", 0.4, 0.9),
    Texture("chase", ("answer", "pulse"), "eighths", 0.45, 1.0),
    Texture("storm", ("run", "pulse"), "eighths", 0.65, 1.0),
    Texture("tutti", ("shadow", "run"), "walk", 0.65, 1.0),
)
_PLAIN = next(t for t in TEXTURES if t.name == "hymn")
_CLOSING = ("hymn", "pulse", "tutti")
"""Textures of the end, where all four play."""

_RESTS_AT_EDGES = 0.35
_CHOICE = 4
"""Textures between which a section moves."""

_TALKS = 0.12
"""How much further than others a texture with an answer may lie from its energy: a quartet is known
by players who imitate one another."""

_WHOLE_PHRASE = 0.55
"""How often a texture lasts for a whole phrase and does not change in its middle."""


def texture_runs(stage: Stage, bars: Sequence[Bar]) -> list[tuple[Texture, list[Bar]]]:
    """Consecutive bars of one section that share a texture, in order.

    Textures are drawn for the whole section, so that a player who leaves out its last bar still
    agrees with the others.
    """
    section = bars[0].section.id
    asked = {bar.index for bar in bars}
    stretches: list[list[Bar]] = []
    whole = [bar for bar in stage.bars if bar.section.id == section]
    for _, group in groupby(whole, key=lambda bar: bar.phrase):
        phrase = list(group)
        draw = rng(stage.plan.seed, "texture", phrase[0].section.id, phrase[0].phrase)
        parts = [phrase]
        if len(phrase) >= 4 and draw.random() > _WHOLE_PHRASE:
            parts = [phrase[: len(phrase) // 2], phrase[len(phrase) // 2 :]]
        stretches += parts
    last = len(stretches) - 1
    runs = []
    for number, stretch in enumerate(stretches):
        playing = [bar for bar in stretch if bar.index in asked]
        if playing:
            runs.append((_texture(stage, stretch, number, number in (0, last)), playing))
    return runs


def _texture(stage: Stage, bars: Sequence[Bar], number: int, at_edge: bool) -> Texture:
    """The texture of the ``number``-th stretch of a section; returns go on through the list.

    At the edges of a section hardly anybody rests: players drop out within it.
    """
    first = bars[0]
    energy = sum(bar.energy for bar in bars) / len(bars)
    fitting = [t for t in TEXTURES if t.low <= energy <= t.high] or [_PLAIN]
    if any(bar.last for bar in bars):  # nobody is silent at the end
        fitting = [t for t in fitting if t.name in _CLOSING] or [_PLAIN]
    opens = rng(stage.plan.seed, "rests", first.section.id, number).random()
    if at_edge and opens > _RESTS_AT_EDGES:
        fitting = [t for t in fitting if "rest" not in (*t.upper, t.cello)] or fitting
    inner = [p for p in stage.plan.parts if p.role == "inner" and p.id in first.section.parts]
    if len(inner) < 2:  # two violins alone need their bass
        fitting = [t for t in fitting if t.cello != "rest"] or [_PLAIN]
    # Of those that suit, the few that suit best: sections differ in how busy they are.
    fitting.sort(key=lambda t: (_distance(t, energy), t.name))
    fitting = fitting[:_CHOICE]
    order = rng(stage.plan.seed, "textures", first.section.letter).sample(fitting, len(fitting))
    return order[(number + 2 * first.section.occurrence) % len(order)]


def _distance(texture: Texture, energy: float) -> float:
    """How far a texture lies from an energy; answering ones count as nearer."""
    talks = "answer" in texture.upper
    return abs((texture.low + texture.high) / 2 - energy) - _TALKS * talks
