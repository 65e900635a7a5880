"""The command group: names and help of all commands without importing what they need."""

from __future__ import annotations

from importlib import import_module

import click

_COMMANDS = {
    "compose": ("songwright.cli.compose", "Compose a piece, or a whole file of prompts."),
    "understand": ("songwright.cli.understand", "Show how a prompt is read, and what is not."),
    "styles": ("songwright.cli.catalogue", "List the styles."),
    "instruments": ("songwright.cli.catalogue", "List the instruments."),
    "render": ("songwright.cli.render", "Play any MIDI file into stems, mix and master."),
    "evaluate": ("songwright.cli.evaluate", "Judge packages, MIDI, MusicXML and audio files."),
    "compare": ("songwright.cli.compare", "Rank pieces and say what decides."),
    "export": ("songwright.cli.export", "Write a piece for DAWs, notation and players."),
    "show": ("songwright.cli.show", "Show a piece: sections × parts, chords, themes."),
    "warm-up": ("songwright.cli.warmup", "Compile the sound engine ahead of its first use."),
}


class _LazyGroup(click.Group):
    """Loads a command's module only when that command runs, so that help stays instant."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in _COMMANDS:
            return None
        module = import_module(_COMMANDS[cmd_name][0])
        command = getattr(module, cmd_name.replace("-", "_"))
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        with formatter.section("Commands"):
            formatter.write_dl([(name, help_text) for name, (_, help_text) in _COMMANDS.items()])


@click.group(
    cls=_LazyGroup,
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
