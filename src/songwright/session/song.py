"""A song: brief, plan and score under one seed, and how it is made and stored."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from songwright import __version__
from songwright.brief import Brief, understand
from songwright.composition import MAKERS, Plan, compose_piece
from songwright.errors import BriefError, FileFormatError
from songwright.perform import Performance, perform
from songwright.score import Score
from songwright.score.codec import decode, digest, encode
from songwright.seeds import MAX_SEED
from songwright.session.collection import collection_paused
from songwright.session.plausible import check_score
from songwright.session.ranking import rank_tunes
from songwright.session.refine.model import Edit, Refined
from songwright.styles import MixFacts, PerformanceFacts, style

if TYPE_CHECKING:
    from songwright.session.package import Package
    from songwright.session.progress import Progress
    from songwright.session.refine.difference import Change

FORMAT = 1


@dataclass(frozen=True, slots=True)
class Lineage:
    """SHA-256 of each stage's output; equal digests mean equal values."""

    brief: str
    plan: str
    score: str


@dataclass(frozen=True, slots=True)
class Song:
    """A composed piece. Everything audible can be made again from it."""

    format: int
    songwright: str
    seed: int
    brief: Brief
    plan: Plan
    score: Score
    performance: PerformanceFacts
    mix: MixFacts
    lineage: Lineage
    refined: Refined | None = None

    def perform(self) -> Performance:
        """The piece as played; a refined song carries its playing."""
        if self.refined is not None and self.refined.take is not None:
            return self.refined.take.performance
        return perform(self.score, self.plan, style(self.plan.style))

    def refine(
        self, words: str = "", *edits: Edit, scope: str = "",
        curve: Mapping[str, str] | None = None,
    ) -> Song:  # fmt: skip
        """A new song with changes; this one stays. See `songwright.session.refine.refine`.

        ``curve`` draws ``energy``, ``density``, ``register`` or ``tension`` by points of bar and
        level: ``{"energy": "0:0.2 16:0.9 24:0.5"}``.
        """
        from songwright.session.refine import Edit, refine  # noqa: PLC0415 (a circle otherwise)

        drawn = [Edit(f"draw {name}", value=points) for name, points in (curve or {}).items()]
        return refine(self, words, *edits, *drawn, scope=scope).song

    def lock(self, scope: str) -> Song:
        """A song in which a scope, such as ``"chorus:bass"``, is held fast for all later edits."""
        from songwright.session.refine import parse_scope  # noqa: PLC0415 (a circle otherwise)

        return self.refine("", Edit("lock", parse_scope(scope, self.plan)))

    def unlock(self, scope: str = "") -> Song:
        """A song in which a locked scope is free again; without a scope, all of them."""
        from songwright.session.refine import Scope, parse_scope  # noqa: PLC0415 (a circle)

        return self.refine("", Edit("unlock", parse_scope(scope, self.plan) if scope else Scope()))

    def diff(self, other: Song) -> tuple[Change, ...]:
        """What changes from this song to another, in music terms."""
        from songwright.session.refine.difference import difference  # noqa: PLC0415 (loads NumPy)

        return difference(self, other)

    def to_json(self) -> bytes:
        """Readable JSON; the same song gives the same bytes."""
        return encode(self, indent=1)

    def save(
        self,
        out: str | Path,
        audio: bool = True,
        formats: Sequence[str] = ("wav",),
        progress: Progress | None = None,
        evaluation: bool = True,
        soundfont: str | Sequence[str] | None = None,
        target: str = "",
    ) -> Package:
        """Write the whole package into folder ``out``; see `songwright.session.save`."""
        from songwright.session.package import save  # noqa: PLC0415 (a circle otherwise)

        return save(
            self, out, audio, formats, progress, evaluation, soundfont=soundfont, target=target
        )


def compose(prompt: str = "", seed: int = 0, maker: str = "mixed", **fields: object) -> Song:
    """Compose a piece from a prompt, typed fields, or both (fields win).

    Parameters
    ----------
    prompt
        The intent in words.
    seed
        0 … 2⁶³−1. The same prompt, fields and seed give the same bytes.
    maker
        Who writes: ``"rules"``, ``"learned"`` (models wherever they know the style), or
        ``"mixed"`` (models where they read better).
    fields
        ``style use key tempo meter duration bars form chords instruments avoid title mood energy
        ending feel density register tension``; see `songwright.brief.understand`.

    Raises
    ------
    BriefError
        If the request is empty, not understood or impossible.
    """
    if not 0 <= seed <= MAX_SEED:
        raise BriefError(f"the seed {seed} is outside 0 … {MAX_SEED}; choose a smaller number")
    brief = understand(prompt, {k: v for k, v in fields.items() if v is not None})
    return compose_brief(brief, seed, maker)


@collection_paused()
def compose_brief(brief: Brief, seed: int = 0, maker: str = "mixed") -> Song:
    """Compose a piece from a brief that is already understood.

    Raises
    ------
    BriefError
        If the controls of the brief cannot be met together, or there is no such maker.
    """
    if maker not in MAKERS:
        raise BriefError(f"there is no maker {maker!r}; choose from {', '.join(MAKERS)}")
    plan, score = compose_piece(brief, seed, maker, rank_tunes)
    facts = style(plan.style)
    return Song(
        FORMAT, __version__, seed, brief, plan, score, facts.performance, facts.mix,
        Lineage(digest(brief), digest(plan), digest(score)),
    )  # fmt: skip


def load(folder: str | Path) -> Song:
    """Read the song of a package folder (or a ``song.json``).

    Raises
    ------
    FileFormatError
        If there is none, or it is damaged or from a newer version.
    """
    path = Path(folder)
    path = path / "song.json" if path.is_dir() else path
    if path.is_file() and path.suffix != ".json":
        raise FileFormatError(f"{path} is no piece; name a folder that `songwright compose` made")
    try:
        data = path.read_bytes()
    except OSError as error:
        raise FileFormatError(
            f"{path} cannot be read ({error.strerror}); "
            "name a folder that `songwright compose` made"
        ) from error
    song = decode(data, Song, what=str(path))
    if song.format > FORMAT:
        raise FileFormatError(f"{path} was made by a newer Songwright ({song.songwright}); update")
    check_score(song.score, str(path))
    return song
