"""What is measured of a variant: four measures that rank it and the facts behind them."""

from __future__ import annotations

import math
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from songwright.evaluate import measure_piece, piece_of
from songwright.evaluate.judgement import Judgement, judge_measurements, reference_for
from songwright.evaluate.piece import Piece
from songwright.evaluate.symbolic.arrangement import bar_energy_db
from songwright.evaluate.symbolic.themes import theme_of
from songwright.evaluate.tune import tune_of
from songwright.evaluate.variety import Profile, profile_of
from songwright.export.report import MET, OPEN, make_report
from songwright.session.variants.measures import NO_HOOK
from songwright.styles import style

if TYPE_CHECKING:
    from songwright.brief import Brief
    from songwright.composition import Plan
    from songwright.perform import Performance
    from songwright.score import Score

VERSION = 1
_HIGH = ("chorus", "drop", "post-chorus", "B")
_LOW = ("verse", "A", "pre-chorus", "intro")
_FEW_BARS = 2


@dataclass(frozen=True, slots=True)
class HookFacts:
    """The main theme, found blind: how often it comes back, where first, how far it reaches.

    ``returns`` counts every treatment after the first time; ``bar`` is 0-based; ``reach`` is in
    semitones.
    """

    returns: int
    bar: int
    notes: int
    reach: int
    singability: float
    distinctiveness: float


@dataclass(frozen=True, slots=True)
class Lift:
    """Mean energy of one kind of section over another, in dB."""

    high: str
    low: str
    db: float


@dataclass(frozen=True, slots=True)
class MoodFacts:
    """The mood asked for (or the style's own) and the one that the notes suggest, -1..1 each."""

    valence: float
    arousal: float
    asked_valence: float
    asked_arousal: float
    was_asked: bool


@dataclass(frozen=True, slots=True)
class OutsideFact:
    """A metric of coherence beyond the band of human music. ``edge`` is the one it is beyond."""

    name: str
    value: float
    edge: float
    is_below: bool
    kind: str


@dataclass(frozen=True, slots=True)
class Evaluation:
    """A variant as measured.

    Attributes
    ----------
    measures
        ``hook mood coherence adherence``, 0..1 each; see `songwright.session.variants.measures`.
    character
        Numbers that are neither good nor bad, by which a taste may tell variants apart.
    controls
        Each requested control and whether it was met in the file.
    metrics
        Every symbolic metric that the piece defines.
    profile
        What it is compared by with other variants; see `songwright.evaluate.variety`.
    """

    title: str
    style: str
    seconds: float
    bars: int
    measures: dict[str, float]
    character: dict[str, float]
    controls: tuple[tuple[str, bool], ...]
    hook: HookFacts | None
    lift: Lift | None
    mood: MoodFacts
    outside: tuple[OutsideFact, ...]
    range_semitones: int | None
    metrics: dict[str, float]
    profile: Profile


def evaluate_variant(
    asked: Brief, plan: Plan, score: Score, performance: Performance, midi: bytes
) -> Evaluation:
    """Measure a variant against what was asked for, and against human music of its kind."""
    piece = piece_of(score, performance, plan.energy)
    measured = measure_piece(piece)
    values = {m.metric: m.value for m in measured if m.value is not None}
    judgement = judge_measurements(
        measured, reference_for(plan.style), style=plan.style, bars=piece.bars
    )
    controls = _controls(asked, plan, score, midi)
    mood = _mood(asked, plan, values)
    coherence = judgement.group("coherence")
    measures = {
        "hook": values.get("hook_strength", NO_HOOK),
        "mood": max(0.0, 1.0 - math.hypot(mood.valence - mood.asked_valence,
                                          mood.arousal - mood.asked_arousal)),
        "coherence": coherence.mean if coherence is not None else 0.5,
        "adherence": sum(met for _, met in controls) / len(controls) if controls else 1.0,
    }  # fmt: skip
    reach = values.get("melodic_range")
    return Evaluation(
        plan.title, plan.style, float(piece.bar_lines_seconds[-1]), piece.bars,
        {name: round(value, 4) for name, value in measures.items()},
        _character(plan, values), controls, _hook(piece, values), _lift(piece), mood,
        _outside(judgement), None if reach is None else round(reach), values, profile_of(piece),
    )  # fmt: skip


def _controls(asked: Brief, plan: Plan, score: Score, midi: bytes) -> tuple[tuple[str, bool], ...]:
    """The rows of the report that were requested, measured in the MIDI file."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "song.mid").write_bytes(midi)
        report = make_report(asked, plan, score, Path(folder))
    return tuple(
        (f"{row.control} {row.requested}", row.verdict == MET)
        for row in report.controls
        if row.verdict != OPEN
    )


def _mood(asked: Brief, plan: Plan, values: dict[str, float]) -> MoodFacts:
    home = style(plan.style).affect
    return MoodFacts(
        values.get("valence", 0.0), values.get("arousal", 0.0),
        asked.affect.valence or home.valence, asked.affect.arousal or home.arousal,
        bool(asked.affect.valence or asked.affect.arousal),
    )  # fmt: skip


def _character(plan: Plan, values: dict[str, float]) -> dict[str, float]:
    found = {
        "tempo": math.log2(plan.tempo_bpm),
        "minor": float(plan.key.is_minor),
        "density": math.log2(max(1.0, values.get("note_density", 1.0))),
        "syncopation": values.get("syncopation", 0.0),
        "contrast": values.get("energy_span", 0.0),
        "range": values.get("melodic_range", 0.0),
    }
    return {name: round(value, 4) for name, value in found.items()}


def _hook(piece: Piece, values: dict[str, float]) -> HookFacts | None:
    if "hook_strength" not in values:
        return None
    theme = theme_of(piece)
    if theme is None:
        return None
    first = theme.all_places[0]
    notes = tune_of(piece)[first : first + theme.notes]
    pitch = notes["pitch"].astype(int)
    return HookFacts(
        len(theme.all_places) - 1, int(notes["bar"][0]), theme.notes,
        int(pitch.max() - pitch.min()), values["hook_singability"],
        values["hook_distinctiveness"],
    )  # fmt: skip


def _lift(piece: Piece) -> Lift | None:
    """Energy of the sections that shall lift over those that shall hold back."""
    energy = bar_energy_db(piece)
    means: dict[str, list[float]] = {}
    for section in piece.sections:
        bars = energy[section.start_bar : min(section.end_bar, piece.bars)]
        if bars.size >= _FEW_BARS:
            means.setdefault(section.function, []).append(float(bars.mean()))
    high = next((name for name in _HIGH if name in means), "")
    low = next((name for name in _LOW if name in means), "")
    if not high or not low:
        return None
    return Lift(high, low, round(float(np.mean(means[high]) - np.mean(means[low])), 2))


def _outside(judgement: Judgement) -> tuple[OutsideFact, ...]:
    found = []
    for judged in judgement.metrics:
        if judged.facts.dimension != "coherence" or judged.inside is not False:
            continue
        value, low, high = judged.value, judged.low, judged.high
        if value is None or low is None or high is None:
            continue
        is_below = value < low
        edge = low if is_below else high
        found.append(
            (judged.score or 0.0, OutsideFact(judged.facts.name, value, edge, is_below,
                                              judged.kind))
        )  # fmt: skip
    return tuple(fact for _, fact in sorted(found, key=lambda pair: pair[0]))
