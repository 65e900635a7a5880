"""How far the kick stands over the bass while it strikes."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from songwright.audio.buffers import Samples64
from songwright.evaluate.model import Measurement, NotDefined
from songwright.evaluate.sound.listening import Listening, found, hears
from songwright.evaluate.sound.low_end import kicks

_REACH = 8  # cells of 10 ms: the body of a kick
_MOST_DB = 40.0  # a bass that rests leaves all the room there is


@hears("kick_over_bass")
def kick_over_bass(sound: Listening) -> Iterator[Measurement]:
    stems = sound.need_stems()
    drums, basses = stems.of_role("drums"), stems.of_role("bass")
    if not drums or not basses:
        raise NotDefined("there are no stems of drums and of bass")
    curves = [[stems.levels[name].thumps for name in names] for names in (drums, basses)]
    room = room_db(_added(curves[0]), _added(curves[1]))
    if not room.size:
        raise NotDefined("the drums have no kick")
    yield found("kick_over_bass", float(np.median(room)))


def room_db(kick: Samples64, bass: Samples64) -> Samples64:
    """Energy of each kick over that of the bass, 40 to 120 Hz, in the 80 ms from its start.

    Parameters
    ----------
    kick, bass
        Energy every 10 ms, shapes (cells,) and (other cells,).

    Returns
    -------
    level_db
        -40 to 40, shape (kicks,).
    """
    starts = kicks(kick)
    longest = max(len(kick), len(bass)) + _REACH
    own, other = (
        np.convolve(np.pad(curve, (0, longest - len(curve))), np.ones(_REACH))[_REACH - 1 :][starts]
        for curve in (kick, bass)
    )
    floor = 1e-12 * (float(kick.max(initial=0.0)) + float(bass.max(initial=0.0))) + 1e-30
    return np.asarray(
        np.clip(10.0 * np.log10((own + floor) / (other + floor)), -_MOST_DB, _MOST_DB)
    )


def _added(curves: list[Samples64]) -> Samples64:
    total = np.zeros(max(len(curve) for curve in curves))
    for curve in curves:
        total[: len(curve)] += curve
    return total
