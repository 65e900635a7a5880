"""Writing a piece without the garbage collector looking on."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def collection_paused() -> Iterator[None]:
    """Hold the cyclic garbage collector off for a moment; as a context manager or a decorator.

    A score, its performance and its notation are a hundred thousand values without a circle among
    them, which the collector would visit again and again and never free: a fifth of the time that
    they take. What is no longer used is given back as ever, by its count of references.

    When threads do this at the same time, the one that came first ends it for all.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
