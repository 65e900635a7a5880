"""Write ``fitted.toml``: recordings, licences, checksums, and what is preferred."""

from __future__ import annotations

import datetime
import hashlib
import json
import tomllib
from collections.abc import Iterable
from pathlib import Path

from training.instruments.plan import fitted_ids, sources


def write_card(folder: Path, preferred: Iterable[str] | None = None) -> None:
    """Describe every instrument file in ``folder``; ``preferred`` stays as it was if None."""
    path = folder / "fitted.toml"
    if preferred is None:
        old = tomllib.loads(path.read_text("utf-8")) if path.exists() else {}
        preferred = old.get("preferred", [])
    chosen = set(preferred)
    lines = [
        "# Instruments fitted to recordings, written by `python -m training.instruments.fit`;",
        "# `preferred` by `python -m bench.instruments`.",
        f'date = "{datetime.datetime.now(tz=datetime.UTC).date().isoformat()}"',
        "preferred = [",
        *(f'  "{name}",' for name in fitted_ids() if name in chosen),
        "]",
    ]
    used = {sources().font_of(name) for name in fitted_ids()}
    for key, font in sources().fonts.items():
        if key not in used:
            continue
        lines += ["", f"[sources.{key}]"]
        facts = {"title": font.title, "licence": font.licence, "origin": font.origin,
                 "notice": font.notice}  # fmt: skip
        lines += [f"{name} = {json.dumps(value)}" for name, value in facts.items()]
    lines += ["", "[instruments]"]
    for name in fitted_ids():
        file = folder / f"{name}.swfi"
        if file.exists():
            digest = hashlib.sha256(file.read_bytes()).hexdigest()
            source = sources().font_of(name)
            lines.append(f'{name} = {{ source = "{source}", sha256 = "{digest}" }}')
    path.write_text("\n".join(lines) + "\n", "utf-8")
