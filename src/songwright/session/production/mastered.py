"""Bus sums to mix.wav and the files of a master."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

from songwright.audio import AudioSource, AudioWriter
from songwright.audio.storage import blocks
from songwright.mix import MasterReport, MixSettings
from songwright.mix.master import master_buses
from songwright.mix.mastering.tables import delivery
from songwright.session.production.sums import BusSums

if TYPE_CHECKING:
    from songwright.session.progress import Progress


def deliver(
    sums: BusSums,
    settings: MixSettings,
    place: str,
    folder: Path,
    formats: Sequence[str],
    progress: Progress,
) -> MasterReport:
    """Write ``mix.wav`` and ``master.*`` of a piece."""
    survey = sums.write_mix(folder / "mix.wav")
    progress("mastering", 0.74)
    facts = delivery(place)
    rate = sums.sample_rate_hz
    master, report = master_buses(
        sums.sources, settings, rate, survey, low_cut_hz=facts.low_cut_hz, folder=folder
    )
    try:
        progress("writing", 0.86)
        paths = [folder / f"master.{name}" for name in formats]
        write_files(master, paths, rate, facts.bits, settings.seed)
    finally:
        master.close()
    return report


def write_files(
    master: AudioSource, paths: Sequence[Path], rate: int, bits: int, seed: int
) -> None:
    """Encode a master into files, two at a time; WAV and FLAC are dithered."""

    def encode(path: Path) -> None:
        lossless = path.suffix in (".wav", ".flac")
        with AudioWriter(path, rate, bits=bits, dither_seed=seed if lossless else None) as writer:
            for start, stop in blocks(master.frames):
                writer.write(master.read(start, stop))

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(encode, paths))
