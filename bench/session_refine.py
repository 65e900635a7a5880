"""Refining measured: byte-identity over random edits, curves drawn by hand, time of an edit.

    python bench/session_refine.py [--edits 300] [--seconds 180] [--no-audio] [--no-curves]

Prints a table; exits with 1 if anything outside a scope changed.
"""

from __future__ import annotations

import argparse
import random
import statistics
import sys
import tempfile
import time
from pathlib import Path

from songwright.brief import understand
from songwright.brief.curves import CURVES
from songwright.errors import ProjectError, ScoreError
from songwright.score.codec import encode
from songwright.session import Song, compose, compose_brief
from songwright.session.refine import Edit, Scope, apply, refine
from songwright.session.refine.drawing import likeness
from songwright.session.refine.scope import resolve

PROMPTS = (
    "pop song in C major, 24 bars, piano, bass, drums, strings",
    "jazz swing in F major, 24 bars, saxophone, piano, walking bass, drums",
    "cinematic ambient in D minor, 16 bars",
    "string quartet in G major, 16 bars",
    "house in A minor, 32 bars",
    "solo piano waltz in 3/4, 16 bars",
)
KINDS = (
    ("regenerate", (0.0,), ""), ("vary", (0.2, 0.5, 0.9), ""), ("energy", (-0.3, 0.3), ""),
    ("density", (-0.4, 0.4), ""), ("octave", (-1.0, 1.0), ""), ("thin", (0.3, 0.6), ""),
    ("simplify", (0.0,), "easy"), ("louder", (12.0, -12.0), ""), ("humanise", (0.5, 1.5), "again"),
    ("articulation", (0.0,), "staccato"), ("swing", (0.62,), ""), ("syncopation", (0.5, -0.8), ""),
    ("breathe", (0.0,), ""), ("smoother", (0.8,), ""), ("fit", (0.0,), ""),
    ("steadier", (0.0,), ""), ("reharmonise", (0.0,), ""), ("tension", (0.5, -0.5), ""),
    ("voicing", (0.0,), "open"), ("voicing", (0.0,), "drop-2"), ("voicing", (0.0,), "spread"),
    ("voicing", (0.0,), "first inversion"), ("draw energy", (0.0,), "0:0.2 1:0.9"),
    ("draw density", (0.0,), "0:0.9 0.5:0.1 1:0.6"), ("draw register", (0.0,), "0:0.1 1:0.9"),
    ("draw tension", (0.0,), "0:0.1 0.7:0.9 1:0.3"), ("insert", (0.0,), ""),
)  # fmt: skip
HARMONY = ("reharmonise", "tension", "draw tension")  # change chords inside their scope
FRESH = ("bridge", "breakdown", "build", "interlude", "solo", "intro")


def random_edit(song: Song, stream: random.Random) -> Edit:
    """An edit of one to three parts in some bars, now and then of whole sections."""
    parts = [p.id for p in song.score.parts]
    kind, amounts, value = stream.choice(KINDS)
    if kind == "insert":
        before = stream.choice(song.plan.sections).id
        size = stream.choice((2, 4, 6))
        return Edit(kind, value=f"{size}-bar {stream.choice(FRESH)} before {before}")
    chosen = tuple(stream.sample(parts, min(len(parts), stream.randint(1, 3))))
    if stream.random() < 0.3:
        scope = Scope((stream.choice(song.plan.sections).id,), chosen)
    else:
        first = stream.randrange(song.plan.bars - 1)
        last = min(song.plan.bars, first + stream.randint(1, 8))
        scope = Scope((), chosen, ((first, last),))
    return Edit(kind, scope, stream.choice(amounts), value)


def leaks(before: Song, after: Song, edit: Edit) -> list[str]:
    """What changed outside the scope of an edit."""
    if edit.kind == "insert":
        return moved_leaks(before, after)
    place = resolve(edit.scope, before.plan)
    found = []
    if chords_of(before, place.spans, edit) != chords_of(after, place.spans, edit):
        found.append("chords")
    if encode(before.score.tempos) != encode(after.score.tempos):
        found.append("tempos")
    played = {p.id: p for p in after.perform().parts}
    for old, new in zip(before.score.parts, after.score.parts, strict=True):
        inner = place.spans if old.id in place.parts else ()
        kept = [n for n in old.notes if not any(a <= n.onset_ticks < b for a, b in inner)]
        now = [n for n in new.notes if not any(a <= n.onset_ticks < b for a, b in inner)]
        if encode(kept) != encode(now):
            found.append(f"notes of {old.id}")
    for part in before.perform().parts:
        if part.id not in place.parts and encode(part) != encode(played[part.id]):
            found.append(f"playing of {part.id}")
    return found


def chords_of(song: Song, spans: tuple[tuple[int, int], ...], edit: Edit) -> list[str]:
    """The chord of each bar and beat that an edit must leave alone."""
    bar = song.plan.meter.bar_ticks
    free = spans if edit.kind in HARMONY else ()
    return [
        c.chord.symbol for tick in range(0, song.plan.bars * bar, 480)
        for c in song.score.chords
        if c.onset_ticks <= tick < c.end_ticks and not any(a <= tick < b for a, b in free)
    ]  # fmt: skip


def moved_leaks(before: Song, after: Song) -> list[str]:
    """What changed of the old bars when a section was put between them."""
    bar = before.plan.meter.bar_ticks
    size = (after.plan.bars - before.plan.bars) * bar
    pairs = zip(before.plan.sections, after.plan.sections, strict=False)
    start = next(
        (b.start_bar * bar for a, b in pairs if (a.function, a.bars) != (b.function, b.bars)),
        before.plan.bars * bar,
    )
    found = []
    for old in before.score.parts:
        kept = [
            (n.onset_ticks - (size if n.onset_ticks >= start else 0), n.pitch, n.velocity)
            for n in after.score.part(old.id).notes
            if not start <= n.onset_ticks < start + size
        ]
        if kept != [(n.onset_ticks, n.pitch, n.velocity) for n in old.notes]:
            found.append(f"old bars of {old.id}")
    return found


def identity(edits: int) -> int:
    """Random edits, each made on what the one before left; returns how many leaked."""
    songs = [compose(prompt, seed=i) for i, prompt in enumerate(PROMPTS)]
    stream = random.Random(2026)
    made = refused = same = bad = 0
    while made < edits:
        i = stream.randrange(len(songs))
        edit = random_edit(songs[i], stream)
        try:
            after = apply(songs[i], edit)
        except (ProjectError, ScoreError):
            refused += 1
            continue
        made += 1
        same += encode(after.perform()) == encode(songs[i].perform())
        found = leaks(songs[i], after, edit)
        if found:
            bad += 1
            print(f"  leak: {edit.kind} {edit.scope}: {', '.join(found)}")
        songs[i] = after if made % 10 else compose(PROMPTS[i], seed=made)
    print(f"edits {made}, refused {refused}, without effect {same}, with a leak {bad}")
    return bad


def speed(seconds: int) -> None:
    """Time of a one-part edit to a new master with all other stems taken over."""
    from songwright.session.produce import produce  # noqa: PLC0415 (audio)

    prompt = f"pop song in C major, {seconds} seconds, piano, bass, drums, strings, guitar, pad"
    song = apply(compose(prompt, seed=3), Edit("remaster"))
    with tempfile.TemporaryDirectory() as scratch:
        first, second = Path(scratch) / "a", Path(scratch) / "b"
        for folder in (first, second):
            folder.mkdir()
        produce(song, song.perform(), first, ("wav",), lambda *_: None)
        wall, cpu = time.perf_counter(), time.process_time()
        after = refine(song, "bass an octave lower").song
        edit_cpu = time.process_time() - cpu
        ready = produce(after, after.perform(), second, ("wav",), lambda *_: None, parent=first)
        print(f"{len(song.score.parts)} parts, {seconds} s: {len(ready)} stems taken over")
        print(f"{time.perf_counter() - wall:.2f} s wall, {time.process_time() - cpu:.2f} s "
              f"processor ({edit_cpu:.2f} s of it the edit)")  # fmt: skip
        same = [
            name for name in sorted(ready)
            if (first / "stems" / f"{name}.wav").read_bytes()
            == (second / "stems" / f"{name}.wav").read_bytes()
        ]  # fmt: skip
        print(f"byte-identical stem files: {len(same)} of {len(ready)}")


DRAWN = ("0:0.2 0.5:0.9 0.75:0.5 1:0.1", "0:0.9 0.5:0.1 1:0.9")


def curves() -> None:
    """How well new and finished pieces follow curves drawn by hand: rank correlations."""
    plain = [compose(prompt, seed=1) for prompt in PROMPTS]
    for name in CURVES:
        rows: dict[str, list[float]] = {"new": [], "refined": [], "before": []}
        for prompt, song in zip(PROMPTS, plain, strict=True):
            for points in DRAWN:
                edit = Edit(f"draw {name}", value=points)
                brief = understand(prompt, {name: points})
                for label, piece in (
                    ("new", compose_brief(brief, seed=1)),
                    ("refined", apply(song, edit)),
                    ("before", song),
                ):
                    found = likeness(piece, edit)
                    rows[label] += [] if found is None else [found]
        told = ", ".join(
            f"{label} {statistics.mean(r):.2f} (least {min(r):.2f})" for label, r in rows.items()
        )
        print(f"curve of {name}: {told}")


def main() -> int:
    """Run both measures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--edits", type=int, default=300)
    parser.add_argument("--seconds", type=int, default=180)
    parser.add_argument("--no-audio", action="store_true")
    parser.add_argument("--no-curves", action="store_true")
    options = parser.parse_args()
    bad = identity(options.edits)
    if not options.no_curves:
        curves()
    if not options.no_audio:
        speed(options.seconds)
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
