"""Fit the critics that are shipped beside the weights: what people's phrases have more of.

    python -m bench.models_critics --scratch DIR [melody parts drums]

Every critic is fitted on stretches of the training split and one sample of the network in the frame
of each; its strength (the ridge) is the one that tells best on the validation split. The test split
is not touched: it is for `bench.models`.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression  # type: ignore[import-untyped]
from sklearn.metrics import roc_auc_score  # type: ignore[import-untyped]

from bench.models_blind import ROLES, Role
from bench.models_cases import held_out, spread
from bench.models_ranked import traits
from songwright.models.decoder import load
from songwright.models.line_traits import Traits
from songwright.models.sampling import Taste
from songwright.models.weights import FOLDER, card

SEED = 11
COUNTS = {"train": 2400, "validation": 300}
RIDGES = (0.003, 0.01, 0.03, 0.1, 0.3)
_FARTHEST = 4.0  # as songwright.models.critic
_MOST_OF_A_WORK = {"drums": 400}


def samples(role: Role, scratch: Path, split: str) -> tuple[list[Traits], NDArray[np.int64]]:
    """Traits of people's stretches and of the network's in the same frames; 1 for people."""
    most = _MOST_OF_A_WORK.get(role.name, 12)
    cases = spread(held_out(scratch, split), role.cases, COUNTS[split], SEED, most_of_a_work=most)
    held_out.cache_clear()  # the training split is large
    made = role.make(load(role.model), cases, Taste(1.0, 1.0), SEED)
    people = [traits(role.written(case), case) for case in cases]
    theirs = [traits(own, case) for own, case in zip(made, cases, strict=True)]
    return people + theirs, np.array([1] * len(people) + [0] * len(theirs))


def fit(role: Role, scratch: Path) -> dict[str, Any]:
    """The critic of a role, as the table of its file."""
    learn, learn_label = samples(role, scratch, "train")
    judge, judge_label = samples(role, scratch, "validation")
    names = sorted({name for row in learn for name in row})
    table = _table(learn, names)
    centre, spread_ = np.nanmean(table, 0), np.nanstd(table, 0)
    told = spread_ > 1e-6
    names = [name for name, keep in zip(names, told, strict=True) if keep]
    centre, spread_ = centre[told], spread_[told]

    def scaled(rows: Sequence[Traits]) -> NDArray[np.float64]:
        away: NDArray[np.float64] = np.nan_to_num((_table(rows, names) - centre) / spread_)
        limited: NDArray[np.float64] = np.clip(away, -_FARTHEST, _FARTHEST)
        return limited

    found = []
    for ridge in RIDGES:
        model = LogisticRegression(C=ridge, max_iter=4000).fit(scaled(learn), learn_label)
        auc = roc_auc_score(judge_label, model.decision_function(scaled(judge)))
        found.append((float(auc), ridge, model))
    auc, ridge, model = max(found, key=lambda row: row[0])
    print(f"{role.model}: {len(names)} traits, ridge {ridge}, AUC on validation {auc:.3f}")
    weights = model.coef_[0]
    return {
        "of": card(role.model).network.sha256,
        "bias": float(model.intercept_[0]),
        "traits": {
            name: (float(c), float(s), float(w))
            for name, c, s, w in zip(names, centre, spread_, weights, strict=True)
        },
    }


def _table(rows: Sequence[Traits], names: Sequence[str]) -> NDArray[np.float64]:
    return np.array([[row.get(name, np.nan) for name in names] for row in rows])


def write(name: str, critic: dict[str, Any]) -> Path:
    """Write a critic; the trait that tells most comes first."""
    path = FOLDER / "critics" / f"{name}.toml"
    path.parent.mkdir(exist_ok=True)
    rows = sorted(critic["traits"].items(), key=lambda row: -abs(row[1][2]))
    lines = [
        "# What people's phrases have more of than the network's (songwright.models.critic):",
        "# trait = [mean, standard deviation, weight]. Written by bench.models_critics.",
        f'of = "{critic["of"]}"',
        f"bias = {critic['bias']:.4f}",
        "",
        "[traits]",
        *(f'"{n}" = [{c:.4g}, {s:.4g}, {w:.4f}]' for n, (c, s, w) in rows),
    ]
    text = "\n".join(lines) + "\n"
    path.write_text(text, "utf-8", newline="\n")
    return path


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", help="models: melody, parts, drums (all of them)")
    parser.add_argument("--scratch", type=Path, required=True, help="prepared corpora")
    options = parser.parse_args()
    for role in ROLES.values():
        if role.model != "harmony" and role.model in (options.names or [role.model]):
            print(write(role.model, fit(role, options.scratch)))


if __name__ == "__main__":
    main()
