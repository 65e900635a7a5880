"""Tunes of the melody model: inside every constraint, with form, the same for a seed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import pytest

from songwright.brief.model import Brief, Length
from songwright.composition import Plan, compose_piece, make_plan
from songwright.composition.learned import melody
from songwright.composition.learned.drafts import SHORTLIST, Request
from songwright.composition.learned.line_rules import Ground, scale_over
from songwright.composition.learned.line_score import score_line
from songwright.composition.learned.melody import learned_theme, learned_themes
from songwright.composition.learned.phrases import phrases_of
from songwright.composition.learned.returning import band_of_return, rhythm_of_return
from songwright.composition.learned.tunes import Tunes, sampled_tunes
from songwright.composition.learned.upbeats import with_upbeats
from songwright.composition.melody import compose_melody
from songwright.composition.melody.layout import CellPlan
from songwright.composition.melody.rhythm import RhythmTaste
from songwright.composition.melody.theme import Setting, Theme
from songwright.composition.plan import PartPlan
from songwright.errors import ConstraintError, ModelError
from songwright.models.likeness import Sound
from songwright.score import Note, Score
from songwright.seeds import rng
from songwright.styles import MelodyFacts, style
from songwright.theory import Chord, Key, Meter, parse_chord

CHORDS = ("Eb", "Cm", "Ab", "Bb7")
FACTS = MelodyFacts()
KEY = Key("Eb", "major")


def _chord_at(tick: int) -> Chord:
    return parse_chord(CHORDS[tick // 1920 % 4])


def _setting(**changes: object) -> Setting:
    setting = Setting(
        Meter(4, 4), (4, 4), _chord_at, KEY, 58, 80, 69.0, 8.0, RhythmTaste.of(FACTS, 5.0),
        False, 2,
    )  # fmt: skip
    return replace(setting, **changes)  # type: ignore[arg-type]


def _cells(labels: str, bars: int = 2) -> tuple[CellPlan, ...]:
    names = labels.split()
    half = len(names) // 2
    return tuple(
        CellPlan(name, bars, k in (0, half), k in (half - 1, len(names) - 1))
        for k, name in enumerate(names)
    )


def _request(name: str = "A", labels: str = "a a' b c.", **changes: object) -> Request:
    return Request(name, _setting(**changes), FACTS, _cells(labels))


def _lead(plan: Plan) -> PartPlan:
    return next(part for part in plan.parts if part.role == "lead")


def _sampled(plan: Plan, brief: Brief) -> Tunes:
    return sampled_tunes(plan, _lead(plan), brief)


def _check(theme: Theme, setting: Setting) -> None:
    total = sum(setting.phrases) * setting.meter.bar_ticks
    assert theme.notes
    for note in theme.notes:
        assert setting.low <= note.pitch <= setting.high
        assert note.duration_ticks > 0
        assert note.end_ticks <= total
    for a, b in pairwise(theme.notes):
        assert a.end_ticks <= b.onset_ticks


def test_a_scheme_becomes_phrases_that_know_what_they_are_like() -> None:
    phrases = phrases_of(_cells("a a' b c."))
    assert [(p.start_bar, p.bars, p.source, p.mark) for p in phrases] == [
        (0, 2, None, None), (2, 2, (0, 2), "'"), (4, 4, (2, 2), None),
    ]  # fmt: skip
    assert phrases[-1].is_last
    assert phrases[-1].ends
    period = phrases_of(_cells("a b a c."))
    assert [(p.start_bar, p.bars, p.source, p.mark) for p in period] == [
        (0, 4, None, None), (4, 2, (0, 2), ""), (6, 2, (4, 2), None),
    ]  # fmt: skip
    assert [p.start_bar for p in phrases_of(_cells("a - a' -"))] == [0, 4]


@pytest.mark.parametrize(
    "meter", [Meter(4, 4), Meter(3, 4), Meter(6, 8), Meter(12, 8), Meter(7, 8)]
)
@pytest.mark.parametrize("closes", [False, True])
def test_themes_obey_whatever_the_metre(meter: Meter, closes: bool) -> None:
    setting = _setting(meter=meter, chord_at=lambda tick: parse_chord("Eb"), closes=closes)
    for seed in range(2):
        theme = learned_theme(replace(_request(), setting=setting), ("lied",), 100.0, seed)
        _check(theme, setting)
        for note in theme.notes:
            strength = meter.strength(note.onset_ticks % meter.bar_ticks)
            if strength == 4:
                assert note.pitch % 12 in parse_chord("Eb").pcs
        last = theme.notes[-1].pitch % 12
        assert last in ({3} if closes else {3, 7, 10})
        assert set(theme.cells) <= set("abc")
        assert {n.onset_ticks for n in theme.notes} >= {
            o for o, _ in theme.cells["a"].spans if o >= 0
        }


def test_a_theme_does_not_depend_on_what_is_sampled_beside_it() -> None:
    alone = learned_themes([_request("A")], ("hymn",), 100.0, 7)["A"]
    others = [_request("B", "a b b' c."), _request("A"), _request("C", "a - a' -")]
    beside = learned_themes(others, ("hymn",), 100.0, 7)
    assert beside["A"] == alone
    assert learned_themes([_request("A")], ("hymn",), 100.0, 8)["A"] != alone


def test_transposing_the_key_transposes_the_tune() -> None:
    def up(tick: int) -> Chord:
        return parse_chord(("F", "Dm", "Bb", "C7")[tick // 1920 % 4])

    low = learned_theme(_request(), ("lied",), 100.0, 3)
    high = learned_theme(
        _request(key=Key("F", "major"), chord_at=up, low=60, high=82, centre=71.0),
        ("lied",), 100.0, 3,
    )  # fmt: skip
    assert [n.pitch + 2 for n in low.notes] == [n.pitch for n in high.notes]
    assert [n.onset_ticks for n in low.notes] == [n.onset_ticks for n in high.notes]


def test_returns_keep_the_rhythm_and_stay_near() -> None:
    theme = learned_theme(_request(labels="a a' a b."), ("folk_dance",), 100.0, 1)
    cells = [
        [n for n in theme.notes if k * 3840 <= n.onset_ticks < (k + 1) * 3840] for k in range(4)
    ]
    heads = [[n.onset_ticks % 3840 for n in cell if n.onset_ticks % 3840 < 1920] for cell in cells]
    assert heads[0] == heads[1] == heads[2]
    # The harmony of bars 5-8 is that of 1-4: the third cell is the first to the letter.
    assert [(n.pitch, n.onset_ticks) for n in cells[0]] == [
        (n.pitch, n.onset_ticks - 7680) for n in cells[2]
    ]


def test_a_written_rhythm_is_kept() -> None:
    notes = tuple(
        Note(bar * 1920 + at, length, 67, 80)
        for bar in range(8)
        for at, length in ((0, 720), (720, 240), (960, 960))
    )
    upbeat = Note(-240, 240, 65, 74)
    request = replace(_request(), written=Theme((upbeat, *notes), {}))
    theme = learned_theme(request, ("lead_sheet",), 100.0, 2)
    assert [(n.onset_ticks, n.duration_ticks) for n in theme.notes] == [
        (n.onset_ticks, n.duration_ticks) for n in (upbeat, *notes)
    ]
    assert len({n.pitch for n in theme.notes}) > 3


def test_locked_notes_go_through_unchanged() -> None:
    locked = (Note(480, 455, 79, 99), Note(4080, 470, 58, 33))
    request = replace(_request(), locked=locked)
    theme = learned_theme(request, ("lied",), 100.0, 4)
    assert set(locked) <= set(theme.notes)
    for note in theme.notes:
        if note not in locked:
            assert all(n.end_ticks <= note.onset_ticks or n.onset_ticks >= note.end_ticks
                       for n in locked)  # fmt: skip


def test_locks_off_the_grid_and_unknown_metres_are_refused() -> None:
    with pytest.raises(ConstraintError, match="grid"):
        learned_theme(replace(_request(), locked=(Note(55, 60, 70),)), ("lied",), 100.0, 4)
    with pytest.raises(ConstraintError, match="7/4"):
        learned_theme(_request(meter=Meter(7, 4)), ("lied",), 100.0, 4)


def test_a_narrow_compass_is_kept() -> None:
    setting = _setting(low=66, high=70, centre=68.0, reach=2.0, closes=True)
    _check(learned_theme(replace(_request(), setting=setting), ("hymn",), 100.0, 5), setting)


def test_the_judge_decides_among_the_best() -> None:
    def mean(tunes: Sequence[Sequence[Note]]) -> list[float]:
        return [sum(n.pitch for n in tune) / len(tune) for tune in tunes]

    asked: list[int] = []

    def high(name: str, tunes: Sequence[Sequence[Note]]) -> list[float]:
        asked.append(len(tunes))
        assert name == "A"
        return mean(tunes)

    def low(name: str, tunes: Sequence[Sequence[Note]]) -> list[float]:
        return [-value for value in mean(tunes)]

    best = learned_themes([_request(labels="a b")], ("lied",), 100.0, 6, high)["A"]
    worst = learned_themes([_request(labels="a b")], ("lied",), 100.0, 6, low)["A"]
    assert mean([best.notes])[0] > mean([worst.notes])[0]
    assert set(asked) == {SHORTLIST}


def test_a_rank_hears_the_tune_with_its_chords() -> None:
    heard: list[Score] = []

    def rank(style_id: str, scores: Sequence[Score]) -> list[float]:
        assert style_id == "hymn_choral"
        heard.extend(scores)
        return [float(len(score.parts[0].notes)) for score in scores]

    brief = Brief(style="hymn_choral", length=Length("bars", 8, 8))
    compose_piece(brief, 2, "learned", rank)
    assert heard
    for score in heard:
        assert len(score.parts) == 1
        assert score.chords[0].onset_ticks == 0
        assert score.chords[-1].end_ticks == score.bars * score.meters[0].meter.bar_ticks


@pytest.mark.parametrize("style_id", ["pop", "string_quartet", "solo_piano", "metal", "jazz_swing"])
def test_learned_leads_keep_what_the_plan_allows(style_id: str) -> None:
    brief = Brief(style=style_id, length=Length("bars", 24, 24))
    plan = make_plan(brief, 3, "learned")
    part = _lead(plan)
    tunes = _sampled(plan, brief)
    assert [(d.control, d.value) for d in tunes.decisions] == [("melody", "learned")]
    notes, uses = compose_melody(plan, part, brief, style(style_id), tunes.themes)
    assert {use.theme for use in uses} <= {s.letter for s in plan.sections}
    assert all(part.low <= n.pitch <= part.high for n in notes)
    assert all(a.end_ticks <= b.onset_ticks for a, b in pairwise(notes))
    assert notes[-1].end_ticks <= plan.bars * plan.meter.bar_ticks
    ruled, _ = compose_melody(plan, part, brief, style(style_id))
    assert notes != ruled


def test_a_learned_piece_passes_the_check_and_comes_again() -> None:
    brief = Brief(style="hymn_choral", length=Length("bars", 8, 8))
    plan, score = compose_piece(brief, 5, "learned")  # check_score raises if a note is wrong
    assert ("melody", "learned") in [(d.control, d.value) for d in plan.decisions]
    assert compose_piece(brief, 5, "learned") == (plan, score)


def test_without_a_model_the_rules_write_and_the_plan_says_so(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def missing(name: str) -> None:
        raise ModelError(f"the weights of the model {name!r} are damaged")

    brief = Brief(style="country_folk", length=Length("bars", 12, 12), title="one of its own")
    plan, by_rules = compose_piece(brief, 9, "rules")
    monkeypatch.setattr(melody, "load", missing)
    tunes = _sampled(replace(plan, maker="learned"), brief)
    assert not tunes.themes
    assert [(d.control, d.value) for d in tunes.decisions] == [("melody", "rules")]
    assert "damaged" in tunes.decisions[0].reason
    assert not _sampled(plan, brief).decisions
    assert by_rules.part(_lead(plan).id).notes


def test_chord_notes_take_the_place_of_their_neighbours() -> None:
    minor = Key("A", "minor")
    assert 7 not in scale_over(parse_chord("E7"), minor, "mode")  # G sharp, not G
    assert {7, 8} & scale_over(parse_chord("Am"), minor, "mode") == {7}


def test_scores_of_lines_know_their_duties() -> None:
    ground = Ground(_setting(closes=True), FACTS, 100.0)
    last = phrases_of(_cells("a c."))[-1]
    good = tuple(Sound(k * 12, 12, 60 + p) for k, p in enumerate((0, 2, 4, 5, 7, 5, 4)))
    close = (*good, Sound(84, 12, 62))

    def score(line: tuple[Sound, ...]) -> float:
        return score_line(line, last, ground, (), None)

    assert score(()) > score(close)
    wild = tuple(s._replace(pitch=s.pitch + (13 if k % 2 else 0)) for k, s in enumerate(close))
    assert score(wild) > score(close)
    cut = (*good, Sound(84, 2, 62))
    assert score(cut) > score(close)


def test_returns_by_mark() -> None:
    source = [Note(0, 480, 63), Note(480, 480, 65), Note(960, 960, 67), Note(1920, 1920, 70)]
    phrases = phrases_of(_cells("a a! a^ a~"))
    fragment = rhythm_of_return(phrases[1], source, _setting(), FACTS, rng(1, "x"))
    assert fragment is not None
    assert [o for o, _ in fragment][:3] == [0, 480, 960]
    assert 1920 in [o for o, _ in fragment]
    mirrored = rhythm_of_return(phrases[2], source, _setting(), FACTS, rng(1, "x"))
    assert mirrored == tuple((n.onset_ticks, n.duration_ticks) for n in source)
    band = band_of_return(phrases[2], source, mirrored, _setting(), 0)
    assert band[480] == {9, 11, 0}  # what rose by a step falls by one: D, give or take a step
    assert rhythm_of_return(phrases[0], source, _setting(), FACTS, rng(1, "x")) is None


def test_an_upbeat_leads_into_its_note_and_takes_only_what_is_free() -> None:
    notes = [Note(0, 1920, 70), Note(1920, 960, 72)]
    setting = _setting()
    both = with_upbeats(notes, {0: ((-240, 240),), 1920: ((-240, 240),)}, setting, rng(3, "up"))
    assert [n.onset_ticks for n in both] == [-240, 0, 1680, 1920]
    assert both[1].duration_ticks == 1680
    assert all(setting.low <= n.pitch <= setting.high for n in both)
    packed = [Note(0, 240, 70), Note(1800, 120, 70), Note(1920, 960, 72)]
    assert with_upbeats(packed, {1920: ((-240, 240),)}, setting, rng(3, "up")) == packed
