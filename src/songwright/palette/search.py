"""Finding patches by words, and relatives of a patch."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from songwright.errors import StyleError
from songwright.palette.catalogue import get, patches
from songwright.palette.lexicon import category_words, lexicon, tags_of, words_of
from songwright.palette.macros import AS_DESIGNED, MACROS, join_id, split_id
from songwright.palette.model import Patch
from songwright.seeds import rng

_IN_NAME, _IN_TAGS, _IN_CATEGORY, _IN_STYLES, _IN_SUMMARY = 3.0, 2.0, 2.5, 1.0, 0.5
_RELATED = 0.6
"""A tag that the lexicon derives from a word counts for this share of the word itself."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A patch that was found, how well it fits and why."""

    patch: Patch
    score: float
    reasons: tuple[str, ...]


def search(
    query: str | Sequence[str] = "",
    role: str = "",
    category: str | Iterable[str] = "",
    style: str = "",
    limit: int | None = 10,
) -> list[Hit]:
    """Patches that fit words, best first.

    Parameters
    ----------
    query
        Words such as ``"warm evolving pad"``; unknown words find nothing and cost nothing.
    role, category
        Only patches for this role and of these categories.
    style
        Patches suited to this style are preferred.
    limit
        How many at most; None for all. With a query, patches that match no word are left out.
    """
    words = words_of(query) if isinstance(query, str) else tuple(query)
    wanted = {category} - {""} if isinstance(category, str) else set(category)
    hits = []
    for patch in patches().values():
        if (wanted and patch.category not in wanted) or (role and role not in patch.roles):
            continue
        score, reasons = _fit(patch, words)
        if words and score <= 0.0:
            continue
        if style and style in patch.styles:
            score += _IN_STYLES
            reasons.append(f"suits {style}")
        hits.append(Hit(patch, round(score, 3), tuple(reasons)))
    hits.sort(key=lambda hit: (-hit.score, hit.patch.id))
    return hits if limit is None else hits[:limit]


def _fit(patch: Patch, words: Sequence[str]) -> tuple[float, list[str]]:
    named = {*patch.id.split("_"), *words_of(patch.name)} - category_words().keys()
    tags = {*patch.mood, *patch.texture, patch.register}
    summary = set(words_of(patch.summary))
    score = 0.0
    reasons = []
    for word in words:
        best, why = 0.0, ""
        for place, tag in enumerate(tags_of(word)):
            share = 1.0 if place == 0 else _RELATED
            if tag in named:
                value, text = _IN_NAME, f"called {tag}"
            elif tag in tags:
                value, text = _IN_TAGS, tag
            elif place == 0 and tag in patch.styles:
                value, text = _IN_STYLES, f"suits {tag}"
            elif place == 0 and tag in summary:
                value, text = _IN_SUMMARY, tag
            else:
                continue
            if value * share > best:
                best, why = value * share, text if place == 0 else f"{word}: {text}"
        if category_words().get(word) == patch.category:
            best, why = best + _IN_CATEGORY, why or f"among the {patch.category}"
        score += best
        if why:
            reasons.append(why)
    return score, reasons


def vary(
    sound: str, amount: float = 0.4, toward: Sequence[str] = (), seed: int = 0, n: int = 3
) -> list[Patch]:
    """Relatives of a patch: ``n`` more like this one, shifted toward words.

    Parameters
    ----------
    sound
        Id of a patch, with or without settings.
    amount
        0..1: how far they may differ.
    toward
        Comparatives such as ``"darker"`` or ``"wider"`` (see ``data/words.toml``).
    seed
        Same seed, same relatives.

    Returns
    -------
    list of Patch
        Their ids name them for good: `get` of such an id gives the same patch.

    Raises
    ------
    StyleError
        If the sound or a word is not known, or the amount is outside 0..1.
    """
    name, settings = split_id(get(sound).id)
    if patches()[name].kit:
        raise StyleError(f"{name!r} is a drum machine; only synthesiser patches can be varied")
    if not 0.0 <= amount <= 1.0:
        raise StyleError(f"an amount of {amount:g} is impossible; use 0 (the same) to 1 (far away)")
    unknown = [word for word in toward if word not in lexicon().toward]
    if unknown:
        raise StyleError(
            f"cannot go toward {unknown[0]!r}; try {', '.join(sorted(lexicon().toward))}"
        )
    made = []
    for place in range(n):
        random = rng(seed, "palette", "relative", sound, place)
        moved = dict(settings)
        for macro in MACROS:
            pull = sum(lexicon().toward[word].get(macro, 0.0) for word in toward)
            value = moved.get(macro, AS_DESIGNED)
            value += (0.2 + 0.45 * amount) * pull * random.uniform(0.75, 1.1)
            moved[macro] = min(max(value, 0.0), 1.0)
        moved["vary"] = amount
        moved["seed"] = random.randrange(10_000)
        made.append(get(join_id(name, moved)))
    return made
