"""Do phrases and the piece close?"""

from __future__ import annotations

import numpy as np

from songwright.evaluate.model import NotDefined
from songwright.evaluate.piece import Piece
from songwright.evaluate.registry import Finding, Findings, measures
from songwright.evaluate.symbolic.phrases import phrase_spans
from songwright.evaluate.symbolic.tonality import need_key
from songwright.evaluate.tune import durations_beats, tune_of


@measures("closure_final", "phrase_end_length", "phrase_end_tonic")
def closure(piece: Piece) -> Findings:
    """Final notes on the tonic, long and restful phrase ends (definitions: own)."""
    tune = tune_of(piece)
    if tune.size < 8:
        raise NotDefined("the tune has fewer than eight notes")
    key = need_key(piece)
    triad = {key.tonic_pc, (key.tonic_pc + (3 if key.is_minor else 4)) % 12,
             (key.tonic_pc + 7) % 12}  # fmt: skip
    last_pc = int(tune["pitch"][-1]) % 12
    ending = piece.notes[piece.notes["end"] >= int(piece.notes["end"].max()) - 240]
    bass_pc = int(ending["pitch"].min()) % 12
    above = 1.0 if last_pc == key.tonic_pc else 0.75 if last_pc in triad else 0.0
    final_bar = int(piece.notes["bar"].max())
    yield Finding(
        "closure_final", 0.5 * above + 0.5 * float(bass_pc == key.tonic_pc),
        [(final_bar, final_bar + 1)], "the last bar",
    )  # fmt: skip
    ends = [
        int(inside[-1])
        for first, stop in phrase_spans(piece)
        if (inside := np.flatnonzero((tune["bar"] >= first) & (tune["bar"] < stop))).size >= 3
    ]
    if len(ends) < 3:
        for metric in ("phrase_end_length", "phrase_end_tonic"):
            yield Finding(metric, None, why="there are fewer than three phrases of four bars")
        return
    # A rest after the note belongs to it: the phrase breathes.
    room = np.append(np.diff(tune["onset"]), tune["end"][-1] - tune["onset"][-1]) / 480.0
    room = np.minimum(room, 16.0)
    mean = float(durations_beats(tune).mean())
    yield Finding("phrase_end_length", float(np.mean(room[ends])) / max(mean, 1e-6))
    at_rest = np.isin(tune["pitch"][ends] % 12, list(triad))
    yield Finding("phrase_end_tonic", float(at_rest.mean()))
