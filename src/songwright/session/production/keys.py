"""When is a stem the same? Digests of everything that it depends on."""

from __future__ import annotations

from collections.abc import Sequence

from songwright import __version__
from songwright.mix import MixSettings, stem_inputs
from songwright.perform import Performance, PlayedPart
from songwright.render import SoundSource
from songwright.render.sources import Credit, source_of
from songwright.score.codec import digest
from songwright.session.production.effects import prints

SAMPLE_RATE_HZ = 48_000
PIPELINE = 5
"""Raised when the same settings come to mean another sound."""

_TAIL_SECONDS = 4  # of a loop, wrapped to its start
_KICKS = (35, 36)


def length_of(performance: Performance) -> int:
    """Length of a piece in samples."""
    return max(1, round(performance.duration_seconds * SAMPLE_RATE_HZ))


def dry_length(performance: Performance) -> int:
    """Length of its dry stems: those of a loop ring on, to be wrapped to its start."""
    tail = _TAIL_SECONDS * SAMPLE_RATE_HZ if performance.ending == "loop" else 0
    return length_of(performance) + tail


def kick_onsets(performance: Performance) -> tuple[float, ...]:
    """Onsets in seconds of all bass drum strokes, for sidechain ducking."""
    return tuple(
        sorted(
            note.onset_seconds
            for part in performance.parts
            if part.role == "drums"
            for note in part.notes
            if note.pitch in _KICKS
        )
    )


def dry_key(part: PlayedPart, length: int, sources: Sequence[SoundSource]) -> str:
    """Digest of what a dry stem depends on: the playing, the instrument, the length."""
    credit = credit_of(part, sources) or ""
    return digest((__version__, PIPELINE, part, length, SAMPLE_RATE_HZ, credit))


def credit_of(part: PlayedPart, sources: Sequence[SoundSource]) -> Credit | None:
    """Whose instrument plays a part; None where nothing does."""
    return source_of(part, sources)[0].credit if part.notes else None


def stem_key(
    dry: str, settings: MixSettings, part_id: str, length: int, kicks: Sequence[float]
) -> str:
    """Digest of what a finished stem depends on: its dry stem, plug-ins, strip and rooms."""
    strip = settings.parts.get(part_id)
    ducks = strip is not None and strip.sidechain is not None
    inputs = stem_inputs(settings, part_id)
    plugins = prints(settings, part_id)
    return digest((dry, plugins, inputs, length, tuple(kicks) if ducks else ()))
