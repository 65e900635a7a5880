"""What differs between two songs, in music terms."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from pathlib import Path

from songwright.score import Note, Part
from songwright.session.production.record import usable_record
from songwright.session.refine.model import StripChange
from songwright.session.refine.remix import settings_of
from songwright.session.song import Song, load

_MOST = 8


@dataclass(frozen=True, slots=True)
class Change:
    """One line of a difference: what it is about, and before and after in words."""

    topic: str
    before: str
    after: str


def difference(a: Song, b: Song) -> tuple[Change, ...]:
    """Tempo, key, metre, form, chords, instruments, notes, playing, levels: what changed.

    Equal songs give nothing.
    """
    bars = bar_map(a, b)
    return (
        *_facts(a, b), *_form(a, b), *_chords(a, b, bars), *_cast(a, b), *_notes(a, b, bars),
        *_playing(a, b), *_levels(a, b),
    )  # fmt: skip


def package_difference(a: str | Path, b: str | Path) -> tuple[Change, ...]:
    """What `difference` finds between the songs of two packages, and what was mixed by hand.

    Raises
    ------
    FileFormatError
        If a folder holds no song, or a damaged one.
    """
    return (*difference(load(a), load(b)), *_by_hand(_folder(a), _folder(b)))


def _folder(package: str | Path) -> Path:
    """The folder of a package, which may be named by its song file."""
    path = Path(package)
    return path if path.is_dir() else path.parent


def _by_hand(a: Path, b: Path) -> list[Change]:
    """Assignments to the mix, place of delivery and soundfonts that only one package has."""
    records = [usable_record(folder) for folder in (a, b)]
    if records[0] is None or records[1] is None:
        return []  # one of them has no sound
    pairs = (
        ("mix by hand", records[0].overrides, records[1].overrides),
        ("mastered for", (records[0].target,), (records[1].target,)),
        ("soundfont", records[0].soundfont, records[1].soundfont),
    )
    return [
        Change(topic, *(", ".join(t for t in own if t not in other) or "–"
                        for own, other in ((was, now), (now, was))))
        for topic, was, now in pairs if was != now
    ]  # fmt: skip


def _facts(a: Song, b: Song) -> list[Change]:
    pairs = (
        ("style", a.plan.style, b.plan.style),
        ("key", str(a.plan.key), str(b.plan.key)),
        ("metre", str(a.plan.meter), str(b.plan.meter)),
        ("tempo", f"{a.plan.tempo_bpm:g} bpm", f"{b.plan.tempo_bpm:g} bpm"),
        ("swing", f"{a.plan.swing:.2f}", f"{b.plan.swing:.2f}"),
        ("length", _length(a), _length(b)),
        ("ending", a.plan.ending, b.plan.ending),
    )
    changes = [Change(topic, x, y) for topic, x, y in pairs if x != y]
    if a.score.tempos != b.score.tempos and a.plan.tempo_bpm == b.plan.tempo_bpm:
        changes.append(Change("tempo map", f"{len(a.score.tempos)} marks",
                              f"{len(b.score.tempos)} marks"))  # fmt: skip
    return changes


def _length(song: Song) -> str:
    seconds = song.perform().duration_seconds
    return f"{song.plan.bars} bars, {int(seconds // 60)}:{seconds % 60:04.1f}"


def _form(a: Song, b: Song) -> list[Change]:
    before = [(s.function, s.bars) for s in a.plan.sections]
    after = [(s.function, s.bars) for s in b.plan.sections]
    if before == after:
        return []
    return [Change("form", " ".join(f"{f}:{n}" for f, n in before),
                   " ".join(f"{f}:{n}" for f, n in after))]  # fmt: skip


def bar_map(a: Song, b: Song) -> dict[int, int]:
    """For each bar of one song the bar of another that it has become; bars that are gone lack.

    Sections are matched in order by function and length.
    """
    forms = [[(s.function, s.bars) for s in x.plan.sections] for x in (a, b)]
    matcher = SequenceMatcher(None, forms[0], forms[1], autojunk=False)
    found: dict[int, int] = {}
    for block in matcher.get_matching_blocks():
        for k in range(block.size):
            old, new = a.plan.sections[block.a + k], b.plan.sections[block.b + k]
            for bar in range(old.bars):
                found[old.start_bar + bar] = new.start_bar + bar
    return found


def _chords(a: Song, b: Song, bars: dict[int, int]) -> list[Change]:
    by_bar = [_by_bar(x, x.plan.meter.bar_ticks) for x in (a, b)]
    changed = [(i, j) for i, j in sorted(bars.items()) if by_bar[0].get(i) != by_bar[1].get(j)]
    if not changed:
        return []
    shown = changed[:_MOST]
    return [Change(f"chords, {_bars([j for _, j in changed])}",
                   " | ".join(by_bar[0].get(i, "–") for i, _ in shown),
                   " | ".join(by_bar[1].get(j, "–") for _, j in shown)
                   + (" …" if len(changed) > _MOST else ""))]  # fmt: skip


def _by_bar(song: Song, bar: int) -> dict[int, str]:
    result: dict[int, str] = {}
    for index in range(song.plan.bars):
        inner = [c for c in song.score.chords
                 if c.onset_ticks < (index + 1) * bar and c.end_ticks > index * bar]  # fmt: skip
        result[index] = " ".join(c.chord.symbol for c in inner)
    return result


def _bars(indexes: Sequence[int]) -> str:
    """Bars for people: "bars 3-6, 9"."""
    spans: list[list[int]] = []
    for index in indexes:
        if spans and index == spans[-1][1] + 1:
            spans[-1][1] = index
        else:
            spans.append([index, index])
    texts = [f"{x + 1}" if x == y else f"{x + 1}-{y + 1}" for x, y in spans]
    more = ", …" if len(texts) > _MOST else ""
    return ("bar " if len(indexes) == 1 else "bars ") + ", ".join(texts[:_MOST]) + more


def _cast(a: Song, b: Song) -> list[Change]:
    before = {p.id: p for p in a.score.parts}
    after = {p.id: p for p in b.score.parts}
    changes = [Change("part", f"{p.id} ({p.name})", "gone")
               for p in a.score.parts if p.id not in after]  # fmt: skip
    changes += [Change("part", "–", f"{p.id} ({p.name})")
                for p in b.score.parts if p.id not in before]  # fmt: skip
    changes += [
        Change(f"{p.id}: instrument", p.name, after[p.id].name)
        for p in a.score.parts if p.id in after and after[p.id].instrument != p.instrument
    ]  # fmt: skip
    return changes


def _notes(a: Song, b: Song, bars: dict[int, int]) -> list[Change]:
    changes = []
    for part in a.score.parts:
        other = next((p for p in b.score.parts if p.id == part.id), None)
        if other is None or other.notes == part.notes:
            continue
        if a.plan.meter != b.plan.meter:
            changes.append(_in_new_metre(part, other))
            continue
        change = _in_bars(part, other, bars, b.plan.meter.bar_ticks)
        if change is not None:
            changes.append(change)
    return changes


def _in_new_metre(a: Part, b: Part) -> Change:
    same = [n.pitch for n in a.notes] == [n.pitch for n in b.notes]
    after = "the same pitches in the new metre" if same else f"{len(b.notes)} notes, written anew"
    return Change(f"{a.id}: notes", f"{len(a.notes)} notes", after)


def _in_bars(a: Part, b: Part, bars: dict[int, int], bar: int) -> Change | None:
    """What changed in the bars that both have; bars that are new are told by the form."""
    was = [
        replace(n, onset_ticks=n.onset_ticks + (bars[n.onset_ticks // bar] - n.onset_ticks // bar)
                * bar) for n in a.notes if n.onset_ticks // bar in bars
    ]  # fmt: skip
    kept_bars = set(bars.values())
    now = [n for n in b.notes if n.onset_ticks // bar in kept_bars]
    if was == now:
        return None
    shift = _shift(replace(a, notes=tuple(was)), replace(b, notes=tuple(now)))
    if shift is not None:
        return Change(f"{a.id}: pitch", "as it was", f"{shift:+d} semitones")
    louder = _louder(was, now)
    if louder is not None:
        differs = {n.onset_ticks // bar for n in set(was) ^ set(now)}
        text = f"{louder:+.0f} of velocity"
        return Change(f"{a.id}: dynamics, {_bars(sorted(differs))}", "as it was", text)
    plain = [{replace(n, velocity=0) for n in notes} for notes in (was, now)]
    gone, fresh = plain[0] - plain[1], plain[1] - plain[0]
    changed = _bars(sorted({n.onset_ticks // bar for n in (*gone, *fresh)}))
    tally = f"{len(now) - len(fresh)} kept, {len(gone)} gone, {len(fresh)} new"
    return Change(f"{a.id}: notes, {changed}", f"{len(was)} notes", f"{len(now)} notes: {tally}")


def _louder(was: Sequence[Note], now: Sequence[Note]) -> float | None:
    """The mean change of velocity of notes that changed in nothing else."""
    plain = [[replace(n, velocity=0) for n in notes] for notes in (was, now)]
    if plain[0] != plain[1]:
        return None
    steps = [y.velocity - x.velocity for x, y in zip(was, now, strict=True)]
    changed = [step for step in steps if step]
    return sum(changed) / len(changed)


def _shift(a: Part, b: Part) -> int | None:
    """Semitones between two parts that differ only by a constant interval."""
    if len(a.notes) != len(b.notes) or not a.notes:
        return None
    steps = {y.pitch - x.pitch for x, y in zip(a.notes, b.notes, strict=True)}
    same = all(
        (x.onset_ticks, x.duration_ticks) == (y.onset_ticks, y.duration_ticks)
        for x, y in zip(a.notes, b.notes, strict=True)
    )
    return steps.pop() if same and len(steps) == 1 and steps != {0} else None


def _playing(a: Song, b: Song) -> list[Change]:
    """Parts with the same notes that are played otherwise."""
    if a.score.tempos != b.score.tempos or a.plan.bars != b.plan.bars:
        return []  # all of it moved
    played = {p.id: p for p in a.perform().parts}
    written = {p.id: p.notes for p in a.score.parts}
    names = [
        p.id for p, w in zip(b.perform().parts, b.score.parts, strict=True)
        if p.id in played and written.get(p.id) == w.notes and played[p.id].notes != p.notes
    ]  # fmt: skip
    return [Change("playing", "as it was", f"{', '.join(names)} played anew")] if names else []


def _levels(a: Song, b: Song) -> list[Change]:
    before, after = settings_of(a), settings_of(b)
    changes = []
    for name, strip in after.parts.items():
        old = before.parts.get(name)
        if old is None or old == strip:
            continue
        if old.level_db != strip.level_db:
            changes.append(Change(f"{name}: level", f"{old.level_db:+.1f} dB",
                                  f"{strip.level_db:+.1f} dB"))  # fmt: skip
        if old.pan != strip.pan:
            changes.append(Change(f"{name}: pan", f"{old.pan:+.2f}", f"{strip.pan:+.2f}"))
        tone = [f.replace("_", " ") for f in ("eq", "width", "reverb_send_db", "saturation",
                "sidechain") if getattr(old, f) != getattr(strip, f)]  # fmt: skip
        if tone:
            changes.append(Change(f"{name}: sound", "as it was", f"other {', '.join(tone)}"))
    mutes = [{n for n, s in _strips(x).items() if s.mute} for x in (a, b)]
    if mutes[0] != mutes[1]:
        changes.append(Change("muted", ", ".join(sorted(mutes[0])) or "nobody",
                              ", ".join(sorted(mutes[1])) or "nobody"))  # fmt: skip
    if before.master != after.master:
        after_text = _master(before.master.target_lufs, after.master.target_lufs)
        changes.append(Change("master", "as it was", after_text))
    return changes


def _strips(song: Song) -> dict[str, StripChange]:
    return song.refined.strips if song.refined is not None else {}


def _master(before: float, after: float) -> str:
    return f"{after:g} LUFS instead of {before:g}" if before != after else "other tone or width"
