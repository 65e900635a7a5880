"""What each kind of edit does, on real notes."""

from __future__ import annotations

import pytest

from songwright.errors import ProjectError, StyleError
from songwright.score import instrument
from songwright.score.codec import decode, encode
from songwright.session import Song
from songwright.session.refine import Edit, Scope, apply, parse_scope, replay
from songwright.session.refine.difference import difference
from songwright.session.refine.remix import settings_of

BASS = Scope(parts=("bass",))


def test_a_refined_song_is_stored_and_read_back(song: Song) -> None:
    after = apply(song, Edit("octave", BASS, 1.0), Edit("level", BASS, -3.0))
    again = decode(after.to_json(), Song)
    assert again == after
    assert again.refined is not None
    assert [e.kind for e in again.refined.edits] == ["octave", "level"]


def test_a_song_of_before_still_loads(song: Song) -> None:
    data = song.to_json().replace(b',\n "refined": null', b"")
    assert b"refined" not in data
    assert decode(data, Song) == song


def test_replay_gives_the_same_bytes(song: Song) -> None:
    edits = (
        Edit("vary", Scope(parts=("lead",), bars=((4, 12),)), 0.5),
        Edit("lock", BASS), Edit("regenerate", Scope(bars=((8, 16),))),
        Edit("tempo", amount=1.1, value="factor"), Edit("repeat", Scope(("chorus",))),
    )  # fmt: skip
    once = apply(song, *edits)
    step = song
    for edit in edits:
        step = apply(step, edit)
    assert once.to_json() == step.to_json() == replay(song, edits).to_json()


def test_transposing_moves_notes_chords_and_keys(song: Song) -> None:
    after = apply(song, Edit("transpose", amount=2.0))
    assert str(after.plan.key) == "D major"
    for a, b in zip(song.score.chords, after.score.chords, strict=True):
        assert (b.chord.root_pc - a.chord.root_pc) % 12 == 2
        assert a.roman == b.roman
    for old, new in zip(song.score.parts, after.score.parts, strict=True):
        if old.role in ("drums", "percussion"):
            assert old == new
        else:
            assert {
                (b.pitch - a.pitch) % 12 for a, b in zip(old.notes, new.notes, strict=True)
            } <= {2}
    assert all(k.key.tonic_pc % 12 == 2 for k in after.score.keys[:1])


def test_another_mode_bends_the_scale(song: Song) -> None:
    after = apply(song, Edit("key", value="C minor"))
    assert str(after.plan.key) == "C minor"
    lead = after.score.part("lead").notes
    inside = sum(n.pitch % 12 in after.plan.key.scale_pcs for n in lead)
    assert inside / len(lead) > 0.85


def test_tempo_keeps_every_note_and_its_place(song: Song) -> None:
    after = apply(song, Edit("tempo", amount=song.plan.tempo_bpm * 1.25))
    assert after.score.parts == song.score.parts
    assert after.perform().duration_seconds == pytest.approx(song.perform().duration_seconds / 1.25)
    back = apply(after, Edit("tempo", amount=song.plan.tempo_bpm))
    for old, new in zip(song.perform().parts, back.perform().parts, strict=True):
        gaps = [abs(a.onset_seconds - b.onset_seconds)
                for a, b in zip(old.notes, new.notes, strict=True)]  # fmt: skip
        assert max(gaps) < 0.0001


@pytest.mark.parametrize(
    ("text", "factor", "more_bpm"),
    [("halve the tempo", 0.5, 0.0), ("20 % slower", 0.8, 0.0), ("10 bpm faster", 1.0, 10.0)],
)
def test_a_tempo_told_from_the_old_one_leaves_the_notes(
    song: Song, text: str, factor: float, more_bpm: float
) -> None:
    after = song.refine(text)
    assert after.plan.tempo_bpm == pytest.approx(song.plan.tempo_bpm * factor + more_bpm)
    assert after.score.parts == song.score.parts
    assert after.score.chords == song.score.chords


def test_an_interval_moves_key_and_chords_and_stays_playable(song: Song) -> None:
    after = song.refine("up a minor third")
    assert after.plan.key == song.plan.key.transposed(3)
    assert after.plan.tempos == song.plan.tempos
    for old, new in zip(song.score.parts, after.score.parts, strict=True):
        if old.role in ("drums", "percussion"):
            assert old == new
            continue
        player = instrument(new.instrument)
        assert all(player.low <= n.pitch <= player.high for n in new.notes)
        assert all((b.pitch - a.pitch) % 12 == 3
                   for a, b in zip(old.notes, new.notes, strict=True))  # fmt: skip


def test_tempo_out_of_range_is_refused(song: Song) -> None:
    with pytest.raises(ProjectError, match="20-320"):
        apply(song, Edit("tempo", amount=900.0))


def test_swap_moves_everything(song: Song) -> None:
    a, b = song.plan.sections[0], song.plan.sections[1]
    after = apply(song, Edit("swap", Scope((a.id, b.id))))
    bar = song.plan.meter.bar_ticks
    for part in song.score.parts:
        old = [n.pitch for n in part.notes
               if b.start_bar <= n.onset_ticks // bar < b.end_bar]  # fmt: skip
        new = [n.pitch for n in after.score.part(part.id).notes if n.onset_ticks // bar < b.bars]
        assert old == new
    assert after.plan.bars == song.plan.bars
    assert [s.function for s in after.plan.sections[:2]] == [b.function, a.function]
    assert after.score.chords[0].chord == next(
        c.chord for c in song.score.chords if c.end_ticks > b.start_bar * bar
    )


def test_delete_and_repeat_change_the_length(song: Song) -> None:
    last = song.plan.sections[1]
    shorter = apply(song, Edit("delete", Scope((last.id,))))
    assert shorter.plan.bars == song.plan.bars - last.bars
    longer = apply(song, Edit("repeat", Scope((last.id,)), 2.0))
    assert longer.plan.bars == song.plan.bars + 2 * last.bars
    assert longer.score.bars == longer.plan.bars == len(longer.plan.energy)


@pytest.mark.parametrize("seconds", [30.0, 75.0])
def test_length_in_seconds(song: Song, seconds: float) -> None:
    after = apply(song, Edit("length", amount=seconds))
    bar = song.perform().duration_seconds / song.plan.bars
    assert abs(after.perform().duration_seconds - seconds) <= bar


def test_simplify_leaves_one_note_at_a_time_on_the_grid(song: Song) -> None:
    after = apply(song, Edit("simplify", Scope(parts=("lead",)), value="beginner"))
    notes = after.score.part("lead").notes
    assert len(notes) < len(song.score.part("lead").notes)
    assert all(n.onset_ticks % 480 == 0 for n in notes)
    assert len({n.onset_ticks for n in notes}) == len(notes)


def test_thinning_keeps_the_first_moment_of_each_bar(song: Song) -> None:
    bar = song.plan.meter.bar_ticks
    after = apply(song, Edit("thin", Scope(parts=("drums",)), 0.5))
    old, new = (s.score.part("drums").notes for s in (song, after))
    assert 0.35 < len(new) / len(old) < 0.75
    assert {n.onset_ticks // bar for n in old} == {n.onset_ticks // bar for n in new}


def test_more_energy_adds_notes_or_loudness_there(song: Song) -> None:
    section = song.plan.sections[1]
    after = apply(song, Edit("energy", Scope((section.id,)), 0.35))
    times = song.score.bars and song.plan.meter.bar_ticks
    span = (section.start_bar * times, section.end_bar * times)
    weight = []
    for which in (song, after):
        ticks = sum(n.velocity for p in which.perform().parts for n in p.notes)
        notes = sum(span[0] <= n.onset_ticks < span[1] for p in which.score.parts for n in p.notes)
        weight.append((notes, ticks))
    assert weight[1][0] >= weight[0][0]
    assert weight[1][1] > weight[0][1]
    assert after.plan.sections[1].energy > section.energy


def test_losing_a_part_takes_it_out(song: Song) -> None:
    after = apply(song, Edit("remove", Scope(parts=("bass",))))
    assert "bass" not in {p.id for p in after.score.parts} | {p.id for p in after.plan.parts}
    assert all("bass" not in s.parts for s in after.plan.sections)


def test_adding_a_part_changes_no_other(song: Song) -> None:
    after = apply(song, Edit("add", value="cello"))
    assert after.score.parts[:-1] == song.score.parts
    assert after.score.parts[-1].instrument == "cello"
    assert after.score.parts[-1].notes
    assert after.perform().parts[:-1] == song.perform().parts


def test_typed_chords_are_obeyed(song: Song) -> None:
    after = apply(song, Edit("chords", Scope(bars=((4, 8),)), value="Dm7 | G7 | Cmaj7 | Am"))
    bar = song.plan.meter.bar_ticks
    names = [next(c.chord.symbol for c in after.score.chords
                  if c.onset_ticks <= b * bar < c.end_ticks) for b in range(4, 8)]  # fmt: skip
    assert names == ["Dm7", "G7", "Cmaj7", "Am"]
    bass = [n for n in after.score.part("bass").notes if n.onset_ticks == 5 * bar]
    assert all(n.pitch % 12 == 7 for n in bass)


def test_reharmonising_keeps_the_tune(song: Song) -> None:
    after = apply(song, Edit("reharmonise", Scope(bars=((4, 12),))))
    assert after.score.part("lead") == song.score.part("lead")
    assert after.score.chords != song.score.chords


def test_another_style_keeps_the_tune(song: Song) -> None:
    after = apply(song, Edit("style", value="bossa nova"))
    assert after.plan.style == "bossa_nova"
    tune = after.score.part("lead").notes
    assert [(n.onset_ticks, n.pitch % 12) for n in tune] == [
        (n.onset_ticks, n.pitch % 12) for n in song.score.part("lead").notes
    ]
    assert after.score.chords == song.score.chords
    with pytest.raises(StyleError, match="no style"):
        apply(song, Edit("style", value="flibber"))


def test_mix_edits_change_no_note(song: Song) -> None:
    after = apply(
        song, Edit("level", BASS, 2.0), Edit("pan", BASS, -0.4), Edit("brighter", BASS, 3.0),
        Edit("mute", Scope(parts=("drums",))), Edit("loudness", amount=-16.0),
    )  # fmt: skip
    assert after.score == song.score
    assert after.perform() == song.perform()
    old, new = settings_of(song), settings_of(after)
    assert new.parts["bass"].level_db == old.parts["bass"].level_db + 2.0
    assert new.parts["bass"].pan == -0.4
    assert new.master.target_lufs == -16.0
    assert {p for p in old.parts if old.parts[p] != new.parts[p]} == {"bass", "drums"}


def test_locks_hold_and_say_so(song: Song) -> None:
    locked = apply(song, Edit("lock", BASS))
    after = apply(locked, Edit("regenerate"))
    assert after.score.part("bass") == song.score.part("bass")
    assert after.score.part("drums") != song.score.part("drums")
    with pytest.raises(ProjectError, match="bass is locked"):
        apply(locked, Edit("regenerate", BASS))
    with pytest.raises(ProjectError, match="locked"):
        apply(locked, Edit("transpose", amount=2.0))
    free = apply(locked, Edit("unlock", BASS), Edit("octave", BASS, 1.0))
    assert free.score.part("bass") != song.score.part("bass")
    with pytest.raises(ProjectError, match="not locked"):
        apply(song, Edit("unlock", BASS))


def test_deleting_locked_bars_is_refused(song: Song) -> None:
    locked = apply(song, Edit("lock", Scope((song.plan.sections[1].id,), ("bass",))))
    with pytest.raises(ProjectError, match="locked"):
        apply(locked, Edit("delete", Scope((song.plan.sections[1].id,))))
    moved = apply(locked, Edit("delete", Scope((song.plan.sections[0].id,))))
    assert moved.refined is not None
    shift = song.plan.sections[0].bars
    section = song.plan.sections[1]
    assert moved.refined.locks[0].bars == ((section.start_bar - shift, section.end_bar - shift),)


@pytest.mark.parametrize("text", ["tuba", "chorus#9", "bars 90-99", "bass:bars 5-2"])
def test_scopes_outside_the_piece(song: Song, text: str) -> None:
    with pytest.raises(ProjectError):
        parse_scope(text, song.plan)


def test_scope_in_any_order(song: Song) -> None:
    one = parse_scope("bars 5-8:bass", song.plan)
    assert one == parse_scope("bass:bars 5-8", song.plan)
    assert one.bars == ((4, 8),)


def test_differences_in_music_terms(song: Song) -> None:
    assert difference(song, song) == ()
    assert difference(song, apply(song, Edit("remaster"))) == ()
    after = apply(song, Edit("octave", BASS, 1.0), Edit("level", BASS, 2.0),
                  Edit("tempo", amount=1.1, value="factor"))  # fmt: skip
    topics = {c.topic: c.after for c in difference(song, after)}
    assert "bass: pitch" in topics or any(t.startswith("bass: notes") for t in topics)
    assert {"tempo", "length", "bass: level"} <= set(topics)
    assert encode(song) == encode(song)


def test_the_song_says_it_all(song: Song) -> None:
    locked = song.lock("bass")
    after = locked.refine("regenerate the verse")
    assert after.score.part("bass") == song.score.part("bass")
    assert after.unlock().refine("bass an octave higher").score.part("bass") != (
        song.score.part("bass")
    )
    assert any("drums" in change.topic for change in song.diff(after))


def test_half_time_moves_the_backbeat(song: Song) -> None:
    after = apply(song, Edit("half time"))
    bar = song.plan.meter.bar_ticks
    places = [
        {n.onset_ticks % bar for n in s.score.part("drums").notes if n.pitch in (38, 39, 40)}
        for s in (song, after)
    ]
    assert 480 in places[0]
    assert 480 not in places[1]
    assert 960 in places[1]
    assert after.plan.tempo_bpm == song.plan.tempo_bpm


def test_the_level_of_a_scope_decides_what_is_made_again(song: Song) -> None:
    again = apply(song, Edit("regenerate", Scope(levels=("performance",))))
    assert again.score == song.score
    assert again.perform() != song.perform()
    other = apply(song, Edit("regenerate", Scope(levels=("harmony",))))
    assert other.score.chords != song.score.chords
    assert other.score.part("drums") == song.score.part("drums")
    with pytest.raises(ProjectError, match="not written"):
        apply(song, Edit("regenerate", Scope(levels=("mix",))))


def test_edits_use_the_makers_of_the_plan() -> None:
    """A learned piece gets learned tunes when it is refined, too."""
    from dataclasses import replace

    from songwright.session import compose
    from songwright.session.refine.state import Piece
    from songwright.session.refine.writing import write_parts

    learned = Piece.of(compose("pop in C major, 8 bars, piano", seed=5, maker="learned"))
    assert any(d.control == "melody" and d.value == "learned" for d in learned.plan.decisions)
    ruled = replace(learned, plan=replace(learned.plan, maker="rules"))
    lead = {p.id for p in learned.plan.parts if p.role == "lead"}
    one = write_parts(learned, learned.plan, lead, {})[0]
    other = write_parts(ruled, ruled.plan, lead, {})[0]
    assert {p: learned.notes(p) for p in lead} == one  # the same maker and seed: the same tune
    assert one != other


def test_a_difference_follows_the_form(song: Song) -> None:
    """What only moved is not told as changed."""
    after = apply(song, Edit("insert", value="4-bar bridge before chorus"))
    assert {c.topic for c in difference(song, after)} == {"length", "form"}
    louder = apply(after, Edit("louder", BASS, 12.0))
    topics = [c.topic for c in difference(song, louder)]
    assert any(t.startswith("bass: dynamics") for t in topics)
    waltz = apply(song, Edit("metre", value="3/4"))
    told = {c.topic: c.after for c in difference(song, waltz)}
    assert told["metre"] == "3/4"
    assert told["lead: notes"] == "the same pitches in the new metre"
