"""Laws that hold for every performance, whatever is played: checked on random parts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from songwright.errors import ScoreError
from songwright.perform import Performance, perform
from songwright.score import Note, Part, codec

INSTRUMENTS = [
    ("lead", "violin"), ("lead", "electric_guitar_clean"), ("chords", "acoustic_grand_piano"),
    ("chords", "acoustic_guitar_steel"), ("pad", "pad_2_warm"), ("bass", "synth_bass_1"),
    ("arp", "orchestral_harp"), ("drums", "standard_kit"),
]  # fmt: skip
ARTICULATIONS = [
    "", "staccato", "tenuto", "accent", "marcato", "legato", "tremolo", "pizzicato", "slide",
    "ghost", "unheard-of",
]  # fmt: skip
END_TICKS = 8 * 1920


@st.composite
def parts(draw: st.DrawFn) -> Part:
    role, instrument = draw(st.sampled_from(INSTRUMENTS))
    step = draw(st.sampled_from([1, 40, 60, 80, 120, 240]))
    notes = draw(
        st.lists(
            st.builds(
                lambda i, length, pitch, velocity, how: Note(
                    min(i * step, END_TICKS - 1), length, pitch, velocity, how
                ),
                st.integers(0, END_TICKS // step),
                st.integers(1, 4000),
                st.integers(30, 100),
                st.integers(1, 127),
                st.sampled_from(ARTICULATIONS),
            ),
            max_size=40,
        )
    )
    return Part("p", "P", role, instrument, tuple(notes))


def check(performance: Performance) -> None:
    end = performance.duration_seconds
    for part in performance.parts:
        onsets = [note.onset_seconds for note in part.notes]
        assert onsets == sorted(onsets)
        released: dict[int, float] = {}
        for note in part.notes:
            off = note.onset_seconds + note.duration_seconds
            assert 0.0 <= note.onset_seconds < end
            assert note.duration_seconds > 0.0
            assert off <= end
            assert 1 <= note.velocity <= 127
            assert released.get(note.pitch, -1.0) < note.onset_seconds
            released[note.pitch] = off
        assert [c.seconds for c in part.controls] == sorted(c.seconds for c in part.controls)
        for control in part.controls:
            assert 0.0 <= control.seconds <= end
            assert control.controller == 128 or 0 <= control.value <= 127


@settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    part=parts(),
    swing=st.sampled_from([0.5, 0.6, 2 / 3, 0.75]),
    timing_ms=st.sampled_from([0.0, 8.0, 30.0]),
    push=st.sampled_from([-40.0, 0.0, 25.0]),
    seed=st.integers(0, 5),
    ending=st.sampled_from(["final", "ring", "fade", "hard", "loop"]),
    bpm=st.floats(40.0, 240.0),
)
def test_every_performance_is_lawful(
    plan: Callable, score: Callable, playing: Callable,
    part: Part, swing: float, timing_ms: float, push: float, seed: int, ending: str, bpm: float,
) -> None:  # fmt: skip
    style = playing(
        timing_ms=timing_ms, velocity_spread=10.0, accent=1.0, phrasing=1.0, rubato=1.0,
        pedal=True, strum_ms=60.0, push_ms={part.role: push}, legato=1.0,
    )  # fmt: skip
    performance = perform(score(part, bpm=bpm), plan(swing=swing, seed=seed, ending=ending), style)
    check(performance)
    assert performance.ending == ending
    assert performance.duration_seconds == pytest.approx(32 * 60.0 / bpm)
    written = {(note.onset_ticks, note.pitch) for note in part.notes}
    assert len(performance.parts[0].notes) <= len(written)


def test_nothing_is_lost_from_ordinary_parts(
    plan: Callable, score: Callable, playing: Callable, band: tuple[Part, ...]
) -> None:
    style = playing(timing_ms=15.0, velocity_spread=8.0, accent=0.5, phrasing=0.5, strum_ms=30.0)
    performance = perform(score(*band), plan(swing=2 / 3), style)
    check(performance)
    assert [p.id for p in performance.parts] == [p.id for p in band]
    for ours, theirs in zip(performance.parts, band, strict=True):
        assert len(ours.notes) == len(theirs.notes)
        assert sorted(n.pitch for n in ours.notes) == sorted(n.pitch for n in theirs.notes)


def test_same_inputs_same_bytes_other_seed_other_bytes(
    plan: Callable, score: Callable, playing: Callable, band: tuple[Part, ...]
) -> None:
    style = playing(timing_ms=8.0, velocity_spread=6.0)
    first = codec.encode(perform(score(*band), plan(), style))
    assert first == codec.encode(perform(score(*band), plan(), style))
    assert first != codec.encode(perform(score(*band), plan(seed=8), style))


def _by_bar(part: Any, times_of: Callable[[Any], list[float]]) -> dict[int, list[Any]]:
    bars: dict[int, list[Any]] = {}
    for item in part:
        bars.setdefault(int(times_of(item) // 2.0), []).append(item)
    return bars


@pytest.mark.parametrize("edit", ["remove", "add", "silence"])
def test_editing_one_bar_leaves_the_others_as_they_were(
    edit: str, plan: Callable, score: Callable, playing: Callable, band: tuple[Part, ...]
) -> None:
    """Notes and controls away from the edited bar and its edges are equal to the last digit."""
    style = playing(
        timing_ms=9.0, velocity_spread=7.0, accent=0.5, phrasing=0.7, rubato=0.5, pedal=True,
        strum_ms=25.0,
    )  # fmt: skip
    start, end = 3 * 1920, 4 * 1920
    edited = []
    for part in band:
        inside = [n for n in part.notes if start <= n.onset_ticks < end]
        others = [n for n in part.notes if not start <= n.onset_ticks < end]
        if edit == "remove":
            inside = inside[1::2]
        elif edit == "add":
            inside = [*inside, Note(start + 360, 60, 61), Note(start + 1320, 90, 63)]
        else:
            inside = []
        edited.append(part.with_notes(tuple(others + inside)))
    before = perform(score(*band), plan(swing=0.6), style)
    after = perform(score(*edited), plan(swing=0.6), style)
    margin = 0.1  # the last note before the bar may be held differently, the first may be breathed
    for old, new in zip(before.parts, after.parts, strict=True):
        for attribute, time_of in (("notes", "onset_seconds"), ("controls", "seconds")):
            far = [
                [
                    item
                    for item in getattr(part, attribute)
                    if getattr(item, time_of) < 4.0 - margin
                    or getattr(item, time_of) > 8.0 + margin
                ]
                for part in (old, new)
            ]
            assert far[0] == far[1]
            assert far[0] or attribute == "controls"


@pytest.mark.parametrize("note", [(END_TICKS, 10, 60), (-1, 10, 60), (0, 0, 60)])
def test_notes_outside_the_piece_are_an_error(
    note: tuple[int, ...], plan: Callable, score: Callable, part: Callable, playing: Callable
) -> None:
    with pytest.raises(ScoreError, match="lead"):
        perform(score(part([note])), plan(), playing())


def test_parts_that_the_plan_does_not_know_and_empty_parts_are_played(
    plan: Callable, score: Callable, part: Callable, playing: Callable
) -> None:
    performance = perform(score(part([])), plan(energy=()), playing(timing_ms=5.0))
    assert performance.parts[0].notes == () and performance.parts[0].controls == ()
