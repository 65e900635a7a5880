"""Accompanying parts from the parts model: inner voices, counter-melodies, figures, basses, pads.

A part is filled block by block (one or two bars). For each block several candidates are sampled
under hard rules (`songwright.composition.learned.part_blocks`), and the one that reads best beside
the tune and the bass is kept (`songwright.composition.learned.part_score`). The first blocks of all
sections are sampled side by side, then all second ones, and so on; each hears the block before, or
an earlier one over the same chords, as its reference. A section that returns takes over the blocks
of its letter wherever chords, activity and register are the same, and varies the others.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from itertools import groupby, islice

from songwright.composition.accompany.lines import joined
from songwright.composition.accompany.register import velocity
from songwright.composition.accompany.stage import Stage
from songwright.composition.accompany.tidy import tidy, tied
from songwright.composition.learned.part_blocks import SINGLE, Block, blocks_of
from songwright.composition.learned.part_score import heard, score_block
from songwright.composition.learned.part_styles import MODEL, PartFacts, facts_if_learned, manner
from songwright.composition.plan import Decision
from songwright.errors import ConstraintError, ModelError
from songwright.models.grid import MOST_QUARTERS, TICKS_PER_STEP
from songwright.models.likeness import Sound
from songwright.models.line_grammar import LineGrammar
from songwright.score import Note
from songwright.seeds import rng
from songwright.units import TICKS_PER_BEAT

Line = tuple[Sound, ...]

_MOST_ROWS = 350  # candidates of all blocks of a part: long pieces get fewer for each
_FEWEST = 3
_TASTE = (0.9, 0.95)
_SAME_CHORDS = 0.25  # how much more a block is like one over the same chords
_VARIATION = 0.8  # how like a returning block is to the one of its letter where it differs
_AS_BUSY = 0.3  # share by which a block may differ in onsets and still be taken over
_WORSE = 0.7  # by how much it may go worse with the tune as it returns
_OFF_REGISTER = 3
_CRITIC = 0.15  # what one nat of the critic's odds counts beside the marks of `score_block`


def part_by_maker(
    stage: Stage,
    ruled: tuple[Note, ...],
    written: Mapping[str, tuple[Note, ...]],
    decisions: list[Decision] | None = None,
) -> tuple[Note, ...]:
    """A part by the maker that its plan wants; by rules where the model cannot be used.

    Parameters
    ----------
    stage
        The part's view of the piece.
    ruled
        The part as the rules wrote it.
    written
        Notes of the parts written before, by part id.
    decisions
        Who wrote the part and why is added to this list, if it is given.

    Returns
    -------
    tuple of Note
        ``ruled`` itself, or notes of the model in its place, in order of onset.
    """
    part, plan = stage.part, stage.plan
    facts = facts_if_learned(plan, part.role)
    if facts is None or not ruled or plan.meter.bar_ticks > MOST_QUARTERS * TICKS_PER_BEAT:
        return ruled
    try:
        notes = learned_part(stage, facts, ruled, written)
        maker, reason = "learned", f"sampled from the parts model ({facts.family})"
    except (ModelError, ConstraintError, ImportError) as error:
        notes, maker, reason = ruled, "rules", f"the model could not be used: {error}"
    if decisions is not None:
        decisions.append(Decision(f"part:{part.id}", maker, reason))
    return notes


def learned_part(
    stage: Stage,
    facts: PartFacts,
    ruled: Sequence[Note],
    written: Mapping[str, tuple[Note, ...]],
) -> tuple[Note, ...]:
    """Write a part with the model, within what the rules have settled for it.

    Where the rules rest, the part rests; its register, number of onsets and grid stay near theirs.
    The last bar of a piece that ends stays as the rules wrote it.

    Raises
    ------
    ModelError
        If the model's files are missing or damaged.
    ConstraintError
        If no note is left that may be played.
    """
    blocks = blocks_of(stage, facts, ruled, written)
    lines = _sampled(stage, blocks)
    sections: dict[str, list[Note]] = {}
    for block in blocks:
        own = sections.setdefault(block.bars[0].section.id, [])
        own += _notes(block, lines.get((block.bars[0].section.id, block.number), ()))
    done = {bar.index for block in blocks for bar in block.bars}
    seams = {block.start for block in blocks}
    bar_ticks = stage.meter.bar_ticks
    notes: list[Note] = []
    for section_id, group in groupby(stage.bars, key=lambda bar: bar.section.id):
        bars = list(group)
        section = _joined(stage, sections.get(section_id, []), seams)
        section += [
            n for n in ruled
            if bars[0].start <= n.onset_ticks < bars[-1].end
            and n.onset_ticks // bar_ticks not in done
        ]  # fmt: skip
        notes += tidy(section, stage, bars[0].start, bars[-1].end)
    return tuple(sorted(notes, key=lambda n: (n.onset_ticks, n.pitch, n.duration_ticks)))


@dataclass
class _Written:
    """Blocks that are written: by section and number, and the first of each letter and number."""

    lines: dict[tuple[str, int], Line] = field(default_factory=dict)
    blocks: dict[tuple[str, int], Block] = field(default_factory=dict)
    letters: dict[tuple[str, int], tuple[str, int]] = field(default_factory=dict)

    def add(self, block: Block, line: Line) -> None:
        key = (block.bars[0].section.id, block.number)
        self.lines[key], self.blocks[key] = line, block
        self.letters.setdefault(block.letter, key)


def _sampled(stage: Stage, blocks: Sequence[Block]) -> dict[tuple[str, int], Line]:
    """The line of each block, in C, wave by wave."""
    waves: dict[int, list[Block]] = {}
    heard_letters: set[tuple[str, int]] = set()
    for block in blocks:
        if block.held:
            returns = block.letter in heard_letters
            waves.setdefault(block.number + returns, []).append(block)
            heard_letters.add(block.letter)
    done = _Written()
    count = _candidates(stage, sum(map(len, waves.values())))
    for wave in sorted(waves):
        # What returns is one wave behind the first of its letter, which is thus there already.
        fresh: list[Block] = []
        for block in waves[wave]:
            line = _taken_over(block, done)
            if line is None:
                fresh.append(block)
            else:
                done.add(block, line)
        for block, line in zip(fresh, _chosen(stage, fresh, done, count), strict=True):
            done.add(block, line)
    return done.lines


def _taken_over(block: Block, done: _Written) -> Line | None:
    """The line of the same place in its letter, if it fits here as it stands."""
    key = done.letters.get(block.letter)
    if key is None:
        return None
    first, line, part = done.blocks[key], done.lines[key], block.stage.part
    low, high = block.bounds
    fits = (
        first.frame.harmony == block.frame.harmony
        and first.steps == block.steps
        and abs(first.onsets - block.onsets) <= _AS_BUSY * max(first.onsets, block.onsets)
        and all(low - _OFF_REGISTER <= s.pitch <= high + _OFF_REGISTER for s in line)
        and all(part.low <= s.pitch - block.shift <= part.high for s in line)
    )
    if not fits:
        return None
    if first.frame.tune == block.frame.tune and first.frame.bass == block.frame.bass:
        return line
    here, there = score_block(line, heard(block)), score_block(line, heard(first))
    return line if here >= there - _WORSE else None


def _reference(block: Block, done: _Written) -> tuple[Block, Line, float] | None:
    """What a block follows, and how like it is to be."""
    key = done.letters.get(block.letter)
    if key is not None and done.blocks[key].steps == block.steps:
        return done.blocks[key], done.lines[key], _VARIATION
    section = block.bars[0].section.id
    earlier = [(section, n) for n in range(block.number) if (section, n) in done.lines]
    like = block.manner.like
    for own in earlier:
        if done.blocks[own].frame.harmony == block.frame.harmony:
            return done.blocks[own], done.lines[own], min(0.95, like + _SAME_CHORDS)
    return (done.blocks[earlier[-1]], done.lines[earlier[-1]], like) if earlier else None


def _candidates(stage: Stage, blocks: int) -> int:
    """Candidates for each of so many blocks of a part."""
    return min(manner(stage.part.role).candidates, max(_FEWEST, _MOST_ROWS // max(1, blocks)))


def _chosen(stage: Stage, blocks: Sequence[Block], done: _Written, candidates: int) -> list[Line]:
    """The best candidate of each block; all candidates are sampled in one batch."""
    from songwright.models.critic import load_critic  # noqa: PLC0415
    from songwright.models.decoder import load  # noqa: PLC0415 (slow to load; rules do without)
    from songwright.models.line_traits import line_traits  # noqa: PLC0415
    from songwright.models.lines import LINE_FEATURES  # noqa: PLC0415
    from songwright.models.sampling import Taste, sample  # noqa: PLC0415

    if not blocks:
        return []
    decoder, critic = load(MODEL), load_critic(MODEL)
    grammars: list[LineGrammar] = []
    streams = []
    references = [_reference(block, done) for block in blocks]
    for block, found in zip(blocks, references, strict=True):
        section = block.bars[0].section
        for k in range(candidates):
            if found is None:
                grammar = LineGrammar(block.frame, block.wish(None), block.rules)
            else:
                other, line, like = found
                grammar = LineGrammar(
                    block.frame, block.wish(like), block.rules, line, other.frame, other.wish(None)
                )
            grammars.append(grammar)
            streams.append(rng(stage.plan.seed, "learned part", stage.desk, stage.part.id,
                               section.letter, section.occurrence, block.number, k))  # fmt: skip
    sample(decoder, grammars, streams, LINE_FEATURES.offsets, Taste(*_TASTE))
    lines: list[Line] = []
    written = iter(grammars)
    for block, found in zip(blocks, references, strict=True):
        told = heard(block, _before(block, done), found[1] if found else ())
        own = islice(written, candidates)
        offers = [(_playable(block, grammar.line)) for grammar in own]
        values = [score_block(offer, told=told) for offer in offers]
        if critic is not None:
            minor = bool(block.wish(None).minor)
            for k, offer in enumerate(offers):
                values[k] += _CRITIC * critic.odds(line_traits(offer, block.frame, minor))
        lines.append(offers[max(range(len(offers)), key=lambda k: (values[k], -k))])
    return lines


def _before(block: Block, done: _Written) -> tuple[int, ...]:
    """The pitches with which the block before ended."""
    line = done.lines.get((block.bars[0].section.id, block.number - 1), ())
    if not line:
        return ()
    last = max(s.onset for s in line)
    return tuple(sorted(s.pitch for s in line if s.onset == last))


def _playable(block: Block, line: Line) -> Line:
    """Single lines end each note with the next one; a pitch never sounds twice at once.

    In a figure of the style, notes are as long as those of the rules.
    """
    if block.is_tight:
        lengths = {
            step: max(1, min(note.duration_ticks // TICKS_PER_STEP, block.steps - step))
            for step, note in block.ruled_steps.items()
        }
        line = tuple(s._replace(duration=lengths[s.onset]) for s in line)
    if block.stage.part.role in SINGLE:
        ends = [*(s.onset for s in line[1:]), block.steps]
        return tuple(
            s._replace(duration=_length(block, s, end)) for s, end in zip(line, ends, strict=True)
        )
    following: dict[int, int] = {}
    result: list[Sound] = []
    for sound in reversed(line):
        end = following.get(sound.pitch, block.steps)
        result.append(sound._replace(duration=min(sound.duration, end - sound.onset)))
        following[sound.pitch] = sound.onset
    return tuple(reversed(result))


def _length(block: Block, sound: Sound, end: int) -> int:
    """Up to the next note; a voice that the rules never let rest is held on while it fits."""
    room = end - sound.onset
    if block.is_full and sound.duration < room:
        chords = block.chords[sound.onset : end]
        if all(sound.pitch % 12 in pcs for pcs in chords):
            return room
    return min(sound.duration, room)


_SOFTER = {"inner": 4, "counter": 2, "pad": 4, "chords": 2}
_SMOOTH = frozenset(("inner", "counter", "pad"))


def _notes(block: Block, line: Line) -> list[Note]:
    """A line in ticks, in the key of its section, with written velocities.

    Where the grid of the models has no place for what the rules play, that stays.
    """
    if not line:
        return list(block.ruled)
    stage, notes = block.stage, list[Note]()
    softer = _SOFTER.get(stage.part.role, 0)
    articulation = "legato" if stage.part.role in _SMOOTH else ""
    for sound in line:
        onset = block.start + sound.onset * TICKS_PER_STEP
        bar = block.bars[(onset - block.start) // stage.meter.bar_ticks]
        length = sound.duration * TICKS_PER_STEP
        pitch = sound.pitch - block.shift
        as_ruled = block.ruled_steps.get(sound.onset)
        if block.is_tight and as_ruled is not None:
            length = min(length, as_ruled.duration_ticks)
            notes.append(replace(as_ruled, onset_ticks=onset, duration_ticks=length, pitch=pitch))
            continue
        level = velocity(stage, bar, stage.meter.strength(onset - bar.start)) - softer
        notes.append(Note(onset, length, pitch, max(30, level), articulation))
    return notes


def _joined(stage: Stage, notes: list[Note], seams: Set[int]) -> list[Note]:
    """Voices hold a note over the seam of two blocks instead of striking it again."""
    if stage.part.role == "pad":
        return tied(notes, stage.meter.bar_ticks)
    if stage.part.role not in _SMOOTH or stage.instrument.id.startswith(("choir", "voice")):
        return notes
    result: list[Note] = []
    for note in notes:
        before = result[-1] if result else None
        if before and note.onset_ticks in seams and joined([before, note]) != [before, note]:
            result[-1:] = joined([before, note])
        else:
            result.append(note)
    return result
