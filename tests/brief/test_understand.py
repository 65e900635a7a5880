"""The whole: fields, accounting for every word, scenes, determinism, bad input."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from songwright.brief import FIELDS, Brief, Length, TempoRequest, describe, match_scene, understand
from songwright.brief.text import clean, fold
from songwright.brief.vocabulary import english, vocabulary
from songwright.errors import BriefError
from songwright.theory import Key, Meter

PROMPT = "cinematic ambient in D minor, 90 BPM, sparse percussion, evolving pad layers"


def test_the_example_of_the_readme() -> None:
    brief = understand(PROMPT)
    assert brief.style == "cinematic_ambient"
    assert brief.key == Key("D", "minor")
    assert brief.tempo == TempoRequest(90, 90)
    assert [(r.role, r.pattern, r.adjectives) for r in brief.instruments] == [
        ("percussion", "", ("sparse",)),
        ("pad", "evolving", ()),
    ]
    assert brief.conflicts == ()
    assert brief.not_understood == ()


def test_all_fields() -> None:
    brief = understand(
        "",
        {
            "style": "house", "use": "social loop", "key": "F# minor", "tempo": "120-126",
            "meter": "4/4", "bars": "8-16", "form": "intro:4 verse:8 chorus", "mood": "happy, warm",
            "chords": "F#m | D | A | E", "instruments": ["piano", "walking bass"],
            "avoid": "brass, choir", "title": "Night Train", "energy": "build", "ending": "fade",
            "feel": "swing", "density": "sparse",
        },
    )  # fmt: skip
    assert brief.style == "house"
    assert brief.use == "social loop"
    assert brief.key == Key("F#", "minor")
    assert brief.tempo == TempoRequest(120, 126)
    assert brief.meter == Meter(4, 4)
    assert brief.length == Length("bars", 8, 16)
    assert [(s.function, s.bars) for s in brief.form] == [("intro", 4), ("verse", 8), ("chorus", 0)]
    assert len(brief.chart) == 4
    assert [r.word for r in brief.instruments] == ["piano", "walking bass"]
    assert [a.word for a in brief.avoid] == ["brass", "choir"]
    assert brief.title == "Night Train"
    assert brief.affect.valence > 0
    assert len(brief.energy) == 2
    assert (brief.ending, brief.feel, brief.note_density) == ("fade", "swing", "sparse")
    assert {h.source for h in brief.heard} == {"field"}


def test_fields_beat_the_prompt_and_clashes_are_told() -> None:
    brief = understand(PROMPT, {"key": "C major", "tempo": 120, "duration": 45})
    assert brief.key == Key("C", "major")
    assert brief.tempo == TempoRequest(120, 120)
    assert brief.length == Length("seconds", 45, 45, exact=True)
    assert len(brief.conflicts) == 2
    assert all("field beats the prompt" in sentence for sentence in brief.conflicts)


def test_field_instrument_beats_a_negative_of_the_prompt() -> None:
    brief = understand("pop, no drums", {"instruments": "drums"})
    assert [r.word for r in brief.instruments] == ["drums"]
    assert "standard_kit" not in {i for a in brief.avoid for i in a.instruments}


@pytest.mark.parametrize(
    "fields",
    [
        {"colour": "red"},
        {"style": "zxcv"},
        {"use": "lunch"},
        {"key": "X minor"},
        {"tempo": "quickish"},
        {"tempo": 5000},
        {"meter": "4/7"},
        {"duration": "long"},
        {"duration": 0},
        {"bars": 0},
        {"bars": 3.5},
        {"form": "banana"},
        {"chords": "C | ??"},
        {"instruments": "spoon orchestra"},
        {"avoid": "spoons"},
        {"mood": "zxcvb"},
        {"energy": "purple"},
        {"ending": "never"},
        {"feel": "square"},
        {"density": "thickish"},
    ],
)
def test_fields_are_strict(fields: dict[str, object]) -> None:
    with pytest.raises(BriefError):
        understand(PROMPT, fields)


def test_empty_fields_are_left_out() -> None:
    assert understand(PROMPT, dict.fromkeys(FIELDS)) == understand(PROMPT)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   \n\t",
        "zxcvb qwerty asdf",
        "写一首歌",
        "\x00\x01\x02",
        "x" * 100_000,
        "напиши мне музыку",
        "!!! ???",
    ],
)
def test_what_cannot_be_read_is_refused_with_advice(text: str) -> None:
    with pytest.raises(BriefError, match=r"write for example|Say in a"):
        understand(text)


def test_unknown_words_are_listed() -> None:
    brief = understand("piano with a flurgle and two glorps in D minor")
    assert brief.not_understood == ("flurgle", "glorps")


def test_control_characters_are_cleaned() -> None:
    brief = understand("piano\x00 in\x07 D\u2028minor")
    assert brief.key == Key("D", "minor")
    assert brief.prompt.isprintable()


@pytest.mark.parametrize(
    ("text", "sign", "dimension"),
    [
        ("a tense heist in the rain", 1, "tension"),
        ("cozy cafe on a rainy sunday", -1, "arousal"),
        ("astronaut drifting alone in space", -1, "arousal"),
        ("knights riding into battle", 1, "arousal"),
        ("standing at a grave", -1, "valence"),
    ],
)
def test_scenes(text: str, sign: int, dimension: str) -> None:
    brief = understand(text)
    assert sign * getattr(brief.affect, dimension) > 0.2
    assert brief.not_understood == ()


def test_scene_never_beats_words() -> None:
    brief = understand("techno for a funeral on a grey morning")
    assert brief.style == "techno"
    assert any(h.source == "scene" for h in brief.heard)


def test_scene_matcher_can_be_replaced() -> None:
    class Deaf:
        def match(self, text: str) -> None:
            return None

    assert match_scene("heist in the rain") is not None
    assert match_scene("heist in the rain", Deaf()) is None
    assert match_scene("flurgle glorp") is None


def test_describe_has_a_row_for_everything() -> None:
    brief = understand("slow piano, 180 BPM, flurgle")
    rows = describe(brief)
    assert len(rows) == len(brief.heard) + len(brief.conflicts) + len(brief.not_understood)
    assert ("not understood", "flurgle", "") in rows


WORDS = st.sampled_from(
    [
        *sorted(vocabulary().phrases),
        *("no without and with , . in a the 90 bpm 3/4 1:30 AABA flurgle - builds".split(" ")),
        *("D minor|Am, F, C|intro verse chorus|up a tone|2 octaves|except|30 seconds".split("|")),
        *("Am | F | C", "8-bar", "in C", "only", "solo", "not too", "ends", "then drops away"),
    ]
)


@settings(max_examples=60, deadline=None)
@example("0AAAA")
@example("cymbal swells club ready orch hits")
@example("violin and piano for my choir class")
@given(st.one_of(st.text(max_size=200), st.lists(WORDS, max_size=14).map(" ".join)))
def test_any_text_gives_a_brief_or_a_brief_error(text: str) -> None:
    try:
        brief = understand(text)
    except BriefError:
        return
    assert isinstance(brief, Brief)
    assert brief == understand(text)
    heard = _words(" ".join(h.words for h in brief.heard) + " " + " ".join(brief.conflicts))
    heard |= _words(" ".join(brief.not_understood))
    missing = [w for w in _words(text) if w not in heard and w not in english().stopwords]
    assert all(len(w) == 1 for w in missing), missing


def _words(text: str) -> set[str]:
    """Its runs of letters and its numbers: "90bpm" is two, as the readers have it."""
    return set(re.findall(r"\d+|[^\W\d_]+", fold(clean(text))))


def test_warm_reading_is_fast() -> None:
    understand(PROMPT)
    began = time.process_time()
    for _ in range(20):
        understand(PROMPT)
    assert (time.process_time() - began) / 20 < 0.02
