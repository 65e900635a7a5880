"""Laws that hold for every brief, whatever is asked for together."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from songwright.brief import Avoid, Brief, InstrumentRequest, Length, TempoRequest
from songwright.composition import compose_piece
from songwright.composition.uses import uses
from songwright.errors import BriefError
from songwright.perform import perform
from songwright.score import instrument, instruments
from songwright.styles import style, style_ids
from songwright.theory import MODES, Key, Meter

_PITCHED = [i.id for i in instruments().values() if not i.is_kit]
_TONICS = st.sampled_from("C D Eb F# G A Bb".split())
_FAMILIES = sorted({i.family for i in instruments().values()})


def _family(name: str) -> tuple[str, ...]:
    return tuple(i.id for i in instruments().values() if i.family == name)


BRIEFS = st.builds(
    Brief,
    style=st.sampled_from(style_ids()),
    use=st.sampled_from(["", *uses()]),
    key=st.none() | st.builds(Key, _TONICS, st.sampled_from(list(MODES))),
    tempo=st.none() | st.integers(40, 220).map(lambda b: TempoRequest(b, b)),
    meter=st.none() | st.builds(Meter, st.integers(2, 9), st.sampled_from([4, 8])),
    length=st.integers(1, 40).map(lambda n: Length("bars", n, n)),
    instruments=st.lists(
        st.sampled_from(_PITCHED).map(lambda i: InstrumentRequest(i, (i,))), max_size=3
    ).map(tuple),
    avoid=st.lists(
        st.sampled_from(_FAMILIES).map(lambda f: Avoid(f, _family(f))), max_size=2
    ).map(tuple),
    note_density=st.sampled_from(["", "sparse", "dense"]),
    ending=st.sampled_from(["", "final", "hard", "loop", "fade", "ring"]),
    register=st.sampled_from(["", "low", "high"]),
)  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(BRIEFS, st.integers(0, 1000))
def test_no_brief_breaks_a_law(brief: Brief, seed: int) -> None:
    try:
        plan, score = compose_piece(brief, seed)
    except BriefError:
        return  # impossible together, and said so
    bar = plan.meter.bar_ticks
    barred = {i for avoid in brief.avoid for i in avoid.instruments}
    starts = [s.start_bar for s in score.sections]
    assert [s.bars for s in score.sections] == [s.bars for s in plan.sections]
    assert starts == [sum(s.bars for s in plan.sections[:i]) for i in range(len(plan.sections))]
    assert score.bars == plan.bars
    for part in score.parts:
        player = instrument(part.instrument)
        assert part.instrument not in barred
        for note in part.notes:
            assert player.low <= note.pitch <= player.high
            assert 0 <= note.onset_ticks < note.end_ticks <= plan.bars * bar
        by_pitch: dict[int, list[tuple[int, int]]] = {}
        for note in part.notes:
            by_pitch.setdefault(note.pitch, []).append((note.onset_ticks, note.end_ticks))
        for spans in by_pitch.values():
            assert all(a[1] <= b[0] for a, b in pairwise(sorted(spans)))
        if not player.polyphonic and part.role not in ("drums", "percussion"):
            ordered = sorted((n.onset_ticks, n.end_ticks) for n in part.notes)
            assert all(a[0] < b[0] for a, b in pairwise(ordered))
    played = perform(score, plan, style(plan.style))
    for played_part in played.parts:
        for note in played_part.notes:
            assert note.duration_seconds > 0
            assert note.onset_seconds >= 0
            assert note.onset_seconds + note.duration_seconds <= played.duration_seconds + 1e-6
