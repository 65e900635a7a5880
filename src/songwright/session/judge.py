"""Judging a file from anywhere: a package, MIDI, MusicXML or sound."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from songwright.errors import AudioError, FileFormatError, ScoreError
from songwright.evaluate import Measurement, measure_piece, piece_of
from songwright.evaluate.bands import nearest_kinds
from songwright.evaluate.downbeats import with_downbeats
from songwright.evaluate.judgement import (
    Judgement,
    Reference,
    judge_measurements,
    reference_for,
)
from songwright.evaluate.kind import guess_kind
from songwright.export.report import MET, OPEN, Report
from songwright.score import Score, TimeMap
from songwright.score.codec import decode
from songwright.score.midi import read_midi
from songwright.session.song import Song, load

if TYPE_CHECKING:
    from songwright.composition import Plan
    from songwright.evaluate.piece import Piece
    from songwright.evaluate.sound import Manner, Sound, SoundCurves
    from songwright.perform import Performance

Progress = Callable[[str, float], None]

MIDI = (".mid", ".midi", ".kar")
NOTATION = (".musicxml", ".mxl", ".xml")
SOUND = (".wav", ".flac", ".mp3", ".ogg", ".oga", ".aif", ".aiff")
_MASTERS = ("master.wav", "master.flac", "master.ogg", "master.mp3", "mix.wav")


@dataclass(frozen=True)
class Examined:
    """A judgement with what it was made from, for reports.

    ``score`` and ``piece`` are None for sound alone, ``plan`` for everything but packages,
    ``curves`` without sound or in silence.
    """

    source: str
    title: str
    judgement: Judgement
    score: Score | None = None
    plan: Plan | None = None
    performance: Performance | None = None
    curves: SoundCurves | None = None
    piece: Piece | None = None


def _silent(stage: str, share: float) -> None:
    """Report to nobody."""


def judge(path: str | Path, against: str | None = None) -> Judgement:
    """Judge a package folder, a MIDI, MusicXML or audio file.

    Parameters
    ----------
    path
        A folder (or ``song.json``) that Songwright wrote, or a single file from anywhere.
    against
        A kind of human music or a style to read it against; limits of sound are those of the
        style. Without it a package is read against its own style; for other notes the kind is
        guessed, which the judgement says; the mix or master of a package is held against the
        limits of its style, other sound against limits for all music.

    Raises
    ------
    FileFormatError
        If the file is missing, damaged or of an unknown kind.
    StyleError
        If ``against`` names nothing.
    """
    return examine(path, against).judgement


def examine(
    path: str | Path, against: str | None = None, progress: Progress | None = None
) -> Examined:
    """Judge a file and keep score, plan and curves; see `judge`."""
    place = Path(path)
    if against:
        reference_for(against)  # an unknown name is told before anything is read
    tell = progress or _silent
    try:
        if place.is_dir() or place.suffix.lower() == ".json":
            return _package(place, against, tell)
        sort = _sort_of(place)
        if sort == "sound":
            return _sound_file(place, against, tell)
        return _notes_file(place, sort, against, tell)
    except (AudioError, ScoreError) as error:
        raise FileFormatError(f"{path} cannot be judged: {error}") from error


def sources(path: str | Path) -> tuple[Path, ...]:
    """What there is to judge at a path: itself, or the packages and files of a plain folder.

    Raises
    ------
    FileFormatError
        If a folder holds nothing that can be judged.
    """
    place = Path(path)
    if not place.is_dir() or (place / "song.json").exists():
        return (place,)
    try:
        entries = sorted(place.iterdir())
    except OSError as error:
        raise FileFormatError(f"{place} cannot be read: {error.strerror}") from error
    found = tuple(
        e for e in entries
        if (e.is_dir() and (e / "song.json").exists())
        or (e.is_file() and e.suffix.lower() in MIDI + NOTATION + SOUND)
    )  # fmt: skip
    if not found:
        raise FileFormatError(
            f"{place} holds no Songwright package and no MIDI, MusicXML or audio file"
        )
    return found


def _sort_of(path: Path) -> str:
    """``midi``, ``notation`` or ``sound``, by the first bytes and then by the name."""
    try:
        with path.open("rb") as file:
            head = file.read(64).lstrip(b"\xef\xbb\xbf \r\n\t")
    except OSError as error:
        raise FileFormatError(f"{path} cannot be read: {error.strerror}") from error
    suffix = path.suffix.lower()
    if head.startswith(b"MThd") or (suffix in MIDI):
        return "midi"
    if suffix in NOTATION or head.startswith((b"<?xml", b"<score-")):
        return "notation"
    if suffix in SOUND or head.startswith((b"RIFF", b"fLaC", b"OggS", b"ID3", b"FORM")):
        return "sound"
    raise FileFormatError(
        f"{path} is of an unknown kind; give a Songwright package, MIDI, MusicXML or audio "
        "(WAV, FLAC, MP3, Ogg, AIFF)"
    )


def _package(place: Path, against: str | None, tell: Progress) -> Examined:
    tell("reading", 0.02)
    song = load(place)
    folder = place if place.is_dir() else place.parent
    controls = _controls(folder / "report.json")
    return examine_song(song, song.perform(), folder, controls, against, str(place), tell)


def _style_named(against: str | None) -> str:
    """The style that a user names; empty for a kind of human music or nothing."""
    return against if against is not None and against in nearest_kinds() else ""


def examine_song(
    song: Song,
    performance: Performance,
    folder: Path,
    controls: Sequence[tuple[str, bool]] = (),
    against: str | None = None,
    source: str = "song.json",
    progress: Progress | None = None,
) -> Examined:
    """Judge a song whose sound, if there is any, lies in a folder.

    Parameters
    ----------
    song, performance
        The piece as written and as played.
    folder
        Its ``master.*`` (or ``mix.wav``) and ``stems`` are heard; without them only the notes are
        judged.
    controls
        Each requested control and whether it was met.
    against
        A kind or style to read it against instead of its own style.
    source
        How the result names the piece.
    """
    tell = progress or _silent
    plan = song.plan
    style = _style_named(against) or plan.style
    reference = reference_for(against or plan.style)
    tell("notes", 0.1)
    piece = piece_of(song.score, performance, plan.energy)
    measured = measure_piece(piece)
    master = next((folder / m for m in _MASTERS if (folder / m).exists()), None)
    sound: tuple[Measurement, ...] = ()
    curves = None
    if master is not None:
        tell("listening", 0.3)
        sound, curves = _hear_package(folder, master, song, style)
    tell("judging", 0.95)
    judgement = judge_measurements(
        measured, reference, sound=sound, controls=controls, style=style,
        production=plan.production, bars=piece.bars,
    )  # fmt: skip
    return Examined(source, plan.title, judgement, song.score, plan, performance, curves, piece)


def controls_of(report: Report) -> tuple[tuple[str, bool], ...]:
    """Requested controls of a report and whether each was met."""
    return tuple((row.control, row.verdict == MET) for row in report.controls
                 if row.verdict != OPEN)  # fmt: skip


def _hear_package(
    folder: Path, master: Path, song: Song, style: str
) -> tuple[tuple[Measurement, ...], SoundCurves | None]:
    from songwright.evaluate.sound import FileSound, manner_of  # noqa: PLC0415 (loads numba)

    sound = FileSound(master)
    times = TimeMap.of(song.score)
    length = sound.frames / sound.sample_rate_hz
    sections = [
        (min(length, times.seconds(times.bar_start(s.start_bar))),
         min(length, times.seconds(times.bar_start(s.end_bar))), s.function)
        for s in song.plan.sections
    ]  # fmt: skip
    stems = {p.id: folder / "stems" / f"{p.id}.wav" for p in song.score.parts}
    stems = {name: stem for name, stem in stems.items() if stem.exists()}
    roles = {p.id: p.role for p in song.score.parts}
    manner = manner_of(style, song.plan.production, song.score.parts)
    return _hear(sound, manner, stems, sections, roles, song.plan.ending == "loop")


def _hear(
    sound: Sound,
    manner: Manner,
    stems: dict[str, Path] | None = None,
    sections: list[tuple[float, float, str]] | None = None,
    roles: dict[str, str] | None = None,
    is_loop: bool = False,
) -> tuple[tuple[Measurement, ...], SoundCurves | None]:
    from songwright.evaluate.sound import (  # noqa: PLC0415
        evaluate_listening,
        hear_sound,
        sound_curves,
    )

    heard = hear_sound(
        sound, stems or None, sections or None, roles=roles, is_loop=is_loop, manner=manner
    )
    return evaluate_listening(heard), None if heard is None else sound_curves(heard)


def _controls(report: Path) -> tuple[tuple[str, bool], ...]:
    try:
        data = report.read_bytes()
    except OSError:
        return ()  # a package without a report is still a piece
    return controls_of(decode(data, Report, what=str(report)))


def _notes_file(place: Path, sort: str, against: str | None, tell: Progress) -> Examined:
    tell("reading", 0.05)
    try:
        data = place.read_bytes()
    except OSError as error:
        raise FileFormatError(f"{place} cannot be read: {error.strerror}") from error
    if sort == "midi":
        score = with_downbeats(read_midi(data))
    else:
        from songwright.evaluate.musicxml import read_musicxml  # noqa: PLC0415

        score = read_musicxml(data)
    tell("notes", 0.2)
    piece = piece_of(score)
    measured = measure_piece(piece)
    if sort == "notation":
        measured = tuple(_unplayed(m) for m in measured)
    tell("judging", 0.95)
    if against:
        reference = reference_for(against)
    else:
        kinds, why = guess_kind(score)
        reference = Reference(kinds, "guessed" if kinds else "none", why)
    judgement = judge_measurements(
        measured, reference, style=_style_named(against), bars=piece.bars
    )
    return Examined(str(place), score.title or place.stem, judgement, score, piece=piece)


def _unplayed(measurement: Measurement) -> Measurement:
    """Notation says nothing of a player's timing: a measured 0 ms would be a false finding."""
    if measurement.metric != "microtiming_ms" or measurement.value is None:
        return measurement
    reason = "not defined, because notation does not say how the notes were played"
    return Measurement(measurement.metric, None, reason=reason)


def _song_beside(place: Path) -> Song | None:
    """The song of a package whose mix or master this is."""
    is_of_package = place.name in _MASTERS and (place.parent / "song.json").exists()
    return load(place.parent) if is_of_package else None


def _sound_file(place: Path, against: str | None, tell: Progress) -> Examined:
    from songwright.evaluate.sound import FileSound, manner_of  # noqa: PLC0415 (loads numba)

    tell("reading", 0.05)
    style = _style_named(against)
    song = _song_beside(place)
    tell("listening", 0.3)
    if song is not None:
        style = style or song.plan.style
        measured, curves = _hear_package(place.parent, place, song, style)
    else:
        measured, curves = _hear(FileSound(place), manner_of(style))
    tell("judging", 0.95)
    why = "sound is judged by limits, not by human bands"
    if style:
        why += f"; the limits are those of {style.replace('_', ' ')}"
    elif against:
        why += f"; {against} has no bands of sound"
    judgement = judge_measurements((), Reference((), "none", why), sound=measured, style=style)
    return Examined(str(place), place.stem, judgement, curves=curves)
