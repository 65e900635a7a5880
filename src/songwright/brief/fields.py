"""Typed fields: the same controls as the prompt, one at a time, checked strictly.

A prompt is read generously; a field is a promise. What a field says must be understood wholly, or
`BriefError` says what can be written there.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from difflib import get_close_matches
from pathlib import PurePath

from songwright.brief.chart import chart_text, parse_chart
from songwright.brief.curves import parse_points, points_text
from songwright.brief.energy import parse_energy, point_text
from songwright.brief.form import form_text, parse_form
from songwright.brief.key import parse_key
from songwright.brief.length import parse_bars, parse_duration
from songwright.brief.length import shown as length_shown
from songwright.brief.meter import parse_meter
from songwright.brief.model import (
    USES,
    Avoid,
    ChartBar,
    Curve,
    InstrumentRequest,
    SectionRequest,
)
from songwright.brief.negatives import avoided
from songwright.brief.offers import NUMBER, WORD, Offer
from songwright.brief.phrases import find_phrases
from songwright.brief.players import read_players
from songwright.brief.prompt import not_understood, read_scenes, read_vocabulary
from songwright.brief.tempo import parse_tempo
from songwright.brief.tempo import shown as tempo_shown
from songwright.brief.text import Reading, clean, fold
from songwright.brief.title import LONGEST_TITLE
from songwright.brief.typos import mend
from songwright.brief.vocabulary import Word, normal, vocabulary
from songwright.errors import BriefError
from songwright.score import instruments as all_instruments
from songwright.styles import style, style_ids
from songwright.theory import Key

ENDINGS = ("final", "fade", "hard", "loop", "ring")
FEELS = ("straight", "swing", "shuffle", "half-time", "double-time")
DENSITIES = ("sparse", "medium", "dense")
REGISTERS = ("low", "middle", "high")


class FieldReading(Reading):
    """Collects what the fields say. ``section_charts`` are charts by section."""

    def __init__(self) -> None:
        super().__init__("", "field")
        self.section_charts: tuple[SectionRequest, ...] = ()

    def say(self, control: str, value: object, shown: str, words: str, rank: int = NUMBER) -> None:
        """Record the value of a control."""
        self.offers.append(Offer(control, value, shown, words, "field", rank, len(self.offers)))

    def take(self, other: Reading) -> None:
        """Add everything that another reading has found."""
        self.offers += other.offers
        self.instruments += other.instruments
        self.avoid += other.avoid
        self.energy += other.energy


def read_fields(fields: Mapping[str, object]) -> FieldReading:
    """Read all fields; empty ones (None, "" and empty lists) are left out.

    Raises
    ------
    BriefError
        If a field is unknown or its value is not understood.
    """
    reading = FieldReading()
    for name, value in fields.items():
        reader = _READERS.get(name)
        if reader is None:
            near = get_close_matches(str(name), _READERS, 1)
            hint = f"; did you mean {near[0]!r}?" if near else ""
            raise BriefError(f"there is no field {name!r}{hint} Fields: {', '.join(_READERS)}")
        given = value
        if isinstance(value, str):
            given = value.strip() if name == "chords" else clean(value)
        if given is not None and given not in ("", [], ()):
            reader(reading, given)
    return reading


def _style(reading: FieldReading, value: object) -> None:
    text = fold(str(value))
    chosen = text.replace(" ", "_").replace("-", "_")
    if chosen in style_ids():
        reading.say("style", chosen, style(chosen).name, str(value))
        return
    by_name = {fold(style(i).name): i for i in style_ids()}
    word = _word(text, lambda w: bool(w.style))
    if text in by_name:
        reading.say("style", by_name[text], style(by_name[text]).name, str(value))
    elif word is not None:
        near = f" (nearest to {text})" if word.near or word.hint else ""
        reading.say("style", word.style, style(word.style).name + near, str(value))
    else:
        names = [*style_ids(), *(p for p, w in vocabulary().phrases.items() if w.style)]
        raise BriefError(
            f"there is no style {str(value)!r}{_did_you_mean(text, names)}; "
            "`songwright styles` lists them"
        )


def _use(reading: FieldReading, value: object) -> None:
    text = fold(str(value)).replace("_", " ")
    word = _word(text, lambda w: bool(w.use))
    use = text if text in USES else word.use if word is not None else ""
    if not use:
        raise BriefError(f"there is no use {str(value)!r}; choose one of {', '.join(USES)}")
    reading.say("use", use, use, str(value))


def _key(reading: FieldReading, value: object) -> None:
    found = value if isinstance(value, Key) else parse_key(value)
    control = "key" if isinstance(found, Key) else "mode"
    lone = re.fullmatch(r"[A-Ga-g](?:#|b|♯|♭| ?sharp| ?flat)?", str(value).strip()) is not None
    reading.say(control, found, str(found), str(value), WORD if lone else NUMBER)


def _tempo(reading: FieldReading, value: object) -> None:
    request = parse_tempo(value)
    reading.say("tempo", request, tempo_shown(request), str(value))


def _meter(reading: FieldReading, value: object) -> None:
    meter = parse_meter(value)
    if meter is None:
        word = _word(fold(str(value)), lambda w: bool(w.meter))
        meter = parse_meter(word.meter) if word is not None else None
    if meter is None:
        raise BriefError(f"{str(value)!r} is not a metre; write for example 4/4, 3/4, 6/8 or waltz")
    reading.say("meter", meter, str(meter), str(value))


def _duration(reading: FieldReading, value: object) -> None:
    length = parse_duration(value)
    reading.say("length", length, length_shown(length), str(value))


def _bars(reading: FieldReading, value: object) -> None:
    length = parse_bars(value)
    reading.say("length", length, length_shown(length), str(value))


def _form(reading: FieldReading, value: object) -> None:
    form = parse_form(value)
    reading.say("form", form, form_text(form), str(value))


def _chords(reading: FieldReading, value: object) -> None:
    if isinstance(value, PurePath):
        raise BriefError("give the text of the chord chart, not the path of a file")
    if isinstance(value, (list, tuple)):
        if value and all(isinstance(bar, ChartBar) for bar in value):
            bars = tuple(bar for bar in value if isinstance(bar, ChartBar))
            reading.say("chart", bars, chart_text(bars), chart_text(bars))
            return
        value = " | ".join(str(bar) for bar in value)
    text = str(value)
    if len(text) > 20_000:
        raise BriefError("the chord chart is too long; at most 20000 characters are read")
    parts = re.split(r"[;\n]+", text)
    if not re.search(r"[A-Za-z-]{1,12} ?\d? ?:", text):
        chart = parse_chart(" | ".join(p.strip(" |") for p in parts if p.strip(" |\r\t")))
        reading.say("chart", chart, chart_text(chart), chart_text(chart))
        return
    sections: list[SectionRequest] = []
    for part in parts:
        name, colon, chords = part.partition(":")
        if not part.strip():
            continue
        if not colon:
            raise BriefError(
                f"{part.strip()!r} in the chord chart has no section; write 'verse: Am | F'"
            )
        for section in parse_form(name.strip()):
            sections.append(SectionRequest(section.function, 0, parse_chart(chords)))
    for section in sections:
        text = chart_text(section.chart)
        reading.say("chart of " + section.function, section.chart, text, text)
    reading.section_charts = tuple(sections)


def _instruments(reading: FieldReading, value: object) -> None:
    for item in _items(value):
        text = fold(item)
        exact = all_instruments().get(text)
        if exact is not None:  # an id asks for just this one
            role = "drums" if exact.is_kit else ""
            reading.instruments.append(InstrumentRequest(item, (exact.id,), role))
            reading.say("instruments", exact.id, exact.name, item)
            continue
        found = Reading(item, "field")
        read_players(found, find_phrases(found, mend(found)))
        left = not_understood(found)
        if not found.instruments or left:
            names = [p for p, w in vocabulary().phrases.items() if w.instruments]
            raise BriefError(
                f"there is no instrument {item!r}{_did_you_mean(text, names)}; "
                "`songwright instruments` lists them"
            )
        reading.take(found)


def _avoid(reading: FieldReading, value: object) -> None:
    for item in _items(value):
        exact = all_instruments().get(fold(item))
        if exact is not None:
            reading.avoid.append(Avoid(item, (exact.id,)))
            reading.say("avoid", exact.id, f"not used: {exact.name}", item)
            continue
        phrase = normal(fold(item))
        phrase = re.sub(r"^(?:no|without|any|the) ", "", phrase)
        word = vocabulary().phrases.get(phrase)
        if word is None or not (word.instruments or word.part):
            names = [p for p, w in vocabulary().phrases.items() if w.instruments]
            raise BriefError(
                f"there is no instrument {item!r} to avoid{_did_you_mean(phrase, names)}; "
                "`songwright instruments` lists them"
            )
        avoid = avoided(phrase, word.instruments, word.role or word.part)
        reading.avoid.append(avoid)
        reading.say("avoid", phrase, f"not used: {phrase}", item)


def _mood(reading: FieldReading, value: object) -> None:
    found = Reading(", ".join(_items(value)), "field")
    read_vocabulary(found)
    read_scenes(found)
    left = not_understood(found)
    if left or not found.offers:
        names = [p for p, w in vocabulary().phrases.items() if w.affect is not None]
        unknown = ", ".join(left) or str(value)
        raise BriefError(
            f"the mood {unknown!r} is not understood{_did_you_mean(fold(unknown), names)}; "
            f"write for "
            "example calm, dark, hopeful or tense"
        )
    reading.take(found)


def _energy(reading: FieldReading, value: object) -> None:
    points, intensity = parse_energy(value)
    if intensity:
        reading.say("intensity", intensity, intensity, str(value))
    if points and points == parse_points(value):
        reading.say("energy curve", Curve("energy", points), points_text(points), str(value))
    for point in points:
        reading.energy.append(point)
        reading.say("energy", point, point_text(point), str(value))


def _title(reading: FieldReading, value: object) -> None:
    title = str(value)
    if len(title) > LONGEST_TITLE:
        raise BriefError(f"the title is too long; at most {LONGEST_TITLE} characters")
    reading.say("title", title, title, title)


def _choice(
    control: str, choices: tuple[str, ...], attribute: str
) -> Callable[[FieldReading, object], None]:
    def read(reading: FieldReading, value: object) -> None:
        text = fold(str(value)).replace("_", "-")
        word = _word(text, lambda w: bool(getattr(w, attribute)))
        chosen = text if text in choices else getattr(word, attribute) if word is not None else ""
        if chosen not in choices:
            raise BriefError(
                f"there is no {control} {str(value)!r}; choose one of {', '.join(choices)}"
            )
        reading.say(control, chosen, chosen, str(value))

    return read


def _drawn(
    name: str, words: Callable[[FieldReading, object], None] | None = None
) -> Callable[[FieldReading, object], None]:
    """A reader of a curve by points, or of the words of a control of the same name."""

    def read(reading: FieldReading, value: object) -> None:
        points = parse_points(value)
        if points is not None:
            shown = f"{name} {points_text(points)}"
            reading.say(f"{name} curve", Curve(name, points), shown, str(value))
        elif words is not None:
            words(reading, value)
        else:
            raise BriefError(
                f"the {name} {str(value)!r} is not understood; write points of bar and level, "
                "such as “0:0.2 16:0.9 24:0.5”"
            )

    return read


_READERS: dict[str, Callable[[FieldReading, object], None]] = {
    "style": _style, "use": _use, "key": _key, "tempo": _tempo, "meter": _meter,
    "duration": _duration, "bars": _bars, "form": _form, "chords": _chords,
    "instruments": _instruments, "avoid": _avoid, "title": _title, "mood": _mood,
    "energy": _energy, "ending": _choice("ending", ENDINGS, "ending"),
    "feel": _choice("feel", FEELS, "feel"),
    "density": _drawn("density", _choice("density", DENSITIES, "density")),
    "register": _drawn("register", _choice("register", REGISTERS, "register")),
    "tension": _drawn("tension"),
}  # fmt: skip

FIELDS = tuple(_READERS)
"""Names of the fields that `understand` takes."""


def _items(value: object) -> list[str]:
    """The items of a list, or of text with commas."""
    parts = value if isinstance(value, (list, tuple)) else re.split(r"[,;\n]+", str(value))
    return [text for part in parts if (text := clean(str(part)))]


def _word(text: str, wanted: Callable[[Word], bool]) -> Word | None:
    word = vocabulary().phrases.get(normal(text))
    return word if word is not None and wanted(word) else None


def _did_you_mean(text: str, names: list[str]) -> str:
    near = get_close_matches(text, list(dict.fromkeys(names)), 3, 0.7)
    return f" (did you mean {', '.join(near)}?)" if near else ""
