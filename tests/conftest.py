"""What holds for every test."""

from __future__ import annotations

import pytest


@pytest.fixture(autouse=True, scope="session")
def own_cache(tmp_path_factory: pytest.TempPathFactory) -> object:
    """A cache of the tests' own: none of them reads or fills the user's."""
    patch = pytest.MonkeyPatch()
    patch.setenv("SONGWRIGHT_CACHE", str(tmp_path_factory.mktemp("cache")))
    yield
    patch.undo()
