"""A piece as nodes of a project: brief, plan, score, performance, MIDI, evaluation.

Each stage is found if it was made before. The evaluation and the preview are no slots of a
variant: they are attached to what they were made from, so every version of it has its own.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import asdict, dataclass

from songwright import __version__
from songwright.brief import Brief, understand
from songwright.composition import Plan, compose_piece
from songwright.errors import BriefError, ProjectError, ScoreError
from songwright.perform import Performance, perform
from songwright.score import Score
from songwright.score.codec import digest, encode
from songwright.score.midi import write_midi
from songwright.session.ranking import rank_tunes
from songwright.session.song import FORMAT, Lineage, Song
from songwright.session.store import Build, Node, Project, Variant
from songwright.session.variants.evaluation import VERSION, Evaluation, evaluate_variant
from songwright.session.variants.opening import open_brief
from songwright.styles import style

SLOTS = ("asked", "brief", "plan", "score", "performance", "midi")
MIDI_TYPE = "audio/midi"


@dataclass(frozen=True, slots=True)
class Recipe:
    """What decides a variant besides the brief that was asked for.

    ``style`` is the style that the brief leads to by itself; ``seed`` is the variant's own;
    ``maker`` is that of `songwright.composition.compose_piece`.
    """

    style: str
    seed: int
    diverse: float
    maker: str = "mixed"


def asked_node(project: Project, prompt: str, fields: Mapping[str, object]) -> Node:
    """The brief as it was asked for."""
    params = {"prompt": prompt, "fields": dict(fields), "songwright": __version__}
    return project.make(
        "brief", {}, params, 1, lambda: encode(understand(prompt, dict(fields)))
    )  # fmt: skip


def write_variant(project: Project, build: Build, asked: Node, recipe: Recipe) -> dict[str, Node]:
    """Make the nodes of a variant, or find them; the result fills `SLOTS`.

    Raises
    ------
    BriefError
        If the controls that were asked for cannot be met together.
    """
    wanted = project.value(asked, Brief)
    pieces: dict[str, tuple[Plan, Score]] = {}

    def drawn() -> bytes:
        opened = open_brief(wanted, recipe.style, recipe.seed, recipe.diverse)
        try:
            pieces["first"] = compose_piece(opened, recipe.seed, recipe.maker, rank_tunes)
        except (BriefError, ScoreError):
            if opened is wanted:
                raise
            return encode(wanted)  # what was drawn cannot be met; what was asked for can
        return encode(opened)

    brief = build.make("brief", {"asked": asked}, asdict(recipe), __version__, drawn)

    @functools.cache
    def piece() -> tuple[Plan, Score]:
        if "first" in pieces:
            return pieces["first"]
        wished = project.value(brief, Brief)
        return compose_piece(wished, recipe.seed, recipe.maker, rank_tunes)

    chance = {"seed": recipe.seed, "maker": recipe.maker}
    plan = build.make("plan", {"brief": brief}, chance, __version__, lambda: encode(piece()[0]))
    score = build.make(
        "score", {"brief": brief, "plan": plan}, {}, __version__, lambda: encode(piece()[1])
    )
    return {"asked": asked, "brief": brief, **played(project, build, plan, score)}


def played(project: Project, build: Build, plan: Node, score: Node) -> dict[str, Node]:
    """Performance and MIDI file of a score."""

    @functools.cache
    def written() -> Score:
        return project.value(score, Score)

    def play() -> bytes:
        decided = project.value(plan, Plan)
        return encode(perform(written(), decided, style(decided.style)))

    performance = build.make(
        "performance", {"plan": plan, "score": score}, {}, __version__, play
    )  # fmt: skip
    midi = build.make(
        "export", {"performance": performance, "score": score}, {"format": "midi"}, __version__,
        lambda: write_midi(written(), project.value(performance, Performance)),
        media_type=MIDI_TYPE,
    )  # fmt: skip
    return {"plan": plan, "score": score, "performance": performance, "midi": midi}


def evaluated(project: Project, build: Build, nodes: Mapping[str, Node]) -> Node:
    """The evaluation of a variant's nodes."""

    def measure() -> bytes:
        return encode(
            evaluate_variant(
                project.value(nodes["asked"], Brief), project.value(nodes["plan"], Plan),
                project.value(nodes["score"], Score),
                project.value(nodes["performance"], Performance), project.read(nodes["midi"]),
            )
        )  # fmt: skip

    inputs = {name: nodes[name] for name in SLOTS if name != "brief"}
    return build.make("evaluation", inputs, {}, f"{__version__}-{VERSION}", measure)


def nodes_of(project: Project, variant: Variant) -> dict[str, Node]:
    """The nodes of a variant by slot.

    Raises
    ------
    ProjectError
        If it lacks one that a piece needs.
    """
    missing = [slot for slot in SLOTS if slot not in variant.slots]
    if missing:
        raise ProjectError(
            f"{variant.name} holds no {', '.join(missing)}; it is no piece that "
            "`songwright variants` made"
        )
    return {slot: project.node(variant.slots[slot]) for slot in SLOTS}


def is_piece(variant: Variant) -> bool:
    """Whether a variant holds all that ranking, previews and finishing need."""
    return all(slot in variant.slots for slot in SLOTS)


def evaluation_of(project: Project, variant: Variant) -> Evaluation:
    """The evaluation of a variant as it is now, measured if that was not done yet."""
    node = evaluated(project, project.build(), nodes_of(project, variant))
    return project.value(node, Evaluation)


def song_of(project: Project, variant: Variant) -> Song:
    """A variant as a song, to save as a package; a refined one with its edits, playing and mix."""
    nodes = nodes_of(project, variant)
    if "song" in variant.slots:
        return project.value(project.node(variant.slots["song"]), Song)
    brief = project.value(nodes["brief"], Brief)
    plan, score = project.value(nodes["plan"], Plan), project.value(nodes["score"], Score)
    facts = style(plan.style)
    return Song(
        FORMAT, __version__, plan.seed, brief, plan, score, facts.performance, facts.mix,
        Lineage(digest(brief), digest(plan), digest(score)),
    )  # fmt: skip
