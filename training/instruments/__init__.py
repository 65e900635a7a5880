"""How the fitted instruments are made: record notes of a soundfont, measure them, write them.

Needs the `fluidsynth` program and the soundfonts named in ``sources.toml``; nothing here is
imported by the package.
"""
