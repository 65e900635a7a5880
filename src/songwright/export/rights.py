"""Whose a piece is: its notes, the models that wrote some of them, and each sound that plays them.

What plays a part stands in ``mix.json``; who wrote what, in the decisions of the plan.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path, PurePath

import msgspec

from songwright.composition import Plan
from songwright.errors import ModelError
from songwright.models.weights import card
from songwright.score import Score

_MODELS = {"harmony": "harmony", "melody": "melody", "drums": "drums", "drum touch": "drums"}
_GIVEN, _PART = "given ", "part:"


@dataclass(frozen=True, slots=True)
class Right:
    """One row: what it is, whose work it is, under which terms, and where it comes from."""

    what: str
    source: str
    licence: str
    origin: str


@dataclass(frozen=True, slots=True)
class _Credit:
    name: str
    licence: str
    origin: str


@dataclass(frozen=True, slots=True)
class _Stem:
    credit: _Credit | None = None


@dataclass(frozen=True, slots=True)
class _Insert:
    path: str


@dataclass(frozen=True, slots=True)
class _Strip:
    effects: tuple[_Insert, ...] = ()


@dataclass(frozen=True, slots=True)
class _Settings:
    parts: dict[str, _Strip] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Record:
    stems: dict[str, _Stem] = field(default_factory=dict)
    settings: _Settings = field(default_factory=_Settings)


def rights(plan: Plan, score: Score, folder: Path) -> tuple[Right, ...]:
    """The rights of a package; sounds only where it has stems.

    Parameters
    ----------
    plan, score
        The piece.
    folder
        The package, for its ``mix.json``.
    """
    return (
        Right("the piece", "whoever made it", "yours", "composed here, for you"),
        *_given(plan), *_models(plan), *_sounds(score, folder),
    )  # fmt: skip


def _given(plan: Plan) -> list[Right]:
    return [
        Right(d.control.removeprefix(_GIVEN), d.reason.partition(":")[0], "that of its owner",
              "given; kept to the note")
        for d in plan.decisions if d.control.startswith(_GIVEN)
    ]  # fmt: skip


def _models(plan: Plan) -> list[Right]:
    wrote: dict[str, list[str]] = {}
    for decision in plan.decisions:
        if decision.value not in ("learned", "mixed"):
            continue
        what = decision.control.removeprefix(_PART)
        model = "parts" if what != decision.control else _MODELS.get(what)
        if model is not None:
            wrote.setdefault(model, []).append(what)
    return [_model(", ".join(what), model) for model, what in wrote.items()]


def _model(what: str, model: str) -> Right:
    source = f"Songwright's model of {model}"
    try:
        facts = card(model)
    except ModelError:  # made elsewhere, with a model that is not installed here
        return Right(what, source, "Apache-2.0", "not installed here")
    learned = facts.data.get("sources")
    names = [str(name) for name in learned] if isinstance(learned, list) else []
    return Right(what, source, facts.licence, f"learned from {', '.join(names)}")


def _sounds(score: Score, folder: Path) -> list[Right]:
    try:
        record = msgspec.json.decode((folder / "mix.json").read_bytes(), type=_Record)
    except (OSError, msgspec.DecodeError):
        return []
    names = {part.id: part.name for part in score.parts}
    played: dict[_Credit, list[str]] = {}
    for part_id, stem in record.stems.items():
        if stem.credit is not None:
            played.setdefault(stem.credit, []).append(names.get(part_id, part_id))
    treated: dict[str, list[str]] = {}
    for part_id, strip in record.settings.parts.items():
        for insert in strip.effects:
            treated.setdefault(insert.path, []).append(names.get(part_id, part_id))
    sounds = [
        Right(f"sound of {', '.join(parts)}", credit.name, credit.licence, credit.origin)
        for credit, parts in played.items()
    ]
    return sounds + [
        Right(f"effect on {', '.join(parts)}", PurePath(path).stem,
              "that of the plug-in; ask its maker", PurePath(path).name)
        for path, parts in treated.items()
    ]  # fmt: skip
