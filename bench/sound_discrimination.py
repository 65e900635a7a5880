"""Which metric of sound notices which fault: a table of AUC on held-out human music.

    python -m bench.sound_discrimination --corpora DIR [--scratch DIR] [--pieces 48]
        [--player fluidsynth|songwright] [--markdown OUT]

Human compositions are rendered (`bench.sound_programmes`), spoilt (`bench.sound_corruptions`),
brought back to the same loudness, and measured. AUC is the probability that a sound programme has a
higher value than a spoilt one, of any two pieces: 0.5 is blind, 1 and 0 are perfect (0: the fault
raises the value). Where a metric with one bound is not defined it finds no fault, and counts so.
"""

from __future__ import annotations

import argparse
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from bench.corpora import unpack
from bench.discrimination import auc
from bench.sound_corruptions import FAULTS
from bench.sound_programmes import LEVEL_LUFS, RATE_HZ, Programme, added, player, programmes
from songwright.audio import Audio, integrated_lufs
from songwright.evaluate.sound import evaluate_sound, sound_facts, sound_limits

Values = dict[str, float | None]
LEAST_PIECES = 10
ENOUGH = 0.95


@dataclass(slots=True)
class Cases:
    """Values of the same pieces, sound and spoilt by one fault."""

    sound: list[Values] = field(default_factory=list)
    spoilt: list[Values] = field(default_factory=list)

    def pairs(self, metric: str) -> tuple[list[float], list[float]]:
        """Values of the pieces on which a metric answers, sound and spoilt.

        A metric with a single bound that is not defined reports no fault: it counts as farthest
        from its bound. Others leave the piece out.
        """
        limits = sound_limits().get(metric)
        none: float | None = None
        if limits is not None and (limits.low is None) != (limits.high is None):
            none = -np.inf if limits.low is None else np.inf
        both = [(a[metric], b[metric]) for a, b in zip(self.sound, self.spoilt, strict=True)]
        if none is not None and all(a is None and b is None for a, b in both):
            return [], []
        kept = [(none if a is None else a, none if b is None else b) for a, b in both]
        whole = [(a, b) for a, b in kept if a is not None and b is not None]
        return [a for a, _ in whole], [b for _, b in whole]


@dataclass(frozen=True, slots=True)
class Cell:
    """How well one metric tells one fault.

    Attributes
    ----------
    auc
        Over any two pieces.
    paired
        Share of pieces whose own value moved in the direction of the AUC, ties counting half.
    caught, false_alarms
        Shares of spoilt and of sound pieces outside the shipped limits; None for mere context.
    """

    auc: float
    paired: float
    caught: float | None
    false_alarms: float | None
    pieces: int

    @property
    def strength(self) -> float:
        """AUC in its better direction."""
        return max(self.auc, 1.0 - self.auc)


def measured(audio: Audio, stems: dict[str, Audio] | None = None) -> Values:
    roles = {name: name if name != "others" else "" for name in stems} if stems else None
    return {m.metric: m.value for m in evaluate_sound(audio, RATE_HZ, stems, roles=roles)}


def levelled(audio: Audio) -> Audio:
    """At `LEVEL_LUFS`, so that level gives nothing away."""
    loudness = integrated_lufs(audio, RATE_HZ)
    if loudness is None:
        return audio
    return np.asarray(audio * 10.0 ** ((LEVEL_LUFS - loudness) / 20.0), np.float32)


def spoil(programme: Programme, cases: dict[str, Cases], seed: int) -> None:
    """Measure a programme, sound and with every fault that applies to it."""
    plain, with_stems = measured(programme.mix), measured(programme.mix, programme.stems)
    for name, fault in FAULTS.items():
        if not fault.applies(programme.mix):
            continue
        if fault.mix is not None:
            cases[name].sound.append(plain)
            cases[name].spoilt.append(measured(levelled(fault.mix(programme.mix, seed))))
            continue
        if fault.stems is not None:
            if len(programme.stems) < 2 or not set(fault.needs) <= set(programme.stems):
                continue
            stems = fault.stems(programme.stems, seed)
        else:
            if programme.detuned_lead is None:
                continue
            stems = {**programme.stems, "lead": programme.detuned_lead}
        mix = levelled(added(stems.values()))
        cases[name].sound.append(with_stems)
        cases[name].spoilt.append(measured(mix, stems))


def cells(cases: dict[str, Cases]) -> dict[str, dict[str, Cell]]:
    """A cell for each metric and fault with enough pieces."""
    rows: dict[str, dict[str, Cell]] = {}
    limits = sound_limits()
    for metric in sound_facts():
        for name, case in cases.items():
            a, b = case.pairs(metric)
            if len(a) < LEAST_PIECES:
                continue
            value = auc(a, b)
            x, y = np.array(a), np.array(b)
            higher = float(np.mean(x > y) + 0.5 * np.mean(x == y))
            judge = limits.get(metric)
            rows.setdefault(metric, {})[name] = Cell(
                value,
                higher if value >= 0.5 else 1.0 - higher,
                None if judge is None else float(np.mean([not judge.holds(v) for v in b])),
                None if judge is None else float(np.mean([not judge.holds(v) for v in a])),
                len(a),
            )
    return rows


def report(rows: dict[str, dict[str, Cell]], count: int, with_player: str) -> str:
    names = list(FAULTS)
    lines = [
        f"AUC on {count} excerpts of held-out human pieces, played by {with_player}; 0.5 is blind.",
        "",
        "| metric | " + " | ".join(names) + " |",
        "| --- |" + " --- |" * len(names),
    ]
    for metric, row in rows.items():
        shown = []
        for name in names:
            cell = row.get(name)
            text = "–" if cell is None else f"{cell.auc:.2f}"
            shown.append(f"**{text}**" if cell and cell.strength >= ENOUGH else text)
        lines.append(f"| {metric} | " + " | ".join(shown) + " |")
    lines += [
        "",
        "What is there to notice each fault:",
        "",
        "| fault | metric | AUC | paired | caught | false alarms | pieces |",
        "| --- | --- | --- | --- | --- | --- | --- |",
    ]
    for name, fault in FAULTS.items():
        for metric in fault.spoils:
            cell = rows.get(metric, {}).get(name)
            if cell is None:
                lines.append(f"| {name} | {metric} | – | – | – | – | – |")
                continue
            way = "lower" if cell.auc > 0.5 else "higher"
            shares = ["–" if v is None else f"{v:.0%}" for v in (cell.caught, cell.false_alarms)]
            lines.append(
                f"| {name} | {metric} {way} | {cell.strength:.2f} | {cell.paired:.2f} | "
                f"{shares[0]} | {shares[1]} | {cell.pieces} |"
            )
    lines += ["", "Best of all for each fault:", ""]
    facts = sound_facts()
    for name in names:
        best: dict[str, tuple[float, str]] = {}
        for metric, row in rows.items():
            if name in row:
                dimension = facts[metric].dimension
                best[dimension] = max(best.get(dimension, (0.0, "")), (row[name].strength, metric))
        text = ", ".join(f"{d} {v:.2f} ({m})" for d, (v, m) in best.items())
        lines.append(f"- {name}: {text or 'nothing'}")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--corpora", type=Path, required=True)
    parser.add_argument("--scratch", type=Path, help="keep unpacked files and rendered sound here")
    parser.add_argument("--pieces", type=int, default=48)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--player", choices=("fluidsynth", "songwright"), default=player())
    parser.add_argument("--markdown", type=Path, help="write the table here too")
    options = parser.parse_args()
    cases = {name: Cases() for name in FAULTS}
    count = 0
    with tempfile.TemporaryDirectory() as temporary:
        scratch = options.scratch or Path(temporary)
        scratch.mkdir(parents=True, exist_ok=True)
        unpack(options.corpora, scratch)
        for programme in programmes(scratch, scratch / "sound", options.pieces, options.player):
            spoil(programme, cases, options.seed)
            count += 1
            print(f"  {programme.kind}: {programme.name[:50]}", flush=True)
    text = report(cells(cases), count, options.player)
    print(text)
    if options.markdown:
        options.markdown.write_text(text + "\n", "utf-8")


if __name__ == "__main__":
    main()
