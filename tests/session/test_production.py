"""One production: what is kept, what is taken over, what is mastered again."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from songwright.audio import measure_loudness, read_audio, write_audio
from songwright.cli.app import group
from songwright.errors import AudioError, FileFormatError, OutputError
from songwright.session import compose, load
from songwright.session.produce import produce
from songwright.session.production import making
from songwright.session.production.again import master_again
from songwright.session.production.record import NAME, read_record
from songwright.session.refine import refine

RATE = 48_000
PROMPT = "pop in C major, 8 bars, 120 BPM, piano, bass, drums, lead synth"


def silent(stage: str, share: float) -> None:
    """Report to nobody."""


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("production") / "piece"
    compose(PROMPT, seed=4).save(folder, evaluation=False)
    return folder


def new(path: Path) -> Path:
    path.mkdir()
    return path


def test_mix_is_the_sum_of_the_stems_to_the_last_bit(package: Path) -> None:
    mix, _ = read_audio(package / "mix.wav")
    total = sum(read_audio(p)[0].astype(np.float64) for p in (package / "stems").glob("*.wav"))
    assert np.array_equal(mix, total)


def test_same_song_same_bytes_with_and_without_the_cache(
    package: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    song = load(package)
    monkeypatch.setenv("SONGWRIGHT_CACHE", "off")
    again = new(tmp_path / "again")
    produce(song, song.perform(), again, ("wav",), silent)
    for name in ("mix.wav", NAME, *(f"stems/{p.id}.wav" for p in song.score.parts)):
        assert (again / name).read_bytes() == (package / name).read_bytes()
    first, second = read_audio(package / "master.wav")[0], read_audio(again / "master.wav")[0]
    assert np.array_equal(first, second)  # the package's own file has tags


def test_a_mix_edit_renders_nothing_and_changes_one_stem(
    package: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(*_: object) -> None:
        raise AssertionError("rendered")

    monkeypatch.setattr(making, "render_part", never)
    song = load(package)
    ready = produce(
        song, song.perform(), new(tmp_path / "b"), ("wav",), silent,
        overrides=["bass.level_db-=6"], parent=package,
    )  # fmt: skip
    assert ready == {p.id for p in song.score.parts} - {"bass"}
    before, _ = read_audio(package / "stems" / "bass.wav")
    after, _ = read_audio(tmp_path / "b" / "stems" / "bass.wav")
    change = 20 * np.log10(np.std(after) / np.std(before))
    assert change == pytest.approx(-6.0, abs=0.2)
    record = read_record(tmp_path / "b")
    assert record is not None
    assert record.overrides == ("bass.level_db-=6",)
    # What was set by hand stays in the next version, what was decided stays decided.
    ready = produce(
        song, song.perform(), new(tmp_path / "c"), ("wav",), silent, parent=tmp_path / "b"
    )
    assert ready == {p.id for p in song.score.parts}
    assert (tmp_path / "c" / NAME).read_bytes() == (tmp_path / "b" / NAME).read_bytes()


def test_an_edit_of_one_part_decides_only_its_strip(package: Path, tmp_path: Path) -> None:
    song = load(package)
    after = refine(song, "bass an octave lower").song
    ready = produce(after, after.perform(), new(tmp_path / "b"), ("wav",), silent, parent=package)
    assert ready == {p.id for p in song.score.parts} - {"bass"}
    old, now = read_record(package), read_record(tmp_path / "b")
    assert old is not None
    assert now is not None
    for part in ready:
        assert old.settings.parts[part] == now.settings.parts[part]
        assert old.stems[part] == now.stems[part]
    assert old.stems["bass"].dry != now.stems["bass"].dry


def test_a_damaged_record_costs_only_time(package: Path, tmp_path: Path) -> None:
    song = load(package)
    parent = new(tmp_path / "parent")
    (parent / NAME).write_text("{", "utf-8")
    ready = produce(song, song.perform(), new(tmp_path / "b"), ("wav",), silent, parent=parent)
    assert not ready
    assert (tmp_path / "b" / "mix.wav").read_bytes() == (package / "mix.wav").read_bytes()


def test_delivery_targets(package: Path) -> None:
    before = (package / "master.wav").read_bytes()
    done = master_again(package, "film")
    assert done.files == (package / "master-film.wav",)
    audio, rate = read_audio(done.files[0])
    heard = measure_loudness(audio, rate)
    assert heard.integrated_lufs == pytest.approx(-23.0, abs=0.5)
    assert (package / "master.wav").read_bytes() == before
    run = CliRunner().invoke(group, ["master", str(package), "--target", "social-loop", "--json"])
    assert run.exit_code == 0, run.output
    bits = (package / "master-social_loop.wav").read_bytes()
    assert int.from_bytes(bits[34:36], "little") == 16 or b"bext" in bits[:60]
    listed = CliRunner().invoke(group, ["master"])
    assert "club" in listed.output


def test_reference(package: Path, tmp_path: Path) -> None:
    generator = np.random.default_rng(1)
    spectrum = np.fft.rfft(generator.standard_normal((2, 12 * 44_100)))
    spectrum *= np.maximum(400.0, np.arange(spectrum.shape[1])) ** -0.9  # dull
    noise = np.fft.irfft(spectrum)
    write_audio(tmp_path / "dull.wav", (0.1 * noise / noise.std()).astype(np.float32), 44_100)
    done = master_again(package, reference=tmp_path / "dull.wav")
    audio, rate = read_audio(package / "master-reference.wav")
    wanted = measure_loudness(*read_audio(tmp_path / "dull.wav")).integrated_lufs
    assert measure_loudness(audio, rate).integrated_lufs == pytest.approx(wanted, abs=0.6)
    highs = next(band for band in done.report.eq if band.kind == "high_shelf")
    assert highs.gain_db < 0.0
    assert all(abs(band.gain_db) <= 6.0 for band in done.report.eq)


def test_references_that_cannot_be_used(package: Path, tmp_path: Path) -> None:
    tone = np.full((2, 2 * RATE), 0.1, np.float32)
    cases = {
        "short": (tone, RATE), "silent": (np.zeros((2, 8 * RATE), np.float32), RATE),
        "rate": (np.tile(tone, 4), 8_000),
    }  # fmt: skip
    for name, (audio, rate) in cases.items():
        write_audio(tmp_path / f"{name}.wav", audio, rate)
        with pytest.raises(FileFormatError, match=name if name != "short" else "at least"):
            master_again(package, reference=tmp_path / f"{name}.wav")
    (tmp_path / "text.wav").write_text("no sound", "utf-8")
    with pytest.raises(FileFormatError, match="cannot read"):
        master_again(package, reference=tmp_path / "text.wav")
    with pytest.raises(OutputError, match="choose from"):
        master_again(package, "moon")
    with pytest.raises(OutputError, match="--target"):
        master_again(package)
    assert not (package / "master-reference.flac").exists()


def test_unknown_controls_and_targets_are_told_before_anything_is_made(tmp_path: Path) -> None:
    song = compose(PROMPT, seed=4)
    with pytest.raises(OutputError, match="no delivery target"):
        song.save(tmp_path / "x", evaluation=False, target="moon")
    assert not (tmp_path / "x").exists()
    with pytest.raises(AudioError):
        produce(
            song, song.perform(), new(tmp_path / "y"), ("wav",), silent, overrides=["nobody.x=1"]
        )


def test_a_full_disk_leaves_the_older_package(
    package: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    song = load(package)
    out = tmp_path / "piece"
    song.save(out, evaluation=False)
    before = {p.relative_to(out): p.stat().st_size for p in out.rglob("*") if p.is_file()}

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("songwright.audio.files.wav_bytes", full)
    with pytest.raises(OutputError, match="disk"):
        song.save(out, evaluation=False)
    assert {p.relative_to(out): p.stat().st_size for p in out.rglob("*") if p.is_file()} == before
    assert [p.name for p in tmp_path.iterdir()] == ["piece"]


def test_the_report_names_the_aim(tmp_path: Path) -> None:
    song = compose("solo piano, 4 bars, 120 BPM", seed=2)
    package = song.save(tmp_path / "quiet", evaluation=False, target="game")
    assert package.report is not None
    row = next(r for r in package.report.controls if r.control == "loudness")
    assert row.planned == "−18 LUFS ±0.5"
    assert float(row.measured.split()[0]) == pytest.approx(-18.0, abs=0.5)
    # A refined version goes to the same place; loudness by hand stands against it.
    record = read_record(tmp_path / "quiet")
    assert record is not None
    assert record.target == "game"
    produce(song, song.perform(), new(tmp_path / "b"), ("wav",), silent,
            overrides=["master.target_lufs=-12"], parent=tmp_path / "quiet")  # fmt: skip
    audio, rate = read_audio(tmp_path / "b" / "master.wav")
    assert measure_loudness(audio, rate).integrated_lufs == pytest.approx(-12.0, abs=0.5)
