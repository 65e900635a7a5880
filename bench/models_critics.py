"""Fit the critics that are shipped beside the weights: what people's phrases have more of.

    python -m bench.models_critics --scratch DIR [melody parts drums]

Every critic is fitted on stretches of the training split and samples of the network in the frame
of each; how many trees it has is what tells best on the validation split. The test split is not
touched: it is for `bench.models`.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

import msgspec
import numpy as np
from numpy.typing import NDArray
from sklearn.ensemble import HistGradientBoostingClassifier  # type: ignore[import-untyped]
from sklearn.metrics import roc_auc_score  # type: ignore[import-untyped]

from bench.models_blind import ROLES, Role
from bench.models_cases import held_out, spread
from bench.models_ranked import traits
from songwright.models.critic import Critic, Split
from songwright.models.decoder import load
from songwright.models.line_traits import Traits
from songwright.models.sampling import Taste
from songwright.models.weights import FOLDER, card

SEED = 11
COUNTS = {"train": 12000, "validation": 400}
DRAWS = 2
TREES = (50, 100, 150, 200, 300, 400)
_MOST_OF_A_WORK = {"drums": 400}
_HUGE = 1e300  # a threshold of infinity asks whether a trait applies at all; JSON has none


def samples(role: Role, scratch: Path, split: str) -> tuple[list[Traits], list[Traits]]:
    """Traits of people's stretches, and of what the network draws in the same frames."""
    most = _MOST_OF_A_WORK.get(role.name, 12)
    cases = spread(held_out(scratch, split), role.cases, COUNTS[split], SEED, most_of_a_work=most)
    held_out.cache_clear()  # the training split is large
    people = [traits(role.written(case), case) for case in cases]
    theirs: list[Traits] = []
    for k in range(DRAWS):
        made = role.make(load(role.model), cases, Taste(1.0, 1.0), SEED + 1000 * k)
        theirs += [traits(own, case) for own, case in zip(made, cases, strict=True)]
    return people, theirs


def fit(role: Role, scratch: Path) -> Critic:
    """The critic of a role."""
    people, theirs = samples(role, scratch, "train")
    names = tuple(sorted({name for row in people + theirs for name in row}))
    judge_people, judge_theirs = samples(role, scratch, "validation")
    judged = _table(judge_people + judge_theirs, names)
    label = [1] * len(judge_people) + [0] * len(judge_theirs)
    trees = HistGradientBoostingClassifier(
        max_iter=max(TREES), learning_rate=0.08, max_leaf_nodes=8, min_samples_leaf=40,
        l2_regularization=5.0, class_weight="balanced", early_stopping=False, random_state=0,
    )  # fmt: skip
    trees.fit(_table(people + theirs, names), [1] * len(people) + [0] * len(theirs))
    aucs = [roc_auc_score(label, odds) for odds in trees.staged_decision_function(judged)]
    auc, count = max((round(aucs[n - 1], 3), -n) for n in TREES)
    print(f"{role.model}: {len(names)} traits, {-count} trees, AUC on validation {auc:.3f}")
    return written(trees, -count, names, card(role.model).network.sha256)


def written(
    trees: HistGradientBoostingClassifier, count: int, names: tuple[str, ...], of: str
) -> Critic:
    """The first trees of a classifier as a critic; leaves to a ten-thousandth of a nat."""
    first = [stage[0].nodes for stage in trees._predictors[:count]]
    return Critic(
        of, round(float(trees._baseline_prediction[0, 0]), 4), names,
        tuple(_node(nodes, 0) for nodes in first),
    )  # fmt: skip


def _node(nodes: NDArray[np.void], index: int) -> float | Split:
    node = nodes[index]
    if node["is_leaf"]:
        return round(float(node["value"]), 4)
    return Split(
        int(node["feature_idx"]), min(float(node["num_threshold"]), _HUGE),
        bool(node["missing_go_to_left"]),
        _node(nodes, node["left"]), _node(nodes, node["right"]),
    )  # fmt: skip


def _table(rows: Sequence[Traits], names: Sequence[str]) -> NDArray[np.float64]:
    return np.array([[row.get(name, np.nan) for name in names] for row in rows])


def write(name: str, critic: Critic, folder: Path = FOLDER) -> Path:
    """Write a critic, one tree to the line."""
    path = folder / "critics" / f"{name}.json"
    path.parent.mkdir(exist_ok=True)
    text = [msgspec.json.encode(part).decode() for part in (critic.of, critic.bias, critic.traits)]
    trees = ",\n".join(msgspec.json.encode(tree).decode() for tree in critic.trees)
    path.write_text(
        f'{{"of": {text[0]}, "bias": {text[1]},\n"traits": {text[2]},\n"trees": [\n{trees}\n]}}\n',
        "utf-8", newline="\n",
    )  # fmt: skip
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
