"""Typed options of ``songwright refine`` to edits; the findings of the judge speak this way too."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from typing import Any

from songwright.brief.curves import parse_points
from songwright.composition.plan import Plan
from songwright.errors import ProjectError
from songwright.session.refine.model import Edit, Scope
from songwright.session.refine.scope import parse_scope
from songwright.session.refine.words import read_words

FLAGS = frozenset({
    "repeat-more", "breathe", "fit-chords", "smoother", "keep-controls", "master-again",
})  # fmt: skip
VALUES = frozenset({
    "section", "part", "bars", "level", "vary", "theme", "hook", "energy", "ending", "harmony",
    "humanise", "rhythm", "density", "add", "mix", "loudness", "chords", "lock", "unlock",
    "meter", "voicing", "insert",
    "register", "tension",
})  # fmt: skip


_CURVE = "--{} is {} or points of bar and level, such as “0:0.2 16:0.9 24:0.5”"


def read_arguments(text: str) -> dict[str, Any]:
    """Options of a line such as ``--section B --vary 0.6``.

    Raises
    ------
    ProjectError
        If an option is unknown or lacks its value.
    """
    found: dict[str, Any] = {}
    words = shlex.split(text)
    i = 0
    while i < len(words):
        name = words[i].removeprefix("--")
        if not words[i].startswith("--") or name not in FLAGS | VALUES:
            raise ProjectError(f"{words[i]!r} is not an option of refine")
        if name in FLAGS:
            found[name] = True
            i += 1
            continue
        if i + 1 >= len(words):
            raise ProjectError(f"--{name} needs a value")
        found[name] = words[i + 1]
        i += 2
    return found


def scope_of(options: Mapping[str, Any], plan: Plan) -> Scope:
    """The scope that ``--section --part --bars --level`` name together."""
    fields = [
        str(options[name]) if name != "bars" else f"bars {options[name]}"
        for name in ("section", "part", "bars", "level") if options.get(name)
    ]  # fmt: skip
    return parse_scope(":".join(fields), plan) if fields else Scope()


def edits_of(options: Mapping[str, Any], plan: Plan) -> tuple[Edit, ...]:
    """The edits that options ask for, in the order of the table below.

    Raises
    ------
    ProjectError
        If a value is not one that the option knows.
    """
    scope = scope_of(options, plan)
    edits: list[Edit] = []
    for name, value in options.items():
        if value in (None, False, ()):
            continue
        match name:
            case "section" | "part" | "bars" | "level" | "repeat-more":
                continue
            case "hook":
                if "theme" not in options:
                    edits.append(Edit("theme", scope, value="strong"))
            case "theme":
                strong = "strong" if options.get("hook") else ""
                kind = "returns" if value == "strongest" else "theme"
                edits.append(Edit(kind, scope, value=strong if kind == "theme" else ""))
            case "vary":
                edits.append(Edit("vary", scope, _number(name, value)))
            case "energy" | "density" | "register" | "tension" if parse_points(value) is not None:
                edits.append(Edit(f"draw {name}", scope, value=str(value)))
            case "register":
                octaves = _more_or_less("octave", scope, value, 1.0)
                if octaves is None:
                    raise ProjectError(_CURVE.format("register", "higher, lower"))
                edits.append(octaves)
            case "tension":
                found = _more_or_less("tension", scope, value, 0.5)
                if found is None:
                    raise ProjectError(_CURVE.format("tension", "more, less"))
                edits.append(found)
            case "energy":
                edits.append(_more_or_less("energy", scope, value, 0.25)
                             or Edit("curve", scope, value=str(value)))  # fmt: skip
            case "density":
                found = _more_or_less("density", scope, value, 0.4)
                edits.append(found or Edit("density", scope, _number(name, value)))
            case "ending" | "add" | "chords":
                edits.append(Edit(name, scope, value=str(value)))
            case "harmony":
                kinds = {"clearer": "clearer", "reharmonise": "reharmonise", "new": "progression"}
                if value not in kinds:
                    raise ProjectError(f"--harmony is one of {', '.join(kinds)}")
                edits.append(Edit(kinds[str(value)], scope))
            case "rhythm":
                if value != "steadier":
                    raise ProjectError("--rhythm is steadier")
                edits.append(Edit("steadier", scope))
            case "insert":
                edits.append(Edit("insert", value=str(value)))
            case "meter":
                edits.append(Edit("metre", scope, value=str(value)))
            case "voicing":
                edits.append(Edit("voicing", scope, value=str(value)))
            case "humanise" | "loudness":
                edits.append(Edit(name, scope, _number(name, value)))
            case "breathe":
                edits.append(Edit("breathe", scope))
            case "smoother":
                edits.append(Edit("smoother", scope, 0.8))
            case "fit-chords":
                edits.append(Edit("fit", scope))
            case "keep-controls":
                edits.append(Edit("regenerate", scope))
            case "master-again":
                edits.append(Edit("remaster"))
            case "lock" | "unlock":
                chosen = parse_scope(str(value), plan) if value != "everything" else Scope()
                edits.append(Edit(name, chosen))
            case "mix":
                edits += read_words(str(value), plan).edits
            case _:
                raise ProjectError(f"--{name} is not an option of refine")
    return tuple(edits)


def _number(name: str, value: object) -> float:
    try:
        return float(str(value))
    except ValueError:
        raise ProjectError(f"--{name} needs a number, not {value!r}") from None


def _more_or_less(kind: str, scope: Scope, value: object, amount: float) -> Edit | None:
    if value in ("more", "higher"):
        return Edit(kind, scope, amount)
    if value in ("less", "lower"):
        return Edit(kind, scope, -amount)
    return None
