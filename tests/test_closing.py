"""What a ``with`` block does at its end."""

from __future__ import annotations

import pytest

from songwright.closing import Closing


class Plain(Closing):
    def __init__(self) -> None:
        self.ends: list[str] = []

    def close(self) -> None:
        self.ends.append("closed")


class Careful(Plain):
    def discard(self) -> None:
        self.ends.append("discarded")


@pytest.mark.parametrize(("kind", "end"), [(Plain, "closed"), (Careful, "discarded")])
def test_an_exception_discards(kind: type[Plain], end: str) -> None:
    with kind() as whole:
        pass
    assert whole.ends == ["closed"]
    broken = kind()
    with pytest.raises(KeyError), broken:
        raise KeyError
    assert broken.ends == [end]
