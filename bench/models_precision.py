"""What half precision costs: the shipped file against the float32 network of its checkpoint."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import torch
from training.export import graph_of
from training.export import load as load_network
from training.ngram import nats, predicted_after_start
from training.tasks import TASKS

from bench.models_likelihood import examples_of, network_chances, sample_of
from songwright.models.decoder import Decoder
from songwright.models.lines import START


def half_precision_loss(name: str, decoder: Decoder, scratch: Path, sequences: int) -> float | None:
    """Nats a token that the shipped file loses against its float32 checkpoint.

    None if there is no checkpoint or the file was exported from another one.
    """
    if not (scratch / f"{name}.pt").exists():
        return None
    _, network = load_network(name, scratch)
    data = graph_of(network).SerializeToString(deterministic=True)
    if hashlib.sha256(data).hexdigest() != decoder.card.sha256:
        return None
    task = TASKS[name]
    test = sample_of(examples_of(task, scratch, "test"), sequences, 1)
    own = predicted_after_start(test, START)
    full = []
    for first, last in zip(test.starts[:-1], test.starts[1:], strict=True):
        end = min(last, first + decoder.card.context)
        tokens = torch.from_numpy(test.tokens[first:end].astype(np.int64))[None]
        features = torch.from_numpy(test.features[first:end].astype(np.int64) + task.space.offsets)
        with torch.no_grad():
            logits = network(tokens, features[None])[0, :-1].double()
        chances = torch.softmax(logits, -1)[torch.arange(end - first - 1), tokens[0, 1:]].numpy()
        full.append(np.r_[chances, np.full(last - end, 1 / task.vocabulary)])
    return nats(network_chances(decoder, task, test)[own]) - nats(np.concatenate(full)[own])
