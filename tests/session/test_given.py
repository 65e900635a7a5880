"""Given material: kept to the note with everything else around it, or developed."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest
from click.testing import CliRunner

from songwright.cli.app import group
from songwright.errors import FileFormatError, ProjectError
from songwright.score import (
    ChordSpan,
    KeyChange,
    MeterChange,
    Note,
    Part,
    Score,
    TempoChange,
)
from songwright.score.codec import digest
from songwright.score.midi import write_midi
from songwright.session import Song, load
from songwright.session.given import compose_given, key_of, motif_of
from songwright.session.refine import Edit, Scope, apply
from songwright.theory import Key, Meter, parse_chord

# Two bars of a tune in D minor.
MOTIF = ((0, 480, 62), (480, 240, 65), (720, 240, 69), (960, 960, 67), (1920, 480, 65),
         (2400, 480, 64), (2880, 960, 62))  # fmt: skip
MELODY = tuple((t + b * 3840, d, p) for b in range(4) for t, d, p in MOTIF)
BASS = tuple((b * 1920 + t, 480, p) for b, p in enumerate((38, 38, 34, 34, 41, 41, 36, 38))
             for t in (0, 960, 1440))  # fmt: skip


def written(
    folder: Path, name: str, notes: tuple[tuple[int, int, int], ...], role: str = "lead",
    player: str = "flute", meter: Meter | None = None, chords: tuple[ChordSpan, ...] = (),
) -> Path:  # fmt: skip
    """A MIDI file of one part."""
    part = Part("x", "Tune", role, player, tuple(Note(*n) for n in notes))
    meter = meter or Meter(4, 4)
    end = max([t + d for t, d, _ in notes] + [c.end_ticks for c in chords])
    score = Score(
        "given", -(-end // meter.bar_ticks), (MeterChange(0, meter),), (TempoChange(0, 96.0),),
        (KeyChange(0, Key("D", "minor")),), chords=chords, parts=(part,),
    )  # fmt: skip
    path = folder / name
    path.write_bytes(write_midi(score))
    return path


def plain(notes: tuple[Note, ...]) -> list[tuple[int, int, int]]:
    return [(n.onset_ticks, n.duration_ticks, n.pitch) for n in notes]


def lead(song: Song) -> tuple[Note, ...]:
    return next(p.notes for p in song.score.parts if p.role == "lead")


def test_a_melody_is_kept_to_the_note(tmp_path: Path) -> None:
    path = written(tmp_path, "tune.mid", MELODY)
    song = compose_given("pop ballad", seed=2, controls={"melody": path})
    assert plain(lead(song)) == list(MELODY)
    assert str(song.plan.key) == "D minor"
    assert (song.plan.bars, song.plan.tempo_bpm) == (8, 96.0)
    said = next(d for d in song.plan.decisions if d.control == "given melody")
    assert said.value == digest(lead(song))[:12]
    held = [
        sum(d for t, d, p in MELODY if c.onset_ticks <= t < c.end_ticks and p % 12 in c.chord.pcs)
        for c in song.score.chords
    ]  # fmt: skip
    assert sum(held) >= 0.6 * sum(d for _, d, _ in MELODY)  # the harmony fits the tune
    assert all(p.notes for p in song.score.parts if p.role in ("bass", "drums"))


def test_what_was_given_is_locked(tmp_path: Path) -> None:
    song = compose_given("pop", seed=2, controls={"melody": written(tmp_path, "t.mid", MELODY)})
    name = next(p.id for p in song.plan.parts if p.role == "lead")
    with pytest.raises(ProjectError, match="locked"):
        apply(song, Edit("octave", Scope(parts=(name,)), 1.0))
    after = apply(song, Edit("regenerate"))
    assert after.score.part(name) == song.score.part(name)


def test_a_bass_line_carries_the_harmony(tmp_path: Path) -> None:
    path = written(tmp_path, "bass.mid", BASS, "bass", "electric_bass_finger")
    song = compose_given("funk in D minor", seed=2, controls={"bass": path})
    bass = next(p.notes for p in song.score.parts if p.role == "bass")
    assert plain(bass) == list(BASS)
    roots = {c.onset_ticks // 1920: c.chord.root_pc for c in song.score.chords}
    downbeats = {t // 1920: p % 12 for t, _, p in BASS if t % 1920 == 0}
    assert sum(roots.get(b) == pc for b, pc in downbeats.items() if b in roots) >= 3


def test_drums_are_kept_and_the_band_plays_on(tmp_path: Path) -> None:
    beat = tuple((b * 1920 + t, 240, p) for b in range(8)
                 for t, p in ((0, 36), (480, 38), (960, 36), (1440, 38), (720, 42)))  # fmt: skip
    path = written(tmp_path, "beat.mid", tuple(sorted(beat)), "drums", "standard_kit")
    song = compose_given("rock in E minor", seed=2, controls={"drums": path})
    drums = next(p.notes for p in song.score.parts if p.role == "drums")
    assert [(t, p) for t, _, p in plain(drums)] == [(t, p) for t, _, p in sorted(beat)]
    assert sum(bool(p.notes) for p in song.score.parts) >= 3


@pytest.mark.parametrize("spelt", [True, False])
def test_a_chord_track(tmp_path: Path, spelt: bool) -> None:
    names = ("Dm", "Bb", "F", "C", "Dm", "Gm", "A7", "Dm")
    track = tuple(ChordSpan(b * 1920, 1920, parse_chord(n)) for b, n in enumerate(names))
    notes = tuple(
        (c.onset_ticks, 1920, 48 + c.chord.root_pc + (pc - c.chord.root_pc) % 12)
        for c in track for pc in c.chord.pcs
    ) if spelt else ((0, 15360, 74),)  # fmt: skip
    path = written(tmp_path, "chords.mid", notes, "chords", "acoustic_grand_piano",
                   chords=() if spelt else track)  # fmt: skip
    song = compose_given("pop", seed=2, controls={"chords": path})
    heard = [next(c.chord for c in song.score.chords if c.onset_ticks <= b * 1920 < c.end_ticks)
             for b in range(8)]  # fmt: skip
    assert [c.symbol for c in heard] == list(names)


def test_melody_and_chords_together(tmp_path: Path) -> None:
    names = ("Dm", "C", "Dm", "C", "Bb", "F", "Gm", "Dm")
    track = tuple(ChordSpan(b * 1920, 1920, parse_chord(n)) for b, n in enumerate(names))
    chords = written(tmp_path, "c.mid", ((0, 15360, 62),), chords=track)
    song = compose_given(
        "pop", seed=2, controls={"melody": written(tmp_path, "t.mid", MELODY), "chords": chords}
    )
    assert plain(lead(song)) == list(MELODY)
    heard = [next(c.chord.symbol for c in song.score.chords if c.onset_ticks <= b * 1920
                  < c.end_ticks) for b in range(8)]  # fmt: skip
    assert heard == list(names)


@pytest.mark.parametrize("prompt", ["pop song, 32 bars", "string quartet, 16 bars"])
def test_a_motif_is_developed(tmp_path: Path, prompt: str) -> None:
    path = written(tmp_path, "motif.mid", MOTIF)
    song = compose_given(prompt, seed=2, develop=path)
    bar = 1920
    steps = [b - a for (_, _, a), (_, _, b) in pairwise(MOTIF)]
    stated, related, letters = 0, set(), {s.letter for s in song.plan.sections}
    for section in song.plan.sections:
        start = section.start_bar * bar
        opening = [n for n in lead(song) if start <= n.onset_ticks < start + 2 * bar]
        onsets = [n.onset_ticks - start for n in opening]
        if sum(t in onsets for t, _, _ in MOTIF) >= 0.8 * len(MOTIF):  # ornaments may be added
            related.add(section.letter)
            stated += [b.pitch - a.pitch for a, b in
                       pairwise(opening)] == steps  # fmt: skip
    assert stated >= 1
    assert len(related) >= min(2, len(letters))
    assert any(n.pitch % 12 in (2, 5, 9) for n in lead(song))


def test_a_new_theme_gives_the_motif_up(tmp_path: Path) -> None:
    song = compose_given("pop, 16 bars", seed=2, develop=written(tmp_path, "m.mid", MOTIF))
    after = apply(song, Edit("theme"))
    assert after.brief.motif == ()
    assert plain(lead(after)) != plain(lead(song))


def test_a_motif_in_another_key_and_metre(tmp_path: Path) -> None:
    path = written(tmp_path, "motif.mid", MOTIF)
    song = compose_given("waltz in E minor, 16 bars", seed=2, develop=path)
    assert str(song.plan.meter) == "3/4"
    assert [n.pitch for n in song.brief.motif] == [p + 2 for _, _, p in MOTIF]


def test_the_first_bars_are_the_motif() -> None:
    part = Part("x", "x", "lead", "flute", tuple(
        Note(t + 1920 + 1680 * (i > 0), d, p) for i, (t, d, p) in enumerate(MOTIF)))  # fmt: skip
    score = Score("x", 5, (MeterChange(0, Meter(4, 4)),), (TempoChange(0, 100.0),),
                  (KeyChange(0, Key("C", "major")),), parts=(part,))  # fmt: skip
    motif = motif_of(score, Meter(4, 4))
    assert motif[0].onset_ticks == 0
    assert all(n.onset_ticks < 3840 for n in motif)
    assert key_of([score]) == Key("D", "minor")


def test_files_that_do_not_fit(tmp_path: Path) -> None:
    hummed = tmp_path / "hummed.wav"
    hummed.write_bytes(b"RIFF")
    with pytest.raises(FileFormatError, match="is a recording"):
        compose_given("pop", controls={"melody": hummed})
    tune = written(tmp_path, "t.mid", MELODY)
    waltz = written(tmp_path, "w.mid", BASS[:12], "bass", "electric_bass_finger", Meter(3, 4))
    with pytest.raises(ProjectError, match="one metre"):
        compose_given("pop", controls={"melody": tune, "bass": waltz})
    with pytest.raises(ProjectError, match="do not fit"):
        compose_given("pop in 3/4", controls={"melody": tune})
    with pytest.raises(ProjectError, match="extend"):
        compose_given("pop, 4 bars", controls={"melody": tune})
    with pytest.raises(FileFormatError, match="cannot be read"):
        compose_given("pop", develop=tmp_path / "none.mid")
    with pytest.raises(FileFormatError, match="needs 3"):
        compose_given("pop", develop=written(tmp_path, "two.mid", MOTIF[:2]))
    with pytest.raises(ProjectError, match="cannot be given"):
        compose_given("pop", controls={"kazoo": tune})


def test_the_command(tmp_path: Path) -> None:
    tune, out = written(tmp_path, "tune.mid", MELODY), tmp_path / "out"
    done = CliRunner().invoke(
        group, ["compose", "pop ballad", "--melody", str(tune), "--energy", "0:0.2 8:0.9",
               "--no-audio", "--no-evaluation", "--out", str(out)]
    )  # fmt: skip
    assert done.exit_code == 0, done.output
    song = load(out)
    assert plain(lead(song)) == list(MELODY)
    assert "energy curve" in done.output
    assert "missed" not in next(x for x in done.output.splitlines() if "energy curve" in x)
