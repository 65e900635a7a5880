"""The store under load: processes killed at random moments, and ten thousand nodes.

    python -m bench.session_store [--kills 200] [--nodes 10000]

Both are also run, smaller, by the tests.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

from songwright.errors import ProjectError
from songwright.session.store import Node, Project
from songwright.session.store.changes import Moved, NodeMade, VariantAdded
from songwright.session.store.keys import (
    canonical,
    move_id,
    node_key,
    recipe_key,
    sha256,
    sorted_pairs,
    variant_id,
)

PIECES = 24
STAGES = ("brief", "plan", "score", "performance", "stem", "mix", "master")


@dataclass(frozen=True, slots=True)
class KillReport:
    """``kills`` processes died; ``lost`` results that they had reported done were not there."""

    kills: int
    lost: int
    unverified: int
    ran: int
    nodes: int


def batch(project: Project, tell: Callable[[str], None], pieces: int = PIECES) -> None:
    """Make a batch of pieces; say ``ran`` for each stage that runs and the key of each result."""
    for piece in range(pieces):
        nodes: dict[str, Node] = {}
        last: dict[str, Node] = {}
        for stage in STAGES:

            def run(stage: str = stage, piece: int = piece) -> bytes:
                tell("ran")
                return f"{stage} of piece {piece} ".encode() * 2_000

            nodes[stage] = project.make(stage, last, {"piece": piece}, 1, run)
            last = {"from": nodes[stage]}
            tell(nodes[stage].key)
        name = f"piece {piece}"
        if not project.store.variants(name):
            project.add_variant({"score": nodes["score"]}, name)
        project.update(name, {"master": nodes["master"]}, "finished")
        project.star(name)


def _in_child(folder: Path, pipe: int, pieces: int) -> None:
    with Project.open(folder) as project:
        batch(project, lambda text: _say(pipe, text), pieces)


def _say(pipe: int, text: str) -> None:
    os.write(pipe, text.encode() + b"\n")


def kill_batches(folder: Path, kills: int, seed: int = 0, pieces: int = PIECES) -> KillReport:
    """Run the same batch again and again in children that die by SIGKILL at random moments.

    When a batch comes to its end, a new project begins in the next folder. After each kill the
    project must verify and hold all that was reported.
    """
    chance = random.Random(seed)
    lost = unverified = ran = nodes = done = 0
    round_ = 0
    while done < kills:
        home = folder / f"round-{round_}"
        round_ += 1
        Project.create(home).close()
        reported: set[str] = set()
        finished = False
        while not finished and done < kills:
            # Somewhere in the next two pieces, between two reports or right at one.
            reports, wait_seconds = chance.randrange(30), chance.choice((0.0, chance.random() / 50))
            text, finished = _killed(home, reports, wait_seconds, pieces)
            done += not finished
            ran += text.count("ran")
            reported |= {line for line in text if len(line) == 64}
            with Project.open(home) as project:
                unverified += not project.verify().ok
                lost += len(reported - {node.key for node in project.nodes()})
        with Project.open(home) as project:  # the batch goes on where it was and comes to an end
            said: list[str] = []
            batch(project, said.append, pieces)
            ran += said.count("ran")
            unverified += not project.verify().ok
            nodes += len(project.nodes())
            assert len(project.nodes()) == pieces * len(STAGES)
            assert all(set(v.slots) == {"score", "master"} for v in project.variants()), (
                "a half one"
            )
    return KillReport(done, lost, unverified, ran, nodes)


def _killed(home: Path, reports: int, wait_seconds: float, pieces: int) -> tuple[list[str], bool]:
    """What a child said before it was killed, and whether it came to its end by itself.

    It is killed so many seconds after so many stages began to run.
    """
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.close(reader)
            _in_child(home, writer, pieces)
            os._exit(0)
        except BaseException as error:
            _say(writer, repr(error))
            os._exit(1)
    os.close(writer)
    with os.fdopen(reader) as pipe:
        said: list[str] = []
        while said.count("ran") < reports and (line := pipe.readline()):
            said.append(line.strip())
        time.sleep(wait_seconds)
        os.kill(child, signal.SIGKILL)
        said += pipe.read().splitlines()
    _, status = os.waitpid(child, 0)
    code = os.waitstatus_to_exitcode(status)
    if code > 0:
        raise ProjectError(f"a child failed by itself: {said[-1]}")
    return said, code == 0


def fill(project: Project, nodes: int) -> None:
    """A large project: chains of the seven stages, one variant for every second chain."""
    data = b"content"
    blob = sha256(data)
    changes: list[NodeMade | VariantAdded | Moved] = []
    for chain in range(nodes // len(STAGES) + 1):
        keys: list[str] = []
        for stage in STAGES[: nodes - chain * len(STAGES)]:
            params = canonical({"chain": chain, "energy": [0.1, 0.5, 0.9]})
            inputs = (("from", keys[-1]),) if keys else ()
            blobs = sorted_pairs((role, blob) for role, _ in inputs)
            key = node_key(stage, "1", params, inputs, ())
            recipe = recipe_key(stage, "1", params, blobs, ())
            keys.append(key)
            changes.append(
                NodeMade(key, recipe, stage, "1", params, inputs, (), blob, len(data), "audio/flac")
            )
        if chain % 2 == 0 and len(keys) == len(STAGES):
            name, slots = f"take {chain}", sorted_pairs(zip(STAGES, keys, strict=True))
            own = variant_id(name, "", slots, (), "")
            changes.append(VariantAdded(own, name, name))
            changes.append(Moved(move_id(own, "", slots, (), ""), own, "", slots))
    project.store.apply(changes, {blob: (data, "audio/flac")})


def timings(
    folder: Path, nodes: int, clock: Callable[[], float] = time.perf_counter
) -> dict[str, float]:
    """Milliseconds in a large project; best of 5, so that a busy machine is not what we measure."""
    with Project.create(folder) as project:
        fill(project, nodes)
        variants = project.variants()
        deep = variants[len(variants) // 2]
        actions: dict[str, Callable[[], object]] = {
            "list all nodes": project.nodes,
            "list one kind": lambda: project.nodes("score"),
            "list all variants": project.variants,
            "one variant": lambda: project.variant(deep.name),
            "lineage of a master": lambda: project.lineage(deep.slots["master"]),
            "all from a brief": lambda: project.descendants(deep.slots["brief"]),
            "diff two variants": lambda: project.diff(variants[0], variants[-1]),
            "a result that is there": lambda: project.make(
                "brief", {}, {"chain": 5, "energy": [0.1, 0.5, 0.9]}, 1, bytes
            ),
            "star": lambda: project.star(deep),
        }
        found = {name: best_ms(action, clock) for name, action in actions.items()}
    found["open"] = best_ms(lambda: Project.open(folder).close(), clock)
    return found


def whole_project_ms(folder: Path) -> dict[str, float]:
    """Milliseconds for what looks at everything."""
    with Project.open(folder) as project:
        return {
            "verify": best_ms(project.verify),
            "garbage, dry run": best_ms(project.collect_garbage),
        }


def best_ms(action: Callable[[], object], clock: Callable[[], float] = time.perf_counter) -> float:
    """Shortest time of five runs, in milliseconds."""
    taken = []
    for _ in range(5):
        start = clock()
        action()
        taken.append(clock() - start)
    return round(1e3 * min(taken), 2)


def making_ms(folder: Path, count: int = 200) -> float:
    """Median time to keep one new result, in milliseconds."""
    taken = []
    with Project.create(folder) as project:
        for number in range(count):
            start = time.perf_counter()
            project.make("score", {}, number, 1, lambda n=number: b"%d" % n * 5_000)  # type: ignore[misc]
            taken.append(time.perf_counter() - start)
    return round(1e3 * statistics.median(taken), 2)


def main() -> None:
    """Run both and print what was found as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--nodes", type=int, default=10_000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        print(json.dumps({"keep one result": making_ms(folder / "making")}, indent=1))
        for what, clock in (("wall", time.perf_counter), ("processor", time.process_time)):
            found = timings(folder / f"large {what}", options.nodes, clock)
            print(json.dumps({f"milliseconds, {what}": found}, indent=1))
        print(json.dumps(whole_project_ms(folder / "large wall"), indent=1))
        start = time.perf_counter()
        report = asdict(kill_batches(folder, options.kills))
        report["seconds"] = round(time.perf_counter() - start, 1)
        print(json.dumps(report, indent=1))


if __name__ == "__main__":
    main()
