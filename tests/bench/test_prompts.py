"""The prompt file covers what it claims to, and a sample of it is obeyed."""

import json
from collections import Counter

import pytest
from bench.prompts import AIMS, FILE, Case, Outcome, main, misses, read_cases, run_cases, table
from bench.prompts_families import sounds
from bench.prompts_judge import KINDS, Verdict
from bench.prompts_theory import SCALES, parse_chord, pitch_class

from songwright.brief.model import USES
from songwright.styles import style_ids

FIELDS = {
    "style", "use", "key", "tempo", "meter", "duration", "bars", "form", "chords", "instruments",
    "avoid", "title", "mood", "energy",
}  # fmt: skip
CASES = read_cases()


def asked(kind: str) -> list[object]:
    """All values that the file expects of one kind."""
    return [case.expect[kind] for case in CASES if kind in case.expect]


def test_lines_are_well_formed() -> None:
    rows = [json.loads(line) for line in FILE.read_text("utf-8").splitlines()]
    assert len(rows) >= 320
    assert len({row["id"] for row in rows}) == len(rows)
    for row in rows:
        assert set(row) <= {"id", "prompt", "fields", "seed", "expect"}, row["id"]
        assert row["prompt"] or row.get("fields"), row["id"]
        assert set(row.get("fields", {})) <= FIELDS, row["id"]
        assert set(row["expect"]) <= KINDS, row["id"]


def test_no_request_stands_twice() -> None:
    requests = Counter((case.prompt.lower(), str(case.fields)) for case in CASES)
    assert [request for request, count in requests.items() if count > 1] == []


def test_expectations_can_be_judged() -> None:
    for case in CASES:
        expect = case.expect
        for name in ("instruments", "avoid", "only"):
            for group in expect.get(name, []):
                assert sounds(group), case.id
        if "key" in expect:
            tonic, _, mode = expect["key"].partition(" ")
            assert 0 <= pitch_class(tonic) < 12 and mode in SCALES, case.id
        chords = expect.get("chords", [])
        charts = chords.values() if isinstance(chords, dict) else [chords]
        for bar in (bar for chart in charts for bar in chart):
            for symbol in bar.split():
                parse_chord(symbol.lstrip("~"))
        for name in ("tempo_bpm", "bars", "seconds", "range", "median_pitch", "velocity"):
            if name in expect:
                assert expect[name][0] <= expect[name][1], case.id


def test_every_style_and_use_is_asked_for() -> None:
    styles = Counter(value for value in asked("style") if isinstance(value, str))
    assert set(styles) == set(style_ids())
    assert min(styles.values()) >= 5
    uses = Counter(asked("use"))
    assert set(uses) == set(USES)
    assert min(uses.values()) >= 3


def test_every_key_is_asked_for() -> None:
    keys = Counter(asked("key"))
    for mode in ("major", "minor"):
        tonics = {pitch_class(k.split()[0]) for k in keys if str(k).endswith(f" {mode}")}
        assert tonics == set(range(12)), mode
    assert {str(key).partition(" ")[2] for key in keys} == set(SCALES)


def test_every_metre_is_asked_for() -> None:
    metres = {m for value in asked("meter") for m in ([value] if isinstance(value, str) else value)}
    assert metres >= {"4/4", "3/4", "2/4", "6/8", "9/8", "12/8", "5/4", "7/8"}


@pytest.mark.parametrize(
    ("kind", "least"),
    [
        ("tempo_bpm", 100), ("meter", 60), ("bars", 40), ("seconds", 60), ("key", 120),
        ("instruments", 200), ("avoid", 50), ("only", 20), ("density", 14), ("sections", 20),
        ("chords", 18), ("ending", 15), ("energy", 8), ("modulation", 3), ("feel", 5),
    ],
)  # fmt: skip
def test_every_control_is_asked_for(kind: str, least: int) -> None:
    assert len(asked(kind)) >= least


def test_pitch_range_is_asked_for_in_every_way() -> None:
    ways = {name: len(asked(name)) for name in ("range", "octaves", "median_pitch")}
    assert min(ways.values()) >= 2 and sum(ways.values()) >= 14


def test_lengths_are_exact_about_and_ranges() -> None:
    lengths = [value for value in asked("seconds") if isinstance(value, list)]
    exact = [v for v in lengths if v[2:] == ["exact"]]
    ranges = [v for v in lengths if v[0] < v[1]]
    assert len(exact) >= 30 and len(ranges) >= 8 and len(lengths) - len(exact) - len(ranges) >= 8


def test_every_field_is_used() -> None:
    assert {name for case in CASES for name in case.fields} >= FIELDS - {"title"}


def test_table_counts_and_lists_misses() -> None:
    case = Case("x", "sad piano", {}, 1, {})
    good, bad = Verdict("tempo", "90–90", "90.00", True), Verdict("tempo", "90–90", "95.00", False)
    text, met = table([Outcome(case, (good,)), Outcome(case, (bad,))])
    assert "| tempo | 2 | 1 | 50.0% | ≥ 99% |" in text
    assert not met
    assert "95.00" in misses([Outcome(case, (bad,))])
    assert table([Outcome(case, (good,))])[1]
    assert set(AIMS) >= {"tempo", "key", "forbidden"}


SMOKE = (
    "styles-001", "styles-015", "styles-043", "styles-070", "styles-098", "uses-005", "keys-021",
    "tempo-003", "metre-009", "length-020", "instruments-004", "negatives-004",
)  # fmt: skip


def test_sample_is_obeyed() -> None:
    """Twelve prompts over the controls; the whole file is run by ``make bench``."""
    cases = [case for case in CASES if case.id in SMOKE]
    assert len(cases) == len(SMOKE)
    outcomes = run_cases(cases, jobs=1, quiet=True)
    assert misses(outcomes) == ""


def test_unknown_id_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--only", "no-such-id"])
    assert "no prompt has such an id" in capsys.readouterr().err
