"""Obedience: random hard constraints for all models, and whether every one of them held.

Nothing here looks at how constraints are kept; what comes out is judged by its notes alone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import TypeVar

from bench.models_makers import ROWS, complete
from songwright.errors import ConstraintError
from songwright.models.decoder import Decoder, load
from songwright.models.features import FeatureSpace
from songwright.models.grid import POSITIONS, bar_steps
from songwright.models.groove_grammar import GrooveGrammar, GrooveRules
from songwright.models.grooves import FAMILIES, GROOVE_FEATURES, VOICES, GrooveWish, Stroke
from songwright.models.grooves import LATENESS as LATE
from songwright.models.likeness import Sound
from songwright.models.line_grammar import LineGrammar, LineRules
from songwright.models.lines import LINE_FEATURES, Frame, Harmony, Wish
from songwright.models.progression_grammar import HarmonyGrammar, HarmonyRules
from songwright.models.progressions import BEAT_STEPS, HARMONY_FEATURES, HarmonyWish
from songwright.models.sampling import Grammar, Taste
from songwright.models.weights import FOLDER
from songwright.seeds import rng

_G = TypeVar("_G")
_S = TypeVar("_S", bound=Grammar)
_METERS = ((4, 4), (3, 4), (6, 8), (2, 4), (12, 8), (5, 4), (2, 2))
_QUALITIES = ("maj", "min", "7", "min7", "maj7", "dim")
_TONES = {"maj": (0, 4, 7), "min": (0, 3, 7), "7": (0, 4, 7, 10), "min7": (0, 3, 7, 10),
          "maj7": (0, 4, 7, 11), "dim": (0, 3, 6)}  # fmt: skip


@dataclass
class Obedience:
    """How many constraints were asked for and how many held, by kind."""

    samples: int = 0
    obedient: int = 0
    impossible: int = 0
    """Contradictions that were refused before anything was sampled."""
    dead_ends: int = 0
    """Sequences that began but could not go on: each is a fault of its grammar."""
    asked: Counter[str] = field(default_factory=Counter)
    held: Counter[str] = field(default_factory=Counter)

    def add(self, checks: dict[str, bool]) -> None:
        self.samples += 1
        self.obedient += all(checks.values())
        for name, good in checks.items():
            self.asked[name] += 1
            self.held[name] += good


def obedience(name: str, count: int, seed: int, folder: Path = FOLDER) -> Obedience:
    """Sample ``count`` times from a model with random constraints and check every one."""
    decoder, random, found = load(name, folder), rng(seed, "obedience", name), Obedience()
    if name == "drums":
        grooves = _made(count, lambda: _groove(random), found)
        for groove in _completed(decoder, grooves, GROOVE_FEATURES, seed, found):
            found.add(checks_of_groove(groove.drums, groove.wish, groove.rules))
    elif name == "harmony":
        chords = _made(count, lambda: _harmony(random), found)
        for harmony in _completed(decoder, chords, HARMONY_FEATURES, seed, found):
            found.add(checks_of_chords(harmony.chords, harmony.wish, harmony.rules))
    else:
        lines = _made(count, lambda: _line(random, name), found)
        for line in _completed(decoder, lines, LINE_FEATURES, seed, found):
            found.add(checks_of_line(line.line, line.frame, line.rules))
    return found


def _completed(
    decoder: Decoder, grammars: Sequence[_S], space: FeatureSpace, seed: int, found: Obedience
) -> Iterator[_S]:
    """Grammars completed in batches; those of a batch that meets a dead end one by one."""
    taste = Taste(1.1, 1.0)  # a wild taste tries the masks harder
    for first in range(0, len(grammars), ROWS):
        some = grammars[first : first + ROWS]
        try:
            yield from complete(decoder, deepcopy(some), space, taste, seed + first)
        except ConstraintError:
            for i, grammar in enumerate(some):
                try:
                    yield from complete(decoder, [grammar], space, taste, seed + first + i)
                except ConstraintError:
                    found.dead_ends += 1


def _made(count: int, make: Callable[[], _G], found: Obedience) -> list[_G]:
    made: list[_G] = []
    while len(made) < count:
        try:
            made.append(make())
        except ConstraintError:  # refused before anything is sampled, as it should be
            found.impossible += 1
    return made


# -- lines


def _line(random: Random, name: str) -> LineGrammar:
    numerator, denominator = random.choice(_METERS)
    bars = random.choice((1, 2, 4))
    frame = Frame(numerator, denominator, bars)
    bar, steps = frame.bar_steps, frame.steps
    chords = _chords(random, frame)
    frame = Frame(numerator, denominator, bars, chords)
    low = random.randint(28, 70)
    high = low + random.randint(9, 30)
    role = "lead" if name == "melody" else random.choice(("bass", "chords", "inner", "counter"))
    voices = random.choice((3, 4, 6)) if role == "chords" else 1
    positions = frozenset(p for p in POSITIONS if p < bar and p % 6 == 0)
    least = random.randint(0, 4 * bars) if random.random() < 0.6 else 0
    rules = LineRules(
        low, high, voices, least,
        least + random.randint(0, 8) if random.random() < 0.6 else None,
        positions if random.random() < 0.4 else None,
        _tones_by_step(frame) if random.random() < 0.5 else None,
        _locks(random, steps, bar, low, high) if random.random() < 0.5 else (),
        frozenset((random.randrange(bars),)) if bars > 1 and random.random() < 0.2 else frozenset(),
        widest_leap=24, most_repeats=random.choice((1, 3, 8)),
        first_onset=random.choice((0, 0, 6, 12)),
    )  # fmt: skip
    wish = Wish(role, density=random.choice((None, 0.5, 1.0, 2.0)), low=low, high=high)
    return LineGrammar(frame, wish, rules)


def _chords(random: Random, frame: Frame) -> tuple[Harmony, ...]:
    return tuple(
        Harmony(b * frame.bar_steps, random.randrange(12), random.choice(_QUALITIES))
        for b in range(frame.bars)
    )


def _tones_by_step(frame: Frame) -> tuple[frozenset[int] | None, ...]:
    """On quarters only tones of the chord may begin; between them anything."""
    by_bar = [frozenset((c.root + t) % 12 for t in _TONES[c.quality]) for c in frame.harmony]
    return tuple(
        by_bar[step // frame.bar_steps] if step % 12 == 0 else None for step in range(frame.steps)
    )


def _locks(random: Random, steps: int, bar: int, low: int, high: int) -> tuple[Sound, ...]:
    places = [s for s in range(steps) if s % bar in POSITIONS and s % bar % 6 == 0]
    chosen = sorted(random.sample(places, min(random.randint(1, 3), len(places))))
    locks = []
    for place, after in zip(chosen, [*chosen[1:], steps], strict=True):
        length = min(random.choice((3, 6, 12, 24, 7)), after - place)  # 7 has no token of its own
        locks.append(Sound(place, length, random.randint(low, high)))
    return tuple(locks)


def checks_of_line(line: Sequence[Sound], frame: Frame, rules: LineRules) -> dict[str, bool]:
    """Which constraints were asked for and whether the notes keep them."""
    bar = frame.bar_steps
    locked = set(rules.locked)
    held_until = {step for s in rules.locked for step in range(s.onset, s.onset + s.duration)}
    free = [s for s in line if s not in locked]
    onsets = {s.onset for s in free}
    at_once = Counter(s.onset for s in free)
    checks = {
        "range": all(rules.low <= s.pitch <= rules.high for s in line),
        "metre": all(
            s.onset >= 0 and s.onset + s.duration <= frame.steps and s.onset % bar in POSITIONS
            for s in free
        ),
        "voices": max(at_once.values(), default=0) <= rules.voices,
        "first onset": all(o >= rules.first_onset for o in onsets),
    }
    if rules.locked:
        checks["locks"] = locked <= set(line)
        checks["nothing over locks"] = not any(
            step in held_until for s in free for step in range(s.onset, s.onset + s.duration)
        )
    if rules.least_onsets or rules.most_onsets is not None:
        most = rules.most_onsets
        checks["onsets"] = rules.least_onsets <= len(onsets) and (
            most is None or len(onsets) <= most
        )
    if rules.positions is not None:
        checks["places"] = all(o % bar in rules.positions for o in onsets)
    if rules.pitch_classes is not None:
        classes = rules.pitch_classes
        checks["chord tones"] = all(
            s.pitch % 12 in wanted for s in free if (wanted := classes[s.onset]) is not None
        )
    if rules.closed_bars:
        checks["closed bars"] = all(o // bar not in rules.closed_bars for o in onsets)
    return checks


# -- drums


def _groove(random: Random) -> GrooveGrammar:
    numerator, denominator = random.choice(_METERS)
    bars = random.choice((1, 2, 4))
    wish = GrooveWish(
        numerator, denominator, bars, family=random.choice(FAMILIES),
        density=random.choice((None, 1.0, 2.0, 3.0)), played=random.choice((None, True, False)),
    )  # fmt: skip
    bar = bar_steps(numerator, denominator)
    if random.random() < 0.25:  # somebody's pattern, only to be humanised
        places = [s for s in range(wish.steps) if s % bar in POSITIONS]
        pattern = {
            (random.choice(places), random.choice(VOICES)) for _ in range(random.randint(1, 12))
        }
        given = tuple(Stroke(step, voice, 90) for step, voice in sorted(pattern))
        return GrooveGrammar(wish, GrooveRules(given))
    voices = frozenset(random.sample(VOICES, random.randint(1, len(VOICES))))
    least = random.randint(0, 5 * bars)
    positions = frozenset(p for p in POSITIONS if p < bar and p % 6 == 0)
    return GrooveGrammar(wish, GrooveRules(
        None, voices, positions if random.random() < 0.5 else None, least,
        least + random.randint(0, 12), random.choice((1, 2, 3, 4)),
    ))  # fmt: skip


def checks_of_groove(
    strokes: Sequence[Stroke], wish: GrooveWish, rules: GrooveRules
) -> dict[str, bool]:
    """Which constraints were asked for and whether the strokes keep them."""
    bar = wish.bar_steps
    together = Counter(s.onset for s in strokes)
    checks = {
        "metre": all(0 <= s.onset < wish.steps and s.onset % bar in POSITIONS for s in strokes),
        "velocities": all(1 <= s.velocity <= 127 and s.lateness in LATE for s in strokes),
        "one at a time": len({(s.onset, s.voice) for s in strokes}) == len(strokes),
    }
    if rules.pattern is not None:
        wanted = {(s.onset, s.voice) for s in rules.pattern}
        return checks | {"given pattern": {(s.onset, s.voice) for s in strokes} == wanted}
    most = rules.most_strokes
    checks |= {
        "kit": all(s.voice in rules.voices for s in strokes),
        "hands": max(together.values(), default=0) <= rules.together,
        "strokes": rules.least_strokes <= len(strokes) and (most is None or len(strokes) <= most),
    }
    if rules.positions is not None:
        checks["places"] = all(s.onset % bar in rules.positions for s in strokes)
    return checks


# -- harmony


def _harmony(random: Random) -> HarmonyGrammar:
    numerator, denominator = random.choice(_METERS)
    bars = random.choice((2, 4, 8))
    wish = HarmonyWish(numerator, denominator, bars, minor=random.choice((None, True, False)))
    every = [(root, quality) for root in range(12) for quality in _QUALITIES]
    chords = frozenset(random.sample(every, random.randint(2, 20)))
    some = sorted(chords)
    halves = range(wish.bar_steps // BEAT_STEPS)
    places = sorted(random.sample(range(bars), min(bars, random.randint(0, 2))))
    given = tuple(
        Harmony(b * wish.bar_steps + random.choice(halves) * BEAT_STEPS, *random.choice(every))
        for b in places
    )
    return HarmonyGrammar(wish, HarmonyRules(
        chords if random.random() < 0.7 else None,
        frozenset(h for h in halves if h % 2 == 0) if random.random() < 0.5 else None,
        random.choice((1, 2, 4)), given if random.random() < 0.4 else (),
        frozenset(random.sample(some, 1)) if random.random() < 0.5 else None,
        frozenset(random.sample(some, 1)) if random.random() < 0.5 else None,
    ))  # fmt: skip


def checks_of_chords(
    chords: Sequence[Harmony], wish: HarmonyWish, rules: HarmonyRules
) -> dict[str, bool]:
    """Which constraints were asked for and whether the chords keep them.

    A given chord that sounds already need not begin again where it is given.
    """
    bar = wish.bar_steps
    given = {c.onset: (c.root, c.quality) for c in rules.given}
    free = [c for c in chords if c.onset not in given]
    in_bar = Counter(c.onset // bar for c in free)
    checks = {
        "metre": all(0 <= c.onset < wish.steps and c.onset % BEAT_STEPS == 0 for c in chords),
        "begins": bool(chords) and chords[0].onset == 0,
        "chords in a bar": max(in_bar.values(), default=0) <= max(1, rules.most_in_bar),
    }
    ends = {(c.root, c.quality) for c in free if c.onset == 0} | {
        (c.root, c.quality) for c in free if c.onset // bar == wish.bars - 1
    }
    special = (rules.first or frozenset()) | (rules.last or frozenset())
    if rules.chords is not None:
        allowed = rules.chords | (special & ends)
        checks["chords"] = all((c.root, c.quality) in allowed for c in free)
    if rules.beats is not None:
        checks["beats"] = all(c.onset % bar // BEAT_STEPS in rules.beats for c in free)
    if given:
        checks["given chords"] = all(_sounds_at(chords, o) == name for o, name in given.items())
    if rules.first is not None and 0 not in given:
        checks["first chord"] = _sounds_at(chords, 0) in rules.first
    if rules.last is not None and not any(o // bar == wish.bars - 1 for o in given):
        checks["last chord"] = _sounds_at(chords, wish.steps - 1) in rules.last
    return checks


def _sounds_at(chords: Sequence[Harmony], step: int) -> tuple[int, str] | None:
    found = [c for c in chords if c.onset <= step]
    return (found[-1].root, found[-1].quality) if found else None
