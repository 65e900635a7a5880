"""Human compositions as sound: excerpts of held-out pieces, played by an independent player.

There are no free multitrack recordings of all these kinds, so notes written by people are rendered:
by FluidSynth and a General MIDI sound font where both are installed (Debian: ``fluidsynth
fluid-soundfont-gm``), else by Songwright's own instruments. Each excerpt is rendered once,
in up to four stems whose sum is the mix, and kept as FLAC.
"""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import numpy as np

from bench.corpora import pieces
from songwright.audio import Audio, integrated_lufs, read_audio, write_audio
from songwright.evaluate import piece_of
from songwright.evaluate.tune import tune_parts
from songwright.perform.from_midi import performance_of_midi
from songwright.perform.model import ControlPoint, Performance, PlayedPart
from songwright.score import KeyChange, MeterChange, Part, Score, TempoChange, instrument
from songwright.score.midi import read_midi, write_midi
from songwright.session.produce import produce_performance
from songwright.theory import Key, Meter

RATE_HZ = 48_000
LEVEL_LUFS = -20.0
"""Of every programme, spoilt or not. At -20 a piano fits below full scale without a limiter."""

EXCERPT_SECONDS = 30.0
TAIL_SECONDS = 4.0
DETUNED_CENTS = 30.0
SHARES = {"multitrack": 2, "keyboard": 1, "quartet": 1, "hymn": 1}
"""Kinds of pieces and how many of each; only multitrack pieces have drums."""

SOUND_FONTS = (
    Path("/usr/share/sounds/sf3/MuseScore_General_Lite.sf3"),
    Path("/usr/share/sounds/sf2/FluidR3_GM.sf2"),
)
"""The first that is there. FluidR3 has faults of its own (its synthetic brass has opposed sides and
its pads an offset), which hides the same faults where they are made; MuseScore General has not."""

Groups = dict[str, tuple[PlayedPart, ...]]
_PAN = 10
_BEND, _BEND_PER_CENT = 128, 40.96
_LATCHED = (7, 11, 64, 74, 1, _PAN, _BEND)


@dataclass(frozen=True)
class Programme:
    """A rendered excerpt.

    Attributes
    ----------
    stems
        ``lead bass drums others``, those that sound; the mix is their sum, at `LEVEL_LUFS`.
    detuned_lead
        The lead 30 cents sharp; None where it is the only pitched stem.
    """

    name: str
    kind: str
    stems: dict[str, Audio]
    detuned_lead: Audio | None = None

    @cached_property
    def mix(self) -> Audio:
        return added(self.stems.values())


def added(stems: Iterable[Audio]) -> Audio:
    """The sum of stems of one length."""
    return np.asarray(np.sum(list(stems), axis=0), np.float32)


def player() -> str:
    """``fluidsynth`` where it and its sound font are installed, else ``songwright``."""
    return "fluidsynth" if shutil.which("fluidsynth") and _sound_font() else "songwright"


def _sound_font() -> Path | None:
    return next((font for font in SOUND_FONTS if font.exists()), None)


def programmes(
    root: Path, cache: Path, count: int, with_player: str, kept_back: bool = True
) -> Iterator[Programme]:
    """Held-out pieces (or others) as sound, about ``count`` of them over the kinds of `SHARES`."""
    whole = sum(SHARES.values())
    for kind, share in SHARES.items():
        wanted = -(-count * share // whole)
        for path, score in pieces(kind, root, wanted, kept_back):
            data = path.read_bytes() if path.suffix == ".mid" else write_midi(score)
            folder = cache / _voice(with_player) / kind / path.stem.replace(" ", "_")
            if not (folder / "done").exists():
                render(excerpt(performance_of_midi(data)), folder, with_player)
            yield load(folder, kind)


def _voice(with_player: str) -> str:
    """Name of what sounds: renders of one sound font are no renders of another."""
    font = _sound_font()
    return font.stem if with_player == "fluidsynth" and font else with_player


def excerpt(played: Performance, seconds: float = EXCERPT_SECONDS) -> Performance:
    """Up to ``seconds`` from the middle; notes that still sound at its end are let go."""
    onsets = sorted(note.onset_seconds for part in played.parts for note in part.notes)
    first, last = onsets[0], max(n.onset_seconds + n.duration_seconds
                                 for part in played.parts for n in part.notes)  # fmt: skip
    begin = max(first, (first + last - seconds) / 2.0)
    begin = next(onset for onset in onsets if onset >= begin - 1e-6) - 0.1
    end = min(begin + seconds, last)
    parts = []
    for part in played.parts:
        notes = tuple(
            replace(n, onset_seconds=n.onset_seconds - begin,
                    duration_seconds=min(n.duration_seconds, end - n.onset_seconds))
            for n in part.notes
            if begin <= n.onset_seconds < end - 0.05
        )  # fmt: skip
        if notes:
            parts.append(replace(part, notes=notes, controls=_from(part.controls, begin, end)))
    return Performance(_seated(tuple(parts)), end - begin + TAIL_SECONDS, "ring")


def _from(controls: tuple[ControlPoint, ...], begin: float, end: float) -> tuple[ControlPoint, ...]:
    """Controls from a moment on, beginning with the values that hold there."""
    held: dict[int, int] = {}
    for point in controls:
        if point.seconds <= begin:
            held[point.controller] = point.value
    start = [ControlPoint(0.0, c, v) for c, v in held.items() if c in _LATCHED]
    later = [replace(p, seconds=p.seconds - begin) for p in controls if begin < p.seconds < end]
    return (*start, *later)


def _seated(parts: tuple[PlayedPart, ...]) -> tuple[PlayedPart, ...]:
    """Parts side by side from left to right where a file seats nobody; bass and drums stay."""
    if any(point.controller == _PAN for part in parts for point in part.controls):
        return parts
    movable = [p.id for p in parts if p.role != "bass" and not instrument(p.instrument).is_kit]
    if len(movable) < 2:
        return parts
    seats = dict(zip(movable, np.linspace(34.0, 94.0, len(movable)), strict=True))
    return tuple(
        replace(p, controls=(ControlPoint(0.0, _PAN, round(seats[p.id])), *p.controls))
        if p.id in seats
        else p
        for p in parts
    )


def stem_names(parts: tuple[PlayedPart, ...]) -> dict[str, str]:
    """Stem of each part by id: the tune is the lead, as the judge of notes hears it."""
    piece = piece_of(read_midi(_midi(parts, 60.0)))
    leads = {piece.parts[i].id for i in tune_parts(piece)}
    # Parts of a file come back in their order, whatever their new names.
    heard = dict(zip((p.id for p in parts), (p.id for p in piece.parts), strict=False))
    names: dict[str, str] = {}
    for part in parts:
        if instrument(part.instrument).is_kit:
            names[part.id] = "drums"
        elif heard.get(part.id) in leads:
            names[part.id] = "lead"
        else:
            names[part.id] = "bass" if part.role == "bass" else "others"
    return names


def _midi(parts: tuple[PlayedPart, ...], seconds: float) -> bytes:
    """A MIDI file at 120 beats a minute, whose ticks are nothing but time."""
    score = Score(
        "", max(1, int(np.ceil(seconds / 2.0))), (MeterChange(0, Meter(4, 4)),),
        (TempoChange(0, 120.0),), (KeyChange(0, Key("C", "major")),),
        parts=tuple(Part(p.id, p.name, p.role, p.instrument) for p in parts),
    )  # fmt: skip
    return write_midi(score, Performance(parts, seconds))


def detuned(part: PlayedPart, cents: float) -> PlayedPart:
    """A part sharp by some cents."""
    more = round(cents * _BEND_PER_CENT)
    bends = [replace(p, value=p.value + more) if p.controller == _BEND else p
             for p in part.controls]  # fmt: skip
    if not any(p.controller == _BEND and p.seconds == 0.0 for p in bends):
        bends.insert(0, ControlPoint(0.0, _BEND, more))
    return replace(part, controls=tuple(bends))


def render(played: Performance, folder: Path, with_player: str) -> None:
    """Write ``<stem>.flac`` and, where there is another pitched stem, ``detuned.flac``."""
    names = stem_names(played.parts)
    groups = {
        stem: tuple(p for p in played.parts if names[p.id] == stem)
        for stem in ("lead", "bass", "drums", "others")
    }
    groups = {stem: parts for stem, parts in groups.items() if parts}
    play = _fluidsynth if with_player == "fluidsynth" else _songwright
    stems = play(groups, played.duration_seconds)
    if "lead" in stems and {"bass", "others"} & set(stems):
        sharp = {"lead": tuple(detuned(p, DETUNED_CENTS) for p in groups["lead"])}
        if with_player == "songwright":  # its mix sets levels by all parts together
            sharp = groups | sharp
        stems["detuned"] = play(sharp, played.duration_seconds)["lead"]
    loudness = integrated_lufs(added(v for k, v in stems.items() if k != "detuned"), RATE_HZ)
    if loudness is None:
        raise ValueError(f"{folder.name} is silent")
    folder.mkdir(parents=True, exist_ok=True)
    for name, stem in stems.items():
        level = np.float32(10.0 ** ((LEVEL_LUFS - loudness) / 20.0))
        write_audio(folder / f"{name}.flac", np.clip(stem * level, -1.0, 1.0), RATE_HZ)
    (folder / "done").write_text("")


def load(folder: Path, kind: str) -> Programme:
    """A programme that was rendered before."""
    stems = {p.stem: read_audio(p)[0] for p in sorted(folder.glob("*.flac"))}
    sharp = stems.pop("detuned", None)
    return Programme(folder.name, kind, stems, sharp)


def _fluidsynth(groups: Groups, seconds: float) -> dict[str, Audio]:
    """Stereo samples of exactly ``seconds``; reverb and chorus are linear, so stems add up."""
    font = _sound_font()
    stems = {}
    with tempfile.TemporaryDirectory() as temporary:
        midi, wav = Path(temporary) / "a.mid", Path(temporary) / "a.wav"
        for stem, parts in groups.items():
            midi.write_bytes(_midi(parts, seconds))
            subprocess.run(
                ["fluidsynth", "-n", "-i", "-q", "-T", "wav", "-O", "float", "-g", "0.2",
                 "-r", str(RATE_HZ), "-o", "synth.dynamic-sample-loading=1", "-F", str(wav),
                 str(font), str(midi)],
                check=True, capture_output=True,
            )  # fmt: skip
            stems[stem] = _cut(read_audio(wav)[0], seconds)
    return stems


def _songwright(groups: Groups, seconds: float) -> dict[str, Audio]:
    """The same from Songwright's own instruments and mix."""
    everybody = tuple(part for parts in groups.values() for part in parts)
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        produce_performance(Performance(everybody, seconds, "ring"), folder, ("wav",), _silent)
        return {
            stem: added(
                _cut(read_audio(folder / "stems" / f"{p.id}.wav")[0], seconds) for p in parts
            )
            for stem, parts in groups.items()
        }


def _silent(_what: str, _share: float) -> None:
    return None


def _cut(audio: Audio, seconds: float) -> Audio:
    n = round(seconds * RATE_HZ)
    both = audio if audio.shape[0] == 2 else np.repeat(audio, 2, axis=0)
    more = max(0, n - both.shape[1])
    return np.ascontiguousarray(np.pad(both, ((0, 0), (0, more)))[:, :n], np.float32)
