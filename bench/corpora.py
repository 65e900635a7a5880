"""Human music for calibration: which files are which kind, and how they are read.

The files themselves are no part of Songwright; ``--corpora`` names a folder with one packed
``<name>/<name>.tar.zst`` each (see ``docs/evaluation.md`` for sources and licences). Pieces whose
path hashes to 0 modulo 4 are held out: bands never see them, tests of discrimination see only them.
"""

from __future__ import annotations

import hashlib
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from songwright.errors import SongwrightError
from songwright.evaluate.downbeats import with_downbeats
from songwright.evaluate.musicxml import read_musicxml
from songwright.score import Score, TimeMap
from songwright.score.midi import read_midi
from songwright.seeds import rng

MOST_BARS = 160
"""Longer pieces are cut here, so that movements of symphonies compare with songs."""


@dataclass(frozen=True, slots=True)
class Source:
    """One corpus folder as music of one kind."""

    kind: str
    corpus: str
    folder: str
    pattern: str
    licence: str
    least_bytes: int = 0
    without: tuple[str, ...] = ()


SOURCES = (
    Source("hymn", "Open Hymnal", "open_hymnal", "midi/*.mid", "public domain"),
    Source("lied", "OpenScore Lieder", "openscore_lieder", "**/*.musicxml", "CC0-1.0"),
    Source("quartet", "OpenScore String Quartets", "openscore_quartets", "**/*.musicxml",
           "CC0-1.0"),
    Source("orchestra", "OpenScore Orchestra", "openscore_orchestra",
           "scores_CC0/**/*.musicxml", "CC0-1.0"),
    Source("folk_tune", "Ceol Rince na hÉireann (Polifonia)", "cre_irish", "*.mid", "CC-BY-4.0"),
    Source("lead_sheet", "OpenEWLD, public-domain part", "openewld_pd", "**/*.musicxml", "MIT"),
    Source("multitrack", "Freedoom music", "freedoom_music", "*.mid", "BSD-3-Clause", 6000),
    Source("multitrack", "EasyRPG RTP music", "easyrpg_rtp_music", "*.mid", "CC-BY-4.0", 6000),
    Source("drums", "Groove MIDI Dataset", "groove_midi", "**/*_beat_4-4.mid", "CC-BY-4.0", 4000),
    Source("keyboard", "Mutopia Project (PD, CC BY)", "mutopia_midi", "PD/*.mid",
           "public domain", 6000),
)  # fmt: skip

KINDS = tuple(dict.fromkeys(source.kind for source in SOURCES))


def unpack(corpora: Path, scratch: Path) -> None:
    """Unpack every corpus that is used and not yet there into ``scratch``."""
    for folder in sorted({source.folder for source in SOURCES}):
        packed = corpora / folder / f"{folder}.tar.zst"
        if packed.exists() and not (scratch / folder).exists():
            subprocess.run(["tar", "--zstd", "-xf", str(packed), "-C", str(scratch)], check=True)


def held_out(path: Path, root: Path) -> bool:
    """True for the quarter of all files that bands must not see."""
    name = str(path.relative_to(root)).encode()
    return int.from_bytes(hashlib.sha256(name).digest()[:4], "big") % 4 == 0


def paths(kind: str, root: Path, kept_back: bool) -> list[Path]:
    """Files of a kind in a fixed random order; the held-out ones or the others."""
    found: list[Path] = []
    for source in SOURCES:
        if source.kind != kind:
            continue
        base = root / source.folder
        found += [
            path
            for path in sorted(base.glob(source.pattern))
            if path.stat().st_size >= source.least_bytes
            and held_out(path, root) is kept_back
            and (source.folder != "mutopia_midi" or path.name in _keyboard_files(base))
        ]
    rng(1, "corpora", kind).shuffle(found)
    return found


_keyboard: dict[Path, frozenset[str]] = {}


def _keyboard_files(base: Path) -> frozenset[str]:
    """Names of the files that the manifest gives to one keyboard player."""
    if base not in _keyboard:
        names = set()
        for line in (base / "manifest.tsv").read_text("utf-8", "replace").splitlines():
            cells = line.split("\t")
            if len(cells) > 6 and cells[6].strip().lower() in (
                "piano",
                "harpsichord",
                "fortepiano",
            ):
                names.add(cells[0].rsplit("/", 1)[-1])
        _keyboard[base] = frozenset(names)
    return _keyboard[base]


def read(path: Path) -> Score | None:
    """A score from a file, cut to `MOST_BARS`; None when the file cannot be read."""
    data = path.read_bytes()
    try:
        if path.suffix == ".mid":
            return cut(with_downbeats(read_midi(data)))
        return cut(read_musicxml(data))
    except SongwrightError as error:
        print(f"  {path.name}: {error}")
        return None


def pieces(
    kind: str, root: Path, count: int, kept_back: bool, least_notes: int = 60
) -> Iterator[tuple[Path, Score]]:
    """Up to ``count`` readable pieces of a kind with enough notes in at least eight bars."""
    given = 0
    for path in paths(kind, root, kept_back):
        if given >= count:
            return
        score = read(path)
        if score is None or score.bars < 8:
            continue
        if sum(len(part.notes) for part in score.parts) >= least_notes:
            given += 1
            yield path, score


def cut(score: Score, bars: int = MOST_BARS) -> Score:
    """The first bars of a score."""
    if score.bars <= bars:
        return score
    end = TimeMap.of(score).bar_start(bars)
    parts = tuple(
        part.with_notes(
            tuple(
                replace(n, duration_ticks=min(n.duration_ticks, end - n.onset_ticks))
                for n in part.notes
                if n.onset_ticks < end
            )
        )
        for part in score.parts
    )
    return replace(
        score,
        bars=bars,
        meters=tuple(c for c in score.meters if c.tick < end),
        tempos=tuple(c for c in score.tempos if c.tick < end),
        keys=tuple(c for c in score.keys if c.tick < end),
        sections=(),
        chords=tuple(
            replace(c, duration_ticks=min(c.duration_ticks, end - c.onset_ticks))
            for c in score.chords
            if c.onset_ticks < end
        ),
        parts=tuple(part for part in parts if part.notes),
    )
