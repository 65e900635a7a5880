"""A judgement as plain data for JSON: flat rows, nothing that is not a number, text or null."""

from __future__ import annotations

from songwright.evaluate.diagnosis import REFINE_EXISTS, diagnose, unchecked
from songwright.evaluate.judgement import Judged, Judgement

FORMAT = 1


def evaluation_data(source: str, title: str, judgement: Judgement) -> dict[str, object]:
    """Everything that ``songwright evaluate --json`` prints of one piece.

    Bars are counted from 1 and both ends belong to the span, as people count them.
    """
    return {
        "format": FORMAT,
        "source": source,
        "title": title,
        "read_against": {
            "kind": judgement.kind, "nearness": judgement.nearness, "why": judgement.why,
        },
        "groups": [
            {
                "name": g.name, "mean": g.mean, "minimum": g.minimum, "worst": g.worst,
                "inside": g.inside, "metrics": g.count,
            }
            for g in judgement.groups
        ],
        "findings": [
            {
                "id": f.id, "name": f.name, "meaning": f.meaning, "severity": f.severity,
                "metrics": f.metrics, "reasons": f.reasons,
                "bars": [(a + 1, b) for a, b in f.bars], "seconds": f.seconds,
                "advice": f.advice, "refine": f.refine, "refine_exists": REFINE_EXISTS,
            }
            for f in diagnose(judgement)
        ],
        "not_checked": [
            {"id": row.id, "name": row.name, "why": row.unchecked} for row in unchecked()
        ],
        "metrics": [_metric(m) for m in judgement.metrics],
    }  # fmt: skip


def _metric(judged: Judged) -> dict[str, object]:
    evidence = judged.measurement.evidence
    return {
        "id": judged.id, "group": judged.facts.dimension, "name": judged.facts.name,
        "value": judged.value, "unit": judged.facts.unit, "reason": judged.measurement.reason,
        "kind": judged.kind, "low": judged.low, "high": judged.high,
        "percentile": judged.percentile, "score": judged.score, "inside": judged.inside,
        "bars": [(a + 1, b) for a, b in evidence.bars], "seconds": evidence.seconds,
        "note": evidence.note,
    }  # fmt: skip
