"""One small batch, made once, for the tests that only read it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from songwright.session.store import Project
from songwright.session.variants import Step, make_variants

PROMPT = "upbeat pop in C major, 120 BPM, 8 bars, piano, bass and drums"


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    with Project.create(tmp_path / "project") as made:
        yield made


@pytest.fixture(scope="session")
def batch(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Project, list[Step]]]:
    """Four variants and the steps that made them; not to be changed."""
    with Project.create(tmp_path_factory.mktemp("batch") / "project") as made:
        yield made, list(make_variants(made, PROMPT, 4, jobs=1))
