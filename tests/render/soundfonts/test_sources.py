"""What may be asked for, who plays which part, at what level, and whose sounds they are."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile

from songwright.audio.loudness import integrated_lufs
from songwright.errors import FileFormatError
from songwright.render.engine import SOURCES, render_part
from songwright.render.soundfonts import Sfz, Soundfont, installed_soundfonts, sources_for
from songwright.render.soundfonts.rights import UNSTATED, licences_in
from songwright.render.sources import source_of
from tests.render.soundfonts.fonts import RATE_HZ, looped_font, sine, write
from tests.render.soundfonts.listening import part_of

NOTES = [(0.0, 1.0, 60, 80)]


@pytest.fixture
def font(tmp_path: Path) -> Path:
    presets = ((0, 0, "Piano"), (0, 40, "Violin"), (0, 45, "Pizzicato"), (128, 0, "Kit"))
    return write(tmp_path, looped_font(presets=presets))


def test_nothing_asked_is_nothing_given() -> None:
    assert sources_for(None) == sources_for("") == sources_for(()) == ()


def test_a_soundfont_plays_what_it_has_and_leaves_the_rest(font: Path) -> None:
    sources = (*sources_for(str(font)), *SOURCES)
    for name, own in (("violin", True), ("flute", False), ("jazz_kit", True)):
        source, _ = source_of(part_of(NOTES, instrument=name), sources)
        assert isinstance(source, Soundfont) is own, name


def test_one_part_or_instrument_only(font: Path) -> None:
    for who, own in (("violin", True), ("lead", True), ("p", True), ("cello", False)):
        (source,) = sources_for(f"{who}={font}")
        assert (source.instrument_for(part_of(NOTES, instrument="violin")) is not None) is own
    (fixed,) = sources_for(f"flute={font}#0:40")
    assert fixed.instrument_for(part_of(NOTES, instrument="flute")) is not None
    with pytest.raises(FileFormatError, match="no preset 0:41"):
        sources_for(f"flute={font}#0:41")


def test_sounds_of_the_palette_stay_unless_the_soundfont_is_for_all(font: Path) -> None:
    named = replace(part_of(NOTES, instrument="violin"), sound="glass_pad")
    for asked, own in ((f"{font}", False), (f"all={font}", True), (f"violin={font}", True)):
        (source,) = sources_for(asked)
        assert (source.instrument_for(named) is not None) is own, asked
        assert source.instrument_for(part_of(NOTES, instrument="violin")) is not None


def test_a_source_for_one_comes_before_one_for_all(font: Path, tmp_path: Path) -> None:
    soundfile.write(tmp_path / "a.wav", sine(480.0), RATE_HZ)
    (tmp_path / "v.sfz").write_text("// CC0 by nobody\n<region> sample=a.wav")
    sources = sources_for((str(font), f"violin={tmp_path / 'v.sfz'}"))
    assert [type(s) for s in sources] == [Sfz, Soundfont]
    assert sources[0].credit.licence == "CC0-1.0"
    assert sources[0].instrument_for(part_of(NOTES, instrument="cello")) is None


@pytest.mark.parametrize("asked", ["nowhere.sf2", "violin=nowhere.sfz"])
def test_a_missing_file_is_named(asked: str) -> None:
    with pytest.raises(FileFormatError, match="nowhere"):
        sources_for(asked)


def test_auto_takes_what_is_installed(
    font: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "fonts"
    folder.mkdir()
    target = folder / "FluidR3_GM.sf2"
    target.write_bytes(font.read_bytes())
    (folder / "Another.sf2").write_bytes(font.read_bytes() + b"\0" * 999)
    (folder / "link.sf2").symlink_to(target)
    monkeypatch.setattr(
        "songwright.render.soundfonts.installed.soundfont_folders", lambda: (folder,)
    )
    assert installed_soundfonts() == (target, folder / "Another.sf2")
    (source,) = sources_for("auto")
    assert isinstance(source, Soundfont) and source.file.path == target
    monkeypatch.setattr("songwright.render.soundfonts.installed.soundfont_folders", lambda: ())
    with pytest.raises(FileFormatError, match="no soundfont is installed"):
        sources_for("auto")


def test_instruments_come_at_the_level_that_the_mix_expects(font: Path) -> None:
    sources = sources_for(str(font))
    for name, key in (("violin", 76), ("acoustic_grand_piano", 62)):
        sound = render_part(part_of([(0.0, 1.0, key, 80)], instrument=name), RATE_HZ, RATE_HZ,
                            sources)  # fmt: skip
        level = integrated_lufs(sound, RATE_HZ)
        assert level is not None and abs(level + 24.0) < 2.0, name
    kick = render_part(part_of([(0.0, 0.2, 36, 100)], instrument="standard_kit"), RATE_HZ, RATE_HZ,
                       sources)  # fmt: skip
    assert 20 * np.log10(np.abs(kick).max()) == pytest.approx(-6.0, abs=0.5)


def test_pizzicato_has_a_program_of_its_own(font: Path) -> None:
    (source,) = sources_for(str(font))
    instrument = source.instrument_for(part_of(NOTES, instrument="violin"))
    assert instrument is not None and set(instrument.others) == {"pizzicato"}


def test_volume_and_pan_are_those_of_every_part(font: Path) -> None:
    sources = sources_for(str(font))
    plain = render_part(part_of(NOTES), RATE_HZ, RATE_HZ, sources)
    quiet = render_part(part_of(NOTES, [(0.0, 7, 50)]), RATE_HZ, RATE_HZ, sources)
    np.testing.assert_allclose(quiet, 0.25 * plain, atol=1e-5)


@pytest.mark.parametrize(
    ("text", "found"),
    [("MIT, parts PD or CC0", "MIT, CC0-1.0"), ("Licensed under the MIT License.", "MIT"),
     ("personal use only", "not for commercial use"), ("CC BY-NC 4.0", "CC-BY-NC"),
     ("submit", ""), ("GPLv2", "GPL-2.0")],
)  # fmt: skip
def test_licences_are_read_not_guessed(text: str, found: str) -> None:
    assert licences_in(text) == found


def test_a_font_without_terms_says_so(tmp_path: Path) -> None:
    path = write(tmp_path, looped_font(facts={"INAM": "Anon"}))
    assert Soundfont(path).credit.licence == UNSTATED
