"""``songwright project``: what is in a project, its history, its care, and bundles of it."""

from __future__ import annotations

import click

from songwright.cli.lazy import LazyGroup

_SHOW, _HISTORY = "songwright.cli.project_show", "songwright.cli.project_history"
_CARE, _BUNDLE = "songwright.cli.project_care", "songwright.cli.project_bundle"

COMMANDS = {
    "Look": {
        "new": (_SHOW, "Make an empty project."),
        "list": (_SHOW, "List the variants."),
        "show": (_SHOW, "Show one variant: what it holds, its marks, its history."),
        "taste": (_SHOW, "Show or forget what stars and rejections taught."),
    },
    "Mark and go back": {
        "unmark": ("songwright.cli.marks", "Take a star or a rejection back."),
        "note": ("songwright.cli.marks", "Write a note on a variant."),
        "tag": ("songwright.cli.marks", "Add or take away tags."),
        "rename": ("songwright.cli.marks", "Give a variant another name."),
        "undo": (_HISTORY, "Go back one step in a variant's history."),
        "redo": (_HISTORY, "Go forward again."),
        "restore": (_HISTORY, "Go to any step of a variant's history."),
    },
    "Care": {
        "verify": (_CARE, "Derive every hash again and name what is damaged."),
        "gc": (_CARE, "Collect what nobody needs, never what a star leads to."),
        "salvage": (_CARE, "Make a lost or damaged database again."),
        "export": (_BUNDLE, "Write a project, or some variants, as one bundle."),
        "import": (_BUNDLE, "Merge somebody's bundle into a project."),
    },
}


@click.group(cls=LazyGroup, table=COMMANDS)
def project() -> None:
    """Look into a project, go back in its history, care for it, give it away."""
