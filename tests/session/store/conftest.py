"""A fresh project for each test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from songwright.session.store import Project


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    with Project.create(tmp_path / "song") as made:
        yield made
