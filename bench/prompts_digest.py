"""What became of a prompt, in lines that its author can read: what was heard and planned.

A table of obeyed controls shows only what somebody thought of expecting. Whether a piece is what
was asked for is seen by reading the request beside the plan: ``python -m bench.prompts --show``.
"""

from __future__ import annotations

from typing import Any


def digest(request: str, song: dict[str, Any]) -> str:
    """The request, and below it everything that was taken from it.

    Parameters
    ----------
    request
        Prompt and fields in one line.
    song
        The contents of ``song.json`` of the package.
    """
    plan = song["plan"]
    lines = [
        request,
        f"    “{plan['title']}” {plan['style']}, {plan['use']}, {_key(plan['key'])}, "
        f"{plan['tempo_bpm']:g} BPM, {_meter(plan['meter'])} {plan['feel']}, {plan['bars']} bars, "
        f"ends {plan['ending']}, velocity {plan['dynamics_low']}–{plan['dynamics_high']}",
        "    form   " + " ".join(f"{s['function']}:{s['bars']}" for s in plan["sections"]),
        "    parts  " + "; ".join(_part(part) for part in plan["parts"]),
    ]
    heard = [f"{h['control']} “{h['words']}” = {h['value']}" for h in song["brief"]["heard"]]
    lines.append("    heard  " + " | ".join(heard))
    lines += [f"    clash  {sentence}" for sentence in song["brief"]["conflicts"]]
    if song["brief"]["not_understood"]:
        lines.append("    lost   " + "; ".join(song["brief"]["not_understood"]))
    return "\n".join(lines)


def _part(part: dict[str, Any]) -> str:
    sound = f" ({part['sound']})" if part.get("sound") else ""
    asked = "*" if part.get("requested") else ""
    return f"{part['role']} {part['instrument']}{sound}{asked}"


def _key(key: Any) -> str:
    return f"{key['tonic']} {key['mode']}" if isinstance(key, dict) else str(key)


def _meter(meter: Any) -> str:
    return f"{meter['numerator']}/{meter['denominator']}" if isinstance(meter, dict) else str(meter)
