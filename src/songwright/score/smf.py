"""Reading the bytes of Standard MIDI Files from anywhere.

Follows "Standard MIDI Files 1.0" (MIDI Manufacturers Association, RP-001). Files from outside are
often a little wrong. What cannot change the music is tolerated: odd meta events, a missing end of
track, a wrong number of tracks, bytes after the last chunk, a RIFF wrapper. What can is refused,
with the byte at which the file breaks. That is why the reader is our own: others give up a whole
file for one odd key signature.
"""

from __future__ import annotations

from dataclasses import dataclass

from songwright.errors import FileFormatError

NOTE_OFF, NOTE_ON, POLY_PRESSURE, CONTROL = 0x80, 0x90, 0xA0, 0xB0
PROGRAM, CHANNEL_PRESSURE, BEND, SYSTEM = 0xC0, 0xD0, 0xE0, 0xF0
META = 0xFF

# Types of meta events that mean something to us.
TRACK_NAME, INSTRUMENT_NAME, MARKER, PORT = 0x03, 0x04, 0x06, 0x21
END_OF_TRACK, TEMPO, TIME_SIGNATURE, KEY_SIGNATURE = 0x2F, 0x51, 0x58, 0x59

_DATA_BYTES = {NOTE_OFF: 2, NOTE_ON: 2, POLY_PRESSURE: 2, CONTROL: 2, PROGRAM: 1,
               CHANNEL_PRESSURE: 1, BEND: 2}  # fmt: skip
_ADVICE = "export the MIDI file again from the program that made it, or choose another file"


@dataclass(frozen=True, slots=True)
class MidiEvent:
    """One event of a track.

    ``tick`` counts from the start of the track. For channel events ``kind`` is 0x80..0xE0,
    ``channel`` 0..15, ``a`` and ``b`` the data bytes. For meta events ``kind`` is `META`, ``a`` the
    meta type and ``data`` its bytes.
    """

    tick: int
    kind: int
    channel: int = 0
    a: int = 0
    b: int = 0
    data: bytes = b""

    @property
    def text(self) -> str:
        """Text of a meta event: UTF-8 if it is that, Latin-1 otherwise."""
        try:
            text = self.data.decode("utf-8")
        except UnicodeDecodeError:
            text = self.data.decode("latin-1")
        return "".join(c for c in text if c.isprintable()).strip()


@dataclass(frozen=True, slots=True)
class MidiFile:
    """A parsed file.

    ``ticks_per_beat`` is 0 for SMPTE time; then ``ticks_per_second`` says how ticks run.
    ``tracks`` all start at tick 0; those of a format 2 file follow one another.
    """

    format: int
    ticks_per_beat: int
    ticks_per_second: float
    tracks: tuple[tuple[MidiEvent, ...], ...]


def parse_smf(data: bytes) -> MidiFile:
    """Parse a Standard MIDI File of format 0, 1 or 2.

    Raises
    ------
    FileFormatError
        If the bytes are not a MIDI file, or are cut off or damaged inside a track.
    """
    if data[:4] == b"RIFF" and data[8:12] == b"RMID":
        start = data.find(b"MThd")
        data = data[start:] if start >= 0 else b""
    if data[:4] != b"MThd" or len(data) < 14:
        raise FileFormatError(
            "this is not a MIDI file (it does not begin with MThd); give a .mid file"
        )
    header = int.from_bytes(data[4:8], "big")
    kind, division = int.from_bytes(data[8:10], "big"), int.from_bytes(data[12:14], "big")
    if kind > 2:
        raise FileFormatError(f"MIDI format {kind} is not known (only 0, 1 and 2 are); {_ADVICE}")
    ticks_per_beat, ticks_per_second = _division(division)
    tracks: list[tuple[MidiEvent, ...]] = []
    at = 8 + header
    while at + 8 <= len(data):
        name, size = data[at : at + 4], int.from_bytes(data[at + 4 : at + 8], "big")
        at += 8
        if name == b"MTrk":
            if at + size > len(data):
                raise FileFormatError(
                    f"the MIDI file is cut off: track {len(tracks) + 1} should have {size} bytes "
                    f"but the file ends after {len(data) - at}; {_ADVICE}"
                )
            tracks.append(_Track(data, at, at + size, len(tracks) + 1).events())
        elif not name.isalnum():
            break  # padding after the last chunk
        at += size
    if not tracks:
        raise FileFormatError(f"the MIDI file has no tracks; {_ADVICE}")
    if kind == 2:
        tracks = _in_sequence(tracks)
    return MidiFile(kind, ticks_per_beat, ticks_per_second, tuple(tracks))


def _division(division: int) -> tuple[int, float]:
    """Ticks per beat (0 for SMPTE) and ticks per second (0 for beats)."""
    if not division & 0x8000:
        if division == 0:
            raise FileFormatError(f"the MIDI file says 0 ticks per beat; {_ADVICE}")
        return division, 0.0
    frames, ticks = 256 - (division >> 8), division & 0xFF
    rates = {24: 24.0, 25: 25.0, 29: 30000.0 / 1001.0, 30: 30.0}
    if frames not in rates or ticks == 0:
        raise FileFormatError(f"SMPTE time with {frames} frames is not known; {_ADVICE}")
    return 0, rates[frames] * ticks


def _in_sequence(tracks: list[tuple[MidiEvent, ...]]) -> list[tuple[MidiEvent, ...]]:
    """Tracks of a format 2 file (independent patterns) moved one behind the other."""
    moved, start = [], 0
    for track in tracks:
        moved.append(
            tuple(MidiEvent(e.tick + start, e.kind, e.channel, e.a, e.b, e.data) for e in track)
        )
        start += track[-1].tick if track else 0
    return moved


class _Track:
    """A cursor over the bytes of one track."""

    def __init__(self, data: bytes, start: int, end: int, number: int) -> None:
        self.data, self.at, self.end, self.number = data, start, end, number

    def events(self) -> tuple[MidiEvent, ...]:
        """All events; an end-of-track event is added where the file has none."""
        events: list[MidiEvent] = []
        tick, status = 0, 0
        while self.at < self.end:
            tick += self._variable()
            if self._peek() & 0x80:
                status_here = self._byte()
                if status_here < SYSTEM:
                    status = status_here
            elif status:
                status_here = status  # running status
            else:
                raise self._damaged("data without a command")
            if status_here == META:
                event = MidiEvent(tick, META, a=self._byte(), data=self._bytes())
                events.append(event)
                if event.a == END_OF_TRACK:
                    return tuple(events)
            elif status_here in (0xF0, 0xF7):
                self._bytes()
            elif status_here > SYSTEM:
                raise self._damaged(f"command {status_here:#x}, which files must not hold")
            else:
                kind = status_here & 0xF0
                a = self._data_byte()
                b = self._data_byte() if _DATA_BYTES[kind] == 2 else 0
                events.append(MidiEvent(tick, kind, status_here & 0x0F, a, b))
        events.append(MidiEvent(tick, META, a=END_OF_TRACK))
        return tuple(events)

    def _peek(self) -> int:
        if self.at >= self.end:
            raise self._damaged("an event that is cut off")
        return self.data[self.at]

    def _byte(self) -> int:
        at = self.at
        if at >= self.end:
            self._peek()  # which says what is wrong
        self.at = at + 1
        return self.data[at]

    def _data_byte(self) -> int:
        value = self._byte()
        if value & 0x80:
            raise self._damaged(f"{value:#x} where a data byte (below 0x80) must stand")
        return value

    def _variable(self) -> int:
        """A variable-length quantity of at most four bytes."""
        value = 0
        for _ in range(4):
            byte = self._byte()
            value = value << 7 | byte & 0x7F
            if not byte & 0x80:
                return value
        raise self._damaged("a number longer than four bytes")

    def _bytes(self) -> bytes:
        size = self._variable()
        if self.at + size > self.end:
            raise self._damaged("a text or system message that runs past the end of the track")
        self.at += size
        return self.data[self.at - size : self.at]

    def _damaged(self, what: str) -> FileFormatError:
        return FileFormatError(
            f"the MIDI file is damaged: track {self.number} has {what} at byte {self.at}; {_ADVICE}"
        )
