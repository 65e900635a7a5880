"""Human scores as the sound of an acoustic ensemble: excerpts, who plays them, in which room.

Recorded instruments play (soundfonts under the MIT licence), never those of Songwright, each as
strong as players are, in the room of the style in which the ensemble is at home.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from statistics import median

import numpy as np

from bench.corpora import paths, read
from bench.sound_programmes import RATE_HZ, excerpt
from songwright.audio import Audio, integrated_lufs
from songwright.audio.spectrum import third_octave_levels
from songwright.mix.reverb import add_reverb
from songwright.mix.settings import ReverbSettings
from songwright.perform.from_midi import performance_of_midi
from songwright.perform.model import Performance, PlayedPart
from songwright.render.soundfonts.source import Soundfont
from songwright.score import Score, instrument
from songwright.score.midi import write_midi
from songwright.styles import style

FONTS = (
    Path("/usr/share/sounds/sf3/MuseScore_General_Full.sf3"),
    Path("/usr/share/sounds/sf2/FluidR3_GM.sf2"),
)
"""Debian's ``musescore-general-soundfont`` and ``fluid-soundfont-gm``; both count alike."""

SECONDS = 45.0
LEVEL_LUFS = -20.0
_LEAST_SECONDS = 20.0
_LEAST_NOTES = 40
_UNMARKED_VELOCITY = 80  # mezzo-forte, for scores without dynamics
# LilyPond plays pp to ff as 62 70 77 86 95 102; elsewhere they are 38 52 66 80 94 108.
_TYPESET_VELOCITY, _TYPESET_SPREAD = 86, 1.75
_POWER_DB = {
    "violin": 89.0, "viola": 87.0, "cello": 90.0, "contrabass": 92.0, "flute": 91.0, "oboe": 93.0,
    "clarinet": 93.0, "bassoon": 93.0, "french_horn": 102.0, "trumpet": 101.0, "trombone": 101.0,
    "tuba": 104.0,
}  # fmt: skip
"""Sound power level of one player at forte (J. Meyer, *Acoustics and the Performance of Music*, 5th
ed. 2009). Fonts balance their instruments for bands, which leaves an orchestra without its lows."""

_USUAL_POWER_DB = 97.0
_SECTION, _SECTIONS = "string_ensemble_1", ("violin", "viola", "cello")
_DESKS = {"violin": 14, "viola": 10, "cello": 8, "contrabass": 6}  # players of an orchestra's part
_WOODWINDS = ("pipe", "reed")


@dataclass(frozen=True, slots=True)
class Recipe:
    """How an ensemble comes to sound.

    Attributes
    ----------
    kind, corpus, licence
        Kind of music in `bench.corpora`, its name and its licence.
    home
        Style whose room it stands in.
    plays
        Instruments that take the place of the written ones; ``"*"`` stands for all of them.
    families
        Families of instruments that are kept; empty keeps all.
    least_parts
        Parts that sound in an excerpt, at least.
    only
        Entry of the corpus's own list of instruments; empty takes all files of the kind.
    has_dynamics
        False where velocities are nominal: an excerpt is then moved to mezzo-forte.
    is_typeset
        Velocities are LilyPond's, which lie closer together than those usual elsewhere.
    is_orchestra
        A part of strings is a section of several players.
    """

    kind: str
    corpus: str
    licence: str
    home: str
    plays: dict[str, str]
    families: tuple[str, ...] = ()
    least_parts: int = 1
    only: tuple[str, ...] = ()
    has_dynamics: bool = True
    is_typeset: bool = False
    is_orchestra: bool = False


_HYMNAL = ("hymn", "Open Hymnal", "public domain", "hymn_choral")
_MUTOPIA = ("keyboard", "Mutopia Project, public-domain part", "public domain")
_ORCHESTRA = ("orchestra", "OpenScore Orchestra", "CC0-1.0", "orchestral_film")

RECIPES = {
    "choir": Recipe(*_HYMNAL, {"*": "choir_aahs"}, least_parts=4, has_dynamics=False),
    "organ": Recipe(*_HYMNAL, {"*": "church_organ"}, least_parts=4, has_dynamics=False),
    "piano": Recipe(*_MUTOPIA, "solo_piano", {"*": "acoustic_grand_piano"}, only=("Piano",),
                    is_typeset=True),
    "guitar": Recipe(*_MUTOPIA, "string_quartet", {"*": "acoustic_guitar_nylon"},
                     only=("Guitar", "Classical Guitar"), is_typeset=True),
    "strings": Recipe("quartet", "OpenScore String Quartets", "CC0-1.0", "string_quartet", {},
                      least_parts=4),
    "woodwinds": Recipe(*_ORCHESTRA, {}, _WOODWINDS, least_parts=4),
    "orchestra": Recipe(*_ORCHESTRA, {}, least_parts=8, is_orchestra=True),
}  # fmt: skip


def excerpts(recipe: Recipe, root: Path, count: int) -> Iterator[tuple[str, Performance]]:
    """Up to ``count`` excerpts of different pieces, from the middle of each."""
    given = 0
    for path in _files(recipe, root):
        if given >= count:
            return
        score = _score(path)
        if score is None or score.bars < 8:
            continue
        played = _played(recipe, _cast(recipe, score))
        if played is not None:
            given += 1
            yield path.stem, played


@cache
def _score(path: Path) -> Score | None:
    return read(path)  # scores of orchestras serve three ensembles and take long to read


def _files(recipe: Recipe, root: Path) -> Iterator[Path]:
    if not recipe.only:
        yield from paths(recipe.kind, root, kept_back=False)
        return
    base = root / "mutopia_midi"
    rows = [line.split("\t") for line in (base / "manifest.tsv").read_text("utf-8").splitlines()]
    # Dances noted down for a fiddler are filed as piano music; they are one line, not piano music.
    names = sorted(r[0] for r in rows if len(r) > 6 and r[1] == "PD" and r[6] in recipe.only
                   and r[5] != "Folk")  # fmt: skip
    order = np.random.default_rng(1).permutation(len(names))
    yield from (base / names[at] for at in order if (base / names[at]).stat().st_size >= 4_000)


def _cast(recipe: Recipe, score: Score) -> Score:
    parts = []
    for part in score.parts:
        who = recipe.plays.get(part.instrument, recipe.plays.get("*", part.instrument))
        if not recipe.families or instrument(who).family in recipe.families:
            parts.append(replace(part, instrument=who))
    return replace(score, parts=tuple(parts))


def _played(recipe: Recipe, score: Score) -> Performance | None:
    """An excerpt as played; None where too little of it sounds."""
    if not any(part.notes for part in score.parts):
        return None
    played = excerpt(performance_of_midi(write_midi(score)), SECONDS)
    sounding = [part for part in played.parts if part.notes]
    notes = [note for part in sounding for note in part.notes]
    lasts = max((n.onset_seconds + n.duration_seconds for n in notes), default=0.0)
    if len(sounding) < recipe.least_parts or len(notes) < _LEAST_NOTES or lasts < _LEAST_SECONDS:
        return None
    usual, spread = _UNMARKED_VELOCITY, 1.0
    if recipe.is_typeset:
        usual, spread = _TYPESET_VELOCITY, _TYPESET_SPREAD
    elif not recipe.has_dynamics:
        usual = round(median(note.velocity for note in notes))
    return replace(played, parts=tuple(_struck(part, usual, spread) for part in sounding))


def _struck(part: PlayedPart, usual: int, spread: float) -> PlayedPart:
    """A part whose ``usual`` velocity becomes mezzo-forte, and others as far from it as said."""
    velocities = (_UNMARKED_VELOCITY + spread * (note.velocity - usual) for note in part.notes)
    return replace(part, notes=tuple(
        replace(note, velocity=min(127, max(1, round(velocity))))
        for note, velocity in zip(part.notes, velocities, strict=True)
    ))  # fmt: skip


def levels_db(played: Performance, font: Soundfont, recipe: Recipe) -> list[float]:
    """Third-octave levels of an excerpt at `LEVEL_LUFS`, 25 Hz to 16 kHz, with its room."""
    facts = style(recipe.home).mix
    room = ReverbSettings(facts.reverb, facts.reverb_seconds, facts.reverb_level_db)
    audio = _sound(played, font, recipe)
    add_reverb(audio, room, 0.0, RATE_HZ)
    loudness = integrated_lufs(audio, RATE_HZ)
    if loudness is None:
        raise ValueError(f"{font.credit.name} plays nothing")
    _, levels = third_octave_levels(audio, RATE_HZ)
    return [round(float(level) + LEVEL_LUFS - loudness, 2) for level in levels]


def _sound(played: Performance, font: Soundfont, recipe: Recipe) -> Audio:
    """All parts together: instruments of equal loudness, weighed by their power."""
    length = round(played.duration_seconds * RATE_HZ)
    audio = np.zeros((2, length), np.float32)
    for part in played.parts:
        section = recipe.is_orchestra and part.instrument in _SECTIONS
        player = font.instrument_for(replace(part, instrument=_SECTION) if section else part)
        if player is not None:
            gain = 10.0 ** (_weight_db(part.instrument, recipe) / 20.0)
            audio += np.float32(gain) * player.render(part, length, RATE_HZ)
    return audio


def _weight_db(who: str, recipe: Recipe) -> float:
    more = 10.0 * float(np.log10(_DESKS.get(who, 1))) if recipe.is_orchestra else 0.0
    return _POWER_DB.get(who, _USUAL_POWER_DB) + more - _USUAL_POWER_DB
