"""The ``songwright`` command. Each command lives in its own module and loads when it is called."""

from songwright.cli.app import main

__all__ = ["main"]
