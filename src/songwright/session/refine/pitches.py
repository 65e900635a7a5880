"""Edits of notes that need no composing: transposing, thinning, simplifying, another player."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import replace

from songwright.composition.hands import parted_hands
from songwright.errors import ProjectError
from songwright.score import ChordSpan, Instrument, KeyChange, Note, instrument, instruments
from songwright.seeds import rng
from songwright.session.refine.model import Edit
from songwright.session.refine.scope import Place, resolve
from songwright.session.refine.splice import Spans, inside, tidy
from songwright.session.refine.state import Piece, free, rewritten
from songwright.theory import Chord, Key
from songwright.theory.roman import roman_of

ARTICULATIONS = ("", "staccato", "tenuto", "accent", "marcato", "legato", "tremolo", "pizzicato")
_UNPITCHED = ("drums", "percussion")
_EIGHTH = 240


def pitched(piece: Piece, place: Place) -> Place:
    """The place without drums and percussion, which have no pitch to move."""
    parts = tuple(p for p in place.parts if piece.plan.part(p).role not in _UNPITCHED)
    return replace(place, parts=parts)


def mapped(
    piece: Piece, edit: Edit, change: Callable[[Note], Note | None], what: str = ""
) -> Piece:
    """Every note inside the edit's scope replaced by ``change`` of it (None takes it out)."""
    where = free(piece, resolve(edit.scope, piece.plan), what or edit.kind)
    notes = {}
    for part, spans in where.items():
        fresh = [change(n) if inside(n.onset_ticks, spans) else n for n in piece.notes(part)]
        notes[part] = tidy([n for n in fresh if n is not None])
    return rewritten(piece, where, notes)


def octave(piece: Piece, edit: Edit) -> Piece:
    """Move parts by octaves (``amount``), as far as their instruments reach."""
    place = pitched(piece, resolve(edit.scope, piece.plan))
    where = free(piece, place, "octave")
    shift = 12 * round(edit.amount)
    return rewritten(piece, where, {p: _shifted(piece, p, where[p], shift) for p in where})


def _shifted(
    piece: Piece, part: str, spans: Sequence[tuple[int, int]], by: int
) -> tuple[Note, ...]:
    player = instrument(piece.plan.part(part).instrument)
    moved = (
        replace(n, pitch=_within(n.pitch + by, player)) if inside(n.onset_ticks, spans) else n
        for n in piece.notes(part)
    )
    return tidy(list(moved))


def _within(pitch: int, player: Instrument) -> int:
    """The pitch, or the nearest octave of it that the instrument can play."""
    while pitch < player.low:
        pitch += 12
    while pitch > player.high:
        pitch -= 12
    return pitch


def transpose(piece: Piece, edit: Edit) -> Piece:
    """Move all pitched parts, chords and keys of the scope by ``amount`` semitones.

    With ``value`` a key: to that key, the nearer way; another mode bends the scale degrees.
    """
    plan, bar = piece.plan, piece.bar_ticks
    place = resolve(edit.scope, plan)
    place = pitched(piece, place)
    where = free(piece, place, f"transpose {edit.scope}", strict=True)
    target = _key(edit.value) if edit.value else None
    home = plan.key
    by = round(edit.amount)
    if target is not None:
        by = (target.tonic_pc - home.tonic_pc + 6) % 12 - 6
    bend = _bend(home, target, by) if target is not None and target.mode != home.mode else None

    def new_pitch(pitch: int) -> int:
        return pitch + by + (bend[(pitch - home.tonic_pc) % 12] if bend else 0)

    notes = {}
    for part, spans in where.items():
        player = instrument(plan.part(part).instrument)
        notes[part] = tidy([
            replace(n, pitch=_within(new_pitch(n.pitch), player))
            if inside(n.onset_ticks, spans) else n for n in piece.notes(part)
        ])  # fmt: skip
    everybody = len(place.parts) == sum(p.role not in _UNPITCHED for p in plan.parts)
    if not everybody:  # one player alone: the harmony stays
        return rewritten(piece, where, notes)

    def key_of(key: Key) -> Key:
        moved = key.transposed(by)
        if target is None:
            return moved
        if key == home:
            return target
        return Key(moved.tonic, target.mode) if key.mode == home.mode and bend else moved

    chords = tuple(_moved_chord(c, by, bend, home, key_of) for c in piece.score.chords)
    sections = tuple(
        replace(s, key=key_of(s.key))
        if inside(s.start_bar * bar, place.spans) and inside(s.end_bar * bar - 1, place.spans)
        else s for s in plan.sections
    )  # fmt: skip
    whole = place.spans == ((0, plan.bars * bar),)
    new_plan = replace(plan, sections=sections, key=key_of(plan.key) if whole else plan.key)
    after = rewritten(piece, where, notes, plan=new_plan, chords=chords, chord_spans=place.spans)
    keys: list[KeyChange] = []
    for section in sections:
        if not keys or keys[-1].key != section.key:
            keys.append(KeyChange(section.start_bar * bar, section.key))
    return replace(after, score=replace(after.score, keys=tuple(keys)))


def _key(text: str) -> Key:
    from songwright.brief import understand  # noqa: PLC0415 (only here)

    key = understand("", {"key": text}).key
    if key is None:
        raise ProjectError(f"{text!r} is not a key; write it like “D minor”")
    return key


def _bend(home: Key, target: Key, by: int) -> dict[int, int]:
    """Semitones by which each degree above the old tonic moves on, when the mode changes."""
    old = [(pc - home.tonic_pc) % 12 for pc in home.scale_pcs]
    new = [(pc - target.tonic_pc) % 12 for pc in target.scale_pcs]
    if len(old) != len(new):
        return dict.fromkeys(range(12), 0)
    del by
    bend = dict.fromkeys(range(12), 0)
    for a, b in zip(old, new, strict=True):
        bend[a] = b - a
    return bend


def _moved_chord(
    span: ChordSpan, by: int, bend: dict[int, int] | None, home: Key, key_of: Callable[[Key], Key]
) -> ChordSpan:
    key = key_of(home)

    def name(old: str) -> str:
        from songwright.theory.pitch import pitch_class  # noqa: PLC0415 (only here)

        pc = pitch_class(old)
        shift = by + (bend[(pc - home.tonic_pc) % 12] if bend else 0)
        return key.spell((pc + shift) % 12)

    chord = Chord(name(span.chord.root), span.chord.quality,
                  name(span.chord.bass) if span.chord.bass else "")  # fmt: skip
    if bend and span.chord.quality in ("", "m", "dim"):
        chord = replace(chord, quality=_triad(chord.root_pc, key))
    return replace(span, chord=chord, roman=roman_of(chord, key))


def _triad(root_pc: int, key: Key) -> str:
    """The triad that the key's scale builds on a root."""
    scale = set(key.diatonic_pcs)
    third = "m" if (root_pc + 3) % 12 in scale and (root_pc + 4) % 12 not in scale else ""
    if third and (root_pc + 7) % 12 not in scale and (root_pc + 6) % 12 in scale:
        return "dim"
    return third


def player(piece: Piece, edit: Edit) -> Piece:
    """Give parts another instrument (``value``); notes move by octaves into its range."""
    place = resolve(edit.scope, piece.plan)
    new = instruments().get(_instrument_id(edit.value))
    if new is None:
        raise ProjectError(
            f"{edit.value!r} is not an instrument; `songwright instruments` lists them"
        )
    where = free(piece, place, f"instrument {edit.value}", strict=True)
    if place.spans != ((0, piece.plan.bars * piece.bar_ticks),):
        raise ProjectError("an instrument changes for a whole part; leave out sections and bars")
    notes = {}
    for part in where:
        planned = piece.plan.part(part)
        if new.is_kit != instrument(planned.instrument).is_kit:
            raise ProjectError(f"{part}: {new.name} cannot take over from {planned.name}")
        fresh = [replace(n, pitch=_within(n.pitch, new)) if not new.is_kit else n
                 for n in piece.notes(part)]  # fmt: skip
        notes[part] = tidy(fresh)
    parts = parted_hands(
        [replace(p, instrument=new.id, name=new.name) if p.id in where else p
         for p in piece.plan.parts]
    )  # fmt: skip
    return rewritten(piece, where, notes, plan=replace(piece.plan, parts=tuple(parts)))


def _instrument_id(text: str) -> str:
    from songwright.brief.vocabulary import vocabulary  # noqa: PLC0415 (only here)

    slug = text.strip().lower().replace(" ", "_")
    if slug in instruments():
        return slug
    word = vocabulary().phrases.get(text.strip().lower())
    return word.instruments[0] if word is not None and word.instruments else slug


def articulation(piece: Piece, edit: Edit) -> Piece:
    """Give all notes an articulation (``value``); "plain" takes it away."""
    how = "" if edit.value == "plain" else edit.value
    if how not in ARTICULATIONS:
        known = ", ".join(a or "plain" for a in ARTICULATIONS)
        raise ProjectError(f"{edit.value!r} is not an articulation; choose from {known}")
    return mapped(piece, edit, lambda n: replace(n, articulation=how))


def louder(piece: Piece, edit: Edit) -> Piece:
    """Written dynamics up or down by ``amount`` of MIDI velocity."""
    by = round(edit.amount)
    return mapped(piece, edit, lambda n: replace(n, velocity=max(1, min(127, n.velocity + by))))


def thinner(piece: Piece, edit: Edit, number: int) -> Piece:
    """Leave out the share ``amount`` (0..1) of notes, those on the weakest places first.

    The first moment of each bar stays, and what is left rings into the gap.
    """
    where = free(piece, resolve(edit.scope, piece.plan), "thin")
    notes = {p: _thinned(piece, p, where[p], min(0.95, abs(edit.amount)), number) for p in where}
    return rewritten(piece, where, notes)


def _thinned(
    piece: Piece, part: str, spans: Sequence[tuple[int, int]], share: float, number: int
) -> tuple[Note, ...]:
    meter, bar = piece.plan.meter, piece.bar_ticks
    inner = [n for n in piece.notes(part) if inside(n.onset_ticks, spans)]
    stream = rng(piece.plan.seed, "refine", number, "thin", part)
    groups: dict[int, list[Note]] = defaultdict(list)
    for note in inner:
        groups[note.onset_ticks].append(note)
    starts = {min(t for t in groups if t // bar == b) for b in {t // bar for t in groups}}
    weak = sorted(
        (t for t in groups if t not in starts),
        key=lambda t: (meter.strength(t % bar), stream.random()),
    )
    gone = set(weak[: round(share * len(groups))])
    kept = sorted(set(groups) - gone)
    lengthens = piece.plan.part(part).role not in _UNPITCHED
    result = [n for n in piece.notes(part) if not inside(n.onset_ticks, spans)]
    for i, tick in enumerate(kept):
        following = kept[i + 1] if i + 1 < len(kept) else tick
        for note in groups[tick]:
            length = note.duration_ticks
            dropped = [t for t in gone if note.end_ticks - 30 <= t < following]
            if lengthens and dropped and min(dropped) - note.end_ticks < _EIGHTH:
                length = max(length, min(following - tick, bar))
            result.append(replace(note, duration_ticks=length))
    return tidy(result)


_GRIDS = {"beginner": 480, "easy": 240, "intermediate": 120}
_HANDS = {"beginner": 2, "easy": 3, "intermediate": 4}


def simplify(piece: Piece, edit: Edit) -> Piece:
    """Write for a player of a level (``value``: beginner, easy, intermediate).

    Rhythm goes to the beat, the eighth or the sixteenth; of notes that fall together the stronger
    stays; chords keep their outer notes.
    """
    level = edit.value or "easy"
    if level not in _GRIDS:
        raise ProjectError(f"{level!r} is not a level; choose from {', '.join(_GRIDS)}")
    where = free(piece, resolve(edit.scope, piece.plan), "simplify")
    return rewritten(
        piece, where, {p: _simple(piece, p, where, _GRIDS[level], _HANDS[level]) for p in where}
    )


def _simple(piece: Piece, part: str, where: Spans, grid: int, most: int) -> tuple[Note, ...]:
    spans = where[part]
    single = piece.plan.part(part).role in ("lead", "counter", "bass")
    most = 1 if single else most
    groups: dict[int, list[Note]] = defaultdict(list)
    for note in piece.notes(part):
        if inside(note.onset_ticks, spans):
            at = note.onset_ticks // grid * grid
            if not inside(at, spans):
                at = next(a for a, b in spans if a <= note.onset_ticks < b)
            groups[at].append(note)
    result = [n for n in piece.notes(part) if not inside(n.onset_ticks, spans)]
    for tick, group in sorted(groups.items()):
        # A note on the grid beats one that was beside it; then the longer one.
        group.sort(key=lambda n: (n.onset_ticks != tick, -n.duration_ticks, -n.pitch))
        pitches = sorted({n.pitch for n in group if n.onset_ticks == group[0].onset_ticks})
        if len(pitches) > most:
            pitches = [*pitches[: most - 1], pitches[-1]] if most > 1 else [group[0].pitch]
        for pitch in pitches:
            note = next(n for n in group if n.pitch == pitch)
            end = max(tick + grid, (note.end_ticks + grid // 2) // grid * grid)
            result.append(replace(note, onset_ticks=tick, duration_ticks=end - tick,
                                  articulation=""))  # fmt: skip
    if single:
        result = _one_voice(result, spans)
    return tidy(result)


def _one_voice(notes: Sequence[Note], spans: Sequence[tuple[int, int]]) -> list[Note]:
    ordered = sorted(notes, key=lambda n: n.onset_ticks)
    result = []
    for i, written in enumerate(ordered):
        note = written
        following = ordered[i + 1].onset_ticks if i + 1 < len(ordered) else note.end_ticks
        if inside(note.onset_ticks, spans) and note.onset_ticks < following < note.end_ticks:
            note = replace(note, duration_ticks=following - note.onset_ticks)
        result.append(note)
    return result


_BACKBEAT_KEYS = (37, 38, 39, 40)
_HAT_KEYS = (42, 44, 46)


def half_time(piece: Piece, edit: Edit) -> Piece:
    """Drums in half-time feel: one backbeat in the middle of the bar, hats on the beat only.

    Raises
    ------
    ProjectError
        If the metre is not 4/4 or nobody plays drums there.
    """
    plan = piece.plan
    place = resolve(edit.scope, plan)
    drums = tuple(p for p in place.parts if plan.part(p).role == "drums")
    if piece.bar_ticks != 1920 or plan.meter.is_compound or not drums:
        raise ProjectError("half-time feel is for drums in 4/4")

    def change(note: Note) -> Note | None:
        at = note.onset_ticks % 1920
        if note.pitch in _BACKBEAT_KEYS and at == 480:
            return replace(note, onset_ticks=note.onset_ticks + 480)
        if note.pitch in _BACKBEAT_KEYS and at in (960, 1440):
            return None
        return None if note.pitch in _HAT_KEYS and at % 480 else note

    return mapped(piece, replace(edit, scope=replace(edit.scope, parts=drums)), change)
