"""What stays when a piece is made shorter."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from songwright.composition import SectionPlan
from songwright.session.refine.shorten import shorter
from songwright.theory import Key

_KEY = Key("C", "major")


def sections(*functions: str, bars: int = 8) -> list[SectionPlan]:
    return [
        SectionPlan(f"{f}-{i}", f, f[0], 0, i * bars, bars, (bars,), 0.5, _KEY)
        for i, f in enumerate(functions)
    ]


def test_the_hook_and_the_close_stay() -> None:
    song = sections("intro", "verse", "chorus", "verse", "outro")
    assert shorter(song, 8) == [(2, 16, 6), (4, 38, 2)]
    assert [i for i, _, _ in shorter(song, 20)] == [1, 2, 4]
    assert shorter(song, 3) == [(2, 16, 2), (4, 39, 1)]
    assert shorter(song, 1) == [(4, 39, 1)]
    assert shorter(song, 40) == [(i, 8 * i, 8) for i in range(5)]


@given(
    st.lists(st.sampled_from(["intro", "verse", "chorus", "drop", "D", "outro"]), min_size=1,
             max_size=9), st.integers(1, 12), st.data(),
)  # fmt: skip
def test_exact_length_in_order_without_overlap(
    functions: list[str], bars: int, data: st.DataObject
) -> None:
    song = sections(*functions, bars=bars)
    wanted = data.draw(st.integers(1, bars * len(song)))
    found = shorter(song, wanted)
    assert sum(count for _, _, count in found) == wanted
    ends = 0
    for index, first, count in found:
        assert first >= ends and count > 0
        assert song[index].start_bar <= first and first + count <= song[index].end_bar
        ends = first + count
    assert ends == bars * len(song)
