"""Which kind of human music a piece from anywhere is read against, guessed from simple facts.

The guess only chooses the bands; it is always stated with its reason, and the user may name another
kind. Nothing is guessed from names of files.
"""

from __future__ import annotations

from itertools import pairwise

from songwright.score import Part, Score, instrument

_KEYBOARDS = frozenset(
    {"acoustic_grand_piano", "bright_acoustic_piano", "electric_grand_piano", "honky_tonk_piano",
     "harpsichord", "clavinet", "church_organ", "reed_organ", "drawbar_organ", "celesta"}
)  # fmt: skip
_STRINGS = frozenset({"violin", "viola", "cello", "contrabass"})
_VOICES = frozenset({"choir_aahs", "voice_oohs", "synth_voice"})
_ORCHESTRAL = _STRINGS | {
    "tremolo_strings", "pizzicato_strings", "orchestral_harp", "timpani", "string_ensemble_1",
    "trumpet", "trombone", "tuba", "french_horn", "oboe", "english_horn", "bassoon", "clarinet",
    "piccolo", "flute", "choir_aahs",
}  # fmt: skip


def guess_kind(score: Score) -> tuple[tuple[str, ...], str]:
    """Kinds of `songwright.evaluate.bands` to read a score against, and the reason in words.

    Without notes there is no kind. The first kind is the guess; a second one only supplies bands
    that the first has not.
    """
    parts = [p for p in score.parts if p.notes]
    drums = [p for p in parts if p.role == "drums" or instrument(p.instrument).is_kit]
    pitched = [p for p in parts if p not in drums]
    players = {p.instrument for p in pitched}
    if not parts:
        return (), "there are no notes"
    if not pitched:
        return ("drums",), "only drums sound"
    if drums:
        return ("multitrack", "drums"), "drums play with pitched parts"
    if len(pitched) == 1 and _is_single_line(pitched[0]):
        if score.chords:
            return ("lead_sheet",), "one line with chord symbols"
        return ("folk_tune",), "one line alone"
    if players <= _KEYBOARDS and len(pitched) <= 2:
        return ("keyboard",), "one keyboard alone"
    if score.chords and len(pitched) <= 2 and any(_is_single_line(p) for p in pitched):
        return ("lead_sheet",), "a tune with chord symbols"
    singing = [p for p in pitched if p.instrument in _VOICES or _is_single_line(p)]
    keys = [p for p in pitched if p.instrument in _KEYBOARDS]
    if len(keys) in (1, 2) and len(pitched) - len(keys) == 1 and len(singing) >= 1:
        return ("lied",), "one voice with a keyboard"
    if players <= _STRINGS and 3 <= len(pitched) <= 5:
        return ("quartet",), "three to five solo strings"
    if 3 <= len(pitched) <= 5 and all(_is_single_line(p) for p in pitched):
        if _together(pitched) > 0.5:
            return ("hymn",), "four voices or so that move together"
        return ("quartet",), "three to five single lines that move apart"
    orchestral = sum(p.instrument in _ORCHESTRAL for p in pitched)
    if len(pitched) >= 6 and orchestral >= 0.6 * len(pitched):
        return ("orchestra",), "six or more orchestral parts without a drum kit"
    return ("multitrack",), "several parts that no other kind describes"


def _is_single_line(part: Part) -> bool:
    """True when at least 95 % of the notes begin after the one before has ended, or nearly."""
    notes = sorted(part.notes, key=lambda n: (n.onset_ticks, n.pitch))
    alone = sum(
        later.onset_ticks - earlier.onset_ticks > 0
        and later.onset_ticks >= earlier.end_ticks - max(60, earlier.duration_ticks // 4)
        for earlier, later in pairwise(notes)
    )
    return alone >= 0.95 * (len(notes) - 1)


def _together(parts: list[Part]) -> float:
    """Share of the onsets of the busiest part at which all parts begin a note."""
    onsets = [{round(n.onset_ticks / 60) for n in p.notes} for p in parts]
    return len(set.intersection(*onsets)) / max(len(o) for o in onsets)
