"""The manifest of everything the models learned from: ``training/manifest.tsv``.

``python -m training.corpora.manifest --scratch DIR`` deals out the splits, writes one line for
every item of every set that was read, and brings the tables of ``docs/corpora.md`` up to date.
The same input gives the same bytes.
"""

from __future__ import annotations

import argparse
import re
import tomllib
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path

import msgspec

from songwright.errors import FileFormatError
from training.corpora.dedupe import unique_bars
from training.corpora.model import FAMILIES, Entry
from training.corpora.prepared import files, item_of, read
from training.corpora.split import LEFT_OUT, SPLITS, split_all

MANIFEST = Path(__file__).parent.parent / "manifest.tsv"
CARDS = Path(__file__).parent / "cards.toml"
DOCUMENT = Path(__file__).parents[2] / "docs" / "corpora.md"

COLUMNS = tuple(field.name for field in msgspec.structs.fields(Entry))
_ADDRESS = re.compile(r"\s*<[^>]*@[^>]*>|(?<=\S)@[\w.-]+")
_TABLES = re.compile(r"(<!-- (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)


class Card(msgspec.Struct, frozen=True):
    """What is told about a set: who made it, where it is, what its licence asks for."""

    title: str
    credit: str
    by: str
    licence: str
    notice: str
    cite: str
    use: str
    origin: str = msgspec.field(name="from")


class Amount(msgspec.Struct):
    """How much of something a split holds."""

    pieces: int = 0
    bars: int = 0
    unique_bars: int = 0
    notes: int = 0
    chords: int = 0


def cards() -> dict[str, Card]:
    """Cards of all sets by name, in the order of the file."""
    return msgspec.convert(tomllib.loads(CARDS.read_text("utf-8")), dict[str, Card])


def line_of(entry: Entry, credit: str = "") -> str:
    """An entry as a line of tab-separated cells.

    Parameters
    ----------
    credit
        Credit of the whole set, with which attributions begin; it is not repeated in every line,
        and e-mail addresses are not passed on.
    """
    cells = []
    for name in COLUMNS:
        value = str(getattr(entry, name))
        if name == "attribution":
            value = _ADDRESS.sub("", value).removeprefix(credit).removeprefix("; ")
        cells.append(re.sub(r"\s+", " ", value).strip())
    return "\t".join(cells)


def write_manifest(path: Path, entries: Iterable[Entry]) -> int:
    """Write entries sorted by id; how many bytes.

    Raises
    ------
    ValueError
        If two entries have the same id.
    """
    ordered = sorted(entries, key=lambda entry: entry.id)
    twice = [id_ for id_, count in Counter(e.id for e in ordered).items() if count > 1]
    if twice:
        raise ValueError(f"listed twice: {', '.join(twice[:5])}")
    credits = {name: card.credit for name, card in cards().items()}
    lines = [line_of(entry, credits.get(entry.source, "")) for entry in ordered]
    text = "\n".join(["\t".join(COLUMNS), *lines]) + "\n"
    path.write_text(text, "utf-8", newline="\n")
    return len(text.encode())


def read_manifest(path: Path) -> list[Entry]:
    """Entries of a manifest, with whole attributions.

    Raises
    ------
    FileFormatError
        If it is not a manifest or a line is damaged.
    """
    head, *lines = path.read_text("utf-8").splitlines()
    if tuple(head.split("\t")) != COLUMNS:
        raise FileFormatError(f"{path} is not a manifest of this version: write it again")
    credits = {name: card.credit for name, card in cards().items()}
    entries = []
    for number, line in enumerate(lines, 2):
        cells = line.split("\t")
        if len(cells) != len(COLUMNS):
            raise FileFormatError(f"{path}: line {number} has {len(cells)} cells: write it again")
        row = dict(zip(COLUMNS, cells, strict=True))
        whole = (credits.get(row["source"], ""), row["attribution"])
        row["attribution"] = "; ".join(part for part in whole if part)
        entries.append(msgspec.convert(row, Entry, strict=False))
    return entries


def amounts(scratch: Path, entries: Iterable[Entry]) -> dict[tuple[str, str], Amount]:
    """Amounts by (family, split) of all prepared pieces that were not left out."""
    splits = {entry.id: entry.split for entry in entries}
    table: dict[tuple[str, str], Amount] = {}
    for path in files(scratch):
        for piece in read(path).pieces:
            amount = table.setdefault((piece.family, splits[item_of(piece.id)]), Amount())
            amount.pieces += 1
            amount.bars += piece.bars
            amount.unique_bars += len(unique_bars(piece))
            amount.notes += sum(len(part.notes) for part in piece.parts)
            amount.chords += len(piece.chords)
    return table


def source_table(entries: Sequence[Entry]) -> str:
    """Markdown: sets with licence, use and items by split."""
    counts: dict[str, Counter[str]] = {}
    notes: Counter[str] = Counter()
    for entry in entries:
        counts.setdefault(entry.source, Counter())[entry.split] += 1
        notes[entry.source] += 0 if entry.split == LEFT_OUT else entry.notes
    rows = ["| set | licence | used for | train | validation | test | left out | notes |",
            "|---|---|---|--:|--:|--:|--:|--:|"]  # fmt: skip
    for name, card in cards().items():
        if name in counts:
            numbers = " | ".join(str(counts[name][split]) for split in (*SPLITS, LEFT_OUT))
            rows.append(
                f"| **{card.title}**, {card.by}; {card.origin} | {card.licence} | {card.use} | "
                f"{numbers} | {notes[name]:,} |"
            )
    return "\n".join(rows) + "\n"


def family_table(table: dict[tuple[str, str], Amount]) -> str:
    """Markdown: pieces, bars and notes by family and split."""
    rows = ["| family | pieces | bars | of them new | notes | chords | train / validation / test |",
            "|---|--:|--:|--:|--:|--:|---|"]  # fmt: skip
    for family in FAMILIES:
        found = [table.get((family, split), Amount()) for split in SPLITS]
        if any(amount.pieces for amount in found):
            sums = [
                f"{sum(getattr(a, name) for a in found):,}"
                for name in ("pieces", "bars", "unique_bars", "notes", "chords")
            ]
            shares = " / ".join(f"{amount.pieces:,}" for amount in found)
            rows.append(f"| {family} | {' | '.join(sums)} | {shares} |")
    return "\n".join(rows) + "\n"


def reason_table(entries: Iterable[Entry]) -> str:
    """Markdown: what was left out, and why."""
    reasons: Counter[tuple[str, str]] = Counter()
    for entry in entries:
        if entry.split == LEFT_OUT:
            reason = re.sub(r"\b[\w.]+/\S+|\d+( [A-Z]\w*)?", "…", entry.reason)
            reasons[entry.source, reason] += 1
    rows = ["| set | why | items |", "|---|---|--:|"]
    for (source, reason), count in sorted(reasons.items(), key=lambda r: (r[0][0], -r[1], r[0][1])):
        rows.append(f"| {source} | {reason} | {count:,} |")
    return "\n".join(rows) + "\n"


def notices(entries: Iterable[Entry]) -> str:
    """Markdown: texts that licences ask for, and papers that authors ask to be cited."""
    used = {entry.source for entry in entries}
    lines = [f"- {card.notice}" for name, card in cards().items() if name in used and card.notice]
    lines.append("\nPapers to cite:\n")
    lines += [f"- {card.cite}" for name, card in cards().items() if name in used and card.cite]
    return "\n".join(lines) + "\n"


def update_document(path: Path, tables: dict[str, str]) -> None:
    """Put tables between the marks ``<!-- name -->`` and ``<!-- end -->`` of a document."""
    text = path.read_text("utf-8")
    new = _TABLES.sub(lambda m: m[1] + tables.get(m[2], "") + m[3], text)
    path.write_text(new, "utf-8", newline="\n")


@cache
def _splits() -> dict[str, str]:
    return {entry.id: entry.split for entry in read_manifest(MANIFEST)}


def split_of(piece_id: str) -> str:
    """Split of a piece according to the manifest that is part of the repository.

    Raises
    ------
    KeyError
        If the manifest does not list it.
    """
    return _splits()[item_of(piece_id)]


def main(arguments: Sequence[str] | None = None) -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scratch", type=Path, required=True, help="folder of prepared sets")
    scratch = parser.parse_args(arguments).scratch
    entries = split_all(scratch)
    size = write_manifest(MANIFEST, entries)
    tables = {
        "sources": source_table(entries),
        "families": family_table(amounts(scratch, entries)),
        "reasons": reason_table(entries),
        "notices": notices(entries),
    }
    update_document(DOCUMENT, tables)
    print(f"{MANIFEST}: {len(entries)} items, {size / 1e6:.2f} MB; tables of {DOCUMENT} renewed")


if __name__ == "__main__":
    main()
