"""MuseScore as a judge of notation: what it complains of and what it silently repairs."""

from __future__ import annotations

import os
import shutil
import subprocess
import xml.etree.ElementTree as ET
from fractions import Fraction
from pathlib import Path

import pytest

MUSESCORE = shutil.which("mscore3") or shutil.which("musescore3")
needs_musescore = pytest.mark.skipif(MUSESCORE is None, reason="MuseScore 3 is not installed")

DURATIONS = {
    "breve": 2, "whole": 1, "half": Fraction(1, 2), "quarter": Fraction(1, 4),
    "eighth": Fraction(1, 8), "16th": Fraction(1, 16), "32nd": Fraction(1, 32),
}  # fmt: skip


def convert(source: Path, target: Path) -> str:
    """Run MuseScore without a window; its messages."""
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    environment["XDG_RUNTIME_DIR"] = environment["HOME"] = str(source.parent)
    done = subprocess.run(
        [str(MUSESCORE), "-o", str(target), str(source)],
        capture_output=True,
        text=True,
        timeout=120,
        env=environment,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert target.exists()
    return done.stdout + done.stderr


def opened(data: bytes, folder: Path) -> list[str]:
    """Open a file in MuseScore and list what it complained of or had to repair.

    MuseScore says so when the file is not valid MusicXML; overfull bars it makes longer (a
    measure with a ``len``), underfull voices it fills with invisible rests, without a word.
    """
    source, target = folder / "score.musicxml", folder / "score.mscx"
    source.write_bytes(data)
    messages = convert(source, target)
    faults = [m for m in messages.splitlines() if "not a valid" in m or "rror" in m]
    # MuseScore 3 knows no modes but major and minor; the signature is right all the same.
    faults = [m for m in faults if "Unsupported mode" not in m]
    root = ET.parse(target).getroot()
    staves = root.findall("Score/Staff")
    faults += [f"bar of {m.get('len')}" for s in staves for m in s.findall("Measure[@len]")]
    hidden = sum(rest.findtext("visible") == "0" for rest in root.iter("Rest"))
    expected = sum(n.get("print-object") == "no" for n in ET.fromstring(data).iter("note"))
    if hidden != expected:
        faults.append(f"{hidden} invisible rests instead of {expected}")
    for staff in staves:
        bar = Fraction(4, 4)
        for number, measure in enumerate(staff.findall("Measure"), start=1):
            signature = measure.find(".//TimeSig")
            if signature is not None:
                bar = Fraction(int(signature.findtext("sigN")), int(signature.findtext("sigD")))
            for voice in measure.findall("voice"):
                if (total := length_of(voice, bar)) != bar:
                    faults.append(f"bar {number}: {total} of {bar}")
    # Reading its own file back, MuseScore checks every bar again.
    again = convert(target, folder / "again.mscx")
    faults += [m for m in again.splitlines() if "corrupt" in m.lower() or m.startswith("measure")]
    return faults


def length_of(voice: ET.Element, bar: Fraction) -> Fraction:
    total, skipped, scale = Fraction(0), Fraction(0), Fraction(1)
    for element in voice:
        if element.tag == "Tuplet":
            scale = Fraction(
                int(element.findtext("normalNotes")), int(element.findtext("actualNotes"))
            )
        elif element.tag == "endTuplet":
            scale = Fraction(1)
        elif element.tag in ("Chord", "Rest"):
            kind = element.findtext("durationType")
            dotted = Fraction(3, 2) if element.findtext("dots") == "1" else 1
            total += skipped + (bar if kind == "measure" else DURATIONS[kind] * dotted * scale)
            skipped = Fraction(0)
        elif element.tag == "location":  # also moves to a chord symbol between notes and back
            skipped += Fraction(element.findtext("fractions"))
    return total
