"""Arguments and options that several commands take alike."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

F = TypeVar("F", bound=Callable[..., Any])

_FIELDS = {
    "duration": 'Length: 90, "1:30", "31-45 seconds".',
    "bars": 'Number of bars, or a range like "16-24".',
    "key": 'Such as "D minor", "F# dorian", "Bb".',
    "tempo": 'BPM, a range like "90-100", or a word like Andante.',
    "meter": "Such as 3/4, 6/8, 7/8.",
    "style": "A style from `songwright styles`.",
    "use": 'Such as "film cue", "social loop", "full song", "vocal bed".',
    "mood": 'Words such as "sad, hopeful".',
    "form": 'Sections: "intro verse chorus", "intro:4 verse:8", "AABA".',
    "instruments": 'Must sound: "piano, walking bass, brushes".',
    "avoid": 'Must not sound: "drums, brass".',
}


def sentence_argument(name: str, required: bool = False) -> Callable[[F], F]:
    """An argument of any number of words, which the command gets as one text.

    ``songwright compose sad waltz`` is what people type first; quotes are needed for shells only.
    """
    shown = name.upper()

    def joined(_: click.Context, __: click.Parameter, words: tuple[str, ...]) -> str:
        return " ".join(words)

    return click.argument(
        name, nargs=-1, required=required, callback=joined,
        metavar=shown if required else f"[{shown}]",
    )  # fmt: skip


def field_options(*names: str) -> Callable[[F], F]:
    """Options for fields of a brief, in this order."""

    def with_fields(command: F) -> F:
        for name in reversed(names):
            command = click.option(f"--{name}", help=_FIELDS[name])(command)
        return command

    return with_fields


def formats_option(command: F) -> F:
    """``--format wav,mp3`` as a tuple ``formats``."""

    def parted(_: click.Context, __: click.Parameter, text: str) -> tuple[str, ...]:
        return tuple(name.strip().lower() for name in text.split(",") if name.strip())

    return click.option(
        "--format", "formats", default="wav", show_default=True, callback=parted,
        help="Formats of the master, comma-separated: wav, flac, mp3, ogg.",
    )(command)  # fmt: skip


def soundfont_option(command: F) -> F:
    """``--soundfont``, which can be repeated."""
    return click.option(
        "--soundfont",
        multiple=True,
        help="An .sf2, .sf3 or .sfz for all parts but electronic ones (those with a sound of the "
        "palette), all=FILE for these too, WHO=FILE for one part, or auto; can be repeated.",
    )(command)
