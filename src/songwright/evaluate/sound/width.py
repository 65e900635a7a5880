"""Is there a stereo image at all?"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from songwright.evaluate.model import Measurement, NotDefined
from songwright.evaluate.sound.listening import Listening, found, hears
from songwright.evaluate.sound.scan import LL, LR, RR

_LEAST_DB, _MOST_DB = -60.0, 60.0


@hears("stereo_width")
def stereo_width(sound: Listening) -> Iterator[Measurement]:
    sound.need_stereo()
    left, right, both = (float(sound.scan.column(c).sum()) for c in (LL, RR, LR))
    middle, side = left + right + 2.0 * both, left + right - 2.0 * both
    if left + right <= 0.0:
        raise NotDefined("nothing sounds")
    least = 10.0 ** (_LEAST_DB / 10.0)
    share = max(side, least * middle) / max(middle, least * side, 1e-30)
    yield found("stereo_width", float(np.clip(10.0 * np.log10(share), _LEAST_DB, _MOST_DB)))
