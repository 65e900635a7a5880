"""Many variants of one brief: drafts in parallel, the alike replaced, the rest kept by name."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass

from songwright.brief import Brief, understand
from songwright.composition import make_plan
from songwright.errors import BriefError, ExecutionError
from songwright.evaluate.variety import diversity
from songwright.seeds import MAX_SEED
from songwright.session.execution import Executor, Task, executor_for
from songwright.session.execution.protocol import DONE
from songwright.session.store import Node, Project
from songwright.session.variants.drafts import Draft, choose, duplicate_limit, make_draft
from songwright.session.variants.evaluation import Evaluation
from songwright.session.variants.opening import variant_seed
from songwright.session.variants.preview import make_preview
from songwright.session.variants.ranking import rank_variants
from songwright.session.variants.stages import Recipe, asked_node, evaluation_of, is_piece

MOST = 1000
DIVERSE = 0.3
MAKER = "mixed"
_LONGEST_TEXT = 100


@dataclass(frozen=True, slots=True)
class Step:
    """Something that happened while variants were made.

    Attributes
    ----------
    stage
        ``draft`` (a piece is written), ``passed`` (a draft is not kept; ``note`` says why),
        ``variant`` (it is kept, as ``name``), ``preview`` (it can be heard).
    number
        Of the draft, from 0.
    done, total
        How far this stage is.
    """

    stage: str
    number: int
    done: int
    total: int
    name: str = ""
    note: str = ""
    evaluation: Evaluation | None = None


@dataclass(frozen=True, slots=True)
class Batch:
    """What is remembered of a batch in the settings of the project.

    ``vendi`` is the effective number of different pieces among those kept.
    """

    prompt: str
    seed: int
    diverse: float
    drafts: int
    kept: int
    vendi: float


def checked_request(
    prompt: str, count: int, seed: int, diverse: float, fields: Mapping[str, object]
) -> tuple[Brief, str]:
    """The brief of a request and its style, before anything is written.

    Raises
    ------
    BriefError
        If the request is empty, contradicts itself or is out of range.
    """
    if not 1 <= count <= MOST:
        raise BriefError(f"the number of variants must be 1 to {MOST}, not {count}")
    if not 0.0 <= diverse <= 1.0:
        raise BriefError(f"--diverse must be 0 (alike) to 1 (far apart), not {diverse:g}")
    if not 0 <= seed <= MAX_SEED:
        raise BriefError(f"the seed {seed} is outside 0 … {MAX_SEED}; choose a smaller number")
    brief = understand(prompt, dict(fields))
    return brief, make_plan(brief, variant_seed(seed, 0)).style


def make_variants(
    project: Project,
    prompt: str,
    count: int = 24,
    *,
    seed: int = 0,
    diverse: float = DIVERSE,
    fields: Mapping[str, object] | None = None,
    maker: str = MAKER,
    jobs: int = 0,
    executor: Executor | None = None,
    preview: bool = False,
) -> Iterator[Step]:
    """Make variants of one brief in a project, and tell each step as it happens.

    All of them obey what the brief fixes. The same project contents, prompt, fields, seed and
    ``diverse`` give the same variants for any number of jobs; what is there already is found,
    so a batch that was stopped goes on where it was, and a larger ``count`` adds to it.

    Parameters
    ----------
    project
        Where they are kept. Variants of other briefs in it stay as they are.
    prompt, fields
        As for `songwright.session.compose`.
    count
        How many to keep, 1 to 1000.
    seed
        Of the batch; draft ``k`` has the seed `variant_seed` ``(seed, k)``.
    diverse
        0 changes seeds only; towards 1 the controls that the brief leaves open are drawn more
        often and wider, and less likeness is put up with.
    maker
        ``rules``, ``learned`` or ``mixed``; see `songwright.composition.compose_piece`.
    jobs
        Worker processes: 1 works here, 0 takes one for each core. ``executor`` takes their place.
    preview
        Also render the preview of every variant, best first.

    Raises
    ------
    BriefError
        Before anything is made, if the request cannot be met; or if no draft could be written.
    ExecutionError
        If a worker was lost too often or the executor was cancelled; what is made stays.
    """
    given = dict(fields or {})
    _, style_id = checked_request(prompt, count, seed, diverse, given)
    asked = asked_node(project, prompt, given)
    batch = _Making(project, asked, prompt, count, seed, diverse, style_id, maker)
    return batch.run(executor, jobs, preview)


class _Making:
    def __init__(
        self, project: Project, asked: Node, prompt: str, count: int, seed: int, diverse: float,
        style_id: str, maker: str,
    ) -> None:  # fmt: skip
        self.project, self.asked, self.prompt = project, asked, prompt
        self.count, self.seed, self.diverse = count, seed, round(diverse, 6)
        self.style_id, self.maker = style_id, maker
        self.most = 2 * count + 8  # drafts; then some that were passed over are taken after all
        self.drafts: dict[int, Draft] = {}
        self.failed: dict[int, str] = {}

    def run(self, executor: Executor | None, jobs: int, preview: bool) -> Iterator[Step]:
        if executor is not None:
            yield from self._steps(executor, preview)
            return
        with executor_for(jobs) as own:
            yield from self._steps(own, preview)

    def _steps(self, executor: Executor, preview: bool) -> Iterator[Step]:
        yield from self._write(executor)
        names = yield from self._keep()
        if preview:
            yield from self._previews(executor, names)

    def _write(self, executor: Executor) -> Iterator[Step]:
        """Draft until enough are fit and different, in waves; waves do not change the choice."""
        limit = duplicate_limit(self.diverse)
        target = self.count
        while True:
            tried = len(self.drafts) + len(self.failed)
            for outcome in executor.run([self._task(number) for number in range(tried, target)]):
                number = int(outcome.id)
                if outcome.state != DONE:
                    raise ExecutionError(
                        f"draft {number + 1} was not finished ({outcome.error or outcome.state}); "
                        "start the batch again to go on"
                    )
                if isinstance(outcome.value, Draft):
                    self.drafts[number] = outcome.value
                else:
                    self.failed[number] = outcome.value
                done = len(self.drafts) + len(self.failed)
                found = self.drafts.get(number)
                note = self.failed.get(number) or ", ".join(found.choices if found else ())
                evaluation = found.evaluation if found else None
                yield Step("draft", number, done, target, note=note, evaluation=evaluation)
            if len(self.drafts) + len(self.failed) < target:
                raise ExecutionError("the batch was stopped; start the batch again to go on")
            if not self.drafts:
                raise BriefError(f"no variant could be written: {self.failed[0]}")
            chosen = choose(list(self.drafts.values()), self.count, limit)
            missing = self.count - len(chosen.kept)
            if not missing or target >= self.most:
                return
            target = min(self.most, target + missing)

    def _task(self, number: int) -> Task:
        recipe = Recipe(self.style_id, variant_seed(self.seed, number), self.diverse, self.maker)
        arguments = (str(self.project.folder), self.asked.key, number, recipe)
        return Task(str(number), make_draft, arguments)

    def _keep(self) -> Generator[Step, None, list[str]]:
        """Give the chosen drafts names; returns them in the order of the drafts."""
        drafts = list(self.drafts.values())
        chosen = choose(drafts, self.count, duplicate_limit(self.diverse), fill=True)
        for place, (number, why) in enumerate(sorted(chosen.passed.items()), 1):
            yield Step("passed", number, place, len(chosen.passed), note=why)
        there = {(v.slots.get("asked"), v.text): v.name for v in self.project.variants()}
        names = []
        for place, number in enumerate(chosen.kept, 1):
            draft = self.drafts[number]
            text = self._text(draft)
            name = there.get((self.asked.key, text))
            if name is None:
                name = self.project.add_variant(draft.slots, text=text).name
            names.append(name)
            yield Step("variant", number, place, len(chosen.kept), name, ", ".join(draft.choices),
                       draft.evaluation)  # fmt: skip
        kept = [self.drafts[number].evaluation.profile for number in chosen.kept]
        record = Batch(self.prompt, self.seed, self.diverse, len(self.drafts), len(kept),
                       round(diversity(kept), 3))  # fmt: skip
        name = f"batch {self.asked.key[:12]} {self.seed} {self.diverse:g} {self.maker}"
        self.project.set_setting(name, asdict(record))
        return names

    def _text(self, draft: Draft) -> str:
        drawn = f": {'; '.join(draft.choices)}" if draft.choices else ""
        made = f", {self.maker}" if self.maker != MAKER else ""
        return (
            f"{_short(self.prompt) or 'variant'} (draft {draft.number + 1}, seed {self.seed}, "
            f"diverse {self.diverse:g}{made}){drawn}"
        )

    def _previews(self, executor: Executor, names: list[str]) -> Iterator[Step]:
        ranked = [row.variant.name for row in rank_variants(self.project, names=names).rows]
        tasks = [Task(name, make_preview, (str(self.project.folder), name)) for name in ranked]
        for done, outcome in enumerate(executor.run(tasks), 1):
            yield Step("preview", -1, done, len(tasks), outcome.id, outcome.error)


def _short(prompt: str) -> str:
    """The beginning of a long prompt; the brief keeps all of it."""
    line = " ".join(prompt.split())
    return line if len(line) <= _LONGEST_TEXT else f"{line[: _LONGEST_TEXT - 1]}…"


def diversity_of(project: Project, names: Sequence[str] = ()) -> float | None:
    """Vendi score of some variants of a project (all, without names); None without any."""
    wanted = [project.variant(name) for name in names] or project.variants()
    profiles = [evaluation_of(project, v).profile for v in wanted if is_piece(v)]
    return diversity(profiles) if profiles else None


def batches(project: Project) -> list[Batch]:
    """The batches of a project, by prompt."""
    names = sorted(name for name in project.store.settings() if name.startswith("batch "))
    return [Batch(**project.setting(name)) for name in names]
