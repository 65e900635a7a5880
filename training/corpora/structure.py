"""Song forms without notes: Harmonix sections counted in bars, SALAMI sections as shares of length.

Harmonix gives downbeats, so its forms are pieces that have sections and nothing else. SALAMI gives
seconds only; a `Piece` counts bars, so SALAMI makes no pieces. What it knows (which function
follows which, how much of a track each takes) is written as statistics for each class of music.
"""

from __future__ import annotations

import bisect
import csv
import re
import statistics
from collections import Counter, defaultdict
from itertools import groupby, pairwise
from pathlib import Path
from types import MappingProxyType
from typing import Any

from training.corpora.forms import UNNAMED, file_hash, function_of, song_group
from training.corpora.model import Entry, Piece, Section

HARMONIX = "harmonix_structure"
HARMONIX_ATTRIBUTION = "Harmonix Set"
SALAMI = "salami_structure"
SALAMI_ATTRIBUTION = "SALAMI annotations 2.0"

_FAMILY_OF_GENRE = MappingProxyType(
    {
        "Dance/Electronic": "electronic", "Rock": "rock_metal", "Metal": "rock_metal",
        "Alternative": "rock_metal", "Classic Rock": "rock_metal", "Grunge": "rock_metal",
        "Prog": "rock_metal", "Indie Rock": "rock_metal", "Punk": "rock_metal",
    }
)  # fmt: skip
_WIDEST_MISS_BARS = 0.35
"""How far from a downbeat a section may begin, as a share of a bar."""

_MOST_MISSES = 0.25
"""Share of sections that may begin farther off (pick-ups, half bars); they are rounded too."""


def bars_from_times(times: list[float], downbeats: list[float]) -> list[int] | None:
    """Number of the downbeat nearest to each time; None if too many lie far from any.

    Parameters
    ----------
    times, downbeats
        In seconds, ascending; at least two downbeats. Times after the last downbeat are counted
        on in median bars.
    """
    bar = statistics.median(b - a for a, b in pairwise(downbeats))
    numbers = []
    misses = 0
    for time in times:
        at = bisect.bisect(downbeats, time)
        near = min(
            (i for i in (at - 1, at) if 0 <= i < len(downbeats)),
            key=lambda i: abs(downbeats[i] - time),
        )
        number, miss = near, abs(downbeats[near] - time)
        if time > downbeats[-1]:
            number = len(downbeats) - 1 + round((time - downbeats[-1]) / bar)
            miss = 0.0
        misses += miss > _WIDEST_MISS_BARS * bar
        numbers.append(number)
    return numbers if misses <= _MOST_MISSES * len(times) else None


def form_of(segments: list[tuple[float, str]], downbeats: list[float]) -> list[Section] | None:
    """Sections in bars from labelled times (the last is the end); None if off the downbeats.

    Silence before and after is no section; equal labels get equal letters.
    """
    kept = [(time, label) for time, label in segments if label != "silence"]
    while len(kept) > 1 and kept[0][0] < downbeats[0] - (downbeats[1] - downbeats[0]) * 0.5:
        kept.pop(0)
    if len(kept) < 2:
        return None
    numbers = bars_from_times([time for time, _ in kept], downbeats)
    if numbers is None:
        return None
    letters: dict[str, str] = {}
    sections = []
    for (start, end), (_, label) in zip(pairwise(numbers), kept, strict=False):
        if end <= start:
            continue
        letter = letters.setdefault(label, _letter(len(letters)))
        function = function_of(label) or UNNAMED
        sections.append(Section(function, letter, start - numbers[0], end - start))
    return sections or None


def _letter(number: int) -> str:
    return chr(ord("A") + number % 26) + str(number // 26 or "")


def read_harmonix(root: Path) -> tuple[list[Piece], list[Entry]]:
    """All Harmonix forms; ids are numbers, because file names are titles."""
    with (root / "metadata.csv").open(encoding="utf-8", newline="") as file:
        rows = sorted(csv.DictReader(file), key=lambda row: row["File"])
    pieces, entries = [], []
    for row in rows:
        number, _, title = row["File"].partition("_")
        item = f"{HARMONIX}/{number}"
        path = root / "segments" / f"{row['File']}.txt"
        if not row["Time Signature"] or not path.exists():
            continue
        data = path.read_bytes()
        segments = [
            (float(time), label)
            for time, label in (line.split(maxsplit=1) for line in data.decode().splitlines())
        ]
        downbeats = [float(t) for t in (root / "bars" / path.name).read_text().split()]
        sections = form_of(segments, downbeats) if len(downbeats) > 3 else None
        if sections is not None:
            numerator, denominator = (int(n) for n in row["Time Signature"].split("|"))
            pieces.append(
                Piece(
                    id=item,
                    source=HARMONIX,
                    family=_FAMILY_OF_GENRE.get(row["Genre"], "pop_rock_song"),
                    numerator=numerator,
                    denominator=denominator,
                    bars=sections[-1].start_bar + sections[-1].bars,
                    tonic_pc=0,
                    minor=False,
                    tempo_bpm=float(row["BPM"]),
                    sections=tuple(sections),
                    tags=(re.sub(r"\W+", "_", row["Genre"].lower()),),
                )
            )
        entries.append(
            Entry(
                id=item,
                source=HARMONIX,
                licence="MIT",
                attribution=HARMONIX_ATTRIBUTION,
                sha256=file_hash(data),
                group=song_group(title),
                split="" if sections else "left out",
                reason="" if sections else "sections do not begin on downbeats",
                pieces=int(sections is not None),
            )
        )
    return pieces, entries


def salami_sections(text: str) -> list[tuple[str, float]]:
    """Functions with their shares of the sounding length; equal neighbours are one."""
    marks: list[tuple[float, str | None]] = []
    for line in text.splitlines():
        time, _, labels = line.partition("\t")
        if not labels.strip():
            continue
        parts = [label.strip() for label in labels.split(",") if not re.search(r"[()]", label)]
        silent = any(label.lower() in ("silence", "end", "z") for label in parts)
        named = next((f for part in parts if len(part) > 2 and (f := function_of(part))), "")
        if silent:
            marks.append((float(time), None))
        elif named or any(re.fullmatch(r"[A-Z]'*", part) for part in parts):
            marks.append((float(time), named or UNNAMED))
    spans = [(f, b - a) for (a, f), (b, _) in pairwise(marks) if f is not None and b > a]
    joined = [(f, sum(s for _, s in same)) for f, same in groupby(spans, key=lambda s: s[0])]
    total = sum(seconds for _, seconds in joined)
    return [(function, seconds / total) for function, seconds in joined]


def salami_statistics(forms: dict[str, list[list[tuple[str, float]]]]) -> dict[str, Any]:
    """For each class: tracks, sections in a track, transitions, and each function's share.

    Transitions count ``start`` and ``end`` too; shares are (p10, median, p90) of a track.
    """
    table: dict[str, Any] = {}
    for kind, tracks in sorted(forms.items()):
        follows: Counter[str] = Counter()
        shares: dict[str, list[float]] = defaultdict(list)
        for track in tracks:
            names = ["start", *(function for function, _ in track), "end"]
            follows.update(f"{a} > {b}" for a, b in pairwise(names))
            for function, share in track:
                shares[function].append(share)
        counts = sorted(len(track) for track in tracks)
        table[kind] = {
            "tracks": len(tracks),
            "sections": _spread([float(count) for count in counts]),
            "transitions": dict(sorted(follows.items(), key=lambda item: (-item[1], item[0]))),
            "shares": {
                f: {"count": len(s), "share": _spread(s)} for f, s in sorted(shares.items())
            },
        }
    return table


def _spread(values: list[float]) -> list[float]:
    ordered = sorted(values)
    last = len(ordered) - 1
    return [round(ordered[round(last * q)], 4) for q in (0.1, 0.5, 0.9)]


def read_salami(root: Path) -> tuple[list[Piece], list[Entry], dict[str, Any]]:
    """No pieces; an entry for each track (its first annotation), and the statistics."""
    with (root / "metadata.csv").open(encoding="utf-8", newline="") as file:
        rows = sorted(csv.DictReader(file), key=lambda row: int(row["SONG_ID"]))
    entries = []
    forms: dict[str, list[list[tuple[str, float]]]] = defaultdict(list)
    for row in rows:
        names = (f"{row['SONG_ID']}_textfile{n}.txt" for n in (1, 2))
        path = next((root / name for name in names if (root / name).exists()), None)
        if path is None:
            continue
        data = path.read_bytes()
        track = salami_sections(data.decode("utf-8", "replace"))
        if track:
            forms[row["CLASS"].lower() or "unknown"].append(track)
        entries.append(
            Entry(
                id=f"{SALAMI}/{row['SONG_ID']}",
                source=SALAMI,
                licence="CC0-1.0",
                attribution=SALAMI_ATTRIBUTION,
                sha256=file_hash(data),
                group=song_group(row["SONG_TITLE"] or row["SONG_ID"]),
                split="left out",
                reason="seconds only, no bars",
            )
        )
    return [], entries, salami_statistics(forms)
