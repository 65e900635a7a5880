"""Score to performance: one player after another reads the written part and plays it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from songwright.composition.plan import PartPlan, Plan
from songwright.errors import ScoreError
from songwright.perform.chance import Chance
from songwright.perform.dynamics import Dynamics
from songwright.perform.expression import Expression
from songwright.perform.facts import ArticulationFacts, PlayingFacts, RoleFacts, playing_facts
from songwright.perform.keyboard import LEFT_TO_CHANCE, Hand, hands, keyboard_facts
from songwright.perform.model import SLUR, ControlPoint, Performance, PlayedNote, PlayedPart
from songwright.perform.pedal import pedal_points
from songwright.perform.shape import Shape
from songwright.perform.slurs import FrettingHand
from songwright.perform.sounding import CONNECTED_TICKS, Group, lawful_controls, lawful_notes
from songwright.perform.spread import Spreader
from songwright.perform.swing import Swing
from songwright.perform.timing import Timing, Wander
from songwright.perform.touch import Touch, calmed, touches
from songwright.score import Instrument, Note, Part, Score, TimeMap, instrument
from songwright.styles import Style
from songwright.units import TICKS_PER_BEAT

DRUM_GATE_SECONDS = 0.1
LARGEST_GAP_SECONDS = 0.1  # between notes that are merely not legato
LONGEST_SHORT_SECONDS = 0.6  # a staccato whole note is still short
SHORT_GATE = 0.8  # articulations with less gate than this are short on purpose
PEDAL_ROLES = frozenset({"chords", "arp", "pad"})
SOLO_ROLES = frozenset({"lead", "counter", "inner", "riff"})
EVOLVING = frozenset({"evolving", "shimmering", "moving"})


def perform(score: Score, plan: Plan, style: Style) -> Performance:
    """Play a score as the plan and the style ask.

    Every random deviation is addressed by part, written onset and pitch (see
    `songwright.perform.chance`), so the same inputs give the same performance and an edit in one
    bar leaves the others as they were.

    Parameters
    ----------
    score
        The written piece. Its tempo map already holds rubato and ritardandi.
    plan
        Gives seed, swing, energy, phrases, dynamic range and ending.
    style
        Gives the manner of playing (`songwright.styles.PerformanceFacts`).

    Returns
    -------
    Performance
        Parts in the order of the score; ``duration_seconds`` is the end of the last bar.

    Raises
    ------
    ScoreError
        If a note begins at or after the end of the score's last bar, or is not longer than 0.
    """
    ensemble = _Ensemble.of(score, plan, style)
    players = {part.id: _Player.of(part, ensemble) for part in score.parts}
    return Performance(
        tuple(players[part.id].play(players) for part in score.parts),
        ensemble.end_seconds,
        plan.ending,
    )


@dataclass(frozen=True)
class _Ensemble:
    """What all players share."""

    score: Score
    plan: Plan
    style: Style
    times: TimeMap
    shape: Shape
    facts: PlayingFacts
    end_seconds: float
    touches: Mapping[str, Touch]
    hands: Mapping[str, Hand]
    together: Wander
    pedals: dict[tuple[str, ...], tuple[ControlPoint, ...]] = field(default_factory=dict)
    """The foot of each player whose hands (part ids) have asked for it."""

    @staticmethod
    def of(score: Score, plan: Plan, style: Style) -> _Ensemble:
        times = TimeMap.of(score)
        return _Ensemble(
            score, plan, style, times, Shape.of(plan, times, score.bars), playing_facts(),
            times.seconds(times.bar_start(score.bars)), touches(score, plan, style),
            hands(score, plan, style), Wander(Chance.of(plan.seed, "perform together")),
        )  # fmt: skip

    def pedal(self, player: tuple[_Player, ...]) -> tuple[ControlPoint, ...]:
        """What the foot of the player with these hands does."""
        who = tuple(hand.part.id for hand in player)
        if who not in self.pedals:
            all_hands = sorted(
                (group for hand in player for group in hand.groups),
                key=lambda group: (group.tick, group.onset_seconds),
            )
            points = pedal_points(self.score, self.times, all_hands, self.end_seconds)
            self.pedals[who] = tuple(points)
        return self.pedals[who]


@dataclass(frozen=True)
class _Player:
    """One part, its player's habits, and when each of its onsets is played."""

    part: Part
    planned: PartPlan | None
    ensemble: _Ensemble
    instrument: Instrument
    role: RoleFacts
    swing: Swing
    timing: Timing
    groups: tuple[Group, ...]
    slurs: frozenset[int]
    """Onsets (ticks) that are hammered on or pulled off."""

    @staticmethod
    def of(part: Part, ensemble: _Ensemble) -> _Player:
        plan, times = ensemble.plan, ensemble.times
        _check(part, times.bar_start(ensemble.score.bars))
        role = ensemble.facts.role(part.role)
        if part.id in ensemble.touches:
            role = replace(role, jitter=0.0)  # what is uneven comes from the drummer's touch
        if part.id in ensemble.hands:
            role = replace(role, contour=0.0)  # the pianist's hand knows more of pitch
        chance = Chance.of(plan.seed, "perform", part.id)
        swing = Swing.of(part.notes, times, plan.swing, plan.swing_unit_ticks)
        timing = Timing.of(
            ensemble.style.performance, part.role, role, chance, ensemble.together, ensemble.shape
        )
        planned = next((p for p in plan.parts if p.id == part.id), None)
        groups = _groups(part, ensemble, swing, timing)
        slurs: frozenset[int] = frozenset()
        if role.slurs and _has_fretting_hand(part, ensemble):
            node = Chance.of(plan.seed, "perform slurs", part.id)
            slurs = frozenset(
                FrettingHand(role.slurs, swing, ensemble.facts.slurs, node).slurs(groups)
            )
        return _Player(
            part, planned, ensemble, instrument(part.instrument), role, swing, timing, groups, slurs
        )

    def play(self, players: dict[str, _Player]) -> PlayedPart:
        """Notes and controls of the part; ``players`` are asked for the other hand's notes."""
        part, end = self.part, self.ensemble.end_seconds
        chance = Chance.of(self.ensemble.plan.seed, "perform", part.id)
        partners = self._pedal_partners(players)
        notes = lawful_notes(self._notes(chance, pedalled=bool(partners)), end)
        controls = lawful_controls(self._controls(partners), end)
        return replace(self.as_played(), notes=notes, controls=controls)

    def as_played(self) -> PlayedPart:
        """Who plays, still without a note."""
        part = self.part
        tempos = self.ensemble.times.tempos_by_second()
        return PlayedPart(
            part.id, part.name, part.role, part.instrument, (), sound=part.sound, tempos=tempos
        )

    def _notes(self, chance: Chance, pedalled: bool) -> Iterator[PlayedNote]:
        ensemble, times = self.ensemble, self.ensemble.times
        style, plan = ensemble.style.performance, ensemble.plan
        touch, hand = ensemble.touches.get(self.part.id), ensemble.hands.get(self.part.id)
        if touch is not None:
            style = calmed(style)
        if hand is not None:
            style = replace(style, velocity_spread=style.velocity_spread * LEFT_TO_CHANCE)
        dynamics = Dynamics.of(
            style, ensemble.facts, self.part.role, plan, self.planned, ensemble.shape, chance
        )
        onsets = frozenset(group.tick for group in self.groups)
        spreader = Spreader(
            self.part.instrument, style, ensemble.facts, plan.tempo_bpm, pedalled, onsets, chance
        )
        for group in self.groups:
            meter, (_, in_bar) = times.meter(group.tick), times.position(group.tick)
            moment = dynamics.moment(group.tick, meter.strength(in_bar))
            shortest = min(note.duration_ticks for note in group.notes)
            hold = times.seconds(group.tick + shortest) - times.seconds(group.tick)
            spread = spreader.spread(group.notes, in_bar % TICKS_PER_BEAT, hold)
            # A chord that would begin before the piece starts with it instead, still spread.
            onset = max(group.onset_seconds, -min(spread.delays_seconds))
            slurred = group.tick in self.slurs
            releases: dict[tuple[int, str], float] = {}
            for i, note in enumerate(group.notes):
                how = self._articulation(note)
                feel = touch.get((note.onset_ticks, note.pitch)) if touch is not None else None
                at = onset + spread.delays_seconds[i]
                if feel is not None:
                    at = max(0.0, at + feel.late_seconds)
                elif self.instrument.is_kit:
                    at = max(0.0, at + self.timing.limb(note.onset_ticks, note.pitch))
                elif len(group.notes) > 1:
                    at = max(0.0, at + self.timing.finger(note.onset_ticks, note.pitch))
                finger = hand.get((note.onset_ticks, note.pitch)) if hand is not None else None
                weighed = self.instrument.is_kit or finger is not None
                place = 1.0 if weighed else spread.factors[i]
                place *= feel.weight if feel is not None else 1.0
                place *= ensemble.facts.slurs.velocity if slurred else 1.0
                added = 0.0
                if finger is not None:
                    at = max(0.0, at - finger.early_seconds)
                    added = finger.at(moment.level, keyboard_facts())
                velocity = dynamics.velocity(note, moment, how.velocity * place, added)
                end = (note.duration_ticks, note.articulation)
                if end not in releases:
                    releases[end] = self._release(group, note, how)
                off = releases[end]
                way = SLUR if slurred else note.articulation
                yield PlayedNote(at, max(0.0, off - at), note.pitch, velocity, way)

    def _articulation(self, note: Note) -> ArticulationFacts:
        known = self.ensemble.facts.articulations.get(note.articulation)
        if known is not None:
            return known
        gate = self.role.gate
        if self.role.legato and self.instrument.sustains:
            gate = self.ensemble.style.performance.legato
        return ArticulationFacts(gate)

    def _release(self, group: Group, note: Note, how: ArticulationFacts) -> float:
        """When the key of a note comes up, in seconds."""
        if self.instrument.is_kit:
            return group.onset_seconds + DRUM_GATE_SECONDS
        if group.tick + group.room_ticks in self.slurs:
            return group.next_onset_seconds  # the string sounds until the finger is on it
        times = self.ensemble.times
        end_tick = note.end_ticks
        end = times.seconds(self.swing.swung(end_tick)) + self.timing.drift(end_tick)
        written = max(0.0, end - group.onset_seconds)
        if note.articulation and how.gate < SHORT_GATE:
            return group.onset_seconds + min(how.gate * written, LONGEST_SHORT_SECONDS)
        off = end - min((1.0 - how.gate) * written, LARGEST_GAP_SECONDS)
        connected = abs(end_tick - (group.tick + group.room_ticks)) <= CONNECTED_TICKS
        if how.overlap_ms and self.instrument.sustains and connected:
            return group.next_onset_seconds + how.overlap_ms / 1000.0
        if not self.instrument.polyphonic:
            off = min(off, group.next_onset_seconds)
        return off

    def _controls(self, partners: tuple[_Player, ...]) -> Iterator[ControlPoint]:
        if self.instrument.is_kit or not self.groups:
            return
        ensemble = self.ensemble
        family = ensemble.facts.family(self.instrument.family)
        adjectives = set(self.planned.adjectives) if self.planned else set()
        patterns = set(self.planned.patterns) if self.planned else set()
        if ensemble.style.performance.timing_ms > 0.0:
            expression = Expression(
                self.instrument, family, ensemble.style.performance.phrasing, ensemble.shape,
                ensemble.times, bool((adjectives | patterns) & EVOLVING),
                self.part.role in SOLO_ROLES,
            )  # fmt: skip
            yield from expression.points(self.groups)
        if partners:
            yield from ensemble.pedal(partners)

    def _pedal_partners(self, players: dict[str, _Player]) -> tuple[_Player, ...]:
        """The players (hands) that share this part's pedal; empty when it is not used."""
        ensemble = self.ensemble
        if not ensemble.style.performance.pedal:
            return ()
        if self.part.instrument not in ensemble.facts.pedalled:
            return ()
        group = self.part.staff_group
        hands = tuple(
            player
            for player in players.values()
            if player is self or (group and player.part.staff_group == group)
        )
        return hands if any(hand.part.role in PEDAL_ROLES for hand in hands) else ()


def _check(part: Part, end_tick: int) -> None:
    for note in part.notes:
        if note.duration_ticks <= 0 or not 0 <= note.onset_ticks < end_tick:
            raise ScoreError(
                f"part {part.id!r} has a note of {note.duration_ticks} ticks at tick "
                f"{note.onset_ticks}, but the piece runs from 0 to {end_tick}; "
                "mend the note or the number of bars"
            )


def _has_fretting_hand(part: Part, ensemble: _Ensemble) -> bool:
    """True for strings with frets, unless a synthesiser or a machine plays the part."""
    human = ensemble.style.performance.timing_ms > 0.0
    return human and not part.sound and part.instrument in ensemble.facts.slurs.fretted


def _groups(part: Part, ensemble: _Ensemble, swing: Swing, timing: Timing) -> tuple[Group, ...]:
    """The part's notes by written onset, with played onsets."""
    times = ensemble.times
    by_tick: dict[int, list[Note]] = {}
    for note in part.notes:
        by_tick.setdefault(note.onset_ticks, []).append(note)
    ticks = sorted(by_tick)
    straight = [times.seconds(swing.swung(tick)) for tick in ticks]
    ends = [*straight[1:], ensemble.end_seconds]
    played = []
    for i, tick in enumerate(ticks):
        _, in_bar = times.position(tick)
        room = ends[i] - straight[i]
        if i > 0:
            room = min(room, straight[i] - straight[i - 1])
        deviation = timing.onset(tick, times.meter(tick).strength(in_bar), room)
        played.append(max(0.0, straight[i] + deviation))
    next_ticks = [*ticks[1:], times.bar_start(ensemble.score.bars)]
    next_played = [*played[1:], ensemble.end_seconds]
    return tuple(
        Group(
            tick,
            _chord(by_tick[tick]),
            played[i],
            next_played[i],
            next_ticks[i] - tick,
        )
        for i, tick in enumerate(ticks)
    )


def _chord(notes: list[Note]) -> tuple[Note, ...]:
    """Notes of one onset, lowest first; of a doubled note the longest and loudest is played."""
    ordered = sorted(notes, key=lambda n: (n.duration_ticks, n.velocity, n.articulation))
    by_pitch = {note.pitch: note for note in ordered}
    return tuple(by_pitch[pitch] for pitch in sorted(by_pitch))
