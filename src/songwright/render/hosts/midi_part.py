"""A played part as MIDI, for players that take nothing else."""

from __future__ import annotations

from collections.abc import Iterator

from songwright.perform.model import PlayedPart
from songwright.render.controls import (
    BEND_RANGE_SEMITONES,
    BRIGHTNESS,
    MODULATION,
    PITCH_BEND,
    SUSTAIN_PEDAL,
)

TICKS_PER_SECOND = 2400
_WRITTEN = (MODULATION, SUSTAIN_PEDAL, BRIGHTNESS)
_STEP_SECONDS = 0.01


def midi_events(part: PlayedPart) -> list[tuple[float, bytes]]:
    """Messages of channel 0 and their times in seconds, in order.

    Volume, expression and pan are left out: they are done on the audio, as for every part.
    Controllers glide between their points in steps of 10 ms at most.
    """
    rows: list[tuple[float, int, bytes]] = []
    for controller in (*_WRITTEN, PITCH_BEND):
        for seconds, value in _gliding(part, controller):
            rows.append((seconds, 1, _control(controller, value)))
    for note in part.notes:
        if not (0 <= note.pitch <= 127 and note.velocity > 0):
            continue
        end = note.onset_seconds + max(note.duration_seconds, 0.005)
        rows.append((note.onset_seconds, 2, bytes((0x90, note.pitch, min(note.velocity, 127)))))
        rows.append((end, 0, bytes((0x80, note.pitch, 0))))
    return [(max(seconds, 0.0), message) for seconds, _, message in sorted(rows)]


def midi_file(part: PlayedPart, bank: int, program: int, is_kit: bool) -> bytes:
    """A MIDI file of type 0 with the part on channel 1, or on 10 if it is a kit."""
    channel = 9 if is_kit else 0
    start = [(0.0, bytes((0xB0, 0, min(bank, 127)))), (0.0, bytes((0xC0, program)))]
    start += [(0.0, bytes((0xB0, number, value))) for number, value in (
        (7, 100), (11, 127), (10, 64), (101, 0), (100, 0), (6, int(BEND_RANGE_SEMITONES)),
    )]  # fmt: skip
    track = b"\x00\xff\x51\x03" + (1_000_000).to_bytes(3, "big")
    now = 0
    for seconds, message in (*start, *midi_events(part)):
        tick = round(seconds * TICKS_PER_SECOND)
        track += _length(tick - now) + bytes((message[0] | channel,)) + message[1:]
        now = tick
    track += b"\x00\xff\x2f\x00"
    head = b"MThd" + (6).to_bytes(4, "big") + (0).to_bytes(2, "big") + (1).to_bytes(2, "big")
    head += TICKS_PER_SECOND.to_bytes(2, "big")
    return head + b"MTrk" + len(track).to_bytes(4, "big") + track


def _gliding(part: PlayedPart, controller: int) -> Iterator[tuple[float, int]]:
    points = sorted((c.seconds, c.value) for c in part.controls if c.controller == controller)
    for number, (seconds, value) in enumerate(points):
        yield seconds, value
        if number + 1 == len(points) or controller == SUSTAIN_PEDAL:
            continue
        after, target = points[number + 1]
        steps = min(int((after - seconds) / _STEP_SECONDS), abs(target - value))
        for step in range(1, steps):
            share = step / steps
            yield seconds + share * (after - seconds), round(value + share * (target - value))


def _control(controller: int, value: int) -> bytes:
    if controller == PITCH_BEND:
        wheel = min(max(value + 8192, 0), 16383)
        return bytes((0xE0, wheel & 0x7F, wheel >> 7))
    return bytes((0xB0, controller, min(max(value, 0), 127)))


def _length(ticks: int) -> bytes:
    """A variable-length number of a MIDI file."""
    parts = [ticks & 0x7F]
    while ticks := ticks >> 7:
        parts.insert(0, 0x80 | ticks & 0x7F)
    return bytes(parts)
