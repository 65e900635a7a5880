"""Tables of `docs/models.md`: each between its pair of comments, written anew by a run."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from bench.models_controls import Control
from bench.models_groove_spread import MEASURES, Distance, summary
from bench.models_likelihood import Likelihood
from bench.models_memorisation import Runs
from bench.models_obedience import Obedience
from bench.models_ranked import CANDIDATES
from bench.models_speed import Speed
from bench.models_two_sample import Verdict

PAGE = Path("docs/models.md")
TABLES = ("likelihood", "obedience", "controls", "blind", "giveaways", "touch", "memorisation",
          "speed", "size")  # fmt: skip


def markdown(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A table."""
    lines = ["| " + " | ".join(head) + " |", "| --- " * len(head) + "|"]
    return "\n".join([*lines, *("| " + " | ".join(map(str, row)) + " |" for row in rows)])


def put(page: str, name: str, table: str) -> str:
    """The page with a table between ``<!-- name -->`` and ``<!-- /name -->``; added if new."""
    block = f"<!-- {name} -->\n\n{table}\n\n<!-- /{name} -->"
    pattern = re.compile(rf"<!-- {name} -->.*?<!-- /{name} -->", re.DOTALL)
    if pattern.search(page):
        return pattern.sub(lambda _: block, page)
    return page.rstrip("\n") + f"\n\n{block}\n" if page.strip() else block + "\n"


def write(tables: dict[str, str], path: Path = PAGE) -> None:
    """Put tables into the page; those not given stay as they are."""
    page = path.read_text("utf-8") if path.exists() else "# Learned models: what was measured\n"
    for name in TABLES:
        if name in tables:
            page = put(page, name, tables[name])
    path.write_text(page, "utf-8", newline="\n")


def likelihood_table(rows: Iterable[Likelihood]) -> str:
    return markdown(
        ("model", "tokens", "network", "n-gram (order)", "n-gram with features (order)",
         "n-gram of our rules"),
        (
            (r.name, r.tokens, f"**{r.network:.3f}**", f"{r.plain:.3f} ({r.plain_order})",
             f"{r.with_features:.3f} ({', '.join(r.features)}; {r.features_order})",
             "–" if r.rules is None else f"{r.rules:.3f}")
            for r in rows
        ),
    )  # fmt: skip


def obedience_table(found: dict[str, Obedience]) -> str:
    return markdown(
        ("model", "samples", "obeyed", "dead ends", "refused before", "constraints checked"),
        (
            (name, o.samples, f"{o.obedient / max(1, o.samples):.1%}", o.dead_ends, o.impossible,
             ", ".join(f"{kind} {o.held[kind]}/{n}" for kind, n in sorted(o.asked.items())))
            for name, o in found.items()
        ),
    )  # fmt: skip


def controls_table(rows: Iterable[Control]) -> str:
    return markdown(
        ("model", "control", "samples", "ρ of samples, one draw", "ρ of levels, one draw",
         f"ρ of samples, best of {CANDIDATES}", f"ρ of levels, best of {CANDIDATES}",
         "mean got by the best, by level"),
        (
            (r.model, r.name, r.samples, f"{r.each:.2f}", f"{r.level:.2f}", f"{r.each_best:.2f}",
             f"{r.level_best:.2f}", ", ".join(f"{m:.2f}" for m in r.means))
            for r in rows
        ),
    )  # fmt: skip


def blind_table(rows: dict[str, dict[str, Verdict]]) -> str:
    """By role: learned, rules, people against people."""
    kinds = list(dict.fromkeys(kind for verdicts in rows.values() for kind in verdicts))
    return markdown(
        ("role", "features", *kinds),
        (
            (role, next(iter(verdicts.values())).features,
             *(verdicts[k].text if k in verdicts else "–" for k in kinds))
            for role, verdicts in rows.items()
        ),
    )  # fmt: skip


def giveaways_table(rows: dict[str, Verdict]) -> str:
    return markdown(
        ("role", "feature", "AUC alone", "loss without", "people", "model"),
        (
            (role, g.name.replace("_", " "), f"{g.alone:.2f}", f"{g.loss:.3f}", f"{g.human:.2f}",
             f"{g.made:.2f}")
            for role, verdict in rows.items() for g in verdict.giveaways[:6]
        ),
    )  # fmt: skip


def touch_table(rows: Mapping[str, Sequence[Distance]]) -> str:
    lines = []
    for kind, distances in rows.items():
        for measure in MEASURES:
            made, rules, people, within = summary(distances, measure)
            places = sum(d.measure == measure for d in distances)
            lines.append((kind, measure, places, f"{made:.2f}", f"{people:.2f}", f"{rules:.2f}",
                          f"{within:.0%}"))  # fmt: skip
    return markdown(
        ("drums", "measure", "voices and places", "KS to held-out people",
         "other people to held-out people", "rules to held-out people", "within"),
        lines,
    )  # fmt: skip


def memorisation_table(rows: dict[str, Runs]) -> str:
    lines = []
    for name, runs in rows.items():
        cells = [f"{a:.0f} / {b:.0f}" for a, b in map(runs.percentile, (50, 95, 99, 100))]
        lines.append((name, len(runs.made), *cells, f"{runs.beyond:.1%}"))
    return markdown(
        ("model", "samples", "median (model / people)", "95 %", "99 %", "longest",
         "beyond people's 99 %"),
        lines,
    )  # fmt: skip


def speed_table(rows: Iterable[Speed]) -> str:
    return markdown(
        ("model", "rows", "threads", "tokens/s", "notes/s"),
        (
            (r.name, r.rows, r.threads, f"{r.tokens_a_second:.0f}", f"{r.notes_a_second:.0f}")
            for r in rows
        ),
    )  # fmt: skip
