"""A trained network as an ONNX file for the package: ``python -m training.export NAME``.

The graph is written by hand so that the cache of keys and values is one buffer which ONNX Runtime
updates in place (``GroupQueryAttention`` with shared past and present). Weights are stored in half
precision and cast to float32 when the file is loaded; all arithmetic is float32, row by row, so a
sequence does not depend on what is decoded beside it.
"""

from __future__ import annotations

import argparse
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import torch
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from songwright.models.weights import FOLDER
from training.cards import write_card
from training.network import Network, Shape, rotary
from training.prepared import read, sources
from training.run import LOGS, Config
from training.tasks import TASKS, Task

Floats = NDArray[np.float32]


class Graph:
    """Nodes and weights as they are added."""

    def __init__(self) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.weights: list[onnx.TensorProto] = []

    def add(
        self, op: str, inputs: list[str], output: str, domain: str = "", **attributes: Any
    ) -> str:
        self.nodes.append(helper.make_node(op, inputs, [output], domain=domain, **attributes))
        return output

    def constant(self, name: str, values: NDArray[Any]) -> str:
        self.weights.append(numpy_helper.from_array(values, name))
        return name

    def weight(self, name: str, values: Floats) -> str:
        """A matrix kept in half precision."""
        self.constant(name + ".half", values.astype(np.float16))
        return self.add("Cast", [name + ".half"], name, to=TensorProto.FLOAT)


def graph_of(network: Network) -> onnx.ModelProto:
    """The ONNX model of a network.

    Inputs: ``tokens`` (batch, time) and ``features`` (batch, time, number) as int64, ``lengths``
    (batch,) int32 with the position of the last valid token, ``total`` int32 and the cache.
    Outputs: ``logits`` (batch, time, vocabulary) and the cache.
    """
    shape, g = network.shape, Graph()
    state = {name: value.numpy() for name, value in network.state_dict().items()}
    cos, sin = rotary(shape.context, shape.head_width)
    g.constant("cos", cos.numpy())
    g.constant("sin", sin.numpy())
    g.constant("axis2", np.array([2], np.int64))
    g.weight("tokens.weight", state["tokens.weight"])
    g.weight("features.weight", state["features.weight"])
    g.add("Gather", ["tokens.weight", "tokens"], "embedded")
    g.add("Gather", ["features.weight", "features"], "told")
    g.add("ReduceSum", ["told", "axis2"], "told.sum", keepdims=0)
    x = g.add("Add", ["embedded", "told.sum"], "x0")
    for i in range(shape.layers):
        x = _block(g, state, shape, i, x)
    x = _norm(g, x, "normed", state["norm.gain"])
    g.add("Transpose", ["tokens.weight"], "tokens.turned", perm=[1, 0])
    g.add("MatMul", [x, "tokens.turned"], "logits")
    return _model(g, shape)


def _norm(g: Graph, x: str, name: str, gain: Floats) -> str:
    g.constant(name + ".gain", gain.astype(np.float32))
    return g.add("SimplifiedLayerNormalization", [x, name + ".gain"], name, axis=-1, epsilon=1e-5)


def _block(g: Graph, state: dict[str, Floats], shape: Shape, i: int, x: str) -> str:
    own, p = f"blocks.{i}.", f"b{i}."
    normed = _norm(g, x, p + "na", state[own + "norm_attention.gain"])
    g.weight(p + "wqkv", np.ascontiguousarray(state[own + "attention.qkv.weight"].T))
    g.add("MatMul", [normed, p + "wqkv"], p + "qkv")
    g.nodes.append(helper.make_node(
        "GroupQueryAttention",
        [p + "qkv", "", "", f"past_key_{i}", f"past_value_{i}", "lengths", "total", "cos", "sin"],
        [p + "mixed", f"key_{i}", f"value_{i}"], domain="com.microsoft",
        num_heads=shape.heads, kv_num_heads=shape.kv_heads, do_rotary=1,
    ))  # fmt: skip
    g.weight(p + "wo", np.ascontiguousarray(state[own + "attention.out.weight"].T))
    g.add("MatMul", [p + "mixed", p + "wo"], p + "out")
    x = g.add("Add", [x, p + "out"], p + "xa")
    normed = _norm(g, x, p + "ni", state[own + "norm_inner.gain"])
    gate, up = np.split(state[own + "gate_up.weight"], 2)
    g.weight(p + "wg", np.ascontiguousarray(gate.T))
    g.weight(p + "wu", np.ascontiguousarray(up.T))
    g.add("MatMul", [normed, p + "wg"], p + "gate")
    g.add("MatMul", [normed, p + "wu"], p + "up")
    g.add("Sigmoid", [p + "gate"], p + "sigmoid")
    g.add("Mul", [p + "gate", p + "sigmoid"], p + "silu")
    g.add("Mul", [p + "silu", p + "up"], p + "inner")
    g.weight(p + "wd", np.ascontiguousarray(state[own + "down.weight"].T))
    g.add("MatMul", [p + "inner", p + "wd"], p + "down")
    return g.add("Add", [x, p + "down"], f"x{i + 1}")


def _model(g: Graph, shape: Shape) -> onnx.ModelProto:
    cache = ["batch", shape.kv_heads, "room", shape.head_width]
    inputs = [
        helper.make_tensor_value_info("tokens", TensorProto.INT64, ["batch", "time"]),
        helper.make_tensor_value_info("features", TensorProto.INT64, ["batch", "time", "number"]),
        helper.make_tensor_value_info("lengths", TensorProto.INT32, ["batch"]),
        helper.make_tensor_value_info("total", TensorProto.INT32, []),
    ]
    outputs = [
        helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["batch", "time", "vocabulary"])
    ]
    for i in range(shape.layers):
        for kind in ("key", "value"):
            past = helper.make_tensor_value_info(f"past_{kind}_{i}", TensorProto.FLOAT, cache)
            inputs.append(past)
            outputs.append(helper.make_tensor_value_info(f"{kind}_{i}", TensorProto.FLOAT, cache))
    graph = helper.make_graph(g.nodes, "songwright", inputs, outputs, g.weights)
    model = helper.make_model(
        graph, opset_imports=[helper.make_opsetid("", 18), helper.make_opsetid("com.microsoft", 1)]
    )
    model.ir_version = 9
    return model


def load(name: str, scratch: Path) -> tuple[Config, Network]:
    """The averaged network of a run's last checkpoint."""
    config = Config.read(name)
    task = TASKS[config.task]
    network = Network(config.shape(task.vocabulary, task.space.total))
    state = torch.load(scratch / f"{name}.pt", map_location="cpu", weights_only=True)
    network.load_state_dict(state["average"])
    return config, network.eval()


def learned_from(task: Task, scratch: Path) -> dict[str, Any]:
    """For the card: the sources that a task uses, their licences, and the items of each split."""
    counts: Counter[str] = Counter()
    licences: dict[str, set[str]] = {}
    for source in sources(scratch):
        prepared = read(scratch, source)
        used = {piece.id.split("#")[0] for piece in prepared.pieces if task.uses(piece)}
        for entry in prepared.entries:
            if entry.id not in used:
                continue
            counts[entry.split] += 1
            if entry.split == "train":
                licences.setdefault(source, set()).add(entry.licence)
    return {
        "sources": [f"{name} ({', '.join(sorted(licences[name]))})" for name in sorted(licences)],
        "items": {name: counts[name] for name in ("train", "validation", "test")},
        "manifest": "training/manifest.tsv",
    }


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("name")
    parser.add_argument("--scratch", type=Path, required=True)
    args = parser.parse_args()
    config, network = load(args.name, args.scratch)
    path = FOLDER / f"{config.task}.onnx"
    path.write_bytes(graph_of(network).SerializeToString(deterministic=True))
    write_card(
        config.task,
        network,
        LOGS / f"{args.name}.jsonl",
        learned_from(TASKS[config.task], args.scratch),
    )
    print(f"{path.name}: {path.stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
