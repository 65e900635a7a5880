"""Evaluations with chosen numbers, for rankings and tastes."""

from __future__ import annotations

from typing import Any

from songwright.session.variants.drafts import Draft
from songwright.session.variants.evaluation import Evaluation, MoodFacts
from songwright.session.variants.taste import CHARACTER


def evaluation(
    hook: float = 0.5,
    mood: float = 0.5,
    coherence: float = 0.5,
    adherence: float = 1.0,
    profile: dict[str, dict[str, float]] | None = None,
    **others: Any,
) -> Evaluation:
    character = {name: float(others.pop(name, 0.0)) for name in CHARACTER}
    measures = {"hook": hook, "mood": mood, "coherence": coherence, "adherence": adherence}
    controls = (("tempo 120 BPM", adherence >= 1.0),)
    values: dict[str, Any] = {
        "title": "", "style": "pop", "seconds": 60.0, "bars": 32, "measures": measures,
        "character": character, "controls": controls, "hook": None, "lift": None,
        "mood": MoodFacts(0.0, 0.0, 0.0, 0.0, True), "outside": (), "range_semitones": None,
        "metrics": {}, "profile": profile or {"theme": {"a": 1.0}},
    }  # fmt: skip
    return Evaluation(**(values | others))


def draft(number: int, theme: dict[str, float], adherence: float = 1.0) -> Draft:
    found = evaluation(adherence=adherence, profile={"theme": theme})
    return Draft(number, {}, (), found, False)
