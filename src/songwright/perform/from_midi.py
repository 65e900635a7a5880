"""Any MIDI file from outside as a performance: exactly what it says, in seconds."""

from __future__ import annotations

from songwright.errors import FileFormatError
from songwright.perform.model import ControlPoint, Performance, PlayedNote, PlayedPart
from songwright.perform.sounding import lawful_notes
from songwright.score import MeterChange, TempoChange, TimeMap
from songwright.score.midi_roles import guess_roles
from songwright.score.midi_voices import DEFAULT_BPM, Voice, read_voices, unique_ids
from songwright.theory import Meter

TAIL_SECONDS = 1.5  # after the last note, so that its release is heard
LONGEST_SECONDS = 6 * 3600.0
HOLD_SECONDS = 0.005


def performance_of_midi(data: bytes) -> Performance:
    """Read a MIDI file of any format for rendering.

    Each track, channel and program becomes a part (ids are made from the names and are unique).
    Controllers 1, 7, 10, 11, 64 and 74 and pitch bend belong to a channel and go to all parts on
    it; bend ranges other than two semitones are converted, so values beyond ±8191 bend further.
    Files jump from value to value where our controls glide: each value is held until just before
    the next.

    Parameters
    ----------
    data
        Bytes of the file.

    Returns
    -------
    Performance
        ``duration_seconds`` is the end of the longest track, or 1.5 s after the last note if that
        is later; ``ending`` is ``ring``.

    Raises
    ------
    FileFormatError
        If the file is damaged, has no notes, or is longer than six hours.
    """
    music = read_voices(data)
    if not music.voices:
        raise FileFormatError(
            "there are no notes in this MIDI file; check that the tracks were exported with it"
        )
    tempos = {0: TempoChange(0, DEFAULT_BPM)}
    tempos |= {round(tick): TempoChange(round(tick), bpm) for tick, bpm in music.tempos}
    times = TimeMap.build(
        tuple(tempos[tick] for tick in sorted(tempos)), (MeterChange(0, Meter(4, 4)),)
    )
    last_off = max(
        times.seconds(note.onset_ticks + note.duration_ticks)
        for voice in music.voices
        for note in voice.notes
    )
    duration = max(times.seconds(music.end_ticks), last_off + TAIL_SECONDS)
    if duration > LONGEST_SECONDS:
        raise FileFormatError(
            f"the MIDI file lasts {duration / 3600.0:.0f} hours; it is damaged, or a stray event "
            "lies far behind its end: delete that event and export the file again"
        )
    ids = unique_ids([voice.name for voice in music.voices])
    roles = guess_roles(music.voices)
    parts = tuple(
        PlayedPart(
            part_id, voice.name, role, voice.instrument.id,
            _notes(voice, times, duration), _controls(voice, times),
            tempos=times.tempos_by_second(),
        )
        for voice, part_id, role in zip(music.voices, ids, roles, strict=True)
    )  # fmt: skip
    return Performance(parts, duration, "ring")


def _notes(voice: Voice, times: TimeMap, duration: float) -> tuple[PlayedNote, ...]:
    notes = []
    for note in voice.notes:
        onset = times.seconds(note.onset_ticks)
        off = times.seconds(note.onset_ticks + note.duration_ticks)
        notes.append(PlayedNote(onset, off - onset, note.pitch, note.velocity))
    return lawful_notes(notes, duration)


def _controls(voice: Voice, times: TimeMap) -> tuple[ControlPoint, ...]:
    points: list[ControlPoint] = []
    latest: dict[int, ControlPoint] = {}
    for tick, controller, value in voice.controls:
        point = ControlPoint(times.seconds(tick), controller, value)
        before = latest.get(controller)
        if before is not None and point.seconds - before.seconds > 2 * HOLD_SECONDS:
            points.append(ControlPoint(point.seconds - HOLD_SECONDS, controller, before.value))
        points.append(point)
        latest[controller] = point
    points.sort(key=lambda point: (point.seconds, point.controller))
    return tuple(points)
