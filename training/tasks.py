"""What each model learns: its features, tokens and examples."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from songwright.models import grooves, lines, progressions
from songwright.models.features import FeatureSpace
from training import drum_bars, phrases, sections
from training.corpora.model import Piece
from training.examples import Example, Examples
from training.prepared import pieces

Make = Callable[[Path, str, int], Iterator[Example]]


@dataclass(frozen=True)
class Task:
    """A kind of model.

    ``make`` gives the examples of a split for a seed; ``uses`` says whether a piece can give any.
    """

    name: str
    space: FeatureSpace
    vocabulary: int
    forgettable: tuple[str, ...]
    make: Make
    uses: Callable[[Piece], bool]

    def examples(self, scratch: Path, split: str, seed: int) -> Examples:
        """Examples of a split, kept in the scratch folder once made."""
        path = scratch / f"examples-{self.name}-{split}.npz"
        if not path.exists():
            Examples.of(self.make(scratch, split, seed)).save(path)
        return Examples.load(path)


# How often the stretches of a source are used; those of 19th-century scores are many, so fewer.
_MELODY_SHARES = {
    "cre_irish": 0.6, "openewld_pd": 3.0, "open_hymnal": 3.0, "freedoom_music": 3.0,
    "lmms_songs": 3.0, "easyrpg_rtp_music": 3.0, "openscore_quartets": 0.35,
    "openscore_orchestra": 0.35, "polish_scores": 0.35, "mutopia_midi": 0.6,
}  # fmt: skip
_PART_SHARES = {
    "openscore_lieder": 0.4, "openscore_quartets": 0.25, "openscore_orchestra": 0.2,
    "polish_scores": 0.2, "mutopia_midi": 0.5, "freedoom_music": 2.0, "lmms_songs": 3.0,
    "easyrpg_rtp_music": 3.0,
}  # fmt: skip
_DRUM_SHARES = {"groove_midi": 2.0}
_HARMONY_SHARES = {
    "billboard_chords": 2.0, "free_midi_chords": 12.0, "openewld_pd": 3.0,
    "openscore_lieder": 0.5, "openscore_quartets": 0.2, "cre_irish": 0.3,
    "openscore_orchestra": 0.2, "polish_scores": 0.2, "mutopia_midi": 0.3,
}  # fmt: skip

_LEAD = frozenset(("lead",))
_PARTS = frozenset(("counter", "inner", "riff", "chords", "arp", "pad", "bass"))


def _melody(scratch: Path, split: str, seed: int) -> Iterator[Example]:
    lengths = (4, 4, 4, 2, 8)
    return phrases.examples(pieces(scratch, split), _LEAD, lengths, seed, _MELODY_SHARES)


def _parts(scratch: Path, split: str, seed: int) -> Iterator[Example]:
    return phrases.examples(pieces(scratch, split), _PARTS, (2, 2, 4), seed, _PART_SHARES)


def _drums(scratch: Path, split: str, seed: int) -> Iterator[Example]:
    return drum_bars.examples(pieces(scratch, split), (2, 4, 4), seed, _DRUM_SHARES)


def _harmony(scratch: Path, split: str, seed: int) -> Iterator[Example]:
    return sections.examples(pieces(scratch, split), seed, _HARMONY_SHARES)


def _has(roles: frozenset[str]) -> Callable[[Piece], bool]:
    return lambda piece: any(part.role in roles for part in piece.parts)


TASKS = {
    task.name: task
    for task in (
        Task("melody", lines.LINE_FEATURES, lines.VOCABULARY, phrases.FORGETTABLE, _melody,
             _has(_LEAD)),
        Task("parts", lines.LINE_FEATURES, lines.VOCABULARY, phrases.FORGETTABLE, _parts,
             _has(_PARTS)),
        Task("drums", grooves.GROOVE_FEATURES, grooves.VOCABULARY, drum_bars.FORGETTABLE, _drums,
             _has(frozenset(("drums",)))),
        Task("harmony", progressions.HARMONY_FEATURES, progressions.VOCABULARY,
             sections.FORGETTABLE, _harmony, lambda piece: bool(piece.chords)),
    )
}  # fmt: skip
