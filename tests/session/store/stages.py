"""Small stages for the tests of the store."""

from __future__ import annotations

from pathlib import Path

from songwright.session.store import Node, Project


def chain(project: Project, seed: int, length: int = 3) -> dict[str, Node]:
    """A brief, a plan and a score (and further stems), each made from the one before."""
    brief = project.make("brief", {}, {"seed": seed}, 1, lambda: b"brief %d" % seed)
    nodes = {"brief": brief}
    last = brief
    for number in range(1, length):
        kind = ("brief", "plan", "score")[number] if number < 3 else "stem"
        slot = kind if number < 3 else f"stem:{number}"
        text = b"%s %d %d " % (kind.encode(), seed, number) * 20
        last = project.make(kind, {"from": last}, {"n": number}, 1, lambda text=text: text)
        nodes[slot] = last
    return nodes


def blob_file(project: Project, node: Node) -> Path:
    """The file that holds a node's content."""
    found = list((project.folder / "blobs" / node.blob[:2]).glob(node.blob[2:] + "*"))
    assert len(found) == 1
    return found[0]
