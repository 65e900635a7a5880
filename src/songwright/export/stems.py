"""The stems of a package: found, checked against each other, and written with names and tags."""

from __future__ import annotations

from pathlib import Path

from songwright.errors import FileFormatError
from songwright.export.naming import file_name, section_names, track_name
from songwright.export.tags import Tags
from songwright.export.tracks import Stem
from songwright.export.wav import CuePoint, WavFacts, wav_facts, write_tagged_wav
from songwright.score import Score
from songwright.score.timemap import TimeMap


def find_stems(score: Score, folder: Path) -> dict[str, Stem]:
    """The rendered parts of a package, by part id; empty when it was composed without audio.

    Raises
    ------
    FileFormatError
        If some stems are missing or damaged, or their lengths or formats differ.
    """
    sources = {part.id: folder / "stems" / f"{part.id}.wav" for part in score.parts}
    missing = [path.name for path in sources.values() if not path.exists()]
    if len(missing) == len(sources):
        return {}
    if missing:
        raise FileFormatError(
            f"{folder / 'stems'} lacks {', '.join(missing)}; compose the piece again with audio"
        )
    stems = {
        part.id: Stem(
            sources[part.id],
            f"{file_name(track_name(number, part))}.wav",
            wav_facts(sources[part.id]),
        )
        for number, part in enumerate(score.parts, start=1)
    }
    shapes = {(s.facts.frames, s.facts.sample_rate_hz) for s in stems.values()}
    if len(shapes) > 1:
        raise FileFormatError(
            f"the stems in {folder / 'stems'} differ in length or sample rate and would not line "
            "up; compose the piece again"
        )
    return stems


def find_reference(folder: Path) -> Stem | None:
    """The mastered piece as a track of its own, when there is one as WAV."""
    path = folder / "master.wav"
    return Stem(path, "Master (reference).wav", wav_facts(path)) if path.exists() else None


def write_stems(
    score: Score, stems: dict[str, Stem], tags: Tags, folder: Path
) -> tuple[WavFacts, ...]:
    """Write all stems into a folder: same start, same length, each with name, tags and sections.

    Returns the format of each, in score order.
    """
    facts = []
    for number, part in enumerate(score.parts, start=1):
        stem = stems[part.id]
        cues = section_cues(score, stem.facts)
        named = tags.of_part(track_name(number, part))
        facts.append(write_tagged_wav(stem.source, folder / stem.name, named, cues))
    return tuple(facts)


def section_cues(score: Score, facts: WavFacts) -> list[CuePoint]:
    """Starts of the sections as sample positions of a file."""
    times = TimeMap.of(score)
    cues = []
    for section, name in zip(score.sections, section_names(score), strict=True):
        seconds = times.seconds(times.bar_start(section.start_bar))
        frame = round(seconds * facts.sample_rate_hz)
        if frame < facts.frames:
            cues.append(CuePoint(frame, name))
    return cues
