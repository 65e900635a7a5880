"""One random generator per node of a song, derived from the seed by name.

``rng(7, "melody", "chorus")`` always gives the same stream, whatever else was drawn before it
and in whatever process. Work can therefore run in any order and on any number of workers, and
re-making one part never disturbs another.
"""

from __future__ import annotations

import hashlib
import random
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

MAX_SEED = 2**63 - 1


def _digest(seed: int, names: tuple[object, ...]) -> int:
    text = "\x1f".join([str(seed), *(str(name) for name in names)])
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:16], "big")


def rng(seed: int, *names: object) -> random.Random:
    """Generator for symbolic decisions, seeded by ``seed`` and the node's name."""
    return random.Random(_digest(seed, names))


def noise_rng(seed: int, *names: object) -> np.random.Generator:
    """Generator for arrays of noise, seeded by ``seed`` and the node's name."""
    import numpy as np  # noqa: PLC0415 (slow to load, and notes do not need it)

    return np.random.Generator(np.random.PCG64(_digest(seed, names)))
