"""Many prompts at once: one folder for each, on any number of worker processes."""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from songwright.errors import BriefError, FileFormatError, SongwrightError
from songwright.session.execution import Executor, Task, executor_for
from songwright.session.execution.protocol import DONE
from songwright.session.song import Song, compose

_SAFE_ID = re.compile(r"^[\w][\w.\- ]{0,99}$")


@dataclass(frozen=True, slots=True)
class BatchItem:
    """One line of a prompt file: folder name, prompt, seed, other fields; or what is wrong."""

    id: str
    prompt: str
    seed: int
    fields: dict[str, Any]
    error: str = ""


@dataclass(frozen=True, slots=True)
class BatchResult:
    """What became of one item; ``error`` is empty on success."""

    id: str
    folder: str
    error: str = ""


def read_prompts(path: str | Path, seed: int = 0) -> list[BatchItem]:
    """Read a JSONL file: one ``{"id": …, "prompt": …}`` a line, other keys are brief fields.

    A broken line becomes an item with an ``error`` and does not stop the others.

    Raises
    ------
    FileFormatError
        If the file cannot be read or holds no line at all.
    """
    try:
        lines = Path(path).read_text("utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise FileFormatError(f"{path} cannot be read as UTF-8 text: {error}") from error
    items = [_item(line, number, seed) for number, line in enumerate(lines, 1) if line.strip()]
    if not items:
        raise FileFormatError(f'{path} is empty; write one {{"id": "a", "prompt": "…"}} a line')
    seen: set[str] = set()
    for i, item in enumerate(items):
        if item.id in seen:
            items[i] = BatchItem(item.id, "", 0, {}, f"the id {item.id!r} stands twice")
        seen.add(item.id)
    return items


def _item(line: str, number: int, seed: int) -> BatchItem:
    name = f"line-{number}"
    try:
        row = json.loads(line)
    except ValueError as error:
        return BatchItem(name, "", 0, {}, f"line {number} is not JSON: {error}")
    if not isinstance(row, dict) or not isinstance(row.get("prompt", ""), str):
        return BatchItem(name, "", 0, {}, f'line {number} is not {{"id": …, "prompt": "…"}}')
    item_id = str(row.pop("id", name))
    if not _SAFE_ID.match(item_id):
        return BatchItem(name, "", 0, {}, f"line {number}: the id {item_id!r} is no folder name")
    prompt = row.pop("prompt", "")
    own_seed = row.pop("seed", seed)
    if not isinstance(own_seed, int) or isinstance(own_seed, bool):
        return BatchItem(item_id, "", 0, {}, f"line {number}: the seed must be a whole number")
    return BatchItem(item_id, prompt, own_seed, row)


def compose_batch(
    items: Sequence[BatchItem],
    out: str | Path,
    jobs: int = 1,
    audio: bool = True,
    formats: Sequence[str] = ("wav",),
    done: Callable[[BatchResult], None] | None = None,
    evaluation: bool = True,
    executor: Executor | None = None,
) -> list[BatchResult]:
    """Compose every item into ``out/id``; results in the order of the items.

    The bytes depend neither on ``jobs`` nor on ``executor``, which takes their place (the workers
    of a cluster must see ``out`` under the same path). A folder that holds its piece already is
    left as it is, so a batch that was stopped goes on where it was. ``done`` is called after each
    item, in order of completion.
    """
    if jobs < 1:
        raise BriefError("--jobs must be at least 1")
    order = Order(Path(out).resolve(), audio, tuple(formats), evaluation)
    results: dict[int, BatchResult] = {}
    with contextlib.nullcontext(executor) if executor else executor_for(jobs) as workers:
        for index, result in _run(items, order, workers):
            results[index] = result
            if done is not None:
                done(result)
    return [results[i] for i in range(len(items))]


@dataclass(frozen=True, slots=True)
class Order:
    """What is wanted of every item of a batch, and where it goes."""

    out: Path
    audio: bool = True
    formats: tuple[str, ...] = ("wav",)
    evaluation: bool = True

    def is_met(self, song: Song, folder: Path) -> bool:
        """True if a folder holds this very song with all that is wanted of it."""
        wanted = ["song.mid", "song.musicxml", "report.html"]
        wanted += ["evaluation.json"] if self.evaluation else []
        wanted += [f"master.{name}" for name in self.formats] if self.audio else []
        try:
            same = (folder / "song.json").read_bytes() == song.to_json()
        except OSError:
            return False
        return same and all((folder / name).is_file() for name in wanted)


def _run(
    items: Sequence[BatchItem], order: Order, workers: Executor
) -> Iterator[tuple[int, BatchResult]]:
    tasks = (Task(str(i), make_one, (item, order)) for i, item in enumerate(items))
    for outcome in workers.run(tasks):
        index = int(outcome.id)
        failed = BatchResult(items[index].id, "", outcome.error or outcome.state)
        yield index, outcome.value if outcome.state == DONE else failed


def make_one(item: BatchItem, order: Order) -> BatchResult:
    """Compose and save one item; every error becomes a result."""
    if item.error:
        return BatchResult(item.id, "", item.error)
    folder = order.out / item.id
    try:
        song = compose(item.prompt, item.seed, **item.fields)
        if not order.is_met(song, folder):
            song.save(folder, order.audio, order.formats, evaluation=order.evaluation)
    except SongwrightError as error:
        return BatchResult(item.id, "", str(error))
    except TypeError as error:
        return BatchResult(item.id, "", f"a field is not known: {error}")
    return BatchResult(item.id, str(folder))
