"""DAWproject 1.0: a session for Bitwig Studio, Studio One, Cubase, Cubasis, n-Track and others.

A zip with ``project.xml``, ``metadata.xml`` and the stems (format of Bitwig and PreSonus, 2023).
Each part gives two tracks: its rendered stem at 0 dB in the middle, so that the tracks add up to
the mix, and its notes, muted, with the fader and pan that the stem was mixed with.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from pathlib import Path
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from songwright.export.faders import fade_curve
from songwright.export.tags import Tags
from songwright.export.tracks import Arrangement, Clip, ClipEvent, Stem, Track
from songwright.export.wav import write_tagged_wav
from songwright.score import smf
from songwright.units import db_to_gain, ticks_to_beats
from songwright.version import VERSION

_EPOCH = (1980, 1, 1, 0, 0, 0)  # of every entry: equal pieces give equal bytes
_LOUDEST_GAIN = 2.0
# Registered parameters set the bend range of a synthesiser; DAWproject has no word for them.
_NO_CONTROLLERS = (6, 38, 98, 99, 100, 101)
_SWITCHES = range(64, 70)


def write_dawproject(piece: Arrangement, tags: Tags, target: Path, scratch: Path) -> None:
    """Write a ``.dawproject`` file.

    Parameters
    ----------
    piece
        What to write; parts without a stem get their notes only.
    tags
        Title, genre and licence for ``metadata.xml``, and the tags of the embedded stems.
    target
        The file; overwritten. Nothing in it is compressed: recordings would not shrink, and the
        bytes do not depend on the machine's zlib.
    scratch
        An existing folder on the same disk for one stem at a time.

    Raises
    ------
    FileFormatError
        If a stem is damaged.
    """
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED, allowZip64=True) as archive:
        for name, root in (("metadata.xml", _metadata(tags)), ("project.xml", _project(piece))):
            archive.writestr(_entry(name), _serialised(root))
        for track_tags, stem in _stems(piece, tags):
            tagged = scratch / "stem.wav"
            write_tagged_wav(stem.source, tagged, track_tags)
            with (
                tagged.open("rb") as reader,
                archive.open(_entry(f"audio/{stem.name}"), "w", force_zip64=True) as writer,
            ):
                while block := reader.read(1 << 20):
                    writer.write(block)
            tagged.unlink()


def _stems(piece: Arrangement, tags: Tags) -> Iterator[tuple[Tags, Stem]]:
    for track in piece.tracks:
        if track.stem is not None:
            yield tags.of_part(track.name), track.stem
    if piece.reference is not None:
        yield tags, piece.reference


def _entry(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, _EPOCH)
    info.external_attr = 0o644 << 16
    info.create_system = 3  # the same on every machine
    return info


def _serialised(root: Element) -> bytes:
    indent(root, "  ")
    body: bytes = tostring(root, encoding="utf-8")
    return b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n' + body + b"\n"


def _metadata(tags: Tags) -> Element:
    root = Element("MetaData")
    fields = (
        ("Title", tags.title), ("Genre", tags.genre), ("Copyright", tags.licence),
        ("Comment", f"{tags.comment}. Made with {tags.software}."),
    )  # fmt: skip
    for name, text in fields:
        if text:
            SubElement(root, name).text = text
    return root


def _project(piece: Arrangement) -> Element:
    root = Element("Project", {"version": "1.0"})
    SubElement(root, "Application", {"name": "Songwright", "version": VERSION})
    transport = SubElement(root, "Transport")
    SubElement(transport, "Tempo", {
        "id": "tempo", "name": "Tempo", "unit": "bpm", "min": "20", "max": "666",
        "value": _number(piece.tempos[0].bpm),
    })  # fmt: skip
    first = piece.meters[0].meter
    SubElement(transport, "TimeSignature", {
        "id": "meter", "numerator": str(first.numerator), "denominator": str(first.denominator),
    })  # fmt: skip
    structure = SubElement(root, "Structure")
    for track in piece.tracks:
        if track.stem is not None:
            _track(structure, f"a{_key(track)}", track.name, track.colour, "audio")
    for track in piece.tracks:
        muted = track.stem is not None
        _track(structure, f"n{_key(track)}", _notes_name(track), track.colour, "notes",
               track.level_db, track.pan, muted)  # fmt: skip
    if piece.reference is not None:
        _track(structure, "a-reference", "Master (reference)", "#909090", "audio", muted=True)
    master = SubElement(structure, "Track", {
        "id": "master", "name": "Master", "contentType": "audio notes", "loaded": "true",
    })  # fmt: skip
    _channel(master, "master", role="master")
    _arrangement(root, piece)
    return root


def _notes_name(track: Track) -> str:
    return f"{track.name} (notes)" if track.stem is not None else track.name


def _key(track: Track) -> str:
    """The track's number: part ids may hold what XML identifiers may not."""
    return track.name.split()[0]


def _track(
    structure: Element, track_id: str, name: str, colour: str, content: str,
    level_db: float = 0.0, pan: float = 0.0, muted: bool = False,
) -> None:  # fmt: skip
    track = SubElement(structure, "Track", {
        "id": track_id, "name": name, "color": colour, "contentType": content, "loaded": "true",
    })  # fmt: skip
    _channel(track, track_id, level_db, pan, muted)


def _channel(
    track: Element, track_id: str, level_db: float = 0.0, pan: float = 0.0, muted: bool = False,
    role: str = "regular",
) -> None:  # fmt: skip
    attributes = {"id": f"{track_id}-channel", "audioChannels": "2", "role": role, "solo": "false"}
    if role == "regular":
        attributes["destination"] = "master-channel"
    channel = SubElement(track, "Channel", attributes)
    SubElement(channel, "Mute", {
        "id": f"{track_id}-mute", "name": "Mute", "value": "true" if muted else "false",
    })  # fmt: skip
    SubElement(channel, "Pan", {
        "id": f"{track_id}-pan", "name": "Pan", "unit": "normalized", "min": "0", "max": "1",
        "value": _number(0.5 + 0.5 * pan),
    })  # fmt: skip
    SubElement(channel, "Volume", {
        "id": f"{track_id}-volume", "name": "Volume", "unit": "linear", "min": "0",
        "max": _number(_LOUDEST_GAIN), "value": _number(min(_LOUDEST_GAIN, db_to_gain(level_db))),
    })  # fmt: skip


def _arrangement(root: Element, piece: Arrangement) -> None:
    arrangement = SubElement(root, "Arrangement", {"id": "arrangement"})
    lanes = SubElement(arrangement, "Lanes", {"id": "lanes", "timeUnit": "beats"})
    for track in piece.tracks:
        if track.stem is not None:
            own = _lanes(lanes, f"a{_key(track)}")
            _audio_clip(own, piece, track.name, track.stem)
    for track in piece.tracks:
        own = _lanes(lanes, f"n{_key(track)}")
        clips = SubElement(own, "Clips", {"id": f"n{_key(track)}-clips"})
        for number, clip in enumerate(track.clips):
            _notes_clip(clips, f"n{_key(track)}-{number}", clip, track)
        if piece.fade_seconds:
            _fade(own, piece, f"n{_key(track)}", db_to_gain(track.level_db))
    if piece.reference is not None:
        _audio_clip(_lanes(lanes, "a-reference"), piece, "Master", piece.reference)
    if piece.markers:
        markers = SubElement(arrangement, "Markers", {"id": "markers", "timeUnit": "beats"})
        for marker in piece.markers:
            SubElement(markers, "Marker", {"name": marker.name, "time": _beats(marker.ticks)})
    tempo = _points(arrangement, "TempoAutomation", "tempo-points", "tempo", "bpm")
    for change in piece.tempos:
        _real_point(tempo, _beats(change.tick), change.bpm, "hold")
    meters = _points(arrangement, "TimeSignatureAutomation", "meter-points", "meter")
    for bar in piece.meters:
        SubElement(meters, "TimeSignaturePoint", {
            "time": _beats(bar.tick), "numerator": str(bar.meter.numerator),
            "denominator": str(bar.meter.denominator),
        })  # fmt: skip


def _lanes(parent: Element, track_id: str) -> Element:
    return SubElement(parent, "Lanes", {"id": f"{track_id}-lanes", "track": track_id})


def _audio_clip(lanes: Element, piece: Arrangement, name: str, stem: Stem) -> None:
    """The whole stem as one clip; its content counts in seconds, so no program stretches it."""
    clips = SubElement(lanes, "Clips", {"id": f"{lanes.get('track')}-clips"})
    seconds = _number(stem.facts.seconds)
    clip = SubElement(clips, "Clip", {
        "name": name, "time": "0",
        "duration": _number(ticks_to_beats(1) * piece.times.tick(stem.facts.seconds)),
        "contentTimeUnit": "seconds", "playStart": "0", "playStop": seconds,
    })  # fmt: skip
    audio = SubElement(clip, "Audio", {
        "id": f"{lanes.get('track')}-audio", "duration": seconds,
        "channels": str(stem.facts.channels), "sampleRate": str(stem.facts.sample_rate_hz),
    })  # fmt: skip
    SubElement(audio, "File", {"path": f"audio/{stem.name}"})


def _notes_clip(clips: Element, clip_id: str, clip: Clip, track: Track) -> None:
    element = SubElement(clips, "Clip", {
        "name": clip.name, "color": track.colour, "time": _beats(clip.start_ticks),
        "duration": _beats(clip.end_ticks - clip.start_ticks), "playStart": "0",
        "contentTimeUnit": "beats",
    })  # fmt: skip
    content = SubElement(element, "Lanes", {"id": f"{clip_id}-lanes"})
    notes = SubElement(content, "Notes", {"id": f"{clip_id}-notes"})
    for note in clip.notes:
        SubElement(notes, "Note", {
            "time": _beats(note.start_ticks), "duration": _beats(note.duration_ticks),
            "channel": str(track.channel), "key": str(note.pitch),
            "vel": _number(note.velocity / 127), "rel": "0.5",
        })  # fmt: skip
    lines: dict[tuple[int, int], list[ClipEvent]] = {}
    for event in clip.events:
        if event.kind == smf.CONTROL and event.a not in _NO_CONTROLLERS:
            lines.setdefault((smf.CONTROL, event.a), []).append(event)
        elif event.kind == smf.BEND:
            lines.setdefault((smf.BEND, 0), []).append(event)
    for (kind, controller), events in sorted(lines.items()):
        line_id = f"{clip_id}-{'bend' if kind == smf.BEND else controller}"
        points = SubElement(content, "Points", {"id": line_id, "unit": "normalized"})
        target = SubElement(points, "Target", {"channel": str(track.channel)})
        if kind == smf.BEND:
            target.set("expression", "pitchBend")
        else:
            target.set("expression", "channelController")
            target.set("controller", str(controller))
        for event in events:
            value = (event.b << 7 | event.a) / 16383 if kind == smf.BEND else event.b / 127
            shape = "hold" if controller in _SWITCHES else "linear"
            _real_point(points, _beats(event.ticks), value, shape)


def _fade(lanes: Element, piece: Arrangement, track_id: str, gain: float) -> None:
    """The closing fade that the stems have already, on the fader of the notes."""
    points = _points(lanes, "Points", f"{track_id}-fade", f"{track_id}-volume", "linear")
    for seconds, factor in fade_curve(piece):
        time = _number(ticks_to_beats(1) * piece.times.tick(seconds))
        _real_point(points, time, min(_LOUDEST_GAIN, gain * factor), "linear")


def _points(parent: Element, tag: str, points_id: str, parameter: str, unit: str = "") -> Element:
    attributes = {"id": points_id, "timeUnit": "beats"}
    if unit:
        attributes["unit"] = unit
    points = SubElement(parent, tag, attributes)
    SubElement(points, "Target", {"parameter": parameter})
    return points


def _real_point(points: Element, time: str, value: float, shape: str) -> None:
    SubElement(points, "RealPoint", {"time": time, "value": _number(value), "interpolation": shape})


def _beats(ticks: int) -> str:
    return _number(ticks_to_beats(ticks))


def _number(value: float) -> str:
    """A decimal without exponent, to a millionth."""
    return f"{value:.6f}".rstrip("0").rstrip(".") or "0"
