"""A REAPER project: stems, notes, tempo map, section markers and regions, mixer settings.

Text chunks as REAPER itself writes them; positions are in seconds, notes in ticks of a quarter
note, tempo in an envelope of square points. Stems keep their time when the tempo is changed, notes
follow it. As in `dawproject`, stems stand at 0 dB and add up to the mix; notes are muted.
"""

from __future__ import annotations

import uuid
from itertools import pairwise

from songwright.export.faders import fade_curve
from songwright.export.naming import one_line
from songwright.export.tracks import Arrangement, Clip, Stem, Track
from songwright.score import smf
from songwright.units import TICKS_PER_BEAT, db_to_gain
from songwright.version import VERSION

MEDIA = "Media"
"""Folder beside the project in which its stems are."""

_SQUARE, _LINEAR = 1, 0
_TIME, _BEATS = 0, 1  # what a track's items keep when the tempo changes
_IDS = uuid.UUID("7a5e7c2e-6f0a-4d54-9c3e-50e657726967")


def reaper_project(piece: Arrangement) -> str:
    """Text of a ``.rpp`` file whose stems lie in `MEDIA` beside it.

    Parts without a stem get their notes only. The same piece gives the same text.
    """
    rate = next((t.stem.facts.sample_rate_hz for t in piece.tracks if t.stem), 48_000)
    meter = piece.meters[0].meter
    lines = [
        '<REAPER_PROJECT 0.1 "6.0" 0',
        "  <NOTES 0 2",
        f"    |{one_line(piece.title)}",
        f"    |Made with Songwright {VERSION}. Stems add up to the mix at 0 dB; notes are",
        "    |muted: load an instrument, unmute the notes and mute their stem.",
        "  >",
        "  RIPPLE 0",
        "  TIMEMODE 1 5 -1 30 0 0 -1",
        "  PANLAW 1",
        f"  SAMPLERATE {rate} 1 0",
        "  TIMELOCKMODE 1",
        "  TEMPOENVLOCKMODE 1",
        "  PANMODE 3",
        f"  TEMPO {_number(piece.tempos[0].bpm)} {meter.numerator} {meter.denominator}",
        "  PLAYRATE 1 0 0.25 4",
        f"  SELECTION 0 {_number(piece.seconds)}",
        "  MASTER_VOLUME 1 0 -1 -1 1",
        *_tempo_envelope(piece),
        *_markers(piece),
    ]
    stems = [(t.name, t.colour, t.stem) for t in piece.tracks if t.stem is not None]
    if stems:
        lines += _folder(piece, "Stems (sum = mix)")
        for i, (name, colour, stem) in enumerate(stems):
            lines += _audio_track(piece, name, colour, stem, last=i + 1 == len(stems))
    lines += _folder(piece, "Notes")
    for i, track in enumerate(piece.tracks):
        lines += _notes_track(piece, track, last=i + 1 == len(piece.tracks))
    if piece.reference is not None:
        lines += _audio_track(piece, "Master (reference)", "#909090", piece.reference, muted=True)
    lines.append(">")
    return "\n".join(lines) + "\n"


def _tempo_envelope(piece: Arrangement) -> list[str]:
    """Tempo and metre in one envelope; REAPER keeps a metre with the point that sets it."""
    points: dict[int, tuple[float, str]] = {}
    for tempo in piece.tempos:
        points[tempo.tick] = (tempo.bpm, "")
    for change in piece.meters:
        bpm = points[change.tick][0] if change.tick in points else piece.times.bpm(change.tick)
        signature = change.meter.denominator << 16 | change.meter.numerator
        points[change.tick] = (bpm, f" {signature} 0 1")
    return [
        "  <TEMPOENVEX",
        f"    EGUID {_id(piece, 'tempo')}",
        "    ACT 1 -1",
        "    VIS 1 0 1",
        "    LANEHEIGHT 0 0",
        "    ARM 0",
        "    DEFSHAPE 1 -1 -1",
        *(
            f"    PT {_number(piece.times.seconds(tick))} {_number(bpm)} {_SQUARE}{signature}"
            for tick, (bpm, signature) in sorted(points.items())
        ),
        "  >",
    ]


def _markers(piece: Arrangement) -> list[str]:
    """A marker at each section and a region over it."""
    lines = []
    ends = [*(m.ticks for m in piece.markers[1:]), piece.end_ticks]
    for number, marker in enumerate(piece.markers, start=1):
        at = _number(piece.times.seconds(marker.ticks))
        lines.append(f"  MARKER {number} {at} {_quoted(marker.name)} 0 0 1")
    for number, (marker, end) in enumerate(zip(piece.markers, ends, strict=True), start=1):
        at, until = (_number(piece.times.seconds(t)) for t in (marker.ticks, end))
        lines.append(f"  MARKER {number} {at} {_quoted(marker.name)} 1 0 1")
        lines.append(f'  MARKER {number} {until} "" 1')
    return lines


def _folder(piece: Arrangement, name: str) -> list[str]:
    return [*_track_head(piece, name, "#606060", bus="1 1"), "  >"]


def _track_head(
    piece: Arrangement,
    name: str,
    colour: str,
    bus: str = "0 0",
    gain: float = 1.0,
    pan: float = 0.0,
    muted: bool = False,
    base: int = -1,
) -> list[str]:
    red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    track_id = _id(piece, f"track {name} {bus} {base}")
    return [
        f"  <TRACK {track_id}",
        f"    NAME {_quoted(name)}",
        f"    PEAKCOL {0x1000000 | blue << 16 | green << 8 | red}",
        f"    BEAT {base}",
        "    AUTOMODE 0",
        f"    VOLPAN {_number(gain)} {_number(pan)} -1 -1 1",
        f"    MUTESOLO {int(muted)} 0 0",
        f"    ISBUS {bus}",
        "    NCHAN 2",
        "    FX 1",
        f"    TRACKID {track_id}",
        "    MAINSEND 1 0",
    ]


def _audio_track(
    piece: Arrangement,
    name: str,
    colour: str,
    stem: Stem,
    last: bool = False,
    muted: bool = False,
) -> list[str]:
    bus = "2 -1" if last else "0 0"
    item = [
        *_item_head(piece, f"audio {name}", name, 0.0, stem.facts.seconds),
        "      <SOURCE WAVE",
        f"        FILE {_quoted(f'{MEDIA}/{stem.name}')}",
        "      >",
        "    >",
    ]
    head = _track_head(piece, name, colour, bus, muted=muted, base=_TIME)
    return [*head, *item, "  >"]


def _notes_track(piece: Arrangement, track: Track, last: bool) -> list[str]:
    name = f"{track.name} (notes)" if track.stem is not None else track.name
    bus, gain = "2 -1" if last else "0 0", db_to_gain(track.level_db)
    lines = _track_head(
        piece, name, track.colour, bus, gain, track.pan, track.stem is not None, _BEATS
    )
    if piece.fade_seconds:
        lines += [
            "    <VOLENV2",
            f"      EGUID {_id(piece, f'fade {track.part_id}')}",
            "      ACT 1 -1",
            "      VIS 1 1 1",
            "      LANEHEIGHT 0 0",
            "      ARM 0",
            "      DEFSHAPE 0 -1 -1",
            *(f"      PT {_number(s)} {_number(g)} {_LINEAR}" for s, g in fade_curve(piece)),
            "    >",
        ]
    for number, clip in enumerate(track.clips):
        start, end = (piece.times.seconds(t) for t in (clip.start_ticks, clip.end_ticks))
        lines += _item_head(piece, f"notes {track.part_id} {number}", clip.name, start, end - start)
        lines += _midi_source(piece, track, clip, number)
        lines.append("    >")
    return [*lines, "  >"]


def _item_head(
    piece: Arrangement, key: str, name: str, position: float, length: float
) -> list[str]:
    return [
        "    <ITEM",
        f"      POSITION {_number(position)}",
        f"      LENGTH {_number(length)}",
        "      LOOP 0",
        "      ALLTAKES 0",
        "      FADEIN 0 0 0",  # stems must add up to the mix: no automatic fades
        "      FADEOUT 0 0 0",
        "      MUTE 0 0",
        f"      IGUID {_id(piece, key)}",
        f"      NAME {_quoted(name)}",
        "      VOLPAN 1 0 1 -1",
        "      SOFFS 0",
        "      PLAYRATE 1 1 0 -1 0 0.0025",
        "      CHANMODE 0",
        f"      GUID {_id(piece, f'take {key}')}",
    ]


def _midi_source(piece: Arrangement, track: Track, clip: Clip, number: int) -> list[str]:
    """Events with the ticks since the event before; note ends come first at a tick."""
    rows: list[tuple[int, int, str]] = []
    if number == 0:
        rows.append((0, 0, f"{smf.PROGRAM | track.channel:02x} {track.program:02x} 00"))
    for event in clip.events:
        status = event.kind | track.channel
        rows.append((event.ticks, 2, f"{status:02x} {event.a:02x} {event.b:02x}"))
    for note in clip.notes:
        on, off = smf.NOTE_ON | track.channel, smf.NOTE_OFF | track.channel
        end = note.start_ticks + note.duration_ticks
        rows.append((note.start_ticks, 3, f"{on:02x} {note.pitch:02x} {note.velocity:02x}"))
        rows.append((end, 1, f"{off:02x} {note.pitch:02x} 40"))
    # "All notes off" at the end tells REAPER how long the source is.
    rows.append((clip.end_ticks - clip.start_ticks, 4, f"{smf.CONTROL | track.channel:02x} 7b 00"))
    rows.sort(key=lambda row: row[:2])
    deltas = [rows[0][0], *(b[0] - a[0] for a, b in pairwise(rows))]
    return [
        "      <SOURCE MIDI",
        f"        HASDATA 1 {TICKS_PER_BEAT} QN",
        "        CCINTERP 32",
        f"        POOLEDEVTS {_id(piece, f'events {track.part_id} {number}')}",
        *(f"        E {delta} {row[2]}" for delta, row in zip(deltas, rows, strict=True)),
        "        IGNTEMPO 0 120 4 4",
        "      >",
    ]


def _id(piece: Arrangement, name: str) -> str:
    """An identifier that depends on nothing but the piece's title and what it names."""
    return "{" + str(uuid.uuid5(_IDS, f"{piece.title}/{name}")).upper() + "}"


def _quoted(text: str) -> str:
    """A string in the quotation marks that it does not hold, as REAPER reads it."""
    text = one_line(text)
    for mark in ('"', "'", "`"):
        if mark not in text:
            return mark + text + mark
    return '"' + text.replace('"', "'") + '"'


def _number(value: float) -> str:
    return f"{value:.9f}".rstrip("0").rstrip(".") or "0"
