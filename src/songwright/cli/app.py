"""The command group: names and help of all commands without importing what they need."""

from __future__ import annotations

import click

from songwright.cli.lazy import LazyGroup
from songwright.cli.project import COMMANDS as PROJECT_COMMANDS

_COMMANDS = {
    "One piece": {
        "compose": ("songwright.cli.compose", "Compose a piece, or a whole file of prompts."),
        "make": ("songwright.cli.make", "Make all that one kind of work needs: ad, loop, song …"),
        "understand": ("songwright.cli.understand", "Show how a prompt is read, and what is not."),
        "show": ("songwright.cli.show", "Show a piece: sections × parts, chords, themes."),
        "evaluate": ("songwright.cli.evaluate", "Judge packages, MIDI, MusicXML and audio files."),
        "refine": ("songwright.cli.refine", "Change a piece, and nothing outside what was named."),
        "mix": ("songwright.cli.mix", "Show the mix with its reasons, and change it by hand."),
        "master": ("songwright.cli.master", "Master a piece again: for film, club, like a track."),
        "diff": ("songwright.cli.diff", "Say in music terms what differs between two pieces."),
        "fix": ("songwright.cli.fix", "Try the judge's remedies; keep those that help."),
        "export": ("songwright.cli.export", "Write a piece for DAWs, notation and players."),
        "render": ("songwright.cli.render", "Play any MIDI file into stems, mix and master."),
    },
    "Many variants": {
        "variants": ("songwright.cli.variants", "Make, measure and rank variants of one brief."),
        "shortlist": ("songwright.cli.shortlist", "Rank the variants of a project, with reasons."),
        "compare": ("songwright.cli.compare", "Rank pieces and say what decides; hear them."),
        "star": ("songwright.cli.marks", "Keep variants."),
        "reject": ("songwright.cli.marks", "Put variants aside."),
        "finish": ("songwright.cli.finish", "Render, mix and master chosen variants."),
        "project": ("songwright.cli.project", "History, notes, care and bundles of a project."),
    },
    "What there is": {
        "styles": ("songwright.cli.catalogue", "List the styles."),
        "instruments": ("songwright.cli.catalogue", "List the instruments."),
        "palette": ("songwright.cli.palette", "Browse, search, vary and hear the sounds."),
        "warm-up": ("songwright.cli.warmup", "Compile the sound engine ahead of its first use."),
    },
}
# What is everyday in a project can be called without the word; pieces have their own of a name.
_SHORT = ("unmark", "note", "tag", "rename", "undo", "redo", "restore", "verify", "gc")
_MORE = {
    heading: {name: row for name, row in rows.items() if name in _SHORT}
    for heading, rows in PROJECT_COMMANDS.items()
}


@click.group(
    cls=LazyGroup,
    table=_COMMANDS,
    more=_MORE,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog='Try:  songwright compose "lo-fi hip-hop, rainy night, 80 BPM, one minute" --out rain',
)
@click.version_option(package_name="songwright", message="songwright %(version)s")
def group() -> None:
    """From a musical intent to a finished, editable, rights-clear piece."""


def main() -> None:
    """Run the command line; expected errors become one clear line and an exit code."""
    from songwright.errors import SongwrightError  # noqa: PLC0415

    try:
        group(standalone_mode=False)
    except click.exceptions.Abort:
        click.echo("stopped; nothing was changed", err=True)
        raise SystemExit(130) from None
    except click.exceptions.Exit as stop:
        raise SystemExit(stop.exit_code) from None
    except click.ClickException as error:
        error.show()
        raise SystemExit(error.exit_code) from None
    except SongwrightError as error:
        click.echo(f"songwright: {error}", err=True)
        raise SystemExit(error.exit_code) from None
    except BrokenPipeError:  # the reader of a pipe has gone
        raise SystemExit(0) from None
