"""Results are made once, found again, and taken over when their inputs came out the same."""

from __future__ import annotations

import hashlib
import math
import random
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.session.store.stages import blob_file, chain

from songwright.brief.model import Brief, Length
from songwright.errors import FileFormatError, ProjectError
from songwright.session.store import KINDS, Project
from songwright.session.store.blobs import BlobFolder
from songwright.session.store.keys import canonical, node_key

plain = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=8)
    | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner),
    max_leaves=12,
)  # fmt: skip


def shuffled(value: object) -> object:
    """The same value with the keys of every object in another order."""
    if isinstance(value, dict):
        keys = list(value)
        random.Random(len(keys)).shuffle(keys)
        return {key: shuffled(value[key]) for key in reversed(keys)}
    return [shuffled(item) for item in value] if isinstance(value, list) else value


@given(plain)
def test_canonical_text_does_not_know_the_order_of_keys(value: object) -> None:
    assert canonical(shuffled(value)) == canonical(value)


def test_values_that_differ_have_texts_that_differ() -> None:
    values = [1, 1.0, True, "1", [1], {"1": 1}, None, "", [], {}, Brief(), Brief(title="a")]
    assert len({canonical(value) for value in values}) == len(values)


@pytest.mark.parametrize("value", [math.nan, [math.inf], {"a": {"b": -math.inf}}, object()])
def test_what_json_cannot_hold_is_refused(value: object, project: Project) -> None:
    with pytest.raises(ProjectError, match="plain data"):
        project.make("brief", {}, value, 1, lambda: b"")


def test_a_key_is_the_hash_of_a_text_that_anybody_can_write_down() -> None:
    text = '["node","plan","1","{\\"seed\\":7}",[["brief","ab12"]],["model"]]'
    expected = hashlib.sha256(text.encode()).hexdigest()
    assert node_key("plan", "1", '{"seed":7}', (("brief", "ab12"),), ("model",)) == expected


def test_a_stage_runs_once(project: Project) -> None:
    ran: list[int] = []

    def stage() -> bytes:
        ran.append(1)
        return b"notes"

    first = project.make("score", {}, {"seed": 1}, 1, stage, metrics={"bars": 8})
    again = project.make("score", {}, {"seed": 1}, 1, stage)
    assert again == first
    assert len(ran) == 1
    assert project.read(first) == b"notes"
    assert (first.kind, first.parameters, first.measured) == ("score", {"seed": 1}, {"bars": 8})


def test_everything_that_decides_the_bytes_is_in_the_key(project: Project) -> None:
    a, b = chain(project, 1)["plan"], chain(project, 2)["plan"]

    def stage() -> bytes:
        return b"same"

    nodes = [
        project.make("score", {"plan": a}, {}, 1, stage),
        project.make("score", {"plan": b}, {}, 1, stage),
        project.make("score", {"other": a}, {}, 1, stage),
        project.make("score", {"plan": a}, {"x": 1}, 1, stage),
        project.make("score", {"plan": a}, {}, 2, stage),
        project.make("score", {"plan": a}, {}, 1, stage, assets=["model-1"]),
        project.make("mix", {"plan": a}, {}, 1, stage),
    ]
    assert len({node.key for node in nodes}) == len(nodes)
    assert len({node.blob for node in nodes}) == 1
    swapped = project.make("mix", {"x": a, "y": b}, {}, 1, stage)
    assert project.make("mix", {"y": b, "x": a}, {}, 1, stage) == swapped
    assert project.make("mix", {"y": a, "x": b}, {}, 1, stage) != swapped


def test_a_stage_whose_inputs_have_the_same_bytes_is_not_run_again(project: Project) -> None:
    first = project.make("plan", {}, {"words": "a"}, 1, lambda: b"plan")
    second = project.make("plan", {}, {"words": "A"}, 1, lambda: b"plan")
    score = project.make("score", {"plan": first}, {}, 1, lambda: b"score", metrics={"m": 1})
    build = project.build()

    def never() -> bytes:
        raise AssertionError("this stage must not run")

    taken = build.make("score", {"plan": second}, {}, 1, never)
    assert build.matched == [taken]
    assert taken.key != score.key
    assert (taken.blob, taken.measured) == (score.blob, {"m": 1})
    assert [n.key for n in project.lineage(taken)] == [second.key, taken.key]


def test_lineage_and_descendants(project: Project) -> None:
    nodes = chain(project, 1, 4)
    other = chain(project, 2)
    both = project.make("mix", {"a": nodes["score"], "b": other["score"]}, {}, 1, lambda: b"m")
    assert project.lineage(nodes["score"]) == [nodes[s] for s in ("brief", "plan", "score")]
    assert {n.key for n in project.lineage(both)} == {
        both.key, *(n.key for s, n in nodes.items() if s != "stem:3"),
        *(n.key for n in other.values()),
    }  # fmt: skip
    assert {n.key for n in project.descendants(nodes["score"])} == {
        nodes["score"].key, nodes["stem:3"].key, both.key,
    }  # fmt: skip
    orders = [node.order for node in project.nodes()]
    assert orders == sorted(orders)
    assert project.nodes("mix") == [both]
    assert both.input("a") == nodes["score"].key


def test_a_lost_content_is_made_again_and_must_be_the_same(project: Project) -> None:
    node = chain(project, 1)["score"]
    content = project.read(node)
    blob_file(project, node).unlink()
    with pytest.raises(ProjectError, match=r"score node .* is missing"):
        project.read(node)
    with pytest.raises(ProjectError, match="new version"):
        project.make("score", {"from": node.input("from")}, {"n": 2}, 1, lambda: b"other")
    project.make("score", {"from": node.input("from")}, {"n": 2}, 1, lambda: content)
    assert project.read(node) == content
    assert project.verify().ok


def test_an_error_in_a_stage_leaves_nothing(project: Project) -> None:
    def stage() -> bytes:
        raise FileFormatError("no")

    with pytest.raises(FileFormatError):
        project.make("score", {}, {}, 1, stage)
    assert project.nodes() == []
    assert list(BlobFolder(project.folder / "blobs").names()) == []


def test_unknown_kinds_and_inputs(project: Project) -> None:
    with pytest.raises(ProjectError, match="kind"):
        project.make("song", {}, {}, 1, lambda: b"")
    with pytest.raises(ProjectError, match="no node"):
        project.make("score", {"plan": "ab" * 32}, {}, 1, lambda: b"")
    assert "score" in KINDS


def test_material_from_outside_is_named_by_its_content(project: Project) -> None:
    first = project.add("material", b"MThd", "audio/midi", {"file": "a.mid"})
    assert project.add("material", b"MThd", "audio/midi", {"file": "a.mid"}) == first
    assert project.add("material", b"MThd2", "audio/midi", {"file": "a.mid"}) != first
    assert project.read(first) == b"MThd"


def test_measurements_may_come_later_and_change_no_key(project: Project) -> None:
    node = chain(project, 1)["score"]
    measured = project.measure(node, {"hook": 0.5})
    measured = project.measure(measured, {"fit": 1})
    assert measured.measured == {"fit": 1, "hook": 0.5}
    assert measured.key == node.key
    assert project.verify().ok


def test_values_come_back_typed(project: Project) -> None:
    brief = Brief(title="x", length=Length("bars", 8, 8))
    node = project.add("brief", canonical(brief).encode())
    assert project.value(node, Brief) == brief
    with pytest.raises(FileFormatError):
        project.value(chain(project, 1)["score"], Brief)


@settings(max_examples=40)
@given(st.binary(max_size=4000), st.sampled_from(["application/json", "audio/flac"]))
def test_blobs_come_back_as_they_were(
    tmp_path_factory: pytest.TempPathFactory, data: bytes, media_type: str
) -> None:
    blobs = BlobFolder(tmp_path_factory.mktemp("blobs"))
    name = blobs.put(data, media_type)
    assert blobs.get(name) == data
    assert blobs.put(data, "text/plain") == name
    assert list(blobs.names()) == [name]
    assert blobs.problem(name, len(data)) == ""
    assert blobs.problem(name, len(data) + 1)


def test_text_is_packed_and_audio_is_not(tmp_path: Path) -> None:
    blobs = BlobFolder(tmp_path)
    text, sound = b"[0,0,0]" * 1000, b"fLaC" * 1000
    assert blobs.stored_bytes(blobs.put(text, "application/json")) < 100
    assert blobs.stored_bytes(blobs.put(sound, "audio/flac")) == 4000
    assert blobs.stored_bytes("ab" * 32) == 0
