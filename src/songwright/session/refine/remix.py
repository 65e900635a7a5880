"""The mix of a song before any sound: to compare songs without rendering them."""

from __future__ import annotations

from songwright.mix import MixSettings, mix_settings
from songwright.perform import Performance
from songwright.render.engine import SOURCES
from songwright.session.produce import by_hand
from songwright.session.production.keys import (
    dry_key,
    dry_length,
    kick_onsets,
    length_of,
    stem_key,
)
from songwright.session.song import Song
from songwright.styles import style


def settings_of(song: Song) -> MixSettings:
    """The mix of a song: what its style decides and what was changed by hand."""
    return by_hand(song, mix_settings(song.plan, style(song.plan.style)))


def stem_keys(song: Song, performance: Performance) -> dict[str, str]:
    """For each part a digest of everything that its stem depends on, but for what is measured."""
    settings = settings_of(song)
    kicks = kick_onsets(performance)
    length, dry = length_of(performance), dry_length(performance)
    return {
        part.id: stem_key(dry_key(part, dry, SOURCES), settings, part.id, length, kicks)
        for part in performance.parts
    }
