"""The pitched corpora: which files they hold, whose they are, and how they are read.

A corpus is a folder ``CORPORA/<name>``; sources, licences and traps of each are described in
``docs/corpora.md``. Share-alike files are listed as left out and hashed, but not parsed.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from songwright.evaluate.downbeats import with_downbeats
from songwright.evaluate.musicxml import read_musicxml
from songwright.score import Score
from songwright.score.midi import read_midi
from training.corpora.barlines import with_marked_bars
from training.corpora.credits import freedoom_credits
from training.corpora.kern import read_kern, reference_records
from training.corpora.notes import Reader


@dataclass(frozen=True)
class Item:
    """A file of a corpus before it is read; ``left_out`` says why it is not, if it is not."""

    path: Path
    id: str
    licence: str
    attribution: str
    group: str
    reader: Reader
    left_out: str = ""


def read_score(item: Item) -> Score:
    """The score of a file.

    Raises
    ------
    FileFormatError
        If the file is damaged.
    """
    data = item.path.read_bytes()
    source = item.reader.source
    if item.path.suffix == ".krn":
        return read_kern(data.decode("utf-8", "replace"))
    if item.path.suffix == ".musicxml":
        return read_musicxml(data)
    score = read_midi(data)
    if source in ("open_hymnal", "cre_irish"):
        return with_marked_bars(score)
    return with_downbeats(score) if source == "mutopia_midi" else score


def items_of(source: str, root: Path) -> Iterator[Item]:
    """Files of a corpus in order of their names.

    Parameters
    ----------
    root
        The unpacked folder of this corpus.
    """
    yield from SOURCES[source](root)


def _irish(root: Path) -> Iterator[Item]:
    with (root / "roots.csv").open(encoding="utf-8") as table:
        tonics = {row[0]: int(row[1]) for row in csv.reader(table) if row[1].isdigit()}
    for path in sorted(root.glob("*.mid")):
        reader = Reader("cre_irish", "folk_dance", "tune", settles=False, chords="implied",
                        tonic_pc=tonics.get(path.stem))  # fmt: skip
        # Settings of one tune are numbered; they are one work.
        work = re.sub(r"(reel|jig|hornpipe|slide|polka)?\d*(The|A)?$", "", path.stem)
        yield Item(
            path, f"cre_irish/{path.stem}", "CC-BY-4.0",
            "Ceol Rince na hÉireann corpus, Polifonia project (D. Diamond, A. Shahid); "
            "ABC by B. Black; traditional", f"traditional | {work.lower()}", reader,
        )  # fmt: skip


def _hymnal(root: Path) -> Iterator[Item]:
    reader = Reader("open_hymnal", "hymn", "choir", settles=False)
    for path in sorted((root / "midi").glob("*.mid")):
        _, _, tune = path.stem.partition("-")
        yield Item(
            path, f"open_hymnal/{path.stem}", "public domain", "Open Hymnal Project",
            f"hymn | {(tune or path.stem).lower()}", reader,
        )  # fmt: skip


def _lead_sheets(root: Path) -> Iterator[Item]:
    reader = Reader("openewld_pd", "lead_sheet", "tune", settles=False, chords="given")
    with (root / "manifest.tsv").open(encoding="utf-8") as table:
        genres = {row[0]: row[3] for row in list(csv.reader(table, delimiter="\t"))[1:]}
    for path in sorted(root.glob("*/*.musicxml")):
        title, _, author = path.stem.partition("__")
        folder = path.parent.name
        named = re.findall(r"([A-Za-z&, /-]+):\d+", genres.get(f"{folder}/{path.name}", ""))
        yield Item(
            path, f"openewld_pd/{path.stem}", "MIT (encoding), public domain (song)",
            f"OpenEWLD; {author.replace('_', ' ').strip()}", f"{author} | {title}".lower(),
            replace(reader, tags=tuple(n.strip().lower() for n in named)),
            "" if folder == "US+life70" else "public domain in the US only",
        )  # fmt: skip


def _openscore(
    source: str, family: str, rule: str, pattern: str
) -> Callable[[Path], Iterator[Item]]:
    reader = Reader(source, family, rule)

    def items(root: Path) -> Iterator[Item]:
        for path in sorted(root.glob(pattern)):
            names = path.relative_to(root).parts[:-1]
            names = names[1:] if names[0] == "scores_CC0" else names
            # <composer>/<cycle or _>/<song>, <composer>/<work>, <composer>/<work>/<movement>
            work = names[1] if names[1] != "_" else names[2]
            title = "/".join(names[1:]).replace("_", " ").strip()
            yield Item(
                path, f"{source}/{path.stem}", "CC0-1.0",
                f"OpenScore; {names[0].replace('_', ' ')}: {title}",
                f"{names[0]} | {work}".lower(), reader,
            )  # fmt: skip

    return items


def _freedoom(root: Path) -> Iterator[Item]:
    reader = Reader("freedoom_music", "rock_metal", "band", signature=False, velocities=True)
    credits = freedoom_credits((root / "CREDITS-MUSIC").read_text("utf-8", "replace"))
    for path in sorted(root.glob("*.mid")):
        author = credits.get(path.stem, "Freedoom contributors")
        yield Item(
            path, f"freedoom_music/{path.stem}", "BSD-3-Clause",
            f"Freedoom project; {author}", f"{author} | {path.stem}".lower(), reader,
        )  # fmt: skip


def _lmms(root: Path) -> Iterator[Item]:
    reader = Reader("lmms_songs", "electronic", "band", signature=False, velocities=True)
    with (root / "manifest.tsv").open(encoding="utf-8") as table:
        for row in csv.DictReader(table, delimiter="\t"):
            path = root / f"{row['file']}.mid"
            share_alike = "BY-SA" in _LMMS_LICENCES[row["licence"]]
            author = row["file"].partition("_")[0]
            yield Item(
                path, f"lmms_songs/{row['file']}", _LMMS_LICENCES[row["licence"]],
                f"LMMS demo songs; {row['title']}",
                f"{author} | {row['file']}".lower(), reader,
                "share-alike" if share_alike else "",
            )  # fmt: skip


_LMMS_LICENCES = {
    "Artistic 2.0": "Artistic-2.0", "BSD": "BSD", "CC (by)": "CC-BY", "CC (by-sa)": "CC-BY-SA",
    "CC (by sa)": "CC-BY-SA", "CC-BY-SA": "CC-BY-SA", "CC BY-SA 4.0": "CC-BY-SA-4.0",
}  # fmt: skip


def _easyrpg(root: Path) -> Iterator[Item]:
    reader = Reader("easyrpg_rtp_music", "game", "band", signature=False, velocities=True)
    authors = (root / "AUTHORS-Music.txt").read_text("utf-8")
    for path in sorted(root.glob("*.mid")):
        line = re.search(rf"`{re.escape(path.name)}` \| \d+ \|\s*([^\[|]+)\[(\S+?)\]", authors)
        author = line[1].strip() if line else "EasyRPG contributors"
        licence = "CC0-1.0" if line and line[2].lower() == "cc0" else "CC-BY-4.0"
        work = re.sub(r"[\d ]+$", "", path.stem)
        yield Item(
            path, f"easyrpg_rtp_music/{path.stem}", licence, f"EasyRPG RTP; {author}",
            f"{author} | {work}".lower(), reader,
        )  # fmt: skip


def _mutopia(root: Path) -> Iterator[Item]:
    with (root / "manifest.tsv").open(encoding="utf-8", errors="replace") as table:
        rows = sorted(csv.DictReader(table, delimiter="\t", quoting=csv.QUOTE_NONE),
                      key=lambda row: row["file"])  # fmt: skip
    for row in rows:
        family, rule = _mutopia_kind(row["instrument"] or "", row["style"] or "")
        reason = "share-alike" if row["licence"] == "CC-BY-SA" else ""
        if row["style"] == "Technique":
            reason = reason or "exercises"
        work = "/".join(row["mutopia_path"].split("/")[1:3])
        yield Item(
            root / row["file"], f"mutopia_midi/{Path(row['file']).stem}",
            "public domain" if row["licence"] == "PD" else row["licence"],
            f"Mutopia Project; {row['maintainer']}: {row['title']} ({row['composer']})",
            work.lower(),
            Reader("mutopia_midi", family, rule, tags=((row["style"] or "").lower(),)), reason,
        )  # fmt: skip


def _mutopia_kind(players: str, style: str) -> tuple[str, str]:
    """Family and rule of a Mutopia piece by what its header says of players and style."""
    words = players.lower()
    if re.search(r"satb|choir|ttbb|ssa|chorus", words) or style == "Hymn":
        return "hymn", "choir"
    if "voice" in words or style == "Song" or "soprano" in words:
        return "lied", "song"
    if re.search(r"quartet|trio|quintet|two violins|2 violins", words):
        return "quartet", "ensemble"
    if re.search(r"^[^&+]*\b(guitar|lute|mandolin|koto|shamisen|vihuela|banjo|ukulele)", words):
        return "guitar", "keyboard"
    several = re.search(r"&|\band\b|duet|ensemble|orchestra|band|continuo", words)
    if re.search(r"piano|harpsi|organ|clav|keyboard", words):
        return ("lied", "song") if several and "," in words else ("keyboard", "keyboard")
    if several or "," in words:
        return "orchestra", "ensemble"
    return ("folk_dance" if style == "Folk" else "orchestra"), "ensemble"


def _polish(root: Path) -> Iterator[Item]:
    genres = (
        "mazur",
        "polone",
        "polonez",
        "walc",
        "valse",
        "krakowiak",
        "preludi",
        "etiud",
        "marsz",
        "nokturn",
        "nocturne",
        "sonat",
        "wariac",
        "polka",
        "dumka",
        "oberek",
    )
    for path in sorted(root.rglob("*.krn")):
        facts = reference_records(path.read_text("utf-8", "replace"))
        players = facts.get("AIN", "").lower()
        if re.search(r"vox|canto|sopr|mezzo|tenor|alt|barit|bass\b", players):
            family, rule = "lied", "song"
        elif re.search(r"piano|forte|organ|clav|klav|cemb|harp", players) or not players.replace(
            "empty", ""
        ).strip(" 0123456789"):
            alone = re.search(r"viol|vla|flt|clar|cell|fagot|cor\b", players) is None
            family, rule = ("keyboard", "keyboard") if alone else ("lied", "song")
        elif "guitar" in players:
            family, rule = "guitar", "keyboard"
        else:
            family, rule = "quartet", "ensemble"
        tags = tuple(g for g in genres if g in path.stem.lower())
        author = facts.get("COM", "anonymous")
        work = facts.get("GTL") or facts.get("OTL") or path.stem
        yield Item(
            path, f"polish_scores/{path.stem}", "CC-BY-4.0",
            "Polish Music Heritage in Open Access, The Fryderyk Chopin Institute; "
            f"{author}: {facts.get('OTL', '')}", f"{author} | {work}".lower(),
            Reader("polish_scores", family, rule, tags=tags),
        )  # fmt: skip


SOURCES: dict[str, Callable[[Path], Iterator[Item]]] = {
    "cre_irish": _irish,
    "open_hymnal": _hymnal,
    "openewld_pd": _lead_sheets,
    "freedoom_music": _freedoom,
    "lmms_songs": _lmms,
    "easyrpg_rtp_music": _easyrpg,
    "openscore_lieder": _openscore("openscore_lieder", "lied", "song", "**/*.musicxml"),
    "mutopia_midi": _mutopia,
    "openscore_quartets": _openscore(
        "openscore_quartets", "quartet", "ensemble", "**/*.musicxml"
    ),
    "openscore_orchestra": _openscore(
        "openscore_orchestra", "orchestra", "orchestra", "scores_CC0/**/*.musicxml"
    ),
    "polish_scores": _polish,
}  # fmt: skip
"""Sources in the order in which they are best prepared: quick ones first."""
