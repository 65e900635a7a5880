"""Opcodes of an SFZ region as numbers: which notes it answers, and the voice it makes."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass

from songwright.errors import FileFormatError
from songwright.render.soundfonts import voice as v
from songwright.render.soundfonts.sfz_text import RegionText
from songwright.render.soundfonts.voice import Clip, Envelope, Voice
from songwright.units import db_to_gain

_NOTE = re.compile(r"([a-gA-G])([#b♯♭]?)(-?\d+)$")
_STEPS = {"c": 0, "d": 2, "e": 4, "f": 5, "g": 7, "a": 9, "b": 11}
_KINDS = {"lpf": v.LOW_PASS, "hpf": v.HIGH_PASS, "bpf": v.BAND_PASS}
_LOOPS = {"no_loop": v.NO_LOOP, "one_shot": v.NO_LOOP, "loop_continuous": v.LOOP,
          "loop_sustain": v.LOOP_WHILE_HELD}  # fmt: skip
FALL_SHARE = 96.0 / 78.0
"""An SFZ envelope falls by nine nepers (78 dB) in its time; ours are times of 96 dB."""

_RESTING = {7: 100, 10: 64, 11: 127}


@dataclass(frozen=True)
class SfzRegion:
    """One region. Only what decides whether it answers a note is read at once."""

    text: RegionText
    sample: str
    keys: tuple[int, int]
    velocities: tuple[int, int]
    sequence: tuple[int, int]
    chance: tuple[float, float]

    def answers(self, key: int, velocity: int, turn: int, chance: float) -> bool:
        """True if a stroke starts this region; ``chance`` 0..1 is the stroke's random number."""
        length, position = self.sequence
        return (
            self.keys[0] <= key <= self.keys[1]
            and self.velocities[0] <= velocity <= self.velocities[1]
            and turn % length == position - 1
            and self.chance[0] <= chance < self.chance[1]
        )

    def number(self, name: str, default: float = 0.0) -> float:
        """The number of an opcode."""
        return _number(self.text, name, default)

    def word(self, name: str, default: str = "") -> str:
        """The word of an opcode."""
        return self.text.opcodes.get(name, default)

    def with_control(self, name: str, default: float = 0.0) -> float:
        """The number of an opcode and what controllers add to it where they rest (``set_ccN``)."""
        value = self.number(name, default)
        for opcode in self.text.opcodes:
            head, _, controller = opcode.rpartition("cc")
            if head in (f"{name}_", f"{name}_on") and controller.isdigit():
                value += self.number(opcode) * self._resting(int(controller)) / 127.0
        return value

    def _resting(self, controller: int) -> float:
        return _resting(self.text, controller)


def region_of(text: RegionText) -> SfzRegion | None:
    """Read a region; None if no struck key can start it.

    Regions that a controller, the release of a key or a key switch other than the first starts
    are left out.

    Raises
    ------
    FileFormatError
        If an opcode is no number or note; the message names it and the line.
    """
    opcodes = text.opcodes
    if opcodes.get("trigger", "attack") not in ("attack", "first"):
        return None
    if "sw_last" in opcodes:
        default = opcodes.get("sw_default", opcodes.get("sw_lokey", opcodes["sw_last"]))
        if _note(text, "sw_last", 0) != _parsed(text, "sw_default", default):
            return None
    if any(name.startswith(("on_locc", "sw_down", "sw_previous")) for name in opcodes):
        return None
    for name in opcodes:
        for prefix, wrong in (("locc", float.__gt__), ("hicc", float.__lt__)):
            number = name.removeprefix(prefix)
            if number == name or not number.isdigit():
                continue
            if wrong(_number(text, name), _resting(text, int(number))):
                return None
    low, high = _note(text, "lokey", 0), _note(text, "hikey", 127)
    if "key" in opcodes:
        key = _note(text, "key", 60)
        low = low if "lokey" in opcodes else key
        high = high if "hikey" in opcodes else key
    sample = opcodes.get("sample", "")
    if low > high or low < 0 or not sample or sample == "*silence" or _number(text, "end", 0) < 0:
        return None
    shift = int(_control(text, "note_offset") + 12 * _control(text, "octave_offset"))
    length = max(int(_number(text, "seq_length", 1)), 1)
    return SfzRegion(
        text,
        text.control.get("default_path", "") + sample,
        (low + shift, high + shift),
        (int(_number(text, "lovel", 1)), int(_number(text, "hivel", 127))),
        (length, min(max(int(_number(text, "seq_position", 1)), 1), length)),
        (_number(text, "lorand", 0.0), _number(text, "hirand", 1.0)),
    )


def voice_of(
    region: SfzRegion, clip: Clip, rate_hz: float, key: int, velocity: int, side: int
) -> Voice:
    """The voice of a region; ``side`` is 0 for mono, -1 and 1 for the sides of a stereo file."""
    r = region
    shift = int(_control(r.text, "note_offset") + 12 * _control(r.text, "octave_offset"))
    root = _note(r.text, "pitch_keycenter", _note(r.text, "key", 60)) + shift
    force = velocity / 127.0
    cents = (
        r.number("pitch_keytrack", 100.0) * (key - root)
        + 100.0 * r.number("transpose")
        + r.with_control("tune")
        + r.with_control("pitch")
        + r.number("pitch_veltrack") * force
    )
    gain = db_to_gain(
        r.with_control("volume")
        + r.number("group_volume")
        + r.number("amp_keytrack") * (key - _note(r.text, "amp_keycenter", 60))
    )
    gain *= r.number("amplitude", 100.0) / 100.0 * _velocity_gain(r, velocity)
    gain *= _fades(r, "vel", velocity) * _fades(r, "key", key)
    pan = min(max(r.with_control("pan") / 100.0, -1.0), 1.0)
    angle = (pan + 1.0) * math.pi / 4.0
    filter_env = "fileg_depth" in r.text.opcodes
    shape = "fileg" if filter_env else "pitcheg"
    lfo = "fillfo" if "fillfo_depth" in r.text.opcodes else "amplfo"
    group = _group(r.word("group", "0"))
    return Voice(
        clip=clip,
        rate_hz=rate_hz,
        cents=min(max(cents, -14400.0), 14400.0),
        gain_left=0.0 if side > 0 else gain * math.cos(angle) * math.sqrt(2.0),
        gain_right=0.0 if side < 0 else gain * math.sin(angle) * math.sqrt(2.0),
        volume=_envelope(r, "ampeg", force, True),
        shape=_envelope(r, shape, force, False),
        shape_to_pitch_cents=0.0 if filter_env else r.number("pitcheg_depth"),
        shape_to_filter_cents=r.number("fileg_depth") + r.number("fileg_vel2depth") * force,
        filter_hz=_filter_hz(r, key, force),
        filter_q=db_to_gain(min(max(r.with_control("resonance"), 0.0), 60.0) - 3.01),
        filter_kind=_KINDS.get(r.word("fil_type", "lpf_2p")[:3], v.LOW_PASS),
        lfo_delay_seconds=r.number(f"{lfo}_delay"),
        lfo_hz=r.number(f"{lfo}_freq"),
        lfo_to_filter_cents=r.number("fillfo_depth"),
        lfo_to_volume_db=r.number("amplfo_depth"),
        vibrato_delay_seconds=r.number("pitchlfo_delay"),
        vibrato_hz=r.number("pitchlfo_freq") or 5.0,
        vibrato_cents=r.number("pitchlfo_depth"),
        choke_group=group,
        choked_by=_group(r.word("off_by", r.word("offby", "0"))),
        choke_seconds=0.02 if r.word("off_mode", "fast") == "fast" else FALL_SHARE * max(
            r.number("off_time", r.number("ampeg_release", 0.006)), 0.006
        ),
        one_shot=r.word("loop_mode", r.word("loopmode")) == "one_shot",
    )  # fmt: skip


def loop_mode(region: SfzRegion, file_has_loop: bool) -> int:
    """How the sample is looped: as the region says, else as the file does."""
    word = region.word("loop_mode", region.word("loopmode"))
    return _LOOPS.get(word, v.LOOP if file_has_loop else v.NO_LOOP)


def _velocity_gain(r: SfzRegion, velocity: int) -> float:
    points = {
        int(name.rpartition("_")[2]): r.number(name)
        for name in r.text.opcodes
        if name.startswith("amp_velcurve_") and name.rpartition("_")[2].isdigit()
    }
    if points:
        points = {0: 0.0, 127: 1.0} | points
        below = max((at for at in points if at <= velocity), default=0)
        above = min((at for at in points if at >= velocity), default=127)
        share = (velocity - below) / (above - below) if above > below else 0.0
        curve = points[below] + share * (points[above] - points[below])
    else:
        curve = (velocity / 127.0) ** 2
    track = min(max(r.number("amp_veltrack", 100.0) / 100.0, -1.0), 1.0)
    return 1.0 - track * (1.0 - curve) if track >= 0.0 else 1.0 + track * curve


def _fades(r: SfzRegion, of: str, value: int) -> float:
    """Equal-power cross-fades at the edges of a region."""
    gain = 1.0
    for name, low, high, rising in (
        ("xfin", f"xfin_lo{of}", f"xfin_hi{of}", True),
        ("xfout", f"xfout_lo{of}", f"xfout_hi{of}", False),
    ):
        if low not in r.text.opcodes and high not in r.text.opcodes:
            continue
        default = 0 if name == "xfin" else 127
        first = _note(r.text, low, default) if of == "key" else r.number(low, default)
        last = _note(r.text, high, default) if of == "key" else r.number(high, default)
        share = (value - first) / (last - first) if last > first else float(value >= first)
        share = min(max(share, 0.0), 1.0)
        gain *= math.sqrt(share if rising else 1.0 - share)
    return gain


def _envelope(r: SfzRegion, prefix: str, force: float, volume: bool) -> Envelope:
    def time(name: str, default: float = 0.0) -> float:
        value = r.number(f"{prefix}_{name}", default) + force * r.number(f"{prefix}_vel2{name}")
        return min(max(value, 0.0), 100.0)

    sustain = r.number(f"{prefix}_sustain", 100.0) / 100.0
    sustain = min(max(sustain + force * r.number(f"{prefix}_vel2sustain") / 100.0, 0.0), 1.0)
    if volume:
        sustain = min(-20.0 * math.log10(sustain), 96.0) if sustain > 0.0 else 96.0
    share = FALL_SHARE if volume else 1.0
    return Envelope(
        time("delay"), time("attack"), time("hold"), max(share * time("decay"), 0.001), sustain,
        max(share * time("release", 0.001), 0.006),
    )  # fmt: skip


def _filter_hz(r: SfzRegion, key: int, force: float) -> float:
    if "cutoff" not in r.text.opcodes:
        return 0.0
    cents = r.number("fil_keytrack") * (key - _note(r.text, "fil_keycenter", 60))
    cents += r.number("fil_veltrack") * force
    # Controllers add cents to a cutoff, not hertz.
    cents += r.with_control("cutoff") - r.number("cutoff")
    return min(max(r.number("cutoff") * math.exp2(cents / 1200.0), 20.0), 40000.0)


def _group(word: str) -> int:
    return int(word) if word.lstrip("-").isdigit() else 0


def _number(text: RegionText, name: str, default: float = 0.0) -> float:
    word = text.opcodes.get(name)
    return default if word is None else _real(word, name, text.where)


def _control(text: RegionText, name: str) -> float:
    word = text.control.get(name)
    return 0.0 if word is None else _real(word, name, text.where)


def _real(word: str, name: str, where: str) -> float:
    try:
        value = float(word)
    except ValueError:
        value = math.nan
    if not math.isfinite(value) or abs(value) > 1e9:
        raise FileFormatError(f"{where}: {name}={word} is no number that makes sense")
    return value


def _note(text: RegionText, name: str, default: float) -> int:
    word = text.opcodes.get(name)
    return int(default) if word is None else _parsed(text, name, word)


def _parsed(text: RegionText, name: str, word: str) -> int:
    """A key as a number or a name; c4 is 60."""
    if found := _NOTE.match(word):
        step = _STEPS[found[1].lower()] + {"#": 1, "♯": 1, "b": -1, "♭": -1}.get(found[2], 0)
        return step + 12 * (int(found[3][:4]) + 1)
    return int(_real(word, name, text.where))


def _resting(text: RegionText, controller: int) -> float:
    default = float(_RESTING.get(controller, 0))
    settings: Mapping[str, str] = text.control
    word = settings.get(f"set_cc{controller}")
    return default if word is None else _real(word, f"set_cc{controller}", text.where)
