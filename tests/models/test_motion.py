"""Motion: known answers, and that it speaks only of what is complete."""

from __future__ import annotations

from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from songwright.models.chords import SCALES, shaped
from songwright.models.echoes import WIDTH as ECHO_WIDTH
from songwright.models.grid import DURATIONS, LOWEST
from songwright.models.likeness import Sound
from songwright.models.line_memory import rows_of
from songwright.models.lines import LINE_FEATURES, Frame, Harmony, Wish, tokens_of
from songwright.models.motion import MOTION_FEATURES, WIDTH

FRAME = Frame(4, 4, 2, (Harmony(0, 0, "maj"), Harmony(48, 7, "7")))
RISE = (Sound(0, 12, 60), Sound(12, 6, 64), Sound(18, 6, 64), Sound(24, 24, 62))


def told(line: tuple[Sound, ...], wish: Wish, name: str, frame: Frame = FRAME) -> list[int]:
    """A feature at the onset of every note, and at the end."""
    tokens, steps = tokens_of(line, frame)
    rows = rows_of(tokens, steps, frame, wish)
    column = LINE_FEATURES.index[name]
    at = [i for i, step in enumerate(steps) if step and step != steps[i - 1]]
    at = at if line[0].onset else [1, *at]
    return [int(rows[i, column]) for i in at]


def test_motion_stands_before_the_echoes() -> None:
    names = list(LINE_FEATURES.sizes)
    assert names[-ECHO_WIDTH - WIDTH : -ECHO_WIDTH] == list(MOTION_FEATURES)


def test_moves_repeats_and_runs() -> None:
    line = (*RISE, Sound(48, 12, 60), Sound(60, 36, 59))
    zero = 1 + 12
    assert told(line, Wish(), "last_high")[1:4] == [1 + p - LOWEST for p in (60, 64, 64)]
    assert told(line, Wish(), "move")[:5] == [0, 0, zero + 4, zero, zero - 2]
    assert told(line, Wish(), "move_before")[:5] == [0, 0, 0, zero + 4, zero]
    assert told(line, Wish(), "repeats")[:5] == [0, 0, 1, 2, 1]
    assert told(line, Wish(), "run")[:5] == [0, 0, 5 + 1, 5 + 1, 5 - 1]
    quarter, eighth = 1 + DURATIONS.index(12), 1 + DURATIONS.index(6)
    assert told(line, Wish(), "spacing")[:4] == [0, 0, quarter, eighth]
    assert told(line, Wish(), "high_above_root")[1:5] == [1, 1 + 4, 1 + 4, 1 + 7]


def test_bounds_and_pace_count_down() -> None:
    wish = Wish(low=58, high=69, density=1.0)  # eight onsets in eight quarters
    assert told(RISE, wish, "room_below")[:3] == [0, 1 + 2, 1 + 2]
    assert told(RISE, wish, "room_above")[:3] == [0, 1 + 9, 1 + 5]
    hurried = told((*RISE, Sound(72, 12, 60)), wish, "pace")
    assert hurried[-2] > hurried[0]  # little time is left, and much is still wished
    assert set(told(RISE, Wish(), "pace")) == set(told(RISE, Wish(), "room_below")) == {0}


@pytest.mark.parametrize(
    ("pitch", "then", "after", "minor", "expected"),
    [(62, 60, 64, False, 65), (67, 72, 71, False, 65), (60, 60, 61, False, 61),
     (60, 62, 61, None, 59), (57, 60, 63, True, 60), (64, 67, 67, False, 64)],
)  # fmt: skip
def test_shapes_keep_scale_steps(
    pitch: int, then: int, after: int, minor: bool | None, expected: int
) -> None:
    assert shaped(pitch, then, after, minor) == expected


@given(st.sampled_from(sorted(SCALES[False])), st.integers(40, 80), st.integers(40, 80))
def test_a_shape_on_itself_is_itself(place: int, then: int, after: int) -> None:
    assert shaped(then, then, after, False) == after
    if after % 12 in SCALES[False]:
        assert shaped(60 + place, then, after, False) % 12 in SCALES[False]


def test_the_same_shape_over_another_chord_is_foreseen() -> None:
    again = (*RISE, *(s._replace(onset=s.onset + 48) for s in RISE[:1]), Sound(60, 12, 64))
    tokens, steps = tokens_of(again, FRAME)
    rows = rows_of(tokens, steps, FRAME, Wish(minor=False))
    row = rows[steps.index(60)]
    assert int(row[LINE_FEATURES.index["bar_ago_shaped"]]) == 2 + 64 - LOWEST


def test_features_stay_within_their_sizes() -> None:
    random = Random(3)
    sizes = np.array(list(LINE_FEATURES.sizes.values()))
    for _ in range(30):
        line = tuple(
            Sound(step, random.choice((3, 6, 12, 40)), pitch)
            for step in range(0, 90, 6)
            if random.random() < 0.7
            for pitch in random.sample(range(30, 100), random.randint(1, 5))
        )
        line = tuple(s._replace(duration=min(s.duration, 96 - s.onset)) for s in line)
        tokens, steps = tokens_of(line, FRAME)
        wish = Wish(low=45, high=60, density=0.1 + 3 * random.random(), minor=True)
        rows = rows_of(tokens, steps, FRAME, wish)
        assert (rows < sizes).all()
