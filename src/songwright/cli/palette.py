"""``songwright palette``: browse, search, hear and vary the sounds."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from songwright.cli.output import print_table

if TYPE_CHECKING:
    from songwright.palette import Patch


@click.group(invoke_without_command=True)
@click.pass_context
def palette(ctx: click.Context) -> None:
    """Browse the sounds: electronic instruments and drum machines.

    Without a command, count the sounds of each category. A brief can ask for a sound in words
    ("gritty reese bass", "warm evolving pad"); the plan of a piece says which one it chose and why.

    \b
    songwright palette list pads
    songwright palette search "gritty reese bass"
    songwright palette show reese_gritty
    songwright palette vary reese_gritty --toward darker --toward wider
    songwright palette render reese_gritty@brightness=0.3,dirt=0.8 --out bass.wav
    """
    if ctx.invoked_subcommand is not None:
        return
    from songwright.palette import CATEGORIES, patches  # noqa: PLC0415

    found = patches().values()
    rows = []
    for category in CATEGORIES:
        names = [patch.id for patch in found if patch.category == category]
        rows.append((category, str(len(names)), ", ".join(names[:4]) + ", …"))
    print_table(("category", "sounds", "such as"), rows, title=f"{len(found)} sounds")
    click.echo("`songwright palette list pads` lists a category; --help says more")


@palette.command("list")
@click.argument("category", required=False, default="")
@click.option("--style", default="", help="Only sounds suited to this style.")
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
def list_(category: str, style: str, as_json: bool) -> None:
    """List the sounds, all or of one CATEGORY."""
    from songwright.errors import StyleError  # noqa: PLC0415
    from songwright.palette import CATEGORIES, patches  # noqa: PLC0415

    if category and category not in CATEGORIES:
        raise StyleError(f"there is no category {category!r}; try {', '.join(CATEGORIES)}")
    found = [
        patch for patch in patches().values()
        if category in ("", patch.category) and (not style or style in patch.styles)
    ]  # fmt: skip
    if as_json:
        click.echo(json.dumps([_facts(patch) for patch in found]))
        return
    rows = [(p.id, ", ".join((*p.mood, *p.texture)), p.register, p.summary) for p in found]
    print_table(("sound", "words", "register", "what it is"), rows)


@palette.command()
@click.argument("words", nargs=-1, required=True)
@click.option("--role", default="", help="Only for this role: bass, lead, pad, arp, chords …")
@click.option("--style", default="", help="Prefer sounds suited to this style.")
@click.option("--limit", type=click.IntRange(1), default=8, show_default=True)
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
def search(words: tuple[str, ...], role: str, style: str, limit: int, as_json: bool) -> None:
    """Find sounds by WORDS such as: warm evolving pad."""
    from songwright.palette import search as find  # noqa: PLC0415

    hits = find(" ".join(words), role=role, style=style, limit=limit)
    if as_json:
        click.echo(json.dumps([
            {"id": h.patch.id, "score": h.score, "reasons": h.reasons} for h in hits
        ]))  # fmt: skip
        return
    if not hits:
        click.echo("nothing fits; `songwright palette list` shows the words that sounds bear")
        return
    rows = [(h.patch.id, f"{h.score:g}", ", ".join(h.reasons), h.patch.summary) for h in hits]
    print_table(("sound", "score", "because", "what it is"), rows)


@palette.command()
@click.argument("sound")
@click.option("--picture", type=click.Path(dir_okay=False, path_type=Path),
              help="Write a spectrogram of its phrase as PNG (needs matplotlib).")  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
def show(sound: str, picture: Path | None, as_json: bool) -> None:
    """Show one SOUND: words, sources, filter, movement, effects."""
    from songwright.palette import get  # noqa: PLC0415

    patch = get(sound)
    if as_json:
        click.echo(json.dumps(_facts(patch) | {"settings": _panel(patch)}))
    else:
        click.echo(f"{patch.id}: {patch.name} ({patch.category})\n{patch.summary}\n")
        rows = [
            ("mood", ", ".join(patch.mood)), ("texture", ", ".join(patch.texture)),
            ("suits", ", ".join(patch.styles)), ("roles", ", ".join(patch.roles)),
            ("register", patch.register),
        ]  # fmt: skip
        if not patch.kit:
            rows += [(name, _brief(value)) for name, value in _panel(patch).items()]
        print_table(("setting", "value"), rows)
    if picture is not None:
        _draw(patch, picture)


@palette.command()
@click.argument("sound")
@click.option("--toward", multiple=True, help="darker, brighter, softer, wider, dirtier …")
@click.option("--amount", type=click.FloatRange(0, 1), default=0.4, show_default=True,
              help="How far they may differ.")  # fmt: skip
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True)
@click.option("--count", type=click.IntRange(1, 50), default=3, show_default=True)
@click.option("--out", type=click.Path(file_okay=False, path_type=Path),
              help="Render each as a WAV file into this folder.")  # fmt: skip
def vary(
    sound: str, toward: tuple[str, ...], amount: float, seed: int, count: int, out: Path | None
) -> None:
    """More like this SOUND, in a direction if you name one."""
    from songwright.palette import split_id  # noqa: PLC0415
    from songwright.palette import vary as relatives  # noqa: PLC0415

    made = relatives(sound, amount, toward, seed, count)
    rows = []
    for patch in made:
        settings = split_id(patch.id)[1]
        moved = [f"{k} {v:.2f}" for k, v in settings.items() if k not in ("vary", "seed")]
        rows.append((patch.id, ", ".join(moved) or "macros as designed"))
    print_table(("sound", "macros (0.50 is as designed)"), rows)
    if out is not None:
        from songwright.session.sounds import write_sound  # noqa: PLC0415 (Numba is slow to load)

        out.mkdir(parents=True, exist_ok=True)
        for place, patch in enumerate(made, start=1):
            target = out / f"{patch.id.partition('@')[0]}-{place}.wav"
            write_sound(patch, target)
            click.echo(f"wrote {target}")


@palette.command()
@click.argument("sound")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), required=True,
              help="WAV, FLAC, MP3 or Ogg file.")  # fmt: skip
@click.option("--bpm", type=click.FloatRange(30, 300), default=112.0, show_default=True)
def render(sound: str, out: Path, bpm: float) -> None:
    """Render a SOUND alone, with a phrase suited to its category.

    Macros and relatives are part of the name: pad_glass@brightness=0.3,movement=0.8
    """
    from songwright.palette import get  # noqa: PLC0415
    from songwright.session.sounds import write_sound  # noqa: PLC0415

    seconds = write_sound(get(sound), out, bpm)
    click.echo(f"wrote {out} ({seconds:.1f} s)")


def _facts(patch: Patch) -> dict[str, Any]:
    return {
        "id": patch.id, "name": patch.name, "category": patch.category, "summary": patch.summary,
        "mood": patch.mood, "texture": patch.texture, "styles": patch.styles,
        "roles": patch.roles, "register": patch.register,
    }  # fmt: skip


def _panel(patch: Patch) -> dict[str, Any]:
    """The synthesiser's settings without those at rest."""
    import msgspec  # noqa: PLC0415

    from songwright.palette.model import Patch as Model  # noqa: PLC0415

    rest = msgspec.to_builtins(Model(id="", name="", category="", summary=""))
    table = msgspec.to_builtins(patch)
    tags = ("id", "name", "category", "summary", "mood", "texture", "styles", "roles", "register")
    panel = {}
    for name, value in table.items():
        if name in tags or value == rest[name]:
            continue
        is_table = isinstance(value, dict)
        panel[name] = {k: v for k, v in value.items() if v != rest[name][k]} if is_table else value
    return panel


def _brief(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{k} {_brief(v)}" for k, v in value.items())
    if isinstance(value, (list, tuple)):
        rows = [{k: v for k, v in row.items() if v not in (0.0, False)} for row in value]
        return "; ".join(_brief(row) for row in rows)
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def _draw(patch: Patch, target: Path) -> None:
    from songwright.errors import OutputError  # noqa: PLC0415

    try:
        from matplotlib.figure import Figure  # noqa: PLC0415
    except ImportError:
        raise OutputError("a picture needs matplotlib: pip install matplotlib") from None
    import numpy as np  # noqa: PLC0415

    from songwright.session.sounds import RATE_HZ, sound_alone  # noqa: PLC0415

    audio = sound_alone(patch)
    seconds = audio.shape[1] / RATE_HZ
    mono = audio.mean(axis=0)
    size, hop = 4096, max(mono.shape[0] // 700, 128)
    frames = np.lib.stride_tricks.sliding_window_view(mono, size)[::hop] * np.hanning(size)
    level = 20.0 * np.log10(np.abs(np.fft.rfft(frames, axis=1)).T + 1e-7)
    hz = np.fft.rfftfreq(size, 1.0 / RATE_HZ)
    grid = np.geomspace(30.0, 20_000.0, 240)
    image = level[np.clip(np.searchsorted(hz, grid), 0, hz.shape[0] - 1)]
    figure = Figure(figsize=(7, 3), dpi=100, layout="constrained")
    axes = figure.add_subplot()
    top = float(image.max())
    axes.pcolormesh(
        np.linspace(0.0, seconds, image.shape[1]), grid, image, vmin=top - 80.0, vmax=top,
        cmap="magma", shading="nearest", rasterized=True,
    )  # fmt: skip
    axes.set(yscale="log", xlabel="seconds", ylabel="Hz", title=f"{patch.name} ({patch.id})")
    figure.savefig(target)
    click.echo(f"wrote {target}")
