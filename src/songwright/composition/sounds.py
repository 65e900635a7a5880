"""Which sound of the palette plays an electronic part.

The instrument stays what it is, for notation and MIDI; the sound is how it is heard here. Acoustic
instruments keep their own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from songwright import palette
from songwright.brief.model import Affect, Brief
from songwright.composition.plan import Decision, PartPlan
from songwright.palette.lexicon import Player, players, words_of
from songwright.score import instrument
from songwright.seeds import rng
from songwright.styles import Style

_CLOSE = 1.6
"""Sounds whose score is this close to the best are all good; the seed chooses."""

_MOOD_SHARE, _HINT_SHARE, _STYLE_LIST = 0.35, 0.3, 3.0
_TAKEN = 2.5
"""What a sound loses that another part has already."""

_AFFECT_WORDS = (
    ("valence", "melancholic", "happy"), ("arousal", "calm", "energetic"),
    ("tension", "soft", "tense"), ("brightness", "dark", "bright"),
)  # fmt: skip


def choose_sounds(
    parts: tuple[PartPlan, ...], brief: Brief, style: Style, seed: int
) -> tuple[tuple[PartPlan, ...], tuple[Decision, ...]]:
    """Give electronic parts a sound that fits what was asked for, the role and the style.

    Parts that name a sound already keep it.
    """
    chosen: list[PartPlan] = []
    decisions: list[Decision] = []
    taken: set[str] = set()
    moods = _mood_words(brief)
    kit = ""
    for part in parts:
        player = _player(part, style)
        if part.sound or player is None:
            chosen.append(part)
            continue
        found = _choice(part, player, brief, style, moods, taken, seed)
        if kit and player.categories == ("kits",):
            found = kit, "the same drum machine throughout"
        if found is None:
            chosen.append(part)
            continue
        sound, reason = found
        taken.add(sound)
        if player.categories == ("kits",):
            kit = sound
        chosen.append(replace(part, sound=sound))
        decisions.append(Decision(f"sound of {part.id}", sound, reason))
    return tuple(chosen), tuple(decisions)


def _player(part: PartPlan, style: Style) -> Player | None:
    """What may stand in for the part's instrument, if anything may."""
    player = players().get(part.instrument)
    if player is None:
        # a style may list a drum machine for its kit; a kit that was asked for stays
        listed = instrument(part.instrument).is_kit and not part.requested and _listed(part, style)
        return Player(("kits",)) if listed and part.role == "drums" else None
    return None if player.only and style.id not in player.only else player


def _listed(part: PartPlan, style: Style) -> tuple[str, ...]:
    return next((facts.sounds for facts in style.parts if facts.id == part.id), ())


def _choice(
    part: PartPlan,
    player: Player,
    brief: Brief,
    style: Style,
    moods: Sequence[str],
    taken: set[str],
    seed: int,
) -> tuple[str, str] | None:
    """A sound and why, or None if the palette has none for this part."""
    asked = _asked_words(part, brief)
    listed = _listed(part, style)
    hits = palette.search((), part.role, player.categories, style.id, limit=None)
    fitting = [hit for hit in hits if style.id in hit.patch.styles or hit.patch.id in listed]
    if not asked and fitting:
        hits = fitting
    if not hits:
        return None
    by_asked = {hit.patch.id: hit for hit in _scored(asked)}
    by_hint = {hit.patch.id: hit.score for hit in _scored(player.hints)}
    by_mood = {hit.patch.id: hit.score for hit in _scored(moods)}
    scores: dict[str, float] = {}
    for hit in hits:
        name = hit.patch.id
        score = (
            hit.score + _HINT_SHARE * by_hint.get(name, 0.0) + _MOOD_SHARE * by_mood.get(name, 0.0)
        )
        if name in by_asked:
            score += 2.0 * by_asked[name].score
        if name in listed and not asked:
            score += _STYLE_LIST
        scores[name] = score - (_TAKEN if name in taken else 0.0)
    best = max(scores.values())
    close = sorted(name for name, score in scores.items() if score > best - _CLOSE)
    weights = [scores[name] - best + _CLOSE for name in close]
    sound = rng(seed, "sounds", part.id).choices(close, weights)[0]
    return sound, _reason(sound, part, style, by_asked, moods)


def _scored(words: Sequence[str]) -> list[palette.Hit]:
    return palette.search(tuple(words), limit=None) if words else []


def _asked_words(part: PartPlan, brief: Brief) -> tuple[str, ...]:
    """The words with which a part was asked for."""
    if not part.requested:
        return ()
    words: list[str] = []
    for request in brief.instruments:
        if part.instrument in request.instruments and request.role in ("", part.role):
            words += [w for adjective in request.adjectives for w in words_of(adjective)]
            words += words_of(request.word)
    return tuple(dict.fromkeys(words))


def _mood_words(brief: Brief) -> tuple[str, ...]:
    words = [w for text in (*brief.moods, *brief.production) for w in words_of(text)]
    words += _affect_words(brief.affect)
    return tuple(dict.fromkeys(words))


def _affect_words(affect: Affect) -> list[str]:
    found = []
    for axis, low, high in _AFFECT_WORDS:
        value = getattr(affect, axis)
        if abs(value) >= 0.3:
            found.append(high if value > 0 else low)
    return found


def _reason(
    sound: str,
    part: PartPlan,
    style: Style,
    by_asked: dict[str, palette.Hit],
    moods: Sequence[str],
) -> str:
    patch = palette.get(sound)
    if sound in by_asked:
        return f"asked for: {', '.join(by_asked[sound].reasons)}"
    mood = [word for word in patch.mood if word in moods]
    suits = f"suits {style.name}" if style.id in patch.styles else f"suits the role {part.role}"
    return f"{suits}: {', '.join(mood or patch.mood[:2])}"
