"""From a prompt and fields to a `Brief`."""

from __future__ import annotations

from collections.abc import Mapping

from songwright.brief.assembly import Assembly
from songwright.brief.fields import read_fields
from songwright.brief.model import Brief
from songwright.brief.prompt import not_understood, read_prompt
from songwright.brief.text import Reading
from songwright.errors import BriefError

_EXAMPLE = (
    'write for example: "calm lo-fi hip-hop in D minor, 80 BPM, soft piano and warm pads, '
    'no drums, 60 seconds"'
)


def understand(prompt: str = "", fields: Mapping[str, object] | None = None) -> Brief:
    """Read what is wanted.

    Parameters
    ----------
    prompt
        Free text in English; musical words of German, French, Spanish and Italian are known, too.
        At most 20 000 characters.
    fields
        Values of single controls, which win over the prompt: ``style``, ``use``, ``key``,
        ``tempo``, ``meter``, ``duration``, ``bars``, ``form``, ``chords``, ``instruments``,
        ``avoid``, ``title``, ``mood``, ``energy``, ``ending``, ``feel``, ``density``, ``register``,
        ``tension``. Empty ones are ignored. ``energy``, ``density``, ``register`` and ``tension``
        take curves by points, ``"0:0.2 16:0.9"`` (see `songwright.brief.curves`).

    Returns
    -------
    Brief
        With every word accounted for: in ``heard``, in ``conflicts`` or in ``not_understood``.

    Raises
    ------
    BriefError
        If nothing is asked for or nothing is understood, a value is impossible (tempo 5000, metre
        4/7), a field is unknown or not understood, or everything asked for is also forbidden.
    """
    reading = Reading(prompt)
    found = read_prompt(reading)
    typed = read_fields(fields or {})
    if not reading.written and not typed.offers and not typed.instruments:
        raise BriefError(f"the request is empty; {_EXAMPLE}")
    unknown = not_understood(reading)
    if not _has_content(reading) and not typed.offers:
        raise BriefError(f"nothing in the request was understood; {_EXAMPLE}")
    return Assembly(reading, typed.section_charts or found.section_charts, typed).brief(
        unknown, found.targets
    )


def _has_content(reading: Reading) -> bool:
    return any(o.control not in ("spelling", "part") for o in reading.offers) or bool(
        reading.instruments or reading.avoid
    )
