"""What may come next in a line: range, metre, chord, density, locks. Nothing is mended afterwards.

A token that would break a hard constraint is masked before it can be drawn, so every line that is
sampled obeys by construction.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from songwright.errors import ConstraintError
from songwright.models.echoes import Bar
from songwright.models.grid import (
    DURATIONS,
    HIGHEST,
    LOWEST,
    POSITION_INDEX,
    POSITIONS,
    duration_index,
)
from songwright.models.likeness import Sound
from songwright.models.line_memory import LineMemory, read
from songwright.models.lines import (
    BAR,
    DURATION,
    END,
    FIGURE,
    MOST_TOKENS,
    PITCH,
    POSITION,
    REF,
    RETURN,
    START,
    VOCABULARY,
    Frame,
    Wish,
    line_of,
    table_of,
)

_BAR_TOKENS = 3  # of every bar: its line and its sketch
_WHOLE_ONSET = 4  # tokens of an onset that has begun, with one to spare


@dataclass(frozen=True, slots=True)
class LineRules:
    """Hard constraints of a line; None leaves one open.

    Parameters
    ----------
    low, high
        Bounds of all pitches (MIDI, in the key of C).
    voices
        Most notes at one onset.
    least_onsets, most_onsets
        Bounds of the number of onsets.
    positions
        Steps of the bar on which notes may begin.
    pitch_classes
        For each step of the frame, the pitch classes that may begin there; None for any.
    locked
        Notes that must be exactly there. Nothing else may sound in their place.
    closed_bars
        Bars in which only locked notes may begin.
    most_repeats
        How often one pitch may follow itself, unless no other is left.
    widest_leap
        Semitones between successive onsets' lowest notes, unless none is that near.
    first_onset
        No note may begin before this step.
    """

    low: int = LOWEST
    high: int = HIGHEST
    voices: int = 1
    least_onsets: int = 0
    most_onsets: int | None = None
    positions: frozenset[int] | None = None
    pitch_classes: tuple[frozenset[int] | None, ...] | None = None
    locked: tuple[Sound, ...] = ()
    closed_bars: frozenset[int] = frozenset()
    most_repeats: int = 8
    widest_leap: int = 24
    first_onset: int = 0


@dataclass
class LineGrammar:
    """A `Grammar` of lines (see `songwright.models.sampling`).

    Raises
    ------
    ConstraintError
        If the rules contradict each other from the start: a locked note outside the range or the
        frame, fewer places than onsets asked for.
    """

    frame: Frame
    wish: Wish
    rules: LineRules = field(default_factory=LineRules)
    reference: tuple[Sound, ...] = ()
    reference_frame: Frame | None = None
    reference_wish: Wish | None = None

    def __post_init__(self) -> None:
        self.table = table_of(self.frame, self.wish)
        self._given, self._told_given, earlier = self._read_reference()
        self.memory = LineMemory(self.frame, self.wish, self.table, earlier)
        self.tokens: list[int] = [START]
        self.bar = self.onsets = self.repeats = 0
        self.position = -1
        self.pending: list[int] = []  # pitches that wait for their duration
        self.closed: list[int] = []  # pitches of this onset that have theirs
        self.before: int | None = None  # lowest pitch of the onset before
        self.done = False
        self._groups = _grouped(self.rules.locked)
        self._heard = len(self._given) + 1
        self._places = self._free_places()
        self._check()

    @property
    def beginning(self) -> tuple[Sequence[int], NDArray[np.uint8]]:
        first = self.table[:1].copy()
        self.memory.tell(first[0], 0)
        return [*self._given, START], np.concatenate([self._told_given, first])

    def _read_reference(self) -> tuple[list[int], NDArray[np.uint8], list[Bar]]:
        """Tokens of the reference, what goes with them, and its bars."""
        if not self.reference or self.reference_frame is None:
            return [], self.table[:0], []
        wish = self.reference_wish or self.wish
        return read(self.reference, self.reference_frame, wish, (), REF)

    @property
    def most_tokens(self) -> int:
        onsets = self.rules.most_onsets
        onsets = len(self._places) if onsets is None else onsets
        onsets += len(self._groups)
        return (2 + 2 * min(self.rules.voices, 6)) * onsets + _BAR_TOKENS * self.frame.bars + 1

    @property
    def line(self) -> tuple[Sound, ...]:
        """The notes written so far; locked ones with their exact durations."""
        exact = {(s.onset, s.pitch): s for s in self.rules.locked}
        sounds = line_of(self.tokens[1:], self.frame.bar_steps)
        return tuple(exact.get((s.onset, s.pitch), s) for s in sounds)

    def allowed(self) -> NDArray[np.bool_]:
        mask = np.zeros(VOCABULARY, bool)
        if self.tokens[-1] in (START, BAR):
            mask[[RETURN + number for number in self.memory.returns]] = True
        elif RETURN <= self.tokens[-1] < FIGURE:
            mask[FIGURE:] = True
        elif self._locked_now():
            self._allow_locked(mask)
        elif self.pending:
            self._allow_duration(mask)
            self._allow_pitches(mask)
        elif self.position >= 0 and not self.closed:
            self._allow_pitches(mask)
        else:
            if self.closed:
                self._allow_pitches(mask)
            self._allow_positions(mask)
            self._allow_bar_or_end(mask)
        return mask

    def accept(self, token: int) -> NDArray[np.uint8]:
        self.tokens.append(token)
        self.memory.hear(token)
        if token == END:
            self.done = True
            row: NDArray[np.uint8] = self.table[-1]
            return row
        if token == BAR:
            self._leave_onset()
            self.bar, self.position = self.bar + 1, -1
        elif POSITION <= token < PITCH:
            self._leave_onset()
            self.position = POSITIONS[token - POSITION]
            self.onsets += self._now not in self._groups
        elif PITCH <= token < DURATION:
            self.pending.append(token - PITCH + LOWEST)
        elif DURATION <= token < RETURN:
            self.closed += self.pending
            self.pending = []
        told: NDArray[np.uint8] = self.table[self._now].copy()
        self.memory.tell(told, max(0, self.position))
        return told

    # -- where we are

    @property
    def _now(self) -> int:
        return self.bar * self.frame.bar_steps + max(0, self.position)

    def _leave_onset(self) -> None:
        if self.closed:
            lowest = min(self.closed)
            self.repeats = self.repeats + 1 if lowest == self.before else 0
            self.before = lowest
        self.closed = []

    def _check(self) -> None:
        rules = self.rules
        if rules.low > rules.high:
            raise ConstraintError(f"the range {rules.low} to {rules.high} holds no pitch")
        for sound in rules.locked:
            if not rules.low <= sound.pitch <= rules.high:
                raise ConstraintError(
                    f"the locked pitch {sound.pitch} lies outside {rules.low} to {rules.high}"
                )
            within = sound.onset % self.frame.bar_steps
            if not 0 <= sound.onset < self.frame.steps or within not in POSITION_INDEX:
                raise ConstraintError(f"the locked onset {sound.onset} is not on the models' grid")
        if rules.least_onsets > len(self._places):
            raise ConstraintError(
                f"{rules.least_onsets} onsets are asked for, but there is room for "
                f"{len(self._places)}"
            )
        if rules.most_onsets is not None and rules.most_onsets < rules.least_onsets:
            raise ConstraintError(
                f"at least {rules.least_onsets} and at most {rules.most_onsets} onsets"
            )

    def _free_places(self) -> list[int]:
        """Steps at which a free note may begin, in order."""
        frame, rules = self.frame, self.rules
        bar = frame.bar_steps
        sounding = [(s.onset, s.onset + s.duration) for s in rules.locked]
        places = []
        for b in range(frame.bars):
            if b in rules.closed_bars:
                continue
            for position in POSITIONS:
                step = b * bar + position
                if position >= bar or step < rules.first_onset:
                    continue
                if rules.positions is not None and position not in rules.positions:
                    continue
                if any(start <= step < end for start, end in sounding) or not self._pitches(step):
                    continue
                places.append(step)
        return places

    def _pitches(self, step: int) -> range | list[int]:
        rules = self.rules
        every = range(rules.low, rules.high + 1)
        if rules.pitch_classes is None or rules.pitch_classes[step] is None:
            return every
        classes = rules.pitch_classes[step] or frozenset()
        return [p for p in every if p % 12 in classes]

    def _next_lock(self) -> int | None:
        """Onset of the first locked group not yet written."""
        now = self._now if self.position >= 0 else self._now - 1
        return next((onset for onset in self._groups if onset > now), None)

    @property
    def _is_full(self) -> bool:
        """Whether the rest of the sequence is needed for what must still come: bars and locks."""
        locks = sum(len(group) for onset, group in self._groups.items() if onset >= self._now)
        needed = 3 * locks + _BAR_TOKENS * (self.frame.bars - self.bar) + _WHOLE_ONSET
        return self._heard + len(self.tokens) + needed >= MOST_TOKENS

    # -- what may come

    def _locked_now(self) -> bool:
        if self.position < 0 or self._now not in self._groups:
            return False
        return len(self.closed) < len(self._groups[self._now])

    def _allow_locked(self, mask: NDArray[np.bool_]) -> None:
        """The locked notes of this onset one after the other, each with its duration."""
        group = self._groups[self._now]
        if self.pending:
            mask[DURATION + duration_index(group[len(self.closed)].duration)] = True
        else:
            mask[PITCH + group[len(self.closed)].pitch - LOWEST] = True

    def _allow_pitches(self, mask: NDArray[np.bool_]) -> None:
        rules = self.rules
        if self._now in self._groups:
            return
        held = [*self.closed, *self.pending]
        if len(held) >= rules.voices or (held and self._is_full):
            return
        above = max(held, default=0)
        free = [pitch for pitch in self._pitches(self._now) if pitch > above]
        if not held and self.before is not None:
            # The two soft rules of a line give way where they would leave nothing.
            near = [p for p in free if abs(p - self.before) <= rules.widest_leap]
            free = near or free
            if self.repeats >= rules.most_repeats:
                free = [pitch for pitch in free if pitch != self.before] or free
        for pitch in free:
            mask[PITCH + pitch - LOWEST] = True

    def _allow_duration(self, mask: NDArray[np.bool_]) -> None:
        lock = self._next_lock()
        end = self.frame.steps if lock is None else lock
        for index, length in enumerate(DURATIONS):
            if self._now + length <= end:
                mask[DURATION + index] = True
        mask[DURATION] |= not mask[DURATION:].any()

    def _allow_positions(self, mask: NDArray[np.bool_]) -> None:
        bar = self.frame.bar_steps
        start, end = self.bar * bar, (self.bar + 1) * bar
        lock = self._next_lock()
        needed = self.rules.least_onsets - self.onsets
        if lock is not None and lock < end:
            after = sum(place > lock for place in self._places)
            mask[POSITION + POSITION_INDEX[lock - start]] = after >= needed
            end = lock
        if self.rules.most_onsets is not None and self.onsets >= self.rules.most_onsets:
            return
        if self._is_full:
            return
        now = self._now if self.position >= 0 else start - 1
        left = [place for place in self._places if place > now]
        latest = left[-needed] if 0 < needed <= len(left) else None
        for place in left:
            if place >= end or (latest is not None and place > latest):
                break
            mask[POSITION + POSITION_INDEX[place - start]] = True

    def _allow_bar_or_end(self, mask: NDArray[np.bool_]) -> None:
        bar = self.frame.bar_steps
        end = (self.bar + 1) * bar
        lock = self._next_lock()
        if lock is not None and lock < end:
            return
        after = sum(place >= end for place in self._places)
        if self.onsets + after < self.rules.least_onsets:
            return  # the onsets still needed would no longer fit
        mask[END if self.bar == self.frame.bars - 1 else BAR] = True


def _grouped(locked: Sequence[Sound]) -> dict[int, list[Sound]]:
    groups: dict[int, list[Sound]] = {}
    for sound in sorted(locked, key=lambda s: (s.onset, s.pitch)):
        groups.setdefault(sound.onset, []).append(sound)
    return groups
