"""A sound palette for a mood: for each role the best sounds and relatives of the first."""

from __future__ import annotations

import json

from songwright.palette import Patch, search, vary
from songwright.session.presets.making import Making
from songwright.session.sounds import write_sound

_ROLES = ("pad", "bass", "lead", "arp", "chords", "drums")


def sounds(making: Making, each: int = 2, relatives: int = 1) -> None:
    """Search by the words of the person, render a phrase of each, and list the ids to compose with.

    ``each`` sounds are taken for every role, and ``relatives`` variations of the first.
    """
    folder = making.folder / "sounds"
    folder.mkdir()
    rows = []
    for number, role in enumerate(_ROLES):
        hits = search(making.prompt, role=role, limit=each) or search("", role=role, limit=each)
        chosen: list[tuple[Patch, tuple[str, ...]]] = [(h.patch, tuple(h.reasons)) for h in hits]
        if hits and not hits[0].patch.kit:
            more = vary(hits[0].patch.id, seed=making.seed, n=relatives)
            chosen += [(patch, (f"a relative of {hits[0].patch.id}",)) for patch in more]
        for place, (patch, reasons) in enumerate(chosen, start=1):
            making.tell(patch.name, number / len(_ROLES))
            path = folder / f"{role} {place} {patch.id.partition('@')[0]}.wav"
            write_sound(patch, path)
            rows.append({"role": role, "sound": patch.id, "file": path.name,
                         "about": patch.summary, "because": list(reasons)})  # fmt: skip
    table = json.dumps({"asked": making.prompt, "sounds": rows}, indent=1, ensure_ascii=False)
    (folder / "sounds.json").write_text(table + "\n", "utf-8")
    making.deliver(folder, "a phrase of each sound; sounds.json has the ids and why they fit")
