"""The control table: each control *requested*, *planned* and *measured*.

Measured values are estimated again from the written files, without the plan. A control that was
asked for and missed says so.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from songwright.brief import Brief
from songwright.composition import Plan
from songwright.composition.density import density_class
from songwright.evaluate import KeyEstimate, MidiMeasures, measure_midi
from songwright.evaluate.keyfinding import ModeEstimate
from songwright.evaluate.tempo import same_tempo
from songwright.export.curve_rows import curve_rows
from songwright.export.delivered import Delivered, delivered
from songwright.export.entry_rows import entry_rows
from songwright.export.modulation_rows import modulation_rows
from songwright.export.place_rows import place_rows
from songwright.export.rights import Right, rights
from songwright.export.slowing import slowing_row
from songwright.score import Score, TimeMap, instrument
from songwright.theory import Key
from songwright.theory.key_profiles import MODE_PROFILES, TONAL_PROFILES
from songwright.theory.pitch import pitch_name

if TYPE_CHECKING:
    from songwright.evaluate.hearing import AudioMeasures

MET, MISSED, OPEN = "met", "missed", "open"

_PLAYED_BESIDE = 16  # velocity by which accompaniment is played below the level of the tune


@dataclass(frozen=True, slots=True)
class Row:
    """One control. ``verdict`` is ``met``, ``missed``, or ``open`` when nothing was asked."""

    control: str
    requested: str
    planned: str
    measured: str
    verdict: str


@dataclass(frozen=True, slots=True)
class Report:
    """Everything the report page shows, as data."""

    title: str
    prompt: str
    seed: int
    style: str
    use: str
    controls: tuple[Row, ...]
    conflicts: tuple[str, ...]
    not_understood: tuple[str, ...]
    decisions: tuple[tuple[str, str, str], ...]
    tracks: tuple[tuple[str, str, str, int], ...]
    rights: tuple[Right, ...] = ()


def make_report(brief: Brief, plan: Plan, score: Score, folder: Path) -> Report:
    """Measure the files of a package and set them against brief and plan."""
    written = (folder / "song.mid").read_bytes()
    midi = measure_midi(written)
    audio = None
    master = next((folder / f"master.{e}" for e in ("wav", "flac", "mp3", "ogg")
                   if (folder / f"master.{e}").exists()), None)  # fmt: skip
    if master is not None:
        from songwright.evaluate.hearing import measure_audio  # noqa: PLC0415 (loads numba)

        audio = measure_audio(master)
    seconds = TimeMap.of(score).seconds(plan.bars * plan.meter.bar_ticks)
    rows = [
        *_time_rows(brief, plan, midi, audio, seconds),
        _key_row(brief, plan, midi, audio),
        *_cast_rows(brief, plan, midi),
        *_shape_rows(brief, plan, midi),
        *(Row(name, asked, planned, heard, _verdict(good is not None, bool(good)))
          for name, asked, planned, heard, good in (
              *slowing_row(brief, plan, written), *curve_rows(brief, plan, written),
              *entry_rows(brief, plan, written), *place_rows(brief, plan, written),
              *modulation_rows(brief, plan, written))),
    ]  # fmt: skip
    if audio is not None:
        rows += _sound_rows(audio, delivered(folder))
    return Report(
        plan.title, brief.prompt, plan.seed, plan.style, plan.use, tuple(rows), brief.conflicts,
        brief.not_understood, tuple((d.control, d.value, d.reason) for d in plan.decisions),
        tuple(
            (p.name, p.role, instrument(p.instrument).name, len(p.notes)) for p in score.parts
        ),
        rights(plan, score, folder),
    )  # fmt: skip


def _verdict(asked: bool, good: bool) -> str:
    return (MET if good else MISSED) if asked else OPEN


def _time_rows(
    brief: Brief, plan: Plan, midi: MidiMeasures, audio: AudioMeasures | None, seconds: float
) -> list[Row]:
    tempo = brief.tempo
    asked = ""
    good = True
    if tempo is not None:
        low, high = tempo.low_bpm, tempo.high_bpm
        asked = f"{low:g} BPM" if low == high else f"{low:g}–{high:g} BPM"
        good = low * 0.979 <= midi.tempo_bpm <= high * 1.021
    felt = [f"{midi.tempo_bpm:.4g} BPM in the file"]
    if midi.felt_tempo_bpm is not None:
        felt.append(_felt("notes", midi.felt_tempo_bpm, plan.tempo_bpm))
    if audio is not None and audio.felt_tempo_bpm is not None:
        felt.append(_felt("audio", audio.felt_tempo_bpm, plan.tempo_bpm))
    rows = [
        Row("tempo", asked, f"{plan.tempo_bpm:.4g} BPM", "; ".join(felt),
            _verdict(tempo is not None, good)),
        Row("metre", str(brief.meter or ""), str(plan.meter), midi.meter,
            _verdict(brief.meter is not None, midi.meter == str(brief.meter))),
    ]  # fmt: skip
    length = brief.length
    in_bars = length is not None and length.unit == "bars"
    heard = audio.seconds if audio is not None else midi.seconds
    bar_seconds = seconds / plan.bars
    asked_bars, asked_seconds, good_bars, good_seconds = "", "", True, True
    if length is not None:
        unit = "bars" if in_bars else "s"
        text = f"{length.low:g}" if length.low == length.high else f"{length.low:g}–{length.high:g}"
        if in_bars:
            asked_bars, good_bars = f"{text} {unit}", length.low <= midi.bars <= length.high
        else:
            slack = 0.01 * length.high if length.exact else bar_seconds
            asked_seconds = ("" if length.exact else "about ") + f"{text} {unit}"
            good_seconds = length.low - slack <= heard <= length.high + slack
    rows.append(
        Row("bars", asked_bars, str(plan.bars), str(midi.bars), _verdict(in_bars, good_bars))
    )
    measured = f"{midi.seconds:.2f} s in the MIDI"
    measured += f"; {audio.seconds:.2f} s of audio" if audio is not None else ""
    rows.append(
        Row("length", asked_seconds, f"{seconds:.2f} s", measured,
            _verdict(length is not None and not in_bars, good_seconds))
    )  # fmt: skip
    return rows


def _felt(where: str, bpm: float, planned: float) -> str:
    level = "" if abs(bpm / planned - 1) < 0.04 else " (another metrical level)"
    return f"{bpm:.4g} felt from the {where}{level if same_tempo(bpm, planned) else ' (unclear)'}"


def _key_row(brief: Brief, plan: Plan, midi: MidiMeasures, audio: AudioMeasures | None) -> Row:
    asked = str(brief.key or brief.mode or "")
    modal = plan.key.mode in MODE_PROFILES and plan.key.mode not in TONAL_PROFILES
    heard = midi.mode if modal else midi.key
    measured = [f"{heard} from the notes" if heard else "none from the notes"]
    if audio is not None and (sounding := audio.mode if modal else audio.key) is not None:
        measured.append(f"{sounding} from the audio")
    good = heard is not None and key_agrees(heard, plan.key)
    if brief.modulations:
        good = heard is not None and any(key_agrees(heard, s.key) for s in plan.sections)
    keys = list(dict.fromkeys(str(s.key) for s in plan.sections))
    return Row("key", asked, " → ".join(keys), "; ".join(measured), _verdict(bool(asked), good))


def key_agrees(found: KeyEstimate | ModeEstimate, key: Key) -> bool:
    """True if an estimate fits a key: the same mode on the same tonic, or the same third.

    For scales without a profile (pentatonic, whole-tone …) the estimate of major or minor may also
    name the key that shares their notes.
    """
    if isinstance(found, ModeEstimate):
        return found.tonic_pc == key.tonic_pc and found.mode == key.harmonic_mode
    if found.tonic_pc == key.tonic_pc and (found.is_minor is key.is_minor or key.mode == "blues"):
        return True
    if key.mode in ("major", "minor", "harmonic minor", "melodic minor"):
        return False
    other = Key(key.tonic, "major").transposed(found.tonic_pc - key.tonic_pc).tonic
    notes = set(Key(other, "minor" if found.is_minor else "major").scale_pcs)
    return set(key.scale_pcs) <= notes or set(key.diatonic_pcs) == notes


def _cast_rows(brief: Brief, plan: Plan, midi: MidiMeasures) -> list[Row]:
    heard = {i.instrument: i.bars_share for i in midi.instruments}
    rows = []
    for request in brief.instruments:
        found = [i for i in request.instruments if i in heard]
        planned = [p for p in plan.parts if p.instrument in request.instruments]
        share = max((heard[i] for i in found), default=0.0)
        rows.append(
            Row(
                "instrument", " ".join((*request.adjectives, request.word)),
                ", ".join(f"{p.name} ({p.role})" for p in planned) or "none",
                f"{instrument(found[0]).name} in {share:.0%} of the bars" if found else "not heard",
                _verdict(True, share >= 0.15),
            )
        )  # fmt: skip
    for avoid in brief.avoid:
        broken = [i for i in avoid.instruments if i in heard]
        rows.append(
            Row("without", avoid.word, "left out", ", ".join(broken) or "not heard",
                _verdict(True, not broken))
        )  # fmt: skip
    if not brief.instruments:
        seats = Counter(p.name for p in plan.parts)
        names = ", ".join(f"{name} ×{n}" if n > 1 else name for name, n in seats.items())
        found_names = ", ".join(f"{instrument(i).name} {s:.0%}" for i, s in heard.items())
        rows.append(Row("instruments", "", names, found_names, OPEN))
    return rows


def _shape_rows(brief: Brief, plan: Plan, midi: MidiMeasures) -> list[Row]:
    rows = []
    sections = " ".join(s.function for s in plan.sections)
    asked_form = " ".join(s.function for s in brief.form)
    found = " ".join(midi.sections)
    rows.append(
        Row("form", asked_form, sections, found, _verdict(bool(asked_form), found == asked_form))
    )
    charts = [brief.chart, *(section.chart for section in brief.form)]
    asked_chords = " ‖ ".join(
        " | ".join(" ".join(b.chords) for b in chart) for chart in charts if chart
    )
    planned_chords = tuple(span.chord.symbol for span in plan.chords)
    rows.append(
        Row("chords", asked_chords, f"{len(planned_chords)}: {_first(planned_chords)}",
            f"{len(midi.chords)}: {_first(midi.chords)}",
            _verdict(bool(asked_chords), midi.chords == planned_chords))
    )  # fmt: skip
    low, high = midi.pitch_low, midi.pitch_high
    if low is not None and high is not None:
        asked = []
        good = True
        if brief.pitch_low is not None:
            asked.append(f"from {pitch_name(brief.pitch_low)}")
            good = good and low >= brief.pitch_low
        if brief.pitch_high is not None:
            asked.append(f"to {pitch_name(brief.pitch_high)}")
            good = good and high <= brief.pitch_high
        if brief.pitch_octaves is not None:
            asked.append(f"{brief.pitch_octaves} octaves")
            good = good and high - low <= 12 * brief.pitch_octaves
        pitched = [p for p in plan.parts if p.role not in ("drums", "percussion")]
        planned = (
            f"{pitch_name(min(p.low for p in pitched))}–{pitch_name(max(p.high for p in pitched))}"
        )
        rows.append(
            Row("pitch range", " ".join(asked), planned, f"{pitch_name(low)}–{pitch_name(high)}",
                _verdict(bool(asked), good))
        )  # fmt: skip
    if midi.velocity is not None:
        soft, loud = plan.dynamics_low, plan.dynamics_high
        good = soft - _PLAYED_BESIDE <= midi.velocity <= loud
        rows.append(
            Row("dynamics", brief.dynamics, f"velocity {soft}–{loud}",
                f"velocity {midi.velocity:g} in the middle",
                _verdict(bool(brief.dynamics), good))
        )  # fmt: skip
    found_class = density_class(midi.onsets_per_beat)
    rows.append(
        Row("density", brief.note_density, "", f"{midi.onsets_per_beat:.2f} onsets a beat "
            f"({found_class})",
            _verdict(bool(brief.note_density), found_class == brief.note_density))
    )  # fmt: skip
    return rows


def _first(symbols: tuple[str, ...]) -> str:
    return " ".join(symbols[:8]) + (" …" if len(symbols) > 8 else "")


def _sound_rows(audio: AudioMeasures, aim: Delivered) -> list[Row]:
    loudness = audio.loudness_lufs
    peak = audio.true_peak_dbtp
    return [
        Row("loudness", "", f"{aim.target_lufs:g} LUFS ±0.5".replace("-", "−"),
            "not defined (silence)" if loudness is None else f"{loudness:.1f} LUFS", OPEN),
        Row("true peak", "", f"at most {aim.ceiling_dbtp:g} dBTP".replace("-", "−"),
            "not defined (silence)" if peak is None else f"{peak:.2f} dBTP", OPEN),
        Row("loudness range", "", "",
            "not defined (too short)" if audio.loudness_range_lu is None
            else f"{audio.loudness_range_lu:.1f} LU", OPEN),
    ]  # fmt: skip
