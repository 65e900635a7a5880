"""All measures of the learned models, into ``docs/models.md`` and the cards of the weights.

    python -m bench.models --scratch DIR [--only blind --only speed] [--size 0.1] [--weights DIR]

``--scratch`` is the folder of the prepared corpora (`training.corpora.prepare`), which are no part
of the repository. ``--size`` scales all sample sizes. With another ``--page`` the cards stay.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TypeVar

from training.corpora.index import load as load_index
from training.tasks import TASKS

from bench import models_report as report
from bench.models_blind import BEST, LEARNED, ROLES, RULES, verdicts
from bench.models_cards import Value, note
from bench.models_cases import (
    ACCOMPANIMENT,
    LEAD,
    GrooveCase,
    HarmonyCase,
    LineCase,
    groove_cases,
    harmony_cases,
    held_out,
    line_cases,
    spread,
)
from bench.models_controls import groove_controls, harmony_controls, line_controls
from bench.models_groove_spread import distances
from bench.models_likelihood import likelihood
from bench.models_makers import humanised, learned_grooves, learned_lines, line_grammar
from bench.models_memorisation import runs
from bench.models_obedience import obedience
from bench.models_ranked import CANDIDATES, reranked
from bench.models_rules import rule_pieces
from bench.models_speed import Speed, loading_seconds, megabytes, speeds
from songwright.models import weights
from songwright.models.decoder import Decoder, load
from songwright.models.groove_grammar import GrooveGrammar
from songwright.models.grooves import GROOVE_FEATURES
from songwright.models.line_grammar import LineGrammar
from songwright.models.lines import LINE_FEATURES
from songwright.models.progression_grammar import HarmonyGrammar
from songwright.models.progressions import HARMONY_FEATURES
from songwright.models.sampling import Taste

MODELS = ("harmony", "melody", "parts", "drums")
SEED = 1


@dataclass(frozen=True)
class Bench:
    """Where things lie and how many samples are taken."""

    scratch: Path
    folder: Path
    size: float
    taste: Taste

    def count(self, full: int) -> int:
        """A sample size, scaled."""
        return max(20, round(full * self.size))

    def decoder(self, name: str) -> Decoder:
        return load(name, self.folder)

    @property
    def models(self) -> list[str]:
        return [name for name in MODELS if (self.folder / f"{name}.toml").exists()]

    def lines(self, model: str, full: int) -> list[LineCase]:
        cases = partial(line_cases, roles=LEAD if model == "melody" else ACCOMPANIMENT)
        return spread(held_out(self.scratch), cases, self.count(full), SEED)

    def grooves(self, full: int, split: str = "test") -> list[GrooveCase]:
        pieces = held_out(self.scratch, split)
        return spread(pieces, groove_cases, self.count(full), SEED, 6, 400)

    def chords(self, full: int) -> list[HarmonyCase]:
        return spread(held_out(self.scratch), harmony_cases, self.count(full), SEED)


@dataclass(frozen=True)
class Found:
    """Tables of the page by name, and values for the cards by model."""

    tables: dict[str, str]
    cards: dict[str, dict[str, Value]] = field(default_factory=dict)


def measure_likelihood(bench: Bench) -> Found:
    rows = [
        likelihood(TASKS[name], bench.decoder(name), bench.scratch, bench.count(1000), SEED)
        for name in bench.models
    ]
    cards: dict[str, dict[str, Value]] = {
        row.name: {"test_nats_a_token": row.network,
                   "test_nats_a_token_ngram": min(row.plain, row.with_features)}
        for row in rows
    }  # fmt: skip
    return Found({"likelihood": report.likelihood_table(rows)}, cards)


def measure_obedience(bench: Bench) -> Found:
    found = {name: obedience(name, bench.count(500), SEED, bench.folder) for name in bench.models}
    cards: dict[str, dict[str, Value]] = {
        name: {"obedience": o.obedient / max(1, o.samples), "obedience_samples": o.samples}
        for name, o in found.items()
    }
    return Found({"obedience": report.obedience_table(found)}, cards)


def measure_controls(bench: Bench) -> Found:
    rows = []
    for name in bench.models:
        decoder = bench.decoder(name)
        if name == "drums":
            rows += groove_controls(decoder, bench.grooves(30), SEED)
        elif name == "harmony":
            rows += harmony_controls(decoder, bench.chords(40), SEED)
        else:
            rows += line_controls(name, decoder, bench.lines(name, 40), SEED)
    cards: dict[str, dict[str, Value]] = {}
    for row in rows:
        key = "control_" + row.name.replace(", ", "_").replace(" ", "_")
        cards.setdefault(row.model, {})[key] = row.each
        cards[row.model][f"{key}_best_of_{CANDIDATES}"] = row.each_best
    return Found({"controls": report.controls_table(rows)}, cards)


def measure_blind(bench: Bench) -> Found:
    found = {
        name: verdicts(role, bench.decoder(role.model), bench.scratch, bench.count(400),
                       bench.taste, SEED)
        for name, role in ROLES.items() if role.model in bench.models
    }  # fmt: skip
    tables = {
        "blind": report.blind_table(found),
        "giveaways": report.giveaways_table(
            {name: rows.get(BEST, rows[LEARNED]) for name, rows in found.items()}
        ),
    }
    keys = {LEARNED: "blind_auc", BEST: f"blind_auc_best_of_{CANDIDATES}", RULES: "blind_auc_rules"}
    cards: dict[str, dict[str, Value]] = {
        ROLES[name].model: {keys[k]: verdict.auc for k, verdict in rows.items() if k in keys}
        for name, rows in found.items()
    }
    return Found(tables, cards)


def measure_touch(bench: Bench) -> Found:
    """Only played drums: programmed ones have no timing."""
    cases = [case for case in bench.grooves(400) if case.wish.played]
    training = [case.strokes for case in bench.grooves(800, "train") if case.wish.played]
    people = [case.strokes for case in cases]
    decoder = bench.decoder("drums")
    kinds = [(c.wish.family, c.wish.numerator, c.wish.denominator) for c in cases]
    rules = spread(rule_pieces(kinds, 12, SEED), groove_cases, 200, SEED, 40, 40)
    ruled = [case.strokes for case in rules]
    made = {
        "sampled": learned_grooves(decoder, cases, bench.taste, SEED),
        "people's, humanised": humanised(decoder, cases, bench.taste, SEED),
    }
    rows = {name: distances(own, people, training, ruled) for name, own in made.items()}
    return Found({"touch": report.touch_table(rows)})


def measure_memorisation(bench: Bench) -> Found:
    index = load_index(bench.scratch / "melodies.npz")
    found = {}
    for name in bench.models:
        if name in ("melody", "parts"):
            cases = bench.lines(name, 1000)
            make = reranked(name, learned_lines) or learned_lines
            made = make(bench.decoder(name), cases, bench.taste, SEED)
            found[name] = runs(index, made, [case.line for case in cases])
    cards: dict[str, dict[str, Value]] = {
        name: {"longest_shared_run": max(r.made), "longest_shared_run_of_people": max(r.human)}
        for name, r in found.items()
    }
    return Found({"memorisation": report.memorisation_table(found)}, cards)


def measure_speed(bench: Bench) -> Found:
    rows: list[Speed] = []
    for name in bench.models:
        decoder = bench.decoder(name)
        if name == "drums":
            rows += speeds(name, decoder, GROOVE_FEATURES, _grooves(bench.grooves(320)), _strokes)
        elif name == "harmony":
            rows += speeds(name, decoder, HARMONY_FEATURES, _harmonies(bench.chords(320)), _chords)
        else:
            rows += speeds(name, decoder, LINE_FEATURES, _lines(bench.lines(name, 320)), _notes)
    cards: dict[str, dict[str, Value]] = {
        row.name: {"tokens_a_second": round(row.tokens_a_second)}
        for row in rows if row.rows == max(r.rows for r in rows) and row.threads == 1
    }  # fmt: skip
    return Found({"speed": report.speed_table(rows)}, cards)


def _grooves(cases: Sequence[GrooveCase]) -> Callable[[int], list[GrooveGrammar]]:
    return lambda count: [GrooveGrammar(case.wish) for case in _cycled(cases, count)]


def _harmonies(cases: Sequence[HarmonyCase]) -> Callable[[int], list[HarmonyGrammar]]:
    return lambda count: [HarmonyGrammar(case.wish) for case in _cycled(cases, count)]


def _lines(cases: Sequence[LineCase]) -> Callable[[int], list[LineGrammar]]:
    return lambda count: [line_grammar(case, False) for case in _cycled(cases, count)]


def _strokes(grammar: GrooveGrammar) -> int:
    return len(grammar.drums)


def _chords(grammar: HarmonyGrammar) -> int:
    return len(grammar.chords)


def _notes(grammar: LineGrammar) -> int:
    return len(grammar.line)


_T = TypeVar("_T")


def _cycled(items: Sequence[_T], count: int) -> list[_T]:
    return [items[i % len(items)] for i in range(count)]


def measure_size(bench: Bench) -> Found:
    from bench.models_precision import half_precision_loss  # noqa: PLC0415 - loads PyTorch

    rows = []
    cards: dict[str, dict[str, Value]] = {}
    for name in bench.models:
        card = weights.card(name, bench.folder)
        path = bench.folder / f"{name}.onnx"
        loss = half_precision_loss(name, bench.decoder(name), bench.scratch, bench.count(200))
        rows.append((name, f"{card.network.parameters / 1e6:.2f} M",
                     f"{path.stat().st_size / 1e6:.1f} MB",
                     "–" if loss is None else f"{loss:+.5f}"))  # fmt: skip
        if loss is not None:
            cards[name] = {"half_precision_nats_a_token": round(loss, 6)}
    seconds = loading_seconds(bench.models, bench.folder)
    rows.append(("all", "", f"{megabytes(bench.folder):.1f} MB", ""))
    table = report.markdown(
        ("model", "parameters", "file", "half precision, nats a token more than float32"), rows
    )
    text = f"{table}\n\nLoading all of them in a fresh process: {seconds:.2f} s."
    return Found({"size": text}, cards)


MEASURES: dict[str, Callable[[Bench], Found]] = {
    "likelihood": measure_likelihood, "obedience": measure_obedience,
    "controls": measure_controls, "blind": measure_blind, "touch": measure_touch,
    "memorisation": measure_memorisation, "speed": measure_speed, "size": measure_size,
}  # fmt: skip


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--scratch", type=Path, required=True, help="prepared corpora")
    parser.add_argument("--weights", type=Path, default=weights.FOLDER, help="folder of the models")
    parser.add_argument("--only", action="append", choices=tuple(MEASURES), help="some measures")
    parser.add_argument("--size", type=float, default=1.0, help="scale of all sample sizes")
    parser.add_argument("--temperature", type=float, default=1.0)
    parser.add_argument("--top-p", type=float, default=1.0)
    parser.add_argument("--page", type=Path, default=report.PAGE, help="page with the tables")
    options = parser.parse_args()
    taste = Taste(options.temperature, options.top_p)
    bench = Bench(options.scratch, options.weights, options.size, taste)
    for name in options.only or MEASURES:
        began = time.perf_counter()
        found = MEASURES[name](bench)
        report.write(found.tables, options.page)
        if options.page == report.PAGE:
            for model, values in found.cards.items():
                note(bench.folder / f"{model}.toml", values)
        print(f"{name} ({time.perf_counter() - began:.0f} s)\n", *found.tables.values(), "",
              sep="\n", flush=True)  # fmt: skip


if __name__ == "__main__":
    main()
