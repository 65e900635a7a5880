"""Are prompts obeyed? Composes every line of ``prompts.jsonl`` and measures the written MIDI.

    python -m bench.prompts [--file FILE] [--jobs N] [--only ID] [--limit N] [--show] [--check]

Prints a table of controls and every miss. With ``--check`` the exit code is 1 when a control stays
under its aim. The expectations were written from the prompts alone, as a musician reads them.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import tempfile
import time
import zlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

from bench.measure import cross_check, read_piece
from bench.prompts_digest import digest
from bench.prompts_judge import Verdict, judge
from songwright.session import BatchItem, BatchResult, compose_batch

FILE = Path(__file__).with_name("prompts.jsonl")

AIMS: dict[str, float | None] = {
    "tempo": 0.99, "metre": 0.99, "bars": 0.99, "length": 0.99, "key": 0.95,
    "instruments": 0.99, "forbidden": 0.99, "pitch range": 0.99, "density": 0.99,
    "form": 0.99, "chords": 0.99, "no silent ends": 0.99,
    "ending": None, "modulation": None, "energy": None, "feel": None, "dynamics": 0.95,
    "articulation": 0.95,
    "style": None, "use": None, "composed": 0.99, "readers agree": 1.0,
}  # fmt: skip
"""Least share of obeyed cases; None where the control is only reported."""


@dataclass(frozen=True)
class Case:
    """One prompt and what a musician would check in the result."""

    id: str
    prompt: str
    fields: dict[str, Any]
    seed: int
    expect: dict[str, Any]

    @property
    def request(self) -> str:
        """Prompt and fields in one line."""
        fields = " ".join(f"{name}={value!r}" for name, value in self.fields.items())
        return " ".join(part for part in (repr(self.prompt), fields) if part)


@dataclass(frozen=True)
class Outcome:
    """A case with its verdicts, its onsets a beat, and words that were not understood."""

    case: Case
    verdicts: tuple[Verdict, ...]
    onsets_per_beat: float | None = None
    not_understood: tuple[str, ...] = ()
    digest: str = ""


def read_cases(path: Path = FILE) -> list[Case]:
    """All cases of a prompt file. A line without a seed gets one from its id."""
    cases = []
    for line in path.read_text("utf-8").splitlines():
        row = json.loads(line)
        seed = row.get("seed", zlib.crc32(row["id"].encode()) % 10_000)
        cases.append(Case(row["id"], row["prompt"], row.get("fields", {}), seed, row["expect"]))
    return cases


def run_cases(
    cases: Sequence[Case], jobs: int, keep: Path | None = None, quiet: bool = False
) -> list[Outcome]:
    """Compose and measure; outcomes in the order of the cases."""
    by_id = {case.id: case for case in cases}
    outcomes: dict[str, Outcome] = {}
    began = time.perf_counter()

    def measured(result: BatchResult) -> None:
        outcomes[result.id] = _outcome(by_id[result.id], result)
        if result.folder and keep is None:
            shutil.rmtree(result.folder)
        if not quiet:
            spent = time.perf_counter() - began
            line = f"\r{len(outcomes)} of {len(cases)} prompts, {spent:.0f} s "
            print(line, end="", file=sys.stderr, flush=True)

    with tempfile.TemporaryDirectory() as scratch:
        items = [BatchItem(c.id, c.prompt, c.seed, dict(c.fields)) for c in cases]
        compose_batch(items, keep or scratch, jobs=jobs, audio=False, done=measured)
    if not quiet:
        print(file=sys.stderr)
    return [outcomes[case.id] for case in cases]


def _outcome(case: Case, result: BatchResult) -> Outcome:
    if result.error:
        return Outcome(case, (Verdict("composed", "", result.error, False),))
    folder = Path(result.folder)
    piece = read_piece(folder / "song.mid")
    song = json.loads((folder / "song.json").read_bytes())
    report = json.loads((folder / "report.json").read_bytes())
    problems = cross_check(folder / "song.mid", piece)
    verdicts = (
        Verdict("composed", "", "", True),
        Verdict("readers agree", "", "; ".join(problems), not problems),
        *judge(case.expect, piece, {key: song["plan"][key] for key in ("style", "use")}),
    )
    lost = tuple(report["not_understood"])
    shown = digest(case.request, song)
    return Outcome(case, verdicts, piece.onsets_per_beat(), lost, shown)


def table(outcomes: Sequence[Outcome]) -> tuple[str, bool]:
    """Markdown table by control, and whether every aim is met."""
    rows = ["| control | cases | obeyed | share | aim |", "|---|---:|---:|---:|---:|"]
    met = True
    for control, aim in AIMS.items():
        verdicts = [v for o in outcomes for v in o.verdicts if v.control == control]
        if not verdicts:
            continue
        good = sum(v.obeyed for v in verdicts)
        share = good / len(verdicts)
        met = met and (aim is None or share >= aim)
        target = "–" if aim is None else f"≥ {aim:.0%}"
        rows.append(f"| {control} | {len(verdicts)} | {good} | {share:.1%} | {target} |")
    return "\n".join(rows), met


def density_table(outcomes: Sequence[Outcome]) -> str:
    """How far the density classes stand apart: onsets a beat by what was asked."""
    rows = ["| density asked | pieces | lowest | median | highest |", "|---|---:|---:|---:|---:|"]
    for name in ("sparse", "medium", "dense"):
        found = sorted(
            o.onsets_per_beat for o in outcomes
            if o.case.expect.get("density") == name and o.onsets_per_beat is not None
        )  # fmt: skip
        if found:
            middle = found[len(found) // 2]
            rows.append(
                f"| {name} | {len(found)} | {found[0]:.2f} | {middle:.2f} | {found[-1]:.2f} |"
            )
    return "\n".join(rows) if len(rows) > 2 else ""


def misses(outcomes: Sequence[Outcome]) -> str:
    """One paragraph for each control that was missed, by control."""
    lines = []
    for control in AIMS:
        found = [(o, v) for o in outcomes for v in o.verdicts if v.control == control]
        for outcome, verdict in found:
            if not verdict.obeyed:
                lines.append(
                    f"{control}: {outcome.case.id} (seed {outcome.case.seed}) "
                    f"{outcome.case.request}\n    asked {verdict.asked or '–'}; "
                    f"measured {verdict.measured}"
                )
    return "\n".join(lines)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the benchmark; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m bench.prompts", description=__doc__)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--file", type=Path, default=FILE, help="another prompt file")
    parser.add_argument("--only", action="append", help='an id, or a pattern such as "keys-*"')
    parser.add_argument("--limit", type=int, help="this many prompts, spread over the file")
    parser.add_argument("--check", action="store_true", help="exit 1 under an aim")
    parser.add_argument("--keep", type=Path, help="keep the composed folders here")
    parser.add_argument("--show", action="store_true", help="print what became of every prompt")
    parser.add_argument("--json", type=Path, help="write all verdicts to this file")
    chosen = parser.parse_args(arguments)
    cases = [
        case for case in read_cases(chosen.file)
        if not chosen.only or any(fnmatch(case.id, pattern) for pattern in chosen.only)
    ]  # fmt: skip
    if chosen.limit and chosen.limit < len(cases):
        cases = [cases[i * len(cases) // chosen.limit] for i in range(chosen.limit)]
    if not cases:
        parser.error("no prompt has such an id")
    outcomes = run_cases(cases, chosen.jobs, chosen.keep)
    if chosen.show:
        print(*(f"{o.case.id}: {o.digest}\n" for o in outcomes), sep="\n")
    text, met = table(outcomes)
    print(text)
    for part in (density_table(outcomes), misses(outcomes)):
        if part:
            print(f"\n{part}")
    left = [(o.case.id, word) for o in outcomes for word in o.not_understood]
    if left:
        print(f"\n{len(left)} words were reported as not understood:")
        print("; ".join(f"{case_id}: {word}" for case_id, word in left))
    if chosen.json:
        rows = [asdict(outcome) for outcome in outcomes]
        chosen.json.write_text(json.dumps(rows, ensure_ascii=False, indent=1), "utf-8")
    return 0 if met or not chosen.check else 1


if __name__ == "__main__":
    sys.exit(main())
