"""A real piece as a build: what is there is found, an edit makes only what depends on it."""

from __future__ import annotations

import functools
from dataclasses import replace

from songwright.brief import understand
from songwright.brief.model import Brief
from songwright.composition import Plan, compose_piece
from songwright.perform import Performance, PlayedPart, perform
from songwright.score import Score
from songwright.score.codec import encode
from songwright.score.midi import write_midi
from songwright.session.store import Build, Node, Project
from songwright.styles import style

PROMPT = "pop in C major, 8 bars, piano, bass and drums"


def written(project: Project, build: Build, prompt: str, seed: int) -> dict[str, Node]:
    """Brief, plan and score."""
    brief = build.make(
        "brief", {}, {"prompt": prompt}, 1, lambda: encode(understand(prompt, {}))
    )  # fmt: skip

    @functools.cache
    def piece() -> tuple[Plan, Score]:
        return compose_piece(project.value(brief, Brief), seed)

    plan = build.make("plan", {"brief": brief}, {"seed": seed}, 1, lambda: encode(piece()[0]))
    score = build.make("score", {"brief": brief, "plan": plan}, {}, 1, lambda: encode(piece()[1]))
    return {"brief": brief, "plan": plan, "score": score}


def played(project: Project, build: Build, plan: Node, score: Node) -> dict[str, Node]:
    """Performance, each part of it, and the MIDI file."""

    def play() -> bytes:
        decided = project.value(plan, Plan)
        return encode(perform(project.value(score, Score), decided, style(decided.style)))

    whole = build.make("performance", {"plan": plan, "score": score}, {}, 1, play)
    nodes = {"performance": whole}
    performance = project.value(whole, Performance)
    for part in performance.parts:
        one = build.make(
            "performance", {"whole": whole}, {"part": part.id}, 1, functools.partial(encode, part)
        )
        nodes[f"performance:{part.id}"] = one
        nodes[f"stem:{part.id}"] = build.make(
            "stem", {"part": one}, {"rate_hz": 48_000}, 1, functools.partial(pretend, project, one)
        )
    nodes["midi"] = build.make(
        "export", {"score": score, "performance": whole}, {"format": "midi"}, 1,
        lambda: write_midi(project.value(score, Score), performance), media_type="audio/midi",
    )  # fmt: skip
    return nodes


def pretend(project: Project, node: Node) -> bytes:
    """In place of sound: the pitches of a part."""
    return bytes(note.pitch for note in project.value(node, PlayedPart).notes)


def test_a_piece_is_made_once(project: Project) -> None:
    first = project.build()
    nodes = written(project, first, PROMPT, 1)
    nodes |= played(project, first, nodes["plan"], nodes["score"])
    assert not first.found
    again = project.build()
    written(project, again, PROMPT, 1)
    played(project, again, nodes["plan"], nodes["score"])
    assert (again.made, again.matched) == ([], [])
    assert len(again.found) == len(first.made)
    project.add_variant(nodes, text=PROMPT)
    assert project.verify().ok


def test_other_words_for_the_same_piece_play_nothing_again(project: Project) -> None:
    nodes = written(project, project.build(), PROMPT, 1)
    played(project, project.build(), nodes["plan"], nodes["score"])
    twin = project.add("plan", project.read(nodes["plan"]), origin={"typed": "by hand"})
    build = project.build()
    played(project, build, twin, nodes["score"])
    assert build.made == []
    assert {node.kind for node in build.matched} == {"performance", "stem", "export"}


def test_an_edit_of_one_part_leaves_the_stems_of_the_others(project: Project) -> None:
    nodes = written(project, project.build(), PROMPT, 1)
    before = nodes | played(project, project.build(), nodes["plan"], nodes["score"])
    score = project.value(nodes["score"], Score)
    bass = score.part("bass")
    lower = bass.with_notes(tuple(replace(n, pitch=n.pitch - 12) for n in bass.notes))
    parts = tuple(lower if part.id == "bass" else part for part in score.parts)
    edited = project.make(
        "score", {"score": nodes["score"]}, {"octave": {"bass": -1}}, 1,
        lambda: encode(replace(score, parts=parts)),
    )  # fmt: skip
    build = project.build()
    after = before | {"score": edited} | played(project, build, nodes["plan"], edited)
    project.add_variant(before, "before")
    project.add_variant(after, "after", parent="before", text="bass an octave lower")
    difference = project.diff("before", "after")
    assert [node.kind for node in build.made if node.kind == "stem"] == ["stem"]
    assert {s for s in difference.changed if s.startswith("stem")} == {"stem:bass"}
    others = {f"stem:{part.id}" for part in score.parts} - {"stem:bass"}
    assert others <= {*difference.remade, *difference.same}
    assert len(others) >= 2
    assert project.verify().ok
