"""The ``[measured]`` tables of the weight cards: what the bench found, with the date."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path

Value = float | int | str
HEAD = "[measured]"


def note(card: Path, values: Mapping[str, Value]) -> None:
    """Put values into the measured table of a card; others that stand there are kept.

    Raises
    ------
    ValueError
        If the card has no measured table or another table after it.
    """
    text = card.read_text("utf-8")
    before, head, after = text.partition(HEAD)
    if not head or "\n[" in after:
        raise ValueError(f"{card.name} does not end with {HEAD}")
    known: dict[str, Value] = tomllib.loads(head + after)["measured"]
    known |= values
    lines = [f"{name} = {_toml(value)}" for name, value in sorted(known.items())]
    card.write_text("\n".join([before + head, *lines]) + "\n", "utf-8", newline="\n")


def _toml(value: Value) -> str:
    if isinstance(value, str):
        return '"' + value.replace('"', "'") + '"'
    return str(value) if isinstance(value, int) else f"{value:.5g}"
