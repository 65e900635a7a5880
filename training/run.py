"""Train a model: ``python -m training.run NAME --scratch DIR``.

Everything about a run stands in ``training/configs.toml``. Runs are seeded and resume from the last
checkpoint in the scratch folder; the log goes to ``training/logs/NAME.jsonl``. A GPU is used when
there is one.
"""

from __future__ import annotations

import argparse
import json
import math
import time
import tomllib
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as F  # noqa: N812 - the customary name

from songwright.models.features import FeatureSpace
from training.examples import Batch, Examples, Forgetting, batches
from training.network import Network, Shape
from training.tasks import TASKS

HERE = Path(__file__).parent
LOGS = HERE / "logs"


@dataclass(frozen=True)
class Config:
    """One run. ``million_tokens`` counts all tokens read, over all epochs."""

    task: str
    width: int
    layers: int
    heads: int
    kv_heads: int
    inner: int
    context: int
    million_tokens: float
    tokens_a_batch: int = 8192
    rate: float = 2e-3
    warm_up: float = 0.02
    decay: float = 0.05
    dropout: float = 0.1
    average: float = 0.998
    seed: int = 1

    @classmethod
    def read(cls, name: str) -> Config:
        """The table ``name`` of ``configs.toml``."""
        table: dict[str, Any] = tomllib.loads((HERE / "configs.toml").read_text("utf-8"))[name]
        known = {field.name for field in fields(cls)}
        return cls(**{key: value for key, value in table.items() if key in known})

    def shape(self, vocabulary: int, features: int) -> Shape:
        return Shape(vocabulary, features, self.width, self.layers, self.heads, self.kv_heads,
                     self.inner, self.context)  # fmt: skip


class Trainer:
    """State of a run: network, its running average, optimiser, tokens read so far."""

    def __init__(self, config: Config, space: FeatureSpace, vocabulary: int) -> None:
        torch.manual_seed(config.seed)
        self.config, self.space = config, space
        self.device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        shape = config.shape(vocabulary, space.total)
        self.network = Network(shape, config.dropout).to(self.device)
        self.average = Network(shape).to(self.device)
        self.average.load_state_dict(self.network.state_dict())
        matrices = [p for p in self.network.parameters() if p.ndim == 2]
        gains = [p for p in self.network.parameters() if p.ndim < 2]
        self.optimiser = torch.optim.AdamW(
            [{"params": matrices, "weight_decay": config.decay},
             {"params": gains, "weight_decay": 0.0}], lr=config.rate, betas=(0.9, 0.98),
        )  # fmt: skip
        self.step = self.read = self.epoch = self.batch = 0

    @property
    def share(self) -> float:
        """Share of the run that is done."""
        return self.read / (1e6 * self.config.million_tokens)

    def rate(self) -> float:
        """Learning rate: a short rise, then half a cosine down to a twentieth."""
        c = self.config
        if self.share < c.warm_up:
            return c.rate * (0.02 + self.share / c.warm_up)
        fall = (self.share - c.warm_up) / (1 - c.warm_up)
        return c.rate * (0.05 + 0.475 * (1 + math.cos(math.pi * min(1.0, fall))))

    def loss(self, network: Network, batch: Batch) -> tuple[torch.Tensor, float]:
        """Mean negative log-likelihood in nats a token, and the weight it stands for."""
        tokens = torch.from_numpy(batch.tokens).to(self.device)
        features = torch.from_numpy(batch.features).to(self.device)
        weights = torch.from_numpy(batch.weights).to(self.device)[:, 1:]
        logits = network(tokens[:, :-1], features[:, :-1])
        each = F.cross_entropy(logits.flatten(0, 1), tokens[:, 1:].flatten(), reduction="none")
        total = weights.sum()
        return (each * weights.flatten()).sum() / total, float(total)

    def learn(self, batch: Batch) -> float:
        """One step of the optimiser."""
        for group in self.optimiser.param_groups:
            group["lr"] = self.rate()
        self.network.train()
        # Sixteen bits save a sixth of the time; weights, their average and judging stay in 32.
        with torch.autocast(self.device.type, torch.bfloat16):
            loss, _ = self.loss(self.network, batch)
        self.optimiser.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(self.network.parameters(), 1.0)
        self.optimiser.step()
        self.step += 1
        self.read += int((batch.weights > 0).sum())
        keep = min(self.config.average, (1 + self.step) / (20 + self.step))
        with torch.no_grad():
            for mine, theirs in zip(
                self.average.parameters(), self.network.parameters(), strict=True
            ):
                mine.lerp_(theirs, 1 - keep)
        return float(loss.detach())

    @torch.no_grad()
    def judge(self, data: Examples, most_batches: int = 40) -> float:
        """Loss of the averaged network on held-out examples, everything told."""
        self.average.eval()
        total = count = 0.0
        c = self.config
        for i, batch in enumerate(batches(data, self.space, 8192, c.context, 0, 0)):
            if i == most_batches:
                break
            loss, weight = self.loss(self.average, batch)
            total += float(loss) * weight
            count += weight
        return total / count

    def save(self, path: Path) -> None:
        """Write a checkpoint so that it is either the old one or the new one."""
        fresh = path.with_suffix(".partial")
        torch.save(
            {"network": self.network.state_dict(), "average": self.average.state_dict(),
             "optimiser": self.optimiser.state_dict(), "step": self.step, "read": self.read,
             "epoch": self.epoch, "batch": self.batch, "random": torch.get_rng_state()},
            fresh,
        )  # fmt: skip
        fresh.replace(path)

    def restore(self, path: Path) -> None:
        """Go on from a checkpoint."""
        state = torch.load(path, map_location=self.device, weights_only=True)
        self.network.load_state_dict(state["network"])
        self.average.load_state_dict(state["average"])
        self.optimiser.load_state_dict(state["optimiser"])
        self.step, self.read = state["step"], state["read"]
        self.epoch, self.batch = state["epoch"], state["batch"]
        torch.set_rng_state(state["random"].cpu())


def train(name: str, scratch: Path, fresh: bool, judge_every: int = 100) -> Path:
    """Run to the end of the configured tokens; returns the path of the last checkpoint."""
    config = Config.read(name)
    task = TASKS[config.task]
    data = {split: task.examples(scratch, split, config.seed) for split in ("train", "validation")}
    trainer = Trainer(config, task.space, task.vocabulary)
    path = scratch / f"{name}.pt"
    if path.exists() and not fresh:
        trainer.restore(path)
    log = LOGS / f"{name}.jsonl"
    log.parent.mkdir(exist_ok=True)
    if trainer.step == 0:
        log.unlink(missing_ok=True)
        parameters = sum(p.numel() for p in trainer.network.parameters())
        sizes = {split: [len(d), len(d.tokens)] for split, d in data.items()}
        _note(log, {"name": name, "parameters": parameters, "examples_and_tokens": sizes})
    forgetting = Forgetting(task.forgettable)
    began, losses = time.perf_counter(), []
    while trainer.share < 1:
        skip = trainer.batch
        stream = batches(data["train"], task.space, config.tokens_a_batch, config.context,
                         config.seed, trainer.epoch, forgetting)  # fmt: skip
        for number, batch in enumerate(stream):
            if number < skip:  # already read before the run was interrupted
                continue
            losses.append(trainer.learn(batch))
            trainer.batch = number + 1
            if trainer.step % judge_every == 0 or trainer.share >= 1:
                held_out = trainer.judge(data["validation"])
                _note(log, {
                    "step": trainer.step, "epoch": trainer.epoch,
                    "million_tokens": round(trainer.read / 1e6, 2),
                    "train": round(sum(losses) / len(losses), 4),
                    "validation": round(held_out, 4),
                    "seconds": round(time.perf_counter() - began),
                })  # fmt: skip
                losses = []
                trainer.save(path)
            if trainer.share >= 1:
                break
        else:
            trainer.epoch, trainer.batch = trainer.epoch + 1, 0
    return path


def _note(log: Path, row: dict[str, Any]) -> None:
    text = json.dumps(row)
    print(text, flush=True)
    with log.open("a", encoding="utf-8") as file:
        file.write(text + "\n")


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("name", help="a table of training/configs.toml")
    parser.add_argument("--scratch", type=Path, required=True, help="prepared corpora, checkpoints")
    parser.add_argument("--threads", type=int, default=0, help="0: all cores")
    parser.add_argument("--fresh", action="store_true", help="forget the last checkpoint")
    args = parser.parse_args()
    if args.threads:
        torch.set_num_threads(args.threads)
    train(args.name, args.scratch, args.fresh)


if __name__ == "__main__":
    main()
