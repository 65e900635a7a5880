"""Why a variant stands where it stands, in words and numbers.

Every sentence says what was measured; nothing in it comes from how the piece was made.
"""

from __future__ import annotations

from songwright.session.variants.evaluation import Evaluation, HookFacts, Lift, MoodFacts

_INTERVALS = (
    "unison", "second", "second", "third", "third", "fourth", "tritone", "fifth", "sixth",
    "sixth", "seventh", "seventh", "octave", "ninth", "ninth", "tenth", "tenth", "eleventh",
    "octave and a tritone", "twelfth", "thirteenth", "thirteenth", "fourteenth", "fourteenth",
)  # fmt: skip
_CLEAR_DB = 1.0
_NEAR_MOOD = 0.15


def reasons(found: Evaluation) -> tuple[str, ...]:
    """Sentences about hook, lift, mood, coherence and requests; the last only where one failed."""
    lines = [_hook(found.hook, found.range_semitones)]
    if found.lift is not None:
        lines.append(_lift(found.lift))
    lines.append(_mood(found.mood))
    if found.outside:
        worst = found.outside[0]
        more = f" and {len(found.outside) - 1} more" if len(found.outside) > 1 else ""
        lines.append(
            f"{worst.name.lower()} {worst.value:.2g} {'under' if worst.is_below else 'over'} the "
            f"{worst.edge:.2g} of human music{more}"
        )
    else:
        lines.append("form and repetition within human music")
    missed = [name for name, met in found.controls if not met]
    if missed:
        lines.append(f"misses {', '.join(missed)}")
    return tuple(lines)


def interval_name(semitones: int) -> str:
    """``a ninth``, ``an octave``, ``2 octaves and more``."""
    if semitones >= len(_INTERVALS):
        return f"{semitones // 12} octaves{' and more' if semitones % 12 else ''}"
    name = _INTERVALS[semitones]
    return f"{'an' if name[0] in 'oe' else 'a'} {name}"


def _hook(hook: HookFacts | None, reach: int | None) -> str:
    spoken = "" if reach is None else f", range {interval_name(reach)}"
    if hook is None:
        return f"no motif comes back note for note{spoken}"
    first = f"from bar {hook.bar + 1}"
    plain = ", plain in rhythm and line" if hook.distinctiveness < 0.5 else ""
    hard = ", hard to sing" if hook.singability < 0.5 else ""
    return f"hook of {hook.notes} notes returns {hook.returns}× {first}{spoken}{plain}{hard}"


def _lift(lift: Lift) -> str:
    if lift.db < 0.0:
        return f"{lift.high} {-lift.db:.1f} dB under {lift.low}"
    small = "only " if lift.db < _CLEAR_DB else ""
    return f"{lift.high} {small}+{lift.db:.1f} dB over {lift.low}"


def _mood(mood: MoodFacts) -> str:
    wanted = "asked" if mood.was_asked else "usual in the style"
    off = []
    bright = mood.valence - mood.asked_valence
    lively = mood.arousal - mood.asked_arousal
    if abs(bright) > _NEAR_MOOD:
        word = "brighter" if bright > 0 else "darker"
        off.append(f"{word} than {wanted} ({mood.valence:+.2f} for {mood.asked_valence:+.2f})")
    if abs(lively) > _NEAR_MOOD:
        word = "livelier" if lively > 0 else "calmer"
        off.append(f"{word} than {wanted} ({mood.arousal:+.2f} for {mood.asked_arousal:+.2f})")
    return ", ".join(off) or f"mood as {wanted}"
