"""Where the bars of a MIDI file begin when it does not say so.

Many files start with an upbeat but count their first bar from tick 0, or place the time signature
a tick late. Long and accented notes, the lowest notes and the last one mark the downbeats.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from songwright.evaluate.notes import Floats
from songwright.score import MeterChange, Score, instrument
from songwright.theory import Meter

_SNAP_TICKS = 60
_CLEARLY = 1.25
_LAST_NOTE = 0.1


def with_downbeats(score: Score) -> Score:
    """The score with bar lines where its notes put them.

    Only pieces in one metre and without marked sections are touched, and only when another pulse
    is clearly stronger than the first one; the piece then begins with a short bar.
    """
    score = _snapped(score)
    if len({c.meter for c in score.meters}) != 1 or len(score.meters) > 1 or score.sections:
        return score
    meter = score.meters[0].meter
    onsets = meter.pulse_onsets_ticks
    if len(onsets) < 2:
        return score
    strength = _strength(score, meter)
    if strength.sum() <= 0:
        return score
    best = int(np.argmax(strength))
    if best == 0 or strength[best] < _CLEARLY * strength[0]:
        return score
    upbeat = onsets[best]
    meters = (MeterChange(0, meter), MeterChange(upbeat, meter))
    return replace(score, meters=meters, bars=score.bars + 1)


def _snapped(score: Score) -> Score:
    """A metre that is set within a 32nd of the start holds from the start."""
    late = [c for c in score.meters if 0 < c.tick <= _SNAP_TICKS]
    if not late:
        return score
    shift = late[-1].tick
    rest = tuple(replace(c, tick=c.tick - shift) for c in score.meters if c.tick > shift)
    parts = tuple(
        part.with_notes(
            tuple(replace(n, onset_ticks=max(0, n.onset_ticks - shift)) for n in part.notes)
        )
        for part in score.parts
    )
    return replace(score, meters=(replace(late[-1], tick=0), *rest), parts=parts)


def _strength(score: Score, meter: Meter) -> Floats:
    """How strongly the notes stress each pulse of the bar."""
    bar = meter.bar_ticks
    notes = [n for p in score.parts if not instrument(p.instrument).is_kit for n in p.notes]
    if not notes:
        return np.zeros(len(meter.pulses_ticks))
    table = np.array(
        [(n.onset_ticks, min(n.duration_ticks, bar), n.pitch, n.velocity) for n in notes],
        np.float64,
    )
    place = np.round(table[:, 0] / 120.0) * 120.0 % bar
    lowest = np.zeros(len(table), bool)
    order = np.lexsort((table[:, 2], table[:, 0]))
    first = np.ones(len(order), bool)
    first[1:] = table[order[1:], 0] != table[order[:-1], 0]
    lowest[order[first]] = True
    weight = table[:, 1] / bar * (1.0 + 0.5 * lowest) * np.exp((table[:, 3] - 90.0) / 20.0)
    strength = np.array(
        [weight[place == onset].sum() for onset in meter.pulse_onsets_ticks], np.float64
    )
    last = place[int(np.argmax(table[:, 0]))]
    for i, onset in enumerate(meter.pulse_onsets_ticks):
        if onset == last:
            strength[i] *= 1.0 + _LAST_NOTE
    return strength
