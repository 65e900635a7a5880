"""A network at work: ONNX Runtime, a cache of keys and values, one token a step for many rows."""

from __future__ import annotations

import threading
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from songwright.errors import ModelError
from songwright.models import weights
from songwright.models.weights import NetworkCard

if TYPE_CHECKING:
    import onnxruntime

Logits = NDArray[np.float32]
_loading = threading.Lock()


class Decoder:
    """A loaded network. It holds no state of a sampling; any number of `Rows` may use it."""

    def __init__(self, data: bytes, card: NetworkCard) -> None:
        import onnxruntime  # noqa: PLC0415 - slow to load, and rules do not need it

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1  # callers share the cores out among rows
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        try:
            self.session: onnxruntime.InferenceSession = onnxruntime.InferenceSession(
                data, options, providers=["CPUExecutionProvider"]
            )
        except Exception as error:  # the runtime's own exceptions have no common base
            raise ModelError(f"the weights cannot be loaded: {error}") from error
        self.card = card

    def rows(self, count: int, room: int) -> Rows:
        """An empty cache for ``count`` sequences of at most ``room`` tokens."""
        return Rows(self, count, min(room, self.card.context))


@cache
def _loaded(name: str, folder: Path) -> Decoder:
    data = weights.weights(name, folder)
    return Decoder(data, weights.card(name, folder).network)


def load(name: str, folder: Path = weights.FOLDER) -> Decoder:
    """The decoder of a model; loaded once for each process.

    Raises
    ------
    ModelError
        If its files are missing, damaged or of another version.
    """
    with _loading:
        return _loaded(name, folder)


class Rows:
    """Sequences that are decoded side by side; each may have another length."""

    def __init__(self, decoder: Decoder, count: int, room: int) -> None:
        self.decoder, self.room = decoder, room
        card = decoder.card
        shape = (count, card.kv_heads, room, card.head_width)
        self.cache = [np.zeros(shape, np.float32) for _ in range(2 * card.layers)]
        self.lengths = np.zeros(count, np.int32)

    def begin(self, tokens: NDArray[np.int64], features: NDArray[np.int64],
              lengths: NDArray[np.int32]) -> Logits:  # fmt: skip
        """Read the beginnings of all rows, padded on the right; logits (rows, vocabulary) of what
        follows each."""
        time = tokens.shape[1]
        self.lengths = lengths.astype(np.int32)
        logits = self._run(tokens, features, time)
        last: Logits = logits[np.arange(len(tokens)), lengths - 1]
        return last

    def step(self, tokens: NDArray[np.int64], features: NDArray[np.int64]) -> Logits:
        """Add one token to each row; ``features`` is (rows, number)."""
        self.lengths += 1
        total = int(self.lengths.max())
        if total > self.room:
            raise ModelError(f"a sequence grew beyond the {self.room} tokens of its cache")
        return self._run(tokens[:, None], features[:, None], total)[:, 0]

    def keep(self, chosen: NDArray[np.intp]) -> None:
        """Go on with these rows only."""
        self.cache = [np.ascontiguousarray(part[chosen]) for part in self.cache]
        self.lengths = self.lengths[chosen]

    def _run(self, tokens: NDArray[np.int64], features: NDArray[np.int64], total: int) -> Logits:
        import onnxruntime  # noqa: PLC0415

        session, layers = self.decoder.session, self.decoder.card.layers
        binding = session.io_binding()
        binding.bind_cpu_input("tokens", np.ascontiguousarray(tokens))
        binding.bind_cpu_input("features", np.ascontiguousarray(features))
        binding.bind_cpu_input("lengths", self.lengths - 1)
        binding.bind_cpu_input("total", np.array(total, np.int32))
        for i in range(layers):
            for offset, kind in enumerate(("key", "value")):
                buffer = onnxruntime.OrtValue.ortvalue_from_numpy(self.cache[2 * i + offset])
                binding.bind_ortvalue_input(f"past_{kind}_{i}", buffer)
                binding.bind_ortvalue_output(f"{kind}_{i}", buffer)
        binding.bind_output("logits", "cpu")
        session.run_with_iobinding(binding)
        logits: Logits = binding.get_outputs()[-1].numpy()
        return logits
