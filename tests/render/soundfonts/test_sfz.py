"""SFZ: text, opcodes, and the sound that they make."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile

from songwright.errors import FileFormatError
from songwright.render.soundfonts.sfz import SfzBank, read_sample
from songwright.render.soundfonts.sfz_text import read_sfz
from tests.render.soundfonts.fonts import RATE_HZ, chunk, sine
from tests.render.soundfonts.listening import heard, hz_of, rms_db


def instrument(folder: Path, text: str, seconds: float = 2.0) -> SfzBank:
    """An instrument whose samples are ``a.wav`` (480 Hz), ``b.wav`` (1440 Hz), ``st.wav``."""
    (folder / "Samples").mkdir(exist_ok=True)
    soundfile.write(folder / "Samples/a.wav", sine(480.0, seconds), RATE_HZ, subtype="FLOAT")
    soundfile.write(folder / "Samples/b.wav", sine(1440.0, seconds), RATE_HZ, subtype="FLOAT")
    both = np.stack((sine(480.0, seconds), sine(1440.0, seconds)), 1)
    soundfile.write(folder / "Samples/st.wav", both, RATE_HZ, subtype="FLOAT")
    (folder / "i.sfz").write_text(text)
    return SfzBank(folder / "i.sfz")


A = "<region> sample=Samples/a.wav pitch_keycenter=a4 "
TOP = 20 * np.log10(0.5 / np.sqrt(2))


def tone(bank: SfzBank, key: int = 69, velocity: int = 127, seconds: float = 1.0) -> np.ndarray:
    return heard(bank, [(0.0, seconds, key, velocity)], seconds)


def test_a_centred_mono_sample_keeps_its_level_and_pitch(tmp_path: Path) -> None:
    sound = tone(instrument(tmp_path, A))
    assert abs(hz_of(sound) - 480) < 1
    assert rms_db(sound, 0.1, 0.9) == pytest.approx(TOP, abs=0.05)


@pytest.mark.parametrize(
    ("opcodes", "hz"),
    [("transpose=12", 960), ("tune=-100", 480 * 2 ** (-1 / 12)), ("pitch_keytrack=0", 480),
     ("pitch_keytrack=50 pitch_keycenter=c4", 480 * 2 ** (4.5 / 12)),
     ("pitch_veltrack=1200", 960)],
)  # fmt: skip
def test_pitch_opcodes(tmp_path: Path, opcodes: str, hz: float) -> None:
    assert abs(hz_of(tone(instrument(tmp_path, A + opcodes))) - hz) < 1


@pytest.mark.parametrize(
    ("opcodes", "velocity", "db"),
    [("volume=-6", 127, -6.0), ("amplitude=50", 127, -6.02), ("", 64, 40 * np.log10(64 / 127)),
     ("amp_veltrack=0", 20, 0.0), ("amp_velcurve_64=0.5", 64, -6.02),
     ("amp_keytrack=-2 amp_keycenter=67", 127, -4.0),
     ("volume_oncc7=127", 127, 100.0), ("xfin_lovel=0 xfin_hivel=127 amp_veltrack=0", 64, -2.98)],
)  # fmt: skip
def test_level_opcodes(tmp_path: Path, opcodes: str, velocity: int, db: float) -> None:
    sound = tone(instrument(tmp_path, A + opcodes), velocity=velocity)
    assert rms_db(sound, 0.1, 0.9) - TOP == pytest.approx(db, abs=0.06)


def test_pan_and_stereo(tmp_path: Path) -> None:
    left = tone(instrument(tmp_path, A + "pan=-100"))
    assert rms_db(left[1], 0.1, 0.9) < -100 < rms_db(left[0], 0.1, 0.9) - 90
    both = tone(instrument(tmp_path, "<region> sample=Samples/st.wav key=69"))
    assert abs(hz_of(both) - 480) < 1 and abs(hz_of(both[::-1]) - 1440) < 1


def test_headers_inherit_and_a_new_group_forgets(tmp_path: Path) -> None:
    bank = instrument(
        tmp_path,
        "<control> default_path=Samples/\n<global> volume=-6\n<group> key=60 sample=a.wav // one\n"
        "<region>\n<region> key=62 volume=0\n/* <region> key=63\n */<group> <region> sample=b.wav "
        "key=64",
    )
    at = {key: rms_db(tone(bank, key), 0.1, 0.9) - TOP for key in (60, 62, 63, 64)}
    assert at[60] == pytest.approx(-6, abs=0.1) and at[62] == pytest.approx(0, abs=0.1)
    assert at[63] < -200 and at[64] == pytest.approx(-6, abs=0.1)


def test_defines_includes_and_the_habits_of_windows(tmp_path: Path) -> None:
    (tmp_path / "inc.txt").write_text("#define $HALF 50\n<group> amplitude=$HALF")
    bank = instrument(
        tmp_path, '#define $S samples\\A\n#include "inc.txt"\n<region> sample=$S.WAV key=69\n'
    )
    assert rms_db(tone(bank), 0.1, 0.9) - TOP == pytest.approx(-6.02, abs=0.1)


def test_file_names_may_hold_spaces(tmp_path: Path) -> None:
    (tmp_path / "i.sfz").write_text("<region> sample=my piano/c 4 (soft).wav lokey=c4 key=60")
    assert read_sfz(tmp_path / "i.sfz").regions[0].opcodes == {
        "sample": "my piano/c 4 (soft).wav", "lokey": "c4", "key": "60"
    }  # fmt: skip


def test_round_robin_and_chance(tmp_path: Path) -> None:
    turns = "".join(
        f"<region> sample=Samples/{s}.wav key=69 seq_length=2 seq_position={i} ampeg_release=.001\n"
        for i, s in enumerate("ab", 1)
    )
    bank = instrument(tmp_path, turns)
    sound = heard(bank, [(0.5 * i, 0.4, 69, 127) for i in range(4)], 2.0)
    found = [round(hz_of(sound, 0.5 * i + 0.05, 0.5 * i + 0.38)) for i in range(4)]
    assert found == [480, 1440, 480, 1440]
    dice = instrument(
        tmp_path,
        "<region> sample=Samples/a.wav key=69 hirand=0.5 <region> sample=Samples/b.wav key=69 "
        "lorand=0.5",
    )
    takes = [len(dice.voices(69, 100, turn)) for turn in range(64)]
    assert set(takes) == {1}
    lows = sum(dice.voices(69, 100, turn)[0].clip.data[20] < 0.5 for turn in range(32))
    names = [dice.voices(69, 100, t)[0].clip.data.tobytes() for t in range(32)]
    assert 6 < names.count(names[0]) < 26 and lows


def test_envelope_filter_and_groups(tmp_path: Path) -> None:
    slow = tone(instrument(tmp_path, A + "ampeg_attack=0.4 ampeg_sustain=50 ampeg_decay=0.2"))
    assert rms_db(slow, 0.19, 0.21) - TOP == pytest.approx(-6.0, abs=0.3)
    assert rms_db(slow, 0.8, 0.9) - TOP == pytest.approx(-6.02, abs=0.1)
    cut = tone(instrument(tmp_path, A + "cutoff=480"))
    assert rms_db(cut, 0.2, 0.9) - TOP == pytest.approx(-3.0, abs=0.2)
    high = tone(instrument(tmp_path, A + "cutoff=4800 fil_type=hpf_2p"))
    assert rms_db(high, 0.2, 0.9) - TOP == pytest.approx(-40.0, abs=1.0)
    tracked = tone(instrument(tmp_path, A + "cutoff=480 fil_veltrack=1200"))
    assert rms_db(tracked, 0.2, 0.9) - TOP == pytest.approx(-0.26, abs=0.2)
    hats = instrument(
        tmp_path,
        "<region> sample=Samples/a.wav key=46 group=1 off_by=2 loop_mode=one_shot\n"
        "<region> sample=Samples/b.wav key=42 group=2 volume=-60",
    )
    sound = heard(hats, [(0.0, 0.05, 46, 127), (0.5, 0.05, 42, 127)], 1.0)
    assert rms_db(sound, 0.3, 0.5) > -20 > -60 > rms_db(sound, 0.6, 0.9)


def test_loops_of_text_and_file(tmp_path: Path) -> None:
    text = A + "loop_mode=loop_continuous loop_start=4800 loop_end=9599"
    assert rms_db(tone(instrument(tmp_path, text, 0.3), seconds=2.0), 1.5, 1.9) - TOP > -0.1
    path = tmp_path / "Samples/a.wav"
    data = path.read_bytes()
    loop = np.array([0, 0, 0, 69, 0, 0, 0, 1, 0, 0, 0, 4800, 9599, 0, 0], "<u4").tobytes()
    data += chunk("smpl", loop)
    path.write_bytes(data[:4] + (len(data) - 8).to_bytes(4, "little") + data[8:])
    assert read_sample(path).loop == (4800, 9600)


@pytest.mark.parametrize(
    ("text", "message"),
    [("", "no <region>"), ("<region> sample=a.wav key=x", "line 1: key=x"),
     ("<region> sample=gone.wav", "'gone.wav' is missing"),
     ('#include "i.sfz"', "without end"), ('#include "x.sfz"', "cannot be read"),
     ("<region> key=60", "no region that"), ("\0<region>", "no SFZ text"),
     ("<region> sample=i.sfz", "cannot be read")],
)  # fmt: skip
def test_what_is_wrong_is_named(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(FileFormatError, match=message):
        tone(instrument(tmp_path, text))


def test_other_ways_to_start_a_region_are_left_out(tmp_path: Path) -> None:
    bank = instrument(
        tmp_path,
        A + "\n<region> sample=Samples/b.wav trigger=release\n<region> sample=Samples/b.wav "
        "on_locc64=1 on_hicc64=127\n<region> sample=Samples/b.wav sw_last=25 sw_default=24\n"
        "<region> sample=Samples/b.wav locc1=64",
    )
    assert len(bank.voices(69, 100, 0)) == 1


def test_many_definitions_do_not_explode(tmp_path: Path) -> None:
    text = "#define $A0 xx\n" + "".join(f"#define $A{i + 1} $A{i}$A{i}\n" for i in range(60))
    (tmp_path / "i.sfz").write_text(text + "<region> sample=$A60")
    with pytest.raises(FileFormatError, match=r"without end|missing"):
        SfzBank(tmp_path / "i.sfz")
