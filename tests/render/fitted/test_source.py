"""The fitted instruments as a source: which are used, and what happens when a file is bad."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from songwright.render.builtin import BuiltIn
from songwright.render.engine import SOURCES, render_part
from songwright.render.fitted import card, source
from songwright.render.fitted.codec import write_fitted
from songwright.render.fitted.source import Articulated, Fitted
from songwright.render.fitted.warmup import warm_up
from songwright.render.sources import source_of
from songwright.score.instruments import instrument, instruments
from songwright.units import midi_to_hz

from ..sounds import centroid_hz, pitch_cents
from ..sounds import part as part_of
from .drawn import RATE_HZ, drawn, level_db

NOTES = [(0.0, 0.5, 60, 80), (0.6, 0.5, 64, 80)]


def forget() -> None:
    card.fitted_card.cache_clear()
    source.player.cache_clear()
    source.preferred.cache_clear()


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder with a drawn piano, violin and pizzicato, all preferred."""
    here = tmp_path / "fitted"
    here.mkdir()
    wanted = ["acoustic_grand_piano", "violin", "pizzicato_strings", "lead_1_square",
              "synth_bass_1"]  # fmt: skip
    lines = [f"preferred = {wanted}".replace("'", '"'), "[instruments]"]
    for name, kind in (
        ("acoustic_grand_piano", "struck"), ("violin", "held"), ("pizzicato_strings", "struck"),
        ("viola", "held"), ("lead_1_square", "held"), ("synth_bass_1", "held"),
    ):  # fmt: skip
        data = write_fitted(replace(drawn(kind, -140.0), id=name))
        (here / f"{name}.swfi").write_bytes(data)
        digest = hashlib.sha256(data).hexdigest()
        lines.append(f'{name} = {{ source = "drawn", sha256 = "{digest}" }}')
    (here / "fitted.toml").write_text("\n".join(lines))
    monkeypatch.setattr(card, "FOLDER", here)
    forget()
    yield here
    forget()


def render(name: str, articulation: str = "") -> np.ndarray:
    return render_part(part_of(name, NOTES, articulation=articulation), RATE_HZ * 2, RATE_HZ)


def test_only_preferred_instruments_are_played(folder: Path) -> None:
    fitted = Fitted()
    assert isinstance(fitted.instrument_for(part_of("violin", NOTES)), Articulated)
    for name in ("viola", "lead_1_square", "synth_bass_1", "standard_kit", "no_such_thing"):
        assert fitted.instrument_for(part_of(name, NOTES)) is None


def test_it_is_asked_before_the_built_in_sounds() -> None:
    kinds = [type(each) for each in SOURCES]
    assert kinds.index(Fitted) < kinds.index(BuiltIn)
    assert "MIT" in Fitted().credit.licence


def test_measured_kits_and_machines_have_their_own_credit() -> None:
    def whose(kit_id: str) -> str:
        return source_of(part_of(kit_id, NOTES), SOURCES)[0].credit.licence

    assert whose("standard_kit") == "MIT" == whose("orchestra_kit")
    assert whose("tr808_kit") == "Apache-2.0"


def test_a_preferred_instrument_sounds_as_it_was_measured(folder: Path) -> None:
    mono = render("acoustic_grand_piano")[0]
    assert abs(pitch_cents(mono[2000:22000], midi_to_hz(60))) < 3.0
    built_in = BuiltIn().instrument_for(part_of("acoustic_grand_piano", NOTES))
    assert built_in is not None
    other = built_in.render(part_of("acoustic_grand_piano", NOTES), RATE_HZ * 2, RATE_HZ)
    assert not np.array_equal(mono, other[0])


@pytest.mark.parametrize("damage", ["changed", "cut", "missing"])
def test_a_damaged_file_gives_the_built_in_sound_and_a_warning(
    folder: Path, damage: str, caplog: pytest.LogCaptureFixture
) -> None:
    path = folder / "violin.swfi"
    if damage == "missing":
        path.unlink()
    else:
        data = path.read_bytes()
        path.write_bytes(data[:50] if damage == "cut" else data[:-1] + b"\0")
    built_in = BuiltIn().instrument_for(part_of("violin", NOTES))
    assert built_in is not None
    expected = built_in.render(part_of("violin", NOTES), RATE_HZ * 2, RATE_HZ)
    with caplog.at_level(logging.WARNING, "songwright.render"):
        assert np.array_equal(render("violin"), expected)
        render("violin")
    assert len(caplog.records) == 1  # once, not for every part
    assert "'violin'" in caplog.text
    assert "built-in sound is used instead" in caplog.text


def test_a_damaged_card_gives_the_built_in_sounds(
    folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (folder / "fitted.toml").write_text("preferred = 7")
    forget()
    with caplog.at_level(logging.WARNING, "songwright.render"):
        assert Fitted().instrument_for(part_of("violin", NOTES)) is None
    assert "fitted.toml" in caplog.text


def test_pizzicato_is_played_by_the_recorded_pizzicato(folder: Path) -> None:
    bowed, plucked = render("violin")[0], render("violin", "pizzicato")[0]
    assert level_db(plucked, 0.4, 0.5) < level_db(plucked, 0.0, 0.1) - 3.0
    assert level_db(bowed, 0.4, 0.5) > level_db(bowed, 0.1, 0.2) - 3.0


def test_tremolo_of_a_soloist_is_the_same_instrument_bowed_fast(folder: Path) -> None:
    plain, trembling = render("violin")[0], render("violin", "tremolo")[0]
    levels = [level_db(trembling, at, at + 0.01) for at in np.arange(0.1, 0.45, 0.01)]
    assert np.ptp(levels) > 6.0
    assert abs(centroid_hz(plain) / centroid_hz(trembling) - 1.0) < 0.6


def test_volume_and_pan_are_obeyed(folder: Path) -> None:
    loud = render_part(part_of("violin", NOTES), RATE_HZ * 2, RATE_HZ)
    quiet = render_part(
        part_of("violin", NOTES, [(0.0, 7, 50), (0.0, 10, 127)]), RATE_HZ * 2, RATE_HZ
    )
    assert np.abs(quiet[0]).max() < 1e-4
    assert level_db(quiet[1], 0.1, 1.0) - level_db(loud[1], 0.1, 1.0) == pytest.approx(
        -9.0, abs=0.3
    )


SHIPPED = sorted(name for name in card.fitted_card().instruments if name in instruments())


@pytest.mark.parametrize("name", SHIPPED)
def test_shipped_instruments_sound_in_tune_and_calibrated(name: str) -> None:
    facts = instrument(name)
    fitted = source.player(name)
    assert fitted is not None
    pitch = (facts.comfort_low + facts.comfort_high) // 2
    audio = fitted.render(part_of(name, [(0.0, 0.8, pitch, 80)]), RATE_HZ, RATE_HZ)
    assert np.isfinite(audio).all()
    assert 0.005 < np.abs(audio).max() < 1.0
    for pitch, velocity in ((facts.low, 127), (facts.high, 10)):
        edge = fitted.render(part_of(name, [(0.0, 0.3, pitch, velocity)]), RATE_HZ // 2, RATE_HZ)
        assert np.isfinite(edge).all()
        assert 1e-6 < np.abs(edge).max() < 4.0


def test_warming_up_finishes_the_usual_tones(folder: Path, tmp_path: Path) -> None:
    seen: list[tuple[str, float]] = []
    warm_up(lambda name, share: seen.append((name, share)), 22050)
    assert [name for name, _ in seen] == ["acoustic_grand_piano", "violin"]
    kept = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*.tone")}
    facts = instrument("acoustic_grand_piano")
    # a key in three touches and two variants
    assert len(kept) >= 6 * (facts.comfort_high - facts.comfort_low + 1)
    pitch = facts.comfort_low
    render_part(part_of("acoustic_grand_piano", [(0.0, 0.1, pitch, 84)]), 11025, 22050)
    assert len(set(tmp_path.rglob("*.tone"))) == len(kept)
