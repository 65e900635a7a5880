"""What holds for every test."""

from __future__ import annotations

import pytest
from hypothesis import settings

# One commit passes or fails the same way everywhere; `make fuzz` looks for new examples.
settings.register_profile("same", derandomize=True)
settings.register_profile("fuzz", derandomize=False)
settings.load_profile("same")


@pytest.fixture(autouse=True, scope="session")
def own_cache(tmp_path_factory: pytest.TempPathFactory) -> object:
    """A cache of the tests' own: none of them reads or fills the user's."""
    patch = pytest.MonkeyPatch()
    patch.setenv("SONGWRIGHT_CACHE", str(tmp_path_factory.mktemp("cache")))
    yield
    patch.undo()
