"""The production itself: dry stems, decisions, finished stems, mix, master.

Parts are worked on by two threads (the kernels release the interpreter). Finished stems lie on the
grid of 24 bits, on which a float32 sum is exact up to an amplitude of 2, far above what a mix
reaches: the mix is the sum of the stem files to the last bit, in whatever order they were added and
whichever of them are new.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import numpy as np
import soundfile

from songwright import __version__
from songwright.audio import Audio, write_audio
from songwright.audio.buffers import release
from songwright.audio.pcm import put_on_grid
from songwright.audio.storage import DiskBuffer, MemoryBuffer
from songwright.mix import MixSettings, StemFacts, decide_from_stems, measure_stem, process_stem
from songwright.mix.mastering.tables import bus_of, buses
from songwright.mix.sheet import MixSheet
from songwright.perform import PlayedPart
from songwright.render import render_part
from songwright.score.codec import decode, encode
from songwright.session.production.dry import DryStems, stem_folder
from songwright.session.production.effects import require_effects, through
from songwright.session.production.job import Job
from songwright.session.production.keys import (
    SAMPLE_RATE_HZ,
    credit_of,
    dry_key,
    dry_length,
    kick_onsets,
    length_of,
    stem_key,
)
from songwright.session.production.long import LONG_SECONDS, render_long
from songwright.session.production.mastered import deliver
from songwright.session.production.record import FORMAT, MixRecord, StemRecord, write_record
from songwright.session.production.sums import BusSums

if TYPE_CHECKING:
    from songwright.session.progress import Progress

_WORKERS = min(2, os.cpu_count() or 1)
_FILE_FRAME_BYTES, _BUS_FRAME_BYTES = 6, 8
T = TypeVar("T")


def make_sound(
    job: Job, folder: Path, formats: Sequence[str], progress: Progress
) -> frozenset[str]:
    """Write ``stems/*.wav mix.wav master.* mix.json`` into ``folder``.

    Returns
    -------
    frozenset of str
        Parts whose stems were taken over from the parent.
    """
    return _Production(job, folder, progress).run(formats)


class _Production:
    """What the stages of one production share."""

    def __init__(self, job: Job, folder: Path, progress: Progress) -> None:
        self.job = job
        self.folder = folder
        self.progress = progress
        self.parts = job.performance.parts
        self.length = length_of(job.performance)
        self.dry_length = dry_length(job.performance)
        self.kicks = kick_onsets(job.performance)
        self.dry = DryStems(stem_folder(), _package_bytes(len(self.parts), self.length))
        self.dry_keys = {
            part.id: dry_key(part, self.dry_length, job.all_sources) for part in self.parts
        }
        # Each takes hundreds of megabytes: one at a time.
        self.is_long = job.performance.duration_seconds > LONG_SECONDS
        self.workers = 1 if self.is_long else _WORKERS

    def run(self, formats: Sequence[str]) -> frozenset[str]:
        self.progress("rendering", 0.08)
        decided = self._decide()
        sheet, chain = self.job.settled(decided)
        settings = sheet.settings
        require_effects(settings)
        stems = {
            part.id: StemRecord(
                bus_of(part.role), self.dry_keys[part.id],
                stem_key(self.dry_keys[part.id], settings, part.id, self.length, self.kicks),
                credit_of(part, self.job.all_sources),
            )
            for part in self.parts
        }  # fmt: skip
        ready = reusable(stems, self.job.record, self.job.parent, self.length)
        with BusSums(self.length, self.folder, SAMPLE_RATE_HZ) as sums:
            self._finish_stems(settings, stems, ready, sums)
            self.progress("mixing", 0.7)
            deliver(sums, settings, self.job.place, self.folder, formats, self.progress)
        write_record(
            MixRecord(
                FORMAT, __version__, decided, settings, chain, self.job.overrides, self.job.place,
                self.job.soundfont, stems,
            ),
            self.folder,
        )  # fmt: skip
        self.dry.trim()
        return ready

    def _decide(self) -> MixSheet:
        """Render what is new, measure it, and decide its mix; the rest stays as it was decided."""
        kept = self.job.record.decided if self.job.record is not None else None
        before = self.job.record.stems if self.job.record is not None else {}
        changed = frozenset(
            name for name, key in self.dry_keys.items()
            if kept is None or name not in before or before[name].dry != key
            or name not in kept.facts
        )  # fmt: skip
        new = [part for part in self.parts if part.id in changed]
        facts: dict[str, StemFacts] = {}
        for done, (part, found) in enumerate(self._each(new, self._measured), start=1):
            facts[part.id] = found
            self.progress(part.name[:14], 0.08 + 0.36 * done / len(new))
        decided = decide_from_stems(self.job.sheet, facts, kept, changed if kept else None)
        # As it will be read back, so that equal sheets have equal digests then, too.
        return decode(encode(decided), MixSheet)

    def _measured(self, part: PlayedPart) -> StemFacts:
        dry = self._dry(part)
        facts = measure_stem(dry, SAMPLE_RATE_HZ, part)
        release(dry)
        return facts

    def _dry(self, part: PlayedPart) -> Audio:
        """The dry stem of a part: kept, or rendered and kept from now on."""
        if not part.notes:
            return np.zeros((2, self.dry_length), np.float32)
        key = self.dry_keys[part.id]
        found = self.dry.get(key, self.dry_length)
        if found is None and self.is_long:
            buffer = DiskBuffer(self.dry_length, self.folder)
            render_long(part, buffer, SAMPLE_RATE_HZ, self._rendered)
            found = buffer.mapped()
            buffer.close()  # the map stays
            self.dry.put(key, found)
        elif found is None:
            found = self._rendered(part, self.dry_length)
            self.dry.put(key, found)
        return found

    def _rendered(self, part: PlayedPart, length: int) -> Audio:
        return render_part(part, length, SAMPLE_RATE_HZ, self.job.all_sources)

    def _finish_stems(
        self, settings: MixSettings, stems: dict[str, StemRecord], ready: frozenset[str],
        sums: BusSums,
    ) -> None:  # fmt: skip
        (self.folder / "stems").mkdir()

        def make_stem(part: PlayedPart) -> None:
            path = self.folder / "stems" / f"{part.id}.wav"
            bus = stems[part.id].bus
            if part.id in ready:
                assert self.job.parent is not None
                sums.copy_and_add(bus, self.job.parent / "stems" / path.name, path)
                return
            stem = self._finished(settings, part)
            put_on_grid(stem)
            write_audio(path, stem, SAMPLE_RATE_HZ)
            sums.add(bus, MemoryBuffer(stem))

        # The stems that take longest begin first; what is taken over follows.
        order = sorted(self.parts, key=lambda part: part.id in ready)
        for done, (part, _) in enumerate(self._each(order, make_stem), start=1):
            self.progress(part.name[:14], 0.44 + 0.26 * done / len(self.parts))

    def _finished(self, settings: MixSettings, part: PlayedPart) -> Audio:
        strip = settings.parts.get(part.id)
        if strip is not None and strip.mute:
            return np.zeros((2, self.length), np.float32)
        dry = self._dry(part)
        sound = through(strip.effects, dry, SAMPLE_RATE_HZ) if strip is not None else dry
        stem = process_stem(settings, part, sound, self.length, self.kicks, SAMPLE_RATE_HZ)
        self.dry.drop(self.dry_keys[part.id])
        release(dry)
        return stem

    def _each(
        self, parts: Sequence[PlayedPart], work: Callable[[PlayedPart], T]
    ) -> Iterator[tuple[PlayedPart, T]]:
        """Work on parts in threads, no more results waiting than needed, in their order."""
        with ThreadPoolExecutor(self.workers) as pool:
            waiting: deque[tuple[PlayedPart, Future[T]]] = deque()
            queue = deque(parts)
            while queue or waiting:
                while queue and len(waiting) < self.workers + (self.workers > 1):
                    part = queue.popleft()
                    waiting.append((part, pool.submit(work, part)))
                part, future = waiting.popleft()
                yield part, future.result()


def _package_bytes(parts: int, length: int) -> int:
    """Disk that a production needs: stems, mix and master of 24 bits, and its buses."""
    return length * (_FILE_FRAME_BYTES * (parts + 2) + _BUS_FRAME_BYTES * len(buses()))


def reusable(
    stems: dict[str, StemRecord], record: MixRecord | None, parent: Path | None, length: int
) -> frozenset[str]:
    """Parts whose stem files in a parent's package are those that are wanted."""
    if record is None or parent is None:
        return frozenset()
    return frozenset(
        name for name, stem in stems.items()
        if name in record.stems and record.stems[name].stem == stem.stem
        and _whole(parent / "stems" / f"{name}.wav", length)
    )  # fmt: skip


def _whole(path: Path, length: int) -> bool:
    try:
        facts = soundfile.info(str(path))
    except (OSError, RuntimeError):
        return False
    return bool(facts.frames == length and facts.samplerate == SAMPLE_RATE_HZ)
