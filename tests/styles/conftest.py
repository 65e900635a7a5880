"""Each test that takes ``facts`` runs on every style file."""

from __future__ import annotations

import pytest

from songwright.styles import Style, style, style_ids


@pytest.fixture(params=style_ids())
def facts(request: pytest.FixtureRequest) -> Style:
    return style(request.param)
