"""What the steps of a preset share: the request, the piece, and what was made so far."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from songwright.brief import understand
from songwright.session.presets.model import Preset
from songwright.session.progress import Progress
from songwright.session.song import Song, compose_brief

PIECE = "piece"
"""Folder of the whole package inside the delivery."""


@dataclass(frozen=True, slots=True)
class Delivered:
    """A file or folder, relative to the delivery, and what it is for."""

    path: str
    purpose: str


@dataclass
class Making:
    """What the steps of a preset share: the request, the piece, and what was made so far."""

    preset: Preset
    prompt: str
    seed: int
    fields: dict[str, object]
    folder: Path
    progress: Progress | None = None
    done: int = 0
    files: list[Delivered] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    written: Song | None = None

    @property
    def song(self) -> Song:
        """The piece; composed when it is first asked for."""
        if self.written is None:
            self.written = compose_brief(understand(self.prompt, self.fields), self.seed)
        return self.written

    @property
    def piece(self) -> Path:
        return self.folder / PIECE

    def tell(self, what: str, share: float = 0.0) -> None:
        """Say what is being made; ``share`` of the present step is done."""
        if self.progress is not None:
            self.progress(what, (self.done + share) / len(self.preset.steps))

    def deliver(self, path: Path, purpose: str) -> None:
        """List a file or folder that was written."""
        self.files.append(Delivered(path.relative_to(self.folder).as_posix(), purpose))
