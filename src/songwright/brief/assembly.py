"""Puts a brief together from everything that prompt and fields have offered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, cast

from songwright.brief.agreement import agree
from songwright.brief.form import around, form_text
from songwright.brief.kit import all_but
from songwright.brief.leaning import side_of_moods
from songwright.brief.length import shown as length_shown
from songwright.brief.lineup import is_of_all, is_whole, may_be_alone
from songwright.brief.model import (
    Affect,
    Avoid,
    Brief,
    Curve,
    EnergyPoint,
    Heard,
    InstrumentRequest,
    Length,
    Modulation,
    PartEntry,
    SectionPlace,
    SectionRequest,
    TempoRequest,
)
from songwright.brief.modulation import Target
from songwright.brief.offers import (
    HINT,
    NAMED,
    NEAR,
    NUMBER,
    SCENE,
    WORD,
    Offer,
    agree_values,
    settle,
)
from songwright.brief.players import PART_TRAITS
from songwright.brief.tempo import for_style
from songwright.brief.tempo import shown as tempo_shown
from songwright.brief.text import Reading
from songwright.errors import BriefError
from songwright.styles import style
from songwright.theory import Key, Meter

_SINGLE = (
    "title", "use", "style", "key", "mode", "tempo", "feel", "ritardando", "meter", "length",
    "form",
    "chart", "octaves", "register", "density", "intensity", "danceability", "dynamics", "ending",
    "articulation",
)  # fmt: skip
_SOLOISTS = (
    "", "solo_piano", "string_quartet", "hymn_choral", "country_folk", "blues", "bossa_nova",
)  # fmt: skip

_LETTER = {"verse": "A", "bridge": "B", "chorus": "B"}


class Assembly:
    """Puts the brief together from the offers of prompt and fields."""

    def __init__(
        self, reading: Reading, section_charts: tuple[SectionRequest, ...], typed: Reading
    ) -> None:
        self.reading = reading
        self.typed = typed
        self.section_charts = section_charts
        self.offers = [*reading.offers, *typed.offers]
        self.conflicts: list[str] = []
        self.heard: list[Offer] = []
        self.best: dict[str, Offer] = {}

    def brief(self, unknown: tuple[str, ...], targets: Sequence[Target]) -> Brief:
        """Everything decided."""
        self._length_and_tempo()
        self._style_of_scenes()
        for control in _SINGLE:
            self._decide(control)
        self._tempo_in_style()
        key, mode = self._key_and_mode()
        players = agree(
            [(r, "prompt") for r in self.reading.instruments]
            + [(r, "field") for r in self.typed.instruments],
            [(a, "prompt") for a in self.reading.avoid] + [(a, "field") for a in self.typed.avoid],
        )
        self.conflicts += players.conflicts
        only, instruments = self._only(players.instruments)
        avoid = (*players.avoid, *self._other_drums(only))
        instruments = self._traits(instruments)
        low, high = self._range()
        self._several(
            "instruments",
            "avoid",
            "entry",
            "section",
            "part",
            "for whom",
            "place",
            "spelling",
            "modulation",
            "energy",
            "character",
        )
        self.heard += [o for o in self.offers if o.control.startswith("chart of ")]
        moods, affect, leans = self._mood()
        return Brief(
            prompt=self.reading.written,
            title=self._value("title", ""),
            use=self._value("use", ""),
            style=self._value("style", ""),
            moods=moods,
            affect=affect,
            key=key,
            mode=mode,
            leans=leans,
            modulations=self._modulations(key, targets),
            tempo=self._value("tempo", None),
            feel=self._value("feel", ""),
            ritardando=self._value("ritardando", False),
            meter=self._value("meter", None),
            length=self._value("length", None),
            form=self._form(),
            places=self._places(),
            energy=self._energy(),
            curves=self._curves(),
            chart=self._value("chart", ()),
            instruments=instruments,
            only_these=only,
            avoid=avoid,
            entries=tuple(o.value for o in self._of("entry") if isinstance(o.value, PartEntry)),
            pitch_low=low,
            pitch_high=high,
            pitch_octaves=self._value("octaves", None),
            register=self._value("register", ""),
            note_density=self._value("density", ""),
            intensity=self._value("intensity", ""),
            danceability=self._value("danceability", ""),
            dynamics=self._value("dynamics", ""),
            articulation=self._value("articulation", ""),
            ending=self._value("ending", ""),
            production=self._production(),
            heard=self._all_heard(),
            conflicts=tuple(dict.fromkeys((*self.reading.conflicts, *self.conflicts))),
            not_understood=unknown,
        )

    def _of(self, control: str) -> list[Offer]:
        return [o for o in self.offers if o.control == control]

    def _value(self, control: str, default: Any) -> Any:
        offer = self.best.get(control)
        return default if offer is None else offer.value

    def _decide(self, control: str) -> None:
        offers = self._of(control)
        if not offers:
            return
        best, sentences = settle(offers)
        self.best[control] = best
        self.conflicts += sentences
        for offer in offers:
            if offer is best or (offer.value == best.value and offer.words != best.words):
                self.heard.append(offer)
            elif offer.value != best.value and agree_values(offer.value, best.value):
                shown = f"{offer.shown}; agrees with {best.shown}"
                self.heard.append(replace(offer, shown=shown))
            elif offer.value != best.value and offer.rank <= HINT and offer.source == "prompt":
                shown = f"leans to {offer.shown}; {best.shown} is taken"
                self.heard.append(replace(offer, shown=shown))

    def _several(self, *controls: str) -> None:
        self.heard += [o for o in self.offers if o.control in controls]

    def _length_and_tempo(self) -> None:
        """Bars and seconds together say the tempo, if nothing else does."""
        lengths = self._of("length")
        bars = [o for o in lengths if isinstance(o.value, Length) and o.value.unit == "bars"]
        seconds = [o for o in lengths if isinstance(o.value, Length) and o.value.unit == "seconds"]
        tempos = [o for o in self._of("tempo") if o.rank >= WORD]
        if not bars or not seconds or tempos or bars[-1].source != seconds[-1].source:
            return
        length, time = bars[-1].value, seconds[-1].value
        assert isinstance(length, Length) and isinstance(time, Length)
        meters = self._of("meter")
        meter = settle(meters)[0].value if meters else Meter(4, 4)
        assert isinstance(meter, Meter)
        beats = (length.low + length.high) / 2 * 4 * meter.numerator / meter.denominator
        bpm = round(60.0 * beats / ((time.low + time.high) / 2), 2)
        if length.low != length.high or not 40 <= bpm <= 220:
            return
        request = TempoRequest(bpm, bpm)
        words = f"{bars[-1].words}, {seconds[-1].words}"
        shown = f"{bpm:g} BPM, so that {length_shown(length)} last {time.low:g} seconds"
        self.offers = [o for o in self.offers if o not in seconds]
        self.offers.append(
            Offer("tempo", request, shown, words, bars[-1].source, NUMBER, bars[-1].position)
        )

    def _style_of_scenes(self) -> None:
        """The style that suits a scene counts only if it knows somebody who was asked for."""
        requests = [*self.reading.instruments, *self.typed.instruments]
        asked = {i for request in requests for i in request.instruments}
        if not asked:
            return
        strangers = [
            o
            for o in self._of("style")
            if o.rank == SCENE
            and not asked & {i for part in style(str(o.value)).parts for i in part.instruments}
        ]
        self.offers = [o for o in self.offers if o not in strangers]

    def _tempo_in_style(self) -> None:
        """A plain tempo word is meant within the style: "slow drum and bass"."""
        tempo, named = self.best.get("tempo"), self._value("style", "")
        if tempo is None or not named or tempo.rank > WORD:
            return
        if _is_neighbour(self.best["style"]):
            return  # ska is faster than the reggae that stands in for it
        assert isinstance(tempo.value, TempoRequest)
        fitted = for_style(tempo.value, named)
        if fitted != tempo.value:
            shown = f"{tempo_shown(fitted)} (within {style(named).name})"
            self.best["tempo"] = replace(tempo, value=fitted, shown=shown)
            self.heard = [self.best["tempo"] if o is tempo else o for o in self.heard]

    def _key_and_mode(self) -> tuple[Key | None, str]:
        key_offer, mode_offer = self.best.get("key"), self.best.get("mode")
        key = key_offer.value if key_offer is not None else None
        mode = mode_offer.value if mode_offer is not None else ""
        assert key is None or isinstance(key, Key)
        assert isinstance(mode, str)
        blues = self._value("style", "") == "blues"
        lone = key_offer is not None and key_offer.rank < NAMED and not mode
        if blues and lone and key is not None and key_offer is not None:
            # A blues "in A" is neither major nor minor.
            return self._key_becomes(key_offer, Key(key.tonic, "blues")), ""
        if key_offer is None or key is None or mode_offer is None or not mode:
            return key, mode
        if (
            mode == key.mode
            or (mode == "minor" and key.is_minor)
            or (mode == "major" and not key.is_minor)
        ):
            return key, ""
        if key_offer.rank < NAMED:  # "in D", "dorian": together D dorian
            return self._key_becomes(key_offer, Key(key.tonic, mode)), ""
        field_wins = mode_offer.source == "field" and key_offer.source != "field"
        if field_wins:
            key = Key(key.tonic, mode)
        winner = mode if field_wins else str(key)
        reason = "a field beats the prompt" if field_wins else "a key is more specific than a mode"
        self.conflicts.append(
            f"key: “{key_offer.words}” and “{mode_offer.words}” disagree; {winner} is taken, "
            f"because "
            f"{reason}."
        )
        return key, ""

    def _key_becomes(self, offer: Offer, key: Key) -> Key:
        """The key that an offer stands for after all, and is heard as."""
        now = replace(offer, value=key, shown=str(key))
        self.heard = [now if o is offer else o for o in self.heard]
        return key

    def _only(
        self, instruments: tuple[InstrumentRequest, ...]
    ) -> tuple[bool, tuple[InstrumentRequest, ...]]:
        """Whether nothing else plays. "Solo cello" alone says so; among others it is the lead."""
        offers = self._of("only these")
        hard = [o for o in offers if o.value is True]
        if hard and instruments:
            self.heard.append(hard[-1])
            return True, instruments
        if offers and len(instruments) == 1 and self._plays_alone(instruments[0], offers[-1]):
            self.heard.append(offers[-1])
            return True, instruments
        alone = self._of("line-up")
        named = self.best.get("style")
        style_id = str(named.value) if named is not None and named.rank >= NEAR else ""
        listed = alone and len(instruments) > 1 and may_be_alone(instruments, style_id)
        neighbour = named is not None and _is_neighbour(named)
        if listed or is_whole(instruments, style_id, neighbour):
            self.heard += alone
            return True, instruments
        words = {o.value for o in (*offers, *self._of("lead"))}
        led = tuple(
            replace(r, role="lead") if r.word in words and not r.role else r for r in instruments
        )
        return False, led

    def _plays_alone(self, soloist: InstrumentRequest, solo: Offer) -> bool:
        """A drummer does; others in styles that know soloists, or in a neighbour that they bring
        themselves ("flamenco guitar solo"): a rock guitar solo has its band."""
        if soloist.role == "drums" or self._value("style", "") in _SOLOISTS:
            return True
        style = self.best.get("style")
        return style is not None and _is_neighbour(style) and style.words in solo.words

    def _other_drums(self, only: bool) -> tuple[Avoid, ...]:
        """ "Just kick and hats" leaves the drummer nothing else."""
        requests = (*self.reading.instruments, *self.typed.instruments)
        others = all_but(r.word for r in requests if r.role == "drums") if only else None
        return () if others is None else (others,)

    def _traits(self, instruments: tuple[InstrumentRequest, ...]) -> tuple[InstrumentRequest, ...]:
        """ "Sparse piano" is a sparse piece when the piano is all that was asked for, and so is
        "fortissimo brass and percussion" a loud one: its players are not louder than it."""
        for control in PART_TRAITS:
            offers = self._of(f"{control} of a part")
            adjective = offers[-1].words if offers else ""
            if (
                not offers
                or control in self.best
                or not is_of_all(adjective, instruments, self.reading)
            ):
                continue
            self.best[control] = replace(offers[-1], control=control)
            self.heard.append(self.best[control])
            if control == "dynamics":
                instruments = tuple(
                    replace(r, adjectives=tuple(a for a in r.adjectives if a != adjective))
                    for r in instruments
                )
        return instruments

    def _range(self) -> tuple[int | None, int | None]:
        low: int | None = None
        high: int | None = None
        for offer in self._of("range"):
            self.heard.append(offer)
            bounds = cast(tuple[int | None, int | None], offer.value)
            low = bounds[0] if bounds[0] is not None else low
            high = bounds[1] if bounds[1] is not None else high
        if low is not None and high is not None and high - low < 5:
            raise BriefError("the pitch range is empty; choose at least a fourth, such as C3 to C5")
        return low, high

    def _mood(self) -> tuple[tuple[str, ...], Affect, str]:
        """Mood words, the mean of all affects (-1..1 each), and the mode that they expect."""
        typed = [o for o in self.typed.offers if o.control == "mood"]
        source = self.typed.offers if typed else self.offers
        if typed and any(o.control == "mood" for o in self.reading.offers):
            wins, gives = typed[-1].words, self.reading.offers
            lost = ", ".join(o.words for o in gives if o.control == "mood")
            self.conflicts.append(
                f"mood: “{lost}” of the prompt gives way to “{wins}”, because a field beats the "
                "prompt."
            )
        moods = [o for o in source if o.control == "mood"]
        self.heard += moods
        affects = [o.value for o in source if o.control == "affect"]
        names = tuple(dict.fromkeys(str(o.value) for o in moods))
        return names, _mean(affects), side_of_moods(source)

    def _modulations(self, key: Key | None, targets: Sequence[Target]) -> tuple[Modulation, ...]:
        modulations = list(self.reading.modulations)
        for target in targets:
            if key is None:
                self.conflicts.append(
                    f"modulation: “to {target.key}” needs a first key; a whole tone up is taken."
                )
            steps = 2 if key is None else (target.key.tonic_pc - key.tonic_pc + 6) % 12 - 6
            if steps:
                modulations.append(Modulation(target.where, steps, target.at))
        placed = [m for m in modulations if m.where != "end" or m.at is not None]
        sizes = {m.semitones for m in placed}
        kept = [m for m in modulations if m in placed or m.semitones not in sizes]
        return tuple(dict.fromkeys(kept))

    def _form(self) -> tuple[SectionRequest, ...]:
        form: tuple[SectionRequest, ...] = self._value("form", ())
        charts = {s.function: s.chart for s in self.section_charts}
        named = [o for o in self._of("section") if isinstance(o.value, SectionRequest)]
        timed = sorted((p.seconds, p.function) for p in self._places() if p.seconds is not None)
        if not form and len(timed) > 1 and timed[0][0] == 0:  # a timeline is a form
            form = tuple(SectionRequest(function) for _, function in timed)
        if not form and charts:
            form = self.section_charts
        elif not form and named:
            form = around([o.value for o in named if isinstance(o.value, SectionRequest)])
            words = ", ".join(o.words for o in named)
            shown = form_text(form) + " (a usual form with what was named)"
            self.heard.append(Offer("form", form, shown, words, "prompt", WORD, named[0].position))
        elif form and named:
            wanted = [o.value for o in named if isinstance(o.value, SectionRequest)]
            lengths = {section.function: section.bars for section in wanted}
            form = tuple(replace(s, bars=s.bars or lengths.get(s.function, 0)) for s in form)
        missing = [name for name in charts if name not in {s.function for s in form}]
        if missing:
            self.conflicts.append(
                f"chart: the form has no {', '.join(missing)}; that part of the chart is not used."
            )
        return tuple(replace(s, chart=s.chart or charts.get(s.function, ())) for s in form)

    def _places(self) -> tuple[SectionPlace, ...]:
        """Sections that were told when to begin, in the order of the prompt.

        In a form of letters the bridge of AABA is its B.
        """
        places = [o.value for o in self._of("place") if isinstance(o.value, SectionPlace)]
        form = {section.function for section in self._value("form", ())}
        return tuple(
            replace(place, function=letter)
            if (letter := _LETTER.get(place.function, "")) in form and place.function not in form
            else place
            for place in places
        )

    def _energy(self) -> tuple[EnergyPoint, ...]:
        points = self.typed.energy or self.reading.energy
        by_place: dict[tuple[float | None, float, float | None], EnergyPoint] = {}
        for point in points:
            by_place[(point.seconds, point.position, point.bar)] = point
        return tuple(
            sorted(by_place.values(), key=lambda p: (p.position, p.seconds or 0.0, p.bar or 0.0))
        )

    def _curves(self) -> tuple[Curve, ...]:
        offers = [o for o in self.offers if isinstance(o.value, Curve)]
        self.heard += offers
        drawn = {o.value.name: o.value for o in offers if isinstance(o.value, Curve)}
        return tuple(drawn[name] for name in sorted(drawn))

    def _production(self) -> tuple[str, ...]:
        offers = self._of("production")
        told = [o for o in offers if o.source != "scene"] or offers
        self.heard += told
        return tuple(dict.fromkeys(str(o.value) for o in told))

    def _all_heard(self) -> tuple[Heard, ...]:
        ordered = sorted(
            enumerate(self.heard), key=lambda p: (p[1].source == "field", p[1].position, p[0])
        )
        return tuple(dict.fromkeys(offer.heard for _, offer in ordered))


def _is_neighbour(style_offer: Offer) -> bool:
    """Whether the style stands in for a genre that has no file of its own."""
    return "nearest to" in style_offer.shown


def _mean(affects: Sequence[object]) -> Affect:
    """Mean of affect vectors, clipped to -1..1 and rounded; neutral when there is none."""
    vectors = [v for v in affects if isinstance(v, tuple)]
    if not vectors:
        return Affect()
    means = [
        round(max(-1.0, min(1.0, sum(v[i] for v in vectors) / len(vectors))), 4) for i in range(5)
    ]
    return Affect(*means)
